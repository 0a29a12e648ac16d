"""What everyone may see of one instrument: book, klines, average price, reference price."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.symbols import with_status
from rialto.gateway.sources import Sources
from rialto.gateway.wire import market, requests
from rialto.market_data.intervals import KlineRequest
from rialto.messages.klines import Kline
from rialto.projections.market_queries import kept_klines


async def depth(sources: Sources, _: Caller, request: requests.Depth) -> market.Depth:
    instrument = with_status(sources.instrument(request.symbol), request.symbol_status)
    return market.depth(sources.folds.market.depth(instrument.id), instrument, request.limit)


async def klines(
    sources: Sources, caller: Caller, request: requests.Klines
) -> list[market.KlineRow]:
    instrument = sources.instrument(request.symbol)
    interval = request.interval
    wanted = KlineRequest(
        interval, request.limit, request.start_time, request.end_time, request.time_zone
    )
    answer = sources.folds.market.klines(instrument.id, wanted, caller.received_us)
    older: list[Kline] = []
    if (missing := answer.missing) is not None:
        older = await sources.query(
            missing.sequence,
            lambda: kept_klines(sources.queries.database, instrument.id, missing.span),
        )
    return [
        market.kline_row(
            kline,
            interval.step(kline.open_us, 1, wanted.offset_us),
            instrument,
            caller.time_divisor,
        )
        for kline in answer.klines(older)
    ]


async def ui_klines(
    sources: Sources, caller: Caller, request: requests.Klines
) -> list[market.KlineRow]:
    """The same as klines: nothing is smoothed for the eye."""
    return await klines(sources, caller, request)


async def average_price(
    sources: Sources, caller: Caller, request: requests.OneSymbol
) -> market.AveragePrice:
    """Weighted by volume; without trades in these minutes the last price, before the first trade
    0.00000000 at time 0.
    """
    instrument = sources.instrument(request.symbol)
    average = sources.folds.market.average_price(instrument.id, caller.received_us)
    return market.average_price(average, instrument, caller.time_divisor)
