"""The door to the streams: /ws, /ws/<names> and /stream?streams=<names>.

In:  which streams a client wants, in the address or by SUBSCRIBE; with `since`, from where on.
Out: those streams, bare or in the combined wrapper; a reply to every request.
Never: an error for a stream that does not exist. It is a name that stays silent, as at Binance.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import msgspec

from rialto.gateway.caller import Clock
from rialto.gateway.feeds import Feed, Form
from rialto.gateway.retention import TooLongAgo
from rialto.gateway.sockets import (
    SHUTTING_DOWN,
    Asgi,
    CloseReason,
    Connections,
    Receive,
    Scope,
    Send,
    Socket,
    SocketLimits,
    address_of,
    respond,
)
from rialto.gateway.weights import ConnectionAttempts
from rialto.gateway.wire import parameters, stream_requests, streams
from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.errors import INVALID_PARAMETER, TOO_MANY_VALUES, Refused
from rialto.gateway.wire.stream_requests import BadRequest, Method, StreamRequest
from rialto.gateway.wire.time_units import time_divisor

WS_PATH = "/ws"
STREAM_PATH = "/stream"
STREAMS_MAX = 1024  # per connection
CLIENT_MESSAGES_PER_SECOND_MAX = 5
TICK_SECONDS = 0.1
SHUTDOWN_NAME = "!serverShutdown"

TOO_OLD = CloseReason(1008, "since is too long ago; connect without it.")


class StreamSource(Protocol):
    """Streams that can be read through this door."""

    def find_feed(self, name: str) -> Feed | None:
        """The feed to add a reader to; None for a name that is not one of these streams."""

    def tick(self, number: int, now_us: int) -> None:
        """Once every TICK_SECONDS."""


class Wanted(msgspec.Struct, frozen=True):
    """What an address asks for."""

    names: list[str]
    divisor: int
    combined: bool
    sequenced: bool
    since: list[int]  # of each name, or of none


class Reader:
    """One connection to the streams: how it wants them, and which it has asked for."""

    def __init__(self, socket: Socket, wanted: Wanted) -> None:
        self.socket = socket
        self.combined = wanted.combined
        self._wanted = wanted
        self._feeds: dict[str, Feed | None] = {}  # in the order they were asked for

    @property
    def names(self) -> list[str]:
        return list(self._feeds)

    def form(self, name: str) -> Form:
        return Form(name, self._wanted.divisor, self.combined, self._wanted.sequenced)

    def add(self, name: str, feed: Feed | None) -> None:
        self._feeds[name] = feed
        if feed is not None:
            feed.add(self.socket, self.form(name))

    async def resume(self, name: str, feed: Feed | None, since: int) -> None:
        if feed is None:
            raise TooLongAgo
        self._feeds[name] = feed
        await feed.resume(self.socket, self.form(name), since)

    def remove(self, name: str) -> None:
        feed = self._feeds.pop(name, None)
        if feed is not None:
            feed.remove(self.socket, self.form(name))

    def combine(self, combined: bool) -> None:
        if combined == self.combined:
            return
        feeds = dict(self._feeds)
        for name in feeds:
            self.remove(name)
        self.combined = combined
        for name, feed in feeds.items():
            self.add(name, feed)

    def tell_shutdown(self, now_us: int) -> None:
        form = self.form(SHUTDOWN_NAME)
        self.socket.push(form.text(streams.server_shutdown(now_us // form.divisor)))
        self.socket.close(SHUTTING_DOWN)


class StreamDoor:
    """The ASGI WebSocket handler of both paths. run() is its clock while the gateway serves."""

    def __init__(
        self,
        sources: Iterable[StreamSource],
        connections: Connections,
        attempts: ConnectionAttempts,
        clock: Clock,
        limits: SocketLimits,
    ) -> None:
        self._sources = tuple(sources)
        self._connections = connections
        self._attempts = attempts
        self._clock = clock
        self._limits = limits
        self._readers: set[Reader] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "websocket":
                self._attempts.charge(address_of(scope), self._clock())
            wanted = _wanted(scope)
        except Refused as refused:
            wait = refused.retry_after_seconds
            await respond(scope, send, refused.status, json_text(refused.body), wait)
            return

        async def listen(socket: Socket) -> None:
            await self._listen(Reader(socket, wanted), wanted)

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
            reader.tell_shutdown(now_us)

    async def _listen(self, reader: Reader, wanted: Wanted) -> None:
        self._readers.add(reader)
        try:
            if wanted.since:
                for name, since in zip(wanted.names, wanted.since, strict=True):
                    await reader.resume(name, self._find_feed(name), since)
            else:
                self._subscribe(reader, wanted.names)
            while (text := await reader.socket.read()) is not None:
                reader.socket.push(self._answer(reader, text))
        except TooLongAgo:
            reader.socket.push(BadRequest(stream_requests.TOO_OLD_CODE, TOO_OLD.text).reply)
            reader.socket.close(TOO_OLD)
        finally:
            self._readers.discard(reader)
            for name in reader.names:
                reader.remove(name)

    def _answer(self, reader: Reader, text: str) -> str:
        try:
            request = stream_requests.parse(text)
            return stream_requests.reply(request, self._result(reader, request))
        except BadRequest as bad:
            return bad.reply

    def _result(self, reader: Reader, request: StreamRequest) -> object:
        match request.method:
            case Method.SUBSCRIBE:
                if len({*reader.names, *request.names}) > STREAMS_MAX:
                    raise stream_requests.too_many_streams(request, STREAMS_MAX)
                self._subscribe(reader, request.names)
            case Method.UNSUBSCRIBE:
                for name in request.names:
                    reader.remove(name)
            case Method.LIST_SUBSCRIPTIONS:
                return reader.names
            case Method.SET_PROPERTY:
                reader.combine(request.combined)
            case Method.GET_PROPERTY:
                return reader.combined
        return None

    def _subscribe(self, reader: Reader, names: Iterable[str]) -> None:
        has = set(reader.names)
        for name in dict.fromkeys(names):
            if name not in has:
                reader.add(name, self._find_feed(name))

    def _find_feed(self, name: str) -> Feed | None:
        found = (source.find_feed(name) for source in self._sources)
        return next((feed for feed in found if feed is not None), None)


def _wanted(scope: Scope) -> Wanted:
    texts = parameters.parse(scope["query_string"], b"")
    combined = scope["path"].startswith(STREAM_PATH)
    if combined:
        written = texts.get("streams", "").replace(" ", "+")  # clients write @+08:00 as it is
    else:
        written = scope["path"].removeprefix(WS_PATH)
    names = [name for name in written.split("/") if name]
    if len(names) > STREAMS_MAX:
        raise Refused(TOO_MANY_VALUES, "streams", STREAMS_MAX)
    if not all(stream_requests.is_possible(name) for name in names):
        raise Refused(INVALID_PARAMETER, "streams")
    divisor = time_divisor(texts.get("timeUnit"))
    since = [
        parameters.integer("since", text) for text in texts.get("since", "").split("/") if text
    ]
    if "since" in texts and (not since or len(since) != len(names)):
        raise Refused(INVALID_PARAMETER, "since")
    sequenced = parameters.boolean("sequence", texts.get("sequence", "false"))
    return Wanted(names, divisor, combined, sequenced or bool(since), since)
