"""One fold for each kind of event: what it changes in the audit."""

from collections.abc import Callable
from typing import Any

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import ExpiryReason, Side
from rialto.messages.postings import Bucket, Posting, postings
from tests.core.audit import Audit, AuditedList, AuditedOrder


def fold(audit: Audit, event: Event) -> list[Posting]:
    rows = postings(event, audit.instruments)
    for account, asset, bucket, amount in rows:
        audit.ledger[account, asset][bucket is Bucket.LOCKED] += amount
    if event.sequence != audit.position[0]:
        audit.triggered = 0
    change = FOLDS.get(type(event))
    if change is not None:
        change(audit, event)
    update_id = getattr(event, "update_id", 0)
    if update_id:
        audit.update_ids[event.instrument] = update_id  # type: ignore[attr-defined]
    audit.position, audit.time_us = (event.sequence, event.index), event.time_us
    return rows


def _list_instrument(audit: Audit, event: e.InstrumentListed) -> None:
    d = event.definition
    base, quote = audit.assets[d.base], audit.assets[d.quote]
    audit.instruments[event.instrument] = Instrument(event.instrument, d, base, quote, d.status)
    audit.status[event.instrument] = d.status
    audit.rates[event.instrument, 0] = (d.maker_ppm, d.taker_ppm)


def _place(audit: Audit, event: e.OrderPlaced) -> None:
    assert event.order_id == len(audit.orders) + 1, "an order id was left out"
    lots = event.quantity_lots
    order = AuditedOrder(event, lots, lots, event.held, event.price_ticks)
    audit.orders[event.order_id] = audit.open_orders[event.order_id] = order
    newest = audit.lists.get(len(audit.lists))
    if newest is not None and len(newest.legs) < newest.placed.leg_count:
        assert event.order_id == newest.placed.first_order_id + len(newest.legs)
        order.order_list = newest
        newest.legs.append(order)
        order.is_pending = order in newest.pending


def _rest(audit: Audit, event: e.OrderRested) -> None:
    order = audit.find(event.order_id, 0, 0)
    assert order.remaining == event.remaining_lots
    assert order.price == event.price_ticks
    order.is_resting, order.rank = True, audit.next_rank()
    order.visible = event.visible_lots


def _trade(audit: Audit, event: e.TradeExecuted) -> None:
    instrument = audit.instruments[event.instrument]
    cost = instrument.notional(event.price_ticks, event.quantity_lots)
    lots = instrument.base_amount(event.quantity_lots)
    for order_id in (event.taker_order_id, event.maker_order_id):
        is_buyer = (order_id == event.taker_order_id) is (event.taker_side is Side.BUY)
        used = cost + event.buyer_release if is_buyer else lots
        order = audit.find(order_id, event.quantity_lots, used)
        order.executed += event.quantity_lots
        order.visible -= event.quantity_lots if order.is_resting else 0
        order.status = "PARTIALLY_FILLED"
        if order.remaining == 0:
            audit.end(order, "FILLED")
    for waiting in audit.open_orders.values():
        if waiting.is_waiting and waiting.placed.instrument == event.instrument:
            low, high = waiting.prices_seen or (event.price_ticks, event.price_ticks)
            waiting.prices_seen = (min(low, event.price_ticks), max(high, event.price_ticks))
    if event.instrument in audit.to_trade:
        audit.to_trade[event.instrument] -= event.quantity_lots
    audit.commissions[instrument.base.id] += event.buyer_commission
    audit.commissions[instrument.quote.id] += event.seller_commission
    audit.trade_ids[event.instrument] = event.trade_id


def _cancel(audit: Audit, event: e.OrderCanceled) -> None:
    order = audit.find(event.order_id, event.remaining_lots, event.released)
    order.left += event.remaining_lots
    audit.end(order, "CANCELED")


def _expire(audit: Audit, event: e.OrderExpired) -> None:
    order = audit.orders[event.order_id]
    if order.is_pending:
        order.quantity = order.remaining = event.remaining_lots  # an OPO may just have got its size
    order = audit.find(event.order_id, event.remaining_lots, event.released)
    order.left += event.remaining_lots
    audit.end(order, "EXPIRED_IN_MATCH" if event.reason is ExpiryReason.STP else "EXPIRED")


def _amend(audit: Audit, event: e.OrderAmended) -> None:
    less = event.old_quantity_lots - event.quantity_lots
    order = audit.find(event.order_id, less, event.released)
    order.left += less
    order.visible = min(order.visible, order.remaining)


