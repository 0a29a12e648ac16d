"""The power fails at any moment, with any part of what was not flushed on the disk."""

import asyncio
import itertools
import json
import os
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from rialto.engine.engine import Engine
from rialto.engine.errors import LogDamaged
from tests.faults.checker import check
from tests.faults.driver import LIMITS, new_orders, set_up, trade
from tests.faults.power import Disk, Operation, Recorder, Synced

pytestmark = pytest.mark.faults

MOMENTS = 6 * int(os.environ.get("RIALTO_FAULT_ROUNDS", "10"))
SMALL = replace(LIMITS, segment_bytes=8192, replay_budget_commands=400)
ORDERS, CALLERS = 120, 4


async def recorded_life(directory: Path, monkeypatch: pytest.MonkeyPatch) -> list[Operation]:
    """Two starts with orders in both, over several segments and snapshots."""
    with monkeypatch.context() as patch:
        recorder = Recorder(directory, patch)
        for seed in (1, 2):
            engine = await Engine.open(directory, None, SMALL)
            await set_up(engine)
            orders = itertools.islice(new_orders(seed), ORDERS)
            await asyncio.gather(*[trade(engine, recorder, orders) for _ in range(CALLERS)])
            await engine.close()
    return recorder.operations


async def after_power_loss(
    operations: list[Operation], random: Random, life: Path, workplace: Path
) -> None:
    """AssertionError or LogDamaged if something that was told is not there."""
    disk = Disk()
    for operation in operations[: random.randint(1, len(operations))]:
        disk.do(operation)
    disk.lose_power(random)
    workplace.mkdir()
    (workplace / "data").mkdir()
    disk.write_to(workplace / "data", life)
    journal = workplace / "journal"
    journal.write_text("".join(json.dumps(row) + "\n" for row in disk.notes))
    report = await check(workplace / "data", journal)
    assert report.acknowledged == sum(row[0] == "told" for row in disk.notes)


async def test_a_loss_of_power_at_any_moment_loses_nothing_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = tmp_path / "life"
    operations = await recorded_life(life, monkeypatch)
    random = Random(MOMENTS)
    for number in range(MOMENTS):
        await after_power_loss(operations, random, life, tmp_path / str(number))


async def test_a_disk_that_flushes_nothing_would_be_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = tmp_path / "life"
    operations = await recorded_life(life, monkeypatch)
    lying: list[Operation] = [each for each in operations if not isinstance(each, Synced)]
    random, noticed = Random(1), 0
    for number in range(10):
        try:
            await after_power_loss(lying, random, life, tmp_path / str(number))
        except (AssertionError, LogDamaged):
            noticed += 1
    assert noticed > 5
