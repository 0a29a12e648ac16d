"""Market data as answers: depth, klines, tickers. Trades are in public_trades.py.

In:  folds of market_data, their instrument, and the divisor of the time unit that is wanted.
Out: structs whose fields are Binance's names.
"""

import msgspec

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.gateway.wire.decimals import ZERO
from rialto.market_data.depth import Depth as DepthFold
from rialto.market_data.depth import Level
from rialto.market_data.folds import AVERAGE_PRICE_MINUTES
from rialto.market_data.tickers import AveragePrice as Average
from rialto.market_data.tickers import Ticker
from rialto.messages import units
from rialto.messages.events import TradeExecuted
from rialto.messages.instruments import Instrument
from rialto.messages.klines import Kline

PERCENT_PLACES = 3
UNUSED = "0"
NO_TRADE = -1

KlineRow = tuple[int, str, str, str, str, str, int, str, int, str, str, str]


class Depth(Answer, frozen=True):
    last_update_id: int
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class Price(Answer, frozen=True):
    symbol: str
    price: str


class BookTicker(Answer, frozen=True):
    symbol: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str


class AveragePrice(Answer, frozen=True):
    mins: int
    price: str
    close_time: int


class MiniTicker(Answer, frozen=True):
    symbol: str
    open_price: str
    high_price: str
    low_price: str
    last_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


class WindowTicker(MiniTicker, frozen=True):
    price_change: str
    price_change_percent: str
    weighted_avg_price: str


class FullTicker(WindowTicker, frozen=True):
    prev_close_price: str
    last_qty: str
    bid_price: str
    bid_qty: str
    ask_price: str
    ask_qty: str


def depth(fold: DepthFold, instrument: Instrument, levels_max: int) -> Depth:
    return Depth(
        fold.last_update_id,
        [_level(level, instrument) for level in fold.bids.top(levels_max)],
        [_level(level, instrument) for level in fold.asks.top(levels_max)],
    )


def _level(level: Level | None, instrument: Instrument) -> tuple[str, str]:
    """Zeros for a side that is empty."""
    if level is None:
        return ZERO, ZERO
    return decimals.price(level[0], instrument), decimals.quantity(level[1], instrument)


def kline_row(kline: Kline, next_open_us: int, instrument: Instrument, divisor: int) -> KlineRow:
    quote = instrument.quote
    return (
        kline.open_us // divisor,
        decimals.price(kline.open_ticks, instrument),
        decimals.price(kline.high_ticks, instrument),
        decimals.price(kline.low_ticks, instrument),
        decimals.price(kline.close_ticks, instrument),
        decimals.quantity(kline.volume_lots, instrument),
        next_open_us // divisor - 1,
        decimals.amount(kline.quote_amount, quote),
        kline.trades,
        decimals.quantity(kline.taker_buy_lots, instrument),
        decimals.amount(kline.taker_buy_quote_amount, quote),
        UNUSED,
    )


def price(last: TradeExecuted | None, instrument: Instrument) -> Price:
    ticks = last.price_ticks if last else 0
    return Price(instrument.symbol, decimals.price(ticks, instrument))


def book_ticker(fold: DepthFold, instrument: Instrument) -> BookTicker:
    bid = _level(fold.bids.best(), instrument)
    ask = _level(fold.asks.best(), instrument)
    return BookTicker(instrument.symbol, *bid, *ask)


def average_price(found: Average | None, instrument: Instrument, divisor: int) -> AveragePrice:
    if found is None:
        return AveragePrice(AVERAGE_PRICE_MINUTES, ZERO, 0)
    price = average(found.quote_amount, found.volume_lots, instrument)
    return AveragePrice(found.minutes, price, found.last_trade_us // divisor)


def mini_ticker(ticker: Ticker, instrument: Instrument, divisor: int) -> MiniTicker:
    """Without trades in the window there is no price but the last one."""
    total = ticker.total
    open_time, close_time = ticker.open_us // divisor, ticker.close_us // divisor
    if total is None:
        last = decimals.price(ticker.last.price_ticks if ticker.last else 0, instrument)
        prices = (ZERO, ZERO, ZERO, last, ZERO, ZERO)
        return MiniTicker(instrument.symbol, *prices, open_time, close_time, NO_TRADE, NO_TRADE, 0)
    return MiniTicker(
        instrument.symbol,
        decimals.price(total.open_ticks, instrument),
        decimals.price(total.high_ticks, instrument),
        decimals.price(total.low_ticks, instrument),
        decimals.price(total.close_ticks, instrument),
        decimals.quantity(total.volume_lots, instrument),
        decimals.amount(total.quote_amount, instrument.quote),
        open_time,
        close_time,
        total.first_trade_id,
        total.last_trade_id,
        total.trades,
    )


def window_ticker(ticker: Ticker, mini: MiniTicker, instrument: Instrument) -> WindowTicker:
    total = ticker.total
    return WindowTicker(
        **msgspec.structs.asdict(mini),
        price_change=decimals.price(ticker.price_change_ticks, instrument),
        price_change_percent=_percent(ticker),
        weighted_avg_price=(
            average(total.quote_amount, total.volume_lots, instrument) if total else ZERO
        ),
    )


def full_ticker(
    ticker: Ticker, mini: MiniTicker, book: DepthFold, instrument: Instrument
) -> FullTicker:
    """lastQty is that of the last trade in the window."""
    best = book_ticker(book, instrument)
    last_lots = ticker.last.quantity_lots if ticker.last and ticker.total else 0
    return FullTicker(
        **msgspec.structs.asdict(window_ticker(ticker, mini, instrument)),
        prev_close_price=decimals.price(ticker.previous_close_ticks or 0, instrument),
        last_qty=decimals.quantity(last_lots, instrument),
        bid_price=best.bid_price,
        bid_qty=best.bid_qty,
        ask_price=best.ask_price,
        ask_qty=best.ask_qty,
    )


def average(quote_amount: int, volume_lots: int, instrument: Instrument) -> str:
    """A price weighted by volume."""
    exact = units.average_price(quote_amount, volume_lots, instrument)
    return decimals.amount(int(exact.scaleb(instrument.quote.decimals)), instrument.quote)


def _percent(ticker: Ticker) -> str:
    """Three decimals, cut toward zero."""
    if ticker.total is None:
        return "0.000"
    change = ticker.price_change_ticks
    thousandths = abs(change) * 100 * 10**PERCENT_PLACES // ticker.total.open_ticks
    whole, part = divmod(thousandths, 10**PERCENT_PLACES)
    sign = "-" if change < 0 and thousandths else ""
    return f"{sign}{whole}.{part:0{PERCENT_PLACES}d}"
