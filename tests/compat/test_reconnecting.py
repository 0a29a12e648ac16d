"""The exchange is killed and started again: clients come back, find everything, and trade on."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import running
from tests.compat.driving import Driver, driving
from tests.compat.environments import CLIENTS
from tests.compat.refusals import ORDER

SYMBOL = "BTCUSDT"


async def everything(driver: Driver) -> tuple[list[Any], Any, Any]:
    orders = await driver.call("alice", "open_orders", symbol=SYMBOL)
    book = await driver.call("bob", "depth", symbol=SYMBOL)
    balances = (await driver.call("bob", "account"))["balances"]
    return [order["orderId"] for order in orders], (book["bids"], book["asks"]), balances


async def trade(driver: Driver) -> None:
    """Both hear of it, and bob's local book follows."""
    await driver.call("alice", "place", **{**ORDER, "side": "SELL", "quantity": "0.2"})
    await driver.call("bob", "place", **{**ORDER, "quantity": "0.1"})
    for who, steps in (("alice", ["NEW", "TRADE"]), ("bob", ["NEW", "TRADE"])):
        count = 4 if who == "alice" else 3  # with one position for each of alice's
        events = await driver.call(who, "events", count=count)
        assert [event["x"] for event in events if event["e"] == "executionReport"] == steps
    snapshot = await driver.call("bob", "depth", symbol=SYMBOL, limit=5000)
    book = await driver.call("bob", "book", update_id=snapshot["lastUpdateId"])
    assert [[float(n) for n in level] for level in book["asks"]] == [
        [float(n) for n in level] for level in snapshot["asks"]
    ]


@pytest.mark.parametrize("client", CLIENTS)
async def test_it_reconnects_and_resumes(tmp_path: Path, client: str) -> None:
    data = tmp_path / "data"
    with running(data, "--demo") as first:
        ready = first.ready()
        host = ready["url"].removeprefix("http://")
        keys = {a["user"]: (a["api_key"], a["api_secret"]) for a in ready["accounts"]}
        traders = {who: keys[who] for who in ("alice", "bob")}
        async with driving(client, host, traders) as driver:
            for who in traders:
                await driver.call(who, "listen")
            await driver.call("alice", "place", **{**ORDER, "price": "40000"})
            await driver.call("alice", "events", count=2)
            await driver.call("bob", "follow", symbol=SYMBOL)
            await trade(driver)
            before = await everything(driver)
            first.stop(signal.SIGKILL)
            with running(data, "--port", host.rpartition(":")[2]) as second:
                second.ready()
                for who in traders:
                    await driver.call(who, "reconnect")
                assert await everything(driver) == before
                await driver.call("bob", "follow", symbol=SYMBOL)
                await trade(driver)
