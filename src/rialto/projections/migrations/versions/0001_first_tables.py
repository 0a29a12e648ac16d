"""The first tables, and the two accounts of the house that no command opens."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HOUSE_ACCOUNTS = (0, 0xFFFF_FFFF)  # EXTERNAL and COMMISSION of messages/postings.py
INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AMOUNT = sa.Numeric(39, 0).with_variant(sa.String(40), "sqlite")


def ints(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, INT64, nullable=False, autoincrement=False) for name in names.split()]


def amounts(names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, AMOUNT, nullable=False) for name in names.split()]


def texts(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def flags(names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean, nullable=False) for name in names.split()]


def refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target])


def upgrade() -> None:
    _listed()
    accounts = op.create_table(
        "accounts", *ints("id commission_tier opened_us"), sa.PrimaryKeyConstraint("id")
    )
    op.bulk_insert(
        accounts, [{"id": id_, "commission_tier": 0, "opened_us": 0} for id_ in HOUSE_ACCOUNTS]
    )
    _orders()
    _trades()
    _money()
    _klines()
    op.create_table(
        "audit",
        *ints("sequence time_us"),
        *texts("kind"),
        *ints("account"),
        *texts("outcome reason"),
        sa.PrimaryKeyConstraint("sequence"),
    )
    checkpoint = op.create_table("checkpoint", *ints("id sequence"), sa.PrimaryKeyConstraint("id"))
    op.bulk_insert(checkpoint, [{"id": 1, "sequence": 0}])


def downgrade() -> None:
    for table in ("checkpoint", "audit", "klines", "postings", "balances", "trades", "orders"):
        op.drop_table(table)
    for table in ("accounts", "commission_rates", "instruments", "assets"):
        op.drop_table(table)


def _listed() -> None:
    op.create_table(
        "assets",
        *ints("id"),
        *texts("symbol"),
        *ints("decimals"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("symbol"),
    )
    op.create_table(
        "instruments",
        *ints("id"),
        *texts("symbol"),
        *ints("status status_at_listing last_update_id base quote"),
        *ints("quote_units_per_tick_lot base_units_per_lot min_price_ticks max_price_ticks"),
        *ints("min_lots max_lots market_min_lots market_max_lots market_step_lots"),
        *amounts("min_notional notional_min notional_max max_position"),
        *ints("bid_multiplier_up bid_multiplier_down ask_multiplier_up ask_multiplier_down"),
        *ints("average_price_minutes max_num_orders maker_ppm taker_ppm"),
        *flags("min_notional_applies_to_market notional_min_applies_to_market"),
        *flags("notional_max_applies_to_market"),
        *ints("default_stp allowed_stp_mask"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("symbol"),
        refers("base", "assets.id"),
        refers("quote", "assets.id"),
    )
    op.create_table(
        "commission_rates",
        *ints("instrument tier maker_ppm taker_ppm"),
        sa.PrimaryKeyConstraint("instrument", "tier"),
        refers("instrument", "instruments.id"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        *ints("id account instrument side type time_in_force stp price_ticks quantity_lots"),
        *amounts("quote_amount"),
        *texts("client_order_id"),
        *ints("placed_us working_us changed_us changed_sequence status executed_lots"),
        *amounts("executed_quote"),
        *ints("prevented_lots prevented_match_id"),
        sa.Column("expiry_reason", INT64, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        refers("account", "accounts.id"),
        refers("instrument", "instruments.id"),
    )
    op.create_index("orders_of_account", "orders", ["account", "instrument", "id"])
    op.create_index("orders_by_client_order_id", "orders", ["account", "client_order_id"])
    op.create_index("orders_by_time", "orders", ["placed_us", "id"])
    is_open = sa.text("status <= 1")
    op.create_index("orders_open", "orders", ["id"], sqlite_where=is_open, postgresql_where=is_open)


def _trades() -> None:
    op.create_table(
        "trades",
        *ints("sequence event_index time_us trade_id instrument taker_side"),
        *ints("taker_order_id maker_order_id taker_account maker_account"),
        *ints("price_ticks quantity_lots taker_remaining_lots maker_remaining_lots update_id"),
        *amounts("buyer_commission seller_commission buyer_release"),
        sa.PrimaryKeyConstraint("instrument", "trade_id"),
        refers("instrument", "instruments.id"),
        refers("taker_order_id", "orders.id"),
        refers("maker_order_id", "orders.id"),
        sqlite_with_rowid=False,
    )
    op.create_index("trades_by_time", "trades", ["instrument", "time_us", "trade_id"])
    op.create_index("trades_of_taker", "trades", ["taker_account", "instrument", "trade_id"])
    op.create_index("trades_of_maker", "trades", ["maker_account", "instrument", "trade_id"])
    op.create_index("trades_of_taker_order", "trades", ["taker_order_id", "trade_id"])
    op.create_index("trades_of_maker_order", "trades", ["maker_order_id", "trade_id"])


def _money() -> None:
    op.create_table(
        "balances",
        *ints("account asset"),
        *amounts("free locked"),
        *ints("changed_us"),
        sa.PrimaryKeyConstraint("account", "asset"),
        refers("account", "accounts.id"),
        refers("asset", "assets.id"),
    )
    op.create_table(
        "postings",
        *ints("sequence event_index position account asset bucket"),
        *amounts("amount"),
        sa.PrimaryKeyConstraint("sequence", "event_index", "position"),
        sqlite_with_rowid=False,
    )


def _klines() -> None:
    op.create_table(
        "klines",
        *ints("instrument width_us open_us open_ticks high_ticks low_ticks close_ticks"),
        *amounts("volume_lots quote_amount taker_buy_lots taker_buy_quote_amount"),
        *ints("trades first_trade_id last_trade_id"),
        sa.PrimaryKeyConstraint("instrument", "width_us", "open_us"),
        refers("instrument", "instruments.id"),
        sqlite_with_rowid=False,
    )
