"""Connections with limits and deadlines, which uvicorn's have not.

In:  bytes of clients, some of whom are slow, silent, greedy or broken.
Out: whole requests of bounded size.
Never: a connection that costs something for longer than its deadline. One sweep looks at all of
     them, so that a request costs no timer; whoever is past a deadline is cut off, without a word
     since nobody listens.
"""

import asyncio
import http
from collections import Counter
from collections.abc import Callable, Collection
from math import inf
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rialto.gateway.direct import DirectRequest
from rialto.gateway.rest import BODY_BYTES_MAX, Rest
from rialto.gateway.wire.errors import ILLEGAL_CHARACTERS, OVERFLOWED, TOO_MANY_REQUESTS, Refused

CONNECTIONS_MAX = 16_384
CONNECTIONS_PER_ADDRESS_MAX = 8_192
URL_BYTES_MAX = 16 * 1024
HEADERS_MAX = 64
HEADER_BYTES_MAX = 32 * 1024
REQUEST_BYTES_MAX = URL_BYTES_MAX + HEADER_BYTES_MAX + 2 * BODY_BYTES_MAX  # twice: chunk framing
SPECIAL_HEADERS = frozenset(
    (b"content-length", b"connection", b"expect", b"transfer-encoding", b"upgrade")
)

REQUEST_SECONDS_MAX = 8.0  # from the first byte of a request, or the connection, to its last byte
KEEP_ALIVE_SECONDS = 75.0  # between requests
WRITE_SECONDS_MAX = 8.0  # for a client to make room in a write buffer that is full, or to take any
CLOSE_SECONDS_MAX = 5.0  # for a closed connection to take what is left
FULL_SECONDS = 5  # what whoever finds no room is told to wait
SWEEP_SECONDS = 0.5  # how late a deadline may be noticed


class Overseer:
    """Counts connections by address, and cuts off those that are overdue. note_flood hears of the
    address of a WebSocket that was closed for its messages.
    """

    def __init__(self, connections_max: int, note_flood: Callable[[str], None]) -> None:
        self.note_flood = note_flood
        self._connections_max = connections_max
        self._by_address: Counter[str] = Counter()
        self._count = 0

    def admit(self, address: str) -> bool:
        """Whether one more connection may be served; whoever admitted it must also release it."""
        if (
            self._count >= self._connections_max
            or self._by_address[address] >= CONNECTIONS_PER_ADDRESS_MAX
        ):
            return False
        self._count += 1
        self._by_address[address] += 1
        return True

    def release(self, address: str) -> None:
        self._count -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    async def sweep(self, connections: Collection[Any]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = loop.time()
            for connection in list(connections):
                if connection.watch.is_overdue(now):
                    connection.transport.abort()


class Watch:
    """The deadlines of one connection. A request's are set by its protocol, the others seen by
    looking.
    """

    def __init__(self, transport: asyncio.Transport, deadline: float) -> None:
        self._transport = transport
        self.deadline = deadline  # of the request that is being received, or of the wait for one
        self.write_deadline = inf  # of a full write buffer
        self._close_deadline = inf
        self._unsent = 0
        self._unsent_deadline = inf

    def is_overdue(self, now: float) -> bool:
        if self._transport.is_closing():
            if self._close_deadline == inf:
                self._close_deadline = now + CLOSE_SECONDS_MAX
            return now > self._close_deadline
        unsent = self._transport.get_write_buffer_size()
        if unsent == 0:
            self._unsent_deadline = inf
        elif unsent < self._unsent or self._unsent_deadline == inf:
            self._unsent_deadline = now + WRITE_SECONDS_MAX
        self._unsent = unsent
        return now > min(self.deadline, self.write_deadline, self._unsent_deadline)


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
        self.watch = Watch(transport, self.loop.time() + REQUEST_SECONDS_MAX)
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
        self.watch.write_deadline = self.loop.time() + WRITE_SECONDS_MAX

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
        self.watch.deadline = self.loop.time() + REQUEST_SECONDS_MAX

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
            self.watch.deadline = self.loop.time() + KEEP_ALIVE_SECONDS

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
