"""WebSocket connections with the limits and deadlines that uvicorn's have not.

In:  frames of clients; frames of the application, many at a time.
Out: messages of bounded size and number to the application, which paces them.
Never: a frame that costs something and that nobody counts: pings and pongs are messages too.
"""

import asyncio
from math import inf
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from rialto.gateway.protocols import WRITE_SECONDS_MAX, Overseer, Watch
from rialto.gateway.sockets import MESSAGES_PER_SECOND, SEND_FRAMES, TOO_MANY_MESSAGES

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
        """Also SEND_FRAMES, which writes many messages at once."""
        if message["type"] != SEND_FRAMES:
            self.messages_per_second = message.get(MESSAGES_PER_SECOND, self.messages_per_second)
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(b"".join(message["frames"]))

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
            self._end(*TOO_MANY_MESSAGES)
            return False
        return True

    def _end(self, code: int, reason: str) -> None:
        if not self.close_sent:
            self.conn.fail(code, reason)
            self.handle_parser_exception()
