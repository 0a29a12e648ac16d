"""Orders: each one's record as its events have left it, and the fold that follows all open ones.

In:  events in order, each once.
Out: the orders that an event changed. A closed order is handed out once more and forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any

import msgspec

from rialto.messages import events as e
from rialto.messages.ids import (
    AccountId,
    InstrumentId,
    OrderId,
    PreventedMatchId,
    Sequence,
)
from rialto.messages.instruments import Instrument
from rialto.messages.orders import ExpiryReason, OrderType, Side, StpMode, TimeInForce


class OrderStatus(IntEnum):
    """The first two are open, the others final. Values are on disk: never reuse one."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 3
    EXPIRED = 4
    EXPIRED_IN_MATCH = 5


class Order(msgspec.Struct, gc=False):
    """quantity_lots - executed_lots - prevented_lots is what an open order has on the book."""

    id: OrderId
    account: AccountId
    instrument: InstrumentId
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    stp: StpMode
    price_ticks: int
    quantity_lots: int
    quote_amount: int  # of a market order by quote quantity, else 0
    client_order_id: str  # "" if it has none
    placed_us: int
    working_us: int  # since when it is or was able to match
    changed_us: int
    changed_sequence: Sequence
    status: OrderStatus = OrderStatus.NEW
    executed_lots: int = 0
    executed_quote: int = 0  # quote amount of all trades, before commission
    prevented_lots: int = 0
    prevented_match_id: PreventedMatchId = PreventedMatchId(0)  # of the last one, 0 without
    expiry_reason: ExpiryReason | None = None

    @property
    def is_open(self) -> bool:
        return self.status <= OrderStatus.PARTIALLY_FILLED

    @property
    def remaining_lots(self) -> int:
        return self.quantity_lots - self.executed_lots - self.prevented_lots

    def execute(self, lots: int, quote_amount: int, left: int) -> None:
        self.executed_lots += lots
        self.executed_quote += quote_amount
        self.status = OrderStatus.PARTIALLY_FILLED if left else OrderStatus.FILLED


def placed_order(event: e.OrderPlaced) -> Order:
    return Order(
        event.order_id,
        event.account,
        event.instrument,
        event.side,
        event.type,
        event.time_in_force,
        event.stp,
        event.price_ticks,
        event.quantity_lots,
        event.quote_amount,
        event.client_order_id,
        event.time_us,
        event.time_us,
        event.time_us,
        event.sequence,
    )


Changed = tuple[Order, ...]
_NOTHING: Changed = ()


class OrderFold:
    def __init__(self, instruments: Mapping[InstrumentId, Instrument]) -> None:
        self.open: dict[OrderId, Order] = {}
        self._instruments = instruments
        self._folds: dict[type[e.Event], Callable[[Any], Changed]] = {
            e.OrderPlaced: self._placed,
            e.TradeExecuted: self._executed,
            e.OrderCanceled: self._canceled,
            e.OrderExpired: self._expired,
            e.OrderAmended: self._amended,
            e.MatchPrevented: self._prevented,
        }

    def load(self, orders: Iterable[Order]) -> None:
        """Start from the open orders, lowest id first."""
        self.open = {order.id: order for order in orders}

    def apply(self, event: e.Event) -> Changed:
        """The orders it changed, as they are now (the same objects as in `open`)."""
        fold = self._folds.get(type(event))
        return _NOTHING if fold is None else fold(event)

    def _placed(self, event: e.OrderPlaced) -> Changed:
        order = self.open[event.order_id] = placed_order(event)
        return (order,)

    def _executed(self, event: e.TradeExecuted) -> Changed:
        lots = event.quantity_lots
        quote_amount = self._instruments[event.instrument].notional(event.price_ticks, lots)
        taker, maker = self.open[event.taker_order_id], self.open[event.maker_order_id]
        taker.execute(lots, quote_amount, event.taker_remaining_lots)
        maker.execute(lots, quote_amount, event.maker_remaining_lots)
        self._touch(taker, event)
        self._touch(maker, event)
        return taker, maker

    def _canceled(self, event: e.OrderCanceled) -> Changed:
        order = self.open[event.order_id]
        order.status = OrderStatus.CANCELED
        return self._touch(order, event)

    def _expired(self, event: e.OrderExpired) -> Changed:
        order = self.open[event.order_id]
        in_match = event.reason is ExpiryReason.STP
        order.status = OrderStatus.EXPIRED_IN_MATCH if in_match else OrderStatus.EXPIRED
        order.expiry_reason = event.reason
        return self._touch(order, event)

    def _amended(self, event: e.OrderAmended) -> Changed:
        order = self.open[event.order_id]
        order.quantity_lots = event.quantity_lots
        order.client_order_id = event.client_order_id
        return self._touch(order, event)

    def _prevented(self, event: e.MatchPrevented) -> Changed:
        taker, maker = self.open[event.taker_order_id], self.open[event.maker_order_id]
        changed = _NOTHING
        for order, lots in (
            (taker, event.taker_prevented_lots),
            (maker, event.maker_prevented_lots),
        ):
            if lots:
                order.prevented_lots += lots
                order.prevented_match_id = event.prevented_match_id
                changed += self._touch(order, event)
        return changed

    def _touch(self, order: Order, event: e.Event) -> Changed:
        order.changed_us = event.time_us
        order.changed_sequence = event.sequence
        if not order.is_open:
            del self.open[order.id]
        return (order,)
