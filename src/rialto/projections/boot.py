"""Where folds start from: what SQL knows at its checkpoint.

Each function reads within the caller's connection, so that all of them see one moment.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from rialto.messages import events as e
from rialto.messages.catalog import TIER_AT_START, Catalog
from rialto.messages.ids import AccountId, AssetId, InstrumentId, OrderId, Sequence, UpdateId
from rialto.messages.klines import Kline
from rialto.messages.orders import InstrumentStatus
from rialto.messages.postings import COMMISSION, EXTERNAL
from rialto.projections import tables as t
from rialto.projections.live import Balance
from rialto.projections.order_rows import WITH_INSTRUCTIONS, list_of, order_of
from rialto.projections.order_tables import ORDER_LISTS
from rialto.projections.orders import Order, OrderList
from rialto.projections.rows import definition_of, trade_of

_AT_START = (Sequence(0), 0, 0)  # of the events made up from rows


def load_catalog(connection: sa.Connection, catalog: Catalog) -> None:
    """The events that would give the rows, applied."""
    catalog.apply(_assets(connection))
    catalog.apply(_instruments(connection))
    catalog.apply(_accounts(connection))
    catalog.apply(_limits(connection))
    catalog.apply(
        e.CommissionRatesSet(*_AT_START, row.instrument, row.tier, row.maker_ppm, row.taker_ppm)
        for row in connection.execute(sa.select(t.COMMISSION_RATES))
    )


def load_open_orders(connection: sa.Connection) -> list[Order]:
    """Lowest id first."""
    is_open = sa.text("status <= 1")  # as the index has it
    query = WITH_INSTRUCTIONS.where(is_open).order_by(t.ORDERS.c.id)
    return [order_of(row) for row in connection.execute(query)]


def load_open_lists(connection: sa.Connection) -> list[OrderList]:
    """Lowest id first."""
    is_open = sa.text("is_done = 0")  # as the index has it
    query = sa.select(ORDER_LISTS).where(is_open).order_by(ORDER_LISTS.c.id)
    return [list_of(row) for row in connection.execute(query)]


def load_leg_ids(connection: sa.Connection) -> dict[OrderId, str]:
    """Client order ids of the orders of open lists, also of those that are closed."""
    orders, lists = t.ORDERS.c, ORDER_LISTS.c
    ends = lists.first_order_id + lists.legs
    of_list = sa.and_(orders.id >= lists.first_order_id, orders.id < ends)
    query = sa.select(orders.id, orders.client_order_id).select_from(
        sa.join(ORDER_LISTS, t.ORDERS, of_list)
    )
    is_open = sa.text("is_done = 0")
    return {row.id: row.client_order_id for row in connection.execute(query.where(is_open))}


def load_balances(connection: sa.Connection) -> Iterator[tuple[AccountId, AssetId, Balance]]:
    for account, asset, free, locked, changed_us in connection.execute(sa.select(t.BALANCES)):
        yield account, asset, Balance(free, locked, changed_us)


def load_update_ids(connection: sa.Connection) -> dict[InstrumentId, UpdateId]:
    """Of the last level change of each book."""
    query = sa.select(t.INSTRUMENTS.c.id, t.INSTRUMENTS.c.last_update_id)
    return {row.id: row.last_update_id for row in connection.execute(query)}


def load_last_klines(connection: sa.Connection) -> dict[tuple[InstrumentId, int], Kline]:
    """The newest kept kline of each instrument and width."""
    k = t.KLINES.c
    newest = (
        sa.select(k.instrument, k.width_us, sa.func.max(k.open_us).label("open_us"))
        .group_by(k.instrument, k.width_us)
        .subquery()
    )
    same = sa.and_(
        k.instrument == newest.c.instrument,
        k.width_us == newest.c.width_us,
        k.open_us == newest.c.open_us,
    )
    rows = connection.execute(sa.select(t.KLINES).join(newest, same))
    return {(row.instrument, row.width_us): Kline(*row[2:]) for row in rows}


def load_newest_klines(
    connection: sa.Connection, instrument: InstrumentId, width_us: int, count: int
) -> list[Kline]:
    """Oldest first."""
    k = t.KLINES.c
    query = (
        sa.select(t.KLINES)
        .where(k.instrument == instrument, k.width_us == width_us)
        .order_by(k.open_us.desc())
        .limit(count)
    )
    return [Kline(*row[2:]) for row in connection.execute(query)][::-1]


def load_newest_trades(
    connection: sa.Connection, instrument: InstrumentId, count: int
) -> list[e.TradeExecuted]:
    """Oldest first."""
    query = (
        sa.select(t.TRADES)
        .where(t.TRADES.c.instrument == instrument)
        .order_by(t.TRADES.c.trade_id.desc())
        .limit(count)
    )
    return [trade_of(row) for row in connection.execute(query)][::-1]


def load_first_trade_us(connection: sa.Connection, instrument: InstrumentId) -> int | None:
    trades = t.TRADES.c
    query = sa.select(trades.time_us).where(trades.instrument == instrument)
    found: int | None = connection.scalar(query.order_by(trades.trade_id).limit(1))
    return found


def _assets(connection: sa.Connection) -> Iterator[e.Event]:
    for row in connection.execute(sa.select(t.ASSETS).order_by(t.ASSETS.c.id)):
        yield e.AssetAdded(*_AT_START, row.id, row.decimals, row.symbol)


def _instruments(connection: sa.Connection) -> Iterator[e.Event]:
    for row in connection.execute(sa.select(t.INSTRUMENTS).order_by(t.INSTRUMENTS.c.id)):
        yield e.InstrumentListed(*_AT_START, row.id, definition_of(row))
        if row.status != row.status_at_listing:
            yield e.InstrumentStatusSet(*_AT_START, row.id, InstrumentStatus(row.status))
        if row.reference_ticks:
            yield e.ReferencePriceSet(*_AT_START, row.id, row.reference_ticks)


def _accounts(connection: sa.Connection) -> Iterator[e.Event]:
    is_opened = t.ACCOUNTS.c.id.not_in((EXTERNAL, COMMISSION))
    for row in connection.execute(sa.select(t.ACCOUNTS).where(is_opened)):
        yield e.AccountOpened(*_AT_START, row.id)
        if row.commission_tier != TIER_AT_START:
            yield e.CommissionTierSet(*_AT_START, row.id, row.commission_tier)
        if row.trade_group:
            yield e.TradeGroupSet(*_AT_START, row.id, row.trade_group)


def _limits(connection: sa.Connection) -> Iterator[e.Event]:
    for row in connection.execute(sa.select(t.EXCHANGE_LIMITS)):
        yield e.ExchangeLimitsSet(*_AT_START, *row[1:])
    a = t.ASSETS.c
    for id_, limit in connection.execute(sa.select(a.id, a.order_limit)):
        if limit:
            yield e.AssetLimitSet(*_AT_START, id_, limit)
