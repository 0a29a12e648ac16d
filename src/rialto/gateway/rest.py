"""REST: one HTTP request to one endpoint, and its answer or refusal as JSON.

In:  an ASGI http scope, and the body that the server has bounded.
Out: one response; always JSON, with the weight used so far in a header.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from rialto.gateway.caller import Caller, signed_payload
from rialto.gateway.dispatch import Asked, Dispatch, route
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

BODY_BYTES_MAX = 64 * 1024
_JSON = (b"content-type", b"application/json;charset=UTF-8")
_encode = msgspec.json.Encoder().encode
_NOT_SUPPORTED = _encode(Refused(UNSUPPORTED_OPERATION).body)
_FAILED = _encode(Refused(UNKNOWN).body)
_log = logging.getLogger(__name__)


class Disconnected(Exception):
    """The client went away before its request was whole."""


class Rest:
    """The ASGI application of every row of the endpoint table."""

    def __init__(self, dispatch: Dispatch, endpoints: Iterable[Endpoint]) -> None:
        self._dispatch = dispatch
        self._clock = dispatch.sources.clock
        self._routes = {(row.method, row.path): route(row) for row in endpoints}
        self._paths = {path for _, path in self._routes}
        limits = dispatch.weights.limits
        self._weight_header = f"x-mbx-used-weight-{limits.weight.letters.lower()}".encode()
        self._order_headers = tuple(
            f"x-mbx-order-count-{limit.letters.lower()}".encode()
            for limit in (limits.orders_short, limits.orders_long)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now_us = self._clock()
        address: str = scope["client"][0] if scope["client"] else ""
        headers: Headers = [_JSON]
        try:
            found = self._routes.get((scope["method"], scope["path"]))
            if found is None:
                status, content = self._nowhere(scope["path"], address, now_us), _NOT_SUPPORTED
            else:
                asked = self._read(scope, await read_body(receive), address, now_us)
                answer, caller = await self._dispatch.answer(found, asked)
                status, content = 200, _encode(answer)
                if found.orders:
                    self._add_order_counts(headers, caller)
        except Refused as refused:
            status, content = refused.status, _encode(refused.body)
            if refused.retry_after_seconds is not None:
                headers.append((b"retry-after", b"%d" % refused.retry_after_seconds))
        except Disconnected:
            return
        except Exception:  # noqa: BLE001 - the outermost place: our bug, and the client hears of it
            _log.exception("%s %s failed", scope["method"], scope["path"])
            status, content = 500, _FAILED
        headers.append((self._weight_header, b"%d" % self._dispatch.weights.used(address, now_us)))
        headers.append((b"content-length", b"%d" % len(content)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _nowhere(self, path: str, address: str, now_us: int) -> int:
        """The status of a path that is not there, or not for this method."""
        self._dispatch.weights.charge(address, 1, now_us)
        return 405 if path in self._paths else 404

    def _read(self, scope: Scope, body: bytes, address: str, now_us: int) -> Asked:
        """What is not even a request weighs one all the same."""
        try:
            return _asked(scope, body, address, now_us)
        except Refused:
            self._dispatch.weights.charge(address, 1, now_us)
            raise

    def _add_order_counts(self, headers: Headers, caller: Caller) -> None:
        counts = self._dispatch.weights.orders_used(caller.account, caller.received_us)
        for name, count in zip(self._order_headers, counts, strict=True):
            headers.append((name, b"%d" % count))


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


def _asked(scope: Scope, body: bytes, address: str, now_us: int) -> Asked:
    key = None
    divisor = MILLISECOND
    for name, value in scope["headers"]:
        if name == b"x-mbx-apikey":
            key = value.decode("latin-1")
        elif name == b"x-mbx-time-unit":
            divisor = time_divisor(value.decode("latin-1"))
    query: bytes = scope["query_string"]
    if scope["method"] == "GET":
        body = b""  # its parameters are in the query alone
    payload = signed_payload(query, body) if key is not None else b""
    texts = parameters.parse(query, body)
    return Asked(address, now_us, divisor, key, payload, texts)
