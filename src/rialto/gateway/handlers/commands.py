"""Handlers that submit one command and answer from its events, in two parts that wait for nothing.

A transport that can do without a task calls the parts itself, the second one when the events are
there; to all others it is a handler like any.
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from rialto.gateway.caller import Caller
from rialto.gateway.sources import Sources
from rialto.messages.commands import Command
from rialto.messages.events import Event


class CommandHandler:
    def __init__(
        self,
        command: Callable[[Sources, Caller, Any], Command],
        answer: Callable[[Sources, Caller, Any, list[Event]], Any],
    ) -> None:
        """command: what a request asks of the engine; answer: what its events say to the client.
        Both may raise Refused.
        """
        self.command = command
        self.answer = answer
        update_wrapper(self, answer)  # the documentation reads what it answers off a handler

    async def __call__(self, sources: Sources, caller: Caller, request: Any) -> Any:
        events = await sources.submit(caller, self.command(sources, caller, request))
        return self.answer(sources, caller, request, events)
