"""The gateway with everything that is mounted on it: streams, the first design's door, pages."""

from collections.abc import Callable, Coroutine
from importlib import resources
from typing import Any

from rialto.cli.measures import Measures
from rialto.cli.pages import Page
from rialto.gateway.app import Gateway
from rialto.gateway.market_streams import MarketStreams
from rialto.gateway.sockets import SHUTTING_DOWN, Connections
from rialto.gateway.user_stream import UserStreams
from rialto.gateway.v1 import PATH as V1_PATH
from rialto.gateway.v1 import V1Door
from rialto.gateway.ws_streams import STREAM_PATH, WS_PATH, StreamDoor
from rialto.telemetry import METRICS_CONTENT_TYPE

HTML = "text/html;charset=UTF-8"

InBackground = Callable[[Coroutine[Any, Any, None]], None]


class Doors:
    """Mounted once. close() tells every connection that it has to go."""

    def __init__(
        self, gateway: Gateway, measures: Measures, quote: str, in_background: InBackground
    ) -> None:
        sources, self._connections = gateway.sources, Connections()
        folds, clock = sources.folds, sources.clock

        market_streams = MarketStreams(folds.market, folds.catalog, clock)
        folds.listen(market_streams)
        user_streams = UserStreams(folds.orders, folds.balances, folds.catalog, clock)
        folds.attend(user_streams)
        self._streams = StreamDoor([market_streams, user_streams], self._connections, clock)
        gateway.mount(WS_PATH, self._streams)
        gateway.mount(STREAM_PATH, self._streams)
        in_background(self._streams.run())

        v1 = V1Door(sources, gateway.authentication, gateway.weights, self._connections, quote)
        folds.attend(v1)
        gateway.mount(V1_PATH, v1)

        measures.watch_connections(self._connections)
        in_background(measures.run())
        gateway.mount("/metrics", Page(METRICS_CONTENT_TYPE, measures.metrics.page))
        welcome = resources.files(__package__).joinpath("welcome.html").read_bytes()
        gateway.mount("/", Page(HTML, lambda: welcome))

    def close(self) -> None:
        self._streams.announce_shutdown()
        self._connections.close_all(SHUTTING_DOWN)
