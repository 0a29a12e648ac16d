"""The parameters of endpoints that place, cancel, replace and amend orders."""

from enum import StrEnum
from typing import Annotated

from rialto.gateway.wire import errors, parameters
from rialto.gateway.wire.parameters import one_of
from rialto.gateway.wire.requests import (
    ChosenId,
    Flag,
    FoundId,
    Integer,
    Number,
    Request,
    Symbol,
    Time,
)
from rialto.messages.orders import (
    CancelRestriction,
    OrderType,
    ReplaceMode,
    Side,
    StpMode,
    TimeInForce,
)


class ResponseType(StrEnum):
    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


class PegWord(StrEnum):
    PRIMARY_PEG = "PRIMARY_PEG"
    MARKET_PEG = "MARKET_PEG"


class PegOffsetWord(StrEnum):
    PRICE_LEVEL = "PRICE_LEVEL"


class OverLimit(StrEnum):
    """What a cancel-replace does when the account has sent too many orders."""

    DO_NOTHING = "DO_NOTHING"
    CANCEL_ONLY = "CANCEL_ONLY"


SideWord = Annotated[Side, one_of(Side, errors.INVALID_SIDE)]
TypeWord = Annotated[OrderType, one_of(OrderType, errors.INVALID_ORDER_TYPE)]
TimeInForceWord = Annotated[TimeInForce, one_of(TimeInForce, errors.INVALID_TIME_IN_FORCE)]
StpWord = Annotated[StpMode, one_of(StpMode)]
Label = Annotated[int, parameters.LABEL]
PegPriceWord = Annotated[PegWord, one_of(PegWord, errors.INVALID_PEG_PRICE_TYPE)]
PegOffsetTypeWord = Annotated[PegOffsetWord, one_of(PegOffsetWord, errors.INVALID_PEG_OFFSET_TYPE)]
ResponseWord = Annotated[ResponseType, one_of(ResponseType)]
ReplaceWord = Annotated[ReplaceMode, one_of(ReplaceMode)]
OverLimitWord = Annotated[OverLimit, one_of(OverLimit)]
RestrictionWord = Annotated[
    CancelRestriction,
    one_of(
        (CancelRestriction.ONLY_NEW, CancelRestriction.ONLY_PARTIALLY_FILLED),
        errors.INVALID_CANCEL_RESTRICTIONS,
    ),
]


class NewOrder(Request, frozen=True):
    symbol: Symbol
    side: SideWord
    type: TypeWord
    time_in_force: TimeInForceWord | None = None
    quantity: Number | None = None
    quote_order_qty: Number | None = None
    price: Number | None = None
    new_client_order_id: ChosenId | None = None
    strategy_id: Label | None = None
    strategy_type: Integer | None = None
    stop_price: Number | None = None
    trailing_delta: Integer | None = None
    iceberg_qty: Number | None = None
    new_order_resp_type: ResponseWord | None = None
    self_trade_prevention_mode: StpWord | None = None
    peg_price_type: PegPriceWord | None = None
    peg_offset_value: Integer | None = None
    peg_offset_type: PegOffsetTypeWord | None = None
    good_till_date: Time | None = None  # ours: when it expires, if it is still open then


class TestOrder(NewOrder, frozen=True):
    compute_commission_rates: Flag = False


class ReplaceOrder(NewOrder, frozen=True, kw_only=True):
    cancel_replace_mode: ReplaceWord
    cancel_order_id: Integer | None = None
    cancel_orig_client_order_id: FoundId | None = None
    cancel_new_client_order_id: ChosenId | None = None
    cancel_restrictions: RestrictionWord = CancelRestriction.NONE
    order_rate_limit_exceeded_mode: OverLimitWord = OverLimit.DO_NOTHING


class AmendOrder(Request, frozen=True):
    """new_client_order_id may be the one that the order has, also if nobody chose that."""

    symbol: Symbol
    new_qty: Number
    order_id: Integer | None = None
    orig_client_order_id: FoundId | None = None
    new_client_order_id: FoundId | None = None


class CancelOrder(Request, frozen=True):
    symbol: Symbol
    order_id: Integer | None = None
    orig_client_order_id: FoundId | None = None
    new_client_order_id: ChosenId | None = None
    cancel_restrictions: RestrictionWord = CancelRestriction.NONE
