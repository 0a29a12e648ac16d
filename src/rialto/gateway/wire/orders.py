"""Orders as answers: what a placement, a cancel and a query say.

In:  the events of one command, or an order's record; times are divided into the unit that is
     wanted.
Out: structs whose fields are Binance's names. A field that is UNSET is left out.
"""

from itertools import islice
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import (
    CanceledOrder,
    Fill,
    OrderAck,
    OrderResult,
    OrderState,
    PreventedMatch,
)
from rialto.gateway.wire.client_order_ids import shown, shown_of_cancel
from rialto.gateway.wire.execution_reports import (
    EXPIRY_REASONS,
    PEG_OFFSET_TYPE,
    PEG_PRICE_TYPES,
)
from rialto.messages import events as e
from rialto.messages.instructions import NO_STRATEGY, Instructions
from rialto.messages.instruments import Instrument
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    ExpiryReason,
    OrderType,
    PegPriceType,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.projections.orders import Order, OrderStatus, placed_order

NO_ORDER_LIST = NEVER = -1

# By value, -1 being the last: Enum.name is a descriptor, and an answer has five of them.
STATUSES = tuple(status.name for status in OrderStatus)
TIMES_IN_FORCE = tuple(time_in_force.name for time_in_force in TimeInForce)
TYPES = tuple(type_.name for type_ in OrderType)
SIDES = tuple(side.name for side in Side)
Fields = dict[str, Any]
_NO_FIELDS: Fields = {}
_ALWAYS: Fields = {"stop_price": decimals.ZERO, "iceberg_qty": decimals.ZERO}
STP_MODES = tuple(mode.name for mode in StpMode)


class Placement(msgspec.Struct, gc=False):
    """What became of a new order in its own command."""

    order: Order
    fills: list[e.TradeExecuted]
    prevented: list[e.MatchPrevented]
    last: e.Event  # of its own events


def placement(events: list[e.Event], instrument: Instrument) -> Placement:
    """From the events of the command that placed one order."""
    start = 0
    while not isinstance(events[start], e.OrderPlaced):  # a cancel-replace has canceled before
        start += 1
    return placement_from(events, start, instrument)


def placement_from(events: list[e.Event], start: int, instrument: Instrument) -> Placement:
    """Of the order that was placed by events[start]. Events of other orders are passed over, and
    so is what they did to it once it rested.
    """
    first = events[start]
    assert isinstance(first, e.OrderPlaced), f"an accepted order begins with {first}"
    order = placed_order(first)
    made = Placement(order, [], [], first)
    for event in islice(events, start + 1, None):
        match event:
            case e.TradeExecuted() if event.taker_order_id == order.id:
                lots = event.quantity_lots
                order.execute(
                    lots, instrument.notional(event.price_ticks, lots), event.taker_remaining_lots
                )
                made.fills.append(event)
                made.last = event
            case e.MatchPrevented() if event.taker_order_id == order.id:
                made.prevented.append(event)
                made.last = event
                if event.taker_prevented_lots:
                    order.prevented_lots += event.taker_prevented_lots
                    order.prevented_match_id = event.prevented_match_id
            case e.OrderPegged() if event.order_id == order.id:
                order.pegged_ticks = event.price_ticks
                made.last = event
            case e.OrderExpired() if event.order_id == order.id:
                in_match = event.reason is ExpiryReason.STP
                order.status = OrderStatus.EXPIRED_IN_MATCH if in_match else OrderStatus.EXPIRED
                order.expiry_reason = event.reason
                made.last = event
                break
            case e.OrderRested() if event.order_id == order.id:
                made.last = event
                break
            case e.OrderActivated() if event.order_id == order.id:
                break
    return made


def order_ack(order: Order, instrument: Instrument, divisor: int) -> OrderAck:
    return OrderAck(
        instrument.symbol,
        order.id,
        order.order_list or NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        order.placed_us // divisor,
    )


def order_result(
    made: Placement, instrument: Instrument, divisor: int, *, full: bool
) -> OrderResult:
    order = made.order
    prevented = made.prevented if full else ()
    return OrderResult(
        instrument.symbol,
        order.id,
        order.order_list or NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        order.placed_us // divisor,
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.amount(order.quote_amount, instrument.quote),
        decimals.amount(order.executed_quote, instrument.quote),
        STATUSES[order.status],
        TIMES_IN_FORCE[order.time_in_force],
        TYPES[order.type],
        SIDES[order.side],
        order.working_us // divisor if order.working_us else NEVER,
        STP_MODES[order.stp],
        # That of a pending order of an OPO is what the working one is going to buy.
        decimals.quantity(order.quantity_lots, instrument) if order.quantity_lots else UNSET,
        *_conditional(order, instrument),
        [_fill(trade, instrument) for trade in made.fills] if full else UNSET,
        [_prevented(event, instrument) for event in prevented] or UNSET,
        **_instructed(order, instrument, divisor),
    )


