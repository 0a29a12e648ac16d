"""A command on its way through the engine, and whoever is told what became of it.

In:  its events once it is durable, or that the engine stopped, or that nobody waits any longer.
Out: one call, of tell() or of refuse(), on the event loop's thread. No task is woken for it.
"""

import asyncio
from abc import ABC, abstractmethod

from rialto.gateway.patience import Patience
from rialto.gateway.wire.errors import TIMEOUT, UNEXPECTED_RESPONSE, Refused
from rialto.messages.events import Event


class Pending(ABC):
    """The engine's EventsAnswer, and one who waits in the line of Patience."""

    __slots__ = ("_is_done", "_patience")

    def __init__(self) -> None:
        self._is_done = False

    def wait(self, patience: Patience) -> None:
        """From now on, until done() or until patience is at an end."""
        self._patience = patience
        patience.begin(self)

    @abstractmethod
    def tell(self, events: list[Event]) -> None:
        """The command is durable, and these are its events. Raises nothing."""

    @abstractmethod
    def refuse(self, refused: Refused) -> None:
        """Nobody can say what became of it. Raises nothing."""

    def done(self) -> bool:
        return self._is_done

    def set_result(self, events: list[Event], /) -> None:
        self._is_done = True
        self._patience.end(self)
        self.tell(events)

    def set_exception(self, _: Exception, /) -> None:
        self._is_done = True
        self._patience.end(self)
        self.refuse(Refused(UNEXPECTED_RESPONSE))

    def give_up(self) -> None:
        self._is_done = True
        self.refuse(Refused(TIMEOUT))


class PendingFuture(Pending):
    """For a task that waits."""

    __slots__ = ("future",)

    def __init__(self) -> None:
        super().__init__()
        loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Event]] = loop.create_future()

    def tell(self, events: list[Event]) -> None:
        if not self.future.done():  # its task may have been canceled
            self.future.set_result(events)

    def refuse(self, refused: Refused) -> None:
        if not self.future.done():
            self.future.set_exception(refused)
