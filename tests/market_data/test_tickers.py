"""Rolling tickers and average prices against sums over the trades of the window."""

import pytest

from rialto.market_data.klines import Klines
from rialto.market_data.tickers import AveragePrice, average_price, ticker24h
from rialto.market_data.trades import TRADES_MAX, Trades
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US, SECOND_US
from tests.market_data.test_klines import START_US, UNITS_PER_TICK_LOT, folded
from tests.market_data.trades import random_trades, trade


@pytest.mark.parametrize("seed", range(3))
def test_24_hours(seed: int) -> None:
    gaps_us = (2, SECOND_US, 2 * MINUTE_US, 40 * MINUTE_US, 7 * HOUR_US)
    trades = random_trades(seed, START_US, gaps_us, 400)
    klines = Klines()
    for number, each in enumerate(trades):
        quote_amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
        klines.add(each, quote_amount)
        now_us = each.time_us + (number % 5) * 3 * HOUR_US
        open_us = (now_us - DAY_US) // MINUTE_US * MINUTE_US
        window = [t for t in trades[: number + 1] if t.time_us >= open_us]
        before = [t for t in trades[: number + 1] if t.time_us < open_us]
        ticker = ticker24h(klines, each, now_us)
        assert (ticker.open_us, ticker.close_us, ticker.last) == (open_us, now_us, each)
        assert ticker.previous_close_ticks == (before[-1].price_ticks if before else None)
        total = ticker.total
        assert total is not None
        assert (
            total.open_ticks,
            total.high_ticks,
            total.low_ticks,
            total.close_ticks,
            total.volume_lots,
            total.quote_amount,
            total.first_trade_id,
            total.last_trade_id,
            total.trades,
        ) == (
            window[0].price_ticks,
            max(t.price_ticks for t in window),
            min(t.price_ticks for t in window),
            window[-1].price_ticks,
            sum(t.quantity_lots for t in window),
            sum(t.price_ticks * t.quantity_lots for t in window) * UNITS_PER_TICK_LOT,
            window[0].trade_id,
            window[-1].trade_id,
            len(window),
        )
        assert ticker.price_change_ticks == window[-1].price_ticks - window[0].price_ticks


def test_a_day_without_trades() -> None:
    last = trade(1, START_US, 100, 5)
    ticker = ticker24h(folded([last]), last, START_US + 2 * DAY_US)
    assert (ticker.total, ticker.price_change_ticks) == (None, 0)
    assert (ticker.previous_close_ticks, ticker.last) == (100, last)
    assert ticker24h(Klines(), None, START_US).last is None


def test_a_busy_day_is_all_in_memory() -> None:
    trades = [trade(n + 1, START_US + n * 20 * SECOND_US, 100 + n % 7, 1) for n in range(9_000)]
    now_us = trades[-1].time_us
    total = ticker24h(folded(trades), trades[-1], now_us).total
    open_us = (now_us - DAY_US) // MINUTE_US * MINUTE_US
    assert total is not None
    assert total.trades == sum(t.time_us >= open_us for t in trades)


def test_average_price() -> None:
    minute_us = START_US // MINUTE_US * MINUTE_US
    trades = [
        trade(1, minute_us - 4 * MINUTE_US - 1, 50, 10),
        trade(2, minute_us - 4 * MINUTE_US, 100, 1),
        trade(3, minute_us + 5, 200, 3),
    ]
    klines = folded(trades)

    def average(minutes: int, later_us: int = 0) -> AveragePrice:
        return average_price(klines, trades[-1], START_US + later_us, minutes, UNITS_PER_TICK_LOT)

    last_us = trades[-1].time_us
    assert average(5) == AveragePrice(5, 700 * UNITS_PER_TICK_LOT, 4, last_us)
    assert average(4) == AveragePrice(4, 600 * UNITS_PER_TICK_LOT, 3, last_us)
    assert average(0) == AveragePrice(0, 200 * UNITS_PER_TICK_LOT, 1, last_us)
    assert average(5, later_us=HOUR_US) == AveragePrice(5, 200 * UNITS_PER_TICK_LOT, 1, last_us)


def test_the_newest_trades() -> None:
    trades: list[TradeExecuted] = random_trades(1, START_US, (SECOND_US,), TRADES_MAX + 50)
    kept = Trades()
    for each in trades:
        kept.add(each)
    assert kept.newest(3) == trades[-3:]
    assert kept.newest(10**6) == trades[-TRADES_MAX:]
    assert kept.last() == trades[-1]
    assert (Trades().newest(5), Trades().last()) == ([], None)
