"""Orders in and out: each handler submits a command and answers from its events."""

import msgspec

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.commands import CommandHandler
from rialto.gateway.risk_limits import check_values
from rialto.gateway.sources import Sources
from rialto.gateway.wire.answers import (
    CanceledOrder,
    CommissionForOrder,
    Nothing,
    OrderAck,
    OrderResult,
)
from rialto.gateway.wire.client_order_ids import order_named
from rialto.gateway.wire.commissions import commission_rates
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.new_orders import place_order as command_of
from rialto.gateway.wire.order_requests import CancelOrder as CancelRequest
from rialto.gateway.wire.order_requests import NewOrder, ResponseType, TestOrder
from rialto.gateway.wire.orders import (
    canceled_order,
    order_ack,
    order_result,
    placement,
)
from rialto.gateway.wire.rejections import CANCEL_ERRORS, WIRE_ERRORS
from rialto.gateway.wire.static_checks import static_rejection
from rialto.messages import events as e
from rialto.messages.commands import CancelOrder, PlaceOrder
from rialto.messages.instruments import Instrument
from rialto.messages.orders import OrderType

REJECTIONS = (e.OrderRejected, e.CommandRejected)
_FULL_BY_DEFAULT = (OrderType.LIMIT, OrderType.MARKET)


def _order_command(sources: Sources, caller: Caller, request: NewOrder) -> PlaceOrder:
    instrument = sources.instrument(request.symbol)
    key = caller.key
    assert key is not None, "the table says that this endpoint is keyed"
    return command_of(request, instrument, key.account, id_reusable=key.client_order_id_reusable)


def _order_answer(
    sources: Sources, caller: Caller, request: NewOrder, events: list[e.Event]
) -> OrderAck | OrderResult:
    first = events[0]
    if isinstance(first, e.OrderRepeated):  # a retry: it gets what the first one got
        events = original_events(sources, first)
    elif isinstance(first, REJECTIONS):
        raise Refused(WIRE_ERRORS[first.rejection])
    return placed(sources, request, events, caller.time_divisor)


place_order = CommandHandler(_order_command, _order_answer)


def original_events(sources: Sources, repeated: e.OrderRepeated) -> list[e.Event]:
    """Of the command that placed the order; a cancel-replace has canceled another one before."""
    return sources.engine.events_of(repeated.original_sequence)


def placed(
    sources: Sources, request: NewOrder, events: list[e.Event], divisor: int
) -> OrderAck | OrderResult:
    """The answer to an accepted order, from all events of its command."""
    instrument = sources.instrument(request.symbol)
    kind = request.new_order_resp_type
    if kind is None:
        kind = ResponseType.FULL if request.type in _FULL_BY_DEFAULT else ResponseType.ACK
    made = placement(events, instrument)
    if kind is ResponseType.ACK:
        return order_ack(made.order, instrument, divisor)
    result = order_result(made, instrument, divisor, full=kind is ResponseType.FULL)
    if made.prevented and (group := sources.folds.catalog.trade_groups.get(made.order.account)):
        return msgspec.structs.replace(result, trade_group_id=group)
    return result


def _cancel_command(sources: Sources, caller: Caller, request: CancelRequest) -> CancelOrder:
    instrument = sources.instrument(request.symbol)
    order_id, client_order_id = order_named(request.order_id, request.orig_client_order_id)
    return CancelOrder(
        caller.account,
        instrument.id,
        order_id,
        request.cancel_restrictions,
        client_order_id,
        request.new_client_order_id or "",
    )


def _cancel_answer(
    sources: Sources, caller: Caller, request: CancelRequest, events: list[e.Event]
) -> CanceledOrder:
    first = events[0]  # of the order that was named; the others of its list come after it
    if isinstance(first, e.CommandRejected):
        raise Refused(CANCEL_ERRORS[first.rejection])
    assert isinstance(first, e.OrderCanceled), f"a cancel led to {first}"
    order = sources.folds.orders.find(first.order_id)
    assert order is not None, "an order that was canceled a moment ago is in memory"
    return canceled_order(order, first, sources.instrument(request.symbol), caller.time_divisor)


cancel_order = CommandHandler(_cancel_command, _cancel_answer)


async def canceled_orders(
    sources: Sources, instrument: Instrument, events: list[e.Event], divisor: int
) -> list[CanceledOrder]:
    """Of a cancel's events: the order that was named first, then the others of its list."""
    answers = []
    for event in events:
        if isinstance(event, e.OrderCanceled):
            order = await sources.find_order(event.order_id)
            assert order is not None, f"nothing is known of the canceled order {event.order_id}"
            answers.append(canceled_order(order, event, instrument, divisor))
    return answers


async def try_order(
    sources: Sources, caller: Caller, request: TestOrder
) -> CommissionForOrder | Nothing:
    """Every check that needs neither book nor balance; nothing reaches the machine."""
    instrument = sources.instrument(request.symbol)
    command = command_of(request, instrument, caller.account, id_reusable=False)
    asset_limits = sources.folds.catalog.asset_limits
    rejection = static_rejection(command, instrument, asset_limits, caller.received_us)
    if rejection is not None:
        raise Refused(WIRE_ERRORS[rejection])
    if caller.key is not None and caller.key.limits.holds_orders:
        check_values(caller.key, command, sources.folds)
    if not request.compute_commission_rates:
        return Nothing()
    maker_ppm, taker_ppm = sources.folds.catalog.commission_ppm(instrument.id, caller.account)
    return commission_rates(maker_ppm, taker_ppm)
