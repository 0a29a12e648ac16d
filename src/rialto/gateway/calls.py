"""One request to an endpoint, from its parameters to what came of it, the same for every transport.

In:  a row of the table, and the request as the transport found it.
Out: one of three calls, answered, refused or failed, before start() returns or later.

Most answers need no task: those that come out of memory are there at once, and an order is
answered by the call with which the engine tells of it.
"""

import logging
from abc import abstractmethod
from typing import Any

from rialto.gateway.caller import Caller
from rialto.gateway.dispatch import Asked, Dispatch, Route
from rialto.gateway.pending import Pending
from rialto.gateway.wire.errors import Refused
from rialto.messages.events import Event

_log = logging.getLogger(__name__)


class Call(Pending):
    """Nothing here raises. caller is known once the request was authenticated."""

    __slots__ = ("asked", "caller", "dispatch", "parameters", "to")
    caller: Caller

    def __init__(self, dispatch: Dispatch, to: Route, asked: Asked) -> None:
        super().__init__()
        self.dispatch = dispatch
        self.to = to
        self.asked = asked

    @abstractmethod
    def answered(self, answer: Any) -> None: ...

    @abstractmethod
    def refused(self, refused: Refused) -> None: ...

    @abstractmethod
    def failed(self) -> None:
        """Called while our own mistake is being handled; the client hears of it."""

    def start(self) -> None:
        try:
            self.caller, self.parameters = self.dispatch.begin(self.to, self.asked)
        except Refused as refused:
            self.refused(refused)
            return
        except Exception:  # noqa: BLE001 - the outermost place
            self.failed()
            return
        if self.to.commands is None:
            self._ask()
        else:
            self._submit()

    def _submit(self) -> None:
        sources, commands = self.dispatch.sources, self.to.commands
        assert commands is not None
        try:
            command = commands.command(sources, self.caller, self.parameters)
            sources.send(self.caller, command, self)
        except Refused as refused:
            self.refuse(refused)
        except Exception:  # noqa: BLE001 - the outermost place
            self.failed()

    def tell(self, events: list[Event]) -> None:
        dispatch, commands = self.dispatch, self.to.commands
        assert commands is not None
        try:
            answer = commands.answer(dispatch.sources, self.caller, self.parameters, events)
            dispatch.note_done(self.to, self.asked)
            self.answered(answer)
        except Refused as refused:
            self.refuse(refused)
        except Exception:  # noqa: BLE001 - the outermost place
            self.failed()

    def refuse(self, refused: Refused) -> None:
        self.dispatch.note_refused(self.to, self.caller, refused)
        self.refused(refused)

    def _ask(self) -> None:
        """Of a handler that is a coroutine; one that waits for nothing ends at its first step."""
        work = self._answer()
        if not self.to.is_prompt:
            self.dispatch.run(work)
            return
        try:
            work.send(None)
        except StopIteration:
            return
        work.close()
        _log.error("%s is a row of memory, and waited", self.to.row.rest)
        self.failed()

    async def _answer(self) -> None:
        dispatch = self.dispatch
        try:
            answer = await self.to.row.handler(dispatch.sources, self.caller, self.parameters)
            dispatch.note_done(self.to, self.asked)
            self.answered(answer)
        except Refused as refused:
            self.refuse(refused)
        except Exception:  # noqa: BLE001 - the outermost place
            self.failed()
