"""Depth follows the core's book level by level."""

from collections import defaultdict

import pytest

from rialto.market_data import depth as depth_module
from rialto.market_data.depth import Depth, Ladder, Level
from rialto.market_data.folds import MarketData
from rialto.messages.events import (
    AuctionPriced,
    Event,
    IcebergRefreshed,
    MatchPrevented,
    OrderAmended,
    OrderRested,
    OrderTriggered,
)
from rialto.messages.ids import InstrumentId, UpdateId
from rialto.messages.orders import Side
from tests.core.model import Model
from tests.core.model_state import Place
from tests.projections.histories import History

INSTRUMENTS = [InstrumentId(n) for n in range(6)]


def levels(model: Model, instrument: InstrumentId, side: Side) -> list[Level]:
    """The model's book by price, best first, without what icebergs hide."""
    totals: dict[int, int] = defaultdict(int)
    for order in model.orders:
        is_there = order.place is Place.RESTING and order.instrument == instrument
        if is_there and order.side is side:
            totals[order.price] += order.visible
    return sorted(totals.items(), reverse=side is Side.BUY)


@pytest.mark.parametrize("seed", range(12))
def test_depth_equals_the_model_after_every_batch(seed: int) -> None:
    market = MarketData()

    def look(model: Model, events: list[Event]) -> None:
        market.apply(events)
        for instrument in INSTRUMENTS if len(model.markets) == len(INSTRUMENTS) else ():
            depth = market.depth(instrument)
            bids = levels(model, instrument, Side.BUY)
            asks = levels(model, instrument, Side.SELL)
            assert (depth.bids.top(10**6), depth.asks.top(10**6)) == (bids, asks)
            assert depth.bids.top(2) == bids[:2]
            assert (depth.bids.best(), depth.asks.best()) == (
                bids[0] if bids else None,
                asks[0] if asks else None,
            )

    History(seed, commands=500, look=look)


def test_the_histories_have_icebergs_and_auctions() -> None:
    kinds = {type(event) for seed in range(12) for event in History(seed, commands=500).events}
    assert kinds >= {IcebergRefreshed, AuctionPriced, OrderAmended, MatchPrevented, OrderTriggered}


def test_changes_applied_to_an_old_book_give_the_new_one() -> None:
    """As a client does with the diff stream (binance-api.md 6.4), at every step of every length."""
    market = MarketData()
    copies: dict[tuple[int, UpdateId], tuple[dict[int, int], dict[int, int]]] = {}
    for step, events in enumerate(History(seed=3, commands=400).batches):
        market.apply(events)
        if step % 7 or not step:
            continue
        for instrument in INSTRUMENTS:
            depth = market.depth(instrument)
            for (of, update_id), (bids, asks) in copies.items():
                if of != instrument:
                    continue
                changes = market.depth_changes(instrument, update_id)
                assert changes is not None
                assert changes.first_update_id == update_id + 1
                assert changes.last_update_id == depth.last_update_id
                assert patched(bids, changes.bids) == depth.bids.lots
                assert patched(asks, changes.asks) == depth.asks.lots
            copies[instrument, depth.last_update_id] = dict(depth.bids.lots), dict(depth.asks.lots)


def patched(lots: dict[int, int], changes: list[Level]) -> dict[int, int]:
    merged = lots | dict(changes)
    return {price_ticks: total for price_ticks, total in merged.items() if total}


def test_changes_too_long_ago_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(depth_module, "CHANGES_MAX", 2)
    market = MarketData()
    for events in History(seed=3, commands=200).batches:
        market.apply(events)
    last = market.depth(INSTRUMENTS[0]).last_update_id
    assert market.depth_changes(INSTRUMENTS[0], UpdateId(last - 2)) is not None
    assert market.depth_changes(INSTRUMENTS[0], UpdateId(last - 3)) is None
    assert market.depth_changes(INSTRUMENTS[0], UpdateId(last + 1)) is None


def test_an_update_id_that_does_not_follow_is_our_bug() -> None:
    rested = [e for e in History(seed=3, commands=300).events if isinstance(e, OrderRested)]
    with pytest.raises(AssertionError, match="does not follow"):
        Depth().apply(max(rested, key=lambda event: event.update_id))


def test_a_ladder_keeps_the_best_first() -> None:
    bids, asks = Ladder(Side.BUY), Ladder(Side.SELL)
    for price_ticks in (10, 12, 11):
        bids.add(price_ticks, 5)
        asks.add(price_ticks, 5)
    bids.add(12, -5)
    asks.add(10, -2)
    assert bids.top(5) == [(11, 5), (10, 5)]
    assert asks.top(5) == [(10, 3), (11, 5), (12, 5)]
