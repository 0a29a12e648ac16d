"""Amends: an order gets smaller and keeps its place in the queue."""

from msgspec import UNSET, structs

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire.amendments import amended_order
from rialto.gateway.wire.answers import AmendedListStatus, AmendedOrder
from rialto.gateway.wire.client_order_ids import chosen, shown
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.new_orders import amend_order as command_of
from rialto.gateway.wire.order_lists import amended_list
from rialto.gateway.wire.order_requests import AmendOrder as AmendRequest
from rialto.gateway.wire.rejections import AMEND_ERRORS
from rialto.messages import commands as c
from rialto.messages import events as e
from rialto.messages.instruments import Instrument
from rialto.projections.orders import Order

AMEND_WEIGHT = 4


async def amend_order(sources: Sources, caller: Caller, request: AmendRequest) -> AmendedOrder:
    """It weighs nothing if it ends the order."""
    instrument = sources.instrument(request.symbol)
    command = _keeping_its_id(sources, command_of(request, instrument, caller.account))
    before = _client_order_id(sources, command)
    events = await sources.submit(caller, command)
    first = events[0]
    if isinstance(first, e.CommandRejected):
        raise Refused(AMEND_ERRORS[first.rejection])
    assert isinstance(first, e.OrderAmended | e.OrderExpired), f"an amend led to {first}"
    if isinstance(first, e.OrderExpired):
        sources.weights.give_back(caller.address, AMEND_WEIGHT)
    order = await sources.find_order(first.order_id)
    assert order is not None, f"nothing is known of the amended order {first.order_id}"
    in_list = await _list_status(sources, order, instrument) if order.order_list else UNSET
    return amended_order(order, first, before, instrument, caller.time_divisor, in_list)


async def _list_status(sources: Sources, order: Order, instrument: Instrument) -> AmendedListStatus:
    found = await sources.find_list(order.order_list)
    assert found is not None, f"nothing is known of the list of order {order.id}"
    return amended_list(found, instrument, await sources.client_order_ids(found))


def _keeping_its_id(sources: Sources, command: c.AmendOrder) -> c.AmendOrder:
    """An order without an id of its own goes on without one if it is to keep what is shown."""
    new = command.new_client_order_id
    order = sources.folds.orders.find(command.order_id)
    has_none = order is not None and not order.client_order_id
    if has_none and new == shown(command.order_id, ""):
        return structs.replace(command, new_client_order_id="")
    chosen("newClientOrderId", new)
    return command


def _client_order_id(sources: Sources, command: c.AmendOrder) -> str:
    """That of the order before the amend, as far as an order is found."""
    if command.client_order_id:
        return command.client_order_id
    order = sources.folds.orders.find(command.order_id)
    return "" if order is None else order.client_order_id
