"""Deposits, withdrawals and transfers. No row of the past names a withdrawal, so the past is folded
once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AMOUNT = sa.Numeric(39, 0).with_variant(sa.String(40), "sqlite")
COLUMNS = "sequence event_index kind time_us account asset withdrawal"
NOT_FOLDED = ("alembic_version", "checkpoint", "accounts")


def upgrade() -> None:
    op.create_table(
        "movements",
        *(sa.Column(name, INT64, nullable=False, autoincrement=False) for name in COLUMNS.split()),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.PrimaryKeyConstraint("sequence", "event_index", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_index("movements_of_account", "movements", ["account", "kind", "sequence"])
    _fold_again()


def downgrade() -> None:
    op.drop_table("movements")


def _fold_again() -> None:
    """Those that refer to others are emptied first; the two accounts of the house stay."""
    found = sa.inspect(op.get_bind()).get_sorted_table_and_fkc_names()
    for table in reversed([name for name, _ in found if name and name not in NOT_FOLDED]):
        op.execute(f"DELETE FROM {table}")
    op.execute("DELETE FROM accounts WHERE id NOT IN (0, 4294967295)")
    op.execute("UPDATE checkpoint SET sequence = 0")
