"""The SQL database: how it is opened, brought up to date and emptied, and how far the projector is.

SQLite with WAL, so that readers never wait for the one writer; every commit is durable (FULL).
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from rialto.messages.ids import Sequence
from rialto.projections.tables import CHECKPOINT, CHECKPOINT_ID

FILE_NAME = "rialto.sqlite"
BUSY_TIMEOUT_S = 10.0
POLL_S = 0.002
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
MIGRATIONS = Path(__file__).parent / "migrations"

_SEQUENCE = sa.select(CHECKPOINT.c.sequence).where(CHECKPOINT.c.id == CHECKPOINT_ID)
_ADVANCE = (
    sa.update(CHECKPOINT)
    .where(CHECKPOINT.c.id == CHECKPOINT_ID, CHECKPOINT.c.sequence == sa.bindparam("old"))
    .values(sequence=sa.bindparam("new"))
)


class ProjectionBehind(Exception):
    """SQL did not reach a sequence within the time given."""


class AnotherProjector(Exception):
    """The checkpoint moved under this projector: somebody else writes to the same database."""


class Database:
    """One SQL database, its tables as new as this program. May be used by many threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._seen = Sequence(0)  # a checkpoint of late
        self._look_again_s = 0.0

    @classmethod
    def open(cls, path: Path) -> Self:
        """The SQLite file at a path, created and migrated if need be."""
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
        database = cls(engine)
        database.migrate()
        return database

    def migrate(self, revision: str = "head") -> None:
        """To a revision; nothing happens if it is there already."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        if (
            revision == "head"
            and self._revision() == ScriptDirectory.from_config(config).get_current_head()
        ):
            return
        with self.write() as connection:
            config.attributes["connection"] = connection
            if revision == "base":
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)

    def empty(self) -> None:
        """Throw everything away; the tables and the checkpoint 0 remain."""
        self.migrate("base")
        self.migrate()
        self._seen = Sequence(0)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """All that is read in one `with` is of one moment."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction, committed at the end of the `with`."""
        options = self.engine.execution_options(rialto_begin=_BEGIN_TO_WRITE)
        with options.begin() as connection:
            yield connection

    def checkpoint(self) -> Sequence:
        """Of the last command whose rows are all there."""
        with self.read() as connection:
            return read_checkpoint(connection)

    async def wait_for(self, sequence: int, timeout_s: float) -> None:
        """Until SQL has a command's rows; ProjectionBehind if that takes too long.

        However many wait, one of them looks every POLL_S.
        """
        until = time.monotonic() + timeout_s
        while self._seen < sequence:
            now_s = time.monotonic()
            if now_s >= self._look_again_s:
                self._seen = self.checkpoint()
                self._look_again_s = now_s + POLL_S
            elif now_s >= until:
                raise ProjectionBehind(f"SQL has not reached sequence {sequence} yet")
            else:
                await asyncio.sleep(POLL_S)

    def close(self) -> None:
        self.engine.dispose()

    def _revision(self) -> str | None:
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(
                sa.text("SELECT version_num FROM alembic_version")
            )
            return found


def read_checkpoint(connection: sa.Connection) -> Sequence:
    return Sequence(connection.execute(_SEQUENCE).scalar_one())


def advance_checkpoint(connection: sa.Connection, old: Sequence, new: Sequence) -> None:
    """Within the transaction that writes the rows; AnotherProjector if it is not at `old`."""
    if connection.execute(_ADVANCE, {"old": old, "new": new}).rowcount != 1:
        raise AnotherProjector(
            f"the checkpoint is no longer {old}: another projector writes to this database"
        )


_BEGIN_TO_WRITE = "BEGIN IMMEDIATE"


def _prepare(driver_connection: Any, _record: object) -> None:
    # Without this the driver begins transactions late and not at all before DDL.
    driver_connection.isolation_level = None
    cursor = driver_connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(options.get("rialto_begin", "BEGIN"))
