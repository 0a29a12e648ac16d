"""Order lists out: one, all, and the open ones."""

from collections.abc import Callable, Iterable

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.account import check_span
from rialto.gateway.sources import Sources
from rialto.gateway.wire.client_order_ids import list_named
from rialto.gateway.wire.errors import BAD_COMBINATION, NO_SUCH_ORDER_LIST, Refused
from rialto.gateway.wire.list_requests import AllLists, FindList
from rialto.gateway.wire.order_lists import OrderListState, list_state
from rialto.gateway.wire.requests import Nothing
from rialto.messages.ids import AccountId, OrderId, OrderListId
from rialto.projections.list_queries import ListQueries
from rialto.projections.orders import OrderList
from rialto.projections.queries import Page

NAMES = ("origClientOrderId", "orderListId")


async def order_list(sources: Sources, caller: Caller, request: FindList) -> OrderListState:
    """By order list id, and then the client order id must be right too; or by that alone."""
    named = list_named(request.order_list_id, request.orig_client_order_id, NAMES)
    found = await _states(sources, caller, lambda queries: _find(queries, caller.account, *named))
    if not found:
        raise Refused(NO_SUCH_ORDER_LIST)
    return found[0]


def _find(
    queries: ListQueries, account: AccountId, list_id: OrderListId, client_order_id: str
) -> list[OrderList]:
    if list_id:
        found = queries.find(list_id)
    else:
        found = queries.find_by_client_order_id(account, client_order_id)
    is_other = found is not None and (
        found.account != account or client_order_id not in ("", found.client_order_id)
    )
    return [] if found is None or is_other else [found]


async def all_order_lists(
    sources: Sources, caller: Caller, request: AllLists
) -> list[OrderListState]:
    by_time = request.start_time is not None or request.end_time is not None
    if by_time and request.from_id is not None:
        raise Refused(BAD_COMBINATION)
    check_span(request.start_time, request.end_time)
    page = Page(request.limit, request.from_id, request.start_time, request.end_time)
    return await _states(sources, caller, lambda queries: queries.lists(caller.account, page))


async def open_order_lists(sources: Sources, caller: Caller, _: Nothing) -> list[OrderListState]:
    found = sources.folds.orders.lists.open_lists(caller.account)
    return await _states(sources, caller, lambda _: found)


async def _states(
    sources: Sources, caller: Caller, ask: Callable[[ListQueries], Iterable[OrderList]]
) -> list[OrderListState]:
    queries = ListQueries(sources.queries.database)

    def both() -> tuple[list[OrderList], dict[OrderId, str]]:
        found = list(ask(queries))
        order_ids = (order_id for each in found for order_id in each.order_ids)
        return found, queries.client_order_ids(order_ids)

    found, ids = await sources.query(sources.engine.sequence, both)
    instruments = sources.folds.catalog.instruments
    return [
        list_state(each, instruments[each.instrument], ids, caller.time_divisor) for each in found
    ]
