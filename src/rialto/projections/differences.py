"""Whether SQL says what the machine says: differences in words, none if all is well.

In:  balances and open orders as the core gives them at the checkpoint.
Out: one line per difference, at most DIFFERENCES_MAX.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from rialto.messages.ids import InstrumentId
from rialto.projections.boot import load_balances, load_open_orders
from rialto.projections.database import Database
from rialto.projections.tables import POSTINGS

DIFFERENCES_MAX = 100

BalanceRow = tuple[int, int, int, int]  # account, asset, free, locked
OpenOrderRow = tuple[int, int, int, int, int, int]
# order id, account, side, price in ticks, quantity and remaining lots


def differing_balances(database: Database, balances: Iterable[BalanceRow]) -> list[str]:
    with database.read() as connection:
        stored = {
            (account, asset): (balance.free, balance.locked)
            for account, asset, balance in load_balances(connection)
        }
    core = {(account, asset): (free, locked) for account, asset, free, locked in balances}
    return _differences("balance of (account, asset)", core, stored, nothing=(0, 0))


def differing_open_orders(
    database: Database, open_orders: Mapping[InstrumentId, Iterable[OpenOrderRow]]
) -> list[str]:
    """open_orders: of every instrument, those on its book; the machine lists no others."""
    with database.read() as connection:
        stored = {
            (order.instrument, order.id): (
                order.account,
                int(order.side),
                order.working_ticks,
                order.quantity_lots,
                order.remaining_lots,
            )
            for order in load_open_orders(connection)
            if order.is_working
        }
    core = {
        (instrument, order_id): tuple(rest)
        for instrument, orders in open_orders.items()
        for order_id, *rest in orders
    }
    return _differences("open order (instrument, id)", core, stored, nothing=None)


def unbalanced_postings(database: Database) -> list[str]:
    """Assets whose postings do not sum to zero; read row by row, since SQLite has no such sums."""
    totals: dict[int, int] = {}
    query = sa.select(POSTINGS.c.asset, POSTINGS.c.amount)
    with database.read() as connection:
        for asset, amount in connection.execution_options(yield_per=10_000).execute(query):
            totals[asset] = totals.get(asset, 0) + amount
    return [f"postings of asset {asset} sum to {total}" for asset, total in totals.items() if total]


def _differences(
    what: str, core: Mapping[Any, Any], stored: Mapping[Any, Any], nothing: Any
) -> list[str]:
    found = (
        f"{what} {key}: {core.get(key, nothing)} in the machine, {stored.get(key, nothing)} in SQL"
        for key in sorted(core.keys() | stored.keys())
        if core.get(key, nothing) != stored.get(key, nothing)
    )
    return list(islice(found, DIFFERENCES_MAX))
