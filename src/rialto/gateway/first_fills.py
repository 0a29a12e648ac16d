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
            if type(event) is TradeExecuted:
                filled, taker, maker = (
                    event.quantity_lots,
                    event.taker_order_id,
                    event.maker_order_id,
                )
                lots[taker] = lots.get(taker, 0) + filled
                lots[maker] = lots.get(maker, 0) + filled
                discounts.setdefault(taker, FIRST_FILL_AS_TAKER)
                discounts.setdefault(maker, FIRST_FILL_AS_MAKER)
        for order_id, filled_lots in lots.items():
            order = self._orders.find(order_id)
            if order is not None and order.executed_lots == filled_lots:
                self._weights.give_back_orders(order.account, discounts[order_id])
