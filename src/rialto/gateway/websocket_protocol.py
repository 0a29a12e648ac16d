"""WebSocket connections with the limits and deadlines that uvicorn's have not.

In:  frames of clients; frames of the application, many at a time.
Out: messages of bounded size and number to the application, which paces them.
Never: a frame that costs something and that nobody counts: pings and pongs are messages too.
"""

import asyncio
from collections.abc import Callable, Collection
from http import HTTPStatus
from math import inf
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import http11
from websockets.frames import Frame, apply_mask  # type: ignore[attr-defined]
from websockets.http11 import Request

from rialto.gateway.oversight import WRITE_SECONDS_MAX, Overseer, Watch
from rialto.gateway.protocols import HEADER_BYTES_MAX, URL_BYTES_MAX
from rialto.gateway.sockets import (
    INTAKE,
    MESSAGES_PER_SECOND,
    SEND_FRAMES,
    TEXT_FRAME,
    TOO_MANY_MESSAGES,
    WRITE_NOW,
)

# Heads are bounded before they get here, and this parser reads them again with a bound of its own.
http11.MAX_LINE_LENGTH = URL_BYTES_MAX + HEADER_BYTES_MAX

MASKED = 0x80  # bit of the second byte of a frame
MESSAGES_PER_SECOND_MAX = 20  # of a connection for which the application names no other number


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Deadlines for its writes and its end, and a limit for what a client sends in a second."""

    def __init__(self, overseer: Overseer, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.overseer = overseer
        self.watch: Watch
        self.messages_per_second = MESSAGES_PER_SECOND_MAX
        self.second = 0
        self.messages = 0  # in that second
        self.take: Callable[[str], None] | None = None
        self.partial = b""  # the beginning of a frame
        self.held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.watch = Watch(self.transport, inf)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.overseer.release(self.client[0] if self.client else "")

    def pause_writing(self) -> None:
        super().pause_writing()
        self.watch.write_deadline = self.loop.time() + WRITE_SECONDS_MAX

    def resume_writing(self) -> None:
        super().resume_writing()
        self.watch.write_deadline = inf

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[WRITE_NOW] = self.write_now
            extensions[INTAKE] = self

    def write_now(self, frames: Collection[bytes]) -> bool:
        if not self.writable.is_set() or self.disconnected or self.close_sent:
            return False
        self.transport.write(b"".join(frames))
        return True

    async def send(self, message: Any) -> None:
        """Also SEND_FRAMES, which writes many messages at once."""
        if message["type"] != SEND_FRAMES:
            self.messages_per_second = message.get(MESSAGES_PER_SECOND, self.messages_per_second)
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(b"".join(message["frames"]))

    # Intake

    def hold(self) -> None:
        self.held = True
        self.transport.pause_reading()  # again too: uvicorn goes on when its queue is empty

    def go_on(self) -> None:
        if self.held:
            self.held = False
            if not self.read_paused and not self.transport.is_closing():
                self.transport.resume_reading()

    # Frames

    def data_received(self, data: bytes) -> None:
        """The parser gets whole frames, so that those it need not see can be told apart."""
        if not self.handshake_initiated:
            super().data_received(data)
            if self.conn.handshake_exc is not None:
                self._refuse_handshake()
            return
        if self.partial:
            data, self.partial = self.partial + data, b""
        at, there = 0, len(data)
        while there - at >= 2:
            head, payload = frame_sizes(data, at)
            if payload > self.config.ws_max_size:
                super().data_received(data[at:])  # it says so, and closes
                return
            end = at + head + payload
            if end > there:
                break
            self._take_frame(data, at, at + head, end)
            at = end
        self.partial = data[at:] if at else data

    def _refuse_handshake(self) -> None:
        """It is no request that could be upgraded: what the parser says of it, and the end."""
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.transport.close()

    def _take_frame(self, data: bytes, at: int, payload_at: int, end: int) -> None:
        """A whole text is taken at once, if the one before it is not still on its way."""
        if (
            self.take is None
            or data[at] != TEXT_FRAME
            or not data[at + 1] & MASKED
            or self.conn.current_size is not None
            or self.close_sent
            or not self.queue.empty()
        ):
            super().data_received(data[at:end])
            return
        if not self._charge_message():
            return
        try:
            text = apply_mask(data[payload_at:end], data[payload_at - 4 : payload_at]).decode()
        except UnicodeDecodeError:
            self._end(1007, "Not UTF-8.")
            return
        self.take(text)

    def handle_text(self, event: Frame) -> None:
        if self._charge_message():
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        if self._charge_message():
            super().handle_bytes(event)

    def handle_ping(self) -> None:
        if self._charge_message():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._charge_message():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if event.data or self._charge_message():  # empty ones would pile up for free
            super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """As uvicorn does it, but it would log whoever sends bad UTF-8."""
        if self.curr_msg_data_type == "text":
            try:
                self.frames = [b"".join(self.frames)]
                self.frames[0].decode()
            except UnicodeDecodeError:
                self.frames = []
                self._end(1007, "Not UTF-8.")
                return
        super().send_receive_event_to_app()

    def _charge_message(self) -> bool:
        second = int(self.loop.time())
        if second != self.second:
            self.second, self.messages = second, 0
        self.messages += 1
        if self.messages > self.messages_per_second:
            if not self.close_sent:
                self.overseer.note_flood(self.client[0] if self.client else "")
            self._end(*TOO_MANY_MESSAGES)
            return False
        return True

    def _end(self, code: int, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()


def frame_sizes(data: bytes, at: int) -> tuple[int, int]:
    """(of the head with its mask, of the payload) of the frame there, as RFC 6455, 5.2 has it; the
    head may be longer than what is there of it, the payload is 0 then.
    """
    second = data[at + 1]
    mask = 4 if second & MASKED else 0
    size = second & ~MASKED
    if size < 126:
        return 2 + mask, size
    width = 2 if size == 126 else 8
    if len(data) - at < 2 + width:
        return 2 + width + mask, 0
    return 2 + width + mask, int.from_bytes(data[at + 2 : at + 2 + width], "big")
