"""W1 to W5 through the core, and through a bare price ladder that marks the limit of this machine.

    python -m benchmarks.core [W1 W2 ...]

One thread, no log, no network; the last column is the same commands applied from Python in batches
of 1,000. Workload files are made once, in build/. Every end state is compared
with the generator's. Prints a table, and one JSON object last.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.workload.__main__ import make
from rialto.engine.workload import run_from_python, run_workload

SHAPES = ("W1", "W2", "W3", "W4", "W5")
SEED = 1
BUILD = Path("build")
END_STATE = ("trades", "traded_qty", "traded_notional", "rejects", "tape_hash", "book_hash")


def measure(shape: str) -> dict[str, dict[str, Any]]:
    """Figures of the core and of the ladder; an assertion fails if either ends otherwise."""
    path = BUILD / f"{shape}.bin"
    if not path.exists():
        make(shape, SEED, path)
    expected = json.loads(path.with_suffix(".json").read_text())
    figures = {
        "core": run_workload(path),
        "ladder": run_workload(path, ladder=True),
    }
    for name, found in figures.items():
        wrong = [key for key in END_STATE if found[key] != expected[key]]
        assert not wrong, f"{name} ends {shape} with another {', '.join(wrong)}"
    figures["core"]["mops_from_python"] = round(run_from_python(path), 3)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.core")
    parser.add_argument("shapes", nargs="*", default=SHAPES, metavar="SHAPE")
    shapes = parser.parse_args().shapes
    print(
        f"{'':4}{'core M/s':>10}{'ladder M/s':>12}{'share':>8}"
        f"{'p50 ns':>9}{'p99':>8}{'p99.9':>9}{'Python M/s':>12}"
    )
    all_figures = {}
    for shape in shapes:
        figures = all_figures[shape] = measure(shape)
        core, ladder = figures["core"], figures["ladder"]
        print(
            f"{shape:4}{core['mops']:>10.2f}{ladder['mops']:>12.2f}"
            f"{core['mops'] / ladder['mops']:>8.0%}"
            f"{core['p50_ns']:>9,}{core['p99_ns']:>8,}{core['p999_ns']:>9,}"
            f"{core['mops_from_python']:>12.2f}",
            flush=True,
        )
    print(json.dumps(all_figures))


if __name__ == "__main__":
    main()
