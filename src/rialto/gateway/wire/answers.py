"""What endpoints answer, field by field: the names are Binance's, in snake case.

A field that is UNSET is left out. The OpenAPI document describes these structs.
"""

import msgspec
from msgspec import UNSET, UnsetType


class Answer(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What an endpoint answers, field by field as on the wire."""


class Nothing(Answer, frozen=True):
    """{}"""


class Instructed(Answer, frozen=True, kw_only=True):
    """What is shown of an order that asked for it; good_till_date is ours."""

    stop_price: str | UnsetType = UNSET
    iceberg_qty: str | UnsetType = UNSET
    trailing_delta: int | UnsetType = UNSET
    trailing_time: int | UnsetType = UNSET
    strategy_id: int | UnsetType = UNSET
    strategy_type: int | UnsetType = UNSET
    peg_price_type: str | UnsetType = UNSET
    peg_offset_type: str | UnsetType = UNSET
    peg_offset_value: int | UnsetType = UNSET
    pegged_price: str | UnsetType = UNSET
    good_till_date: int | UnsetType = UNSET


class OrderAck(Instructed, frozen=True):
    symbol: str
    order_id: int
    order_list_id: int
    client_order_id: str
    transact_time: int


class Fill(Answer, frozen=True):
    price: str
    qty: str
    commission: str
    commission_asset: str
    trade_id: int


class PreventedMatch(Answer, frozen=True):
    prevented_match_id: int
    maker_order_id: int
    price: str
    taker_prevented_quantity: str | UnsetType = UNSET
    maker_prevented_quantity: str | UnsetType = UNSET


class OrderResult(OrderAck, frozen=True):
    price: str
    executed_qty: str
    orig_quote_order_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    working_time: int
    self_trade_prevention_mode: str
    orig_qty: str | UnsetType = UNSET  # not there while it is unknown
    prevented_match_id: int | UnsetType = UNSET
    prevented_quantity: str | UnsetType = UNSET
    expiry_reason: str | UnsetType = UNSET
    fills: list[Fill] | UnsetType = UNSET
    prevented_matches: list[PreventedMatch] | UnsetType = UNSET
    trade_group_id: int | UnsetType = UNSET


class CanceledOrder(Instructed, frozen=True):
    symbol: str
    orig_client_order_id: str
    order_id: int
    order_list_id: int
    client_order_id: str  # of the cancel
    transact_time: int
    price: str
    orig_qty: str
    executed_qty: str
    orig_quote_order_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    self_trade_prevention_mode: str
    prevented_match_id: int | UnsetType = UNSET
    prevented_quantity: str | UnsetType = UNSET


class Failure(Answer, frozen=True):
    """An error inside an answer."""

    code: int
    msg: str


class ReplacedOrder(Answer, frozen=True):
    cancel_result: str
    new_order_result: str
    cancel_response: CanceledOrder
    new_order_response: OrderAck  # or, by newOrderRespType, an OrderResult


class ReplaceParts(Answer, frozen=True):
    """What became of each part of a cancel-replace that failed; None: not attempted."""

    cancel_result: str
    new_order_result: str
    cancel_response: CanceledOrder | Failure | None
    new_order_response: OrderAck | Failure | None


class AmendedState(Answer, frozen=True):
    symbol: str
    order_id: int
    order_list_id: int
    orig_client_order_id: str
    client_order_id: str
    price: str
    qty: str
    executed_qty: str
    prevented_qty: str
    quote_order_qty: str
    cumulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    self_trade_prevention_mode: str
    working_time: int | UnsetType = UNSET


class ListedOrder(Answer, frozen=True):
    symbol: str
    order_id: int
    client_order_id: str


class AmendedListStatus(Answer, frozen=True):
    order_list_id: int
    contingency_type: str
    list_order_status: str
    list_client_order_id: str
    symbol: str
    orders: list[ListedOrder]


class AmendedOrder(Answer, frozen=True):
    transact_time: int
    execution_id: int
    amended_order: AmendedState
    list_status: AmendedListStatus | UnsetType = UNSET


class Amendment(Answer, frozen=True):
    symbol: str
    order_id: int
    execution_id: int
    orig_client_order_id: str
    new_client_order_id: str
    orig_qty: str
    new_qty: str
    time: int


class OrderState(Instructed, frozen=True):
    """What an order query shows: stop_price and iceberg_qty always."""

    symbol: str
    order_id: int
    order_list_id: int
    client_order_id: str
    price: str
    orig_qty: str
    executed_qty: str
    cummulative_quote_qty: str
    status: str
    time_in_force: str
    type: str
    side: str
    time: int
    update_time: int
    is_working: bool
    working_time: int
    orig_quote_order_qty: str
    self_trade_prevention_mode: str
    prevented_match_id: int | UnsetType = UNSET
    prevented_quantity: str | UnsetType = UNSET
    expiry_reason: str | UnsetType = UNSET


class AccountTrade(Answer, frozen=True):
    symbol: str
    id: int
    order_id: int
    order_list_id: int
    price: str
    qty: str
    quote_qty: str
    commission: str
    commission_asset: str
    time: int
    is_buyer: bool
    is_maker: bool
    is_best_match: bool


class Rates(Answer, frozen=True):
    maker: str
    taker: str


class Discount(Answer, frozen=True):
    enabled_for_account: bool
    enabled_for_symbol: bool
    discount_asset: str
    discount: str


class CommissionForOrder(Answer, frozen=True):
    standard_commission_for_order: Rates
    special_commission_for_order: Rates
    tax_commission_for_order: Rates
    discount: Discount
