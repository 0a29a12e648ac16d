"""The SQL tables of what happens to orders: what they ask for, their lists, amends and prevented
matches. Orders themselves and their trades are in tables.py.
"""

import sqlalchemy as sa

from rialto.projections.tables import METADATA, Amount, Int64


def _int(name: str, *constraints: sa.ForeignKey, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, Int64, *constraints, primary_key=primary_key, nullable=False, autoincrement=False
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


_UNDONE = sa.text("is_done = 0")

# Of the orders that ask for more than price and quantity: Instructions, and what came of them.
ORDER_INSTRUCTIONS = sa.Table(
    "order_instructions",
    METADATA,
    _int("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    _int("pegged_ticks"),
    _int("trailing_us"),
    _int("stop_price_ticks"),
    _int("trailing_delta"),
    _int("iceberg_lots"),
    _int("peg_price_type"),
    _int("peg_offset"),
    sa.Column("good_till_us", Amount, nullable=False),  # any u64
    _int("strategy_id"),
    _int("strategy_type"),
)

# OrderList, field by field.
ORDER_LISTS = sa.Table(
    "order_lists",
    METADATA,
    _int("id", primary_key=True),
    _int("account", sa.ForeignKey("accounts.id")),
    _int("instrument", sa.ForeignKey("instruments.id")),
    _int("type"),
    _int("first_order_id"),
    _int("legs"),
    _text("client_order_id"),
    _int("placed_us"),
    _int("changed_us"),
    _int("changed_sequence"),
    sa.Column("is_done", sa.Boolean, nullable=False),
    sa.Index("order_lists_of_account", "account", "id"),
    sa.Index("order_lists_by_client_order_id", "account", "client_order_id"),
    sa.Index("order_lists_by_time", "placed_us", "id"),
    sa.Index("order_lists_open", "id", sqlite_where=_UNDONE, postgresql_where=_UNDONE),
)

AMENDMENTS = sa.Table(
    "amendments",
    METADATA,
    _int("order_id", sa.ForeignKey("orders.id"), primary_key=True),
    _int("sequence", primary_key=True),
    _int("event_index", primary_key=True),
    _int("time_us"),
    _int("account"),
    _int("instrument", sa.ForeignKey("instruments.id")),
    _text("client_order_id_before"),
    _text("client_order_id"),
    _int("old_quantity_lots"),
    _int("quantity_lots"),
    sqlite_with_rowid=False,
)

PREVENTED_MATCHES = sa.Table(
    "prevented_matches",
    METADATA,
    _int("instrument", sa.ForeignKey("instruments.id"), primary_key=True),
    _int("prevented_match_id", primary_key=True),
    _int("time_us"),
    _int("mode"),
    _int("taker_account"),
    _int("maker_account"),
    _int("taker_order_id", sa.ForeignKey("orders.id")),
    _int("maker_order_id", sa.ForeignKey("orders.id")),
    _int("price_ticks"),
    _int("taker_prevented_lots"),
    _int("maker_prevented_lots"),
    sa.Index("prevented_matches_of_taker_order", "taker_order_id", "prevented_match_id"),
    sa.Index("prevented_matches_of_maker_order", "maker_order_id", "prevented_match_id"),
    sqlite_with_rowid=False,
)
