"""What icebergs show."""

import sqlalchemy as sa
from alembic import op

revision = "0005_icebergs"
down_revision = "0004"
branch_labels = None
depends_on = None

INT64 = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def ints(names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, INT64, nullable=False, autoincrement=False) for name in names.split()]


def upgrade() -> None:
    op.create_table(
        "icebergs",
        *ints("order_id visible_lots"),
        sa.PrimaryKeyConstraint("order_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
    )
    is_on_the_book = sa.text("visible_lots > 0")
    op.create_index(
        "icebergs_on_the_book",
        "icebergs",
        ["order_id"],
        sqlite_where=is_on_the_book,
        postgresql_where=is_on_the_book,
    )


def downgrade() -> None:
    op.drop_table("icebergs")
