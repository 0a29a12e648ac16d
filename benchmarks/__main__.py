"""All of them, one after the other, each in a process of its own: python -m benchmarks."""

import subprocess
import sys

BENCHMARKS = ("core", "pipeline", "folds", "market", "http", "streams")


def main() -> int:
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"])
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
