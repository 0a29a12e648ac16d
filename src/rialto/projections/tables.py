"""The SQL tables. Integers as everywhere inside: ticks, lots, smallest units, microseconds.

Amounts can exceed 64 bits: they are NUMERIC where the database has it, decimal text in SQLite.
Enums are their values.
The migrations create these tables; a test proves that both agree.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

AMOUNT_DIGITS = 39  # of an i128
CHECKPOINT_ID = 1
EXCHANGE_LIMITS_ID = 1


class Amount(sa.types.TypeDecorator[int]):
    """An i128. In SQLite it is text: equality works in SQL, order and sums do not."""

    impl = sa.Numeric(AMOUNT_DIGITS, 0).with_variant(sa.String(AMOUNT_DIGITS + 1), "sqlite")
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], Any]:
        return lambda value: None if value is None else str(value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        return lambda value: None if value is None else int(value)


Int64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite's INTEGER has 64 bits

METADATA = sa.MetaData()


def _int(name: str, *constraints: sa.ForeignKey, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, Int64, *constraints, primary_key=primary_key, nullable=False, autoincrement=False
    )


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, Amount, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


ASSETS = sa.Table(
    "assets",
    METADATA,
    _int("id", primary_key=True),
    sa.Column("symbol", sa.Text, nullable=False, unique=True),
    _int("decimals"),
    _amount("order_limit"),
)

# From base to allowed_stp_mask: InstrumentDefinition, field by field.
INSTRUMENTS = sa.Table(
    "instruments",
    METADATA,
    _int("id", primary_key=True),
    sa.Column("symbol", sa.Text, nullable=False, unique=True),
    _int("status"),
    _int("status_at_listing"),
    _int("last_update_id"),
    _int("reference_ticks"),
    _int("base", sa.ForeignKey("assets.id")),
    _int("quote", sa.ForeignKey("assets.id")),
    _int("quote_units_per_tick_lot"),
    _int("base_units_per_lot"),
    _int("min_price_ticks"),
    _int("max_price_ticks"),
    _int("min_lots"),
    _int("max_lots"),
    _int("market_min_lots"),
    _int("market_max_lots"),
    _int("market_step_lots"),
    _amount("min_notional"),
    _amount("notional_min"),
    _amount("notional_max"),
    _amount("max_position"),
    _int("bid_multiplier_up"),
    _int("bid_multiplier_down"),
    _int("ask_multiplier_up"),
    _int("ask_multiplier_down"),
    _int("average_price_minutes"),
    _int("max_num_orders"),
    _int("maker_ppm"),
    _int("taker_ppm"),
    _flag("min_notional_applies_to_market"),
    _flag("notional_min_applies_to_market"),
    _flag("notional_max_applies_to_market"),
    _int("default_stp"),
    _int("allowed_stp_mask"),
    _int("multiplier_up"),
    _int("multiplier_down"),
    _int("bid_limit_multiplier_up"),
    _int("bid_limit_multiplier_down"),
    _int("ask_limit_multiplier_up"),
    _int("ask_limit_multiplier_down"),
    _int("reference_bucket_count"),
    _int("reference_bucket_width_ms"),
    _int("iceberg_parts"),
    _int("max_num_algo_orders"),
    _int("max_num_iceberg_orders"),
    _int("max_num_order_lists"),
    _int("max_num_order_amends"),
    _int("min_trailing_above_delta"),
    _int("max_trailing_above_delta"),
    _int("min_trailing_below_delta"),
    _int("max_trailing_below_delta"),
    _int("allowed_order_types"),
    _int("features"),
)

COMMISSION_RATES = sa.Table(
    "commission_rates",
    METADATA,
    _int("instrument", sa.ForeignKey("instruments.id"), primary_key=True),
    _int("tier", primary_key=True),
    _int("maker_ppm"),
    _int("taker_ppm"),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    _int("id", primary_key=True),
    _int("commission_tier"),
    _int("opened_us"),
    _int("trade_group"),
)

EXCHANGE_LIMITS = sa.Table(
    "exchange_limits",
    METADATA,
    _int("id", primary_key=True),
    _int("max_num_orders"),
    _int("max_num_algo_orders"),
    _int("max_num_iceberg_orders"),
    _int("max_num_order_lists"),
)

_OPEN = sa.text("status <= 1")

ORDERS = sa.Table(
    "orders",
    METADATA,
    _int("id", primary_key=True),
    _int("account", sa.ForeignKey("accounts.id")),
    _int("instrument", sa.ForeignKey("instruments.id")),
    _int("side"),
    _int("type"),
    _int("time_in_force"),
    _int("stp"),
    _int("price_ticks"),
    _int("quantity_lots"),
    _amount("quote_amount"),
    _text("client_order_id"),
    _int("placed_us"),
    _int("working_us"),
    _int("changed_us"),
    _int("changed_sequence"),
    _int("status"),
    _int("executed_lots"),
    _amount("executed_quote"),
    _int("prevented_lots"),
    _int("prevented_match_id"),
    sa.Column("expiry_reason", Int64, nullable=True),
    _int("order_list"),  # 0: in none
    sa.Index("orders_of_account", "account", "instrument", "id"),
    sa.Index("orders_by_client_order_id", "account", "client_order_id"),
    sa.Index("orders_by_time", "placed_us", "id"),
    sa.Index("orders_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

# TradeExecuted, field by field.
TRADES = sa.Table(
    "trades",
    METADATA,
    _int("sequence"),
    _int("event_index"),
    _int("time_us"),
    _int("trade_id"),
    _int("instrument", sa.ForeignKey("instruments.id")),
    _int("taker_side"),
    _int("taker_order_id", sa.ForeignKey("orders.id")),
    _int("maker_order_id", sa.ForeignKey("orders.id")),
    _int("taker_account"),
    _int("maker_account"),
    _int("price_ticks"),
    _int("quantity_lots"),
    _int("taker_remaining_lots"),
    _int("maker_remaining_lots"),
    _int("update_id"),
    _amount("buyer_commission"),
    _amount("seller_commission"),
    _amount("buyer_release"),
    sa.PrimaryKeyConstraint("instrument", "trade_id"),
    sa.Index("trades_by_time", "instrument", "time_us", "trade_id"),
    sa.Index("trades_of_taker", "taker_account", "instrument", "trade_id"),
    sa.Index("trades_of_maker", "maker_account", "instrument", "trade_id"),
    sa.Index("trades_of_taker_order", "taker_order_id", "trade_id"),
    sa.Index("trades_of_maker_order", "maker_order_id", "trade_id"),
    sqlite_with_rowid=False,
)

BALANCES = sa.Table(
    "balances",
    METADATA,
    _int("account", sa.ForeignKey("accounts.id"), primary_key=True),
    _int("asset", sa.ForeignKey("assets.id"), primary_key=True),
    _amount("free"),
    _amount("locked"),
    _int("changed_us"),
)

POSTINGS = sa.Table(
    "postings",
    METADATA,
    _int("sequence", primary_key=True),
    _int("event_index", primary_key=True),
    _int("position", primary_key=True),
    _int("account"),
    _int("asset"),
    _int("bucket"),
    _amount("amount"),
    sqlite_with_rowid=False,
)

# Of the widths of messages/klines.py, those with trades.
KLINES = sa.Table(
    "klines",
    METADATA,
    _int("instrument", sa.ForeignKey("instruments.id"), primary_key=True),
    _int("width_us", primary_key=True),
    _int("open_us", primary_key=True),
    _int("open_ticks"),
    _int("high_ticks"),
    _int("low_ticks"),
    _int("close_ticks"),
    _amount("volume_lots"),
    _amount("quote_amount"),
    _amount("taker_buy_lots"),
    _amount("taker_buy_quote_amount"),
    _int("trades"),
    _int("first_trade_id"),
    _int("last_trade_id"),
    sqlite_with_rowid=False,
)

# One row per command: what kind of event it began with, and how it ended.
AUDIT = sa.Table(
    "audit",
    METADATA,
    _int("sequence", primary_key=True),
    _int("time_us"),
    _text("kind"),
    _int("account"),
    _text("outcome"),
    _text("reason"),
)

CHECKPOINT = sa.Table(
    "checkpoint",
    METADATA,
    _int("id", primary_key=True),
    _int("sequence"),
)
