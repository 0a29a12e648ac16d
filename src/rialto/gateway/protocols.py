"""HTTP connections with the limits that uvicorn's have not, and a short way to the endpoints.

In:  bytes of clients, some of whom are slow, silent, greedy or broken.
Out: whole requests of bounded size, one after the other; oversight.py has the deadlines.
"""

import asyncio
import http
from math import inf
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rialto.gateway import oversight
from rialto.gateway.direct import DirectRequest
from rialto.gateway.oversight import Overseer, Watch
from rialto.gateway.rest import BODY_BYTES_MAX, Rest
from rialto.gateway.wire.errors import ILLEGAL_CHARACTERS, OVERFLOWED, TOO_MANY_REQUESTS, Refused

URL_BYTES_MAX = 64 * 1024  # room for the names of 1024 streams
HEADERS_MAX = 64
HEADER_BYTES_MAX = 32 * 1024
REQUEST_BYTES_MAX = URL_BYTES_MAX + HEADER_BYTES_MAX + 2 * BODY_BYTES_MAX  # twice: chunk framing
SPECIAL_HEADERS = frozenset(
    (b"content-length", b"connection", b"expect", b"transfer-encoding", b"upgrade")
)

FULL_SECONDS = 5  # what whoever finds no room is told to wait


class OneWrite:
    """The transport of one response: its head waits for its body, for every write is a system
    call.
    """

    __slots__ = ("_head", "_transport", "close", "is_closing")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head: bytes | None = None
        self.close = transport.close  # nothing of ours sends a head and then no body
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head is None:
            self._head = data
        elif self._head:
            self._transport.write(self._head + data)
            self._head = b""
        else:
            self._transport.write(data)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's, but a request of the common form to an endpoint goes there as it is. Requests of
    one connection are answered in their order, one at a time.
    """

    def __init__(self, overseer: Overseer, rest: Rest, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.overseer = overseer
        self.rest = rest
        self.address = ""
        self.direct: DirectRequest | None = None  # that is being received, if it is one
        self.begun: Any = None  # what uvicorn calls the cycle of the request being received
        self.is_common = True  # so far: nothing in its head asks for more than an answer
        self.answering = False
        self.watch: Watch
        self.admitted = False
        self.receiving = True  # a request has begun (or the first is awaited) and is not whole
        self.received_bytes = 0  # of it, in earlier reads
        self.head_bytes_max = 0  # a head cannot be larger than what has come of its request
        self.refusal_status = 400
        self.refusal = Refused(ILLEGAL_CHARACTERS, "request", "HTTP/1.1")

    # Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.watch = Watch(transport, self.loop.time() + oversight.REQUEST_SECONDS_MAX)
        self.address = self.client[0] if self.client else ""
        self.admitted = self.overseer.admit(self.address)
        if not self.admitted:
            self.refusal_status = 429
            self.refusal = Refused(TOO_MANY_REQUESTS, retry_after_seconds=FULL_SECONDS)
            self.send_400_response("")

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.admitted:
            self.overseer.release(self.address)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.watch.write_deadline = self.loop.time() + oversight.WRITE_SECONDS_MAX

    def resume_writing(self) -> None:
        super().resume_writing()
        self.watch.write_deadline = inf
        self._start_next()

    def handle_websocket_upgrade(self) -> None:
        """The connection goes on in another protocol, which also releases it."""
        admitted, self.admitted = self.admitted, False
        if admitted:
            super().handle_websocket_upgrade()

    # Request

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self.head_bytes_max = self.received_bytes + len(data)
        super().data_received(data)
        if not self.receiving:
            self.received_bytes = 0
            return
        self.received_bytes += len(data)
        if self.received_bytes > REQUEST_BYTES_MAX and not self.transport.is_closing():
            self._refuse(413, "request")
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.begun = None
        self.is_common = True
        self.receiving = True
        self.watch.deadline = self.loop.time() + oversight.REQUEST_SECONDS_MAX

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > URL_BYTES_MAX:
            raise self._refuse(414, "url")

    def on_header(self, name: bytes, value: bytes) -> None:
        headers = self.headers
        headers.append((name.lower(), value))
        if len(headers) > HEADERS_MAX:
            raise self._refuse(431, "headers")

    def _heed(self, name: bytes, value: bytes) -> None:
        if name == b"content-length":
            if int(value) > BODY_BYTES_MAX:
                raise self._refuse(413, "body")
        elif name == b"connection":
            # In HTTP/1.0 it would want to hear that the connection is kept.
            if value.lower() != b"keep-alive" or self.parser.get_http_version() != "1.1":
                self.is_common = False
        else:
            self.is_common = False
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True

    def on_headers_complete(self) -> None:
        if self.head_bytes_max > HEADER_BYTES_MAX:
            header_bytes = sum(len(name) + len(value) for name, value in self.headers)
            if header_bytes > HEADER_BYTES_MAX:
                raise self._refuse(431, "headers")
        for name, value in self.headers:
            if name in SPECIAL_HEADERS:
                self._heed(name, value)
        if self.is_common and b"#" not in self.url:
            path, _, query = self.url.partition(b"?")
            method = self.parser.get_method()
            if self.rest.has(method, path):
                self.direct = DirectRequest(self, method, path, query, self.headers)
                self.direct.keep_alive = self.parser.should_keep_alive()
                return
        self._begin_asgi()

    def _begin_asgi(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is before:
            return  # it becomes a WebSocket
        self.begun = self.cycle
        bodiless = self.scope["method"] == "HEAD"  # its answer's head has no body to wait for
        if not bodiless and not self.expect_100_continue:
            self.cycle.transport = OneWrite(self.transport)  # type: ignore[assignment]

    def on_body(self, body: bytes) -> None:
        if self.direct is not None:
            self.direct.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self.receiving = False
        self.watch.deadline = inf  # now it is our turn
        request, self.direct = self.direct, None
        if request is None:
            super().on_message_complete()
            return
        self.cycle = request  # type: ignore[assignment]
        self.begun = request
        if self.answering or self.pipeline or self.flow.write_paused:
            self.flow.pause_reading()
            self.pipeline.appendleft((request, self.app))  # type: ignore[arg-type]
        else:
            self.answering = True
            self.rest.take(request)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self.answering = True
        super()._start_asgi_task(cycle, app)

    def _start_next(self) -> None:
        """The request that waits longest, if there is room for its answer."""
        if self.answering or self.flow.write_paused or not self.pipeline:
            return
        if self.transport.is_closing():
            return
        cycle, app = self.pipeline.pop()
        if isinstance(cycle, DirectRequest):
            self.answering = True
            self.rest.take(cycle)
        else:
            self._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """As uvicorn does it, with a deadline in the place of a timer per request."""
        self.server_state.total_requests += 1
        self.answering = False
        if self.transport.is_closing():
            return
        if self.pipeline:
            self.loop.call_soon(self._start_next)  # not here: each would go deeper than the last
            return
        self.flow.resume_reading()
        if not self.receiving:
            self.watch.deadline = self.loop.time() + oversight.KEEP_ALIVE_SECONDS

    # Refusal

    def _refuse(self, status: int, part: str) -> Refused:
        self.refusal_status, self.refusal = status, Refused(OVERFLOWED, part)
        return self.refusal

    def send_400_response(self, msg: str) -> None:
        """Called by uvicorn when the parser, or one of the callbacks above, will not go on. A
        request whose answer has begun gets no other; one refused here, none from the application.
        """
        cycle = self.begun
        if cycle is not None:
            if cycle.response_started:
                self.transport.close()
                return
            cycle.disconnected = True
        content = msgspec.json.encode(self.refusal.body)
        phrase = http.HTTPStatus(self.refusal_status).phrase
        seconds = self.refusal.retry_after_seconds
        wait = "" if seconds is None else f"retry-after: {seconds}\r\n"
        head = (
            f"HTTP/1.1 {self.refusal_status} {phrase}\r\n"
            "content-type: application/json;charset=UTF-8\r\n"
            f"{wait}content-length: {len(content)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()
