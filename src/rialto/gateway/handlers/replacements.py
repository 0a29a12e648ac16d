"""Cancel-replace: one order goes and another comes, in one command of the machine.

What is wrong with the new order by itself is found before the old one is touched, and refused as
an ordinary order is.
"""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.trading import canceled_orders, original_events, placed
from rialto.gateway.sources import Sources
from rialto.gateway.wire.answers import (
    CanceledOrder,
    Failure,
    OrderAck,
    ReplacedOrder,
    ReplaceParts,
)
from rialto.gateway.wire.errors import (
    NOT_REPLACED,
    OUTCOME_UNKNOWN,
    REPLACED_IN_PART,
    Refused,
    WireError,
)
from rialto.gateway.wire.new_orders import replace_order as command_of
from rialto.gateway.wire.order_requests import OverLimit
from rialto.gateway.wire.order_requests import ReplaceOrder as ReplaceRequest
from rialto.gateway.wire.rejections import CANCEL_ERRORS, WIRE_ERRORS
from rialto.messages import events as e
from rialto.messages.commands import ANY_ORDER, CancelOrder, ReplaceOrder
from rialto.messages.instruments import Instrument
from rialto.messages.orders import ReplaceMode
from rialto.messages.rejections import Rejection

SUCCESS, FAILURE, NOT_ATTEMPTED = "SUCCESS", "FAILURE", "NOT_ATTEMPTED"
PARTLY_STATUS, FAILED_STATUS = 409, 400
OldPart = CanceledOrder | Failure
NewPart = OrderAck | Failure | None


async def replace_order(sources: Sources, caller: Caller, request: ReplaceRequest) -> ReplacedOrder:
    """The new order counts, whatever becomes of it once the old one was looked for."""
    instrument = sources.instrument(request.symbol)
    key = caller.key
    assert key is not None, "the table says that this endpoint is keyed"
    command = command_of(request, instrument, key.account, id_reusable=key.client_order_id_reusable)
    try:
        sources.weights.charge_orders(caller.account, 1, caller.received_us)
    except Refused as over_limit:
        if request.order_rate_limit_exceeded_mode is OverLimit.DO_NOTHING:
            raise
        raise await _only_cancel(sources, caller, command, over_limit) from None
    return await _replace(sources, caller, request, command)


async def _replace(
    sources: Sources, caller: Caller, request: ReplaceRequest, command: ReplaceOrder
) -> ReplacedOrder:
    instrument = sources.instrument(request.symbol)
    try:
        events = await sources.submit(caller, command)
        if isinstance(events[0], e.OrderRejected):
            raise Refused(WIRE_ERRORS[events[0].rejection])
    except Refused as refused:
        if refused.code not in OUTCOME_UNKNOWN:
            sources.weights.give_back_orders(caller.account, 1)
        raise
    if isinstance(events[0], e.OrderRepeated):
        events = _replacement(original_events(sources, events[0]), command)
    new: NewPart = None
    for event in events:
        if isinstance(event, e.OrderPlaced):
            new = placed(sources, request, events, caller.time_divisor)
            break
        if isinstance(event, e.OrderRejected):
            new = _failure(WIRE_ERRORS[event.rejection])
            break
    return _answer(await _canceled(sources, instrument, events, caller.time_divisor), new)


def _replacement(events: list[e.Event], command: ReplaceOrder) -> list[e.Event]:
    """Of an order sent before: Refused if that was not to replace the order named now."""
    old = _old_event(events)
    if old is not None and command.cancel_order_id in (ANY_ORDER, old.order_id):
        return events
    raise Refused(WIRE_ERRORS[Rejection.DUPLICATE_CLIENT_ORDER_ID])


async def _only_cancel(
    sources: Sources, caller: Caller, command: ReplaceOrder, over_limit: Refused
) -> Refused:
    """The account has sent too many orders, and wants the old one gone all the same."""
    cancel = CancelOrder(
        command.account,
        command.instrument,
        command.cancel_order_id,
        command.restriction,
        command.canceled_client_order_id,
        command.cancel_client_order_id,
    )
    instrument = sources.folds.catalog.instruments[command.instrument]
    events = await sources.submit(caller, cancel)
    old = await _canceled(sources, instrument, events, caller.time_divisor)
    stops = command.mode is ReplaceMode.STOP_ON_FAILURE
    is_tried = not stops or isinstance(old, CanceledOrder)
    new = Failure(over_limit.code, over_limit.message) if is_tried else None
    return _refused(old, new, over_limit if stops else None)


async def _canceled(
    sources: Sources, instrument: Instrument, events: list[e.Event], divisor: int
) -> OldPart:
    old = _old_event(events)
    assert old is not None, f"no order was canceled by {events}"
    if isinstance(old, e.CommandRejected):
        return _failure(CANCEL_ERRORS[old.rejection])
    return (await canceled_orders(sources, instrument, [old], divisor))[0]


def _old_event(events: list[e.Event]) -> e.OrderCanceled | e.CommandRejected | None:
    """What became of the old order. The rest of its list follows; proceeds may go before."""
    for event in events:
        if isinstance(event, e.OrderCanceled | e.CommandRejected):
            return event
    return None


def _answer(old: OldPart, new: NewPart) -> ReplacedOrder:
    """Refused unless both parts were done."""
    if isinstance(old, CanceledOrder) and isinstance(new, OrderAck):
        return ReplacedOrder(SUCCESS, SUCCESS, old, new)
    raise _refused(old, new)


def _refused(old: OldPart, new: NewPart, over_limit: Refused | None = None) -> Refused:
    is_part = isinstance(old, CanceledOrder) or isinstance(new, OrderAck)
    error, status = (REPLACED_IN_PART, PARTLY_STATUS) if is_part else (NOT_REPLACED, FAILED_STATUS)
    return Refused(
        error,
        status=status if over_limit is None else over_limit.status,
        retry_after_seconds=None if over_limit is None else over_limit.retry_after_seconds,
        data=ReplaceParts(_result(old), _result(new), old, new),
    )


def _result(part: OldPart | NewPart) -> str:
    if part is None:
        return NOT_ATTEMPTED
    return FAILURE if isinstance(part, Failure) else SUCCESS


def _failure(error: WireError) -> Failure:
    return Failure(error.code, error.text)
