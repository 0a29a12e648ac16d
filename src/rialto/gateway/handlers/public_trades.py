"""Everyone's trades: one by one and joined, the newest and those of long ago.

The newest are in memory. A page that goes further back is read from SQL, once SQL has all that
memory has let go.
"""

from collections.abc import Callable
from typing import TypeVar

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import public_trades, requests
from rialto.gateway.wire.errors import BAD_COMBINATION, Refused
from rialto.gateway.wire.public_trades import AggregateTrade, BlockTrade, PublicTrade
from rialto.market_data.newest import Item, Newest
from rialto.projections import market_queries
from rialto.projections.queries import Page

T = TypeVar("T", bound=Item)


async def trades(sources: Sources, caller: Caller, request: requests.Trades) -> list[PublicTrade]:
    instrument = sources.instrument(request.symbol)
    newest = sources.folds.market.trades(instrument.id).newest(request.limit)
    return [public_trades.trade(one, instrument, caller.time_divisor) for one in newest]


async def historical_trades(
    sources: Sources, caller: Caller, request: requests.HistoricalTrades
) -> list[PublicTrade]:
    """From an id on, or else the newest."""
    instrument = sources.instrument(request.symbol)
    found = await _page(
        sources,
        sources.folds.market.trades(instrument.id),
        Page(request.limit, request.from_id),
        lambda page: sources.queries.public_trades(instrument.id, page),
    )
    return [public_trades.trade(one, instrument, caller.time_divisor) for one in found]


async def historical_block_trades(
    sources: Sources, _: Caller, request: requests.HistoricalBlockTrades
) -> list[BlockTrade]:
    """Always empty: every trade of Rialto is made on the book."""
    sources.instrument(request.symbol)
    return []


async def aggregate_trades(
    sources: Sources, caller: Caller, request: requests.AggregateTrades
) -> list[AggregateTrade]:
    """The fills of one order at one price and time as one trade: from an id or a time on, or else
    the newest.
    """
    instrument = sources.instrument(request.symbol)
    start_us, end_us = request.start_time, request.end_time
    if request.from_id is not None and (start_us is not None or end_us is not None):
        raise Refused(BAD_COMBINATION)
    database = sources.queries.database
    found = await _page(
        sources,
        sources.folds.market.aggregate_trades(instrument.id),
        Page(request.limit, request.from_id, start_us, end_us),
        lambda page: market_queries.aggregate_trades(database, instrument.id, page),
    )
    return [public_trades.aggregate_trade(one, instrument, caller.time_divisor) for one in found]


async def _page(
    sources: Sources, newest: Newest[T], page: Page, read: Callable[[Page], list[T]]
) -> list[T]:
    found = newest.page(*page)
    if found is None:
        older = await sources.query(newest.reaches_back_to, lambda: read(page))
        found = newest.completed(older, *page)
    return found
