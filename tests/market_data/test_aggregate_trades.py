"""Aggregate trades against trades grouped by hand, and what streams read from the folds."""

from itertools import groupby
from random import Random

import pytest
from msgspec.structs import replace

from rialto.market_data.folds import MarketData
from rialto.market_data.intervals import INTERVALS, KlineRequest
from rialto.messages.aggregate_trades import AggregateTrade, Aggregation
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import AggregateTradeId, InstrumentId
from rialto.messages.klines import HOUR_US
from tests.market_data.trades import random_trades
from tests.projections.histories import History

START_US = 1_700_000_000_000_000
INSTRUMENTS = [InstrumentId(n) for n in range(6)]


def by_hand(trades: list[TradeExecuted]) -> list[AggregateTrade]:
    """Of one instrument."""
    grouped = groupby(trades, lambda t: (t.sequence, t.taker_order_id, t.price_ticks))
    return [
        AggregateTrade(
            fills[0].instrument,
            AggregateTradeId(number),
            fills[0].sequence,
            fills[0].time_us,
            fills[0].price_ticks,
            sum(fill.quantity_lots for fill in fills),
            fills[0].trade_id,
            fills[-1].trade_id,
            fills[0].taker_side,
        )
        for number, fills in enumerate((list(group) for _, group in grouped), 1)
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_batch_tells_its_aggregate_trades(seed: int) -> None:
    market = MarketData()
    told: list[AggregateTrade] = []
    history = History(seed, commands=500)
    for events in history.batches:
        market.apply(events)
        told += market.new_aggregate_trades
    trades = [event for event in history.events if isinstance(event, TradeExecuted)]
    for instrument in INSTRUMENTS:
        expected = by_hand([t for t in trades if t.instrument == instrument])
        assert [one for one in told if one.instrument == instrument] == expected
        assert market.aggregate_trades(instrument).newest(1000) == expected[-1000:]


@pytest.mark.parametrize("seed", range(3))
def test_fills_of_one_order_at_one_price_are_one(seed: int) -> None:
    random = Random(seed)
    sequence, taker, trades = 1, 1, []
    for one in random_trades(seed, START_US, (2,), 200):
        sequence += random.random() < 0.3
        taker += random.random() < 0.3
        price = 100 + random.randrange(2)
        changes = {"sequence": sequence, "taker_order_id": taker, "price_ticks": price}
        trades.append(replace(one, **changes))
    aggregation = Aggregation()
    made = [found for one in trades if (found := aggregation.add(one)) is not None]
    assert made == by_hand(trades)
    assert len(made) < len(trades)


def test_an_aggregation_goes_on_with_the_next_id() -> None:
    trades = [e for e in History(seed=1, commands=300).events if isinstance(e, TradeExecuted)]
    mine = [t for t in trades if t.instrument == INSTRUMENTS[0]]
    made = Aggregation(41).add(mine[0])
    assert made is not None
    assert made.id == 42


@pytest.mark.parametrize("interval", INTERVALS)
def test_one_kline_is_that_of_the_list(interval: str) -> None:
    """Now and a kline ago, in UTC and eight hours east of it."""
    market = MarketData()
    for number, events in enumerate(History(seed=2, commands=400).batches):
        market.apply(events)
        if number % 9 or not number:
            continue
        now_us = events[-1].time_us
        for instrument in INSTRUMENTS:
            for offset_us in (0, 8 * HOUR_US):
                request = KlineRequest(INTERVALS[interval], 2, offset_us=offset_us)
                for expected in market.klines(instrument, request, now_us).klines():
                    asked_us = min(expected.open_us + 1, now_us)
                    found = market.kline(instrument, INTERVALS[interval], asked_us, offset_us)
                    assert found == expected
