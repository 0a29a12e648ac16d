"""Trades to fold, made up: one instrument, rising ids and times."""

from itertools import accumulate
from random import Random

from msgspec.structs import replace

from rialto.messages.events import TradeExecuted
from rialto.messages.ids import (
    AccountId,
    InstrumentId,
    OrderId,
    Sequence,
    TradeId,
    UpdateId,
)
from rialto.messages.orders import Side

INSTRUMENT = InstrumentId(0)


def trade(
    number: int, time_us: int, price_ticks: int, quantity_lots: int, taker_side: Side = Side.BUY
) -> TradeExecuted:
    return TradeExecuted(
        sequence=Sequence(number),
        index=0,
        time_us=time_us,
        trade_id=TradeId(number),
        instrument=INSTRUMENT,
        taker_side=taker_side,
        taker_order_id=OrderId(2 * number),
        maker_order_id=OrderId(2 * number - 1),
        taker_account=AccountId(1),
        maker_account=AccountId(2),
        price_ticks=price_ticks,
        quantity_lots=quantity_lots,
        taker_remaining_lots=0,
        maker_remaining_lots=0,
        update_id=UpdateId(number),
        buyer_commission=0,
        seller_commission=0,
        buyer_release=0,
    )


def random_trades(
    seed: int, start_us: int, gaps_us: tuple[int, ...], count: int
) -> list[TradeExecuted]:
    """Each follows the one before after one of the gaps, more or less."""
    random = Random(seed)
    time_us, price_ticks = start_us, 1_000
    trades: list[TradeExecuted] = []
    for number in range(1, count + 1):
        price_ticks = max(1, price_ticks + random.randint(-5, 5))
        side = random.choice(list(Side))
        trades.append(trade(number, time_us, price_ticks, random.randint(1, 50), side))
        time_us += random.randrange(random.choice(gaps_us))
    return trades


def timed(trades: list[TradeExecuted], gaps_us: list[int]) -> list[TradeExecuted]:
    """The first at its time, each other one after a gap."""
    times_us = accumulate(gaps_us, initial=trades[0].time_us)
    return [replace(each, time_us=at_us) for each, at_us in zip(trades, times_us, strict=True)]
