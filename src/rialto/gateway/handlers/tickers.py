"""Tickers: what windows of time add up to, last prices, best prices."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.symbols import each, each_named
from rialto.gateway.sources import Sources
from rialto.gateway.wire import market, requests
from rialto.gateway.wire.requests import TickerType
from rialto.market_data.tickers import Ticker
from rialto.messages.instruments import Instrument

Day = market.FullTicker | market.MiniTicker
Window = market.WindowTicker | market.MiniTicker


async def ticker_24hr(
    sources: Sources, caller: Caller, request: requests.Ticker
) -> Day | list[Day]:
    """The last 24 hours, from a whole second on."""
    folds = sources.folds.market

    def day(instrument: Instrument) -> Day:
        ticker = folds.ticker24h(instrument.id, caller.received_us)
        mini = market.mini_ticker(ticker, instrument, caller.time_divisor)
        if request.type is TickerType.MINI:
            return mini
        return market.full_ticker(ticker, mini, folds.depth(instrument.id), instrument)

    return each(sources, request, day)


async def ticker(
    sources: Sources, caller: Caller, request: requests.RollingTicker
) -> Window | list[Window]:
    """A window that ends now and starts on a whole minute: up to 59999 ms wider than asked for."""
    folds = sources.folds.market

    def window(instrument: Instrument) -> Window:
        found = folds.rolling_ticker(instrument.id, request.window_size, caller.received_us)
        return _shown(found, instrument, caller, request.type)

    return each_named(sources, request, window)


async def ticker_trading_day(
    sources: Sources, caller: Caller, request: requests.TradingDayTicker
) -> Window | list[Window]:
    """The day that now is in, from midnight to midnight in a time zone."""
    folds = sources.folds.market

    def day(instrument: Instrument) -> Window:
        found = folds.day_ticker(instrument.id, request.time_zone, caller.received_us)
        return _shown(found, instrument, caller, request.type)

    return each_named(sources, request, day)


async def ticker_price(
    sources: Sources, _: Caller, request: requests.Prices
) -> market.Price | list[market.Price]:
    """0.00000000 before the first trade."""

    def price(instrument: Instrument) -> market.Price:
        return market.price(sources.folds.market.last_trade(instrument.id), instrument)

    return each(sources, request, price)


async def ticker_book(
    sources: Sources, _: Caller, request: requests.Prices
) -> market.BookTicker | list[market.BookTicker]:
    def best(instrument: Instrument) -> market.BookTicker:
        return market.book_ticker(sources.folds.market.depth(instrument.id), instrument)

    return each(sources, request, best)


def _shown(ticker: Ticker, instrument: Instrument, caller: Caller, type_: TickerType) -> Window:
    mini = market.mini_ticker(ticker, instrument, caller.time_divisor)
    return mini if type_ is TickerType.MINI else market.window_ticker(ticker, mini, instrument)
