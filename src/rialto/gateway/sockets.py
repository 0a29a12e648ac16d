"""One WebSocket connection: a bounded backlog in front of its writer, and a reader.

In:  texts from push(), which never waits; the client's texts from read(), one at a time, or as they
     come by a call of take.
Out: frames in the order in which they were pushed.
Never: one reader that slows another. Whoever falls behind by a whole backlog is told and closed.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any, NamedTuple, Protocol

import msgspec

from rialto.gateway.wire.documents import json_text
from rialto.gateway.wire.errors import UNSUPPORTED_OPERATION

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]
WriteNow = Callable[[Collection[bytes]], bool]  # False, and nothing is written, if it had to wait

CONNECTIONS_MAX = 10_000  # of all WebSocket doors together
STREAM_BACKLOG_MAX = 16_384  # texts that wait for one reader
STREAM_BACKLOG_BYTES_MAX = 16 * 1024 * 1024
CLIENT_MESSAGE_BYTES_MAX = 64 * 1024  # room for 1024 stream names at once
CONNECTION_SECONDS_MAX = 24 * 3600.0
CLOSE_TIMEOUT_SECONDS = 5.0  # for a client to take what is left and the reason
FRAMES_PER_WRITE = 64  # then others have their turn
# Our server's own words (websocket_protocol.py): many frames at once, the same without waiting, and
# how much it lets through.
SEND_FRAMES = "rialto.send_frames"
WRITE_NOW = "rialto.write_now"
MESSAGES_PER_SECOND = "rialto.messages_per_second"
INTAKE = "rialto.intake"  # texts without ASGI in between
TEXT_FRAME = 0x81


class Asgi(NamedTuple):
    """What an ASGI application is called with."""

    scope: Scope
    receive: Receive
    send: Send


class CloseReason(NamedTuple):
    code: int
    text: str


SLOW_CONSUMER = CloseReason(1008, "Slow consumer: the backlog of this connection is full.")
TOO_MANY_MESSAGES = CloseReason(1008, "Too many messages per second.")
NOT_TEXT = CloseReason(1003, "Only text messages are understood.")
MESSAGE_TOO_BIG = CloseReason(1009, "The message is too big.")
AGE_LIMIT = CloseReason(1001, "The connection has reached its age limit; connect again.")
SHUTTING_DOWN = CloseReason(1012, "The server is about to stop; connect again.")
FAILED = CloseReason(1011, "Internal error.")
LEFT = CloseReason(1000, "")  # the client is gone


def text_frame(text: str) -> bytes:
    return frame_of(text.encode())


def frame_of(payload: bytes) -> bytes:
    """A text as a server sends it: whole, unmasked, uncompressed (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((TEXT_FRAME, size)) + payload
    if size < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + size.to_bytes(2, "big") + payload
    return bytes((TEXT_FRAME, 127)) + size.to_bytes(8, "big") + payload


class SocketLimits(msgspec.Struct, frozen=True):
    """messages_per_second: of the client's, pings and pongs among them; the server counts."""

    messages_per_second: int
    message_bytes_max: int = CLIENT_MESSAGE_BYTES_MAX
    backlog_max: int = STREAM_BACKLOG_MAX
    seconds_max: float = CONNECTION_SECONDS_MAX


class Intake(Protocol):
    """Texts of a client by a call, from our server's protocol.

    take: called with each text, once it is there; ASGI then brings only what the server could not
    tell at once, and the end.
    """

    take: Callable[[str], None] | None

    def hold(self) -> None:
        """Read nothing more, until go_on()."""

    def go_on(self) -> None: ...


class Socket:
    """push() and close() may be called from anywhere on the event loop; read() from one task."""

    def __init__(self, asgi: Asgi, limits: SocketLimits) -> None:
        scope, self._receive, self._send = asgi
        self._write_now: WriteNow = scope["extensions"][WRITE_NOW]
        self.intake: Intake = scope["extensions"][INTAKE]
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._backlog: deque[bytes] = deque()
        self._counts: deque[int] = deque()  # of texts in each of them
        self._texts = 0
        self._bytes = 0
        self._wake = asyncio.Event()
        self._asleep = False  # the writer has nothing to do
        self._flush_due = False
        self._drained = asyncio.Event()
        self._reason: CloseReason | None = None
        self._writer: asyncio.Task[None] | None = None

    @property
    def open(self) -> bool:
        return self._reason is None

    @property
    def waiting(self) -> int:
        """Texts."""
        return self._texts

    def push(self, text: str) -> None:
        self.push_frame(text_frame(text))

    def push_frame(self, frame: bytes, texts: int = 1) -> None:
        """A text that was made a frame once, for however many sockets; or several, joined."""
        if self._reason is not None:
            return
        if self._texts >= self._limits.backlog_max or self._bytes > STREAM_BACKLOG_BYTES_MAX:
            self._backlog.clear()
            self.close(SLOW_CONSUMER)
            return
        self._backlog.append(frame)
        self._counts.append(texts)
        self._texts += texts
        self._bytes += len(frame)
        if self._asleep and not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self.flush)

    def push_last(self, frame: bytes) -> None:
        """A frame behind which none is to be expected: written now, with what waits."""
        if self._asleep and not self._backlog and self._reason is None:
            if not self._write_now((frame,)):
                self.push_frame(frame)
            return
        self.push_frame(frame)
        self.flush()

    def close(self, reason: CloseReason) -> None:
        """Send what waits, then the reason. The first reason counts."""
        if self._reason is not None:
            return
        self._reason = reason
        self._rouse_writer()
        self._drained.set()
        if self._writer is not None:
            self._loop.call_later(CLOSE_TIMEOUT_SECONDS, self._writer.cancel)

    async def room(self) -> None:
        """Wait while half the backlog is taken: for whoever has much to push and can wait."""
        while self._reason is None and self._texts >= self._limits.backlog_max // 2:
            self._drained.clear()
            await self._drained.wait()

    async def read(self) -> str | None:
        """The client's next text; None when there will be no more."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect" or self._reason is not None:
            return None
        text: str | None = message.get("text")
        if text is None:
            self.close(NOT_TEXT)
        elif len(text.encode()) > self._limits.message_bytes_max:
            self.close(MESSAGE_TOO_BIG)
        else:
            return text
        return None

    async def serve(self, listen: Callable[["Socket"], Awaitable[None]]) -> None:
        """The life of the connection; listen reads for as long as there is something to read."""
        self._writer = self._loop.create_task(self._write())
        reader = asyncio.ensure_future(listen(self))
        age_limit = self._loop.call_later(self._limits.seconds_max, self.close, AGE_LIMIT)
        try:
            await asyncio.wait({reader, self._writer}, return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and reader.exception() is not None:
                self.close(FAILED)
            if self._reason is not None:
                await asyncio.wait({self._writer})  # close() has set its deadline
        finally:
            age_limit.cancel()
            self._reason = self._reason or LEFT
            self._writer.cancel()
            reader.cancel()
            await asyncio.wait({self._writer, reader})
        for task in (reader, self._writer):
            if not task.cancelled():
                task.result()

    def flush(self) -> None:
        """Write what waits now, and not when the event loop turns, to a client that keeps up."""
        self._flush_due = False
        backlog = self._backlog
        if not self._asleep or not backlog:
            return
        if len(backlog) > FRAMES_PER_WRITE or not self._write_now(backlog):
            self._rouse_writer()
            return
        backlog.clear()
        self._counts.clear()
        self._texts = self._bytes = 0
        self._drained.set()

    def _rouse_writer(self) -> None:
        self._asleep = False
        self._wake.set()

    async def _write(self) -> None:
        try:
            while True:
                await self._write_backlog()
                self._drained.set()
                if self._reason is not None:
                    break
                self._wake.clear()
                self._asleep = True
                await self._wake.wait()
            code, text = self._reason
            await self._send({"type": "websocket.close", "code": code, "reason": text})
        except OSError:
            self._reason = LEFT  # uvicorn's way to say that nobody is there any more

    async def _write_backlog(self) -> None:
        backlog = self._backlog
        while backlog:
            frames = [backlog.popleft() for _ in range(min(len(backlog), FRAMES_PER_WRITE))]
            self._texts -= sum(self._counts.popleft() for _ in frames)
            self._bytes -= sum(map(len, frames))
            await self._send({"type": SEND_FRAMES, "frames": frames})
            if backlog:
                await asyncio.sleep(0)  # writing to a client that keeps up does not wait by itself


class Connections:
    """Every WebSocket connection of the process."""

    def __init__(self, connections_max: int = CONNECTIONS_MAX) -> None:
        self.connections_max = connections_max
        self._sockets: set[Socket] = set()

    def __len__(self) -> int:
        return len(self._sockets)

    async def serve(
        self,
        asgi: Asgi,
        limits: SocketLimits,
        listen: Callable[[Socket], Awaitable[None]],
    ) -> None:
        """Accept a connection that has asked to be one, and serve it; 503 if there are too many."""
        scope, receive, send = asgi
        if scope["type"] != "websocket":
            await respond(scope, send, 426, _error("This is a WebSocket: ask for an upgrade."))
            return
        if len(self._sockets) >= self.connections_max:
            await respond(scope, send, 503, _error("Too many connections."))
            return
        socket = Socket(asgi, limits)
        self._sockets.add(socket)
        try:
            await receive()  # websocket.connect, which says nothing
            allowed = limits.messages_per_second
            await send({"type": "websocket.accept", MESSAGES_PER_SECOND: allowed})
            await socket.serve(listen)
        except OSError:
            pass  # it left between asking and being accepted
        finally:
            self._sockets.discard(socket)

    def most_waiting(self) -> int:
        """Texts in the longest backlog."""
        return max((socket.waiting for socket in self._sockets), default=0)

    def close_all(self, reason: CloseReason) -> None:
        for socket in self._sockets:
            socket.close(reason)


def _error(message: str) -> str:
    return json_text({"code": UNSUPPORTED_OPERATION.code, "msg": message})


def address_of(scope: Scope) -> str:
    address: str = scope["client"][0] if scope["client"] else ""
    return address


async def respond(
    scope: Scope, send: Send, status: int, body: str, retry_after_seconds: int | None = None
) -> None:
    """Answer a request, also one for a WebSocket, with plain HTTP."""
    http = "http.response" if scope["type"] == "http" else "websocket.http.response"
    content = body.encode()
    headers = [
        (b"content-type", b"application/json;charset=UTF-8"),
        (b"content-length", b"%d" % len(content)),
    ]
    if retry_after_seconds is not None:
        headers.append((b"retry-after", b"%d" % retry_after_seconds))
    await send({"type": f"{http}.start", "status": status, "headers": headers})
    await send({"type": f"{http}.body", "body": content})
