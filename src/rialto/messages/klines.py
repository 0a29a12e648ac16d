"""A kline as a value: what the trades of one span of time add up to."""

from __future__ import annotations

import msgspec

from rialto.messages.events import TradeExecuted
from rialto.messages.ids import TradeId
from rialto.messages.orders import Side

NO_TRADE = TradeId(-1)
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

# Klines of these widths are kept; other intervals, in any time zone, are whole numbers of one.
KEPT_WIDTHS_US = (SECOND_US, MINUTE_US, 15 * MINUTE_US, HOUR_US, DAY_US)


class Kline(msgspec.Struct, gc=False):
    """taker_buy: the part of the volume where the taker bought.

    Without trades the four prices are the last one before.
    """

    open_us: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    volume_lots: int = 0
    quote_amount: int = 0
    taker_buy_lots: int = 0
    taker_buy_quote_amount: int = 0
    trades: int = 0
    first_trade_id: TradeId = NO_TRADE
    last_trade_id: TradeId = NO_TRADE

    def add(self, trade: TradeExecuted, quote_amount: int) -> None:
        """One more trade, later than all before it."""
        price, lots = trade.price_ticks, trade.quantity_lots
        self.close_ticks = price
        if price > self.high_ticks:
            self.high_ticks = price
        if price < self.low_ticks:
            self.low_ticks = price
        self.volume_lots += lots
        self.quote_amount += quote_amount
        if trade.taker_side is Side.BUY:
            self.taker_buy_lots += lots
            self.taker_buy_quote_amount += quote_amount
        if self.trades == 0:
            self.first_trade_id = trade.trade_id
        self.last_trade_id = trade.trade_id
        self.trades += 1

    def join(self, later: Kline) -> None:
        """The span of another kline, which has trades and is later, becomes part of this one."""
        if self.trades == 0:
            self.open_ticks = self.high_ticks = self.low_ticks = later.open_ticks
            self.first_trade_id = later.first_trade_id
        self.high_ticks = max(self.high_ticks, later.high_ticks)
        self.low_ticks = min(self.low_ticks, later.low_ticks)
        self.close_ticks = later.close_ticks
        self.volume_lots += later.volume_lots
        self.quote_amount += later.quote_amount
        self.taker_buy_lots += later.taker_buy_lots
        self.taker_buy_quote_amount += later.taker_buy_quote_amount
        self.trades += later.trades
        self.last_trade_id = later.last_trade_id


def flat(open_us: int, price_ticks: int) -> Kline:
    """The kline of a span without trades."""
    return Kline(open_us, price_ticks, price_ticks, price_ticks, price_ticks)


def opened_by(trade: TradeExecuted, open_us: int, quote_amount: int) -> Kline:
    kline = flat(open_us, trade.price_ticks)
    kline.add(trade, quote_amount)
    return kline
