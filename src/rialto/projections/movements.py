"""What came into accounts and left them other than by trading: deposits, withdrawals, transfers.

In:  events of money (Movement rows, one for each account that is concerned).
Out: an account's deposits and withdrawals, the newest first; what is held for withdrawals now.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.ids import AccountId, AssetId
from rialto.projections.statements import Row
from rialto.projections.tables import METADATA, Amount, Int64


class MovementKind(IntEnum):
    """Values are on disk: never reuse one."""

    DEPOSITED = 0
    WITHDRAWAL_HELD = 1
    WITHDRAWAL_SETTLED = 2
    WITHDRAWAL_RELEASED = 3
    SENT = 4  # to another account
    RECEIVED = 5


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, Int64, nullable=False, autoincrement=False)


MOVEMENTS = sa.Table(
    "movements",
    METADATA,
    _int("sequence"),
    _int("event_index"),
    _int("kind"),
    _int("time_us"),
    _int("account"),
    _int("asset"),
    _int("withdrawal"),
    sa.Column("amount", Amount, nullable=False),
    sa.PrimaryKeyConstraint("sequence", "event_index", "kind"),
    sa.Index("movements_of_account", "account", "kind", "sequence"),
    sqlite_with_rowid=False,
)

_KINDS: dict[type[e.Event], MovementKind] = {
    e.Deposited: MovementKind.DEPOSITED,
    e.WithdrawalHeld: MovementKind.WITHDRAWAL_HELD,
    e.WithdrawalSettled: MovementKind.WITHDRAWAL_SETTLED,
    e.WithdrawalReleased: MovementKind.WITHDRAWAL_RELEASED,
}
_M = MOVEMENTS.c
_ENDS = MOVEMENTS.alias("ends")
_NOT_YET = -1
EVERY_END = (None, MovementKind.WITHDRAWAL_SETTLED, MovementKind.WITHDRAWAL_RELEASED)


class Movement(NamedTuple):
    """withdrawal is 0 where there is none."""

    sequence: int
    event_index: int
    kind: MovementKind
    time_us: int
    account: AccountId
    asset: AssetId
    withdrawal: int
    amount: int


class Withdrawal(NamedTuple):
    """end_us is None while the amount is held. What was sent to another account left at once."""

    start: Movement
    end: MovementKind | None
    end_us: int | None


class Wanted(NamedTuple):
    """Which part of a list, newest first; times are inclusive."""

    limit: int
    offset: int
    start_us: int
    end_us: int
    asset: AssetId | None = None
    event: tuple[int, int] | None = None  # sequence and index


def movement_rows(event: e.Event) -> list[Row]:
    """[] for events that are no movement."""
    if isinstance(event, e.Transferred):
        return [
            _row(event, MovementKind.SENT, event.source),
            _row(event, MovementKind.RECEIVED, event.target),
        ]
    kind = _KINDS.get(type(event))
    return [] if kind is None else [_row(event, kind, getattr(event, "account"))]  # noqa: B009


def _row(event: Any, kind: MovementKind, account: AccountId) -> Row:
    withdrawal = getattr(event, "withdrawal", 0)
    where = (event.sequence, event.index, int(kind), event.time_us)
    return (*where, account, event.asset, withdrawal, str(event.amount))


def deposits(connection: sa.Connection, account: AccountId, wanted: Wanted) -> list[Movement]:
    """Also what other accounts sent."""
    kinds = (MovementKind.DEPOSITED, MovementKind.RECEIVED)
    query = _part(sa.select(MOVEMENTS), account, kinds, wanted)
    return [_movement(row) for row in connection.execute(query)]


def withdrawals(
    connection: sa.Connection,
    account: AccountId,
    wanted: Wanted,
    ends: tuple[MovementKind | None, ...] = EVERY_END,
) -> list[Withdrawal]:
    """Also what was sent to other accounts; of those that ended so (None: not yet)."""
    kinds = (MovementKind.WITHDRAWAL_HELD, MovementKind.SENT)
    is_sent = _M.kind == int(MovementKind.SENT)
    settled = int(MovementKind.WITHDRAWAL_SETTLED)
    end = sa.func.coalesce(sa.case((is_sent, settled), else_=_end(_ENDS.c.kind)), _NOT_YET)
    end_us = sa.case((is_sent, _M.time_us), else_=_end(_ENDS.c.time_us))
    query = _part(sa.select(MOVEMENTS, end, end_us), account, kinds, wanted)
    numbers = [_NOT_YET if kind is None else int(kind) for kind in ends]
    found = connection.execute(query.where(end.in_(numbers)))
    return [
        Withdrawal(
            _movement(row[:-2]), None if row[-2] == _NOT_YET else MovementKind(row[-2]), row[-1]
        )
        for row in found
    ]


def held_for_withdrawals(connection: sa.Connection, account: AccountId) -> dict[AssetId, int]:
    """Now, by asset."""
    held: dict[AssetId, int] = {}
    signs = {
        MovementKind.WITHDRAWAL_HELD: 1,
        MovementKind.WITHDRAWAL_SETTLED: -1,
        MovementKind.WITHDRAWAL_RELEASED: -1,
    }
    query = sa.select(_M.kind, _M.asset, _M.amount).where(
        _M.account == account, _M.kind.in_([int(kind) for kind in signs])
    )
    for kind, asset, amount in connection.execute(query):
        held[asset] = held.get(asset, 0) + signs[kind] * amount
    return held


def _part(
    query: sa.Select[Any], account: AccountId, kinds: tuple[MovementKind, ...], wanted: Wanted
) -> sa.Select[Any]:
    query = query.where(
        _M.account == account,
        _M.kind.in_([int(kind) for kind in kinds]),
        _M.time_us >= wanted.start_us,
        _M.time_us <= wanted.end_us,
    )
    if wanted.asset is not None:
        query = query.where(_M.asset == wanted.asset)
    if wanted.event is not None:
        sequence, index = wanted.event
        query = query.where(_M.sequence == sequence, _M.event_index == index)
    newest_first = query.order_by(_M.sequence.desc(), _M.event_index.desc())
    return newest_first.limit(wanted.limit).offset(wanted.offset)


def _end(column: sa.Column[int]) -> sa.ScalarSelect[int]:
    """Of a withdrawal. Its id may be used again afterwards, so it is the next end of that id."""
    ends = (MovementKind.WITHDRAWAL_SETTLED, MovementKind.WITHDRAWAL_RELEASED)
    return (
        sa.select(column)
        .where(
            _ENDS.c.account == _M.account,
            _ENDS.c.kind.in_([int(kind) for kind in ends]),
            _ENDS.c.withdrawal == _M.withdrawal,
            _ENDS.c.sequence > _M.sequence,
        )
        .order_by(_ENDS.c.sequence)
        .limit(1)
        .scalar_subquery()
    )


def _movement(row: Sequence[Any]) -> Movement:
    values = list(row)
    values[2] = MovementKind(values[2])
    return Movement(*values)
