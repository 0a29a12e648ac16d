"""The gateway with everything that is mounted on it: streams, the first design's door, pages."""

from collections.abc import Callable, Coroutine
from importlib import resources
from typing import Any

from rialto.cli.measures import Measures
from rialto.cli.pages import Page
from rialto.gateway.app import Gateway
from rialto.gateway.doors import Doors
from rialto.telemetry import METRICS_CONTENT_TYPE

HTML = "text/html;charset=UTF-8"

InBackground = Callable[[Coroutine[Any, Any, None]], None]


def mount(gateway: Gateway, measures: Measures, quote: str, in_background: InBackground) -> Doors:
    """Once. Close what it gives to tell every connection that it has to go."""
    doors = Doors(gateway, quote)
    in_background(doors.run())
    measures.watch_connections(doors.connections)
    in_background(measures.run())
    gateway.mount("/metrics", Page(METRICS_CONTENT_TYPE, measures.metrics.page))
    welcome = resources.files(__package__).joinpath("welcome.html").read_bytes()
    gateway.mount("/", Page(HTML, lambda: welcome))
    return doors
