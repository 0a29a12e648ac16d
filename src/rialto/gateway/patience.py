"""How long an answer of the engine is waited for, without a timer for each of those who wait.

They come and go in the thousands and wait equally long, so the one who came first is the first to
be overdue, and one look every now and then at the head of the line is enough.
"""

import asyncio
from typing import Any

LOOK_EVERY_SECONDS = 0.5  # how late the end of somebody's patience may be noticed

Task = asyncio.Task[Any]


class Patience:
    def __init__(self, seconds_max: float) -> None:
        self._seconds_max = seconds_max
        self._since: dict[Task, float] = {}  # in the order of coming
        self._overdue: set[Task] = set()
        self._looking = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> Task:
        """The running task waits from now on; give back what this gives with end()."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)  # without an argument it is a system call
        assert task is not None, "only tasks wait"
        self._since[task] = loop.time()
        if not self._looking:
            self._looking = True
            loop.call_later(LOOK_EVERY_SECONDS, self._look, loop)
        return task

    def end(self, task: Task) -> bool:
        """Whether it was canceled because its patience was at an end."""
        del self._since[task]
        if task not in self._overdue:
            return False
        self._overdue.discard(task)
        task.uncancel()
        return True

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        since_max = loop.time() - self._seconds_max
        for task, since in self._since.items():
            if since > since_max:
                break
            if task not in self._overdue:
                self._overdue.add(task)
                task.cancel()
        self._looking = bool(self._since)
        if self._looking:
            loop.call_later(LOOK_EVERY_SECONDS, self._look, loop)
