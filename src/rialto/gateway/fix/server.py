"""The FIX door: three listeners, order entry, drop copy and market data on consecutive ports.

In:  connections, by TCP on loopback or by TLS with a certificate.
Out: sessions, each until its client leaves, makes a mistake that ends it, or the exchange stops.
Never: a connection without a Logon for longer than LOGON_SECONDS_MAX.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable

from rialto.gateway.app import Gateway
from rialto.gateway.caller import Security
from rialto.gateway.dispatch import route
from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.fix import framing
from rialto.gateway.fix.drop_copy import DropCopy
from rialto.gateway.fix.market_data import MarketDesk
from rialto.gateway.fix.market_feed import MarketFeeds
from rialto.gateway.fix.order_entry import OrderEntry
from rialto.gateway.fix.profiles import DROP_COPY, MARKET_DATA, ORDER_ENTRY, Profile
from rialto.gateway.fix.registry import Sessions
from rialto.gateway.fix.report_feed import ReportFeeds
from rialto.gateway.fix.session import Desk, Place, Session
from rialto.gateway.wire.errors import Refused

CONNECTIONS_MAX = 1_000  # with those that are not logged on yet
LOGON_SECONDS_MAX = 10.0
GOODBYE_SECONDS_MAX = 5.0  # for a client to take what was written before the end
READ_BYTES_MAX = 2**16
STOPPING = "The server is shutting down."
_log = logging.getLogger(__name__)


class FixServer:
    """start() and stop() once each, on the running event loop."""

    def __init__(self, gateway: Gateway, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """port: of order entry; the others are on the next two. 0: any free ones."""
        self._host = host
        self._port = port
        self._tls = tls
        self._gateway = gateway
        sources = gateway.sources
        self._clock = sources.clock
        self._sessions = Sessions(sources.clock)
        reports = ReportFeeds(sources.folds, sources.clock)
        sources.folds.attend(reports)
        self._market = MarketFeeds()
        sources.folds.listen(self._market)
        dispatch = gateway.dispatch
        routes = {row.rest: route(row) for row in ENDPOINTS if row.security is Security.TRADE}
        self._places = (
            self._place(
                ORDER_ENTRY, lambda session: OrderEntry(dispatch, routes, reports, session)
            ),
            self._place(DROP_COPY, lambda session: DropCopy(reports, session)),
            self._place(
                MARKET_DATA, lambda session: MarketDesk(self._market, sources.folds, session)
            ),
        )
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()

    def _place(self, profile: Profile, desk: Callable[[Session], Desk]) -> Place:
        return Place(profile, self._gateway.authentication, self._clock, self._sessions, desk)

    async def start(self) -> dict[str, int]:
        """Bind and serve; the port of each kind of session."""
        ports = {}
        for number, place in enumerate(self._places):
            server = await asyncio.start_server(
                self._listener(place),
                self._host,
                self._port + number if self._port else 0,
                ssl=self._tls,
                limit=READ_BYTES_MAX,
            )
            self._servers.append(server)
            ports[place.profile.name] = server.sockets[0].getsockname()[1]
        return ports

    async def run(self) -> None:
        """The clock of market data, until canceled."""
        await self._market.run()

    async def stop(self) -> None:
        """Tell every client why, and wait until they have gone."""
        for server in self._servers:
            server.close()
        for session in self._sessions.all():
            session.send("B", [(148, STOPPING)])
            session.close(STOPPING)
        connections = set(self._connections)
        if connections:
            await asyncio.wait(connections, timeout=GOODBYE_SECONDS_MAX)
        for connection in connections:
            connection.cancel()

    # One connection

    def _listener(
        self, place: Place
    ) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(self._connections) >= CONNECTIONS_MAX:
                writer.transport.abort()
                return
            connection = asyncio.get_running_loop().create_task(self._serve(place, reader, writer))
            self._connections.add(connection)
            connection.add_done_callback(self._connections.discard)

        return accept

    async def _serve(
        self, place: Place, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        peer = writer.get_extra_info("peername")
        session = Session(place, writer, peer[0] if peer else "")
        alive: asyncio.Task[None] | None = None
        try:
            self._gateway.weights.api_connections.charge(session.address, self._clock())
            async with asyncio.timeout(LOGON_SECONDS_MAX):
                fields = await framing.read(reader)
            session.begin(fields)
            alive = asyncio.create_task(session.keep_alive())
            while session.open:
                fields = await framing.read(reader)
                if session.open:
                    session.take(fields)
                    await session.room()
        except Refused as refused:
            session.fail(refused)
        except (OSError, EOFError, TimeoutError):
            pass  # the client is gone, or never said who it is
        except Exception:  # noqa: BLE001 - the outermost place
            _log.exception("a FIX session failed")
        finally:
            if alive is not None:
                alive.cancel()
            session.end()
            await _leave(writer)


async def _leave(writer: asyncio.StreamWriter) -> None:
    """What was written goes out first, if the client takes it."""
    writer.close()
    try:
        async with asyncio.timeout(GOODBYE_SECONDS_MAX):
            await writer.wait_closed()
    except (OSError, TimeoutError):
        writer.transport.abort()
