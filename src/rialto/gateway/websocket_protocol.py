"""WebSocket connections with the limits and deadlines that uvicorn's have not.

In:  frames of clients; texts of the application, one or many at a time.
Out: messages of bounded size to the application, which paces them.
Never: a frame that costs something and that nobody counts.
"""

import asyncio
from math import inf
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from rialto.gateway.protocols import WRITE_SECONDS_MAX, Overseer, Watch
from rialto.gateway.sockets import SEND_TEXTS

TEXT_FRAME = 0x81
CONTROL_FRAMES_PER_SECOND_MAX = 20  # pings and pongs of one connection


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """Deadlines for its writes and its end, and a limit for the frames that the application never
    sees; messages are paced by the application.
    """

    def __init__(self, overseer: Overseer, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.overseer = overseer
        self.watch: Watch
        self.control_second = 0
        self.control_frames = 0

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

    async def send(self, message: Any) -> None:
        """Also SEND_TEXTS, which writes many messages at once."""
        if message["type"] != SEND_TEXTS:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(b"".join(map(_text_frame, message["texts"])))

    def handle_ping(self) -> None:
        if self._charge_control_frame():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        if self._charge_control_frame():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        if event.data or self._charge_control_frame():  # empty ones would pile up for free
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

    def _charge_control_frame(self) -> bool:
        second = int(self.loop.time())
        if second != self.control_second:
            self.control_second, self.control_frames = second, 0
        self.control_frames += 1
        if self.control_frames > CONTROL_FRAMES_PER_SECOND_MAX:
            self._end(1008, "Too many pings per second.")
            return False
        return True

    def _end(self, code: int, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()


def _text_frame(text: str) -> bytes:
    """As a server sends it: whole, unmasked, uncompressed (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((TEXT_FRAME, size)) + payload
    if size < 1 << 16:
        return bytes((TEXT_FRAME, 126)) + size.to_bytes(2, "big") + payload
    return bytes((TEXT_FRAME, 127)) + size.to_bytes(8, "big") + payload
