"""The SQL tables of market data that are no one's orders. Trades and klines are in tables.py."""

import sqlalchemy as sa

from rialto.projections.tables import METADATA, Int64


def _int(name: str, *constraints: sa.ForeignKey) -> sa.Column[int]:
    return sa.Column(name, Int64, *constraints, nullable=False, autoincrement=False)


# AggregateTrade, field by field.
AGGREGATE_TRADES = sa.Table(
    "aggregate_trades",
    METADATA,
    _int("instrument", sa.ForeignKey("instruments.id")),
    _int("id"),
    _int("sequence"),
    _int("time_us"),
    _int("price_ticks"),
    _int("quantity_lots"),
    _int("first_trade_id"),
    _int("last_trade_id"),
    _int("taker_side"),
    sa.PrimaryKeyConstraint("instrument", "id"),
    sa.Index("aggregate_trades_by_time", "instrument", "time_us", "id"),
    sqlite_with_rowid=False,
)

_ON_THE_BOOK = sa.text("visible_lots > 0")

# How much icebergs show, 0 once they are no longer on the book.
ICEBERGS = sa.Table(
    "icebergs",
    METADATA,
    _int("order_id", sa.ForeignKey("orders.id")),
    _int("visible_lots"),
    sa.PrimaryKeyConstraint("order_id"),
    sa.Index(
        "icebergs_on_the_book",
        "order_id",
        sqlite_where=_ON_THE_BOOK,
        postgresql_where=_ON_THE_BOOK,
    ),
)
