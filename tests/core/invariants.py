"""What must hold whatever happens, each in a function of its own, by the numbers of the invariants.

Those of invariants_of_events.py are asked before an event is folded into the audit, OF_STATES
after each batch.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.instruments import InstrumentDefinition
from rialto.messages.orders import InstrumentStatus, Side
from rialto.messages.postings import COMMISSION, EXTERNAL, Posting
from tests.core.audit import ENDED, Audit, AuditedOrder
from tests.core.audit_folds import fold
from tests.core.invariants_of_events import OF_EVENTS, is_stop_met
from tests.core.model_state import Balance, OpenOrder


@dataclass
class Looked:
    """What one machine shows after a batch."""

    audit: Audit
    balances: list[Balance]
    books: dict[int, list[OpenOrder]]
    wake_at_us: int | None


def i5_postings_sum_to_zero(rows: list[Posting]) -> None:
    totals: dict[int, int] = defaultdict(int)
    for row in rows:
        totals[row.asset] += row.amount
    assert not any(totals.values())


def i1_money_is_conserved(looked: Looked) -> None:
    totals: dict[int, int] = defaultdict(int)
    for _, asset, free, locked in looked.balances:
        totals[asset] += free + locked
    assert not any(totals.values())


def i2_no_balance_below_zero(looked: Looked) -> None:
    for account, _, free, locked in looked.balances:
        assert locked >= 0
        assert free >= 0 or account == EXTERNAL


def i3_locked_is_what_orders_lists_and_withdrawals_hold(looked: Looked) -> None:
    held: dict[tuple[int, int], int] = defaultdict(int)
    for order in looked.audit.open_orders.values():
        definition = looked.audit.definition(order.placed.instrument)
        asset = definition.quote if order.placed.side is Side.BUY else definition.base
        held[order.placed.account, asset] += order.held
    for found in looked.audit.open_lists.values():
        if found.proceeds:
            base = looked.audit.definition(found.placed.instrument).base
            held[found.placed.account, base] += found.proceeds
    for account, asset_id, amount in looked.audit.withdrawals.values():
        held[account, asset_id] += amount
    locked = {(row[0], row[1]): row[3] for row in looked.balances if row[3]}
    assert locked == {key: amount for key, amount in held.items() if amount}


def i4_a_hold_is_what_the_rest_of_the_order_costs(looked: Looked) -> None:
    for order in looked.audit.open_orders.values():
        definition = looked.audit.definition(order.placed.instrument)
        if order.is_pending:
            assert order.held == 0
        elif order.is_waiting and (is_in_pair(order) or is_trailing_buy(order)):
            assert order.held >= 0
        else:
            assert order.held == need_of(order, definition)


def need_of(order: AuditedOrder, definition: InstrumentDefinition) -> int:
    if order.placed.side is Side.SELL:
        return order.remaining * definition.base_units_per_lot
    price = order.price
    if order.is_waiting:
        price = order.placed.price_ticks or order.asked.stop_price_ticks
    return order.remaining * price * definition.quote_units_per_tick_lot


def is_trailing_buy(order: AuditedOrder) -> bool:
    """Its hold is for the price at which it would have triggered first."""
    has_price = order.placed.price_ticks or order.asked.stop_price_ticks
    return order.placed.side is Side.BUY and not has_price


def is_in_pair(order: AuditedOrder) -> bool:
    pair = order.order_list.pair if order.order_list else []
    return order in pair and all(leg.is_open for leg in pair)


def i28_the_funds_of_a_pair_are_held_once(looked: Looked) -> None:
    for order in looked.audit.open_orders.values():
        if order.order_list is None or not is_in_pair(order) or order.is_pending:
            continue
        pair = order.order_list.pair
        if not any(is_trailing_buy(leg) for leg in pair):
            definition = looked.audit.definition(order.placed.instrument)
            most = max(need_of(leg, definition) for leg in pair)
            lost = max(leg.prevented for leg in pair)
            assert lost or sum(leg.held for leg in pair) == most


def i28_a_list_is_done_when_its_orders_are(looked: Looked) -> None:
    for order in looked.audit.open_orders.values():
        assert order.order_list is None or not order.order_list.is_done
    for found in looked.audit.open_lists.values():
        assert any(leg.is_open for leg in found.legs)


def i29_no_stop_that_was_met_is_left_waiting(looked: Looked) -> None:
    """Where nothing is left to do."""
    if looked.wake_at_us == 0:
        return
    for order in looked.audit.open_orders.values():
        if order.prices_seen is None or not order.is_waiting or order.asked.trailing_delta:
            continue
        if looked.audit.status[order.placed.instrument] is InstrumentStatus.TRADING:
            assert not is_stop_met(order, *order.prices_seen)


def i8_no_book_is_crossed(looked: Looked) -> None:
    """Where there is trading; orders for an auction may stand across one another."""
    for instrument, rows in looked.books.items():
        bids = [row[3] for row in rows if row[2] == Side.BUY]
        asks = [row[3] for row in rows if row[2] == Side.SELL]
        is_trading = looked.audit.status[instrument] is InstrumentStatus.TRADING
        if is_trading and instrument not in looked.audit.openings:
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
    return p.order_id, p.account, int(p.side), order.price, quantity, order.remaining


def i10_every_lot_is_accounted_for(looked: Looked) -> None:
    for order in looked.audit.open_orders.values():
        gone = order.executed + order.prevented + order.left
        assert order.quantity == gone + order.remaining
        assert order.remaining > 0 or order.is_pending
        assert 0 < order.visible <= order.remaining or not order.is_resting


def i15_commission_account_has_all_commissions(looked: Looked) -> None:
    credited = {row[1]: row[2] for row in looked.balances if row[0] == COMMISSION}
    assert credited == {a: amount for a, amount in looked.audit.commissions.items() if amount}


def the_ledger_is_the_sum_of_postings(looked: Looked) -> None:
    told = [(*key, *sums) for key, sums in sorted(looked.audit.ledger.items()) if any(sums)]
    assert told == looked.balances


OF_STATES: list[Callable[[Looked], None]] = [
    i1_money_is_conserved,
    i2_no_balance_below_zero,
    i3_locked_is_what_orders_lists_and_withdrawals_hold,
    i4_a_hold_is_what_the_rest_of_the_order_costs,
    i8_no_book_is_crossed,
    i9_the_book_is_what_the_events_left_on_it,
    i10_every_lot_is_accounted_for,
    i15_commission_account_has_all_commissions,
    i28_the_funds_of_a_pair_are_held_once,
    i28_a_list_is_done_when_its_orders_are,
    i29_no_stop_that_was_met_is_left_waiting,
    the_ledger_is_the_sum_of_postings,
]


def i11_orders_are_somewhere_or_have_ended_whole(audit: Audit, order_ids: Sequence[int]) -> None:
    """Every order of a batch rests, waits or is pending, or it has ended with nothing left."""
    for order_id in order_ids:
        order = audit.orders[order_id]
        is_somewhere = order.is_resting or order.is_waiting or order.is_pending
        assert is_somewhere is (order.status not in ENDED) or order.is_pending
        if order.status in ENDED:
            assert (order.remaining, order.held) == (0, 0)
            assert order.status != "FILLED" or order.executed + order.left + order.prevented > 0


def check_events(audit: Audit, events: list[Event]) -> None:
    """Ask every invariant of events, folding them into the audit on the way."""
    for event in events:
        for invariant in OF_EVENTS:
            invariant(audit, event)
        i5_postings_sum_to_zero(fold(audit, event))
    touched = (e.OrderPlaced, e.OrderTriggered, e.OrderActivated, e.TradeExecuted)
    ids = [getattr(event, "order_id", 0) for event in events if isinstance(event, touched)]
    i11_orders_are_somewhere_or_have_ended_whole(audit, [order_id for order_id in ids if order_id])


def check_state(looked: Looked) -> None:
    for invariant in OF_STATES:
        invariant(looked)
