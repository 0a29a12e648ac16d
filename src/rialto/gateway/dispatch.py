"""From a request to its answer, the same for every transport: charge, authenticate, read, act.

In:  a row of the endpoint table, and what the transport found: address, key, signed bytes,
     parameters.
Out: who asks and for what, checked and counted; or Refused. calls.py does the rest.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec

from rialto.gateway.caller import Authentication, Caller, Security
from rialto.gateway.endpoints import Endpoint, Source
from rialto.gateway.handlers.commands import CommandHandler
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.gateway.wire.errors import OUTCOME_UNKNOWN, Refused
from rialto.gateway.wire.parameters import Reader


class Asked(msgspec.Struct, gc=False):
    """One request as a transport received it. The signing parameters are taken out of texts on the
    way.
    """

    address: str
    received_us: int
    time_divisor: int
    key: str | None
    payload: bytes  # what was signed
    texts: dict[str, str]
    in_session: bool = False  # key is that of an authenticated session: nothing is signed
    caller: Caller | None = None  # once it is known
    weight: int = 0  # that it was charged


class Route(msgspec.Struct, frozen=True, gc=False):
    """A row, and what follows from it, looked up once."""

    row: Endpoint
    reader: Reader[Any]
    security: Security
    orders: int
    counted: int  # of them, before the handler is called
    is_free_when_done: bool
    only_asks: bool
    commands: CommandHandler | None  # its handler, if it is one
    is_prompt: bool  # its handler waits for nothing


def route(row: Endpoint) -> Route:
    return Route(
        row,
        Reader(row.request),
        row.security,
        row.orders,
        0 if row.counts_itself else row.orders,
        row.is_free_when_done,
        row.method == "GET",
        row.handler if isinstance(row.handler, CommandHandler) else None,
        row.source is Source.MEMORY,
    )


class Dispatch:
    def __init__(self, sources: Sources, authentication: Authentication, weights: Weights) -> None:
        self.sources = sources
        self.authentication = authentication
        self.weights = weights
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """For an answer that has to be waited for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def begin(self, to: Route, asked: Asked) -> tuple[Caller, Any]:
        """Who asks, and for what: the handler's turn is next.

        Orders are counted before they are sent: many at once cannot pass the limit together.
        """
        weights, texts = self.weights, asked.texts
        weight = to.row.weight
        asked.weight = weight(texts) if callable(weight) else weight
        weights.charge(asked.address, asked.weight, asked.received_us)
        sent = len(texts)
        caller = asked.caller = self._caller(to, asked)
        request = to.reader.read(texts, sent - len(texts))
        if to.counted:
            weights.charge_orders(caller.account, to.counted, asked.received_us)
        return caller, request

    def note_refused(self, to: Route, caller: Caller, refused: Refused) -> None:
        if to.counted and refused.code not in OUTCOME_UNKNOWN:
            self.weights.give_back_orders(caller.account, to.counted)

    def note_done(self, to: Route, asked: Asked) -> None:
        if to.is_free_when_done:
            self.weights.give_back(asked.address, asked.weight)

    def _caller(self, to: Route, asked: Asked) -> Caller:
        security = to.security
        if not security.keyed:
            return Caller(asked.address, asked.received_us, asked.time_divisor)
        authentication = self.authentication
        key = authentication.find(asked.key, security.permission, asked.address)
        expires_us = 0
        if asked.in_session:
            expires_us = authentication.check_time(asked.texts) if security.signed else 0
        elif security.signed:
            expires_us = authentication.check_signed(
                key, asked.payload, asked.texts, only_asks=to.only_asks
            )
        return Caller(asked.address, asked.received_us, asked.time_divisor, key, expires_us)
