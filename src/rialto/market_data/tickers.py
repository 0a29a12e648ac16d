"""Tickers: what a rolling window of time adds up to.

It starts on a whole minute, so it is up to 59 seconds wider than its name (binance-api.md 2.3).
"""

import msgspec

from rialto.market_data.klines import Klines
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import DAY_US, MINUTE_US, Kline


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
    open_us = _minute(now_us - DAY_US)
    earlier = klines.last_before(open_us)
    previous_close_ticks = earlier.close_ticks if earlier else None
    return Ticker(open_us, now_us, klines.since(open_us), previous_close_ticks, last)


def average_price(
    klines: Klines, last: TradeExecuted, now_us: int, minutes: int, quote_per_tick_lot: int
) -> AveragePrice:
    """Over the current minute and those before it, as the machine's price filter has it."""
    total = klines.since(_minute(now_us) - (minutes - 1) * MINUTE_US) if minutes else None
    if total is None:
        return AveragePrice(minutes, last.price_ticks * quote_per_tick_lot, 1, last.time_us)
    return AveragePrice(minutes, total.quote_amount, total.volume_lots, last.time_us)


def _minute(time_us: int) -> int:
    return time_us - time_us % MINUTE_US
