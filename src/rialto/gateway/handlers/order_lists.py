"""Order lists in: placed and canceled, each in one command of the machine."""

from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.commands import CommandHandler
from rialto.gateway.handlers.trading import canceled_orders, original_events
from rialto.gateway.sources import Sources
from rialto.gateway.wire import new_lists
from rialto.gateway.wire.answers import CanceledOrder, OrderAck
from rialto.gateway.wire.client_order_ids import list_named
from rialto.gateway.wire.errors import UNSUPPORTED_OPERATION, Refused
from rialto.gateway.wire.list_requests import CancelList, NewList, SorOrder
from rialto.gateway.wire.order_lists import CanceledList, PlacedList, canceled_list, placed_list
from rialto.gateway.wire.order_requests import ResponseType
from rialto.gateway.wire.orders import Placement, order_ack, order_result, placement_from
from rialto.gateway.wire.rejections import CANCEL_ERRORS, WIRE_ERRORS
from rialto.messages import events as e
from rialto.messages.commands import CancelOrderList, PlaceOrderList
from rialto.messages.ids import AccountId
from rialto.messages.instruments import Instrument
from rialto.projections.orders import OrderList, OrderStatus
from rialto.projections.orders import placed_list as list_of

CANCEL_NAMES = ("listClientOrderId", "orderListId")


class _Make(Protocol):
    def __call__(
        self, request: Any, instrument: Instrument, account: AccountId, *, id_reusable: bool
    ) -> PlaceOrderList: ...


def _command(make: _Make) -> Callable[[Sources, Caller, Any], PlaceOrderList]:
    def command(sources: Sources, caller: Caller, request: NewList) -> PlaceOrderList:
        instrument, key = sources.instrument(request.symbol), caller.key
        assert key is not None, "the table says that this endpoint is keyed"
        reusable = key.client_order_id_reusable
        return make(request, instrument, key.account, id_reusable=reusable)

    return command


def _placed(
    sources: Sources, caller: Caller, request: NewList, events: list[e.Event]
) -> PlacedList:
    first = events[0]
    if isinstance(first, e.OrderRepeated):  # a retry: it gets what the first one got
        events = original_events(sources, first)
        first = events[0]
    elif isinstance(first, e.CommandRejected):
        raise Refused(WIRE_ERRORS[first.rejection])
    assert isinstance(first, e.OrderListPlaced), f"an accepted list begins with {first}"
    instrument, divisor = sources.instrument(request.symbol), caller.time_divisor
    made = list_of(first)
    legs = [
        _leg(placement_from(events, n, instrument), made)
        for n, event in enumerate(events)
        if isinstance(event, e.OrderPlaced)
    ]
    made.is_done = not any(leg.order.is_open for leg in legs)
    ids = {leg.order.id: leg.order.client_order_id for leg in legs}
    reports = [_report(leg, request.new_order_resp_type, instrument, divisor) for leg in legs]
    return placed_list(made, instrument, ids, reports, divisor)


def _leg(leg: Placement, made: OrderList) -> Placement:
    order = leg.order
    order.order_list = made.id
    if made.is_pending(order.id):
        order.working_us = order.trailing_us = 0
        if order.is_open:
            order.status = OrderStatus.PENDING_NEW
    return leg


def _report(
    leg: Placement, kind: ResponseType | None, instrument: Instrument, divisor: int
) -> OrderAck:
    if kind is ResponseType.ACK:
        return order_ack(leg.order, instrument, divisor)
    return order_result(leg, instrument, divisor, full=kind is ResponseType.FULL)


place_old_oco = CommandHandler(_command(new_lists.place_old_oco), _placed)
place_oco = CommandHandler(_command(new_lists.place_oco), _placed)
place_oto = CommandHandler(_command(new_lists.place_oto), _placed)
place_otoco = CommandHandler(_command(new_lists.place_otoco), _placed)


async def cancel_list(sources: Sources, caller: Caller, request: CancelList) -> CanceledList:
    instrument = sources.instrument(request.symbol)
    list_id, client_order_id = list_named(
        request.order_list_id, request.list_client_order_id, CANCEL_NAMES
    )
    command = CancelOrderList(
        caller.account,
        instrument.id,
        list_id,
        client_order_id,
        request.new_client_order_id or "",
    )
    events = await sources.submit(caller, command)
    if isinstance(events[0], e.CommandRejected):
        raise Refused(CANCEL_ERRORS[events[0].rejection])
    reports = await canceled_orders(sources, instrument, events, caller.time_divisor)
    return await whole_list(sources, instrument, reports, caller.time_divisor)


async def whole_list(
    sources: Sources, instrument: Instrument, reports: list[CanceledOrder], divisor: int
) -> CanceledList:
    """The list whose last orders were canceled."""
    found = await sources.find_list(reports[0].order_list_id)
    assert found is not None, f"nothing is known of the list of {reports[0]}"
    ids = await sources.client_order_ids(found)
    return canceled_list(found, instrument, ids, reports, divisor)


async def refuse_sor(sources: Sources, _: Caller, request: SorOrder) -> NoReturn:
    """No two instruments here stand for the same: there is nothing to route between."""
    sources.instrument(request.symbol)
    raise Refused(UNSUPPORTED_OPERATION)
