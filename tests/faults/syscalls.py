"""Faults injected into the system calls of a short run of the driver, with strace.

A point is one call: its name, the file it concerns, and how many such calls came before. A
reference run lists them; each is then reached again in a run of its own, and the call fails or
the process is killed in its place. strace counts per thread, so where two threads write one file
(recovery, then the writer) the first call of the second cannot be named; a kill between them is
reached through the writes of the journal.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence as Run
from dataclasses import dataclass
from pathlib import Path

CALLS = ("pwritev2", "pwritev", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "ftruncate")
JOURNAL_CALL = "write"
RUN_TIMEOUT_S = 60
ORDERS = 4
SEGMENTS = ("--segment-bytes", "2048")  # so small that the run needs a new one
_ON_DESCRIPTOR = re.compile(r"^(\d+) +(\w+)\(\d+<([^>]+)>")
_ON_PATH = re.compile(r'^(\d+) +(\w+)\("([^"]+)"')


@dataclass(frozen=True, slots=True)
class Point:
    call: str
    path: Path
    number: int  # from 1, among the calls of this name on this path


def require_strace() -> None:
    assert shutil.which("strace"), "the fault tests need strace (Debian package strace)"


class Bench:
    """A data directory that is the same before every run, and the journal beside it."""

    def __init__(self, workplace: Path) -> None:
        self.directory = workplace / "data"
        self.journal = workplace / "journal"
        self._template = workplace / "template"
        self._trace = workplace / "trace"
        self._driver("--orders", "0", *SEGMENTS, prefix=[])
        shutil.move(self.directory, self._template)

    def points(self, *calls: str) -> list[Point]:
        """Every call of these names on the data directory in a run without faults."""
        run = self.run("-y", "-e", "trace=" + ",".join(calls), "-o", str(self._trace))
        assert run.returncode == 0, run.stdout
        seen: Counter[tuple[str, str, Path]] = Counter()
        points: dict[Point, None] = {}
        for line in self._trace.read_text().splitlines():
            match = _ON_DESCRIPTOR.match(line) or _ON_PATH.match(line)
            if match and self._concerns(path := Path(match[3])):
                seen[match[1], match[2], path] += 1
                points[Point(match[2], path, seen[match[1], match[2], path])] = None
        return list(points)

    def _concerns(self, path: Path) -> bool:
        return path == self.journal or path.is_relative_to(self.directory)

    def run_with(self, fault: str, point: Point) -> subprocess.CompletedProcess[str]:
        """fault: what strace injects, "signal=KILL" or "error=EIO"."""
        inject = f"inject={point.call}:{fault}:when={point.number}"
        return self.run("-P", str(point.path), "-e", inject, "-o", "/dev/null")

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.journal.unlink(missing_ok=True)
        shutil.copytree(self._template, self.directory)
        arguments = ("--orders", str(ORDERS), "--callers", "1", "--seed", "5", *SEGMENTS)
        return self._driver(*arguments, prefix=["strace", "-f", "-qq", *options])

    def _driver(self, *arguments: str, prefix: Run[str]) -> subprocess.CompletedProcess[str]:
        driver = [sys.executable, "-m", "tests.faults.driver"]
        return subprocess.run(
            [*prefix, *driver, str(self.directory), str(self.journal), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_TIMEOUT_S,
            check=False,
        )
