"""Everyone's trades as answers.

In:  trades, their instrument, and the divisor of the time unit that is wanted.
Out: structs whose fields are Binance's names.
"""

from msgspec import field

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.messages import aggregate_trades
from rialto.messages.events import TradeExecuted
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side


class BlockTrade(Answer, frozen=True):
    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool


class PublicTrade(BlockTrade, frozen=True):
    is_best_match: bool


class AggregateTrade(Answer, frozen=True):
    id: int = field(name="a")
    price: str = field(name="p")
    quantity: str = field(name="q")
    first_trade_id: int = field(name="f")
    last_trade_id: int = field(name="l")
    time: int = field(name="T")
    is_buyer_maker: bool = field(name="m")
    is_best_match: bool = field(name="M")


def trade(one: TradeExecuted, instrument: Instrument, divisor: int) -> PublicTrade:
    return PublicTrade(
        one.trade_id,
        decimals.price(one.price_ticks, instrument),
        decimals.quantity(one.quantity_lots, instrument),
        decimals.notional(one.price_ticks, one.quantity_lots, instrument),
        one.time_us // divisor,
        one.taker_side is Side.SELL,
        True,
    )


def aggregate_trade(
    one: aggregate_trades.AggregateTrade, instrument: Instrument, divisor: int
) -> AggregateTrade:
    return AggregateTrade(
        one.id,
        decimals.price(one.price_ticks, instrument),
        decimals.quantity(one.quantity_lots, instrument),
        one.first_trade_id,
        one.last_trade_id,
        one.time_us // divisor,
        one.taker_side is Side.SELL,
        True,
    )
