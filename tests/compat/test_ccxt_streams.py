"""An unmodified ccxt.pro.binance watches all there is to watch, with only its URLs changed."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import ccxt.pro  # type: ignore[import-untyped]

from rialto.identity.api_keys import ApiKey
from tests.gateway.doors import open_doors
from tests.gateway.venue import Venue

SYMBOL = "BTC/USDT"
HEARD_SECONDS_MAX = 30.0
TRADE_EVERY_SECONDS = 0.2


@asynccontextmanager
async def exchange(venue: Venue, key: ApiKey | None) -> AsyncIterator[Any]:
    assert key is not None
    host = f"127.0.0.1:{venue.port}"
    api = {"public": f"http://{host}/api/v3", "private": f"http://{host}/api/v3"}
    others = {
        "sapi": f"http://{host}/sapi/v1",
        "fapiPublic": f"http://{host}/fapi/v1",
        "dapiPublic": f"http://{host}/dapi/v1",
        "ws": {"spot": f"ws://{host}/ws", "ws-api": {"spot": f"ws://{host}/ws-api/v3"}},
    }
    options = {"apiKey": key.key, "secret": key.secret, "enableRateLimit": False}
    made = ccxt.pro.binance({**options, "urls": {"api": {**api, **others}}})
    try:
        await made.load_markets()
        yield made
    finally:
        await made.close()


async def keep_time(venue: Venue) -> None:
    while True:
        venue.clock.now_us = time.time_ns() // 1000
        await asyncio.sleep(0.005)


async def keep_trading(maker: Any, taker: Any) -> None:
    while True:
        await maker.create_order(SYMBOL, "limit", "sell", 1, 20_000)
        await taker.create_order(SYMBOL, "limit", "buy", 0.5, 20_000)
        await asyncio.sleep(TRADE_EVERY_SECONDS)


async def watch(maker: Any, taker: Any) -> dict[str, Any]:
    """The first thing that is heard of each."""
    wanted: dict[str, Awaitable[Any]] = {
        "book": maker.watch_order_book(SYMBOL),
        "trades": maker.watch_trades(SYMBOL),
        "ticker": maker.watch_ticker(SYMBOL),
        "tickers": taker.watch_tickers(),
        "bids_asks": maker.watch_bids_asks([SYMBOL]),
        "klines": maker.watch_ohlcv(SYMBOL, "1m"),
        "seconds": maker.watch_ohlcv(SYMBOL, "1s"),
        "orders": maker.watch_orders(SYMBOL),
        "fills": taker.watch_my_trades(SYMBOL),
        "balance": maker.watch_balance(),
    }
    async with asyncio.timeout(HEARD_SECONDS_MAX):
        heard = await asyncio.gather(*wanted.values())
    return dict(zip(wanted, heard, strict=True))


async def test_everything_can_be_watched(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        clock = asyncio.create_task(keep_time(venue))
        async with (
            exchange(venue, venue.alice.key) as maker,
            exchange(venue, venue.bob.key) as taker,
        ):
            trading = asyncio.create_task(keep_trading(maker, taker))
            heard = await watch(maker, taker)
            trading.cancel()
            await asyncio.wait({trading})
        clock.cancel()
        await asyncio.wait({clock})
    assert heard["book"]["asks"][0][0] == 20_000
    assert heard["trades"][0]["price"] == heard["fills"][0]["price"] == 20_000
    assert (heard["ticker"]["symbol"], heard["ticker"]["last"]) == (SYMBOL, 20_000)
    assert SYMBOL in heard["tickers"]
    assert heard["bids_asks"][SYMBOL]["ask"] == 20_000
    assert heard["klines"][0][1:5] == heard["seconds"][0][1:5] == [20_000] * 4
    assert heard["orders"][0]["side"] == "sell"
    assert heard["balance"]["BTC"]["total"] > 0
