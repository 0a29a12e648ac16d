"""The core alone on a workload file (benchmarks/workload): one thread, no log, no clock inside."""

from pathlib import Path
from typing import Any

import msgspec

from rialto._core import bench_workload


def run_workload(path: Path, *, ladder: bool = False) -> dict[str, Any]:
    """Speed, latencies and end state; ladder: of the bare price ladder that marks the limit.

    ValueError if the file is not a workload.
    """
    figures: dict[str, Any] = msgspec.json.decode(bench_workload(str(path), ladder))
    return figures
