"""First fills: whoever's orders are filled may send more of them.

In:  published events, and the orders as those have left them.
Out: what the first fill of an order takes off the unfilled order count of its account.
"""

from rialto.gateway.weights import FIRST_FILL_AS_MAKER, FIRST_FILL_AS_TAKER, Weights
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import OrderId
from rialto.projections.live import LiveOrders


class FirstFills:
    """A listener of the folds."""

    def __init__(self, orders: LiveOrders, weights: Weights) -> None:
        self._orders = orders
        self._weights = weights

    def publish(self, events: list[Event]) -> None:
        lots: dict[OrderId, int] = {}
        discounts: dict[OrderId, int] = {}
        for event in events:
            if isinstance(event, TradeExecuted):
                for order_id, discount in (
                    (event.taker_order_id, FIRST_FILL_AS_TAKER),
                    (event.maker_order_id, FIRST_FILL_AS_MAKER),
                ):
                    lots[order_id] = lots.get(order_id, 0) + event.quantity_lots
                    discounts.setdefault(order_id, discount)
        for order_id, filled_lots in lots.items():
            order = self._orders.find(order_id)
            if order is not None and order.executed_lots == filled_lots:
                self._weights.give_back_orders(order.account, discounts[order_id])
