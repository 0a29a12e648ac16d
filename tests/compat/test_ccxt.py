"""An unmodified ccxt.binance with only its URLs changed.

ccxt runs as its users run it: synchronous, in a thread beside the exchange.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccxt  # type: ignore[import-untyped]
import pytest

from rialto.identity.api_keys import ApiKey
from tests.gateway.venue import Venue, running

TIMEOUT_MS = 10_000


def exchange(port: int, key: ApiKey | None) -> Any:
    site = f"http://127.0.0.1:{port}"
    urls = {
        "public": f"{site}/api/v3",
        "private": f"{site}/api/v3",
        "sapi": f"{site}/sapi/v1",
        "fapiPublic": f"{site}/fapi/v1",
        "dapiPublic": f"{site}/dapi/v1",
    }
    secrets = {"apiKey": key.key, "secret": key.secret} if key else {}
    return ccxt.binance(
        {
            **secrets,
            "timeout": TIMEOUT_MS,
            "enableRateLimit": False,
            "urls": {"api": urls},
        }
    )


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        venue.clock.now_us = time.time_ns() // 1000
        yield venue


async def in_thread(venue: Venue, story: Callable[[Any, Any], None]) -> None:
    """story(alice, bob)"""
    alice, bob = (exchange(venue.port, client.key) for client in (venue.alice, venue.bob))
    try:
        await asyncio.to_thread(story, alice, bob)
    finally:
        for each in (alice, bob):
            each.session.close()


def exact(amount: float) -> Decimal:
    """ccxt gives floats; their shortest text is the number that was sent."""
    return Decimal(str(amount))


async def test_it_trades(venue: Venue) -> None:
    def story(alice: Any, bob: Any) -> None:
        markets = alice.load_markets()
        assert {"BTC/USDT", "ETH/USDT", "ETH/BTC", "BNB/USDT", "SOL/USDT"} <= set(markets)
        market = markets["BTC/USDT"]
        assert (market["precision"]["price"], market["precision"]["amount"]) == (0.01, 0.00001)
        assert (market["limits"]["cost"]["min"], market["active"], market["spot"]) == (
            5,
            True,
            True,
        )

        maker = alice.create_order("BTC/USDT", "limit", "sell", 0.5, 50_000)
        assert (maker["status"], maker["remaining"]) == ("open", 0.5)
        assert [order["id"] for order in alice.fetch_open_orders("BTC/USDT")] == [maker["id"]]
        assert bob.fetch_order_book("BTC/USDT")["asks"] == [[50_000, 0.5]]

        taker = bob.create_order("BTC/USDT", "market", "buy", 0.2)
        assert (taker["status"], taker["average"], taker["cost"]) == ("closed", 50_000, 10_000)
        assert taker["fee"] == {"currency": "BTC", "cost": 0.0002}
        part = alice.fetch_order(maker["id"], "BTC/USDT")
        assert (part["filled"], part["remaining"], part["status"]) == (0.2, 0.3, "open")

        canceled = alice.cancel_order(maker["id"], "BTC/USDT")
        assert (canceled["status"], canceled["filled"]) == ("canceled", 0.2)
        assert alice.fetch_open_orders("BTC/USDT") == []
        assert [order["status"] for order in alice.fetch_orders("BTC/USDT")] == ["canceled"]

        (fill,) = alice.fetch_my_trades("BTC/USDT")
        assert (fill["takerOrMaker"], fill["price"], fill["amount"]) == ("maker", 50_000, 0.2)
        assert fill["fee"] == {"cost": 10.0, "currency": "USDT"}
        balances = {who: each.fetch_balance() for who, each in (("alice", alice), ("bob", bob))}
        assert exact(balances["alice"]["BTC"]["free"]) == Decimal("99.8")
        assert exact(balances["alice"]["USDT"]["free"]) == Decimal("10009990.0")
        assert exact(balances["alice"]["BTC"]["used"]) == 0
        assert exact(balances["bob"]["BTC"]["free"]) == Decimal("100.1998")
        assert exact(balances["bob"]["USDT"]["free"]) == Decimal("9990000.0")

    await in_thread(venue, story)


async def test_the_rest_of_what_it_asks_for(venue: Venue) -> None:
    def story(alice: Any, bob: Any) -> None:
        alice.create_order("BTC/USDT", "limit", "buy", 0.1, 40_000, {"timeInForce": "GTC"})
        alice.create_order("BTC/USDT", "limit", "sell", 0.1, 41_000, {"postOnly": True})
        bob.create_order("BTC/USDT", "market", "buy", None, None, {"cost": 2_050})
        assert abs(alice.fetch_time() - time.time() * 1000) < 60_000
        ticker = bob.fetch_ticker("BTC/USDT")
        assert (ticker["last"], ticker["bid"], ticker["baseVolume"]) == (41_000, 40_000, 0.05)
        assert set(bob.fetch_tickers(["BTC/USDT", "ETH/BTC"])) == {"BTC/USDT", "ETH/BTC"}
        assert bob.fetch_bids_asks(["BTC/USDT"])["BTC/USDT"]["ask"] == 41_000
        assert bob.fetch_last_prices(["BTC/USDT"])["BTC/USDT"]["price"] == 41_000
        (candle,) = bob.fetch_ohlcv("BTC/USDT", "1h")
        assert candle[1:] == [41_000, 41_000, 41_000, 41_000, 0.05]
        (trade,) = bob.public_get_trades({"symbol": "BTCUSDT"})
        assert (trade["isBuyerMaker"], trade["qty"]) == (False, "0.05000000")
        assert len(alice.cancel_all_orders("BTC/USDT")) == 2
        alice.create_order("BTC/USDT", "limit", "buy", 0.1, 40_000, {"test": True})
        assert alice.fetch_open_orders("BTC/USDT") == []
        for wrong, parameters in (
            (ccxt.InsufficientFunds, ("limit", "sell", 150, 50_000)),
            (ccxt.BadRequest, ("limit", "buy", 0.00001, 1)),  # away from api.binance.com
        ):
            with pytest.raises(wrong):
                alice.create_order("BTC/USDT", *parameters)
        with pytest.raises(ccxt.OrderNotFound):
            alice.cancel_order("77", "BTC/USDT")
        with pytest.raises(ccxt.OrderNotFound):
            alice.fetch_order("77", "BTC/USDT")

    await in_thread(venue, story)
