"""Amends as answers: the order as an amend left it, and the amends an order has had."""

from msgspec import UNSET, UnsetType

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import AmendedListStatus, AmendedOrder, AmendedState, Amendment
from rialto.gateway.wire.client_order_ids import shown
from rialto.gateway.wire.execution_ids import execution_id, execution_id_of
from rialto.gateway.wire.orders import NO_ORDER_LIST
from rialto.messages import events as e
from rialto.messages.instruments import Instrument
from rialto.projections import order_records
from rialto.projections.orders import Order


def amended_order(
    order: Order,
    event: e.OrderAmended | e.OrderExpired,
    client_order_id_before: str,
    instrument: Instrument,
    divisor: int,
    list_status: AmendedListStatus | UnsetType = UNSET,
) -> AmendedOrder:
    """What the event says of the order comes first: later amends may be in its record by now. An
    amend to no more than was executed ends the order, and changes neither its quantity nor its id.
    """
    client_order_id, quantity_lots = order.client_order_id, order.quantity_lots
    if isinstance(event, e.OrderAmended):
        client_order_id, quantity_lots = event.client_order_id, event.quantity_lots
    state = AmendedState(
        instrument.symbol,
        order.id,
        order.order_list or NO_ORDER_LIST,
        shown(order.id, client_order_id_before),
        shown(order.id, client_order_id),
        decimals.price(order.price_ticks, instrument),
        decimals.quantity(quantity_lots, instrument),
        decimals.quantity(order.executed_lots, instrument),
        decimals.quantity(order.prevented_lots, instrument),
        decimals.amount(order.quote_amount, instrument.quote),
        decimals.amount(order.executed_quote, instrument.quote),
        order.status.name,
        order.time_in_force.name,
        order.type.name,
        order.side.name,
        order.stp.name,
        order.working_us // divisor if order.is_working else UNSET,
    )
    return AmendedOrder(event.time_us // divisor, execution_id(event), state, list_status)


def amendment(found: order_records.Amendment, instrument: Instrument, divisor: int) -> Amendment:
    return Amendment(
        instrument.symbol,
        found.order_id,
        execution_id_of(found.sequence, found.event_index),
        shown(found.order_id, found.client_order_id_before),
        shown(found.order_id, found.client_order_id),
        decimals.quantity(found.old_quantity_lots, instrument),
        decimals.quantity(found.quantity_lots, instrument),
        found.time_us // divisor,
    )
