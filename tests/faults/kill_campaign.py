"""Kill -9 at random moments under load, round after round on one data directory.

python -m tests.faults.kill_campaign [--rounds 200] [--seed 1]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.faults.checker import Report, check

STARTING_MAX_S = 0.6  # kills during start and recovery
TRADING_MAX_S = 0.4
READY_TIMEOUT_S = 60.0
ORDERS_PER_DIRECTORY = 100_000  # then a new one, or checking outgrows killing


def kill_once(directory: Path, journal: Path, seed: int, random: Random) -> None:
    """Start the driver and kill it: in three of ten cases while it starts, else while it trades."""
    command = [sys.executable, "-m", "tests.faults.driver", str(directory), str(journal)]
    with subprocess.Popen(
        [*command, "--seed", str(seed)], stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdout is not None
        try:
            if random.random() < 0.7:
                assert driver.stdout.readline() == "ready\n"
                time.sleep(random.random() * TRADING_MAX_S)
            else:
                time.sleep(random.random() * STARTING_MAX_S)
        finally:
            driver.kill()


def campaign(rounds: int, seed: int, workplace: Path) -> dict[str, int]:
    random = Random(seed)
    acknowledged = retried = fresh = 0
    report = Report(0, 0, 0)
    for number in range(rounds):
        if report.sequence > ORDERS_PER_DIRECTORY:
            acknowledged += report.acknowledged
            report, fresh = Report(0, 0, 0), fresh + 1
        directory, journal = workplace / f"data-{fresh}", workplace / f"journal-{fresh}"
        kill_once(directory, journal, number, random)
        report = asyncio.run(check(directory, journal))
        retried += report.retried
    acknowledged += report.acknowledged
    return {"rounds": rounds, "acknowledged": acknowledged, "unknown_retried": retried, "lost": 0}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as workplace:
        print(json.dumps(campaign(arguments.rounds, arguments.seed, Path(workplace))))


if __name__ == "__main__":
    main()
