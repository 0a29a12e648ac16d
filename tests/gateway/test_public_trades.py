"""Trades one by one and joined, over REST: from memory, from SQL, and where the two meet."""

from collections.abc import AsyncIterator
from itertools import groupby, product
from pathlib import Path
from typing import Any

import pytest

from rialto.market_data import newest
from tests.gateway.venue import START_US, Venue, running

SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity={}&price={}"
BUY = SELL.replace("SELL", "BUY")
SYMBOL = "symbol=BTCUSDT"
TRADES, AGGREGATES = "GET /api/v3/historicalTrades", "GET /api/v3/aggTrades"
KEPT = 7
STEP_US = 700_000
PRICES = ("50000", "50000", "50001", "50002", "50002")  # what one order of five lots meets
TAKERS = 12

Row = dict[str, Any]


@pytest.fixture
async def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Venue]:
    """Orders that meet five others at three prices, one after the other; memory keeps seven."""
    monkeypatch.setattr(newest, "KEPT_MAX", KEPT)
    async with running(tmp_path) as venue:
        for number in range(TAKERS):
            venue.clock.now_us = START_US + number * STEP_US
            for price in PRICES:
                await venue.alice.signed("POST /api/v3/order", SELL.format("0.01", price))
            await venue.bob.signed("POST /api/v3/order", BUY.format("0.05", "50002"))
        yield venue


async def every_trade(venue: Venue) -> list[Row]:
    reply = await venue.anyone.call(TRADES, f"{SYMBOL}&fromId=0&limit=1000")
    rows: list[Row] = reply.json
    return rows


def joined(trades: list[Row]) -> list[Row]:
    """Each taker at each price is one."""
    groups = [
        list(fills)
        for _, fills in groupby(trades, lambda row: ((row["id"] - 1) // 5, row["price"]))
    ]
    return [
        {
            "a": number,
            "p": fills[0]["price"],
            "q": f"{len(fills) / 100:.8f}",
            "f": fills[0]["id"],
            "l": fills[-1]["id"],
            "T": fills[0]["time"],
            "m": False,
            "M": True,
        }
        for number, fills in enumerate(groups, 1)
    ]


async def test_historical_trades(venue: Venue) -> None:
    every = await every_trade(venue)
    assert [row["id"] for row in every] == list(range(1, 5 * TAKERS + 1))
    recent = await venue.anyone.call("GET /api/v3/trades", f"{SYMBOL}&limit=5")
    assert recent.json == every[-5:]
    for from_id, limit in product((0, 1, 17, 50, 53, 54, 60, 61, 10**9), (1, 4, 1000)):
        query = f"{SYMBOL}&fromId={from_id}&limit={limit}"
        found = (await venue.anyone.call(TRADES, query)).json
        assert found == [row for row in every if row["id"] >= from_id][:limit], query
    for limit in (1, KEPT, KEPT + 1, 59, 60, 1000):
        found = (await venue.anyone.call(TRADES, f"{SYMBOL}&limit={limit}")).json
        assert found == every[-limit:]
    assert (await venue.anyone.call(TRADES, SYMBOL)).json == every
    more = await venue.anyone.call(TRADES, f"{SYMBOL}&limit=1001")
    assert more.json == every  # as if 1000 were asked for


async def test_aggregate_trades(venue: Venue) -> None:
    every = joined(await every_trade(venue))
    for from_id, limit in product((0, 1, 17, 29, 30, 36, 37), (1, 4, 1000)):
        query = f"{SYMBOL}&fromId={from_id}&limit={limit}"
        found = (await venue.anyone.call(AGGREGATES, query)).json
        assert found == [row for row in every if row["a"] >= from_id][:limit], query
    times = [None, 0, *(every[n]["T"] + d for n in (0, 13, 28, 30, 33, 35) for d in (-1, 0, 1))]
    for start, end, limit in product(times, times, (1, 4, 1000)):
        query = f"{SYMBOL}&limit={limit}"
        query += "" if start is None else f"&startTime={start}"
        query += "" if end is None else f"&endTime={end}"
        fits = [
            row
            for row in every
            if (start is None or row["T"] >= start) and (end is None or row["T"] <= end)
        ]
        expected = fits[-limit:] if start is None else fits[:limit]
        assert (await venue.anyone.call(AGGREGATES, query)).json == expected, query


async def test_microseconds(venue: Venue) -> None:
    headers = {"X-MBX-TIME-UNIT": "MICROSECOND"}
    (last,) = (await venue.anyone.call(AGGREGATES, f"{SYMBOL}&limit=1", headers=headers)).json
    assert last["T"] == START_US + (TAKERS - 1) * STEP_US + 6000
    same = await venue.anyone.call(AGGREGATES, f"{SYMBOL}&startTime={last['T']}", headers=headers)
    assert same.json[-1] == last
    after = await venue.anyone.call(AGGREGATES, f"{SYMBOL}&startTime={last['T'] + 1}")
    assert after.json == []


async def test_there_are_no_block_trades(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /api/v3/historicalBlockTrades", f"{SYMBOL}&fromId=1")
    assert (reply.status, reply.json) == (200, [])
