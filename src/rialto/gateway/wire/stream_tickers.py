"""Payloads of the ticker streams, with Binance's letters.

In:  tickers as REST answers them, with times in microseconds.
Out: payloads; one may stand alone or in an array.
"""

from msgspec import field

from rialto.gateway.wire.market import FullTicker
from rialto.gateway.wire.streams import Payload


class MiniTicker(Payload, frozen=True, tag="24hrMiniTicker"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    close_price: str = field(name="c")
    open_price: str = field(name="o")
    high_price: str = field(name="h")
    low_price: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")


class Ticker(Payload, frozen=True, tag="24hrTicker"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    price_change: str = field(name="p")
    price_change_percent: str = field(name="P")
    weighted_average_price: str = field(name="w")
    previous_close_price: str = field(name="x")
    last_price: str = field(name="c")
    last_quantity: str = field(name="Q")
    bid_price: str = field(name="b")
    bid_quantity: str = field(name="B")
    ask_price: str = field(name="a")
    ask_quantity: str = field(name="A")
    open_price: str = field(name="o")
    high_price: str = field(name="h")
    low_price: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    open_time: int = field(name="O")
    close_time: int = field(name="C")
    first_trade_id: int = field(name="F")
    last_trade_id: int = field(name="L")
    trades: int = field(name="n")


class WindowTicker(Payload, frozen=True):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    price_change: str = field(name="p")
    price_change_percent: str = field(name="P")
    open_price: str = field(name="o")
    high_price: str = field(name="h")
    low_price: str = field(name="l")
    last_price: str = field(name="c")
    weighted_average_price: str = field(name="w")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    open_time: int = field(name="O")
    close_time: int = field(name="C")
    first_trade_id: int = field(name="F")
    last_trade_id: int = field(name="L")
    trades: int = field(name="n")


class HourTicker(WindowTicker, frozen=True, tag="1hTicker"):
    pass


class FourHourTicker(WindowTicker, frozen=True, tag="4hTicker"):
    pass


class DayTicker(WindowTicker, frozen=True, tag="1dTicker"):
    pass


WINDOW_TICKERS: dict[str, type[WindowTicker]] = {
    "1h": HourTicker,
    "4h": FourHourTicker,
    "1d": DayTicker,
}


def mini_ticker(of: FullTicker, sent_us: int, divisor: int) -> MiniTicker:
    return MiniTicker(
        sent_us // divisor,
        of.symbol,
        of.last_price,
        of.open_price,
        of.high_price,
        of.low_price,
        of.volume,
        of.quote_volume,
    )


def ticker(of: FullTicker, sent_us: int, divisor: int) -> Ticker:
    return Ticker(
        sent_us // divisor,
        of.symbol,
        of.price_change,
        of.price_change_percent,
        of.weighted_avg_price,
        of.prev_close_price,
        of.last_price,
        of.last_qty,
        of.bid_price,
        of.bid_qty,
        of.ask_price,
        of.ask_qty,
        of.open_price,
        of.high_price,
        of.low_price,
        of.volume,
        of.quote_volume,
        of.open_time // divisor,
        of.close_time // divisor,
        of.first_id,
        of.last_id,
        of.count,
    )


def window_ticker(window: str, of: FullTicker, sent_us: int, divisor: int) -> WindowTicker:
    return WINDOW_TICKERS[window](
        sent_us // divisor,
        of.symbol,
        of.price_change,
        of.price_change_percent,
        of.open_price,
        of.high_price,
        of.low_price,
        of.last_price,
        of.weighted_avg_price,
        of.volume,
        of.quote_volume,
        of.open_time // divisor,
        of.close_time // divisor,
        of.first_id,
        of.last_id,
        of.count,
    )
