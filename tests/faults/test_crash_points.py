"""Kill at every write, flush and rename of a short run, and fail each: nothing told is lost."""

import asyncio
from pathlib import Path

import pytest

from rialto.engine.segments import segment_paths
from tests.faults.checker import check
from tests.faults.driver import STOPPED_EXIT, read_journal
from tests.faults.syscalls import CALLS, JOURNAL_CALL, ORDERS, Bench, Point, require_strace

pytestmark = pytest.mark.faults

WRITES = ("pwritev2", "pwritev", "pwrite64")
FLUSHES = ("fdatasync", "fsync")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    require_strace()
    return Bench(tmp_path)


def told(bench: Bench) -> int:
    return sum(row[0] == "told" for row in read_journal(bench.journal))


def test_a_kill_at_every_system_call_loses_nothing(bench: Bench) -> None:
    points = bench.points(*CALLS, JOURNAL_CALL)
    assert {point.call for point in points} >= {"pwritev2", "fdatasync", "fsync", "rename"}
    assert any(len(segment_paths(bench.directory / kind)) > 1 for kind in ("commands", "events"))
    for point in points:
        run = bench.run_with("signal=KILL", point)
        assert run.returncode == -9, (point, run.stdout)
        asyncio.run(check(bench.directory, bench.journal))


def is_certain(point: Point) -> bool:
    """Whether every run comes to it: not the preparation of a segment that may not be needed, nor
    the flush of the mark when there was nothing else to do for a while.
    """
    in_log = point.path.parent.name in ("commands", "events") and "next" not in point.path.name
    return in_log and not (point.path.name == "mark" and point.number > 1)


def failures(bench: Bench) -> list[tuple[str, Point]]:
    writes = [("error=ENOSPC", point) for point in bench.points(*WRITES)]
    return writes + [("error=EIO", point) for point in bench.points(*FLUSHES)]


def test_a_failed_write_or_flush_stops_the_engine_and_loses_nothing(bench: Bench) -> None:
    for fault, point in failures(bench):
        run = bench.run_with(fault, point)
        known = told(bench)
        if run.returncode == 0:
            assert not is_certain(point), (fault, point, run.stdout)
        elif "ready" in run.stdout and known < ORDERS:
            assert run.returncode == STOPPED_EXIT, (fault, point, run.stdout)
        asyncio.run(check(bench.directory, bench.journal))
