"""What happened to orders beside trades: their amends and their prevented matches, as rows.

In:  events with what the fold knew of the order before; later the ids that are asked for.
Out: rows to write; records, oldest first, as of the checkpoint.
"""

from typing import NamedTuple

import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.ids import AccountId, InstrumentId, OrderId, PreventedMatchId, Sequence
from rialto.messages.orders import StpMode
from rialto.projections.database import Database
from rialto.projections.order_tables import AMENDMENTS, PREVENTED_MATCHES
from rialto.projections.queries import Page
from rialto.projections.statements import Row


class Amendment(NamedTuple):
    """One amend of an order, by its event."""

    order_id: OrderId
    sequence: Sequence
    event_index: int
    time_us: int
    account: AccountId
    instrument: InstrumentId
    client_order_id_before: str
    client_order_id: str
    old_quantity_lots: int
    quantity_lots: int


class PreventedMatch(NamedTuple):
    instrument: InstrumentId
    id: PreventedMatchId
    time_us: int
    mode: StpMode
    taker_account: AccountId
    maker_account: AccountId
    taker_order_id: OrderId
    maker_order_id: OrderId
    price_ticks: int
    taker_prevented_lots: int
    maker_prevented_lots: int

    @property
    def accounts(self) -> tuple[AccountId, AccountId]:
        return self.taker_account, self.maker_account


def amendment_row(event: e.OrderAmended, client_order_id_before: str) -> Row:
    return (
        event.order_id,
        event.sequence,
        event.index,
        event.time_us,
        event.account,
        event.instrument,
        client_order_id_before,
        event.client_order_id,
        event.old_quantity_lots,
        event.quantity_lots,
    )


def prevented_match_row(event: e.MatchPrevented) -> Row:
    return (
        event.instrument,
        event.prevented_match_id,
        event.time_us,
        event.mode,
        event.account,
        event.maker_account,
        event.taker_order_id,
        event.maker_order_id,
        event.price_ticks,
        event.taker_prevented_lots,
        event.maker_prevented_lots,
    )


class OrderRecords:
    """The queries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def amendments(
        self,
        account: AccountId,
        instrument: InstrumentId,
        order_id: OrderId,
        start: tuple[int, int],
        limit: int,
    ) -> list[Amendment]:
        """Of one order of the account, oldest first; start: (sequence, index) of an event."""
        a = AMENDMENTS.c
        sequence, index = start
        is_later = sa.or_(
            a.sequence > sequence, sa.and_(a.sequence == sequence, a.event_index >= index)
        )
        is_its = sa.and_(a.order_id == order_id, a.account == account, a.instrument == instrument)
        query = sa.select(AMENDMENTS).where(is_its, is_later)
        query = query.order_by(a.sequence, a.event_index).limit(limit)
        with self._database.read() as connection:
            return [Amendment(*row) for row in connection.execute(query)]

    def prevented_match(
        self, account: AccountId, instrument: InstrumentId, id_: PreventedMatchId
    ) -> list[PreventedMatch]:
        """The one with that id, if it is the account's."""
        p = PREVENTED_MATCHES.c
        its = sa.and_(p.instrument == instrument, p.prevented_match_id == id_)
        return [each for each in self._prevented(its, 1) if account in each.accounts]

    def prevented_matches(
        self, account: AccountId, instrument: InstrumentId, order_id: OrderId, page: Page
    ) -> list[PreventedMatch]:
        """Of one order, if they are the account's, the oldest first."""
        p = PREVENTED_MATCHES.c
        is_later = p.prevented_match_id >= (page.from_id or 0)
        # Each has an index of its own, so each is a query.
        found = [
            each
            for side in (p.taker_order_id, p.maker_order_id)
            for each in self._prevented(sa.and_(side == order_id, is_later), page.limit)
            if each.instrument == instrument and account in each.accounts
        ]
        return sorted(found, key=lambda each: each.id)[: page.limit]

    def _prevented(self, condition: sa.ColumnElement[bool], limit: int) -> list[PreventedMatch]:
        query = sa.select(PREVENTED_MATCHES).where(condition)
        query = query.order_by(PREVENTED_MATCHES.c.prevented_match_id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [PreventedMatch(*row)._replace(mode=StpMode(row.mode)) for row in rows]
