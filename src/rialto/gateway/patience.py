"""How long an answer of the engine is waited for, without a timer for each of those who wait.

They come and go in the thousands and wait equally long, so the one who came first is the first to
be overdue, and one look every now and then at the head of the line is enough.
"""

import asyncio
from typing import Protocol

LOOK_EVERY_SECONDS = 0.5  # how late the end of somebody's patience may be noticed


class Waiter(Protocol):
    def give_up(self) -> None:
        """Its patience is at an end, and it stands in the line no more. Raises nothing."""


class Patience:
    def __init__(self, seconds_max: float) -> None:
        self._seconds_max = seconds_max
        self._since: dict[Waiter, float] = {}  # in the order of coming
        self._looking = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, waiter: Waiter) -> None:
        """It waits from now on, until end() or until it is told to give up."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        self._since[waiter] = loop.time()
        if not self._looking:
            self._looking = True
            loop.call_later(LOOK_EVERY_SECONDS, self._look, loop)

    def end(self, waiter: Waiter) -> None:
        self._since.pop(waiter, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        since_max = loop.time() - self._seconds_max
        overdue = []
        for waiter, since in self._since.items():
            if since > since_max:
                break
            overdue.append(waiter)
        for waiter in overdue:
            del self._since[waiter]
            waiter.give_up()
        self._looking = bool(self._since)
        if self._looking:
            loop.call_later(LOOK_EVERY_SECONDS, self._look, loop)
