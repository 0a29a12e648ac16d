"""kill -9 of the whole exchange while clients trade over HTTP.

A client writes down what it is about to send, then what it heard. Whoever heard nothing sends the
same order again after the restart. In the end every acknowledged order is there exactly once, with
the id that was acknowledged, and every refused one is not.
"""

import asyncio
import hashlib
import hmac
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from rialto.ops.verify import verify
from tests.cli.running import Running, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

ROUNDS = max(3, int(os.environ.get("RIALTO_FAULT_ROUNDS", "10")) // 3)
CLIENTS = 12
ANSWERS_MIN, ANSWERS_MAX = 20, 300  # that are heard before a kill
ANSWERS_TIMEOUT_S = 60.0
PAGE = 1_000

Account = dict[str, Any]


class Attempt(msgspec.Struct):
    """order_id: of the acknowledgement. refused: it was answered with an error."""

    account: Account
    parameters: dict[str, str]
    order_id: int = 0
    refused: bool = False

    @property
    def is_unknown(self) -> bool:
        return not self.order_id and not self.refused


def signed(account: Account, parameters: dict[str, Any]) -> str:
    query = urlencode({**parameters, "timestamp": time.time_ns() // 1_000_000})
    digest = hmac.digest(account["api_secret"].encode(), query.encode(), hashlib.sha256)
    return f"{query}&signature={digest.hex()}"


async def send(client: httpx.AsyncClient, attempt: Attempt) -> None:
    """Leaves the attempt unknown if there was no answer, or one that says so (5xx)."""
    headers = {"X-MBX-APIKEY": attempt.account["api_key"]}
    query = signed(attempt.account, attempt.parameters)
    answer = await client.post(f"/api/v3/order?{query}", headers=headers)
    if answer.status_code == 200:
        attempt.order_id = answer.json()["orderId"]
    elif answer.status_code < 500:
        attempt.refused = True


def some_attempt(accounts: list[Account], dice: random.Random, number: int) -> Attempt:
    """Around one price, so that most trade; some are refused."""
    return Attempt(
        dice.choice(accounts),
        {
            "symbol": "BTCUSDT",
            "side": dice.choice(["BUY", "SELL"]),
            "type": "LIMIT",
            "timeInForce": dice.choice(["GTC", "IOC"]),
            "quantity": f"0.{dice.randrange(1, 50):03}",
            "price": str(50_000 + dice.randrange(-3, 4)),
            "newClientOrderId": f"order-{number}",
            "newOrderRespType": dice.choice(["ACK", "RESULT", "FULL"]),
        },
    )


async def trade_until_killed(
    exchange: Running, ready: dict[str, Any], journal: list[Attempt], dice: random.Random
) -> None:
    """The kill comes with some answer, while the other clients wait for theirs."""
    url, accounts = ready["url"], ready["accounts"]
    before_the_kill = iter(range(dice.randrange(ANSWERS_MIN, ANSWERS_MAX)))

    async def one_client() -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            while True:
                attempt = some_attempt(accounts, dice, len(journal))
                journal.append(attempt)
                try:
                    await send(client, attempt)
                except httpx.HTTPError:
                    return
                if next(before_the_kill, None) is None:
                    exchange.process.kill()

    async with asyncio.timeout(ANSWERS_TIMEOUT_S):
        await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    exchange.wait()


async def retry(url: str, journal: list[Attempt]) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        for attempt in journal:
            if attempt.is_unknown:
                await send(client, attempt)
                assert not attempt.is_unknown


async def orders_of(url: str, account: Account) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    headers = {"X-MBX-APIKEY": account["api_key"]}
    async with httpx.AsyncClient(base_url=url) as client:
        while True:
            after = found[-1]["orderId"] + 1 if found else 0
            asked = {"symbol": "BTCUSDT", "orderId": after, "limit": PAGE}
            answer = await client.get(
                f"/api/v3/allOrders?{signed(account, asked)}", headers=headers
            )
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page
            if len(page) < PAGE:
                return found


async def test_an_acknowledged_order_is_there_exactly_once(tmp_path: Path) -> None:
    dice, retried = random.Random(1), 0
    journal: list[Attempt] = []
    data = tmp_path / "data"
    for _ in range(ROUNDS):
        with running(data, "--demo") as exchange:
            ready = exchange.ready()
            retried += sum(attempt.is_unknown for attempt in journal)
            await retry(ready["url"], journal)
            await trade_until_killed(exchange, ready, journal, dice)
        assert verify(data).verified

    with running(data, "--demo") as exchange:
        ready = exchange.ready()
        await retry(ready["url"], journal)
        orders = [await orders_of(ready["url"], account) for account in ready["accounts"]]
        assert exchange.stop()[0] == 0
    there = [(order["clientOrderId"], order["orderId"]) for rows in orders for order in rows]
    expected = [(a.parameters["newClientOrderId"], a.order_id) for a in journal if a.order_id]
    assert Counter(there) == Counter(expected)
    assert retried > 0
    assert sum(attempt.refused for attempt in journal) < len(expected)
    verdict = verify(data)
    assert (verdict.verified, verdict.sql_sequence) == (True, verdict.commands)
