"""An exchange as a user runs it: a process of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
POLL_S = 0.02


class Running:
    def __init__(self, data: Path, *words: str, descriptors: int | None = None) -> None:
        """descriptors: how many the process may have."""
        self.data = data
        self._ready_file = data.with_name(f"{data.name}-ready.json")
        self._ready_file.unlink(missing_ok=True)  # a killed process leaves it behind
        self.process = subprocess.Popen(
            [
                *(["prlimit", f"--nofile={descriptors}"] if descriptors else []),
                *(sys.executable, "-m", "rialto.cli", "run", "--port", "0", *words),
                *("--data", str(data), "--ready-file", str(self._ready_file)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ready(self) -> dict[str, Any]:
        """What it wrote to its ready file."""
        until = time.monotonic() + READY_TIMEOUT_S
        while not self._ready_file.exists():
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < until, "it does not get ready"
            time.sleep(POLL_S)
        assert self._ready_file.stat().st_mode & 0o777 == 0o600
        found: dict[str, Any] = json.loads(self._ready_file.read_text())
        return found

    def stop(self, with_signal: int = signal.SIGINT) -> tuple[int, str, str]:
        """(status, standard output, standard error)."""
        self.process.send_signal(with_signal)
        return self.wait()

    def wait(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=STOP_TIMEOUT_S)
        return self.process.returncode, out, err


@contextmanager
def running(data: Path, *words: str, descriptors: int | None = None) -> Iterator[Running]:
    """Killed at the end if it is still there."""
    exchange = Running(data, *words, descriptors=descriptors)
    try:
        yield exchange
    finally:
        if exchange.process.poll() is None:
            exchange.process.kill()
            exchange.process.communicate()
