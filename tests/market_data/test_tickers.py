"""Tickers and average prices against sums over the trades of the window."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rialto.market_data.klines import KEPT_KLINES, SLACK_KLINES, Klines
from rialto.market_data.seconds import DAY_MINUTES_MAX
from rialto.market_data.tickers import (
    AveragePrice,
    Ticker,
    average_price,
    day_ticker,
    rolling_ticker,
    ticker24h,
)
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import DAY_US, HOUR_US, MINUTE_US, SECOND_US, Kline, flat
from tests.market_data.test_klines import START_US, UNITS_PER_TICK_LOT, folded, put
from tests.market_data.trades import random_trades, timed, trade

GAPS_US = (2, SECOND_US, 2 * MINUTE_US, 40 * MINUTE_US, 7 * HOUR_US)
LATER_US = (0, 1, 3 * SECOND_US, 59 * SECOND_US, 3 * HOUR_US, 2 * DAY_US)
WINDOWS_US = (MINUTE_US, 59 * MINUTE_US, HOUR_US, 23 * HOUR_US, DAY_US, 7 * DAY_US)
OFFSETS_US = (0, 8 * HOUR_US, -5 * HOUR_US, 5 * HOUR_US + 45 * MINUTE_US, 14 * HOUR_US)


def by_hand(trades: list[TradeExecuted], open_us: int, close_us: int) -> Ticker:
    """From all trades that ever were."""
    window = [t for t in trades if t.time_us >= open_us]
    before = [t for t in trades if t.time_us < open_us]
    total: Kline | None = None
    for each in window:
        total = total or flat(open_us, each.price_ticks)
        put(total, each)
    previous_close_ticks = before[-1].price_ticks if before else None
    return Ticker(open_us, close_us, total, previous_close_ticks, trades[-1])


def every_ticker(klines: Klines, last: TradeExecuted, now_us: int) -> list[Ticker]:
    return [
        ticker24h(klines, last, now_us),
        *(rolling_ticker(klines, last, window_us, now_us) for window_us in WINDOWS_US),
        *(day_ticker(klines, last, offset_us, now_us) for offset_us in OFFSETS_US),
    ]


def every_ticker_by_hand(trades: list[TradeExecuted], now_us: int) -> list[Ticker]:
    second_us = (now_us - DAY_US) // SECOND_US * SECOND_US
    minutes_us = [(now_us - w) // MINUTE_US * MINUTE_US for w in WINDOWS_US]
    midnights_us = [(now_us + o) // DAY_US * DAY_US - o for o in OFFSETS_US]
    return [
        by_hand(trades, second_us, now_us),
        *(by_hand(trades, open_us, now_us) for open_us in minutes_us),
        *(by_hand(trades, open_us, open_us + DAY_US - 1) for open_us in midnights_us),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_every_window_at_every_trade(seed: int) -> None:
    trades = random_trades(seed, START_US, GAPS_US, 250)
    klines = Klines()
    for number, each in enumerate(trades):
        quote_amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
        klines.add(each, quote_amount)
        now_us = each.time_us + LATER_US[number % len(LATER_US)]
        expected = every_ticker_by_hand(trades[: number + 1], now_us)
        assert every_ticker(klines, each, now_us) == expected


@given(
    gaps_us=st.lists(
        st.one_of(
            st.sampled_from((0, 1, SECOND_US, MINUTE_US, DAY_US)),
            st.integers(0, 3 * SECOND_US),
            st.integers(0, 8 * DAY_US),
        ),
        max_size=40,
    ),
    later_us=st.one_of(st.sampled_from((0, DAY_US, 7 * DAY_US)), st.integers(0, 8 * DAY_US)),
    seed=st.integers(0, 5),
)
def test_windows_of_any_history(gaps_us: list[int], later_us: int, seed: int) -> None:
    trades = timed(random_trades(seed, START_US, (1,), len(gaps_us) + 1), gaps_us)
    now_us = trades[-1].time_us + later_us
    expected = every_ticker_by_hand(trades, now_us)
    assert every_ticker(folded(trades), trades[-1], now_us) == expected


@pytest.mark.parametrize("seed", range(2))
def test_a_restart_in_the_middle_of_every_candle(seed: int) -> None:
    """From kept klines, as SQL gives them, in the middle of all that is open."""
    trades = random_trades(seed, START_US, GAPS_US, 200)
    for cut in (1, 60, 120):
        whole = folded(trades[:cut])
        kept = {width_us: copies(held.klines) for width_us, held in whole._kept.items()}
        restarted = Klines()
        seconds = copies(whole._seconds.klines)
        restarted.load(trades[0].time_us, kept, seconds)
        for number, each in enumerate(trades[cut:], cut):
            restarted.add(each, each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT)
            now_us = each.time_us + LATER_US[number % len(LATER_US)]
            expected = every_ticker_by_hand(trades[: number + 1], now_us)
            assert every_ticker(restarted, each, now_us) == expected


def copies(klines: list[Kline]) -> list[Kline]:
    return [msgspec.structs.replace(kline) for kline in klines]


def test_a_day_without_trades() -> None:
    last = trade(1, START_US, 100, 5)
    ticker = ticker24h(folded([last]), last, START_US + 2 * DAY_US)
    assert (ticker.total, ticker.price_change_ticks) == (None, 0)
    assert (ticker.previous_close_ticks, ticker.last) == (100, last)
    assert ticker24h(Klines(), None, START_US).last is None


def test_a_busy_week_is_all_in_memory() -> None:
    """A trade every five seconds for nine days: nothing of it is read from elsewhere."""
    count = 9 * DAY_US // (5 * SECOND_US)
    trades = [trade(n + 1, START_US + n * 5 * SECOND_US, 100 + n % 7, 1) for n in range(count)]
    now_us = trades[-1].time_us + 2
    klines = folded(trades)
    assert every_ticker(klines, trades[-1], now_us) == every_ticker_by_hand(trades, now_us)
    assert len(klines._packed._minutes) <= DAY_MINUTES_MAX
    assert len(klines._kept[MINUTE_US].klines) <= KEPT_KLINES[MINUTE_US] + SLACK_KLINES


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
