"""What was published before: the event log, for readers that come back with `since`.

In:  a sequence to go on after, and which events are wanted.
Out: those events in order, a part at a time, read beside the event loop.
Never: more than RESUME_COMMANDS_MAX commands back. Who was away for longer asks for the state.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from rialto.engine.engine import Engine
from rialto.messages.events import Event
from rialto.messages.ids import Sequence

RESUME_COMMANDS_MAX = 1_000_000
READS_MAX = 2  # at once; the next one waits for its turn
BATCHES_PER_PART = 32


class TooLongAgo(Exception):
    """The log does not go back that far, or may not be read that far."""


class Past:
    def __init__(self, engine: Engine, commands_max: int = RESUME_COMMANDS_MAX) -> None:
        self._engine = engine
        self.commands_max = commands_max
        self._turn = asyncio.Semaphore(READS_MAX)

    async def read(
        self, after: Sequence, until: Sequence, is_wanted: Callable[[Event], bool]
    ) -> AsyncIterator[list[Event]]:
        """Wanted events of the commands after..until; TooLongAgo before the first of them."""
        if until - after > self.commands_max:
            raise TooLongAgo
        batches = self._engine.read_events(after)
        is_over = after >= until
        while not is_over:
            async with self._turn:  # not kept while the reader is busy with what it got
                is_over, found = await asyncio.to_thread(_read_part, batches, until, is_wanted)
            if found:
                yield found


def _read_part(
    batches: Iterator[list[Event]], until: Sequence, is_wanted: Callable[[Event], bool]
) -> tuple[bool, list[Event]]:
    """(whether that was the last part, what was wanted of it)."""
    found: list[Event] = []
    for _ in range(BATCHES_PER_PART):
        events = next(batches, None)
        if events is None:
            return True, found
        found += [event for event in events if event.sequence <= until and is_wanted(event)]
        if events[-1].sequence >= until:
            return True, found
    return False, found
