"""What must hold of every event, asked before it is folded into the audit."""

from collections.abc import Callable

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.instruments import PPM_SCALE
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    ExpiryReason,
    InstrumentStatus,
    OrderType,
    Side,
    StpMode,
    TimeInForce,
)
from tests.core.audit import Audit, AuditedOrder
from tests.core.model_follow_ups import FOLLOW_UPS_MAX
from tests.core.model_state import STOP_LOSSES, STOP_MARKET

NEVER_RESTS = (OrderType.MARKET, *STOP_MARKET)
ALWAYS_A_LEVEL = (e.OrderRested, e.TradeExecuted, e.IcebergRefreshed)
ORDER_CHANGES = (
    e.OrderPlaced,
    e.OrderRested,
    e.TradeExecuted,
    e.OrderCanceled,
    e.OrderAmended,
    e.OrderExpired,
    e.OrderTriggered,
    e.OrderActivated,
    e.MatchPrevented,
)
AT_OPENING = (e.TradeExecuted, e.OrderExpired, e.OrderCanceled)


def is_within_limit(order: AuditedOrder, price: int) -> bool:
    if order.placed.type in NEVER_RESTS:
        return True
    return price <= order.price if order.placed.side is Side.BUY else price >= order.price


def i6_the_makers_price_within_both_limits(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted):
        maker, taker = audit.orders[event.maker_order_id], audit.orders[event.taker_order_id]
        opening = audit.openings.get(event.instrument)
        assert event.price_ticks == (opening.price_ticks if opening else maker.price)
        assert is_within_limit(taker, event.price_ticks)
        assert is_within_limit(maker, event.price_ticks)


def i7_best_price_then_first_come(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted | e.MatchPrevented):
        maker_side = Side.SELL if event.taker_side is Side.BUY else Side.BUY
        best = audit.book(event.instrument, maker_side)[0]
        assert best.placed.order_id == event.maker_order_id
        if event.instrument in audit.openings:
            best = audit.book(event.instrument, event.taker_side)[0]
            assert best.placed.order_id == event.taker_order_id


def i12_no_order_rests_or_takes_that_may_not(audit: Audit, event: Event) -> None:
    if isinstance(event, e.OrderRested):
        placed = audit.orders[event.order_id].placed
        assert placed.type not in NEVER_RESTS
        assert placed.time_in_force is TimeInForce.GTC
    if isinstance(event, e.TradeExecuted) and event.instrument not in audit.openings:
        assert audit.orders[event.taker_order_id].placed.type is not OrderType.LIMIT_MAKER
    if isinstance(event, e.OrderExpired):
        order = audit.orders[event.order_id]
        assert order.placed.time_in_force is not TimeInForce.FOK or order.executed == 0


def i13_accepted_orders_and_trades_keep_the_filters(audit: Audit, event: Event) -> None:
    if isinstance(event, e.OrderPlaced):
        rule = audit.definition(event.instrument)
        assert event.quantity_lots == 0 or rule.min_lots <= event.quantity_lots <= rule.max_lots
        if event.price_ticks:
            assert rule.min_price_ticks <= event.price_ticks <= rule.max_price_ticks
            notional = event.price_ticks * event.quantity_lots * rule.quote_units_per_tick_lot
            is_sized = event.quantity_lots > 0
            assert not is_sized or notional >= max(rule.min_notional, rule.notional_min)
    if isinstance(event, e.OrderActivated | e.OrderRested):
        rule, order = audit.definition(event.instrument), audit.orders[event.order_id]
        if isinstance(event, e.OrderActivated) and order.left == 0:
            assert rule.min_lots <= event.quantity_lots <= rule.max_lots
        if isinstance(event, e.OrderRested):
            assert rule.min_price_ticks <= event.price_ticks <= rule.max_price_ticks
            assert 0 < event.visible_lots <= event.remaining_lots
    if isinstance(event, e.TradeExecuted):
        rule = audit.definition(event.instrument)
        assert rule.min_price_ticks <= event.price_ticks <= rule.max_price_ticks
        assert 0 < event.quantity_lots <= rule.max_lots


def i14_commission_is_rounded_up_by_less_than_one_unit(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted):
        instrument = audit.instruments[event.instrument]
        taker, maker = (event.taker_account, True), (event.maker_account, False)
        buyer, seller = (taker, maker) if event.taker_side is Side.BUY else (maker, taker)
        base = instrument.base_amount(event.quantity_lots)
        cost = instrument.notional(event.price_ticks, event.quantity_lots)
        paid = ((buyer, base, event.buyer_commission), (seller, cost, event.seller_commission))
        for (account, is_taker), received, commission in paid:
            due_millionths = received * audit.commission_ppm(event.instrument, account, is_taker)
            assert 0 <= commission * PPM_SCALE - due_millionths < PPM_SCALE


def i16_events_come_without_a_gap(audit: Audit, event: Event) -> None:
    sequence, index = audit.position
    assert (event.sequence, event.index) in ((sequence + 1, 0), (sequence, index + 1))
    assert event.time_us >= audit.time_us


