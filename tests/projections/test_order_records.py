"""Amends and prevented matches in SQL are those that happened, of whoever asks."""

from collections.abc import Iterator

import pytest

from rialto.messages import events as e
from rialto.messages.ids import AccountId, InstrumentId, OrderId, PreventedMatchId
from rialto.projections.database import Database
from rialto.projections.order_records import OrderRecords
from rialto.projections.projector import Projector
from rialto.projections.queries import Page
from tests.core.markets import ACCOUNTS
from tests.projections.histories import History

EVERYTHING = Page(1_000)


@pytest.fixture(scope="module")
def history() -> History:
    return History(seed=9, commands=1_200)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory, history: History) -> Iterator[OrderRecords]:
    database = Database.open(tmp_path_factory.mktemp("sql") / "rialto.sqlite")
    Projector(database).apply(history.batches)
    yield OrderRecords(database)
    database.close()


def test_every_amend_of_an_order(history: History, records: OrderRecords) -> None:
    amends: dict[OrderId, list[e.OrderAmended]] = {}
    names: dict[OrderId, str] = {}
    before: list[str] = []
    for event in history.events:
        if isinstance(event, e.OrderPlaced):
            names[event.order_id] = event.client_order_id
        elif isinstance(event, e.OrderAmended):
            amends.setdefault(event.order_id, []).append(event)
            before.append(names[event.order_id])
            names[event.order_id] = event.client_order_id
    assert sum(map(len, amends.values())) > 10
    told: list[tuple[int, int, str]] = []
    for order_id, events in amends.items():
        first = events[0]
        found = records.amendments(first.account, first.instrument, order_id, (0, 0), 1_000)
        assert [(each.sequence, each.event_index) for each in found] == [
            (each.sequence, each.index) for each in events
        ]
        told += [(each.sequence, each.event_index, each.client_order_id_before) for each in found]
        last = events[-1]
        start = last.sequence, last.index
        assert records.amendments(last.account, last.instrument, order_id, start, 5) == found[-1:]
        stranger = AccountId(last.account + 1)
        assert records.amendments(stranger, last.instrument, order_id, (0, 0), 5) == []
    assert [name for *_, name in sorted(told)] == before


def test_every_prevented_match(history: History, records: OrderRecords) -> None:
    matches = [event for event in history.events if isinstance(event, e.MatchPrevented)]
    assert len(matches) > 10
    for event in matches:
        id_ = event.prevented_match_id
        for account in {event.account, event.maker_account}:
            (found,) = records.prevented_match(account, event.instrument, id_)
            assert (found.taker_order_id, found.maker_order_id, found.mode, found.time_us) == (
                event.taker_order_id,
                event.maker_order_id,
                event.mode,
                event.time_us,
            )
        others = set(ACCOUNTS) - {event.account, event.maker_account}
        for account in others:
            assert records.prevented_match(account, event.instrument, id_) == []


def test_prevented_matches_of_an_order(history: History, records: OrderRecords) -> None:
    matches = [event for event in history.events if isinstance(event, e.MatchPrevented)]
    for event in matches:
        for order_id, account in (
            (event.taker_order_id, event.account),
            (event.maker_order_id, event.maker_account),
        ):
            mine = [
                each.prevented_match_id
                for each in matches
                if order_id in (each.taker_order_id, each.maker_order_id)
            ]
            ask = (account, event.instrument, order_id)
            assert [each.id for each in records.prevented_matches(*ask, EVERYTHING)] == mine
            later = records.prevented_matches(*ask, Page(1, from_id=mine[-1]))
            assert [each.id for each in later] == [PreventedMatchId(mine[-1])]
    first = matches[0]
    elsewhere = InstrumentId(first.instrument + 1)
    assert (
        records.prevented_matches(first.account, elsewhere, first.taker_order_id, EVERYTHING) == []
    )
