"""The parameters of every endpoint, one struct each; the field names are Binance's in snake case.

Each field's annotation says how its text is converted (wire/parameters.py); a field without a
default is mandatory.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

from rialto.gateway.wire import errors, parameters
from rialto.gateway.wire.parameters import one_of
from rialto.messages.orders import CancelRestriction, Side, TimeInForce


class OrderTypeName(StrEnum):
    """Binance's words; the machine has the first three, the rest are refused by name."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"


class StpModeName(StrEnum):
    """The machine has all but TRANSFER, which no instrument allows."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"
    DECREMENT = "DECREMENT"
    TRANSFER = "TRANSFER"


class ResponseType(StrEnum):
    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class TickerType(StrEnum):
    FULL = "FULL"
    MINI = "MINI"


class SymbolStatus(StrEnum):
    TRADING = "TRADING"
    HALT = "HALT"
    BREAK = "BREAK"


Symbol = Annotated[str, parameters.SYMBOL]
Symbols = Annotated[tuple[str, ...], parameters.SYMBOLS]
Number = Annotated[Decimal, parameters.DECIMAL]
Integer = Annotated[int, parameters.INTEGER]
Time = Annotated[int, parameters.TIME]
Flag = Annotated[bool, parameters.BOOLEAN]
ChosenId = Annotated[str, parameters.CHOSEN_ID]
FoundId = Annotated[str, parameters.FOUND_ID]
SideWord = Annotated[Side, one_of(Side, errors.INVALID_SIDE)]
TypeWord = Annotated[OrderTypeName, one_of(OrderTypeName, errors.INVALID_ORDER_TYPE)]
TimeInForceWord = Annotated[TimeInForce, one_of(TimeInForce, errors.INVALID_TIME_IN_FORCE)]
StpWord = Annotated[StpModeName, one_of(StpModeName)]
RestrictionWord = Annotated[
    CancelRestriction,
    one_of(
        (CancelRestriction.ONLY_NEW, CancelRestriction.ONLY_PARTIALLY_FILLED),
        errors.INVALID_CANCEL_RESTRICTIONS,
    ),
]
ResponseWord = Annotated[ResponseType, one_of(ResponseType)]
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
    limit: Annotated[int, parameters.limit(500, 1000)] = 500


class Klines(Request, frozen=True):
    symbol: Symbol
    interval: Annotated[str, parameters.WORD]
    start_time: Time | None = None
    end_time: Time | None = None
    time_zone: Annotated[str, parameters.WORD] = "0"
    limit: Annotated[int, parameters.limit(500, 1000, clamped=True)] = 500


class Prices(Request, frozen=True):
    """ticker/price and ticker/bookTicker."""

    symbol: Symbol | None = None
    symbols: Symbols | None = None
    symbol_status: StatusWord | None = None


class Ticker(Prices, frozen=True):
    type: TickerWord = TickerType.FULL


class NewOrder(Request, frozen=True):
    symbol: Symbol
    side: SideWord
    type: TypeWord
    time_in_force: TimeInForceWord | None = None
    quantity: Number | None = None
    quote_order_qty: Number | None = None
    price: Number | None = None
    new_client_order_id: ChosenId | None = None
    stop_price: Number | None = None
    trailing_delta: Integer | None = None
    iceberg_qty: Number | None = None
    new_order_resp_type: ResponseWord | None = None
    self_trade_prevention_mode: StpWord | None = None


class TestOrder(NewOrder, frozen=True):
    compute_commission_rates: Flag = False


class CancelOrder(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    orig_client_order_id: FoundId | None = None
    new_client_order_id: ChosenId | None = None
    cancel_restrictions: RestrictionWord = CancelRestriction.NONE


class OneSymbol(Request, frozen=True):
    symbol: Symbol


class FindOrder(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    orig_client_order_id: FoundId | None = None


class OpenOrders(Request, frozen=True):
    symbol: Symbol | None = None


class AllOrders(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, parameters.limit(500, 1000)] = 500


class MyTrades(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    from_id: Integer | None = None
    limit: Annotated[int, parameters.limit(500, 1000)] = 500


class Account(Request, frozen=True):
    omit_zero_balances: Flag = False


class ListenKey(Request, frozen=True):
    listen_key: Annotated[str, parameters.WORD]