def i21_update_and_trade_ids_without_a_gap(audit: Audit, event: Event) -> None:
    update_id = getattr(event, "update_id", 0)
    if update_id:
        assert update_id == audit.update_ids[event.instrument] + 1  # type: ignore[attr-defined]
    assert update_id or not isinstance(event, ALWAYS_A_LEVEL)
    if isinstance(event, e.OrderCanceled | e.OrderExpired):
        order = audit.orders[event.order_id]
        assert bool(update_id) is (order.is_resting and order.visible > 0)
    if isinstance(event, e.OrderAmended):
        order = audit.orders[event.order_id]
        is_cut = order.is_resting and event.remaining_lots < order.visible
        assert bool(update_id) is is_cut
    if isinstance(event, e.TradeExecuted):
        assert event.trade_id == audit.trade_ids[event.instrument] + 1


def i27_no_trade_with_oneself_unless_wanted(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted) and event.instrument not in audit.openings:
        wanted = audit.orders[event.taker_order_id].placed.stp is StpMode.NONE
        assert wanted or not audit.is_self_trade(event.taker_account, event.maker_account)
    if isinstance(event, e.MatchPrevented):
        taker = audit.orders[event.taker_order_id].placed
        maker = audit.orders[event.maker_order_id].placed
        assert (taker.account, maker.account) == (event.account, event.maker_account)
        assert audit.is_self_trade(taker.account, maker.account)
        assert event.mode is not StpMode.NONE
        if event.mode is StpMode.TRANSFER:
            assert taker.stp is maker.stp is StpMode.TRANSFER
            assert taker.account != maker.account


def i28_one_leg_of_a_pair_and_pending_ones_in_their_time(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted):
        for order in (audit.orders[event.taker_order_id], audit.orders[event.maker_order_id]):
            assert not order.is_pending
            pair = order.order_list.pair if order.order_list else []
            assert all(leg is order or leg.executed == 0 for leg in pair if order in pair)
    if isinstance(event, e.OrderRested | e.OrderTriggered | e.IcebergRefreshed):
        assert not audit.orders[event.order_id].is_pending
    if isinstance(event, e.OrderActivated):
        order = audit.orders[event.order_id]
        assert order.is_pending
        assert order.order_list is not None
        assert order.order_list.legs[0].status == "FILLED"
    if isinstance(event, e.OrderListDone):
        done = audit.lists[event.order_list]
        assert not done.is_done
        assert not any(leg.is_open for leg in done.legs)
        assert done.proceeds == 0


def i29_a_stop_triggers_once_and_not_too_many_at_a_time(audit: Audit, event: Event) -> None:
    if isinstance(event, e.OrderTriggered):
        order = audit.orders[event.order_id]
        assert order.is_waiting
        is_new_command = event.sequence != audit.position[0]
        assert (0 if is_new_command else audit.triggered) < FOLLOW_UPS_MAX
        assert order.prices_seen is not None
        if order.asked.trailing_delta == 0:
            assert is_stop_met(order, *order.prices_seen)
    if isinstance(event, e.TradeExecuted):
        for order_id in (event.taker_order_id, event.maker_order_id):
            assert not audit.orders[order_id].is_waiting
    if isinstance(event, e.OrderRested) and audit.orders[event.order_id].placed.type in (
        CONDITIONAL_TYPES
    ):
        assert audit.orders[event.order_id].is_triggered


def is_stop_met(order: AuditedOrder, lowest: int, highest: int) -> bool:
    stop = order.asked.stop_price_ticks
    is_rising = (order.placed.type in STOP_LOSSES) is (order.placed.side is Side.BUY)
    return highest >= stop if is_rising else lowest <= stop


def i30_nothing_happens_in_a_closed_market(audit: Audit, event: Event) -> None:
    if not isinstance(event, ORDER_CHANGES):
        return
    status = audit.status[event.instrument]
    if isinstance(event, e.OrderExpired) and event.reason is ExpiryReason.GOOD_TILL_TIME:
        assert event.instrument not in audit.openings
    elif event.instrument in audit.openings:
        assert isinstance(event, AT_OPENING)
    elif isinstance(event, e.OrderCanceled):
        assert status is not InstrumentStatus.HALT
    elif isinstance(event, e.OrderPlaced | e.OrderRested):
        assert status in (InstrumentStatus.TRADING, InstrumentStatus.AUCTION)
    else:
        assert status is InstrumentStatus.TRADING


def an_auction_trades_what_it_said(audit: Audit, event: Event) -> None:
    if isinstance(event, e.InstrumentStatusSet) and event.instrument in audit.openings:
        assert event.status is InstrumentStatus.TRADING
        assert audit.to_trade[event.instrument] == 0


OF_EVENTS: list[Callable[[Audit, Event], None]] = [
    i6_the_makers_price_within_both_limits,
    i7_best_price_then_first_come,
    i12_no_order_rests_or_takes_that_may_not,
    i13_accepted_orders_and_trades_keep_the_filters,
    i14_commission_is_rounded_up_by_less_than_one_unit,
    i16_events_come_without_a_gap,
    i21_update_and_trade_ids_without_a_gap,
    i27_no_trade_with_oneself_unless_wanted,
    i28_one_leg_of_a_pair_and_pending_ones_in_their_time,
    i29_a_stop_triggers_once_and_not_too_many_at_a_time,
    i30_nothing_happens_in_a_closed_market,
    an_auction_trades_what_it_said,
]
