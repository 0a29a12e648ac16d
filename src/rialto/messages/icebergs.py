"""What levels show of orders: all that is left of them, of icebergs only the visible part.

In:  events that change a level, in order.
Out: by how much each changes its level, and the visible part of every iceberg on the book.
Never: orders without a hidden part. Their events say all there is to say.
"""

from collections.abc import Mapping

import msgspec

from rialto.messages import events as e
from rialto.messages.ids import OrderId
from rialto.messages.orders import Side

# Those with an update id each change a level of their instrument.
LevelEvent = (
    e.TradeExecuted
    | e.OrderRested
    | e.OrderCanceled
    | e.OrderExpired
    | e.OrderAmended
    | e.MatchPrevented
    | e.IcebergRefreshed
)


class RestingOrder(msgspec.Struct, frozen=True):
    """An order on the book. price_ticks is where it stands."""

    order_id: OrderId
    side: Side
    price_ticks: int
    remaining_lots: int
    visible_lots: int


class Icebergs:
    def __init__(self, visible_lots: Mapping[OrderId, int] | None = None) -> None:
        self.visible_lots: dict[OrderId, int] = dict(visible_lots or {})

    def trade(self, event: e.TradeExecuted) -> None:
        """Both orders may have rested, in an opening auction."""
        if self.visible_lots:
            for order_id in (event.maker_order_id, event.taker_order_id):
                if order_id in self.visible_lots:
                    self._take(order_id, event.quantity_lots)

    def level_change(self, event: e.Event) -> int:
        """Signed lots by which an event with an update id changes its level. Not for trades, which
        are told at another price in an auction.
        """
        match event:
            case e.OrderRested():
                if event.visible_lots < event.remaining_lots:
                    self.visible_lots[event.order_id] = event.visible_lots
                return event.visible_lots
            case e.IcebergRefreshed():
                self.visible_lots[event.order_id] = event.visible_lots
                return event.visible_lots
            case e.OrderCanceled() | e.OrderExpired():
                return -self.visible_lots.pop(event.order_id, event.remaining_lots)
            case e.OrderAmended():
                return self._amend(event)
            case e.MatchPrevented():
                if event.maker_order_id in self.visible_lots:
                    self._take(event.maker_order_id, event.maker_prevented_lots)
                return -event.maker_prevented_lots
        raise AssertionError(f"{type(event).__name__} changes no level")

    def _amend(self, event: e.OrderAmended) -> int:
        before = self.visible_lots.get(event.order_id)
        if before is None:
            return event.quantity_lots - event.old_quantity_lots
        visible = min(before, event.remaining_lots)
        if visible:
            self.visible_lots[event.order_id] = visible
        else:
            del self.visible_lots[event.order_id]
        return visible - before

    def _take(self, order_id: OrderId, lots: int) -> None:
        """Without lots it is gone, or refreshed by the next event."""
        left = self.visible_lots.pop(order_id) - lots
        assert left >= 0, f"{lots} lots of order {order_id}, which showed {left + lots}"
        if left:
            self.visible_lots[order_id] = left