def _prevent(audit: Audit, event: e.MatchPrevented) -> None:
    if not event.update_id:
        return  # an OrderExpired follows for each order that loses
    taker_lots, maker_lots = event.taker_prevented_lots, event.maker_prevented_lots
    taker = audit.find(event.taker_order_id, taker_lots, event.taker_released)
    maker = audit.find(event.maker_order_id, maker_lots, event.maker_released)
    taker.prevented += taker_lots
    maker.prevented += maker_lots
    maker.visible -= maker_lots
    if event.mode.name == "TRANSFER":
        instrument = audit.instruments[event.instrument]
        cost = instrument.notional(event.price_ticks, taker_lots)
        lots = instrument.base_amount(taker_lots)
        taker_buys = event.taker_side is Side.BUY
        taker.held -= cost if taker_buys else lots
        maker.held -= lots if taker_buys else cost


def _refresh(audit: Audit, event: e.IcebergRefreshed) -> None:
    order = audit.find(event.order_id, 0, 0)
    assert order.visible == 0
    order.visible, order.rank = event.visible_lots, audit.next_rank()


def _trigger(audit: Audit, event: e.OrderTriggered) -> None:
    order = audit.find(event.order_id, 0, event.released - event.held)
    order.is_triggered, order.price = True, event.price_ticks
    audit.triggered += 1


def _activate(audit: Audit, event: e.OrderActivated) -> None:
    order = audit.find(event.order_id, 0, -event.held)
    order.left = 0
    order.quantity = order.remaining = event.quantity_lots
    order.price, order.is_pending = event.price_ticks, False


def _peg(audit: Audit, event: e.OrderPegged) -> None:
    audit.find(event.order_id, 0, 0).price = event.price_ticks


def _place_list(audit: Audit, event: e.OrderListPlaced) -> None:
    assert event.order_list == len(audit.lists) + 1, "a list id was left out"
    audit.lists[event.order_list] = audit.open_lists[event.order_list] = AuditedList(event)


def _end_list(audit: Audit, event: e.OrderListDone) -> None:
    audit.lists[event.order_list].is_done = True
    del audit.open_lists[event.order_list]


def _hold_proceeds(audit: Audit, event: e.ProceedsHeld) -> None:
    audit.lists[event.order_list].proceeds += event.amount


def _hold(audit: Audit, event: e.WithdrawalHeld) -> None:
    audit.withdrawals[event.withdrawal] = (event.account, event.asset, event.amount)


def _end_withdrawal(audit: Audit, event: e.WithdrawalSettled | e.WithdrawalReleased) -> None:
    held = audit.withdrawals.pop(event.withdrawal)
    assert held == (event.account, event.asset, event.amount), "a withdrawal changed"


def _add_asset(audit: Audit, event: e.AssetAdded) -> None:
    audit.assets[event.asset] = Asset(event.asset, event.symbol, event.decimals)


def _set_rates(audit: Audit, event: e.CommissionRatesSet) -> None:
    audit.rates[event.instrument, event.tier] = (event.maker_ppm, event.taker_ppm)


def _set_tier(audit: Audit, event: e.CommissionTierSet) -> None:
    audit.tiers[event.account] = event.tier


def _set_group(audit: Audit, event: e.TradeGroupSet) -> None:
    audit.groups[event.account] = event.trade_group


def _price_auction(audit: Audit, event: e.AuctionPriced) -> None:
    audit.openings[event.instrument] = event
    audit.to_trade[event.instrument] = event.quantity_lots


def _set_status(audit: Audit, event: e.InstrumentStatusSet) -> None:
    audit.status[event.instrument] = event.status
    audit.openings.pop(event.instrument, None)
    audit.to_trade.pop(event.instrument, None)


FOLDS: dict[type[Event], Callable[[Audit, Any], None]] = {
    e.AssetAdded: _add_asset,
    e.InstrumentListed: _list_instrument,
    e.InstrumentStatusSet: _set_status,
    e.AuctionPriced: _price_auction,
    e.CommissionRatesSet: _set_rates,
    e.CommissionTierSet: _set_tier,
    e.TradeGroupSet: _set_group,
    e.OrderPlaced: _place,
    e.OrderRested: _rest,
    e.TradeExecuted: _trade,
    e.OrderCanceled: _cancel,
    e.OrderExpired: _expire,
    e.OrderAmended: _amend,
    e.MatchPrevented: _prevent,
    e.IcebergRefreshed: _refresh,
    e.OrderTriggered: _trigger,
    e.OrderActivated: _activate,
    e.OrderPegged: _peg,
    e.OrderListPlaced: _place_list,
    e.OrderListDone: _end_list,
    e.ProceedsHeld: _hold_proceeds,
    e.WithdrawalHeld: _hold,
    e.WithdrawalSettled: _end_withdrawal,
    e.WithdrawalReleased: _end_withdrawal,
}
