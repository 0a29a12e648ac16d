"""SQL for many rows at once, given as tuples in the order of a table's columns.

They go to the driver as they are: binding a thousand rows through the expression language costs
more than SQLite needs to store them. So amounts are text here already (else tables.Amount does it).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

Row = tuple[Any, ...]


class Statements:
    """Of one kind of database."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._placeholder = "?" if dialect.paramstyle == "qmark" else "%s"

    def insert(self, table: sa.Table) -> str:
        names = ", ".join(column.name for column in table.columns)
        values = ", ".join(self._placeholder for _ in table.columns)
        return f"INSERT INTO {table.name} ({names}) VALUES ({values})"

    def upsert(self, table: sa.Table) -> str:
        """Insert, or replace the columns that are not the key."""
        keys = ", ".join(column.name for column in table.primary_key)
        changes = ", ".join(
            f"{column.name} = excluded.{column.name}"
            for column in table.columns
            if not column.primary_key
        )
        return f"{self.insert(table)} ON CONFLICT ({keys}) DO UPDATE SET {changes}"

    def update(self, table: sa.Table, names: Sequence[str]) -> str:
        """Set the named columns; the last values of a row are the key."""
        mark = self._placeholder
        changes = ", ".join(f"{name} = {mark}" for name in names)
        keys = " AND ".join(f"{column.name} = {mark}" for column in table.primary_key)
        return f"UPDATE {table.name} SET {changes} WHERE {keys}"


def run(connection: sa.Connection, statement: str, rows: Iterable[Row]) -> None:
    if many := list(rows):
        connection.exec_driver_sql(statement, many)
