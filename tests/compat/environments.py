"""An environment of its own for every client, since two of them call their package `binance`.

In:  the client's locked requirements beside this file.
Out: build/clients/<client>-<digest of the lock>, made once.
Never: a half-made environment under that name.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = ROOT / "build" / "clients"
CLIENTS = ("ccxt", "python-binance", "binance-connector", "binance-sdk-spot")
INSTALL_TIMEOUT_S = 280.0


def lock_of(client: str) -> Path:
    return Path(__file__).with_name(f"requirements-{client}.txt")


def python_of(client: str) -> Path:
    """The interpreter that has the client; its environment is made if it is not there."""
    digest = hashlib.sha256(lock_of(client).read_bytes()).hexdigest()[:12]
    there = ENVIRONMENTS / f"{client}-{digest}"
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f"{client}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there.exists():
            _make(client, there)
    return there / "bin" / "python"


def _make(client: str, there: Path) -> None:
    for old in ENVIRONMENTS.glob(f"{client}-*"):
        if len(old.name) == len(there.name) and old.is_dir():
            shutil.rmtree(old)
    unfinished = there.with_name(f"{there.name}.unfinished")
    uv = Path(sys.executable).with_name("uv")
    python = unfinished / "bin" / "python"
    _run([uv, "venv", "--quiet", "--relocatable", "--python", sys.executable, unfinished])
    with_hashes: list[str | Path] = ["--quiet", "--require-hashes", "-r", lock_of(client)]
    _run([uv, "pip", "install", "--python", python, *with_hashes])
    unfinished.rename(there)


def _run(words: list[str | Path]) -> None:
    quiet = {**os.environ, "UV_LINK_MODE": "copy"}
    subprocess.run([str(w) for w in words], check=True, env=quiet, timeout=INSTALL_TIMEOUT_S)


if __name__ == "__main__":
    for client in CLIENTS:
        print(python_of(client))
