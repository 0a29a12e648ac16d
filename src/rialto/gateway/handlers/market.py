"""What everyone may see: the book, trades, klines and tickers."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.gateway.wire import market, requests
from rialto.gateway.wire.errors import (
    BAD_COMBINATION,
    INVALID_INTERVAL,
    STATUS_DOES_NOT_MATCH,
    Refused,
)
from rialto.gateway.wire.requests import SymbolStatus, TickerType
from rialto.gateway.wire.time_zones import offset_us
from rialto.market_data.intervals import INTERVALS, KlineRequest
from rialto.messages.instruments import Instrument
from rialto.messages.orders import InstrumentStatus

T = TypeVar("T")
Day = market.FullTicker | market.MiniTicker


async def depth(sources: Sources, _: Caller, request: requests.Depth) -> market.Depth:
    instrument = sources.instrument(request.symbol)
    _check_status(instrument, request.symbol_status)
    return market.depth(sources.folds.market.depth(instrument.id), instrument, request.limit)


async def trades(
    sources: Sources, caller: Caller, request: requests.Trades
) -> list[market.PublicTrade]:
    instrument = sources.instrument(request.symbol)
    newest = sources.folds.market.trades(instrument.id).newest(request.limit)
    return [market.public_trade(trade, instrument, caller.time_divisor) for trade in newest]


async def klines(
    sources: Sources, caller: Caller, request: requests.Klines
) -> list[market.KlineRow]:
    instrument = sources.instrument(request.symbol)
    interval = INTERVALS.get(request.interval)
    if interval is None:
        raise Refused(INVALID_INTERVAL)
    wanted = KlineRequest(
        interval,
        request.limit,
        request.start_time,
        request.end_time,
        offset_us(request.time_zone),
    )
    folds, now_us = sources.folds.market, caller.received_us
    span = folds.klines_missing(instrument.id, wanted, now_us)
    older = None
    if span is not None:
        older = await sources.query(
            0,  # what memory has let go, SQL has long had
            lambda: sources.queries.klines(instrument.id, *span),
        )
    found = folds.klines(instrument.id, wanted, now_us, older)
    return [
        market.kline_row(
            kline,
            interval.step(kline.open_us, 1, wanted.offset_us),
            instrument,
            caller.time_divisor,
        )
        for kline in found
    ]


async def ticker_price(
    sources: Sources, _: Caller, request: requests.Prices
) -> market.Price | list[market.Price]:
    """0.00000000 before the first trade."""

    def price(instrument: Instrument) -> market.Price:
        return market.price(sources.folds.market.last_trade(instrument.id), instrument)

    return _each(sources, request, price)


async def ticker_book(
    sources: Sources, _: Caller, request: requests.Prices
) -> market.BookTicker | list[market.BookTicker]:
    def best(instrument: Instrument) -> market.BookTicker:
        return market.book_ticker(sources.folds.market.depth(instrument.id), instrument)

    return _each(sources, request, best)


async def ticker_24hr(
    sources: Sources, caller: Caller, request: requests.Ticker
) -> Day | list[Day]:
    folds = sources.folds.market

    def day(instrument: Instrument) -> Day:
        ticker = folds.ticker24h(instrument.id, caller.received_us)
        mini = market.mini_ticker(ticker, instrument, caller.time_divisor)
        if request.type is TickerType.MINI:
            return mini
        return market.full_ticker(ticker, mini, folds.depth(instrument.id), instrument)

    return _each(sources, request, day)


def _each(
    sources: Sources, request: requests.Prices, show: Callable[[Instrument], T]
) -> T | list[T]:
    """One thing for `symbol`, a list for `symbols` or for all that there are."""
    if request.symbol is not None:
        if request.symbols is not None:
            raise Refused(BAD_COMBINATION)
        instrument = sources.instrument(request.symbol)
        _check_status(instrument, request.symbol_status)
        return show(instrument)
    wanted: Iterable[Instrument] = sources.folds.catalog.instruments.values()
    if request.symbols is not None:
        wanted = [sources.instrument(symbol) for symbol in request.symbols]
    status = request.symbol_status
    return [show(one) for one in wanted if status is None or has_status(one, status)]


def _check_status(instrument: Instrument, status: SymbolStatus | None) -> None:
    if status is not None and not has_status(instrument, status):
        raise Refused(STATUS_DOES_NOT_MATCH)


def has_status(instrument: Instrument, status: SymbolStatus) -> bool:
    """BREAK is a word of the wire that no instrument of ours has."""
    return instrument.status is _STATUSES.get(status)


_STATUSES = {
    SymbolStatus.TRADING: InstrumentStatus.TRADING,
    SymbolStatus.HALT: InstrumentStatus.HALT,
}
