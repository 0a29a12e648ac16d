"""Every way to start again reaches the same state and the same event log, or refuses."""

import shutil
from itertools import islice
from pathlib import Path

import pytest

from rialto.engine.engine import Engine
from rialto.engine.errors import LogDamaged
from rialto.engine.limits import EngineLimits
from rialto.engine.proof import prove
from rialto.engine.segments import segment_paths
from rialto.engine.snapshots import (
    SNAPSHOTS_KEPT,
    Snapshot,
    read_snapshot,
    snapshot_paths,
    write_snapshot,
)
from tests.engine.market import frames, random_orders, setup_commands

LIMITS = EngineLimits(segment_bytes=1 << 14, replay_budget_commands=400)
BATCH = 25
BATCHES = 60


@pytest.fixture
async def life(tmp_path: Path) -> tuple[Path, bytes]:
    """A directory with snapshots and many segments, and the state hash that belongs to it."""
    root = tmp_path / "life"
    engine = await Engine.open(root, None, LIMITS)
    await engine.submit_frames(frames(setup_commands()), len(setup_commands()))
    orders = random_orders(3, client_ids=True)
    for _ in range(BATCHES):
        await engine.submit_frames(frames(list(islice(orders, BATCH))), BATCH)
    reached = engine.core.state_hash()
    await engine.close()
    return root, reached


def event_bytes(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in segment_paths(root / "events"))


async def state_after_start(root: Path) -> bytes:
    engine = await Engine.open(root, None, LIMITS)
    reached = engine.core.state_hash()
    await engine.close()
    return reached


async def test_snapshots_are_taken_under_load_by_replay_budget(life: tuple[Path, bytes]) -> None:
    root, reached = life
    assert len(segment_paths(root / "commands")) > 3
    assert len(snapshot_paths(root / "snapshots")) == SNAPSHOTS_KEPT
    assert prove(root).differences == []
    assert await state_after_start(root) == reached
    assert len(snapshot_paths(root / "snapshots")) == SNAPSHOTS_KEPT


@pytest.mark.parametrize("damaged", [1, 2, 3])
async def test_damaged_snapshots_are_passed_over(life: tuple[Path, bytes], damaged: int) -> None:
    root, reached = life
    for path in snapshot_paths(root / "snapshots")[:damaged]:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    (root / "snapshots" / "00000000000000000001.tmp").write_bytes(b"half")
    assert await state_after_start(root) == reached
    assert not list((root / "snapshots").glob("*.tmp"))


async def test_a_snapshot_that_the_core_refuses_is_passed_over(life: tuple[Path, bytes]) -> None:
    root, reached = life
    newest = read_snapshot(snapshot_paths(root / "snapshots")[0])
    assert newest is not None
    foreign = Snapshot(newest.sequence, 1, 1, newest.chain, b"of another version")
    write_snapshot(root / "snapshots", foreign)
    assert await state_after_start(root) == reached


def test_a_snapshot_shows_every_flipped_or_missing_byte(tmp_path: Path) -> None:
    path = write_snapshot(tmp_path, Snapshot(7, 1, 9, bytes(16), b"state of the core"))
    content = path.read_bytes()
    assert read_snapshot(path) == Snapshot(7, 1, 9, bytes(16), b"state of the core")
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        assert read_snapshot(path) is None
        path.write_bytes(content[:place])
        assert read_snapshot(path) is None


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
async def test_lost_events_are_written_again_byte_for_byte(
    life: tuple[Path, bytes], share: float
) -> None:
    root, reached = life
    whole = event_bytes(root)
    paths = segment_paths(root / "events")
    place = int(len(paths) * share)
    content = bytearray(paths[place].read_bytes())
    content[len(content) // 2] ^= 1
    paths[place].write_bytes(content)
    assert await state_after_start(root) == reached
    assert event_bytes(root) == whole
    shutil.rmtree(root / "events")
    assert await state_after_start(root) == reached
    assert event_bytes(root) == whole


async def test_a_start_refuses_a_command_log_that_lost_its_end(life: tuple[Path, bytes]) -> None:
    root, _ = life
    last = segment_paths(root / "commands")[-1]
    content = last.read_bytes()
    last.write_bytes(content[: len(content) // 8])
    with pytest.raises(LogDamaged, match="restore this file"):
        await Engine.open(root, None, LIMITS)
    (root / "commands" / "mark").unlink()  # the newest snapshot knows it too
    with pytest.raises(LogDamaged, match="although sequence"):
        await Engine.open(root, None, LIMITS)
    shutil.rmtree(root / "snapshots")  # and the events
    with pytest.raises(LogDamaged, match="no mark says|events up to"):
        await Engine.open(root, None, LIMITS)
    shutil.rmtree(root / "commands")
    with pytest.raises(LogDamaged, match="events up to"):
        await Engine.open(root, None, LIMITS)


async def test_a_damaged_command_before_the_snapshot_refuses_too(life: tuple[Path, bytes]) -> None:
    root, _ = life
    first = segment_paths(root / "commands")[0]
    content = bytearray(first.read_bytes())
    content[200] ^= 1
    first.write_bytes(content)
    with pytest.raises(LogDamaged, match="sequence 1 at byte 64"):
        await Engine.open(root, None, LIMITS)
