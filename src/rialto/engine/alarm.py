"""What is due inside the machine: when it has to be called although nobody asked for anything.

Stops that wait for their turn, pending orders of lists, orders past their time: the machine says
when it wants an AdvanceTime, and the sequencer sends one, through the log like any command.
"""

import asyncio
from collections.abc import Callable

from rialto.engine.batch import Submission
from rialto.messages.codec import encode_command
from rialto.messages.commands import AdvanceTime
from rialto.messages.events import Event

SLEEP_MAX_S = 60.0  # a clock that was set meanwhile is looked at again
SLEEP_MIN_S = 0.001  # between two turns at work that is due: others come first
ADVANCE_TIME = encode_command(AdvanceTime())


class _Unheard:
    """The answer to a command that nobody sent."""

    def done(self) -> bool:
        return True

    def set_result(self, events: list[Event], /) -> None:
        raise AssertionError("nobody listens")

    def set_exception(self, error: Exception, /) -> None:
        raise AssertionError("nobody listens")


def advance_time() -> Submission:
    return Submission(ADVANCE_TIME, 1, _Unheard(), None)


class Alarm:
    """Calls `ring` when the machine is due. clock: microseconds since 1970."""

    def __init__(self, clock: Callable[[], int], ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._handle: asyncio.TimerHandle | None = None
        self._at_us: int | None = None

    def set(self, wake_at_us: int | None) -> None:
        """For this time, at once if it has passed, or None: not at all."""
        if wake_at_us == self._at_us:
            return
        self.cancel()
        self._at_us = wake_at_us
        if wake_at_us is not None:
            delay_s = (wake_at_us - self._clock()) / 1_000_000
            delay_s = min(max(delay_s, SLEEP_MIN_S), SLEEP_MAX_S)
            self._handle = asyncio.get_running_loop().call_later(delay_s, self._go_off)

    def _go_off(self) -> None:
        self._at_us = None
        self._ring()

    def cancel(self) -> None:
        self._at_us = None
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
