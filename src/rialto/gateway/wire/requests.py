"""The parameters of endpoints, one struct each; the field names are Binance's in snake case. Those
of orders are in order_requests.py, those of accounts in account_requests.py.

Each field's annotation says how its text is converted (wire/parameters.py); a field without a
default is mandatory.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from rialto.gateway.wire import errors, parameters
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.parameters import Kind, one_of
from rialto.gateway.wire.time_zones import TIME_ZONE
from rialto.market_data.intervals import INTERVALS, Interval
from rialto.messages.klines import DAY_US


class TickerType(StrEnum):
    FULL = "FULL"
    MINI = "MINI"


class SymbolStatus(StrEnum):
    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"


def _interval(_: str, text: str) -> Interval:
    interval = INTERVALS.get(text)
    if interval is None:
        raise Refused(errors.INVALID_INTERVAL)
    return interval


Symbol = Annotated[str, parameters.SYMBOL]
Symbols = Annotated[tuple[str, ...], parameters.SYMBOLS]
Number = Annotated[Decimal, parameters.DECIMAL]
Integer = Annotated[int, parameters.INTEGER]
Time = Annotated[int, parameters.TIME]
Flag = Annotated[bool, parameters.BOOLEAN]
ChosenId = Annotated[str, parameters.CHOSEN_ID]
FoundId = Annotated[str, parameters.FOUND_ID]
INTERVAL = Kind(_interval, {"type": "string", "enum": list(INTERVALS)})
TickerWord = Annotated[TickerType, one_of(TickerType, errors.INVALID_TICKER_TYPE)]
StatusWord = Annotated[SymbolStatus, one_of(SymbolStatus, errors.INVALID_SYMBOL_STATUS)]


class Request(msgspec.Struct, frozen=True, rename="camel"):
    """Parameters of one request, converted."""


class Nothing(Request, frozen=True):
    pass


class ExchangeInfo(Request, frozen=True):
    symbol: Symbol | None = None
    symbols: Symbols | None = None
    permissions: Annotated[tuple[str, ...], parameters.PERMISSIONS] | None = None
    show_permission_sets: Flag = True
    symbol_status: StatusWord | None = None


class Depth(Request, frozen=True):
    symbol: Symbol
    limit: Annotated[int, parameters.limit(100, 5000, clamped=True)] = 100
    symbol_status: StatusWord | None = None


class Trades(Request, frozen=True):
    symbol: Symbol
    limit: Annotated[int, parameters.limit(500, 1000, clamped=True)] = 500


class HistoricalTrades(Trades, frozen=True):
    from_id: Integer | None = None


class HistoricalBlockTrades(Request, frozen=True):
    symbol: Symbol
    from_id: Integer
    limit: Annotated[int, parameters.limit(500, 1000, clamped=True)] = 500


class AggregateTrades(HistoricalTrades, frozen=True):
    start_time: Time | None = None
    end_time: Time | None = None


class Klines(Request, frozen=True):
    symbol: Symbol
    interval: Annotated[Interval, INTERVAL]
    start_time: Time | None = None
    end_time: Time | None = None
    time_zone: Annotated[int, TIME_ZONE] = 0
    limit: Annotated[int, parameters.limit(500, 1000, clamped=True)] = 500


class Prices(Request, frozen=True):
    """ticker/price and ticker/bookTicker."""

    symbol: Symbol | None = None
    symbols: Symbols | None = None
    symbol_status: StatusWord | None = None


class Ticker(Prices, frozen=True):
    type: TickerWord = TickerType.FULL


class WindowTicker(Request, frozen=True):
    symbol: Symbol | None = None
    symbols: Annotated[tuple[str, ...], parameters.WINDOW_SYMBOLS] | None = None
    type: TickerWord = TickerType.FULL
    symbol_status: StatusWord | None = None


class RollingTicker(WindowTicker, frozen=True):
    window_size: Annotated[int, parameters.WINDOW] = DAY_US


class TradingDayTicker(WindowTicker, frozen=True):
    time_zone: Annotated[int, TIME_ZONE] = 0


class ExecutionRules(Request, frozen=True):
    symbol: Symbol | None = None
    symbols: Symbols | None = None
    symbol_status: StatusWord | None = None


class ReferencePriceCalculation(Request, frozen=True):
    symbol: Symbol
    symbol_status: StatusWord | None = None


class OneSymbol(Request, frozen=True):
    symbol: Symbol


class ListenKey(Request, frozen=True):
    listen_key: Annotated[str, parameters.WORD]
