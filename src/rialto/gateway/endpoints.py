"""THE TABLE: every endpoint is a row. REST, the WebSocket API, weights, documentation and tests all read it.

A handler is called with (sources, caller, request) and gives what the answer's JSON says.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

import msgspec

from rialto.gateway.caller import Caller, Security
from rialto.gateway.handlers import general
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests

Handler = Callable[[Sources, Caller, Any], Awaitable[Any]]
Weight = Callable[[Mapping[str, str]], int]  # of the parameters as sent, before they are checked


class Source(Enum):
    """Where the answer comes from, the newest first."""

    ENGINE = "Matching Engine"
    MEMORY = "Memory"
    DATABASE = "Database"
    MEMORY_THEN_DATABASE = "Memory => Database"


class Endpoint(msgspec.Struct, frozen=True):
    rest: str  # method and path
    ws: str | None  # method name in the WebSocket API, None if it has none
    weight: int | Weight
    security: Security
    source: Source
    handler: Handler
    request: type[requests.Request]
    orders: int = 0  # that it adds to the unfilled order count
    free_if_done: bool = False  # trading calls weigh nothing when they succeed

    @property
    def method(self) -> str:
        return self.rest.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.rest.partition(" ")[2]


NONE, TRADE, USER_DATA = Security.NONE, Security.TRADE, Security.USER_DATA
ENGINE, MEMORY, DATABASE = Source.ENGINE, Source.MEMORY, Source.DATABASE
BOTH = Source.MEMORY_THEN_DATABASE

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET /api/v3/ping", "ping", 1, NONE, MEMORY, general.ping, requests.Nothing),
    Endpoint("GET /api/v3/time", "time", 1, NONE, MEMORY, general.time, requests.Nothing),
)
