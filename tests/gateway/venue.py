"""A whole exchange in this process: real engine, core, SQL, gateway and server, on a real socket.

Only its clock is ours: it stands still unless a request or a test moves it.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rialto.engine.engine import Engine
from rialto.engine.limits import EngineLimits
from rialto.gateway.app import Gateway
from rialto.gateway.boot import load_folds, new_folds
from rialto.gateway.server import Server
from rialto.gateway.sources import Sources
from rialto.gateway.weights import Weights
from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from rialto.identity.api_keys import ApiKey, ApiKeys
from rialto.messages.events import Event
from rialto.ops import demo
from rialto.projections.database import FILE_NAME, Database
from rialto.projections.projector import Projector
from rialto.projections.queries import Queries

START_US = 1_700_000_040_000_000  # a whole minute
REPLY_SECONDS_MAX = 10.0
GENEROUS = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 10**9),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 10**9),
    RateLimit("ORDERS", "SECOND", 10, 10**9),
    RateLimit("ORDERS", "DAY", 1, 10**9),
    RateLimit("CONNECTIONS", "MINUTE", 5, 10**9),
)


class Clock:
    def __init__(self) -> None:
        self.now_us = START_US

    def __call__(self) -> int:
        return self.now_us


class WallClock(Clock):
    """For clients that have their own idea of the time. Nothing moves it."""

    def __call__(self) -> int:
        return time.time_ns() // 1000


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.content)

    @property
    def code(self) -> int:
        """Of an error; 0 if it is none."""
        body = self.json
        return int(body.get("code", 0)) if isinstance(body, dict) else 0


class Client:
    """HTTP/1.1 over one connection, sending exactly the bytes it is given."""

    def __init__(self, port: int, clock: Clock, key: ApiKey | None = None) -> None:
        self._port = port
        self._clock = clock
        self.key = key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(
        self,
        rest: str,
        query: str | bytes = b"",
        body: str | bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """rest as in the endpoint table: `GET /api/v3/ping`."""
        method, path = rest.split(" ")
        query, body = _bytes(query), _bytes(body)
        target = path.encode() + (b"?" + query if query else b"")
        lines = {"Host": "rialto", "Content-Length": str(len(body))}
        if self.key is not None:
            lines["X-MBX-APIKEY"] = self.key.key
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | (headers or {})).items())
        raw = method.encode() + b" " + target + b" HTTP/1.1\r\n" + head.encode() + b"\r\n" + body
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            return await self._exchange(raw)

    async def signed(self, rest: str, parameters: str = "", **how: Any) -> Reply:
        """Signed as it should be, at the present, with a signature that no other call has."""
        self._clock.now_us += 1000
        payload = self.sign(parameters)
        if rest.startswith("GET") or how.pop("in_query", False):
            return await self.call(rest, query=payload, **how)
        return await self.call(rest, body=payload, **how)

    def sign(self, parameters: str, timestamp_ms: int | None = None) -> str:
        assert self.key is not None
        if timestamp_ms is None:
            timestamp_ms = self._clock.now_us // 1000
        payload = "&".join(filter(None, (parameters, f"timestamp={timestamp_ms}")))
        return f"{payload}&signature={signature(self.key.secret, payload)}"

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()

    async def _exchange(self, raw: bytes) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(raw)
        reply = await read_reply(reader)
        if reply.headers.get("connection") == "close":
            writer.close()
            self._streams = None
        return reply


def signature(secret: str, payload: str | bytes) -> str:
    return hmac.new(secret.encode(), _bytes(payload), hashlib.sha256).hexdigest()


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
    content = await reader.readexactly(int(headers["content-length"]))
    return Reply(int(head[0].split(" ")[1]), headers, content)


class SqlAtOnce:
    """A listener that keeps SQL up with every batch."""

    def __init__(self, database: Database) -> None:
        self._projector = Projector(database)

    def publish(self, events: list[Event]) -> None:
        self._projector.apply([events])


class Venue(NamedTuple):
    port: int
    clock: Clock
    engine: Engine
    gateway: Gateway
    keys: ApiKeys
    alice: Client
    bob: Client
    anyone: Client

    def client(self, key: ApiKey | None = None) -> Client:
        return Client(self.port, self.clock, key)


@asynccontextmanager
async def running(
    directory: Path,
    limits: RateLimits = GENEROUS,
    inbox_commands_max: int = 1_000,
    clock: Clock | None = None,
) -> AsyncIterator[Venue]:
    """With the demo's instruments, accounts and funds."""
    clock, folds = clock or Clock(), new_folds()
    engine_limits = EngineLimits(inbox_commands_max=inbox_commands_max)
    engine = await Engine.open(directory, folds, engine_limits, clock)
    database = Database.open(directory / FILE_NAME)
    load_folds(folds, database, engine.read_events)
    folds.listen(SqlAtOnce(database))
    keys = ApiKeys.open(directory / "identity.sqlite")
    made = await demo.set_up(engine, folds.catalog, keys)
    sources = Sources(engine, folds, Queries(database), clock, Weights(limits))
    gateway = Gateway(sources, keys.find)
    server = Server(gateway, "127.0.0.1", 0)
    port = int((await server.start()).rpartition(":")[2])
    clients = [Client(port, clock, key) for key in (*made.traders, None)]
    try:
        yield Venue(port, clock, engine, gateway, keys, *clients)
    finally:
        for client in clients:
            await client.close()
        await server.stop()
        await engine.close()
        keys.close()
        database.close()
