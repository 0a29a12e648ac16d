"""Histories to fold: random commands to the core, in batches, and what came of them."""

from collections.abc import Callable, Iterator
from itertools import chain
from random import Random

from rialto.messages.events import Event
from tests.core.machines import Core
from tests.core.markets import opening
from tests.core.model import Identified, Model
from tests.core.strategies import START_US, Stream

Look = Callable[[Model, list[Event]], object]


class History:
    """The core after `commands` random commands, and the batches of events on the way."""

    def __init__(self, seed: int, commands: int, look: Look = lambda model, events: None) -> None:
        """look sees every batch, and the model right after it."""
        self.core = Core()
        self._look = look
        self.batches: list[list[Event]] = []
        self.sequence = 0
        self.model, stream = Model(), Stream(Random(seed))
        self._apply(START_US, [(0, 0, command) for command in opening()])
        while self.sequence < commands:
            self._apply(*stream.batch(self.model))

    @property
    def events(self) -> Iterator[Event]:
        return chain.from_iterable(self.batches)

    def until(self, sequence: int) -> list[list[Event]]:
        """The batches up to the one that holds a sequence."""
        return [events for events in self.batches if events[0].sequence <= sequence]

    def after(self, sequence: int) -> list[list[Event]]:
        return self.batches[len(self.until(sequence)) :]

    def _apply(self, time_us: int, batch: list[Identified]) -> None:
        # The commands are made up from the state of the model.
        self.model.apply(self.sequence + 1, time_us, batch)
        self.batches.append(self.core.apply(self.sequence + 1, time_us, batch))
        self._look(self.model, self.batches[-1])
        self.sequence += len(batch)
