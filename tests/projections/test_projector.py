"""The rows of SQL, whatever happens on the way, are those of the machine."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from rialto.messages import events as e
from rialto.messages.ids import InstrumentId
from rialto.projections.database import AnotherProjector, Database, ProjectionBehind
from rialto.projections.differences import (
    DIFFERENCES_MAX,
    differing_balances,
    differing_open_orders,
    unbalanced_postings,
)
from rialto.projections.projector import EventsMissing, Projector
from rialto.projections.tables import METADATA
from tests.projections.histories import History

COMMANDS = 600


@pytest.fixture(scope="module")
def history() -> History:
    return History(seed=1, commands=COMMANDS)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "rialto.sqlite")
    yield database
    database.close()


def rows(database: Database) -> dict[str, list[Any]]:
    with database.read() as connection:
        return {
            table.name: list(connection.execute(sa.select(table).order_by(*table.primary_key)))
            for table in METADATA.sorted_tables
        }


def books(database: Database, history: History) -> dict[InstrumentId, list[Any]]:
    """What the core has on every book."""
    with database.read() as connection:
        instruments = connection.scalar(sa.text("SELECT count(*) FROM instruments"))
    return {InstrumentId(n): history.core.open_orders(n) for n in range(instruments)}


def differences(database: Database, history: History) -> list[str]:
    """Between SQL and the core."""
    return (
        differing_balances(database, history.core.balances())
        + differing_open_orders(database, books(database, history))
        + unbalanced_postings(database)
    )


@pytest.mark.parametrize("seed", range(4))
def test_sql_equals_the_core(tmp_path: Path, seed: int) -> None:
    history = History(seed, COMMANDS)
    database = Database.open(tmp_path / "rialto.sqlite")
    projector = Projector(database)
    random = Random(seed)
    left = history.batches
    while left:
        count = random.randint(1, 40)
        projector.apply(left[:count])
        left = left[count:]
    assert database.checkpoint() == history.sequence
    assert differences(database, history) == []
    database.close()


def test_the_audit_has_every_command_once(database: Database, history: History) -> None:
    Projector(database).apply(history.batches)
    with database.read() as connection:
        found = connection.execute(sa.text("SELECT sequence FROM audit ORDER BY 1")).scalars()
        assert list(found) == list(range(1, history.sequence + 1))


def test_applying_twice_changes_nothing(database: Database, history: History) -> None:
    projector = Projector(database)
    projector.apply(history.batches[:50])
    projector.apply(history.batches[20:100] + history.batches[90:])
    once = rows(database)
    projector.apply(history.batches)
    assert rows(database) == once
    assert differences(database, history) == []


def test_a_new_projector_goes_on_where_the_last_one_ended(
    tmp_path: Path, database: Database, history: History
) -> None:
    for sequence in (25, 26, 90, 250, 251, COMMANDS):
        Projector(database).apply(history.until(sequence))
    Projector(database).apply(history.batches)
    whole = Database.open(tmp_path / "whole.sqlite")
    Projector(whole).apply(history.batches)
    assert rows(database) == rows(whole)
    whole.close()


def test_emptied_and_folded_again_it_is_the_same(database: Database, history: History) -> None:
    Projector(database).apply(history.batches)
    before = rows(database)
    database.empty()
    assert database.checkpoint() == 0
    Projector(database).apply(history.batches)
    assert rows(database) == before


@pytest.mark.parametrize("lost", ["a batch", "an event", "the first event of a command"])
def test_a_gap_stops_it_and_writes_nothing(database: Database, history: History, lost: str) -> None:
    Projector(database).apply(history.batches[:30])
    before = rows(database)
    whole = [event for batch in history.batches[30:] for event in batch]
    long = next(i for i, event in enumerate(whole) if event.index == 2)
    cut = {"a batch": 0, "an event": long - 1, "the first event of a command": long - 2}[lost]
    with pytest.raises(EventsMissing, match="rebuild"):
        Projector(database).apply([whole[:cut] + whole[cut + 1 :]])
    assert rows(database) == before


def test_two_projectors_cannot_write_to_one_database(database: Database, history: History) -> None:
    first, second = Projector(database), Projector(database)
    first.apply(history.batches[:10])
    before = rows(database)
    with pytest.raises(AnotherProjector):
        second.apply(history.batches[:20])
    assert rows(database) == before


async def test_waiting_for_a_sequence(database: Database, history: History) -> None:
    Projector(database).apply(history.batches)
    await database.wait_for(history.sequence, timeout_s=0)
    with pytest.raises(ProjectionBehind):
        await database.wait_for(history.sequence + 1, timeout_s=0.01)


def test_migrations_make_the_tables_and_take_them_back(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    database.migrate("base")
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]


def test_differences_are_told(database: Database, history: History) -> None:
    Projector(database).apply(history.batches)
    (account, asset, free, locked), *others = history.core.balances()
    assert differing_balances(database, [(account, asset, free + 1, locked), *others]) == [
        f"balance of (account, asset) ({account}, {asset}): ({free + 1}, {locked}) in the machine, "
        f"({free}, {locked}) in SQL"
    ]
    resting = sum(map(len, books(database, history).values()))
    assert len(differing_open_orders(database, {})) == min(resting, DIFFERENCES_MAX)


def test_no_event_is_passed_over(history: History) -> None:
    """The random history has every kind of event that is folded into rows."""
    kinds = {type(event) for event in history.events}
    assert kinds >= {
        e.OrderPlaced,
        e.TradeExecuted,
        e.OrderRested,
        e.OrderCanceled,
        e.OrderExpired,
        e.OrderAmended,
        e.MatchPrevented,
        e.Deposited,
        e.Transferred,
        e.WithdrawalHeld,
    }
