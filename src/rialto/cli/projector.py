"""The projector as a child: `rialto project --follow`, told of news through its standard input.

It has a session of its own, so that Ctrl-C reaches it only as the end of that input, when the
events of the last answers are in the log. If this process dies, the input ends as well.
"""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from rialto.messages.events import Event

RESTARTS_MAX = 5
RESTART_DELAY_S = 1.0
STOP_TIMEOUT_S = 30.0
NICENESS = 10  # where processors are short, orders go before reports

log = logging.getLogger(__name__)


class ProjectorFailed(Exception):
    """It has ended by itself too often."""


class ProjectorProcess:
    """A listener of the folds. `failed` is done when restarting it was no use."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.failed: asyncio.Future[ProjectorFailed] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        await self._spawn()
        self._keeper = asyncio.create_task(self._keep())

    def publish(self, events: list[Event]) -> None:
        """Wake it; a word that it has not read yet says the same."""
        pipe = self._process.stdin if self._process else None
        if pipe is None or pipe.is_closing() or pipe.transport.get_write_buffer_size():
            return
        pipe.write(b"\n")

    async def stop(self) -> None:
        """Let it fold what is in the log, then end; kill it if that takes too long."""
        if self._keeper is None or self._process is None:
            return
        self._keeper.cancel()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            log.warning(
                "the projector did not end within %s s; the next one goes on", STOP_TIMEOUT_S
            )
            self._process.kill()
            await self._process.wait()

    async def _spawn(self) -> None:
        words = ("-m", "rialto.cli", "project", "--follow", "--data", str(self._directory))
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *words, stdin=asyncio.subprocess.PIPE, start_new_session=True
        )
        with suppress(ProcessLookupError):  # it has ended already, and is kept an eye on
            os.setpriority(os.PRIO_PROCESS, self._process.pid, NICENESS)

    async def _keep(self) -> None:
        for _ in range(RESTARTS_MAX):
            assert self._process is not None
            status = await self._process.wait()
            log.error("the projector ended with status %d and is started again", status)
            await asyncio.sleep(RESTART_DELAY_S)
            await self._spawn()
        self.failed.set_result(ProjectorFailed("the projector keeps failing; its log says why"))
