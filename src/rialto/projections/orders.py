"""Orders and order lists: the record of each one as its events have left it.

In:  the event that begins it; order_fold.py changes it by those that follow.
Out: what the API shows, in the vocabulary's integers.
"""

from enum import IntEnum

import msgspec

from rialto.messages import events as e
from rialto.messages.ids import (
    AccountId,
    InstrumentId,
    OrderId,
    OrderListId,
    PreventedMatchId,
    Sequence,
)
from rialto.messages.instructions import Instructions
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    ExpiryReason,
    OrderListType,
    OrderType,
    Side,
    StpMode,
    TimeInForce,
)

NO_ORDER_LIST = OrderListId(0)


class OrderStatus(IntEnum):
    """Those up to PARTIALLY_FILLED are open, the others final. Values are on disk: never reuse
    one.
    """

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 3
    EXPIRED = 4
    EXPIRED_IN_MATCH = 5
    PENDING_NEW = -1  # a leg that waits for the working order of its list


class Order(msgspec.Struct, gc=False):
    """quantity_lots - executed_lots - prevented_lots is what an open order has left.

    price_ticks is as it was sent, also of a pegged order.
    """

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
    working_us: int  # since when it is or was able to match; 0: it never was
    changed_us: int
    changed_sequence: Sequence
    status: OrderStatus = OrderStatus.NEW
    executed_lots: int = 0
    executed_quote: int = 0  # quote amount of all trades, before commission
    prevented_lots: int = 0
    prevented_match_id: PreventedMatchId = PreventedMatchId(0)  # of the last one, 0 without
    expiry_reason: ExpiryReason | None = None
    order_list: OrderListId = NO_ORDER_LIST
    instructions: Instructions | None = None
    pegged_ticks: int = 0  # the price that a pegged order got, 0 before
    trailing_us: int = 0  # since when a trailing order follows the market, 0 before

    @property
    def is_open(self) -> bool:
        return self.status <= OrderStatus.PARTIALLY_FILLED

    @property
    def remaining_lots(self) -> int:
        return self.quantity_lots - self.executed_lots - self.prevented_lots

    @property
    def is_working(self) -> bool:
        """That it can match now, or could when it ended."""
        return self.working_us != 0

    @property
    def working_ticks(self) -> int:
        """Where it stands or stood on the book; 0 at market."""
        return self.pegged_ticks or self.price_ticks

    def execute(self, lots: int, quote_amount: int, left: int) -> None:
        self.executed_lots += lots
        self.executed_quote += quote_amount
        self.status = OrderStatus.PARTIALLY_FILLED if left else OrderStatus.FILLED


def placed_order(event: e.OrderPlaced) -> Order:
    """Of an order that meets the book at once, unless it has instructions to wait."""
    order = Order(
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
    if event.instructions is not None:
        order.instructions = event.instructions
        if event.type in CONDITIONAL_TYPES:
            order.working_us = 0
            start_trailing(order, event.time_us)
    return order


def start_trailing(order: Order, time_us: int) -> None:
    """A trailing order without a stop price follows the market from the start."""
    wants = order.instructions
    if wants is not None and wants.trailing_delta and not wants.stop_price_ticks:
        order.trailing_us = time_us


class OrderList(msgspec.Struct, gc=False):
    """Its orders have the ids from first_order_id on."""

    id: OrderListId
    account: AccountId
    instrument: InstrumentId
    type: OrderListType
    first_order_id: OrderId
    legs: int
    client_order_id: str  # "" if it has none
    placed_us: int
    changed_us: int
    changed_sequence: Sequence
    is_done: bool = False

    @property
    def order_ids(self) -> range:
        return range(self.first_order_id, self.first_order_id + self.legs)

    def is_pending(self, order_id: OrderId) -> bool:
        """That a leg waits, at first, for the working order to be filled."""
        return self.type is not OrderListType.OCO and order_id != self.first_order_id


def placed_list(event: e.OrderListPlaced) -> OrderList:
    return OrderList(
        event.order_list,
        event.account,
        event.instrument,
        event.list_type,
        event.first_order_id,
        event.leg_count,
        event.list_client_order_id,
        event.time_us,
        event.time_us,
        event.sequence,
    )
