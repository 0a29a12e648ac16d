"""THE TABLE of the market streams: each row is a name, how often it speaks, and what it says.

The door, the documentation and the tests all read it. Symbols are in lower case in names.
"""

from enum import Enum
from typing import NamedTuple

import msgspec

from rialto.gateway.wire import stream_tickers, streams
from rialto.market_data.intervals import INTERVALS, Interval
from rialto.messages.klines import HOUR_US

TICKS_PER_SECOND = 10
REAL_TIME = 0
SYMBOL = "<symbol>"
SYMBOL_CHARACTERS_MAX = 32
WINDOWS_US = {"1h": HOUR_US, "4h": 4 * HOUR_US, "1d": 24 * HOUR_US}
LEVELS = (5, 10, 20)
BEIJING = ("@+08:00", 8 * HOUR_US)
DEPTH_SPEEDS = {"": TICKS_PER_SECOND, "@1000ms": TICKS_PER_SECOND, "@100ms": 1}


class Kind(Enum):
    TRADE = "trade"
    AGGREGATE_TRADE = "aggTrade"
    KLINE = "kline"
    MINI_TICKER = "miniTicker"
    TICKER = "ticker"
    WINDOW_TICKER = "ticker_"
    BOOK_TICKER = "bookTicker"
    AVERAGE_PRICE = "avgPrice"
    REFERENCE_PRICE = "referencePrice"
    PARTIAL_DEPTH = "depth of some levels"
    DEPTH = "depth"


class Stream(NamedTuple):
    """What a name asks for. Names that ask for the same are the same stream."""

    kind: Kind
    ticks: int  # between two messages; REAL_TIME
    of_all: bool = False  # instruments, in one array
    interval: Interval | None = None
    offset_us: int = 0
    window: str = ""
    levels: int = 0


class Row(msgspec.Struct, frozen=True):
    """name with <symbol> in it, or of all symbols; payload of one message, or of one element."""

    name: str
    stream: Stream
    payload: type[msgspec.Struct]
    about: str = ""

    @property
    def speed(self) -> str:
        ticks = self.stream.ticks
        return f"{ticks * 1000 // TICKS_PER_SECOND} ms" if ticks else "real time"


def _rows() -> list[Row]:
    second, two = TICKS_PER_SECOND, 2 * TICKS_PER_SECOND
    rows = [
        Row("@trade", Stream(Kind.TRADE, REAL_TIME), streams.Trade),
        Row(
            "@aggTrade",
            Stream(Kind.AGGREGATE_TRADE, REAL_TIME),
            streams.AggregateTrade,
            "Trades of one taker at one price.",
        ),
        Row("@bookTicker", Stream(Kind.BOOK_TICKER, REAL_TIME), streams.BookTicker),
        Row("@avgPrice", Stream(Kind.AVERAGE_PRICE, second), streams.AveragePrice),
        Row("@referencePrice", Stream(Kind.REFERENCE_PRICE, second), streams.ReferencePrice),
        Row("@miniTicker", Stream(Kind.MINI_TICKER, second), stream_tickers.MiniTicker),
        Row("@ticker", Stream(Kind.TICKER, second), stream_tickers.Ticker),
    ]
    for interval in INTERVALS.values():
        ticks = second if interval.name == "1s" else two
        for suffix, offset_us in (("", 0), BEIJING):
            stream = Stream(Kind.KLINE, ticks, interval=interval, offset_us=offset_us)
            name = f"@kline_{interval.name}{suffix}"
            about = "Days begin at midnight in UTC+8; times are in UTC." if offset_us else ""
            rows.append(Row(name, stream, streams.KlineUpdate, about))
    for window in WINDOWS_US:
        stream = Stream(Kind.WINDOW_TICKER, second, window=window)
        rows.append(Row(f"@ticker_{window}", stream, stream_tickers.WINDOW_TICKERS[window]))
    for speed, ticks in DEPTH_SPEEDS.items():
        for levels in LEVELS:
            stream = Stream(Kind.PARTIAL_DEPTH, ticks, levels=levels)
            rows.append(Row(f"@depth{levels}{speed}", stream, streams.PartialDepth))
        stream = Stream(Kind.DEPTH, ticks)
        rows.append(Row(f"@depth{speed}", stream, streams.DepthUpdate, "What changed."))
    return [msgspec.structs.replace(row, name=SYMBOL + row.name) for row in rows]


def _rows_of_all() -> list[Row]:
    second = TICKS_PER_SECOND
    changed = "An array of those that changed."
    rows = [
        Row(
            "!miniTicker@arr",
            Stream(Kind.MINI_TICKER, second, of_all=True),
            stream_tickers.MiniTicker,
            changed,
        ),
        Row(
            "!ticker@arr",
            Stream(Kind.TICKER, second, of_all=True),
            stream_tickers.Ticker,
            f"{changed} Binance retired it on 2026-03-26; Rialto goes on serving it.",
        ),
    ]
    for window, payload in stream_tickers.WINDOW_TICKERS.items():
        stream = Stream(Kind.WINDOW_TICKER, second, of_all=True, window=window)
        rows.append(Row(f"!ticker_{window}@arr", stream, payload, changed))
    return rows


STREAMS: tuple[Row, ...] = (*_rows(), *_rows_of_all())
_OF_SYMBOL = {row.name.removeprefix(SYMBOL): row.stream for row in STREAMS if not row.stream.of_all}
_OF_ALL = {row.name: row.stream for row in STREAMS if row.stream.of_all}


def parse_name(name: str) -> tuple[str, Stream] | None:
    """The symbol, "" for all of them, and what is asked for; None for a name that is no stream."""
    if (of_all := _OF_ALL.get(name)) is not None:
        return "", of_all
    symbol, at, rest = name.partition("@")
    stream = _OF_SYMBOL.get(at + rest)
    if stream is None or symbol != symbol.lower() or len(symbol) > SYMBOL_CHARACTERS_MAX:
        return None
    return symbol.upper(), stream
