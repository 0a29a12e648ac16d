"""The long comparison: python -m tests.core.campaign --commands 10000000 --seed 1

Compares stream after stream, from one seed to the next, until it has had so many commands. A
difference is printed with its seed and the shortest stream found that shows it, and ends with 1.
"""

import argparse
import sys
import time

from tests.core.compare import Difference, compare_seed
from tests.core.machines import Core, RestoredCore

COMMANDS_PER_SEED = 3_000
LOOK_EVERY = 10  # batches; the events are compared and judged after each
PROGRESS_COMMANDS = 1_000_000


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare the core with the naive exchange.")
    parser.add_argument("--commands", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="only the last line")
    wanted = parser.parse_args()
    compared, seed, started = 0, wanted.seed, time.monotonic()
    seen: dict[str, int] = {}
    while compared < wanted.commands:
        try:
            machine = Core if seed % 2 else RestoredCore
            figures = compare_seed(seed, COMMANDS_PER_SEED, machine, LOOK_EVERY)
        except Difference as difference:
            print(difference)
            return 1
        before, compared = compared, compared + figures.commands
        if not wanted.quiet and before // PROGRESS_COMMANDS < compared // PROGRESS_COMMANDS:
            print(f"{compared:,} commands agree so far", flush=True)
        for name, count in figures.events.items():
            seen[name] = seen.get(name, 0) + count
        seed += 1
    if not wanted.quiet:
        for name in sorted(seen):
            print(f"{seen[name]:10,} {name}")
    seconds = time.monotonic() - started
    rate = compared / seconds
    print(f"{compared:,} commands of seeds {wanted.seed}-{seed - 1} agree, {rate:,.0f} commands/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
