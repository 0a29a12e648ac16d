"""The start of the folds: SQL as of its checkpoint, then the events after it."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from rialto.gateway.sources import Folds
from rialto.market_data.folds import MarketData, StoredMarket
from rialto.market_data.klines import KEPT_KLINES
from rialto.market_data.newest import KEPT_MAX
from rialto.market_data.reference_prices import MILLISECOND_US, PriceBucket
from rialto.messages.catalog import Catalog
from rialto.messages.events import Event
from rialto.messages.icebergs import RestingOrder
from rialto.messages.ids import InstrumentId, OrderId, Sequence, UpdateId
from rialto.messages.instruments import Instrument
from rialto.projections.boot import (
    load_balances,
    load_catalog,
    load_first_trade_us,
    load_leg_ids,
    load_newest_klines,
    load_newest_trades,
    load_open_lists,
    load_open_orders,
    load_update_ids,
)
from rialto.projections.database import Database, read_checkpoint
from rialto.projections.live import LiveBalances, LiveOrders
from rialto.projections.market_queries import (
    load_icebergs,
    load_last_day,
    load_newest_aggregate_trades,
    load_price_buckets,
)
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
        folds.orders.load(open_orders, load_open_lists(connection), load_leg_ids(connection))
        folds.balances.load(load_balances(connection))
        update_ids = load_update_ids(connection)
        resting = _resting(open_orders, load_icebergs(connection))
        for instrument in folds.catalog.instruments.values():
            orders, update_id = resting.get(instrument.id, []), update_ids[instrument.id]
            reference_ticks = folds.catalog.reference_ticks.get(instrument.id, 0)
            stored = _stored_market(connection, instrument, orders, update_id, reference_ticks)
            folds.market.load(instrument.id, stored)
    for events in events_after(checkpoint):
        folds.publish(events)


def _resting(
    open_orders: list[Order], visible_lots: dict[OrderId, int]
) -> dict[InstrumentId, list[RestingOrder]]:
    """All that is on the books, with what icebergs show of themselves."""
    books: dict[InstrumentId, list[RestingOrder]] = {}
    for order in open_orders:
        if order.is_working:
            remaining = order.remaining_lots
            visible = visible_lots.get(order.id, remaining)
            resting = RestingOrder(order.id, order.side, order.working_ticks, remaining, visible)
            books.setdefault(order.instrument, []).append(resting)
    return books


def _stored_market(
    connection: sa.Connection,
    instrument: Instrument,
    resting: list[RestingOrder],
    last_update_id: UpdateId,
    reference_ticks: int,
) -> StoredMarket:
    return StoredMarket(
        instrument.definition,
        resting,
        last_update_id,
        load_newest_trades(connection, instrument.id, KEPT_MAX),
        load_newest_aggregate_trades(connection, instrument.id, KEPT_MAX),
        load_first_trade_us(connection, instrument.id),
        {
            width_us: load_newest_klines(connection, instrument.id, width_us, count)
            for width_us, count in KEPT_KLINES.items()
        },
        load_last_day(connection, instrument.id),
        _price_buckets(connection, instrument),
        reference_ticks,
    )


def _price_buckets(connection: sa.Connection, instrument: Instrument) -> list[PriceBucket]:
    definition = instrument.definition
    width_us = definition.reference_bucket_width_ms * MILLISECOND_US
    count = definition.reference_bucket_count
    rows = load_price_buckets(connection, instrument.id, width_us, count)
    return [PriceBucket(*row) for row in rows]
