"""The projector as a process of its own, beside a running engine, ended in every way."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from rialto.engine.engine import Engine
from rialto.messages.ids import InstrumentId
from rialto.projections import follow
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.differences import (
    differing_balances,
    differing_open_orders,
    unbalanced_postings,
)
from tests.core.machines import frames_of
from tests.core.markets import DEFINITIONS, opening
from tests.core.model import Identified, Model
from tests.core.strategies import START_US, Stream

WAIT_S = 20.0
FOLLOW = """
import sys
from pathlib import Path
from rialto.engine import log_reader
from rialto.projections import follow
log_reader.READ_BYTES = follow.TRANSACTION_BYTES = int(sys.argv[2])
print(follow.follow(Path(sys.argv[1]), 0))
"""


class Traffic:
    """Random commands for an engine. The clock is the stream's, so that the model sees the same."""

    def __init__(self, seed: int) -> None:
        self.model, self.stream = Model(), Stream(Random(seed))
        self.time_us = START_US

    async def send(self, engine: Engine, batches: int) -> None:
        if self.model.sequence == 0:
            await self._send(engine, START_US, [(0, 0, command) for command in opening()])
        for _ in range(batches):
            await self._send(engine, *self.stream.batch(self.model))

    async def _send(self, engine: Engine, time_us: int, batch: list[Identified]) -> None:
        self.time_us = time_us
        self.model.apply(self.model.sequence + 1, time_us, batch)
        await engine.submit_frames(frames_of(batch), len(batch))


@pytest.fixture
def traffic() -> Traffic:
    return Traffic(seed=5)


@pytest.fixture
async def engine(tmp_path: Path, traffic: Traffic) -> AsyncIterator[Engine]:
    engine = await Engine.open(tmp_path, clock=lambda: traffic.time_us)
    yield engine
    await engine.close()


@contextmanager
def projector(
    directory: Path, transaction_bytes: int = follow.TRANSACTION_BYTES
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", FOLLOW, str(directory), str(transaction_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Exit status, and the checkpoint it printed."""
    output, _ = process.communicate(timeout=WAIT_S)
    return process.returncode, int(output or -1)


def differences(directory: Path, engine: Engine) -> list[str]:
    database = Database.open(directory / FILE_NAME)
    core = engine.core
    books = {InstrumentId(n): core.open_orders(n) for n in range(len(DEFINITIONS))}
    try:
        return (
            differing_balances(database, core.balances())
            + differing_open_orders(database, books)
            + unbalanced_postings(database)
        )
    finally:
        database.close()


async def test_it_follows_a_running_engine_and_ends_with_its_input(
    tmp_path: Path, engine: Engine, traffic: Traffic
) -> None:
    database = Database.open(tmp_path / FILE_NAME)
    with projector(tmp_path) as process:
        assert process.stdin is not None
        for _ in range(3):
            await traffic.send(engine, 60)
            process.stdin.write(b"more\n")
            process.stdin.flush()
            await database.wait_for(engine.sequence, WAIT_S)
        await traffic.send(engine, 60)  # it is not told of these, and still reads them at the end
        assert ended(process) == (0, engine.sequence)
    assert differences(tmp_path, engine) == []
    database.close()


async def test_killed_again_and_again_it_goes_on_exactly(
    tmp_path: Path, engine: Engine, traffic: Traffic
) -> None:
    database = Database.open(tmp_path / FILE_NAME)
    random = Random(3)
    for _ in range(5):
        await traffic.send(engine, 80)
        # Its transactions are small, so that it is killed within and between them.
        with projector(tmp_path, transaction_bytes=2048) as process:
            target = database.checkpoint() + random.randint(1, 60)
            await database.wait_for(target, WAIT_S)
            process.kill()
            assert process.wait(WAIT_S) == -signal.SIGKILL
    follow.project(tmp_path, database)
    assert database.checkpoint() == engine.sequence
    assert differences(tmp_path, engine) == []
    database.close()


async def test_terminated_it_ends_between_transactions(
    tmp_path: Path, engine: Engine, traffic: Traffic
) -> None:
    await traffic.send(engine, 100)
    database = Database.open(tmp_path / FILE_NAME)
    with projector(tmp_path) as process:
        await database.wait_for(engine.sequence, WAIT_S)
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (0, engine.sequence)
    database.close()


async def test_only_one_at_a_time(
    tmp_path: Path, engine: Engine, traffic: Traffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "LOCK_TIMEOUT_S", 0.1)
    await traffic.send(engine, 20)
    database = Database.open(tmp_path / FILE_NAME)
    with projector(tmp_path):
        await database.wait_for(engine.sequence, WAIT_S)
        with pytest.raises(follow.ProjectorRunning):
            await asyncio.to_thread(follow.rebuild, tmp_path)
    assert follow.rebuild(tmp_path) == engine.sequence
    assert differences(tmp_path, engine) == []
    database.close()


async def test_sql_that_is_ahead_of_the_event_log_waits_for_it(
    tmp_path: Path, traffic: Traffic
) -> None:
    """As after a loss of power: SQL is flushed with every transaction, the event log is not."""
    engine = await Engine.open(tmp_path, clock=lambda: traffic.time_us)
    await traffic.send(engine, 60)
    database = Database.open(tmp_path / FILE_NAME)
    follow.project(tmp_path, database)
    await engine.close()
    for name in os.listdir(tmp_path / "events"):
        os.remove(tmp_path / "events" / name)

    engine = await Engine.open(tmp_path, clock=lambda: traffic.time_us)
    await traffic.send(engine, 60)
    follow.project(tmp_path, database)
    assert database.checkpoint() == engine.sequence
    assert differences(tmp_path, engine) == []
    database.close()
    await engine.close()
