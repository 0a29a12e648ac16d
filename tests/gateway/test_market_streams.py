"""Each market stream, field by field: what it says, to whom, and when it says it again."""

from pathlib import Path
from typing import Any

import pytest

from rialto.gateway import ws_streams
from rialto.gateway.wire.stream_names import STREAMS
from rialto.market_data.intervals import INTERVALS
from rialto.messages.commands import SetReferencePrice
from rialto.messages.ids import InstrumentId
from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US
from tests.gateway.doors import ear, open_doors
from tests.gateway.test_streams import limit
from tests.gateway.venue import START_US, Venue

NONE, HALF, ONE = "0.00000000", "0.50000000", "1.00000000"
ALICES = "20000.00000000"
HOUR_START_MS = START_US // HOUR_US * HOUR_US // 1000


@pytest.fixture(autouse=True)
def _quick_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams look at what has changed five times as often."""
    monkeypatch.setattr(ws_streams, "TICK_SECONDS", 0.02)


async def trade_twice(venue: Venue) -> None:
    """Half a bitcoin at 20000 and one at 20010, in one command; then one and a half is left."""
    await limit(venue.alice, "SELL", "0.5", "20000")
    await limit(venue.alice, "SELL", "2.5", "20010")
    await limit(venue.bob, "BUY", "1.5", "20010")


def now_ms(venue: Venue) -> int:
    return venue.clock.now_us // 1000


async def test_trades_of_one_taker_at_one_price_are_one_aggregate_trade(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/btcusdt@aggTrade") as heard:
        for _ in range(2):
            await limit(venue.alice, "SELL", "0.5", "20000")
        await limit(venue.alice, "SELL", "2", "20010")
        await limit(venue.bob, "BUY", "1.5", "20010")
        first = {
            "e": "aggTrade",
            "E": now_ms(venue),
            "s": "BTCUSDT",
            "a": 1,
            "p": ALICES,
            "q": ONE,
            "f": 1,
            "l": 2,
            "T": now_ms(venue),
            "m": False,
            "M": True,
        }
        assert await heard.hear_many(2) == [
            first,
            {**first, "a": 2, "p": "20010.00000000", "q": HALF, "f": 3, "l": 3},
        ]


def kline(venue: Venue, opens_ms: int, width_ms: int, interval: str) -> dict[str, Any]:
    """Of the two trades."""
    return {
        "e": "kline",
        "E": now_ms(venue),
        "s": "BTCUSDT",
        "k": {
            "t": opens_ms,
            "T": opens_ms + width_ms - 1,
            "s": "BTCUSDT",
            "i": interval,
            "f": 1,
            "L": 2,
            "o": ALICES,
            "c": "20010.00000000",
            "h": "20010.00000000",
            "l": ALICES,
            "v": "1.50000000",
            "n": 2,
            "x": False,
            "q": "30010.00000000",
            "V": "1.50000000",
            "Q": "30010.00000000",
            "B": "0",
        },
    }


async def test_a_kline_is_told_when_it_changes_and_once_more_when_it_is_over(
    tmp_path: Path,
) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/btcusdt@kline_1m") as heard:
        await trade_twice(venue)
        opens_ms = START_US // 1000
        told = kline(venue, opens_ms, 60_000, "1m")
        assert await heard.hear() == told
        venue.clock.now_us = START_US + MINUTE_US
        over, following = await heard.hear_many(2)
        assert over == {**told, "E": now_ms(venue), "k": {**told["k"], "x": True}}
        flat = dict.fromkeys("ohlc", "20010.00000000") | dict.fromkeys("vqVQ", NONE)
        nothing = {"t": opens_ms + 60_000, "T": opens_ms + 119_999, "f": -1, "L": -1, "n": 0}
        assert following == {**over, "k": {**told["k"], **nothing, **flat}}


async def test_days_may_begin_at_midnight_in_beijing_and_times_are_utc(tmp_path: Path) -> None:
    names = "btcusdt@kline_1d/btcusdt@kline_1d@+08:00"
    async with open_doors(tmp_path) as (venue, _), ear(venue, f"/stream?streams={names}") as heard:
        await trade_twice(venue)
        day_ms = DAY_US // 1000
        midnight_ms = START_US // DAY_US * day_ms  # 22:14 in UTC, 06:14 of the next day in Beijing
        expected = [
            ("btcusdt@kline_1d", midnight_ms),
            ("btcusdt@kline_1d@+08:00", midnight_ms + 16 * HOUR_US // 1000),
        ]
        assert await heard.hear_many(2) == [
            {"stream": name, "data": kline(venue, opens_ms, day_ms, "1d")}
            for name, opens_ms in expected
        ]


async def test_every_interval_has_a_stream(tmp_path: Path) -> None:
    names = [f"btcusdt@kline_{name}" for name in INTERVALS]
    address = f"/stream?streams={'/'.join(names)}"
    async with open_doors(tmp_path) as (venue, _), ear(venue, address) as heard:
        await trade_twice(venue)
        told = await heard.hear_many(len(names))
        assert {each["stream"] for each in told} == set(names)
        assert {each["data"]["k"]["i"] for each in told} == set(INTERVALS)


def ticker(venue: Venue, window_us: int) -> dict[str, Any]:
    return {
        "E": now_ms(venue),
        "s": "BTCUSDT",
        "p": "10.00000000",
        "P": "0.050",
        "w": "20006.66666667",
        "o": ALICES,
        "h": "20010.00000000",
        "l": ALICES,
        "c": "20010.00000000",
        "v": "1.50000000",
        "q": "30010.00000000",
        "O": (venue.clock.now_us - window_us) // 1000,
        "C": now_ms(venue),
        "F": 1,
        "L": 2,
        "n": 2,
    }


async def test_tickers_of_a_day(tmp_path: Path) -> None:
    names = "btcusdt@ticker/btcusdt@miniTicker"
    async with open_doors(tmp_path) as (venue, _):
        await trade_twice(venue)
        async with ear(venue, f"/stream?streams={names}") as heard:
            found = {each["stream"]: each["data"] for each in await heard.hear_many(2)}
        full = ticker(venue, DAY_US)
        best = {"b": NONE, "B": NONE, "a": "20010.00000000", "A": "1.50000000"}
        last = {"x": NONE, "Q": ONE}
        mini = {letter: full[letter] for letter in "EscohlvQq" if letter in full}
        opens = full["O"] // 1000 * 1000  # to the second
        assert found == {
            "btcusdt@ticker": {"e": "24hrTicker", **full, **best, **last, "O": opens},
            "btcusdt@miniTicker": {"e": "24hrMiniTicker", **mini},
        }


async def test_tickers_of_rolling_windows(tmp_path: Path) -> None:
    windows = {"1h": HOUR_US, "4h": 4 * HOUR_US, "1d": DAY_US}
    names = "/".join(f"btcusdt@ticker_{window}" for window in windows)
    async with open_doors(tmp_path) as (venue, _):
        await trade_twice(venue)
        async with ear(venue, f"/stream?streams={names}") as heard:
            found = {each["data"]["e"]: each["data"] for each in await heard.hear_many(3)}
        minute_ms = MINUTE_US // 1000
        for window, width_us in windows.items():
            expected = ticker(venue, width_us)
            expected["O"] -= expected["O"] % minute_ms
            assert found[f"{window}Ticker"] == {"e": f"{window}Ticker", **expected}


async def test_arrays_hold_what_changed_and_everything_for_who_is_new(tmp_path: Path) -> None:
    streams = ("!miniTicker@arr", "!ticker@arr", "!ticker_1h@arr", "!ticker_4h@arr")
    async with open_doors(tmp_path) as (venue, _):
        instruments = venue.gateway.sources.folds.catalog.instruments.values()
        for name in streams:
            async with ear(venue, f"/ws/{name}") as heard:
                silent = {instrument.symbol for instrument in instruments}
                while silent:
                    silent -= {each["s"] for each in await heard.hear()}
                await trade_twice(venue)
                assert [each["s"] for each in await heard.hear()] == ["BTCUSDT"]


async def test_the_average_price_of_five_minutes(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/btcusdt@avgPrice") as heard:
        await trade_twice(venue)
        assert await heard.hear() == {
            "e": "avgPrice",
            "E": now_ms(venue),
            "s": "BTCUSDT",
            "i": "5m",
            "w": "20006.66666667",
            "T": now_ms(venue),
        }


async def test_the_top_of_the_book_is_told_at_once_and_when_it_changes(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        for number in range(12):
            await limit(venue.alice, "SELL", "1", f"{20000 + number}")
            await limit(venue.bob, "BUY", "2", f"{19999 - number}")
        asks = [[f"{20000 + number}.00000000", ONE] for number in range(12)]
        bids = [[f"{19999 - number}.00000000", "2.00000000"] for number in range(12)]
        for levels in (5, 10, 20):
            async with ear(venue, f"/ws/btcusdt@depth{levels}@100ms") as heard:
                assert await heard.hear() == {
                    "lastUpdateId": 24,
                    "bids": bids[:levels],
                    "asks": asks[:levels],
                }
        async with ear(venue, "/ws/btcusdt@depth5") as heard:
            await heard.hear()
            await limit(venue.bob, "BUY", "1", "20000")
            changed = await heard.hear()
            assert (changed["lastUpdateId"], changed["asks"]) == (25, asks[1:6])


async def test_names_may_be_written_with_escapes(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt%40kline_1d%40%2B08%3A00") as raw,
        ear(venue, "/stream?streams=btcusdt%40trade%2F%E4%BA%BA%40trade") as combined,
    ):
        await combined.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        await trade_twice(venue)
        assert (await raw.hear())["k"]["i"] == "1d"
        assert (await combined.hear())["stream"] == "btcusdt@trade"
        listed = await combined.hear_all()
        assert listed[0]["data"]["e"] == "trade"


async def test_nothing_is_computed_for_a_stream_that_nobody_reads(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        names = [row.name.replace("<symbol>", "btcusdt") for row in STREAMS]
        for name in names:
            feed = doors.market.find_feed(name)
            assert feed is not None and not feed.is_read
        await trade_twice(venue)
        doors.market.tick(20, venue.clock.now_us)
        assert doors.market.feeds == 0


async def test_the_reference_price_is_told_every_second(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt@referencePrice") as heard,
    ):
        told = {"e": "referencePrice", "s": "BTCUSDT", "r": None, "t": now_ms(venue)}
        assert await heard.hear_many(2) == [told, told]
        await venue.engine.submit(SetReferencePrice(InstrumentId(0), 2_000_001))
        while (said := await heard.hear()) == told:
            pass
        assert said == {**told, "r": "20000.01000000"}
