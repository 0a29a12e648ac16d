"""What is asked of SQL: orders and trades of an account, public trades.

In:  ids and a Page, which says which part of a list is wanted.
Out: the structs of the vocabulary, oldest first, as of the checkpoint (Database.wait_for).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from rialto.messages.events import TradeExecuted
from rialto.messages.ids import AccountId, InstrumentId, OrderId, OrderListId
from rialto.messages.klines import DAY_US
from rialto.projections.database import Database
from rialto.projections.order_rows import WITH_INSTRUCTIONS, order_of
from rialto.projections.orders import Order, OrderStatus
from rialto.projections.rows import trade_of
from rialto.projections.tables import ORDERS, TRADES

ARCHIVED_AFTER_US = 90 * DAY_US
NEVER_FILLED = (OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.EXPIRED_IN_MATCH)

Select = sa.Select[Any]


class Page(NamedTuple):
    """Which part of a list (binance-api.md 1.7, 2.7); times are inclusive.

    With from_id or start_us the oldest `limit` from there on, else the newest up to end_us.
    """

    limit: int
    from_id: int | None = None
    start_us: int | None = None
    end_us: int | None = None

    @property
    def is_oldest_first(self) -> bool:
        return self.from_id is not None or self.start_us is not None


def is_archived(order: Order, now_us: int) -> bool:
    """Ended long ago without a fill: not listed any more, and a query for it says so."""
    never_filled = order.status in NEVER_FILLED and not order.executed_lots
    return never_filled and order.changed_us < now_us - ARCHIVED_AFTER_US


class Queries:
    def __init__(self, database: Database) -> None:
        self.database = database

    def find_order(self, order_id: OrderId) -> Order | None:
        return self._one_order(WITH_INSTRUCTIONS.where(ORDERS.c.id == order_id))

    def find_order_by_client_order_id(
        self, account: AccountId, client_order_id: str
    ) -> Order | None:
        """The newest that has the id."""
        o = ORDERS.c
        query = WITH_INSTRUCTIONS.where(o.account == account, o.client_order_id == client_order_id)
        return self._one_order(query.order_by(o.id.desc()).limit(1))

    def orders(
        self, account: AccountId, instrument: InstrumentId, page: Page, now_us: int
    ) -> list[Order]:
        """All of an account on an instrument, open or not, by id; times are those of placing."""
        o = ORDERS.c
        is_archived = sa.and_(
            o.status.in_(NEVER_FILLED),
            o.executed_lots == 0,
            o.changed_us < now_us - ARCHIVED_AFTER_US,
        )
        query = WITH_INSTRUCTIONS.where(
            o.account == account, o.instrument == instrument, sa.not_(is_archived)
        )
        with self.database.read() as connection:
            # Ids rise with time, so a bound in time is a bound of ids, and the index has those.
            by_time = sa.select(o.id)
            first, last = bounds_of(connection, by_time, (o.placed_us, o.id), page)
            query = paged(query, o.id, page, (first, last))
            return _oldest_first([order_of(row) for row in connection.execute(query)], page)

    def trades_of(
        self, account: AccountId, instrument: InstrumentId, page: Page
    ) -> list[TradeExecuted]:
        """Where the account was taker, maker or both."""
        t = TRADES.c
        return self._trades(
            instrument, page, t.taker_account == account, t.maker_account == account
        )

    def trades_of_order(
        self, instrument: InstrumentId, order_id: OrderId, page: Page
    ) -> list[TradeExecuted]:
        t = TRADES.c
        return self._trades(
            instrument, page, t.taker_order_id == order_id, t.maker_order_id == order_id
        )

    def lists_of(self, order_ids: Iterable[OrderId]) -> dict[OrderId, OrderListId]:
        """Of those orders that are in one."""
        o = ORDERS.c
        query = sa.select(o.id, o.order_list).where(o.id.in_(set(order_ids)), o.order_list != 0)
        with self.database.read() as connection:
            return {row.id: row.order_list for row in connection.execute(query)}

    def public_trades(self, instrument: InstrumentId, page: Page) -> list[TradeExecuted]:
        return self._trades(instrument, page, sa.true())

    def _one_order(self, query: Select) -> Order | None:
        with self.database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else order_of(row)

    def _trades(
        self, instrument: InstrumentId, page: Page, *conditions: sa.ColumnElement[bool]
    ) -> list[TradeExecuted]:
        """Those under any of the conditions; each has an index of its own, so each is a query."""
        t = TRADES.c
        found: dict[int, TradeExecuted] = {}
        with self.database.read() as connection:
            by_time = sa.select(t.trade_id).where(t.instrument == instrument)
            bounds = bounds_of(connection, by_time, (t.time_us, t.trade_id), page)
            for condition in conditions:
                query = sa.select(TRADES).where(t.instrument == instrument, condition)
                for row in connection.execute(paged(query, t.trade_id, page, bounds)):
                    found[row.trade_id] = trade_of(row)
        ordered = [found[trade_id] for trade_id in sorted(found)]
        return ordered[: page.limit] if page.is_oldest_first else ordered[-page.limit :]


Bounds = tuple[int | None, int | None]


def bounds_of(
    connection: sa.Connection, ids: Select, order: tuple[sa.Column[int], sa.Column[int]], page: Page
) -> Bounds:
    """The first and the last id within the page's times; (1, 0) if there is none."""
    time_us, id_ = order
    first: int | None = None
    last: int | None = None
    if page.start_us is not None:
        after = ids.where(time_us >= page.start_us).order_by(time_us, id_).limit(1)
        first = connection.scalar(after)
        if first is None:
            return 1, 0
    if page.end_us is not None:
        until = ids.where(time_us <= page.end_us).order_by(time_us.desc(), id_.desc()).limit(1)
        last = connection.scalar(until)
        if last is None:
            return 1, 0
    return first, last


def paged(query: Select, id_: sa.Column[int], page: Page, bounds: Bounds) -> Select:
    """A query of a page's rows, the newest first unless the page is_oldest_first."""
    first, last = bounds
    if first is not None:
        query = query.where(id_ >= first)
    if last is not None:
        query = query.where(id_ <= last)
    if page.from_id is not None:
        query = query.where(id_ >= page.from_id)
    return query.order_by(id_ if page.is_oldest_first else id_.desc()).limit(page.limit)


def _oldest_first(found: list[Order], page: Page) -> list[Order]:
    return found if page.is_oldest_first else found[::-1]
