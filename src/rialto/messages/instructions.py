"""Instructions: what an order asks for beside its price and quantity.

A plain order has none, and pays nothing for them. 0 stands for "not asked for" everywhere but in
strategy_id.
"""

import msgspec

from rialto.messages.orders import OrderType, PegPriceType, Side, TimeInForce

NO_STRATEGY = -(2**63)


class Instructions(msgspec.Struct, frozen=True, gc=False):
    stop_price_ticks: int = 0
    trailing_delta: int = 0  # basis points
    iceberg_lots: int = 0  # the visible part
    peg_price_type: PegPriceType = PegPriceType.NONE
    peg_offset: int = 0  # existing levels further from the touch, at most 100
    good_till_us: int = 0  # the order expires at this time
    strategy_id: int = NO_STRATEGY  # a label of the owner, as is strategy_type
    strategy_type: int = 0


class OrderLeg(msgspec.Struct, frozen=True, gc=False):
    """One order of an order list."""

    side: Side
    type: OrderType
    time_in_force: TimeInForce
    price_ticks: int
    quantity_lots: int  # 0 for the pending legs of OPO and OPOCO
    client_order_id: str = ""
    instructions: Instructions | None = None
