"""The loop of every client program: a line of JSON in, a line of JSON out, one after the other.

In:  the settings in the first line, then {"who", "call", "with"}.
Out: {"result"} or {"refused"}: the class of the client's exception and what it carries.

These programs run where Rialto is not installed: they know their client and nothing else.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

EVENT_TIMEOUT_S = 15.0
LINE_BYTES_MAX = 1 << 26


class Settings(NamedTuple):
    host: str  # and port
    door: str  # "rest" or "ws": through which orders go
    keys: dict[str, tuple[str, str]]  # by name of the trader


class Trader:
    """One account at one client. Every call has the name of a method that is not private."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Any] = asyncio.Queue()
        self.moved = asyncio.Event()  # something that until may wait for

    def hear(self, event: Any) -> None:
        """From the event loop's thread."""
        self._heard.put_nowait(event)

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self.moved.clear()
            await self.moved.wait()

    async def events(self, count: int) -> list[Any]:
        """The next ones of the user data stream."""
        return [await asyncio.wait_for(self._heard.get(), EVENT_TIMEOUT_S) for _ in range(count)]

    async def warnings(self) -> list[str]:
        """What the client said in its log since it was asked, warnings and worse."""
        said, LOG.lines = LOG.lines, []
        return said


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


LOG = Log()
Opener = Callable[[Settings, str], Awaitable[Trader]]
Describer = Callable[[Exception], dict[str, Any]]


def run(open_trader: Opener, describe: Describer) -> None:
    """describe tells what an exception of the client carries: code, message and so on."""
    logging.getLogger().addHandler(LOG)
    asyncio.run(_answer(open_trader, describe))


async def _answer(open_trader: Opener, describe: Describer) -> None:
    lines = await _standard_input()
    host, door, keys = json.loads(await lines.readline())
    settings = Settings(host, door, {who: (key, secret) for who, (key, secret) in keys.items()})
    traders = {who: await open_trader(settings, who) for who in settings.keys}
    _say({"result": "ready"})
    while line := await lines.readline():
        asked = json.loads(line)
        try:
            result = await getattr(traders[asked["who"]], asked["call"])(**asked["with"])
        except Exception as error:  # noqa: BLE001, that is what is asked for
            _say({"refused": {"class": type(error).__name__, **describe(error)}})
        else:
            _say({"result": result})
    # A client may have threads and sockets that would outlive its answers.
    sys.stdout.flush()
    sys.exit(0)


async def _standard_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
