"""Pages from memory, and from memory and SQL together, against pages of everything."""

from itertools import product
from operator import attrgetter

import pytest

from rialto.market_data import newest as newest_module
from rialto.market_data.newest import Newest
from rialto.messages.events import TradeExecuted
from rialto.messages.klines import SECOND_US
from tests.market_data.trades import random_trades

START_US = 1_700_000_000_000_000
Asked = tuple[int, int | None, int | None, int | None]


def page_of(trades: list[TradeExecuted], asked: Asked) -> list[TradeExecuted]:
    limit, from_id, start_us, end_us = asked
    fits = [
        t
        for t in trades
        if (from_id is None or t.trade_id >= from_id)
        and (start_us is None or t.time_us >= start_us)
        and (end_us is None or t.time_us <= end_us)
    ]
    return fits[-limit:] if from_id is None and start_us is None else fits[:limit]


def every_page(trades: list[TradeExecuted]) -> list[Asked]:
    times_us = [0, *(t.time_us + d for t in trades[::6] for d in (-1, 0, 1)), 2**60]
    ids = [0, *(t.trade_id for t in trades[::6]), 10**9]
    by_id = [(limit, from_id, None, None) for limit, from_id in product((1, 5, 1000), ids)]
    times = product((1, 5, 1000), (None, *times_us), (None, *times_us))
    return by_id + [(limit, None, start_us, end_us) for limit, start_us, end_us in times]


@pytest.mark.parametrize("kept", [7, 30, 1000])
@pytest.mark.parametrize("gap_us", [2, SECOND_US])
def test_pages(monkeypatch: pytest.MonkeyPatch, kept: int, gap_us: int) -> None:
    monkeypatch.setattr(newest_module, "KEPT_MAX", kept)
    trades = random_trades(kept, START_US, (gap_us,), 40)
    held: Newest[TradeExecuted] = Newest(attrgetter("trade_id"))
    for each in trades:
        held.add(each)
    from_memory = 0
    for asked in every_page(trades):
        expected, found = page_of(trades, asked), held.page(*asked)
        if found is not None:
            from_memory += 1
            assert found == expected, asked
            continue
        reaches_back_to = held.reaches_back_to
        for ahead in (0, 3, 100):  # SQL may know more than it must
            known = [t for t in trades if t.sequence <= reaches_back_to + ahead]
            assert held.completed(page_of(known, asked), *asked) == expected, asked
    assert from_memory
    assert held.newest(3) == trades[-3:]
    assert held.last() == trades[-1]


def test_nothing_yet() -> None:
    held: Newest[TradeExecuted] = Newest(attrgetter("trade_id"))
    assert (held.newest(5), held.last(), held.page(5), held.page(5, 1)) == ([], None, [], [])
