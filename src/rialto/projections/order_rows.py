"""Orders and order lists as rows of their tables, and back. Amounts are text on the way in."""

from typing import Any

import msgspec
import sqlalchemy as sa

from rialto.messages.instructions import Instructions
from rialto.messages.orders import (
    ExpiryReason,
    OrderListType,
    OrderType,
    PegPriceType,
    Side,
    StpMode,
    TimeInForce,
)
from rialto.projections.order_tables import ORDER_INSTRUCTIONS
from rialto.projections.orders import Order, OrderList, OrderStatus
from rialto.projections.statements import Row
from rialto.projections.tables import ORDERS

ORDER_CHANGES = (
    "changed_us",
    "changed_sequence",
    "status",
    "executed_lots",
    "executed_quote",
    "prevented_lots",
    "prevented_match_id",
    "expiry_reason",
)
# Both columns change by an amend only; the second is in an index, so it is left alone else.
ORDER_AMENDS = ("quantity_lots", "client_order_id")
# And these when an order that waited begins to work.
ORDER_STARTS = ("quantity_lots", "working_us")


def order_row(order: Order) -> Row:
    return (
        order.id,
        order.account,
        order.instrument,
        order.side,
        order.type,
        order.time_in_force,
        order.stp,
        order.price_ticks,
        order.quantity_lots,
        str(order.quote_amount),
        order.client_order_id,
        order.placed_us,
        order.working_us,
        *order_changes(order)[:-1],
        order.order_list,
    )


def order_changes(order: Order) -> Row:
    """ORDER_CHANGES and the key."""
    return (
        order.changed_us,
        order.changed_sequence,
        order.status,
        order.executed_lots,
        str(order.executed_quote),
        order.prevented_lots,
        order.prevented_match_id,
        order.expiry_reason,
        order.id,
    )


def order_amends(order: Order) -> Row:
    """ORDER_AMENDS and the key."""
    return order.quantity_lots, order.client_order_id, order.id


def order_starts(order: Order) -> Row:
    """ORDER_STARTS and the key."""
    return order.quantity_lots, order.working_us, order.id


def instructions_row(order: Order) -> Row:
    """Of an order that has some."""
    assert order.instructions is not None, f"order {order.id} has no instructions"
    wants = order.instructions
    return (
        order.id,
        order.pegged_ticks,
        order.trailing_us,
        wants.stop_price_ticks,
        wants.trailing_delta,
        wants.iceberg_lots,
        wants.peg_price_type,
        wants.peg_offset,
        str(wants.good_till_us),
        wants.strategy_id,
        wants.strategy_type,
    )


def order_of(row: sa.Row[Any]) -> Order:
    """A row of WITH_INSTRUCTIONS."""
    values: list[Any] = list(row)
    order = Order(*values[:_ORDER_COLUMNS])
    order.side, order.type = Side(order.side), OrderType(order.type)
    order.time_in_force, order.stp = TimeInForce(order.time_in_force), StpMode(order.stp)
    order.status = OrderStatus(order.status)
    if order.expiry_reason is not None:
        order.expiry_reason = ExpiryReason(order.expiry_reason)
    if values[_ORDER_COLUMNS] is not None:
        order.pegged_ticks, order.trailing_us = values[_STATE]
        wants = Instructions(*values[_INSTRUCTIONS])
        peg = PegPriceType(wants.peg_price_type)
        order.instructions = msgspec.structs.replace(wants, peg_price_type=peg)
    return order


def list_row(each: OrderList) -> Row:
    return msgspec.structs.astuple(each)


def list_of(row: sa.Row[Any]) -> OrderList:
    values: list[Any] = list(row)
    found = OrderList(*values)
    found.type = OrderListType(found.type)
    return found


_ORDER_COLUMNS = len(ORDERS.columns)
_STATE = slice(_ORDER_COLUMNS + 1, _ORDER_COLUMNS + 3)  # after the key
_INSTRUCTIONS = slice(_ORDER_COLUMNS + 3, None)
WITH_INSTRUCTIONS = sa.select(ORDERS, ORDER_INSTRUCTIONS).outerjoin(
    ORDER_INSTRUCTIONS, ORDER_INSTRUCTIONS.c.order_id == ORDERS.c.id
)
