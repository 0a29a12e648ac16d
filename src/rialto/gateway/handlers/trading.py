"""Orders in and out: each handler submits a command and answers from its events."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.commands import CommandHandler
from rialto.gateway.sources import Sources
from rialto.gateway.wire import order_requests, requests
from rialto.gateway.wire.answers import (
    CanceledOrder,
    CommissionForOrder,
    Nothing,
    OrderAck,
    OrderResult,
)
from rialto.gateway.wire.client_order_ids import derived_from
from rialto.gateway.wire.errors import EITHER_PARAMETER, Refused
from rialto.gateway.wire.filters import static_rejection
from rialto.gateway.wire.new_orders import place_order as command_of
from rialto.gateway.wire.order_requests import OrderTypeName, ResponseType
from rialto.gateway.wire.orders import (
    canceled_order,
    commission_rates,
    order_ack,
    order_result,
    placement,
)
from rialto.gateway.wire.rejections import CANCEL_ERRORS, WIRE_ERRORS
from rialto.messages import events as e
from rialto.messages.commands import ANY_ORDER, CancelAllOrders, CancelOrder, PlaceOrder
from rialto.messages.ids import OrderId
from rialto.messages.instruments import Instrument
from rialto.messages.rejections import Rejection

_FULL_BY_DEFAULT = (OrderTypeName.LIMIT, OrderTypeName.MARKET)


def _order_command(
    sources: Sources, caller: Caller, request: order_requests.NewOrder
) -> PlaceOrder:
    instrument = sources.instrument(request.symbol)
    key = caller.key
    assert key is not None, "the table says that this endpoint is keyed"
    return command_of(request, instrument, key.account, id_reusable=key.client_order_id_reusable)


def _order_answer(
    sources: Sources, caller: Caller, request: order_requests.NewOrder, events: list[e.Event]
) -> OrderAck | OrderResult:
    first = events[0]
    if isinstance(first, e.OrderRepeated):  # a retry: it gets what the first one got
        events = sources.engine.events_of(first.original_sequence)
        first = events[0]
    if isinstance(first, e.OrderRejected | e.CommandRejected):
        raise Refused(WIRE_ERRORS[first.rejection])
    return _placed(request, events, sources.instrument(request.symbol), caller.time_divisor)


place_order = CommandHandler(_order_command, _order_answer)


def _placed(
    request: order_requests.NewOrder, events: list[e.Event], instrument: Instrument, divisor: int
) -> OrderAck | OrderResult:
    kind = request.new_order_resp_type
    if kind is None:
        kind = ResponseType.FULL if request.type in _FULL_BY_DEFAULT else ResponseType.ACK
    made = placement(events, instrument)
    if kind is ResponseType.ACK:
        return order_ack(made.order, instrument, divisor)
    return order_result(made, instrument, divisor, full=kind is ResponseType.FULL)


async def cancel_order(
    sources: Sources, caller: Caller, request: order_requests.CancelOrder
) -> CanceledOrder:
    instrument = sources.instrument(request.symbol)
    order_id, client_order_id = _order_named(request.order_id, request.orig_client_order_id)
    command = CancelOrder(
        caller.account,
        instrument.id,
        order_id,
        request.cancel_restrictions,
        client_order_id,
        request.new_client_order_id or "",
    )
    events = await sources.submit(caller, command)
    return (await _canceled(sources, instrument, events, caller.time_divisor))[0]


async def cancel_open_orders(
    sources: Sources, caller: Caller, request: requests.OneSymbol
) -> list[CanceledOrder]:
    instrument = sources.instrument(request.symbol)
    events = await sources.submit(caller, CancelAllOrders(caller.account, instrument.id))
    return await _canceled(sources, instrument, events, caller.time_divisor)


async def _canceled(
    sources: Sources, instrument: Instrument, events: list[e.Event], divisor: int
) -> list[CanceledOrder]:
    answers = []
    for event in events:
        if isinstance(event, e.CommandRejected):
            raise Refused(CANCEL_ERRORS[event.rejection])
        assert isinstance(event, e.OrderCanceled), f"a cancel led to {event}"
        order = await sources.find_order(event.order_id)
        assert order is not None, f"nothing is known of the canceled order {event.order_id}"
        answers.append(canceled_order(order, event, instrument, divisor))
    return answers


async def try_order(
    sources: Sources, caller: Caller, request: order_requests.TestOrder
) -> CommissionForOrder | Nothing:
    """Every check that needs neither book nor balance; nothing reaches the machine."""
    instrument = sources.instrument(request.symbol)
    command = command_of(request, instrument, caller.account, id_reusable=False)
    rejection = static_rejection(command, instrument)
    if rejection is not None:
        raise Refused(WIRE_ERRORS[rejection])
    if not request.compute_commission_rates:
        return Nothing()
    maker_ppm, taker_ppm = sources.folds.catalog.commission_ppm(instrument.id, caller.account)
    return commission_rates(maker_ppm, taker_ppm)


def _order_named(order_id: int | None, client_order_id: str | None) -> tuple[OrderId, str]:
    """(order id, client order id) for the machine, which knows nothing of ids made up for show."""
    if order_id is None and client_order_id is None:
        raise Refused(EITHER_PARAMETER, "origClientOrderId", "orderId")
    derived = derived_from(client_order_id) if client_order_id else None
    if derived is None:
        return OrderId(order_id or ANY_ORDER), client_order_id or ""
    if order_id is not None and derived != order_id:
        raise Refused(CANCEL_ERRORS[Rejection.CLIENT_ORDER_ID_MISMATCH])
    return derived, ""
