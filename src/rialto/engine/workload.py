"""The core alone on a workload file (benchmarks/workload): one thread, no log, no clock inside."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from rialto._core import Exchange, bench_workload, workload_commands

BATCH_COMMANDS = 1_000
ROUNDS = 3


def run_workload(path: Path, *, ladder: bool = False) -> dict[str, Any]:
    """Speed, latencies and end state; ladder: of the bare price ladder that marks the limit.

    ValueError if the file is not a workload.
    """
    figures: dict[str, Any] = msgspec.json.decode(bench_workload(str(path), ladder))
    return figures


def run_from_python(path: Path) -> float:
    """Million commands a second of the same file, applied from Python in batches of 1,000."""
    setup, timed = workload_commands(str(path))
    before, batches = list(_batches(setup)), list(_batches(timed))
    seconds = median(_apply(before, batches) for _ in range(ROUNDS))
    return sum(count for _, count in batches) / seconds / 1e6


def _apply(before: list[tuple[bytes, int]], batches: list[tuple[bytes, int]]) -> float:
    exchange, sequence = Exchange(), 1
    for frames, count in before:
        exchange.apply(sequence, 1, frames)
        sequence += count
    started = time.perf_counter()
    for frames, count in batches:
        exchange.apply(sequence, 1, frames)
        sequence += count
    return time.perf_counter() - started


def _batches(frames: bytes) -> Iterator[tuple[bytes, int]]:
    """Runs of whole frames, and how many each has. A frame begins with its length."""
    start = end = count = 0
    while end < len(frames):
        end += frames[end] | frames[end + 1] << 8
        count += 1
        if count == BATCH_COMMANDS or end == len(frames):
            yield frames[start:end], count
            start, count = end, 0
