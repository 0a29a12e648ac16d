"""REST: one HTTP request to one endpoint, and its answer or refusal as JSON.

In:  a whole request, from the server's protocol as it is or from an ASGI http scope.
Out: one response; always JSON, with the weight used so far in a header.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from rialto.gateway.caller import signed_payload
from rialto.gateway.calls import Call
from rialto.gateway.dispatch import Asked, Dispatch, Route, route
from rialto.gateway.endpoints import Endpoint
from rialto.gateway.wire import parameters
from rialto.gateway.wire.errors import (
    OVERFLOWED,
    UNKNOWN,
    UNSUPPORTED_OPERATION,
    Refused,
)
from rialto.gateway.wire.time_units import MILLISECOND, time_divisor

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Response = tuple[int, bytes, bytes]  # status, header lines each with its end, content

BODY_BYTES_MAX = 64 * 1024
JSON_LINE = b"content-type: application/json;charset=UTF-8\r\n"
_encode = msgspec.json.Encoder().encode
_NOT_SUPPORTED = _encode(Refused(UNSUPPORTED_OPERATION).body)
_FAILED = _encode(Refused(UNKNOWN).body)
_log = logging.getLogger(__name__)


class Disconnected(Exception):
    """The client went away before its request was whole."""


class HttpRequest(ABC):
    """A whole request, and where its response goes."""

    __slots__ = ("address", "body", "headers", "method", "path", "query")

    def __init__(self, method: bytes, path: bytes, query: bytes, headers: Headers) -> None:
        """Names of headers in lower case."""
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = b""
        self.address = ""

    @abstractmethod
    def respond(self, status: int, lines: bytes, content: bytes) -> None:
        """Once. lines: headers, each with its end; the length of the content is not among them."""


class Rest:
    """Answers requests to every row of the endpoint table; also their ASGI application."""

    def __init__(self, dispatch: Dispatch, endpoints: Iterable[Endpoint]) -> None:
        self.dispatch = dispatch
        self._clock = dispatch.sources.clock
        self._routes = {(row.method.encode(), row.path.encode()): route(row) for row in endpoints}
        self._paths = {path for _, path in self._routes}
        limits = dispatch.weights.limits
        weight_line = b"x-mbx-used-weight-%b: %%d\r\n" % _suffix(limits.weight.letters)
        self._head = JSON_LINE + weight_line
        self._order_head = self._head + b"".join(
            b"x-mbx-order-count-%b: %%d\r\n" % _suffix(limit.letters)
            for limit in (limits.orders_short, limits.orders_long)
        )

    def has(self, method: bytes, path: bytes) -> bool:
        return (method, path) in self._routes

    def take(self, request: HttpRequest) -> None:
        """It is responded to, before this returns or later."""
        found = self._routes.get((request.method, request.path))
        if found is None:
            self._nowhere(request)
            return
        now_us = self._clock()
        try:
            asked = _asked(request, now_us)
        except Refused as refused:
            self.refuse_early(request, refused, now_us)
        else:
            RestCall(self, request, found, asked).start()

    def done(self, call: "RestCall", answer: Any) -> None:
        now_us, weights = call.asked.received_us, self.dispatch.weights
        used = weights.used(call.request.address, now_us)
        if call.to.orders:
            lines = self._order_head % (used, *weights.orders_used(call.caller.account, now_us))
        else:
            lines = self._head % used
        call.request.respond(200, lines, _encode(answer))

    def refuse(self, request: HttpRequest, refused: Refused, now_us: int) -> None:
        lines = self._lines(request, now_us)
        if refused.retry_after_seconds is not None:
            lines += b"retry-after: %d\r\n" % refused.retry_after_seconds
        request.respond(refused.status, lines, _encode(refused.body))

    def fail(self, request: HttpRequest, now_us: int) -> None:
        """Called while our own mistake is being handled; the client hears of it."""
        _log.exception("%r %r failed", request.method, request.path)
        request.respond(500, self._lines(request, now_us), _FAILED)

    def refuse_early(self, request: HttpRequest, refused: Refused, now_us: int) -> None:
        """What is not even a request weighs one all the same."""
        try:
            self.dispatch.weights.charge(request.address, 1, now_us)
        except Refused as over:
            refused = over
        self.refuse(request, refused, now_us)

    def _nowhere(self, request: HttpRequest) -> None:
        """At a path that is not there, or not for this method."""
        now_us = self._clock()
        try:
            self.dispatch.weights.charge(request.address, 1, now_us)
        except Refused as refused:
            self.refuse(request, refused, now_us)
            return
        status = 405 if request.path in self._paths else 404
        request.respond(status, self._lines(request, now_us), _NOT_SUPPORTED)

    def _lines(self, request: HttpRequest, now_us: int) -> bytes:
        return self._head % self.dispatch.weights.used(request.address, now_us)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = AsgiRequest(scope)
        try:
            request.body = await read_body(receive)
            self.take(request)
        except Refused as refused:
            self.refuse_early(request, refused, self._clock())
        except Disconnected:
            return
        status, lines, content = await request.response
        pairs = [tuple(line.split(b": ", 1)) for line in lines.split(b"\r\n")[:-1]]
        pairs.append((b"content-length", b"%d" % len(content)))
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": content})


class RestCall(Call):
    __slots__ = ("request", "rest")

    def __init__(self, rest: Rest, request: HttpRequest, to: Route, asked: Asked) -> None:
        super().__init__(rest.dispatch, to, asked)
        self.rest = rest
        self.request = request

    def answered(self, answer: Any) -> None:
        self.rest.done(self, answer)

    def refused(self, refused: Refused) -> None:
        self.rest.refuse(self.request, refused, self.asked.received_us)

    def failed(self) -> None:
        self.rest.fail(self.request, self.asked.received_us)


class AsgiRequest(HttpRequest):
    __slots__ = ("response",)

    def __init__(self, scope: Scope) -> None:
        method, path = scope["method"].encode(), scope["path"].encode()
        super().__init__(method, path, scope["query_string"], scope["headers"])
        self.address = scope["client"][0] if scope["client"] else ""
        loop = asyncio.get_running_loop()
        self.response: asyncio.Future[Response] = loop.create_future()

    def respond(self, status: int, lines: bytes, content: bytes) -> None:
        if not self.response.done():  # the server may have canceled its task
            self.response.set_result((status, lines, content))


def _suffix(letters: str) -> bytes:
    return letters.lower().encode()


async def read_body(receive: Receive) -> bytes:
    """The whole body; Refused if it is larger than any request has a use for."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += bytes(message.get("body", b""))
        if len(body) > BODY_BYTES_MAX:
            raise Refused(OVERFLOWED, "body")
        if not message.get("more_body"):
            return body


def _asked(request: HttpRequest, now_us: int) -> Asked:
    key = None
    divisor = MILLISECOND
    for name, value in request.headers:
        if name == b"x-mbx-apikey":
            key = value.decode("latin-1")
        elif name == b"x-mbx-time-unit":
            divisor = time_divisor(value.decode("latin-1"))
    query, body = request.query, request.body
    if request.method == b"GET":
        body = b""  # its parameters are in the query alone
    payload = signed_payload(query, body) if key is not None else b""
    texts = parameters.parse(query, body)
    return Asked(request.address, now_us, divisor, key, payload, texts)
