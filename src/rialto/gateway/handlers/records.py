"""What happened to an account's orders beside trades: amends, prevented matches, allocations."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.account import check_span
from rialto.gateway.sources import Sources
from rialto.gateway.wire.account import (
    NO_TRADE_GROUP,
    AccountAllocation,
    AccountPreventedMatch,
    prevented_match,
)
from rialto.gateway.wire.account_requests import Allocations, Amendments, PreventedMatches
from rialto.gateway.wire.amendments import amendment
from rialto.gateway.wire.answers import Amendment
from rialto.gateway.wire.errors import BAD_COMBINATION, Refused
from rialto.gateway.wire.execution_ids import place_of
from rialto.messages.ids import OrderId, PreventedMatchId
from rialto.projections.order_records import OrderRecords
from rialto.projections.queries import Page

PREVENTED_MATCHES = 500


async def amendments(sources: Sources, caller: Caller, request: Amendments) -> list[Amendment]:
    instrument = sources.instrument(request.symbol)
    records, order_id = OrderRecords(sources.queries.database), OrderId(request.order_id)
    start = place_of(request.from_execution_id or 0)
    found = await sources.query(
        sources.engine.sequence,
        lambda: records.amendments(caller.account, instrument.id, order_id, start, request.limit),
    )
    return [amendment(each, instrument, caller.time_divisor) for each in found]


async def prevented_matches(
    sources: Sources, caller: Caller, request: PreventedMatches
) -> list[AccountPreventedMatch]:
    """One by its id, or those of an order."""
    instrument = sources.instrument(request.symbol)
    records, account = OrderRecords(sources.queries.database), caller.account
    id_, order_id = request.prevented_match_id, request.order_id
    of_order = (order_id, request.from_prevented_match_id, request.limit)
    if (id_ is None) == (order_id is None) or (id_ is not None and any(of_order)):
        raise Refused(BAD_COMBINATION)
    page = Page(request.limit or PREVENTED_MATCHES, request.from_prevented_match_id)
    found = await sources.query(
        sources.engine.sequence,
        (lambda: records.prevented_match(account, instrument.id, PreventedMatchId(id_)))
        if id_ is not None
        else lambda: records.prevented_matches(
            account, instrument.id, OrderId(order_id or 0), page
        ),
    )
    group = sources.folds.catalog.trade_groups.get(account, NO_TRADE_GROUP)
    return [prevented_match(each, instrument, caller.time_divisor, group) for each in found]


async def allocations(sources: Sources, _: Caller, request: Allocations) -> list[AccountAllocation]:
    """There are none: orders are not routed to other books."""
    sources.instrument(request.symbol)
    by_time = request.start_time is not None or request.end_time is not None
    if by_time and (request.order_id is not None or request.from_allocation_id is not None):
        raise Refused(BAD_COMBINATION)
    check_span(request.start_time, request.end_time)
    return []
