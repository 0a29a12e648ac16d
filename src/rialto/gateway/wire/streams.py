"""Payloads of the market streams but for the tickers, with Binance's letters.

In:  events and folds, the time of sending in microseconds, and the divisor of the reader's unit.
Out: JSON texts.
"""

from typing import Any, NamedTuple

import msgspec
from msgspec import field

from rialto.gateway.wire import decimals, market, rules
from rialto.gateway.wire.decimals import ZERO
from rialto.market_data.depth import Depth, DepthChanges, Level
from rialto.market_data.reference_prices import ReferencePrice as Reference
from rialto.market_data.tickers import AveragePrice as Average
from rialto.messages.aggregate_trades import AggregateTrade as Aggregate
from rialto.messages.events import TradeExecuted
from rialto.messages.instruments import Instrument
from rialto.messages.klines import Kline
from rialto.messages.orders import Side

UNUSED = "0"
WireLevel = tuple[str, str]  # price, quantity
_ENCODER = msgspec.json.Encoder()


class Payload(msgspec.Struct, frozen=True, gc=False, tag_field="e"):
    """Fields in our words, with the letter that is sent for each."""


class Letterless(msgspec.Struct, frozen=True, gc=False):
    """Without a letter that says what it is."""


class Trade(Payload, frozen=True, tag="trade"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    trade_id: int = field(name="t")
    price: str = field(name="p")
    quantity: str = field(name="q")
    time: int = field(name="T")
    is_buyer_maker: bool = field(name="m")
    unused: bool = field(name="M")


class AggregateTrade(Payload, frozen=True, tag="aggTrade"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    id: int = field(name="a")
    price: str = field(name="p")
    quantity: str = field(name="q")
    first_trade_id: int = field(name="f")
    last_trade_id: int = field(name="l")
    time: int = field(name="T")
    is_buyer_maker: bool = field(name="m")
    unused: bool = field(name="M")


class KlineOfStream(Letterless, frozen=True):
    open_time: int = field(name="t")
    close_time: int = field(name="T")
    symbol: str = field(name="s")
    interval: str = field(name="i")
    first_trade_id: int = field(name="f")
    last_trade_id: int = field(name="L")
    open_price: str = field(name="o")
    close_price: str = field(name="c")
    high_price: str = field(name="h")
    low_price: str = field(name="l")
    volume: str = field(name="v")
    trades: int = field(name="n")
    is_closed: bool = field(name="x")
    quote_volume: str = field(name="q")
    taker_buy_volume: str = field(name="V")
    taker_buy_quote_volume: str = field(name="Q")
    unused: str = field(name="B")


class KlineUpdate(Payload, frozen=True, tag="kline"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    kline: KlineOfStream = field(name="k")


class BookTicker(Letterless, frozen=True):
    update_id: int = field(name="u")
    symbol: str = field(name="s")
    bid_price: str = field(name="b")
    bid_quantity: str = field(name="B")
    ask_price: str = field(name="a")
    ask_quantity: str = field(name="A")


class AveragePrice(Payload, frozen=True, tag="avgPrice"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    interval: str = field(name="i")
    average_price: str = field(name="w")
    last_trade_time: int = field(name="T")


class ReferencePrice(Payload, frozen=True, tag="referencePrice"):
    symbol: str = field(name="s")
    price: str | None = field(name="r")
    engine_time: int = field(name="t")


class PartialDepth(Letterless, frozen=True, rename="camel"):
    last_update_id: int
    bids: list[WireLevel]
    asks: list[WireLevel]


class DepthUpdate(Payload, frozen=True, tag="depthUpdate"):
    sent: int = field(name="E")
    symbol: str = field(name="s")
    first_update_id: int = field(name="U")
    last_update_id: int = field(name="u")
    bids: list[WireLevel] = field(name="b")
    asks: list[WireLevel] = field(name="a")


class ServerShutdown(Payload, frozen=True, tag="serverShutdown"):
    sent: int = field(name="E")


def text(payload: Any) -> str:
    """Of one payload, or of a list of them."""
    return _ENCODER.encode(payload).decode()


def trade(event: TradeExecuted, instrument: Instrument, sent_us: int, divisor: int) -> str:
    return text(
        Trade(
            sent_us // divisor,
            instrument.symbol,
            event.trade_id,
            decimals.price(event.price_ticks, instrument),
            decimals.quantity(event.quantity_lots, instrument),
            event.time_us // divisor,
            event.taker_side is Side.SELL,
            True,
        )
    )


def aggregate_trade(trade: Aggregate, instrument: Instrument, sent_us: int, divisor: int) -> str:
    return text(
        AggregateTrade(
            sent_us // divisor,
            instrument.symbol,
            trade.id,
            decimals.price(trade.price_ticks, instrument),
            decimals.quantity(trade.quantity_lots, instrument),
            trade.first_trade_id,
            trade.last_trade_id,
            trade.time_us // divisor,
            trade.taker_side is Side.SELL,
            True,
        )
    )


def depth_update(changes: DepthChanges, instrument: Instrument, sent_us: int, divisor: int) -> str:
    return text(
        DepthUpdate(
            sent_us // divisor,
            instrument.symbol,
            changes.first_update_id,
            changes.last_update_id,
            levels(changes.bids, instrument),
            levels(changes.asks, instrument),
        )
    )


def partial_depth(depth: Depth, levels_max: int, instrument: Instrument) -> str:
    return text(
        PartialDepth(
            depth.last_update_id,
            levels(depth.bids.top(levels_max), instrument),
            levels(depth.asks.top(levels_max), instrument),
        )
    )


def book_ticker(
    update_id: int, bid: Level | None, ask: Level | None, instrument: Instrument
) -> str:
    """Zeros for a side that is empty."""
    (bid_level,) = levels([bid], instrument) if bid else [(ZERO, ZERO)]
    (ask_level,) = levels([ask], instrument) if ask else [(ZERO, ZERO)]
    return text(BookTicker(update_id, instrument.symbol, *bid_level, *ask_level))


def levels(found: list[Level], instrument: Instrument) -> list[WireLevel]:
    return [
        (decimals.price(price_ticks, instrument), decimals.quantity(lots, instrument))
        for price_ticks, lots in found
    ]


class ShownKline(NamedTuple):
    kline: Kline
    next_open_us: int
    is_closed: bool
    interval: str
    instrument: Instrument


def kline_update(shown: ShownKline, sent_us: int, divisor: int) -> str:
    kline, next_open_us, is_closed, interval, instrument = shown
    of_stream = KlineOfStream(
        kline.open_us // divisor,
        next_open_us // divisor - 1,
        instrument.symbol,
        interval,
        kline.first_trade_id,
        kline.last_trade_id,
        decimals.price(kline.open_ticks, instrument),
        decimals.price(kline.close_ticks, instrument),
        decimals.price(kline.high_ticks, instrument),
        decimals.price(kline.low_ticks, instrument),
        decimals.quantity(kline.volume_lots, instrument),
        kline.trades,
        is_closed,
        decimals.amount(kline.quote_amount, instrument.quote),
        decimals.quantity(kline.taker_buy_lots, instrument),
        decimals.amount(kline.taker_buy_quote_amount, instrument.quote),
        UNUSED,
    )
    return text(KlineUpdate(sent_us // divisor, instrument.symbol, of_stream))


def average_price(found: Average, instrument: Instrument, sent_us: int, divisor: int) -> str:
    shown = market.average_price(found, instrument, divisor)
    return text(
        AveragePrice(
            sent_us // divisor,
            instrument.symbol,
            f"{shown.mins}m",
            shown.price,
            shown.close_time,
        )
    )


def reference_price(found: Reference, instrument: Instrument, divisor: int) -> str:
    shown = rules.reference_price(found, instrument, divisor)
    return text(ReferencePrice(shown.symbol, shown.reference_price, shown.timestamp))


def server_shutdown(sent: int) -> str:
    return text(ServerShutdown(sent))
