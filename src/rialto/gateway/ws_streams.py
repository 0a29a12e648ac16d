"""The door to the streams: /ws, /ws/<names> and /stream?streams=<names>.

In:  which streams a client wants, in the address or by SUBSCRIBE.
Out: those streams, bare or in the combined wrapper; a reply to every request.
Never: an error for a stream that does not exist. It is a name that stays silent, as at Binance.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed, Reader, TimeUnit
from rialto.gateway.sockets import (
    SHUTTING_DOWN,
    Asgi,
    Connections,
    Receive,
    Scope,
    Send,
    Socket,
    SocketLimits,
    respond,
)
from rialto.gateway.wire import parameters, stream_requests, streams
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.errors import (
    INVALID_PARAMETER,
    INVALID_TIME_UNIT,
    TOO_MANY_VALUES,
    Refused,
)
from rialto.gateway.wire.stream_requests import BadRequest, Method, StreamRequest

WS_PATH = "/ws"
STREAM_PATH = "/stream"
STREAMS_MAX = 1024  # per connection
CLIENT_MESSAGES_PER_SECOND_MAX = 5
TICK_SECONDS = 0.1

TIME_UNITS = {name: unit for unit in TimeUnit for name in (unit.name, unit.name.lower())}


class StreamSource(Protocol):
    """Streams that can be read through this door."""

    def find_feed(self, name: str) -> Feed | None:
        """The feed to add a reader to; None for a name that is not one of these streams."""

    def tick(self, number: int, now_us: int) -> None:
        """Once every TICK_SECONDS."""


class StreamDoor:
    """The ASGI WebSocket handler of both paths. run() is its clock while the gateway serves."""

    def __init__(
        self,
        sources: Iterable[StreamSource],
        connections: Connections,
        clock: Clock,
        limits: SocketLimits,
    ) -> None:
        self._sources = tuple(sources)
        self._connections = connections
        self._clock = clock
        self._limits = limits
        self._readers: set[Reader] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            unit, names, combined = _wanted(scope)
        except Refused as refused:
            await respond(scope, send, refused.status, json_text(refused.body))
            return

        async def listen(socket: Socket) -> None:
            reader = Reader(socket, combined, unit)
            self._readers.add(reader)
            try:
                self._subscribe(reader, names)
                while (text := await socket.read()) is not None:
                    socket.push(self._answer(reader, text))
            finally:
                self._readers.discard(reader)
                self._unsubscribe(reader, list(reader.names))

        await self._connections.serve(Asgi(scope, receive, send), self._limits, listen)

    async def run(self) -> None:
        """Until canceled."""
        loop = asyncio.get_running_loop()
        number, due = 0, loop.time()
        while True:
            number, due = number + 1, max(due + TICK_SECONDS, loop.time())
            await asyncio.sleep(due - loop.time())
            now_us = self._clock()
            for source in self._sources:
                source.tick(number, now_us)

    def announce_shutdown(self) -> None:
        """Tell every reader, and close."""
        now_us = self._clock()
        for reader in self._readers:
            reader.push("!serverShutdown", streams.server_shutdown(reader.unit.of(now_us)))
            reader.socket.close(SHUTTING_DOWN)

    def _answer(self, reader: Reader, text: str) -> str:
        try:
            request = stream_requests.parse(text)
            return stream_requests.reply(request, self._result(reader, request))
        except BadRequest as bad:
            return bad.reply

    def _result(self, reader: Reader, request: StreamRequest) -> object:
        match request.method:
            case Method.SUBSCRIBE:
                if len(reader.names.keys() | set(request.names)) > STREAMS_MAX:
                    raise stream_requests.too_many_streams(request, STREAMS_MAX)
                self._subscribe(reader, request.names)
            case Method.UNSUBSCRIBE:
                self._unsubscribe(reader, request.names)
            case Method.LIST_SUBSCRIPTIONS:
                return list(reader.names)
            case Method.SET_PROPERTY:
                reader.combined = request.combined
            case Method.GET_PROPERTY:
                return reader.combined
        return None

    def _subscribe(self, reader: Reader, names: Iterable[str]) -> None:
        for name in names:
            feed = self._find_feed(name)
            if feed is not None:
                feed.readers[reader] = None
            reader.names[name] = None

    def _unsubscribe(self, reader: Reader, names: Iterable[str]) -> None:
        for name in names:
            feed = self._find_feed(name)
            if feed is not None:
                feed.readers.pop(reader, None)
            reader.names.pop(name, None)

    def _find_feed(self, name: str) -> Feed | None:
        found = (source.find_feed(name) for source in self._sources)
        return next((feed for feed in found if feed is not None), None)


def _wanted(scope: Scope) -> tuple[TimeUnit, list[str], bool]:
    """The time unit, the streams and the wrapper that an address asks for."""
    texts = parameters.parse(scope["query_string"], b"")
    combined = scope["path"].startswith(STREAM_PATH)
    written = texts.get("streams", "") if combined else scope["path"].removeprefix(WS_PATH)
    names = [name for name in written.split("/") if name]
    if len(names) > STREAMS_MAX:
        raise Refused(TOO_MANY_VALUES, "streams", STREAMS_MAX)
    if not all(stream_requests.is_possible(name) for name in names):
        raise Refused(INVALID_PARAMETER, "streams")
    unit = TIME_UNITS.get(texts.get("timeUnit", "MILLISECOND"))
    if unit is None:
        raise Refused(INVALID_TIME_UNIT)
    return unit, names, combined
