"""One byte of any file of a data directory flipped: refused, or said and nothing lost."""

import asyncio
import os
import shutil
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from rialto.engine.engine import Engine
from rialto.engine.errors import LogDamaged
from rialto.engine.limits import EngineLimits
from rialto.engine.segments import segment_paths
from tests.engine.market import random_orders, setup_commands

pytestmark = pytest.mark.faults

FLIPS = 6 * int(os.environ.get("RIALTO_FAULT_ROUNDS", "10"))
LIMITS = EngineLimits(segment_bytes=2048, replay_budget_commands=150)
ORDERS = 60


async def live(root: Path) -> None:
    engine = await Engine.open(root, None, LIMITS)
    for command in [*setup_commands(), *islice(random_orders(11), ORDERS)]:
        await engine.submit(command)
    await engine.close()


async def start(root: Path) -> tuple[bytes, bytes]:
    """State hash and every event, after an ordinary start."""
    engine = await Engine.open(root, None, LIMITS)
    events = b"".join(path.read_bytes() for path in segment_paths(root / "events"))
    state = engine.core.state_hash()
    await engine.close()
    return state, events


def test_no_flipped_byte_is_silent(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(live(tmp_path / "whole"))
    files = [
        path for path in (tmp_path / "whole").rglob("*") if path.suffix in (".log", ".snapshot")
    ]
    files.append(tmp_path / "whole" / "commands" / "mark")
    shutil.copytree(tmp_path / "whole", tmp_path / "first")
    expected = asyncio.run(start(tmp_path / "first"))
    random, refused = Random(FLIPS), 0
    for number in range(FLIPS):
        root = tmp_path / str(number)
        shutil.copytree(tmp_path / "whole", root)
        path = root / random.choice(files).relative_to(tmp_path / "whole")
        content = bytearray(path.read_bytes())
        place = random.randrange(len(content))
        content[place] ^= 1 << random.randrange(8)
        path.write_bytes(content)
        caplog.clear()
        try:
            assert asyncio.run(start(root)) == expected, (path, place)
        except LogDamaged:
            refused += 1
        else:
            in_gap = path.name == "mark" and not any(s <= place < s + 36 for s in (0, 4096))
            older = path.suffix == ".snapshot" and path != max(path.parent.glob("*.snapshot"))
            assert caplog.records or in_gap or older, (path, place)
        shutil.rmtree(root)
    assert refused > FLIPS // 10
