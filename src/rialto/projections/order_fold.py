"""The fold that follows all open orders and order lists.

In:  events in order, each once.
Out: the orders that an event changed. A closed order is handed out once more and forgotten.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rialto.messages import events as e
from rialto.messages.ids import InstrumentId, OrderId, OrderListId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import CONDITIONAL_TYPES, ExpiryReason
from rialto.projections.orders import (
    Order,
    OrderList,
    OrderStatus,
    placed_list,
    placed_order,
    start_trailing,
)

Changed = tuple[Order, ...]
_NOTHING: Changed = ()


class OrderFold:
    def __init__(
        self,
        instruments: Mapping[InstrumentId, Instrument],
        tell_list: Callable[[OrderList], None] = lambda _: None,
    ) -> None:
        """tell_list: hears of every order list that is placed or done."""
        self.open: dict[OrderId, Order] = {}
        self.open_lists: dict[OrderListId, OrderList] = {}
        self._instruments = instruments
        self._tell_list = tell_list
        self._legs_of: OrderList | None = None  # the list that was placed last
        self._legs_end = 0  # order ids below it are legs of that list
        self._folds: dict[type[e.Event], Callable[[Any], Changed]] = {
            e.OrderPlaced: self._placed,
            e.TradeExecuted: self._executed,
            e.OrderCanceled: self._canceled,
            e.OrderExpired: self._expired,
            e.OrderAmended: self._amended,
            e.MatchPrevented: self._prevented,
            e.OrderTriggered: self._triggered,
            e.OrderActivated: self._activated,
            e.OrderPegged: self._pegged,
            e.TrailingStarted: self._trailing,
            e.OrderListPlaced: self._list_placed,
            e.OrderListDone: self._list_done,
        }

    def load(self, orders: Iterable[Order], lists: Iterable[OrderList] = ()) -> None:
        """Start from the open orders and lists, lowest id first."""
        self.open = {order.id: order for order in orders}
        self.open_lists = {each.id: each for each in lists}

    def apply(self, event: e.Event) -> Changed:
        """The orders it changed, as they are now (the same objects as in `open`)."""
        fold = self._folds.get(type(event))
        return _NOTHING if fold is None else fold(event)

    def _placed(self, event: e.OrderPlaced) -> Changed:
        order = self.open[event.order_id] = placed_order(event)
        if event.order_id < self._legs_end:
            assert self._legs_of is not None, f"{event} has an id from before"
            order.order_list = self._legs_of.id
            if self._legs_of.is_pending(order.id):
                order.status, order.working_us, order.trailing_us = OrderStatus.PENDING_NEW, 0, 0
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

    def _triggered(self, event: e.OrderTriggered) -> Changed:
        order = self.open[event.order_id]
        order.working_us = event.time_us
        return self._touch(order, event)

    def _activated(self, event: e.OrderActivated) -> Changed:
        order = self.open[event.order_id]
        order.status, order.quantity_lots = OrderStatus.NEW, event.quantity_lots
        if order.type in CONDITIONAL_TYPES:
            start_trailing(order, event.time_us)
        else:
            order.working_us = event.time_us
        return self._touch(order, event)

    def _pegged(self, event: e.OrderPegged) -> Changed:
        order = self.open[event.order_id]
        order.pegged_ticks = event.price_ticks
        return self._touch(order, event)

    def _trailing(self, event: e.TrailingStarted) -> Changed:
        order = self.open[event.order_id]
        order.trailing_us = event.time_us
        return self._touch(order, event)

    def _list_placed(self, event: e.OrderListPlaced) -> Changed:
        placed = self.open_lists[event.order_list] = placed_list(event)
        self._legs_of, self._legs_end = placed, event.first_order_id + event.leg_count
        self._tell_list(placed)
        return _NOTHING

    def _list_done(self, event: e.OrderListDone) -> Changed:
        done = self.open_lists.pop(event.order_list)
        done.is_done, done.changed_us, done.changed_sequence = True, event.time_us, event.sequence
        self._tell_list(done)
        return _NOTHING

    def _touch(self, order: Order, event: e.Event) -> Changed:
        order.changed_us = event.time_us
        order.changed_sequence = event.sequence
        if not order.is_open:
            del self.open[order.id]
        return (order,)
