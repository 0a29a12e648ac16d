"""What the events alone say has happened, folded without a rule of the exchange.

In:  the events of one machine, in order.
Out: orders, the ledger and the books as an outside reader knows them; invariants.py looks at them.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rialto.messages import events as e
from rialto.messages.events import Event
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instruments import Asset, Instrument, InstrumentDefinition
from rialto.messages.orders import ExpiryReason, InstrumentStatus, Side
from rialto.messages.postings import Bucket, Posting, postings

ENDED = ("FILLED", "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH")


@dataclass
class AuditedOrder:
    placed: e.OrderPlaced
    remaining: int
    held: int
    executed: int = 0
    prevented: int = 0
    left: int = 0  # lots canceled, expired or amended away
    status: str = "NEW"
    is_resting: bool = False

    @property
    def priority(self) -> tuple[int, int]:
        price = self.placed.price_ticks
        return (-price if self.placed.side is Side.BUY else price, self.placed.order_id)


@dataclass
class Audit:
    assets: dict[AssetId, Asset] = field(default_factory=dict)
    instruments: dict[InstrumentId, Instrument] = field(default_factory=dict)
    status: dict[int, InstrumentStatus] = field(default_factory=dict)
    orders: dict[int, AuditedOrder] = field(default_factory=dict)
    resting: dict[int, AuditedOrder] = field(default_factory=dict)
    ledger: dict[tuple[int, int], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0])
    )
    withdrawals: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    commissions: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    rates: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    tiers: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    trade_ids: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    update_ids: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    position: tuple[int, int] = (0, -1)  # (sequence, index) of the last event
    time_us: int = 0

    def definition(self, instrument: InstrumentId) -> InstrumentDefinition:
        return self.instruments[instrument].definition

    def commission_ppm(self, instrument: InstrumentId, account: int, is_taker: bool) -> int:
        tier_0 = self.rates[instrument, 0]
        return self.rates.get((instrument, self.tiers[account]), tier_0)[is_taker]

    def apply(self, event: Event) -> list[Posting]:
        rows = postings(event, self.instruments)
        for account, asset, bucket, amount in rows:
            self.ledger[account, asset][bucket is Bucket.LOCKED] += amount
        fold = FOLDS.get(type(event))
        if fold is not None:
            fold(self, event)
        self.position, self.time_us = (event.sequence, event.index), event.time_us
        return rows

    def find(self, order_id: int, lots_gone: int, released: int) -> AuditedOrder:
        """The order, with so many lots and so much of its hold gone."""
        order = self.orders[order_id]
        assert order.status not in ENDED, "an order that has ended"
        order.remaining -= lots_gone
        order.held -= released
        return order

    def end(self, order: AuditedOrder, status: str) -> None:
        order.status = status
        order.is_resting = False
        self.resting.pop(order.placed.order_id, None)

    def book(self, instrument: int, side: Side) -> list[AuditedOrder]:
        """One side of a book, best first."""
        rows = [o for o in self.resting.values() if o.placed.instrument == instrument]
        return sorted((o for o in rows if o.placed.side is side), key=lambda o: o.priority)


def _list_instrument(audit: Audit, event: e.InstrumentListed) -> None:
    d = event.definition
    base, quote = audit.assets[d.base], audit.assets[d.quote]
    audit.instruments[event.instrument] = Instrument(event.instrument, d, base, quote, d.status)
    audit.status[event.instrument] = d.status
    audit.rates[event.instrument, 0] = (d.maker_ppm, d.taker_ppm)


def _place(audit: Audit, event: e.OrderPlaced) -> None:
    assert event.order_id == len(audit.orders) + 1, "an order id was left out"
    audit.orders[event.order_id] = AuditedOrder(event, event.quantity_lots, event.held)


def _rest(audit: Audit, event: e.OrderRested) -> None:
    order = audit.find(event.order_id, 0, 0)
    order.is_resting = True
    audit.resting[event.order_id] = order
    audit.update_ids[event.instrument] = event.update_id


def _trade(audit: Audit, event: e.TradeExecuted) -> None:
    instrument = audit.instruments[event.instrument]
    cost = instrument.notional(event.price_ticks, event.quantity_lots)
    lots = instrument.base_amount(event.quantity_lots)
    for order_id in (event.taker_order_id, event.maker_order_id):
        is_buyer = (order_id == event.taker_order_id) is (event.taker_side is Side.BUY)
        used = cost + event.buyer_release if is_buyer else lots
        order = audit.find(order_id, event.quantity_lots, used)
        order.executed += event.quantity_lots
        order.status = "PARTIALLY_FILLED"
        if order.remaining == 0:
            audit.end(order, "FILLED")
    audit.commissions[instrument.base.id] += event.buyer_commission
    audit.commissions[instrument.quote.id] += event.seller_commission
    audit.trade_ids[event.instrument] = event.trade_id
    audit.update_ids[event.instrument] = event.update_id


def _cancel(audit: Audit, event: e.OrderCanceled) -> None:
    order = audit.find(event.order_id, event.remaining_lots, event.released)
    order.left += event.remaining_lots
    audit.end(order, "CANCELED")
    audit.update_ids[event.instrument] = event.update_id


def _expire(audit: Audit, event: e.OrderExpired) -> None:
    order = audit.find(event.order_id, event.remaining_lots, event.released)
    order.left += event.remaining_lots
    audit.end(order, "EXPIRED_IN_MATCH" if event.reason is ExpiryReason.STP else "EXPIRED")
    audit.update_ids[event.instrument] = event.update_id or audit.update_ids[event.instrument]


def _amend(audit: Audit, event: e.OrderAmended) -> None:
    less = event.old_quantity_lots - event.quantity_lots
    audit.find(event.order_id, less, event.released).left += less
    audit.update_ids[event.instrument] = event.update_id


def _prevent(audit: Audit, event: e.MatchPrevented) -> None:
    if not event.update_id:
        return  # an OrderExpired follows for each order that loses
    taker_lots, maker_lots = event.taker_prevented_lots, event.maker_prevented_lots
    audit.find(event.taker_order_id, taker_lots, event.taker_released).prevented += taker_lots
    audit.find(event.maker_order_id, maker_lots, event.maker_released).prevented += maker_lots
    audit.update_ids[event.instrument] = event.update_id


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


def _set_status(audit: Audit, event: e.InstrumentStatusSet) -> None:
    audit.status[event.instrument] = event.status


FOLDS: dict[type[Event], Callable[[Audit, Any], None]] = {
    e.AssetAdded: _add_asset,
    e.InstrumentListed: _list_instrument,
    e.InstrumentStatusSet: _set_status,
    e.CommissionRatesSet: _set_rates,
    e.CommissionTierSet: _set_tier,
    e.OrderPlaced: _place,
    e.OrderRested: _rest,
    e.TradeExecuted: _trade,
    e.OrderCanceled: _cancel,
    e.OrderExpired: _expire,
    e.OrderAmended: _amend,
    e.MatchPrevented: _prevent,
    e.WithdrawalHeld: _hold,
    e.WithdrawalSettled: _end_withdrawal,
    e.WithdrawalReleased: _end_withdrawal,
}
