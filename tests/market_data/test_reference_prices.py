"""Reference prices against the oracle's, and against a mean over all trades by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rialto.market_data.folds import MarketData
from rialto.market_data.reference_prices import REFERENCE_SCALE, PriceBucket, ReferencePriceFold
from rialto.messages.events import Event, ReferencePriceSet, TradeExecuted
from rialto.messages.ids import InstrumentId, Sequence
from tests.core.markets import PLAIN
from tests.core.model import Model
from tests.market_data.trades import INSTRUMENT, random_trades, timed
from tests.projections.histories import History

START_US = 1_700_000_000_000_000
COUNT, WIDTH_MS = 5, 1_000
WIDTH_US = WIDTH_MS * 1_000
MEAN = replace(PLAIN, reference_bucket_count=COUNT, reference_bucket_width_ms=WIDTH_MS)


@pytest.mark.parametrize("seed", range(8))
def test_it_is_that_of_the_oracle(seed: int) -> None:
    market = MarketData()

    def look(model: Model, events: list[Event]) -> None:
        market.apply(events)
        for instrument, of_model in enumerate(model.markets):
            found = market.reference_price(InstrumentId(instrument), model.time_us)
            expected = model.reference_price(of_model)
            if expected is None:
                assert found is None or found.scaled_ticks is None
            else:
                assert found is not None
                assert found.scaled_ticks == Fraction(*expected) * REFERENCE_SCALE

    History(seed, commands=400, look=look)


def by_hand(trades: list[TradeExecuted], now_us: int) -> int | None:
    cutoff_us = now_us - COUNT * WIDTH_US
    sums = counts = 0
    for open_us in sorted({t.time_us // WIDTH_US * WIDTH_US for t in trades}):
        inside = [t.price_ticks for t in trades if t.time_us // WIDTH_US * WIDTH_US == open_us]
        if open_us + WIDTH_US <= cutoff_us:
            continue
        gone_us = max(0, cutoff_us - open_us)
        total, count = sum(inside) * REFERENCE_SCALE, len(inside) * REFERENCE_SCALE
        sums += total - total * gone_us // WIDTH_US
        counts += count - count * gone_us // WIDTH_US
    return sums * REFERENCE_SCALE // counts if counts else None


@given(
    gaps_us=st.lists(st.integers(0, 2 * WIDTH_US), max_size=60),
    later_us=st.integers(0, 7 * WIDTH_US),
)
def test_a_mean_of_any_trades(gaps_us: list[int], later_us: int) -> None:
    trades = timed(random_trades(1, START_US, (1,), len(gaps_us) + 1), gaps_us)
    fold = ReferencePriceFold(MEAN)
    for each in trades:
        fold.add(each)
    assert len(fold._buckets) <= COUNT + 1
    now_us = trades[-1].time_us + later_us
    found = fold.now(now_us)
    assert found is not None
    assert (found.scaled_ticks, found.time_us) == (by_hand(trades, now_us), now_us)


def test_a_fold_goes_on_from_its_buckets() -> None:
    trades = random_trades(3, START_US, (WIDTH_US,), 40)
    whole, started = ReferencePriceFold(MEAN), ReferencePriceFold(MEAN)
    buckets: dict[int, list[int]] = {}
    for each in trades[:25]:
        whole.add(each)
        buckets.setdefault(each.time_us // WIDTH_US * WIDTH_US, []).append(each.price_ticks)
    started.load((PriceBucket(us, len(p), sum(p)) for us, p in sorted(buckets.items())), 0)
    for each in trades[25:]:
        whole.add(each)
        started.add(each)
        assert started.now(each.time_us) == whole.now(each.time_us)


def test_what_the_operator_sets_and_takes_away() -> None:
    fold = ReferencePriceFold(PLAIN)
    assert fold.now(START_US) is None
    fold.set(ReferencePriceSet(Sequence(1), 0, START_US, INSTRUMENT, 123))
    assert fold.now(START_US + 1) == (123 * REFERENCE_SCALE, START_US + 1)
    fold.set(ReferencePriceSet(Sequence(2), 0, START_US, INSTRUMENT, 0))
    assert fold.now(START_US + 2) is None
