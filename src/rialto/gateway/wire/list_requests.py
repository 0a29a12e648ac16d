"""The parameters of endpoints of order lists. Those of a leg begin with the leg's name."""

from typing import Annotated

from rialto.gateway.wire import parameters
from rialto.gateway.wire.order_requests import (
    Label,
    PegOffsetTypeWord,
    PegPriceWord,
    ResponseWord,
    SideWord,
    StpWord,
    TimeInForceWord,
    TypeWord,
)
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


class NewList(Request, frozen=True, kw_only=True):
    symbol: Symbol
    list_client_order_id: ChosenId | None = None
    new_order_resp_type: ResponseWord | None = None
    self_trade_prevention_mode: StpWord | None = None


class OldOco(NewList, frozen=True, kw_only=True):
    """The first form of an OCO: a limit maker, and a stop loss with or without a limit."""

    side: SideWord
    quantity: Number
    limit_client_order_id: ChosenId | None = None
    limit_strategy_id: Label | None = None
    limit_strategy_type: Integer | None = None
    price: Number
    limit_iceberg_qty: Number | None = None
    trailing_delta: Integer | None = None
    stop_client_order_id: ChosenId | None = None
    stop_price: Number
    stop_strategy_id: Label | None = None
    stop_strategy_type: Integer | None = None
    stop_limit_price: Number | None = None
    stop_iceberg_qty: Number | None = None
    stop_limit_time_in_force: TimeInForceWord | None = None


class NewOco(NewList, frozen=True, kw_only=True):
    side: SideWord
    quantity: Number
    above_type: TypeWord
    above_client_order_id: ChosenId | None = None
    above_price: Number | None = None
    above_stop_price: Number | None = None
    above_trailing_delta: Integer | None = None
    above_iceberg_qty: Number | None = None
    above_time_in_force: TimeInForceWord | None = None
    above_strategy_id: Label | None = None
    above_strategy_type: Integer | None = None
    above_peg_price_type: PegPriceWord | None = None
    above_peg_offset_type: PegOffsetTypeWord | None = None
    above_peg_offset_value: Integer | None = None
    below_type: TypeWord
    below_client_order_id: ChosenId | None = None
    below_price: Number | None = None
    below_stop_price: Number | None = None
    below_trailing_delta: Integer | None = None
    below_iceberg_qty: Number | None = None
    below_time_in_force: TimeInForceWord | None = None
    below_strategy_id: Label | None = None
    below_strategy_type: Integer | None = None
    below_peg_price_type: PegPriceWord | None = None
    below_peg_offset_type: PegOffsetTypeWord | None = None
    below_peg_offset_value: Integer | None = None


class Working(NewList, frozen=True, kw_only=True):
    """What OTO, OTOCO, OPO and OPOCO have in common."""

    working_type: TypeWord
    working_side: SideWord
    working_price: Number | None = None
    working_quantity: Number
    working_client_order_id: ChosenId | None = None
    working_iceberg_qty: Number | None = None
    working_time_in_force: TimeInForceWord | None = None
    working_strategy_id: Label | None = None
    working_strategy_type: Integer | None = None
    working_peg_price_type: PegPriceWord | None = None
    working_peg_offset_type: PegOffsetTypeWord | None = None
    working_peg_offset_value: Integer | None = None
    pending_side: SideWord


class Pending(Working, frozen=True, kw_only=True):
    pending_type: TypeWord
    pending_client_order_id: ChosenId | None = None
    pending_price: Number | None = None
    pending_stop_price: Number | None = None
    pending_trailing_delta: Integer | None = None
    pending_iceberg_qty: Number | None = None
    pending_time_in_force: TimeInForceWord | None = None
    pending_strategy_id: Label | None = None
    pending_strategy_type: Integer | None = None
    pending_peg_price_type: PegPriceWord | None = None
    pending_peg_offset_type: PegOffsetTypeWord | None = None
    pending_peg_offset_value: Integer | None = None


class PendingPair(Working, frozen=True, kw_only=True):
    pending_above_type: TypeWord
    pending_above_client_order_id: ChosenId | None = None
    pending_above_price: Number | None = None
    pending_above_stop_price: Number | None = None
    pending_above_trailing_delta: Integer | None = None
    pending_above_iceberg_qty: Number | None = None
    pending_above_time_in_force: TimeInForceWord | None = None
    pending_above_strategy_id: Label | None = None
    pending_above_strategy_type: Integer | None = None
    pending_above_peg_price_type: PegPriceWord | None = None
    pending_above_peg_offset_type: PegOffsetTypeWord | None = None
    pending_above_peg_offset_value: Integer | None = None
    pending_below_type: TypeWord
    pending_below_client_order_id: ChosenId | None = None
    pending_below_price: Number | None = None
    pending_below_stop_price: Number | None = None
    pending_below_trailing_delta: Integer | None = None
    pending_below_iceberg_qty: Number | None = None
    pending_below_time_in_force: TimeInForceWord | None = None
    pending_below_strategy_id: Label | None = None
    pending_below_strategy_type: Integer | None = None
    pending_below_peg_price_type: PegPriceWord | None = None
    pending_below_peg_offset_type: PegOffsetTypeWord | None = None
    pending_below_peg_offset_value: Integer | None = None


class NewOto(Pending, frozen=True, kw_only=True):
    pending_quantity: Number


class NewOtoco(PendingPair, frozen=True, kw_only=True):
    pending_quantity: Number


class NewOpo(Pending, frozen=True, kw_only=True):
    pending_quantity: Number | None = None  # refused by name


class NewOpoco(PendingPair, frozen=True, kw_only=True):
    pending_quantity: Number | None = None  # refused by name


class CancelList(Request, frozen=True):
    symbol: Symbol
    order_list_id: Integer | None = None
    list_client_order_id: FoundId | None = None
    new_client_order_id: ChosenId | None = None


class FindList(Request, frozen=True):
    order_list_id: Integer | None = None
    orig_client_order_id: FoundId | None = None


class AllLists(Request, frozen=True):
    from_id: Integer | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, parameters.limit(500, 1000)] = 500


class SorOrder(Request, frozen=True, kw_only=True):
    """An order over several books of one asset."""

    symbol: Symbol
    side: SideWord
    type: TypeWord
    quantity: Number
    time_in_force: TimeInForceWord | None = None
    price: Number | None = None
    new_client_order_id: ChosenId | None = None
    strategy_id: Label | None = None
    strategy_type: Integer | None = None
    iceberg_qty: Number | None = None
    new_order_resp_type: ResponseWord | None = None
    self_trade_prevention_mode: StpWord | None = None


class TestSorOrder(SorOrder, frozen=True, kw_only=True):
    compute_commission_rates: Flag = False
