"""Every door besides REST: streams, user streams, the WebSocket API, the first design's orders, the
outcome streams.

In:  the gateway that they are mounted on, and whose folds they listen to.
Out: the outcome streams for whoever subscribes in process; run() for as long as the gateway serves.
"""

import asyncio
from importlib import metadata

from rialto.gateway import asyncapi
from rialto.gateway.app import Gateway
from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.market_streams import MarketStreams
from rialto.gateway.outcomes import PATH as OUTCOMES_PATH
from rialto.gateway.outcomes import OutcomeDoor, Outcomes
from rialto.gateway.pages import JSON, Page
from rialto.gateway.past import Past
from rialto.gateway.sockets import SHUTTING_DOWN, Connections, SocketLimits
from rialto.gateway.user_stream import UserStreams
from rialto.gateway.v1 import PATH as V1_PATH
from rialto.gateway.v1 import V1Door
from rialto.gateway.v1_caller import V1Callers
from rialto.gateway.wire.outcomes import Outcome
from rialto.gateway.ws_api import WS_API_PATH, WsApi
from rialto.gateway.ws_streams import (
    CLIENT_MESSAGES_PER_SECOND_MAX,
    STREAM_PATH,
    WS_PATH,
    StreamDoor,
)


class Doors:
    """quote: the asset against which the first design's coins are traded."""

    stream_limits = SocketLimits(CLIENT_MESSAGES_PER_SECOND_MAX)

    def __init__(self, gateway: Gateway, quote: str, *, unsigned_v1: bool = False) -> None:
        """unsigned_v1: the first design's door takes an API key without a signature."""
        sources, folds = gateway.sources, gateway.sources.folds
        self.connections = Connections()
        self.past = Past(sources.engine)

        engine = sources.engine
        self.market = MarketStreams(folds, sources.clock, lambda: engine.waiting_commands == 0)
        folds.listen(self.market)
        user = UserStreams(folds, sources.listen_keys, sources.clock)
        folds.attend(user)
        self._streams = StreamDoor(
            [self.market, user],
            self.connections,
            gateway.weights.stream_connections,
            sources.clock,
            self.stream_limits,
        )
        gateway.mount(WS_PATH, self._streams)
        gateway.mount(STREAM_PATH, self._streams)
        self._ws_api = WsApi(gateway.dispatch, ENDPOINTS, user, self.connections)
        gateway.mount(WS_API_PATH, self._ws_api)
        described = asyncapi.document(ENDPOINTS, metadata.version("rialto"))
        gateway.mount("/asyncapi.json", Page(JSON, lambda: described))

        callers = V1Callers(
            sources, gateway.authentication, gateway.weights, unsigned_allowed=unsigned_v1
        )
        v1 = V1Door(sources, callers, self.connections, self.past, quote)
        folds.attend(v1)
        gateway.mount(V1_PATH, v1)

        self.outcomes = Outcomes(sources, self.past)
        folds.listen(self.outcomes)
        outcome_door = OutcomeDoor(self.outcomes, sources, callers, self.connections)
        for outcome in Outcome:
            gateway.mount(f"{OUTCOMES_PATH}/{outcome}", outcome_door)

    async def run(self) -> None:
        """The clocks of the doors, until canceled."""
        async with asyncio.TaskGroup() as clocks:
            clocks.create_task(self._streams.run())
            clocks.create_task(self._ws_api.run())

    async def close(self) -> None:
        """Tell every connection that it has to go."""
        self._streams.announce_shutdown()
        await self._ws_api.finish()
        self.connections.close_all(SHUTTING_DOWN)