def _instructed(order: Order, instrument: Instrument, divisor: int) -> Fields:
    """The fields of Instructed: those that say something."""
    wants = order.instructions
    if wants is None:
        return _NO_FIELDS
    fields: Fields = {}
    if wants.stop_price_ticks or order.type in CONDITIONAL_TYPES:
        fields["stop_price"] = decimals.price(wants.stop_price_ticks, instrument)
    if wants.iceberg_lots:
        fields["iceberg_qty"] = decimals.quantity(wants.iceberg_lots, instrument)
    if wants.trailing_delta:
        fields["trailing_delta"] = wants.trailing_delta
        fields["trailing_time"] = order.trailing_us // divisor if order.trailing_us else NEVER
    if wants.strategy_id != NO_STRATEGY:
        fields["strategy_id"] = wants.strategy_id
    if wants.strategy_type:
        fields["strategy_type"] = wants.strategy_type
    if wants.good_till_us:
        fields["good_till_date"] = wants.good_till_us // divisor
    return fields | _pegged(order, wants, instrument)


def _pegged(order: Order, wants: Instructions, instrument: Instrument) -> Fields:
    if wants.peg_price_type is PegPriceType.NONE:
        return _NO_FIELDS
    fields: Fields = {"peg_price_type": PEG_PRICE_TYPES[wants.peg_price_type]}
    if wants.peg_offset:
        fields["peg_offset_type"] = PEG_OFFSET_TYPE
        fields["peg_offset_value"] = wants.peg_offset
    if order.pegged_ticks:
        fields["pegged_price"] = decimals.price(order.pegged_ticks, instrument)
    return fields


def _conditional(
    order: Order, instrument: Instrument
) -> tuple[int | UnsetType, str | UnsetType, str | UnsetType]:
    """preventedMatchId, preventedQuantity, expiryReason: shown only where they say something."""
    reason = order.expiry_reason
    expiry: str | UnsetType = EXPIRY_REASONS.get(reason, UNSET) if reason else UNSET
    if not order.prevented_lots:
        return UNSET, UNSET, expiry
    prevented = decimals.quantity(order.prevented_lots, instrument)
    return order.prevented_match_id, prevented, expiry


def _fill(trade: e.TradeExecuted, instrument: Instrument) -> Fill:
    asset, commission = commission_paid(trade, trade.taker_side, instrument)
    return Fill(
        decimals.price(trade.price_ticks, instrument),
        decimals.quantity(trade.quantity_lots, instrument),
        commission,
        asset,
        trade.trade_id,
    )


def commission_paid(trade: e.TradeExecuted, side: Side, instrument: Instrument) -> tuple[str, str]:
    """(asset, amount) that one side of a trade paid, out of what it received."""
    if side is Side.BUY:
        return instrument.base.symbol, decimals.amount(trade.buyer_commission, instrument.base)
    return instrument.quote.symbol, decimals.amount(trade.seller_commission, instrument.quote)


def _prevented(event: e.MatchPrevented, instrument: Instrument) -> PreventedMatch:
    taker, maker = event.taker_prevented_lots, event.maker_prevented_lots
    return PreventedMatch(
        event.prevented_match_id,
        event.maker_order_id,
        decimals.price(event.price_ticks, instrument),
        decimals.quantity(taker, instrument) if taker else UNSET,
        decimals.quantity(maker, instrument) if maker else UNSET,
    )


def canceled_order(
    order: Order, event: e.OrderCanceled, instrument: Instrument, divisor: int
) -> CanceledOrder:
    """order as it was when it was canceled."""
    return CanceledOrder(
        instrument.symbol,
        shown(order.id, order.client_order_id),
        order.id,
        order.order_list or NO_ORDER_LIST,
        shown_of_cancel(order.id, event.cancel_client_order_id),
        event.time_us // divisor,
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(order.quantity_lots, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.amount(order.quote_amount, instrument.quote),
        decimals.amount(order.executed_quote, instrument.quote),
        OrderStatus.CANCELED.name,
        order.time_in_force.name,
        order.type.name,
        order.side.name,
        order.stp.name,
        *_conditional(order, instrument)[:2],
        **_instructed(order, instrument, divisor),
    )


def order_state(order: Order, instrument: Instrument, divisor: int) -> OrderState:
    return OrderState(
        instrument.symbol,
        order.id,
        order.order_list or NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(order.quantity_lots, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.amount(order.executed_quote, instrument.quote),
        order.status.name,
        order.time_in_force.name,
        order.type.name,
        order.side.name,
        order.placed_us // divisor,
        order.changed_us // divisor,
        # Binance's example of a filled order says true: the order was not waiting for a trigger.
        order.is_working,
        order.working_us // divisor if order.working_us else NEVER,
        decimals.amount(order.quote_amount, instrument.quote),
        order.stp.name,
        *_conditional(order, instrument),
        **(_ALWAYS | _instructed(order, instrument, divisor)),
    )
