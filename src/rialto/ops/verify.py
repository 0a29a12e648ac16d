"""Proves a stopped data directory: books, balances, SQL and snapshots equal the command log.

In:  a directory that no process has open.
Out: what was compared and how much of it, and every difference in words.
"""

import os
from pathlib import Path

import msgspec

from rialto.engine.proof import Core, Proof, prove
from rialto.engine.recovery import Directories, lock_directory
from rialto.messages.catalog import Catalog
from rialto.messages.ids import InstrumentId
from rialto.projections.boot import load_catalog
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.differences import (
    differing_balances,
    differing_open_orders,
    unbalanced_postings,
)
from rialto.projections.follow import alone


class NothingHere(Exception):
    """No exchange has ever run in this directory."""


class Verdict(msgspec.Struct, kw_only=True):
    """A sequence of 0 means that there was nothing to compare."""

    directory: str
    verified: bool = False
    commands: int = 0
    batches: int = 0
    state_hash: str = ""
    event_bytes: int = 0
    events_sequence: int = 0
    snapshots: list[int] = []
    accounts: int = 0
    sql_sequence: int = 0
    sql_balances: int = 0
    sql_open_orders: int = 0
    differences: list[str] = []


def require_exchange(directory: Path) -> None:
    """NothingHere if there is no log of commands."""
    if not Directories(directory).commands.is_dir():
        raise NothingHere(f"{directory}: no exchange has run here")


def verify(directory: Path) -> Verdict:
    """NothingHere, or DirectoryInUse by a running exchange. Nothing is changed."""
    require_exchange(directory)
    lock = lock_directory(directory)
    try:
        if not (directory / FILE_NAME).exists():
            return _verdict(directory, prove(directory, {}), None)
        with alone(directory):
            database = Database.open(directory / FILE_NAME)
            try:
                return _verify_with_sql(directory, database)
            finally:
                database.close()
    finally:
        os.close(lock)


def _verify_with_sql(directory: Path, database: Database) -> Verdict:
    comparison = SqlComparison(database)
    proof = prove(directory, {comparison.sequence: comparison.compare})
    return _verdict(directory, proof, comparison)


class SqlComparison:
    """SQL against the core, when a replay is at SQL's checkpoint."""

    def __init__(self, database: Database) -> None:
        self.sequence = database.checkpoint()
        self.balances = self.open_orders = 0
        self.differences = [f"SQL is at sequence {self.sequence}, where no batch ends"]
        if not self.sequence:
            self.differences = []
        self._database = database

    def compare(self, core: Core) -> None:
        catalog = Catalog()
        with self._database.read() as connection:
            load_catalog(connection, catalog)
        balances = core.balances()
        books = {InstrumentId(i): core.open_orders(i) for i in catalog.instruments}
        self.balances, self.open_orders = len(balances), sum(map(len, books.values()))
        self.differences = (
            differing_balances(self._database, balances)
            + differing_open_orders(self._database, books)
            + unbalanced_postings(self._database)
        )


def _verdict(directory: Path, proof: Proof, comparison: SqlComparison | None) -> Verdict:
    verdict = Verdict(
        directory=str(directory),
        commands=proof.core.sequence,
        batches=proof.records,
        state_hash=proof.core.state_hash().hex(),
        event_bytes=proof.event_bytes,
        events_sequence=proof.events_sequence,
        snapshots=proof.snapshots,
        accounts=len({account for account, *_ in proof.core.balances()}),
        differences=proof.differences + _unbalanced(proof.core),
    )
    if comparison is not None:
        verdict.sql_sequence = comparison.sequence
        verdict.sql_balances = comparison.balances
        verdict.sql_open_orders = comparison.open_orders
        verdict.differences = verdict.differences + comparison.differences
    verdict.verified = not verdict.differences
    return verdict


def _unbalanced(core: Core) -> list[str]:
    """Assets whose balances do not sum to zero, or a balance below zero that is not external."""
    totals: dict[int, int] = {}
    found = []
    for account, asset, free, locked in core.balances():
        totals[asset] = totals.get(asset, 0) + free + locked
        if account and min(free, locked) < 0:
            found.append(f"account {account} has {free} free and {locked} locked of asset {asset}")
    return found + [
        f"the balances of asset {asset} sum to {total}" for asset, total in totals.items() if total
    ]
