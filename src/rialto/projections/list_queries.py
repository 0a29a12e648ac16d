"""What is asked of SQL about order lists.

In:  ids and a Page.
Out: lists, oldest first, and the client order ids of their orders, as of the checkpoint.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from rialto.messages.ids import AccountId, OrderId, OrderListId
from rialto.projections.database import Database
from rialto.projections.order_rows import list_of
from rialto.projections.order_tables import ORDER_LISTS
from rialto.projections.orders import OrderList
from rialto.projections.queries import Page, bounds_of, paged
from rialto.projections.tables import ORDERS

_L = ORDER_LISTS.c


class ListQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, list_id: OrderListId) -> OrderList | None:
        return self._one(sa.select(ORDER_LISTS).where(_L.id == list_id))

    def find_by_client_order_id(self, account: AccountId, client_order_id: str) -> OrderList | None:
        """The newest that has the id."""
        its = sa.and_(_L.account == account, _L.client_order_id == client_order_id)
        return self._one(sa.select(ORDER_LISTS).where(its).order_by(_L.id.desc()).limit(1))

    def lists(self, account: AccountId, page: Page) -> list[OrderList]:
        """All of an account, open or not, by id; times are those of placing."""
        query = sa.select(ORDER_LISTS).where(_L.account == account)
        with self._database.read() as connection:
            bounds = bounds_of(connection, sa.select(_L.id), (_L.placed_us, _L.id), page)
            found = [list_of(row) for row in connection.execute(paged(query, _L.id, page, bounds))]
        return found if page.is_oldest_first else found[::-1]

    def client_order_ids(self, order_ids: Iterable[int]) -> dict[OrderId, str]:
        """ "" for those that have none."""
        o = ORDERS.c
        query = sa.select(o.id, o.client_order_id).where(o.id.in_(set(order_ids)))
        with self._database.read() as connection:
            return {row.id: row.client_order_id for row in connection.execute(query)}

    def _one(self, query: sa.Select[Any]) -> OrderList | None:
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else list_of(row)
