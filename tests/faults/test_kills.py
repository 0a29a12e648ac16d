"""Kill -9 under load, full disks and a second process: short here, long with `make faults`."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.checker import check
from tests.faults.driver import STOPPED_EXIT, read_journal
from tests.faults.kill_campaign import campaign

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("RIALTO_FAULT_ROUNDS", "10"))
DRIVER_TIMEOUT_S = 60
SMALL_DISK = "size=1m"


def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    outcome = campaign(ROUNDS, 1, tmp_path)
    assert outcome["acknowledged"] > 50 * ROUNDS
    assert outcome["lost"] == 0


def drive(directory: Path, journal: Path) -> subprocess.CompletedProcess[str]:
    driver = [sys.executable, "-m", "tests.faults.driver", str(directory), str(journal)]
    return subprocess.run(
        [*driver, "--callers", "8"],
        capture_output=True,
        text=True,
        timeout=DRIVER_TIMEOUT_S,
        check=False,
    )


def stopped_and_kept(run: subprocess.CompletedProcess[str], directory: Path, journal: Path) -> None:
    assert run.returncode == STOPPED_EXIT, run.stderr
    assert "OSError" in run.stdout
    report = asyncio.run(check(directory, journal))
    assert report.acknowledged > 100
    assert report.acknowledged == sum(row[0] == "told" for row in read_journal(journal)) - (
        report.retried * 2
    )


def test_a_full_disk_stops_the_engine_and_loses_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", SMALL_DISK, "rialto-test", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        run = drive(disk / "data", tmp_path / "journal")
        shutil.copytree(disk / "data", tmp_path / "data")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert "No space left" in run.stdout
    stopped_and_kept(run, tmp_path / "data", tmp_path / "journal")


def test_a_second_process_on_the_directory_is_refused(tmp_path: Path) -> None:
    first = [sys.executable, "-m", "tests.faults.driver", str(tmp_path / "data")]
    with subprocess.Popen(
        [*first, str(tmp_path / "one")], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            assert running.stdout.readline() == "ready\n"
            second = drive(tmp_path / "data", tmp_path / "two")
        finally:
            running.kill()
    assert second.returncode != 0
    assert f"in use by another process (pid {running.pid})" in second.stderr
    asyncio.run(check(tmp_path / "data", tmp_path / "one"))
