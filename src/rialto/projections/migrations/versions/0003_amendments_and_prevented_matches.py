"""Amendments and prevented matches. Both happened before: the past is folded once more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002_market"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOT_FOLDED = ("alembic_version", "checkpoint", "accounts")


def ints(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, INT64, nullable=False, autoincrement=False) for name in names.split()]


def texts(names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target])


def upgrade() -> None:
    op.create_table(
        "amendments",
        *ints("order_id sequence event_index time_us account instrument"),
        *texts("client_order_id_before client_order_id"),
        *ints("old_quantity_lots quantity_lots"),
        sa.PrimaryKeyConstraint("order_id", "sequence", "event_index"),
        refers("order_id", "orders.id"),
        refers("instrument", "instruments.id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "prevented_matches",
        *ints("instrument prevented_match_id time_us mode taker_account maker_account"),
        *ints("taker_order_id maker_order_id price_ticks"),
        *ints("taker_prevented_lots maker_prevented_lots"),
        sa.PrimaryKeyConstraint("instrument", "prevented_match_id"),
        refers("instrument", "instruments.id"),
        refers("taker_order_id", "orders.id"),
        refers("maker_order_id", "orders.id"),
        sqlite_with_rowid=False,
    )
    for party in ("taker", "maker"):
        op.create_index(
            f"prevented_matches_of_{party}_order",
            "prevented_matches",
            [f"{party}_order_id", "prevented_match_id"],
        )
    _fold_again()


def downgrade() -> None:
    op.drop_table("prevented_matches")
    op.drop_table("amendments")


def _fold_again() -> None:
    """Those that refer to others are emptied first; the two accounts of the house stay."""
    found = sa.inspect(op.get_bind()).get_sorted_table_and_fkc_names()
    for table in reversed([name for name, _ in found if name and name not in NOT_FOLDED]):
        op.execute(f"DELETE FROM {table}")
    op.execute("DELETE FROM accounts WHERE id NOT IN (0, 4294967295)")
    op.execute("UPDATE checkpoint SET sequence = 0")
