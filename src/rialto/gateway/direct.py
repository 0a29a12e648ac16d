"""A request that goes to its endpoint as it is, without ASGI in between.

In:  a request of the common form, whole, from protocols.py.
Out: its response in one write, and the word that the next one may be answered.
"""

import asyncio
import http
from typing import Protocol

from rialto.gateway.rest import Headers, HttpRequest

STATUS_LINES = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode())
    for status in http.HTTPStatus
}
CLOSE_LINE = b"connection: close\r\n"


class Connection(Protocol):
    """That a request came by."""

    address: str
    transport: asyncio.Transport

    def on_response_complete(self) -> None:
        """The next request may be answered."""


class _NobodyWaits:
    def set(self) -> None:
        """uvicorn wakes here the application that waits for a body."""


class DirectRequest(HttpRequest):
    """Also what uvicorn's protocol keeps of a request while it is answered, its `cycle`."""

    __slots__ = (
        "connection",
        "disconnected",
        "keep_alive",
        "response_complete",
        "response_started",
    )
    scope = None
    message_event = _NobodyWaits()

    def __init__(
        self, connection: Connection, method: bytes, path: bytes, query: bytes, headers: Headers
    ) -> None:
        super().__init__(method, path, query, headers)
        self.address = connection.address
        self.connection = connection
        self.keep_alive = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False

    def respond(self, status: int, lines: bytes, content: bytes) -> None:
        self.response_started = self.response_complete = True
        transport = self.connection.transport
        if not transport.is_closing():
            end = b"" if self.keep_alive else CLOSE_LINE
            transport.write(
                b"%b%b%bcontent-length: %d\r\n\r\n%b"
                % (STATUS_LINES[status], lines, end, len(content), content)
            )
            if not self.keep_alive:
                transport.close()
        self.connection.on_response_complete()
