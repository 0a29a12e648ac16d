"""The same commands give the same events and state in other batches, restored, in another build."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from rialto._core import Exchange
from tests.core import vectors
from tests.core.vectors import Vector

ROOT = Path(__file__).parents[2]
BUILD_TIMEOUT_S = 900
REPLAY_TIMEOUT_S = 120
HEADER_BYTES = 2  # of a frame: its length


def single_frames(vector: Vector) -> list[tuple[int, bytes]]:
    found = []
    for time_us, frames in vector.batches:
        start = 0
        while start < len(frames):
            length = int.from_bytes(frames[start : start + HEADER_BYTES], "little")
            found.append((time_us, frames[start : start + length]))
            start += length
    return found


def split(vector: Vector, random: Random, size_max: int) -> list[tuple[int, bytes]]:
    """The same commands at the same times in batches of 1 to size_max."""
    batches: list[tuple[int, bytes]] = []
    left = 0
    for time_us, frame in single_frames(vector):
        if left and batches[-1][0] == time_us:
            batches[-1] = (time_us, batches[-1][1] + frame)
            left -= 1
        else:
            batches.append((time_us, frame))
            left = random.randint(1, size_max) - 1
    return batches


@pytest.mark.parametrize("name", vectors.names())
def test_recorded_commands_give_the_recorded_hashes(name: str) -> None:
    vector = vectors.read(name)
    found = vectors.replay(Exchange, vector.batches)
    assert found == {"events_sha256": vector.events_sha256, "state_hash": vector.state_hash}


@pytest.mark.parametrize("name", vectors.names())
@pytest.mark.parametrize("size_max", [1, 7, 1_000])
def test_batches_make_no_difference(name: str, size_max: int) -> None:
    vector = vectors.read(name)
    found = vectors.replay(Exchange, split(vector, Random(size_max), size_max))
    assert found == {"events_sha256": vector.events_sha256, "state_hash": vector.state_hash}


@pytest.mark.parametrize("name", vectors.names())
@pytest.mark.parametrize("every", [1, 5])
def test_a_restored_core_goes_on_as_if_nothing_had_been(name: str, every: int) -> None:
    vector = vectors.read(name)
    exchange, events = Exchange(), hashlib.sha256()
    for n, (time_us, frames) in enumerate(vector.batches):
        events.update(exchange.apply(exchange.sequence + 1, time_us, frames))
        if n % every == 0:
            snapshot = exchange.snapshot()
            restored = Exchange.restore(snapshot)
            assert restored.snapshot() == snapshot
            assert restored.state_hash() == exchange.state_hash()
            assert (restored.sequence, restored.time_us) == (exchange.sequence, exchange.time_us)
            assert restored.balances() == exchange.balances()
            assert restored.open_orders(0) == exchange.open_orders(0)
            exchange = restored
    assert events.hexdigest() == vector.events_sha256
    assert exchange.state_hash().hex() == vector.state_hash


def test_each_command_but_a_query_changes_the_state_hash() -> None:
    exchange, seen = Exchange(), set()
    for time_us, frame in single_frames(vectors.read(vectors.names()[0])):
        exchange.apply(exchange.sequence + 1, time_us, frame)
        seen.add(exchange.state_hash())
        exchange.balances()
        exchange.open_orders(0)
        assert exchange.state_hash() in seen
    assert len(seen) == exchange.sequence


def test_a_damaged_snapshot_is_refused() -> None:
    vector = vectors.read(vectors.names()[0])
    exchange = Exchange()
    for time_us, frames in vector.batches:
        exchange.apply(exchange.sequence + 1, time_us, frames)
    snapshot = exchange.snapshot()
    random = Random(1)
    for position in [*range(64), *random.sample(range(len(snapshot)), 1_000)]:
        flipped = bytearray(snapshot)
        flipped[position] ^= 1 << random.randrange(8)
        with pytest.raises(ValueError, match="."):
            Exchange.restore(bytes(flipped))
    for cut in [*range(64), *random.sample(range(len(snapshot)), 200)]:
        with pytest.raises(ValueError, match="."):
            Exchange.restore(snapshot[:cut])
    with pytest.raises(ValueError, match="."):
        Exchange.restore(snapshot + b"\0")


def test_a_batch_out_of_sequence_is_refused() -> None:
    exchange = Exchange()
    time_us, frames = vectors.read(vectors.names()[0]).batches[0]
    for wrong in (0, 2, 2**63):
        with pytest.raises(ValueError, match="."):
            exchange.apply(wrong, time_us, frames)
    assert exchange.sequence == 0
    exchange.apply(1, time_us, frames)
    with pytest.raises(ValueError, match="."):
        exchange.apply(1, time_us, frames)


@pytest.mark.slow
@pytest.mark.timeout(BUILD_TIMEOUT_S + REPLAY_TIMEOUT_S)
def test_a_debug_build_gives_the_same_hashes() -> None:
    """Without optimizations and with every debug assertion."""
    build = ["cargo", "build", "--quiet", "--package", "rialto-binding"]
    subprocess.run(build, cwd=ROOT, check=True, timeout=BUILD_TIMEOUT_S)
    target = json.loads(
        subprocess.run(
            ["cargo", "metadata", "--format-version=1", "--no-deps"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=REPLAY_TIMEOUT_S,
        ).stdout
    )["target_directory"]
    (extension,) = (Path(target) / "debug").glob("lib_core.*[!d]")
    replay = [sys.executable, "-m", "tests.core.vectors", "replay", str(extension)]
    printed = subprocess.run(
        replay, cwd=ROOT, check=True, capture_output=True, timeout=REPLAY_TIMEOUT_S
    ).stdout
    recorded = {name: vectors.read(name) for name in vectors.names()}
    assert json.loads(printed) == {
        name: {"events_sha256": vector.events_sha256, "state_hash": vector.state_hash}
        for name, vector in recorded.items()
    }
