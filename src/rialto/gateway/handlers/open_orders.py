"""All open orders of an instrument, canceled at once; those of a list together."""

from itertools import groupby

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.order_lists import whole_list
from rialto.gateway.handlers.trading import canceled_orders
from rialto.gateway.sources import Sources
from rialto.gateway.wire.answers import CanceledOrder
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.order_lists import CanceledList
from rialto.gateway.wire.orders import NO_ORDER_LIST
from rialto.gateway.wire.rejections import CANCEL_ERRORS
from rialto.gateway.wire.requests import OneSymbol
from rialto.messages import events as e
from rialto.messages.commands import CancelAllOrders


async def cancel_all(
    sources: Sources, caller: Caller, request: OneSymbol
) -> list[CanceledOrder | CanceledList]:
    instrument = sources.instrument(request.symbol)
    events = await sources.submit(caller, CancelAllOrders(caller.account, instrument.id))
    if isinstance(events[0], e.CommandRejected):
        raise Refused(CANCEL_ERRORS[events[0].rejection])
    divisor = caller.time_divisor
    answers: list[CanceledOrder | CanceledList] = []
    canceled = await canceled_orders(sources, instrument, events, divisor)
    for list_id, orders in groupby(canceled, lambda order: order.order_list_id):
        if list_id == NO_ORDER_LIST:
            answers += orders
        else:
            answers.append(await whole_list(sources, instrument, list(orders), divisor))
    return answers
