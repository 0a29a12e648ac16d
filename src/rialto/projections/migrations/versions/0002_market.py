"""Aggregate trades, those of the past made from the trades."""

import sqlalchemy as sa
from alembic import op

revision = "0002_market"
down_revision = "0001"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    "instrument id sequence time_us price_ticks quantity_lots first_trade_id last_trade_id"
    " taker_side"
)

# A trade that does not go on with the taker, price and command of the one before begins the next.
FROM_TRADES = """
INSERT INTO aggregate_trades
SELECT
    instrument, id, MIN(sequence), MIN(time_us), MIN(price_ticks), SUM(quantity_lots),
    MIN(trade_id), MAX(trade_id), MIN(taker_side)
FROM (
    SELECT *, SUM(begins) OVER (PARTITION BY instrument ORDER BY trade_id) AS id
    FROM (
        SELECT
            *,
            CASE WHEN (sequence, taker_order_id, price_ticks) = (
                LAG(sequence) OVER earlier,
                LAG(taker_order_id) OVER earlier,
                LAG(price_ticks) OVER earlier
            ) THEN 0 ELSE 1 END AS begins
        FROM trades
        WINDOW earlier AS (PARTITION BY instrument ORDER BY trade_id)
    ) AS trade_by_trade
) AS counted
GROUP BY instrument, id
"""


def upgrade() -> None:
    op.create_table(
        "aggregate_trades",
        *(sa.Column(name, INT64, nullable=False, autoincrement=False) for name in COLUMNS.split()),
        sa.PrimaryKeyConstraint("instrument", "id"),
        sa.ForeignKeyConstraint(["instrument"], ["instruments.id"]),
        sqlite_with_rowid=False,
    )
    op.create_index("aggregate_trades_by_time", "aggregate_trades", ["instrument", "time_us", "id"])
    op.execute(FROM_TRADES)


def downgrade() -> None:
    op.drop_table("aggregate_trades")
