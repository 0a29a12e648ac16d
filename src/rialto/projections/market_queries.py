"""What is asked of SQL about a market's past, and where the folds of market data start from.

In:  an instrument and which part of its past is wanted.
Out: the structs of the vocabulary, oldest first, as of the checkpoint (Database.wait_for).
"""

from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from rialto.messages.aggregate_trades import AggregateTrade
from rialto.messages.ids import InstrumentId, OrderId
from rialto.messages.kline_spans import KlineSpan
from rialto.messages.klines import DAY_US, SECOND_US, Kline
from rialto.messages.orders import Side
from rialto.projections.database import Database
from rialto.projections.market_tables import AGGREGATE_TRADES, ICEBERGS
from rialto.projections.queries import Page, bounds_of, paged
from rialto.projections.statements import Row
from rialto.projections.tables import KLINES, TRADES


def aggregate_trades(
    database: Database, instrument: InstrumentId, page: Page
) -> list[AggregateTrade]:
    a = AGGREGATE_TRADES.c
    ids = sa.select(a.id).where(a.instrument == instrument)
    query = sa.select(AGGREGATE_TRADES).where(a.instrument == instrument)
    with database.read() as connection:
        bounds = bounds_of(connection, ids, (a.time_us, a.id), page)
        rows = connection.execute(paged(query, a.id, page, bounds))
        found = [aggregate_trade_of(row) for row in rows]
    return found if page.is_oldest_first else found[::-1]


def kept_klines(database: Database, instrument: InstrumentId, span: KlineSpan) -> list[Kline]:
    """Those of a span, of all its widths, oldest first."""
    k = KLINES.c
    mine = sa.select(KLINES).where(k.instrument == instrument)
    narrowest = mine.where(k.width_us == span.parts[0].width_us, k.open_us < span.start_us)
    with database.read() as connection:
        rows = [*connection.execute(narrowest.order_by(k.open_us.desc()).limit(1))]
        for part in span.parts:
            within = mine.where(
                k.width_us == part.width_us, k.open_us >= span.start_us, k.open_us < span.end_us
            )
            if part.wider_us:
                wider = k.open_us - k.open_us % part.wider_us
                within = within.where(wider.in_(part.cut_wider))
            if part.cut:
                within = within.where(k.open_us.not_in(part.cut))
            rows += connection.execute(within)
    return sorted((Kline(*row[2:]) for row in rows), key=attrgetter("open_us"))


def load_newest_aggregate_trades(
    connection: sa.Connection, instrument: InstrumentId, count: int
) -> list[AggregateTrade]:
    a = AGGREGATE_TRADES.c
    query = sa.select(AGGREGATE_TRADES).where(a.instrument == instrument)
    rows = connection.execute(query.order_by(a.id.desc()).limit(count))
    return [aggregate_trade_of(row) for row in rows][::-1]


def load_last_aggregate_trade_ids(connection: sa.Connection) -> dict[InstrumentId, int]:
    a = AGGREGATE_TRADES.c
    query = sa.select(a.instrument, sa.func.max(a.id).label("id")).group_by(a.instrument)
    return {row.instrument: row.id for row in connection.execute(query)}


def load_last_day(connection: sa.Connection, instrument: InstrumentId) -> list[Kline]:
    """The seconds with trades of the day before the last trade, and a minute more."""
    k = KLINES.c
    seconds = sa.select(KLINES).where(k.instrument == instrument, k.width_us == SECOND_US)
    newest = connection.scalar(
        seconds.with_only_columns(k.open_us).order_by(k.open_us.desc()).limit(1)
    )
    if newest is None:
        return []
    wanted = seconds.where(k.open_us >= newest - DAY_US - 60 * SECOND_US)
    return [Kline(*row[2:]) for row in connection.execute(wanted.order_by(k.open_us))]


def load_icebergs(connection: sa.Connection) -> dict[OrderId, int]:
    """How much those on the book show."""
    i = ICEBERGS.c
    query = sa.select(i.order_id, i.visible_lots).where(sa.text("visible_lots > 0"))
    return {row.order_id: row.visible_lots for row in connection.execute(query)}


def load_price_buckets(
    connection: sa.Connection, instrument: InstrumentId, width_us: int, count: int
) -> list[tuple[int, int, int]]:
    """(open time, trades, sum of their prices in ticks) of the buckets with trades that are not
    older than `count` of them before the last trade.
    """
    t = TRADES.c
    mine = sa.select(t.time_us).where(t.instrument == instrument)
    newest = connection.scalar(mine.order_by(t.trade_id.desc()).limit(1))
    if newest is None or not count:
        return []
    open_us = t.time_us - t.time_us % width_us
    query = (
        sa.select(open_us, sa.func.count(), sa.func.sum(t.price_ticks))
        .where(t.instrument == instrument, t.time_us >= newest - (count + 1) * width_us)
        .group_by(open_us)
        .order_by(open_us)
    )
    return [(opened, trades, ticks) for opened, trades, ticks in connection.execute(query)]


def aggregate_trade_row(made: AggregateTrade) -> Row:
    return (
        made.instrument,
        made.id,
        made.sequence,
        made.time_us,
        made.price_ticks,
        made.quantity_lots,
        made.first_trade_id,
        made.last_trade_id,
        made.taker_side,
    )


def aggregate_trade_of(row: sa.Row[Any]) -> AggregateTrade:
    values: list[Any] = list(row)
    values[-1] = Side(values[-1])
    return AggregateTrade(*values)
