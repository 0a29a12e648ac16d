"""An unmodified ccxt.binance with only its URLs changed: what it asks of the wallet around the
exchange, and how it takes being limited.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import ccxt  # type: ignore[import-untyped]
import pytest

from rialto.gateway.bans import FIRST_US, REFUSALS_MAX
from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from rialto.identity.api_keys import ApiKey
from rialto.messages import commands as c
from rialto.messages.ids import AccountId, AssetId, InstrumentId, WithdrawalId
from tests.gateway.venue import Venue, running

TIMEOUT_MS = 10_000
ALICE, BOB = AccountId(1), AccountId(2)
USDT, BTC = AssetId(0), AssetId(1)  # as the demo adds them
UNIT = 10**8
MINUTE = 60_000_000
SMALL = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 100),
    orders_short=RateLimit("ORDERS", "SECOND", 10, 2),
)
Story = Callable[[Any, Any], None]


def exchange(port: int, key: ApiKey | None) -> Any:
    site = f"http://127.0.0.1:{port}"
    urls = dict.fromkeys(("public", "private"), f"{site}/api/v3")
    urls |= {name: f"{site}/{name}/v1" for name in ("sapi",)}
    urls |= {f"sapiV{version}": f"{site}/sapi/v{version}" for version in (2, 3, 4)}
    urls |= {"fapiPublic": f"{site}/fapi/v1", "dapiPublic": f"{site}/dapi/v1"}
    secrets = {"apiKey": key.key, "secret": key.secret} if key else {}
    settings = {"timeout": TIMEOUT_MS, "enableRateLimit": False, "urls": {"api": urls}}
    return ccxt.binance({**secrets, **settings})


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        venue.clock.now_us = time.time_ns() // 1000
        yield venue


async def in_thread(venue: Venue, story: Story) -> None:
    """story(alice, bob)"""
    alice, bob = (exchange(venue.port, client.key) for client in (venue.alice, venue.bob))
    try:
        await asyncio.to_thread(story, alice, bob)
    finally:
        for each in (alice, bob):
            each.session.close()


async def test_it_loads_with_all_its_defaults(venue: Venue) -> None:
    """Keys, margins, currencies: nothing switched off."""

    def story(alice: Any, _: Any) -> None:
        alice.load_markets()
        assert alice.fetch_status()["status"] == "ok"
        currencies = alice.fetch_currencies()
        assert {"BTC", "USDT", "ETH"} <= set(currencies)
        assert not currencies["BTC"]["deposit"] and not currencies["BTC"]["withdraw"]

    await in_thread(venue, story)


async def test_deposits_and_withdrawals(venue: Venue) -> None:
    now_us = venue.clock.now_us
    for command in (
        c.Deposit(ALICE, USDT, 50 * UNIT),
        c.Transfer(ALICE, BOB, USDT, 20 * UNIT),
        c.HoldWithdrawal(ALICE, BTC, WithdrawalId(1), 5 * UNIT),
        c.HoldWithdrawal(ALICE, BTC, WithdrawalId(2), 6 * UNIT),
        c.SettleWithdrawal(WithdrawalId(1)),
    ):
        await venue.engine.submit(command)

    def story(alice: Any, bob: Any) -> None:
        newest = alice.fetch_deposits("USDT")[-1]
        assert (newest["amount"], newest["status"], newest["currency"]) == (50, "ok", "USDT")
        assert newest["timestamp"] == now_us // 1000
        received = bob.fetch_deposits("USDT")[-1]
        assert (received["amount"], received["internal"]) == (20, True)
        withdrawals = {one["amount"]: one["status"] for one in alice.fetch_withdrawals()}
        assert withdrawals == {5: "ok", 6: "pending", 20: "ok"}
        assert alice.fetch_transfers() == []
        assert alice.fetch_balance({"type": "funding"})["total"] == {}
        with pytest.raises(ccxt.ExchangeError):
            alice.withdraw("BTC", 1, "somewhere")

    await in_thread(venue, story)


async def test_rates(venue: Venue) -> None:
    await venue.engine.submit(c.SetCommissionRates(InstrumentId(0), 3, 200, 450))
    await venue.engine.submit(c.SetCommissionTier(ALICE, 3))

    def story(alice: Any, bob: Any) -> None:
        rates = alice.fetch_trading_fees()["BTC/USDT"]
        assert (rates["maker"], rates["taker"]) == (0.0002, 0.00045)
        assert bob.fetch_trading_fee("BTC/USDT")["taker"] > 0.00045

    await in_thread(venue, story)


async def test_it_is_limited_banned_and_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, SMALL) as venue:
        venue.clock.now_us = time.time_ns() // 1000 // MINUTE * MINUTE

        def story(alice: Any, _: Any) -> None:
            for _attempt in range(20 + REFUSALS_MAX + 2):
                try:
                    alice.public_get_depth({"symbol": "BTCUSDT"})
                except ccxt.DDoSProtection as refused:
                    said = str(refused)
            assert "binance 418" in said and "IP banned until" in said
            venue.clock.now_us += FIRST_US
            assert alice.public_get_depth({"symbol": "BTCUSDT"})["bids"] == []

        await in_thread(venue, story)


async def test_it_sends_too_many_orders_and_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, SMALL) as venue:
        venue.clock.now_us = time.time_ns() // 1000 // MINUTE * MINUTE

        def story(alice: Any, _: Any) -> None:
            alice.options["fetchMarkets"] = {"types": ["spot"]}
            alice.options["fetchCurrencies"] = alice.options["fetchMargins"] = False
            alice.load_markets()
            order = ("BTC/USDT", "limit", "buy", 0.001, 10_000)
            for _attempt in range(2):
                alice.load_time_difference()  # the exchange's clock stands still
                assert alice.create_order(*order)["status"] == "open"
            with pytest.raises(ccxt.DDoSProtection, match="-1015"):
                alice.create_order(*order)
            venue.clock.now_us += 10_000_000
            alice.load_time_difference()
            assert alice.create_order(*order)["status"] == "open"
            assert alice.last_response_headers["X-Mbx-Order-Count-10s"] == "1"

        await in_thread(venue, story)
