"""The start of the folds: SQL as of its checkpoint, then the events after it."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from rialto.gateway.sources import Folds
from rialto.market_data.folds import MarketData, StoredMarket
from rialto.market_data.klines import KEPT_KLINES
from rialto.market_data.newest import KEPT_MAX
from rialto.messages.catalog import Catalog
from rialto.messages.events import Event
from rialto.messages.ids import Sequence, UpdateId
from rialto.messages.instruments import Instrument
from rialto.projections.boot import (
    load_balances,
    load_catalog,
    load_first_trade_us,
    load_newest_klines,
    load_newest_trades,
    load_open_orders,
    load_update_ids,
)
from rialto.projections.database import Database, read_checkpoint
from rialto.projections.live import LiveBalances, LiveOrders
from rialto.projections.market_queries import load_last_day, load_newest_aggregate_trades
from rialto.projections.orders import Order


def new_folds() -> Folds:
    """Of an exchange without a past."""
    catalog = Catalog()
    orders, balances = LiveOrders(catalog.instruments), LiveBalances(catalog.instruments)
    return Folds(catalog, orders, balances, MarketData())


def load_folds(
    folds: Folds, database: Database, events_after: Callable[[Sequence], Iterable[list[Event]]]
) -> None:
    """Fill new folds, before anyone submits a command or listens to them."""
    with database.read() as connection:
        checkpoint = read_checkpoint(connection)
        load_catalog(connection, folds.catalog)
        open_orders = load_open_orders(connection)
        folds.orders.load(open_orders)
        folds.balances.load(load_balances(connection))
        update_ids = load_update_ids(connection)
        for instrument in folds.catalog.instruments.values():
            orders = [order for order in open_orders if order.instrument == instrument.id]
            stored = _stored_market(connection, instrument, orders, update_ids[instrument.id])
            folds.market.load(instrument.id, stored)
    for events in events_after(checkpoint):
        folds.publish(events)


def _stored_market(
    connection: sa.Connection,
    instrument: Instrument,
    open_orders: list[Order],
    last_update_id: UpdateId,
) -> StoredMarket:
    return StoredMarket(
        instrument.definition,
        [(order.side, order.price_ticks, order.remaining_lots) for order in open_orders],
        last_update_id,
        load_newest_trades(connection, instrument.id, KEPT_MAX),
        load_newest_aggregate_trades(connection, instrument.id, KEPT_MAX),
        load_first_trade_us(connection, instrument.id),
        {
            width_us: load_newest_klines(connection, instrument.id, width_us, count)
            for width_us, count in KEPT_KLINES.items()
        },
        load_last_day(connection, instrument.id),
    )
