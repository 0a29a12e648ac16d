"""What must hold whatever happens, each in a function of its own, by the numbers of the invariants.

OF_EVENTS are asked before an event is folded into the audit, OF_STATES after each batch.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.instruments import PPM_SCALE
from rialto.messages.orders import (
    InstrumentStatus,
    OrderType,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.messages.postings import COMMISSION, EXTERNAL, Posting
from tests.core.audit import ENDED, Audit, AuditedOrder
from tests.core.model_state import Balance, OpenOrder

LEVEL_CHANGES = (e.OrderRested, e.TradeExecuted, e.OrderCanceled, e.OrderAmended)
ORDER_CHANGES = (e.OrderPlaced, *LEVEL_CHANGES, e.OrderExpired, e.MatchPrevented)


@dataclass
class Looked:
    """What one machine shows after a batch."""

    audit: Audit
    balances: list[Balance]
    books: dict[int, list[OpenOrder]]


# Of events.


def i6_the_makers_price_within_both_limits(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted):
        maker = audit.orders[event.maker_order_id].placed
        taker = audit.orders[event.taker_order_id].placed
        assert event.price_ticks == maker.price_ticks
        if taker.type is not OrderType.MARKET:
            sign = 1 if taker.side is Side.BUY else -1
            assert sign * event.price_ticks <= sign * taker.price_ticks


def i7_best_price_then_first_come(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted | e.MatchPrevented):
        maker_side = Side.SELL if event.taker_side is Side.BUY else Side.BUY
        best = audit.book(event.instrument, maker_side)[0]
        assert best.placed.order_id == event.maker_order_id


def i12_no_order_rests_or_takes_that_may_not(audit: Audit, event: Event) -> None:
    if isinstance(event, e.OrderRested):
        placed = audit.orders[event.order_id].placed
        assert placed.type is not OrderType.MARKET
        assert placed.time_in_force is TimeInForce.GTC
    if isinstance(event, e.TradeExecuted):
        assert audit.orders[event.taker_order_id].placed.type is not OrderType.LIMIT_MAKER
    if isinstance(event, e.OrderExpired):
        order = audit.orders[event.order_id]
        assert order.placed.time_in_force is not TimeInForce.FOK or order.executed == 0


def i13_accepted_orders_and_trades_keep_the_filters(audit: Audit, event: Event) -> None:
    if isinstance(event, e.OrderPlaced):
        rule = audit.definition(event.instrument)
        assert rule.min_lots <= event.quantity_lots <= rule.max_lots
        if event.type is not OrderType.MARKET:
            assert rule.min_price_ticks <= event.price_ticks <= rule.max_price_ticks
            notional = event.price_ticks * event.quantity_lots * rule.quote_units_per_tick_lot
            assert notional >= max(rule.min_notional, rule.notional_min)
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


def i27_no_trade_with_oneself_unless_wanted(audit: Audit, event: Event) -> None:
    if isinstance(event, e.TradeExecuted) and event.taker_account == event.maker_account:
        assert audit.orders[event.taker_order_id].placed.stp is StpMode.NONE
    if isinstance(event, e.MatchPrevented):
        assert event.mode is not StpMode.NONE
        accounts = {audit.orders[event.taker_order_id].placed.account}
        accounts.add(audit.orders[event.maker_order_id].placed.account)
        assert accounts == {event.account}


def i30_nothing_happens_in_a_closed_market(audit: Audit, event: Event) -> None:
    if isinstance(event, ORDER_CHANGES):
        status = audit.status[event.instrument]
        if isinstance(event, e.OrderCanceled):
            assert status is not InstrumentStatus.HALT
        else:
            assert status is InstrumentStatus.TRADING


def i16_events_come_without_a_gap(audit: Audit, event: Event) -> None:
    sequence, index = audit.position
    assert (event.sequence, event.index) in ((sequence + 1, 0), (sequence, index + 1))
    assert event.time_us >= audit.time_us


def i21_update_and_trade_ids_without_a_gap(audit: Audit, event: Event) -> None:
    update_id = getattr(event, "update_id", 0)
    if update_id:
        assert update_id == audit.update_ids[event.instrument] + 1  # type: ignore[attr-defined]
    assert update_id or not isinstance(event, LEVEL_CHANGES)
    if isinstance(event, e.TradeExecuted):
        assert event.trade_id == audit.trade_ids[event.instrument] + 1


OF_EVENTS: list[Callable[[Audit, Event], None]] = [
    i6_the_makers_price_within_both_limits,
    i7_best_price_then_first_come,
    i12_no_order_rests_or_takes_that_may_not,
    i13_accepted_orders_and_trades_keep_the_filters,
    i14_commission_is_rounded_up_by_less_than_one_unit,
    i16_events_come_without_a_gap,
    i21_update_and_trade_ids_without_a_gap,
    i27_no_trade_with_oneself_unless_wanted,
    i30_nothing_happens_in_a_closed_market,
]


def i5_postings_sum_to_zero(rows: list[Posting]) -> None:
    totals: dict[int, int] = defaultdict(int)
    for row in rows:
        totals[row.asset] += row.amount
    assert not any(totals.values())


# Of states.


def i1_money_is_conserved(looked: Looked) -> None:
    totals: dict[int, int] = defaultdict(int)
    for _, asset, free, locked in looked.balances:
        totals[asset] += free + locked
    assert not any(totals.values())


def i2_no_balance_below_zero(looked: Looked) -> None:
    for account, _, free, locked in looked.balances:
        assert locked >= 0
        assert free >= 0 or account == EXTERNAL


def i3_locked_is_what_orders_and_withdrawals_hold(looked: Looked) -> None:
    held: dict[tuple[int, int], int] = defaultdict(int)
    for order in looked.audit.resting.values():
        definition = looked.audit.definition(order.placed.instrument)
        asset = definition.quote if order.placed.side is Side.BUY else definition.base
        held[order.placed.account, asset] += order.held
    for account, asset_id, amount in looked.audit.withdrawals.values():
        held[account, asset_id] += amount
    locked = {(row[0], row[1]): row[3] for row in looked.balances if row[3]}
    assert locked == {key: amount for key, amount in held.items() if amount}


def i4_a_hold_is_what_the_rest_of_the_order_costs(looked: Looked) -> None:
    for order in looked.audit.resting.values():
        definition = looked.audit.definition(order.placed.instrument)
        lots = order.remaining * definition.base_units_per_lot
        cost = order.remaining * order.placed.price_ticks * definition.quote_units_per_tick_lot
        assert order.held == (cost if order.placed.side is Side.BUY else lots)


def i8_no_book_is_crossed(looked: Looked) -> None:
    for rows in looked.books.values():
        bids = [row[3] for row in rows if row[2] == Side.BUY]
        asks = [row[3] for row in rows if row[2] == Side.SELL]
        assert not bids or not asks or max(bids) < min(asks)


def i9_the_book_is_what_the_events_left_on_it(looked: Looked) -> None:
    for instrument, rows in looked.books.items():
        told: list[OpenOrder] = []
        for side in (Side.BUY, Side.SELL):
            told += [_row(order) for order in looked.audit.book(instrument, side)]
        assert rows == told


def _row(order: AuditedOrder) -> OpenOrder:
    p = order.placed
    quantity = order.executed + order.remaining + order.prevented
    return p.order_id, p.account, int(p.side), p.price_ticks, quantity, order.remaining


def i10_every_lot_is_accounted_for(looked: Looked) -> None:
    for order in looked.audit.resting.values():
        gone = order.executed + order.prevented + order.left
        assert order.placed.quantity_lots == gone + order.remaining
        assert order.remaining > 0


def i15_commission_account_has_all_commissions(looked: Looked) -> None:
    credited = {row[1]: row[2] for row in looked.balances if row[0] == COMMISSION}
    assert credited == {a: amount for a, amount in looked.audit.commissions.items() if amount}


def the_ledger_is_the_sum_of_postings(looked: Looked) -> None:
    told = [(*key, *sums) for key, sums in sorted(looked.audit.ledger.items()) if any(sums)]
    assert told == looked.balances


OF_STATES: list[Callable[[Looked], None]] = [
    i1_money_is_conserved,
    i2_no_balance_below_zero,
    i3_locked_is_what_orders_and_withdrawals_hold,
    i4_a_hold_is_what_the_rest_of_the_order_costs,
    i8_no_book_is_crossed,
    i9_the_book_is_what_the_events_left_on_it,
    i10_every_lot_is_accounted_for,
    i15_commission_account_has_all_commissions,
    the_ledger_is_the_sum_of_postings,
]


def i11_ended_orders_have_ended_whole(audit: Audit, order_ids: Sequence[int]) -> None:
    """Every order of a batch either rests, or has ended with nothing left and nothing held."""
    for order_id in order_ids:
        order = audit.orders[order_id]
        assert order.is_resting is (order.status not in ENDED)
        if order.status in ENDED:
            assert (order.remaining, order.held) == (0, 0)
            assert order.status != "FILLED" or order.executed + order.left + order.prevented > 0


def check_events(audit: Audit, events: list[Event]) -> None:
    """Ask every invariant of events, folding them into the audit on the way."""
    for event in events:
        for invariant in OF_EVENTS:
            invariant(audit, event)
        i5_postings_sum_to_zero(audit.apply(event))
    placed = [event.order_id for event in events if isinstance(event, e.OrderPlaced)]
    i11_ended_orders_have_ended_whole(audit, placed)


def check_state(looked: Looked) -> None:
    for invariant in OF_STATES:
        invariant(looked)
