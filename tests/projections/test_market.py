"""Market data in SQL gives what folds of everything give: pages, klines of long ago, starts."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa

from rialto.market_data.intervals import INTERVALS, KlineRequest
from rialto.market_data.kline_answers import KlineAnswer
from rialto.market_data.klines import KEPT_KLINES, Klines
from rialto.messages.aggregate_trades import AggregateTrade, Aggregation
from rialto.messages.events import Event, TradeExecuted
from rialto.messages.ids import InstrumentId, OrderId
from rialto.messages.klines import DAY_US, HOUR_US, KEPT_WIDTHS_US, MINUTE_US, SECOND_US, Kline
from rialto.projections import tables as t
from rialto.projections.boot import load_newest_klines
from rialto.projections.database import Database
from rialto.projections.market_queries import (
    aggregate_trades,
    kept_klines,
    load_icebergs,
    load_last_day,
    load_price_buckets,
)
from rialto.projections.projector import Projector
from rialto.projections.queries import Page
from rialto.projections.rows import kline_row
from rialto.projections.statements import Statements, run
from tests.core.model import Model
from tests.core.model_state import Place
from tests.market_data.test_klines import GAPS_US, START_US, UNITS_PER_TICK_LOT, folded
from tests.market_data.trades import random_trades
from tests.projections.exchanges import INSTRUMENT, Exchange
from tests.projections.histories import History

INSTRUMENTS = [InstrumentId(n) for n in range(6)]
OFFSETS_US = (0, 8 * HOUR_US, 5 * HOUR_US + 45 * MINUTE_US, -7 * MINUTE_US)


@pytest.fixture(scope="module")
def history() -> History:
    return History(seed=25, commands=1_500)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "rialto.sqlite")
    yield database
    database.close()


def joined(trades: list[TradeExecuted]) -> list[AggregateTrade]:
    aggregation = Aggregation()
    return [made for trade in trades if (made := aggregation.add(trade)) is not None]


def trades_of(history: History) -> dict[InstrumentId, list[TradeExecuted]]:
    found: dict[InstrumentId, list[TradeExecuted]] = {one: [] for one in INSTRUMENTS}
    for event in history.events:
        if isinstance(event, TradeExecuted):
            found[event.instrument].append(event)
    return found


def every_page(made: list[AggregateTrade]) -> Iterator[Page]:
    middle = made[len(made) // 2]
    ids = (0, middle.id, made[-1].id, made[-1].id + 1)
    times = (None, 0, middle.time_us - 1, middle.time_us, middle.time_us + 1, made[-1].time_us + 1)
    for limit in (1, 7):
        yield from (Page(limit, from_id) for from_id in ids)
        yield from (Page(limit, None, *span) for span in product(times, times))


def by_hand(made: list[AggregateTrade], page: Page) -> list[AggregateTrade]:
    fits = [
        one
        for one in made
        if (page.from_id is None or one.id >= page.from_id)
        and (page.start_us is None or one.time_us >= page.start_us)
        and (page.end_us is None or one.time_us <= page.end_us)
    ]
    return fits[: page.limit] if page.is_oldest_first else fits[-page.limit :]


def test_aggregate_trades_by_id_and_time(database: Database, history: History) -> None:
    projector = Projector(database)
    for first in range(0, len(history.batches), 20):
        projector.apply(history.batches[first : first + 20])
    found_trades = trades_of(history)
    for instrument in INSTRUMENTS[:2]:
        made = joined(found_trades[instrument])
        for page in every_page(made):
            found = aggregate_trades(database, instrument, page)
            assert found == by_hand(made, page), page


def test_a_past_without_aggregate_trades_gets_them(database: Database, history: History) -> None:
    """As the migration makes them from the trades."""
    Projector(database).apply(history.batches)
    everything = Page(10**6, from_id=0)
    before = [aggregate_trades(database, one, everything) for one in INSTRUMENTS]
    assert sum(map(len, before)) > 100
    statement = (
        Path(__file__).parents[2] / "src/rialto/projections/migrations/versions/0002_market.py"
    ).read_text()
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM aggregate_trades")
        connection.exec_driver_sql(statement.split('"""')[3])
    assert [aggregate_trades(database, one, everything) for one in INSTRUMENTS] == before


@pytest.mark.parametrize("seed", range(4))
def test_what_icebergs_show(tmp_path: Path, seed: int) -> None:
    """After every batch, by a new projector now and then."""
    database = Database.open(tmp_path / "rialto.sqlite")
    projectors = [Projector(database)]

    def look(model: Model, events: list[Event]) -> None:
        if model.sequence % 5 == 0:
            projectors[:] = [Projector(database)]
        projectors[0].apply([events])
        hidden = {
            OrderId(order.order_id): order.visible
            for order in model.orders
            if order.place is Place.RESTING and order.visible < order.remaining
        }
        with database.read() as connection:
            found = load_icebergs(connection)
        assert found.items() >= hidden.items()
        for order in model.orders:
            if order.order_id in found:
                assert found[OrderId(order.order_id)] == order.visible

    History(seed, commands=250, look=look)
    database.close()


