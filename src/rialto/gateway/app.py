"""The gateway as one ASGI application: endpoints by the table, doors by their path.

In:  HTTP requests and WebSocket connections.
Out: answers. What doors push, they hear of through Folds.listen.
"""

from collections.abc import Awaitable, Callable, Iterable
from importlib import metadata, resources
from typing import Protocol

from rialto.gateway.caller import Authentication
from rialto.gateway.dispatch import Dispatch
from rialto.gateway.endpoints import ENDPOINTS, Endpoint
from rialto.gateway.first_fills import FirstFills
from rialto.gateway.openapi import document
from rialto.gateway.pages import HTML, JSON, Page
from rialto.gateway.rest import Receive, Rest, Scope, Send
from rialto.gateway.sources import Sources
from rialto.identity.api_keys import ApiKey


class Door(Protocol):
    """An ASGI application for one path and what is below it: http, websocket or both."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


async def _refuse_socket(_: Scope, receive: Receive, send: Send) -> None:
    """Nothing takes WebSocket connections at this path."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


class Gateway:
    def __init__(
        self,
        sources: Sources,
        find_key: Callable[[str], ApiKey | None],
        endpoints: Iterable[Endpoint] = ENDPOINTS,
    ) -> None:
        self.sources = sources
        self.authentication = Authentication(find_key, sources.clock)
        self.weights = sources.weights
        self.dispatch = Dispatch(sources, self.authentication, self.weights)
        sources.folds.listen(FirstFills(sources.folds.orders, self.weights))
        self.rest = Rest(self.dispatch, endpoints)
        self._doors: dict[str, Door] = {}
        described = document(ENDPOINTS, metadata.version("rialto"))
        self.mount("/openapi.json", Page(JSON, lambda: described))
        browsable = resources.files(__package__).joinpath("docs.html").read_bytes()
        self.mount("/docs", Page(HTML, lambda: browsable))

    def mount(self, path: str, door: Door) -> None:
        """path as in "/stream" or "/v1/orders"; "/ws" also takes "/ws/btcusdt@trade"."""
        self._doors[path] = door

    def asgi(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """The ASGI application of an http or websocket scope; it only chooses whose turn it is."""
        door = self._door(scope["path"])
        if door is not None:
            return door(scope, receive, send)
        if scope["type"] == "http":
            return self.rest(scope, receive, send)
        return _refuse_socket(scope, receive, send)

    def _door(self, path: str) -> Door | None:
        doors = self._doors
        door = doors.get(path)
        if door is None and (end := path.find("/", 1)) > 0:
            door = doors.get(path[:end])
        return door
