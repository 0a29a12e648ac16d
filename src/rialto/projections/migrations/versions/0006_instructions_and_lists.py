"""Orders with instructions, order lists, and what an instrument allows. Nobody had any before."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005_icebergs"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AMOUNT = sa.Numeric(39, 0).with_variant(sa.String(40), "sqlite")
EVERY_TYPE, EVERY_FEATURE = 127, 511
OF_INSTRUMENTS = """
reference_ticks multiplier_up multiplier_down bid_limit_multiplier_up bid_limit_multiplier_down
ask_limit_multiplier_up ask_limit_multiplier_down reference_bucket_count reference_bucket_width_ms
iceberg_parts max_num_algo_orders max_num_iceberg_orders max_num_order_lists max_num_order_amends
min_trailing_above_delta max_trailing_above_delta min_trailing_below_delta
max_trailing_below_delta
"""


def ints(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, INT64, nullable=False, autoincrement=False) for name in names.split()]


def refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target])


def add(table: str, name: str, value: int, type_: Any = INT64) -> None:
    """A column that has a value in every row there is."""
    op.add_column(table, sa.Column(name, type_, nullable=False, server_default=str(value)))


def upgrade() -> None:
    add("orders", "order_list", 0)
    add("accounts", "trade_group", 0)
    add("assets", "order_limit", 0, AMOUNT)
    for name in OF_INSTRUMENTS.split():
        add("instruments", name, 0)
    add("instruments", "allowed_order_types", EVERY_TYPE)
    add("instruments", "features", EVERY_FEATURE)
    op.create_table(
        "exchange_limits",
        *ints("id max_num_orders max_num_algo_orders max_num_iceberg_orders max_num_order_lists"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "order_instructions",
        *ints("order_id pegged_ticks trailing_us stop_price_ticks trailing_delta"),
        *ints("iceberg_lots peg_price_type peg_offset"),
        sa.Column("good_till_us", AMOUNT, nullable=False),
        *ints("strategy_id strategy_type"),
        sa.PrimaryKeyConstraint("order_id"),
        refers("order_id", "orders.id"),
    )
    _lists()


def _lists() -> None:
    op.create_table(
        "order_lists",
        *ints("id account instrument type first_order_id legs"),
        sa.Column("client_order_id", sa.Text, nullable=False),
        *ints("placed_us changed_us changed_sequence"),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        refers("account", "accounts.id"),
        refers("instrument", "instruments.id"),
    )
    op.create_index("order_lists_of_account", "order_lists", ["account", "id"])
    op.create_index("order_lists_by_client_order_id", "order_lists", ["account", "client_order_id"])
    op.create_index("order_lists_by_time", "order_lists", ["placed_us", "id"])
    undone = sa.text("is_done = 0")
    op.create_index(
        "order_lists_open", "order_lists", ["id"], sqlite_where=undone, postgresql_where=undone
    )


def downgrade() -> None:
    for table in ("order_lists", "order_instructions", "exchange_limits"):
        op.drop_table(table)
    for name in (*OF_INSTRUMENTS.split(), "allowed_order_types", "features"):
        op.drop_column("instruments", name)
    op.drop_column("assets", "order_limit")
    op.drop_column("accounts", "trade_group")
    op.drop_column("orders", "order_list")
