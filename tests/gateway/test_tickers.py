"""Tickers over REST: windows and days against the trades in them, and their parameters."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US
from tests.gateway.venue import START_US, Venue, running

SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity={}&price={}"
BUY = SELL.replace("SELL", "BUY")
SYMBOL = "symbol=BTCUSDT"
WINDOW, TRADING_DAY = "GET /api/v3/ticker", "GET /api/v3/ticker/tradingDay"
DAY = "GET /api/v3/ticker/24hr"
GAPS_US = (0, 100, 59 * MINUTE_US, 3 * HOUR_US + 1, 26 * HOUR_US, 20 * HOUR_US, 5 * MINUTE_US)
WINDOWS_US = {"m": MINUTE_US, "h": HOUR_US, "d": DAY_US}
MINI = {
    *("symbol", "openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume"),
    *("openTime", "closeTime", "firstId", "lastId", "count"),
}
CHANGES = {"priceChange", "priceChangePercent", "weightedAvgPrice"}

Row = dict[str, Any]


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    """Trades of 0.01 at 50000, 50010, 50020 ... with gaps of seconds to days in between."""
    async with running(tmp_path) as venue:
        for number, gap_us in enumerate(GAPS_US):
            venue.clock.now_us += gap_us
            price = str(50_000 + 10 * number)
            await venue.alice.signed("POST /api/v3/order", SELL.format("0.01", price))
            await venue.bob.signed("POST /api/v3/order", BUY.format("0.01", price))
        venue.clock.now_us += 131_500_000
        yield venue


async def every_trade(venue: Venue) -> list[Row]:
    rows: list[Row] = (await venue.anyone.call("GET /api/v3/trades", SYMBOL)).json
    return rows


def assert_is_of(found: Row, trades: list[Row], open_ms: int, close_ms: int) -> None:
    window = [row for row in trades if row["time"] >= open_ms]
    prices = [row["price"] for row in window]
    assert window
    assert (
        found.items()
        >= {
            "symbol": "BTCUSDT",
            "openPrice": prices[0],
            "highPrice": max(prices),
            "lowPrice": min(prices),
            "lastPrice": prices[-1],
            "volume": f"{len(window) / 100:.8f}",
            "quoteVolume": f"{sum(float(row['quoteQty']) for row in window):.8f}",
            "openTime": open_ms,
            "closeTime": close_ms,
            "firstId": window[0]["id"],
            "lastId": window[-1]["id"],
            "count": len(window),
        }.items()
    )


@pytest.mark.parametrize("size", ["6m", "59m", "1h", "5h", "23h", "1d", "2d", "7d"])
async def test_a_window_starts_on_a_minute(venue: Venue, size: str) -> None:
    trades, now_us = await every_trade(venue), venue.clock.now_us
    reply = await venue.anyone.call(WINDOW, f"{SYMBOL}&windowSize={size}")
    open_us = (now_us - int(size[:-1]) * WINDOWS_US[size[-1]]) // MINUTE_US * MINUTE_US
    assert_is_of(reply.json, trades, open_us // 1000, now_us // 1000)
    assert reply.json.keys() == MINI | CHANGES
    mini = await venue.anyone.call(WINDOW, f'symbols=["BTCUSDT"]&windowSize={size}&type=MINI')
    assert mini.json == [{name: reply.json[name] for name in reply.json if name in MINI}]


async def test_the_window_is_a_day_if_nothing_is_said(venue: Venue) -> None:
    day = await venue.anyone.call(WINDOW, f"{SYMBOL}&windowSize=1d")
    assert (await venue.anyone.call(WINDOW, SYMBOL)).json == day.json


@pytest.mark.parametrize(
    ("zone", "offset_us"),
    [("0", 0), ("8", 8 * HOUR_US), ("-1:00", -HOUR_US), ("05:45", 345 * MINUTE_US)],
)
async def test_a_trading_day_is_that_of_its_zone(venue: Venue, zone: str, offset_us: int) -> None:
    trades, now_us = await every_trade(venue), venue.clock.now_us
    reply = await venue.anyone.call(TRADING_DAY, f"{SYMBOL}&timeZone={zone}")
    open_us = (now_us + offset_us) // DAY_US * DAY_US - offset_us
    assert_is_of(reply.json, trades, open_us // 1000, (open_us + DAY_US) // 1000 - 1)
    assert reply.json.keys() == MINI | CHANGES


async def test_24_hours_end_now_to_the_second(venue: Venue) -> None:
    """Second by second over the moment when the fourth last trade leaves the window."""
    trades = await every_trade(venue)
    leaves_us = trades[-3]["time"] * 1000 + DAY_US
    for now_us in range(leaves_us - 2_000_000, leaves_us + 3_000_000, 250_000):
        venue.clock.now_us = now_us
        reply = await venue.anyone.call(DAY, SYMBOL)
        open_ms = (now_us - DAY_US) // 1_000_000 * 1000
        assert_is_of(reply.json, trades, open_ms, now_us // 1000)
        before = [row["price"] for row in trades if row["time"] < open_ms]
        assert reply.json["prevClosePrice"] == before[-1]
    assert reply.json["count"] == 2


async def test_a_window_without_trades_knows_the_last_price(venue: Venue) -> None:
    (one,) = (await venue.anyone.call(WINDOW, 'symbols=["BTCUSDT"]&windowSize=1m')).json
    assert one == {
        "symbol": "BTCUSDT",
        "priceChange": "0.00000000",
        "priceChangePercent": "0.000",
        "weightedAvgPrice": "0.00000000",
        "openPrice": "0.00000000",
        "highPrice": "0.00000000",
        "lowPrice": "0.00000000",
        "lastPrice": "50060.00000000",
        "volume": "0.00000000",
        "quoteVolume": "0.00000000",
        "openTime": (venue.clock.now_us - MINUTE_US) // MINUTE_US * 60_000,
        "closeTime": venue.clock.now_us // 1000,
        "firstId": -1,
        "lastId": -1,
        "count": 0,
    }


async def test_average_price(venue: Venue) -> None:
    last = (await every_trade(venue))[-1]
    average = await venue.anyone.call("GET /api/v3/avgPrice", SYMBOL)
    assert average.json == {"mins": 5, "price": last["price"], "closeTime": last["time"]}
    none = await venue.anyone.call("GET /api/v3/avgPrice", "symbol=ETHUSDT")
    assert none.json == {"mins": 5, "price": "0.00000000", "closeTime": 0}


@pytest.mark.parametrize("rest", [WINDOW, TRADING_DAY, DAY])
async def test_many_symbols_and_their_status(venue: Venue, rest: str) -> None:
    found = (await venue.anyone.call(rest, 'symbols=["ETHBTC","BTCUSDT"]')).json
    assert [row["symbol"] for row in found] == ["ETHBTC", "BTCUSDT"]
    halted = await venue.anyone.call(rest, 'symbols=["ETHBTC","BTCUSDT"]&symbolStatus=HALT')
    assert (halted.status, halted.json) == (200, [])
    trading = await venue.anyone.call(rest, f"{SYMBOL}&symbolStatus=TRADING")
    assert trading.json["symbol"] == "BTCUSDT"


async def test_weights(venue: Venue) -> None:
    async def weight(rest: str, query: str) -> int:
        before = (await venue.anyone.call("GET /api/v3/ping")).headers["x-mbx-used-weight-1m"]
        after = (await venue.anyone.call(rest, query)).headers["x-mbx-used-weight-1m"]
        return int(after) - int(before)

    many = ",".join(f'"S{n}"' for n in range(60))
    for rest, query, expected in (
        (WINDOW, SYMBOL, 4),
        (WINDOW, 'symbols=["ETHBTC","BTCUSDT"]', 8),
        (TRADING_DAY, f"symbols=[{many}]", 200),
        (DAY, f"symbols=[{many}]", 40),
        (DAY, SYMBOL, 2),
        (DAY, "", 80),
        ("GET /api/v3/avgPrice", SYMBOL, 2),
        ("GET /api/v3/aggTrades", SYMBOL, 4),
        ("GET /api/v3/historicalTrades", SYMBOL, 25),
        ("GET /api/v3/historicalBlockTrades", f"{SYMBOL}&fromId=1", 25),
        ("GET /api/v3/uiKlines", f"{SYMBOL}&interval=1m", 2),
    ):
        assert await weight(rest, query) == expected, (rest, query)
    assert venue.clock.now_us > START_US
