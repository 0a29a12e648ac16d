"""Orders as answers: what a placement, a cancel and a query say.

In:  the events of one command, or an order's record; times are divided into the unit that is
     wanted.
Out: structs whose fields are Binance's names. A field that is UNSET is left out.
"""

import msgspec
from msgspec import UNSET, UnsetType

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import (
    AccountTrade,
    CanceledOrder,
    CommissionForOrder,
    Discount,
    Fill,
    OrderAck,
    OrderResult,
    OrderState,
    PreventedMatch,
    Rates,
)
from rialto.gateway.wire.client_order_ids import shown, shown_of_cancel
from rialto.gateway.wire.execution_reports import EXPIRY_REASONS
from rialto.messages import events as e
from rialto.messages.ids import AccountId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import ExpiryReason, OrderType, Side, StpMode, TimeInForce
from rialto.projections.orders import Order, OrderStatus, placed_order

NO_ORDER_LIST = -1
PPM_DECIMALS = 6
NO_DISCOUNT = Discount(False, False, "", decimals.ZERO)

# By value, -1 being the last: Enum.name is a descriptor, and an answer has five of them.
STATUSES = tuple(status.name for status in OrderStatus)
TIMES_IN_FORCE = tuple(time_in_force.name for time_in_force in TimeInForce)
TYPES = tuple(type_.name for type_ in OrderType)
SIDES = tuple(side.name for side in Side)
STP_MODES = tuple(mode.name for mode in StpMode)


class Placement(msgspec.Struct, gc=False):
    """What became of a new order in its own command."""

    order: Order
    fills: list[e.TradeExecuted]
    prevented: list[e.MatchPrevented]


def placement(events: list[e.Event], instrument: Instrument) -> Placement:
    """From the events of the command that placed it. Those of other orders are passed over, and so
    is what they did to it once it rested.
    """
    ours = iter(events)
    first = next((event for event in ours if isinstance(event, e.OrderPlaced)), None)
    assert first is not None, f"no order was placed by {events}"
    order = placed_order(first)
    made = Placement(order, [], [])
    for event in ours:
        match event:
            case e.TradeExecuted() if event.taker_order_id == order.id:
                lots = event.quantity_lots
                order.execute(
                    lots, instrument.notional(event.price_ticks, lots), event.taker_remaining_lots
                )
                made.fills.append(event)
            case e.MatchPrevented() if event.taker_order_id == order.id:
                made.prevented.append(event)
                if event.taker_prevented_lots:
                    order.prevented_lots += event.taker_prevented_lots
                    order.prevented_match_id = event.prevented_match_id
            case e.OrderExpired() if event.order_id == order.id:
                in_match = event.reason is ExpiryReason.STP
                order.status = OrderStatus.EXPIRED_IN_MATCH if in_match else OrderStatus.EXPIRED
                order.expiry_reason = event.reason
                break
            case e.OrderRested() if event.order_id == order.id:
                break
    return made


def order_ack(order: Order, instrument: Instrument, divisor: int) -> OrderAck:
    return OrderAck(
        instrument.symbol,
        order.id,
        NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        order.placed_us // divisor,
    )


def order_result(
    made: Placement, instrument: Instrument, divisor: int, *, full: bool
) -> OrderResult:
    order = made.order
    time = order.placed_us // divisor
    prevented = made.prevented if full else ()
    return OrderResult(
        instrument.symbol,
        order.id,
        NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        time,
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(order.quantity_lots, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.amount(order.quote_amount, instrument.quote),
        decimals.amount(order.executed_quote, instrument.quote),
        STATUSES[order.status],
        TIMES_IN_FORCE[order.time_in_force],
        TYPES[order.type],
        SIDES[order.side],
        time,
        STP_MODES[order.stp],
        *_conditional(order, instrument),
        [_fill(trade, instrument) for trade in made.fills] if full else UNSET,
        [_prevented(event, instrument) for event in prevented] or UNSET,
    )


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
    asset, commission = _commission(trade, trade.taker_side, instrument)
    return Fill(
        decimals.price(trade.price_ticks, instrument),
        decimals.quantity(trade.quantity_lots, instrument),
        commission,
        asset,
        trade.trade_id,
    )


def _commission(trade: e.TradeExecuted, side: Side, instrument: Instrument) -> tuple[str, str]:
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
        NO_ORDER_LIST,
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
    )


def order_state(order: Order, instrument: Instrument, divisor: int) -> OrderState:
    return OrderState(
        instrument.symbol,
        order.id,
        NO_ORDER_LIST,
        shown(order.id, order.client_order_id),
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(order.quantity_lots, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.amount(order.executed_quote, instrument.quote),
        order.status.name,
        order.time_in_force.name,
        order.type.name,
        order.side.name,
        decimals.ZERO,
        decimals.ZERO,
        order.placed_us // divisor,
        order.changed_us // divisor,
        # Binance's example of a filled order says true: the order was not waiting for a trigger.
        True,
        order.working_us // divisor,
        decimals.amount(order.quote_amount, instrument.quote),
        order.stp.name,
        *_conditional(order, instrument),
    )


def account_trade(
    trade: e.TradeExecuted, account: AccountId, instrument: Instrument, divisor: int
) -> list[AccountTrade]:
    """One trade as its account sees it: two fills if both orders were its own."""
    found = []
    if trade.maker_account == account:
        maker_side = Side.SELL if trade.taker_side is Side.BUY else Side.BUY
        found.append(_account_trade(trade, trade.maker_order_id, maker_side, instrument, divisor))
    if trade.taker_account == account:
        found.append(
            _account_trade(trade, trade.taker_order_id, trade.taker_side, instrument, divisor)
        )
    return found


def _account_trade(
    trade: e.TradeExecuted, order_id: int, side: Side, instrument: Instrument, divisor: int
) -> AccountTrade:
    asset, commission = _commission(trade, side, instrument)
    return AccountTrade(
        instrument.symbol,
        trade.trade_id,
        order_id,
        NO_ORDER_LIST,
        decimals.price(trade.price_ticks, instrument),
        decimals.quantity(trade.quantity_lots, instrument),
        decimals.notional(trade.price_ticks, trade.quantity_lots, instrument),
        commission,
        asset,
        trade.time_us // divisor,
        side is Side.BUY,
        order_id == trade.maker_order_id,
        True,
    )


def commission_rates(maker_ppm: int, taker_ppm: int) -> CommissionForOrder:
    """Rialto has one commission and no discount."""
    nothing = Rates(decimals.ZERO, decimals.ZERO)
    return CommissionForOrder(
        Rates(decimals.fixed(maker_ppm, PPM_DECIMALS), decimals.fixed(taker_ppm, PPM_DECIMALS)),
        nothing,
        nothing,
        NO_DISCOUNT,
    )
