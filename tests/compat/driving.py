"""A client program in its own environment and process, asked over its pipes.

The clients are the unmodified packages; their programs are in tests/compat/clients.
"""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.compat.environments import ROOT, python_of
from tests.gateway.venue import Venue

START_TIMEOUT_S = 60.0
CALL_TIMEOUT_S = 40.0
LINE_BYTES_MAX = 1 << 26


class Refusal(Exception):
    """The client raised. said: the class of its exception, and what that carries."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.said = said


class Driver:
    def __init__(self, client: str, process: Process) -> None:
        self.client = client
        self._process = process

    async def call(self, who: str, name: str, /, **parameters: Any) -> Any:
        """The client's result; raises Refusal."""
        await self._say({"who": who, "call": name, "with": parameters})
        return await self._hear(CALL_TIMEOUT_S)

    async def refusal(self, who: str, name: str, /, **parameters: Any) -> dict[str, Any]:
        try:
            done = await self.call(who, name, **parameters)
        except Refusal as refusal:
            return refusal.said
        raise AssertionError(f"{self.client} was not refused: {done}")

    async def start(self, host: str, door: str, keys: dict[str, tuple[str, str]]) -> None:
        await self._say([host, door, keys])
        assert await self._hear(START_TIMEOUT_S) == "ready"

    async def _say(self, said: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(said).encode() + b"\n")
        await self._process.stdin.drain()

    async def _hear(self, timeout_s: float) -> Any:
        assert self._process.stdout is not None
        async with asyncio.timeout(timeout_s):
            line = await self._process.stdout.readline()
        assert line, f"{self.client} ended"
        said = json.loads(line)
        if "refused" in said:
            raise Refusal(said["refused"])
        return said["result"]


@asynccontextmanager
async def driving(
    client: str, host: str, keys: dict[str, tuple[str, str]], door: str = "rest"
) -> AsyncIterator[Driver]:
    """host: with its port. keys: (key, secret) by the trader's name."""
    python = await asyncio.to_thread(python_of, client)
    module = f"tests.compat.clients.of_{client.replace('-', '_')}"
    process = await asyncio.create_subprocess_exec(
        *(str(python), "-m", module),
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "*", "PYTHONDONTWRITEBYTECODE": "1"},
        limit=LINE_BYTES_MAX,
    )
    try:
        driver = Driver(client, process)
        await driver.start(host, door, keys)
        yield driver
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def at(venue: Venue) -> tuple[str, dict[str, tuple[str, str]]]:
    """Host and keys, as driving takes them."""
    keys = {name: getattr(venue, name).key for name in ("alice", "bob")}
    return f"127.0.0.1:{venue.port}", {who: (key.key, key.secret) for who, key in keys.items()}
