"""Tickers: what a window of time that ends now adds up to (binance-api.md 2.3).

The last 24 hours start on a whole second, a rolling window of a chosen size on a whole minute, so
that it is up to 59 seconds wider than its name; a trading day starts at its midnight.
"""

import msgspec

from rialto.market_data.klines import Klines
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import DAY_US, MINUTE_US, SECOND_US, Kline

WINDOW_US_MAX = 7 * DAY_US  # as far back as every minute is kept


class Ticker(msgspec.Struct, frozen=True):
    """total is None without trades in the window; last is the last trade ever, None before it."""

    open_us: int
    close_us: int
    total: Kline | None  # prices, volumes, number and ids of the trades in the window
    previous_close_ticks: int | None  # of the last trade before the window
    last: TradeExecuted | None

    @property
    def price_change_ticks(self) -> int:
        return self.total.close_ticks - self.total.open_ticks if self.total else 0


class AveragePrice(msgspec.Struct, frozen=True):
    """quote_amount divided by volume_lots; without trades in the minutes, the last price."""

    minutes: int
    quote_amount: int
    volume_lots: int
    last_trade_us: int


def ticker24h(klines: Klines, last: TradeExecuted | None, now_us: int) -> Ticker:
    return _ticker(klines, last, _floor(now_us - DAY_US, SECOND_US), now_us)


def rolling_ticker(
    klines: Klines, last: TradeExecuted | None, window_us: int, now_us: int
) -> Ticker:
    return _ticker(klines, last, _floor(now_us - window_us, MINUTE_US), now_us)


def day_ticker(klines: Klines, last: TradeExecuted | None, offset_us: int, now_us: int) -> Ticker:
    """Of the day of a time zone that now is in. It closes with that day."""
    midnight_us = _floor(now_us + offset_us, DAY_US) - offset_us
    return _ticker(klines, last, midnight_us, midnight_us + DAY_US - 1)


def average_price(
    klines: Klines, last: TradeExecuted, now_us: int, minutes: int, quote_per_tick_lot: int
) -> AveragePrice:
    """Over the current minute and those before it, as the machine's price filter has it."""
    total = None
    if minutes:
        total = klines.total(_floor(now_us, MINUTE_US) - (minutes - 1) * MINUTE_US)
    if total is None:
        return AveragePrice(minutes, last.price_ticks * quote_per_tick_lot, 1, last.time_us)
    return AveragePrice(minutes, total.quote_amount, total.volume_lots, last.time_us)


def _ticker(klines: Klines, last: TradeExecuted | None, open_us: int, close_us: int) -> Ticker:
    earlier = klines.last_before(open_us)
    previous_close_ticks = earlier.close_ticks if earlier else None
    return Ticker(open_us, close_us, klines.total(open_us), previous_close_ticks, last)


def _floor(time_us: int, width_us: int) -> int:
    return time_us - time_us % width_us
