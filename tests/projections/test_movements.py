"""What came into an account and left it, by every way there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rialto.messages import commands as c
from rialto.messages.ids import AccountId, AssetId, WithdrawalId
from rialto.projections.database import Database
from rialto.projections.movements import (
    MovementKind,
    Wanted,
    deposits,
    held_for_withdrawals,
    withdrawals,
)
from rialto.projections.projector import Projector
from tests.core.markets import BTC, USD
from tests.projections.exchanges import ALICE, BOB, FUNDS, START_US, Exchange

SECOND = 1_000_000
ALWAYS = Wanted(limit=100, offset=0, start_us=0, end_us=2**62)
DEPOSITED, RECEIVED = MovementKind.DEPOSITED, MovementKind.RECEIVED
HELD, SENT = MovementKind.WITHDRAWAL_HELD, MovementKind.SENT
SETTLED, RELEASED = MovementKind.WITHDRAWAL_SETTLED, MovementKind.WITHDRAWAL_RELEASED

# One a second; withdrawal 7 is used twice, as an id may be once its withdrawal has ended.
STORY: tuple[c.Command, ...] = (
    c.Deposit(ALICE, USD, 50),
    c.Transfer(ALICE, BOB, USD, 20),
    c.HoldWithdrawal(ALICE, BTC, WithdrawalId(7), 5),
    c.HoldWithdrawal(ALICE, USD, WithdrawalId(8), 6),
    c.SettleWithdrawal(WithdrawalId(7)),
    c.HoldWithdrawal(ALICE, BTC, WithdrawalId(7), 9),
    c.ReleaseWithdrawal(WithdrawalId(8)),
    c.HoldWithdrawal(BOB, USD, WithdrawalId(8), 1),
    c.Deposit(AccountId(99), USD, 1),  # refused
    c.Transfer(BOB, ALICE, BTC, 3),
)


def at(second: int) -> int:
    return START_US + second * SECOND


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "rialto.sqlite")
    projector = Projector(database)
    exchange = Exchange(lambda events: projector.apply([events]))
    for second, command in enumerate(STORY, 1):
        exchange.time_us = at(second)
        exchange.apply(command)
    yield database
    database.close()


def deposits_of(database: Database, account: AccountId, wanted: Wanted = ALWAYS) -> list[object]:
    with database.read() as connection:
        found = deposits(connection, account, wanted)
    return [(one.kind, one.asset, one.amount, one.time_us) for one in found]


def withdrawals_of(
    database: Database, account: AccountId, wanted: Wanted = ALWAYS
) -> list[tuple[MovementKind, AssetId, int, int, MovementKind | None, int | None]]:
    with database.read() as connection:
        found = withdrawals(connection, account, wanted)
    return [
        (one.start.kind, one.start.asset, one.start.amount, one.start.time_us, one.end, one.end_us)
        for one in found
    ]


ALICES_DEPOSITS = [
    (RECEIVED, BTC, 3, at(10)),
    (DEPOSITED, USD, 50, at(1)),
    (DEPOSITED, USD, FUNDS, START_US),
    (DEPOSITED, BTC, FUNDS, START_US),
]
ALICES_WITHDRAWALS = [
    (HELD, BTC, 9, at(6), None, None),
    (HELD, USD, 6, at(4), RELEASED, at(7)),
    (HELD, BTC, 5, at(3), SETTLED, at(5)),
    (SENT, USD, 20, at(2), SETTLED, at(2)),
]


def test_deposits(database: Database) -> None:
    assert deposits_of(database, ALICE) == ALICES_DEPOSITS
    assert deposits_of(database, BOB)[0] == (RECEIVED, USD, 20, at(2))
    assert deposits_of(database, AccountId(99)) == []


def test_withdrawals(database: Database) -> None:
    assert withdrawals_of(database, ALICE) == ALICES_WITHDRAWALS
    assert withdrawals_of(database, BOB) == [
        (SENT, BTC, 3, at(10), SETTLED, at(10)),
        (HELD, USD, 1, at(8), None, None),
    ]


@pytest.mark.parametrize(
    ("wanted", "deposited", "withdrawn"),
    [
        (ALWAYS._replace(limit=2), [0, 1], [0, 1]),
        (ALWAYS._replace(limit=2, offset=1), [1, 2], [1, 2]),
        (ALWAYS._replace(asset=USD), [1, 2], [1, 3]),
        (ALWAYS._replace(start_us=at(3)), [0], [0, 1, 2]),
        (ALWAYS._replace(start_us=at(1), end_us=at(3)), [1], [2, 3]),
        (ALWAYS._replace(start_us=at(3), end_us=at(1)), [], []),
    ],
)
def test_a_part(
    database: Database, wanted: Wanted, deposited: list[int], withdrawn: list[int]
) -> None:
    assert deposits_of(database, ALICE, wanted) == [ALICES_DEPOSITS[n] for n in deposited]
    assert withdrawals_of(database, ALICE, wanted) == [ALICES_WITHDRAWALS[n] for n in withdrawn]


def test_by_how_they_ended_and_by_event(database: Database) -> None:
    with database.read() as connection:
        for ends, expected in (((None,), [0]), ((RELEASED,), [1]), ((SETTLED,), [2, 3])):
            found = withdrawals(connection, ALICE, ALWAYS, ends)
            starts = [ALICES_WITHDRAWALS[n][3] for n in expected]
            assert [one.start.time_us for one in found] == starts
        newest = deposits(connection, ALICE, ALWAYS)[0]
        wanted = ALWAYS._replace(event=(newest.sequence, newest.event_index))
        assert deposits(connection, ALICE, wanted) == [newest]
        assert deposits(connection, BOB, wanted) == []


def test_what_is_held(database: Database) -> None:
    with database.read() as connection:
        assert held_for_withdrawals(connection, ALICE) == {BTC: 9, USD: 0}
        assert held_for_withdrawals(connection, BOB) == {USD: 1}
