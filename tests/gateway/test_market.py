"""Market data over REST: what two trades and a few orders leave behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.market_data.intervals import INTERVALS
from tests.gateway.venue import START_US, Venue, running

NOW = START_US // 1000
MINUTE_US = 60_000_000
SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity={}&price={}"
BUY = SELL.replace("SELL", "BUY")


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    """0.2 at 50000 and, a minute later, 0.1 at 50500; then 49000 x 0.3 and 51000 x 0.4 rest."""
    async with running(tmp_path) as venue:
        await venue.alice.signed("POST /api/v3/order", SELL.format("0.2", "50000"))
        await venue.bob.signed("POST /api/v3/order", BUY.format("0.2", "50000"))
        venue.clock.now_us = START_US + MINUTE_US
        await venue.bob.signed("POST /api/v3/order", BUY.format("0.1", "50500"))
        await venue.alice.signed("POST /api/v3/order", SELL.format("0.1", "50400"))
        await venue.alice.signed("POST /api/v3/order", SELL.format("0.4", "51000"))
        await venue.bob.signed("POST /api/v3/order", BUY.format("0.3", "49000"))
        venue.clock.now_us = START_US + 2 * MINUTE_US
        yield venue


async def test_depth(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT&limit=1")
    assert reply.json == {
        "lastUpdateId": 6,
        "bids": [["49000.00000000", "0.30000000"]],
        "asks": [["51000.00000000", "0.40000000"]],
    }


async def test_trades(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /api/v3/trades", "symbol=BTCUSDT")
    assert reply.json == [
        {
            "id": 1,
            "price": "50000.00000000",
            "qty": "0.20000000",
            "quoteQty": "10000.00000000",
            "time": NOW + 2,
            "isBuyerMaker": False,
            "isBestMatch": True,
        },
        {
            "id": 2,
            "price": "50500.00000000",
            "qty": "0.10000000",
            "quoteQty": "5050.00000000",
            "time": NOW + 60_002,
            "isBuyerMaker": True,
            "isBestMatch": True,
        },
    ]
    one = await venue.anyone.call("GET /api/v3/trades", "symbol=BTCUSDT&limit=1")
    assert one.json == reply.json[1:]


async def test_klines(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /api/v3/klines", "symbol=BTCUSDT&interval=1m")
    first, second, third = reply.json
    assert first == [
        *(NOW, "50000.00000000", "50000.00000000", "50000.00000000", "50000.00000000"),
        *("0.20000000", NOW + 59_999, "10000.00000000", 1, "0.20000000", "10000.00000000", "0"),
    ]
    assert second[8:] == [1, "0.00000000", "0.00000000", "0"]
    assert third[1:6] == ["50500.00000000"] * 4 + ["0.00000000"]
    later = await venue.anyone.call(
        "GET /api/v3/klines", f"symbol=BTCUSDT&interval=1m&startTime={NOW + 60_000}&limit=1"
    )
    assert later.json == [second]


@pytest.mark.parametrize("extreme", [0, 1, 10**14 - 1, 10**14, 253_402_300_800_000_000, 2**63 - 1])
async def test_times_out_of_range_are_taken_for_the_nearest(venue: Venue, extreme: int) -> None:
    """Before all trades, or after now."""
    early = extreme in (0, 1, 10**14)
    for interval in INTERVALS:
        query = f"symbol=BTCUSDT&interval={interval}"
        every = (await venue.anyone.call("GET /api/v3/klines", query)).json
        oldest = (await venue.anyone.call("GET /api/v3/klines", f"{query}&startTime=0")).json
        found = {
            name: (await venue.anyone.call("GET /api/v3/klines", f"{query}&{name}={extreme}"))
            for name in ("startTime", "endTime")
        }
        assert every
        assert found["startTime"].json == (oldest if early else []), interval
        assert found["endTime"].json == ([] if early else every), interval
    for rest in ("GET /api/v3/allOrders", "GET /api/v3/myTrades"):
        every = (await venue.alice.signed(rest, "symbol=BTCUSDT")).json
        assert every
        for name, all_of_it in (("startTime", early), ("endTime", not early)):
            reply = await venue.alice.signed(rest, f"symbol=BTCUSDT&{name}={extreme}")
            assert reply.json == (every if all_of_it else []), (rest, name)


async def test_tickers(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /api/v3/ticker/24hr", "symbol=BTCUSDT")
    assert reply.json == {
        "symbol": "BTCUSDT",
        "priceChange": "500.00000000",
        "priceChangePercent": "1.000",
        "weightedAvgPrice": "50166.66666667",
        "prevClosePrice": "0.00000000",
        "lastPrice": "50500.00000000",
        "lastQty": "0.10000000",
        "bidPrice": "49000.00000000",
        "bidQty": "0.30000000",
        "askPrice": "51000.00000000",
        "askQty": "0.40000000",
        "openPrice": "50000.00000000",
        "highPrice": "50500.00000000",
        "lowPrice": "50000.00000000",
        "volume": "0.30000000",
        "quoteVolume": "15050.00000000",
        "openTime": NOW + 120_000 - 86_400_000,
        "closeTime": NOW + 120_000,
        "firstId": 1,
        "lastId": 2,
        "count": 2,
    }
    mini = await venue.anyone.call("GET /api/v3/ticker/24hr", "symbol=BTCUSDT&type=MINI")
    assert mini.json.items() <= reply.json.items()
    assert len(mini.json) == 12
    every = await venue.anyone.call("GET /api/v3/ticker/24hr")
    assert reply.json in every.json
    quiet = next(row for row in every.json if row["symbol"] == "SOLUSDT")
    assert (quiet["lastPrice"], quiet["firstId"], quiet["count"]) == ("0.00000000", -1, 0)


async def test_prices(venue: Venue) -> None:
    best = await venue.anyone.call("GET /api/v3/ticker/bookTicker", "symbol=BTCUSDT")
    assert best.json == {
        "symbol": "BTCUSDT",
        "bidPrice": "49000.00000000",
        "bidQty": "0.30000000",
        "askPrice": "51000.00000000",
        "askQty": "0.40000000",
    }
    last = await venue.anyone.call(
        "GET /api/v3/ticker/price", 'symbols=["ETHBTC","BTCUSDT"]&symbolStatus=TRADING'
    )
    assert last.json == [
        {"symbol": "ETHBTC", "price": "0.00000000"},
        {"symbol": "BTCUSDT", "price": "50500.00000000"},
    ]
    halted = await venue.anyone.call("GET /api/v3/ticker/price", "symbolStatus=HALT")
    assert halted.json == []