class Past:
    """Made-up trades of one instrument, folded in memory and as rows of SQL."""

    def __init__(self, database: Database, trades: list[TradeExecuted]) -> None:
        self.database = database
        Exchange(lambda events: Projector(database).apply([events]))
        self.trades = trades
        self.everything = Klines()
        sql = Statements(database.engine.dialect)
        rows: dict[tuple[int, int, int], Kline] = {}
        for each in trades:
            amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
            self.everything.add(each, amount)
            for width_us, kept in self.everything._kept.items():
                newest = kept.klines[-1]
                rows[INSTRUMENT, width_us, newest.open_us] = newest
        with database.write() as connection:
            run(connection, sql.insert(t.KLINES), (kline_row(*item) for item in rows.items()))

    def answered(self, answer: KlineAnswer) -> list[Kline]:
        if answer.missing is None:
            return answer.klines()
        return answer.klines(kept_klines(self.database, INSTRUMENT, answer.missing.span))


@pytest.mark.parametrize("interval", INTERVALS)
def test_klines_of_long_ago(
    database: Database, monkeypatch: pytest.MonkeyPatch, interval: str
) -> None:
    past = Past(database, random_trades(4, START_US, GAPS_US, 300))
    now_us = past.trades[-1].time_us + 2 * HOUR_US
    middle_us = past.trades[150].time_us
    for width_us in KEPT_KLINES:
        monkeypatch.setitem(KEPT_KLINES, width_us, 3)
    monkeypatch.setattr("rialto.market_data.klines.SLACK_KLINES", 2)
    forgetful = folded(past.trades)
    asked = 0
    times = ((None, None), (0, None), (None, middle_us), (middle_us, now_us))
    for offset_us, limit, (start_us, end_us) in product(OFFSETS_US, (1, 40), times):
        ask = KlineRequest(INTERVALS[interval], limit, start_us, end_us, offset_us)
        if interval == "1s" and offset_us == OFFSETS_US[-1]:
            continue  # the same as in any zone
        expected = past.everything.answer(ask, now_us)
        answer = forgetful.answer(ask, now_us)
        asked += answer.missing is not None
        assert past.answered(answer) == past.answered(expected), ask
    assert asked


def test_folds_that_start_from_rows_are_those_that_saw_everything(database: Database) -> None:
    """The seconds of the last day, and all wider klines, in the middle of each."""
    trades = random_trades(7, START_US, GAPS_US[:5], 400)
    past = Past(database, trades[:300])
    started = Klines()
    with database.read() as connection:
        newest = {
            width_us: load_newest_klines(connection, INSTRUMENT, width_us, count)
            for width_us, count in KEPT_KLINES.items()
        }
        started.load(trades[0].time_us, newest, load_last_day(connection, INSTRUMENT))
    for each in trades[300:]:
        amount = each.price_ticks * each.quantity_lots * UNITS_PER_TICK_LOT
        past.everything.add(each, amount)
        started.add(each, amount)
        for back_us in (0, SECOND_US, MINUTE_US + SECOND_US, 3 * HOUR_US, DAY_US, 7 * DAY_US):
            open_us = (each.time_us - back_us) // SECOND_US * SECOND_US
            if back_us > DAY_US:
                open_us -= open_us % MINUTE_US
            assert started.total(open_us) == past.everything.total(open_us)
            assert started.last_before(open_us) == past.everything.last_before(open_us)


def test_buckets_of_a_reference_price(database: Database, history: History) -> None:
    Projector(database).apply(history.batches)
    width_us, count = 1_500_000, 3
    for instrument, trades in trades_of(history).items():
        expected: dict[int, list[int]] = {}
        for each in trades:
            if each.time_us >= trades[-1].time_us - (count + 1) * width_us:
                opened = each.time_us - each.time_us % width_us
                expected.setdefault(opened, []).append(each.price_ticks)
        with database.read() as connection:
            found = load_price_buckets(connection, instrument, width_us, count)
            assert load_price_buckets(connection, instrument, 0, 0) == []
        assert found == [(us, len(p), sum(p)) for us, p in sorted(expected.items())]


def test_klines_of_every_width_are_those_of_the_trades(
    database: Database, history: History
) -> None:
    Projector(database).apply(history.batches)
    for (instrument, trades), width_us in product(trades_of(history).items(), KEPT_WIDTHS_US):
        spans: dict[int, list[TradeExecuted]] = {}
        for each in trades:
            spans.setdefault(each.time_us // width_us * width_us, []).append(each)
        k = t.KLINES.c
        query = sa.select(k.open_us, k.trades, k.volume_lots, k.first_trade_id, k.close_ticks)
        mine = query.where(k.instrument == instrument, k.width_us == width_us).order_by(k.open_us)
        with database.read() as connection:
            found = [tuple(row) for row in connection.execute(mine)]
        assert found == [
            (
                open_us,
                len(inside),
                sum(each.quantity_lots for each in inside),
                inside[0].trade_id,
                inside[-1].price_ticks,
            )
            for open_us, inside in sorted(spans.items())
        ]
