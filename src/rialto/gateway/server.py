"""The server: uvicorn on a socket of its own inside our process.

In:  connections.
Out: whole requests of bounded size to the gateway; protocols.py and oversight.py have the limits.
"""

import asyncio
import socket
from functools import partial
from typing import Any

import uvicorn
from uvicorn.lifespan.off import LifespanOff

from rialto.gateway.app import Gateway
from rialto.gateway.oversight import CONNECTIONS_MAX, Overseer
from rialto.gateway.protocols import HttpProtocol
from rialto.gateway.sockets import CLIENT_MESSAGE_BYTES_MAX
from rialto.gateway.websocket_protocol import WebSocketProtocol

BACKLOG_MAX = 2_048  # connections that wait to be accepted
SHUTDOWN_SECONDS_MAX = 10
PING_SECONDS = 20.0
PONG_SECONDS_MAX = 60.0


class Server:
    """start() and stop() once each, on the running event loop. Signals are the caller's
    business.
    """

    def __init__(
        self, gateway: Gateway, host: str, port: int, connections_max: int = CONNECTIONS_MAX
    ) -> None:
        self._host = host
        self._port = port
        bans, clock = gateway.weights.bans, gateway.sources.clock
        self._overseer = Overseer(
            connections_max, lambda address: bans.note_refusal(address, clock())
        )
        http: Any = partial(
            HttpProtocol, self._overseer, gateway.rest
        )  # uvicorn calls it like a class
        websocket: Any = partial(WebSocketProtocol, self._overseer)
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                gateway.asgi,
                interface="asgi3",
                http=http,
                ws=websocket,
                ws_max_size=CLIENT_MESSAGE_BYTES_MAX,
                ws_per_message_deflate=False,  # one text serves all its readers
                ws_ping_interval=PING_SECONDS,
                ws_ping_timeout=PONG_SECONDS_MAX,
                lifespan="off",
                log_config=None,
                log_level="error",  # a client's mistakes are not worth a line each
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS_MAX,
            )
        )
        self._sockets: list[socket.socket] = []
        self._sweep: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Bind and serve; the URL, with the port that was found if it was given as 0."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        bound = socket.create_server((self._host, self._port), family=family, backlog=BACKLOG_MAX)
        # Connections inherit it: a small answer must not wait for an acknowledgement.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.setblocking(False)
        self._sockets = [bound]
        config = self._uvicorn.config
        config.load()
        self._uvicorn.lifespan = LifespanOff(config)
        await self._uvicorn.startup(sockets=self._sockets)
        connections = self._uvicorn.server_state.connections
        self._sweep = asyncio.create_task(self._overseer.sweep(connections))
        host = f"[{self._host}]" if family is socket.AF_INET6 else self._host
        return f"http://{host}:{bound.getsockname()[1]}"

    async def stop(self) -> None:
        """Take no more connections, let requests end, close the rest; at most
        SHUTDOWN_SECONDS_MAX.
        """
        await self._uvicorn.shutdown(sockets=self._sockets)
        if self._sweep is not None:
            self._sweep.cancel()
            await asyncio.wait({self._sweep})
