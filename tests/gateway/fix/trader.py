"""A FIX client on a raw socket: simplefix writes its messages and reads the answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import simplefix  # type: ignore[import-untyped]

from rialto.gateway.fix.server import FixServer
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages.ids import AccountId
from tests.gateway.key_pairs import Ed25519Pair
from tests.gateway.venue import Clock, Venue, running

ANSWER_SECONDS_MAX = 15.0
ALL = Permission.READ | Permission.TRADE | Permission.FIX
Tags = tuple[tuple[int, Any], ...]


class Said(dict[int, str]):
    """A message that came: the first value of each tag, and all of them in order."""

    def __init__(self, message: simplefix.FixMessage) -> None:
        self.pairs = [(int(tag), value.decode()) for tag, value in message.pairs]
        super().__init__(reversed(self.pairs))

    @property
    def kind(self) -> str:
        return self[35]

    def all(self, tag: int) -> list[str]:
        return [value for found, value in self.pairs if found == tag]


class Trader:
    """sequence: of the next message."""

    def __init__(
        self, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], clock: Clock, name: str
    ) -> None:
        self.reader, self.writer = streams
        self.name = name
        self.sequence = 1
        self._clock = clock
        self._parser = simplefix.FixParser()

    def written(self, kind: str, *tags: tuple[int, Any], header: Tags = ()) -> bytes:
        """header: in the place of what it would be."""
        usual = {49: self.name, 56: "SPOT", 34: self.sequence, 52: self.time()} | dict(header)
        self.sequence += 1
        message = simplefix.FixMessage()
        for tag, value in ((8, "FIX.4.4"), (35, kind), *usual.items(), *tags):
            if value is not None:
                message.append_pair(tag, value)
        encoded: bytes = message.encode()
        return encoded

    def time(self) -> str:
        self._clock.now_us += 1000
        return fix_time(self._clock())

    async def say(self, kind: str, *tags: tuple[int, Any], header: Tags = ()) -> None:
        await self.say_raw(self.written(kind, *tags, header=header))

    async def say_raw(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def hear(self) -> Said:
        """The next message; EOFError at the end of the connection."""
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while (message := self._parser.get_message()) is None:
                raw = await self.reader.read(65536)
                if not raw:
                    raise EOFError
                self._parser.append_buffer(raw)
        return Said(message)

    async def ask(self, kind: str, *tags: tuple[int, Any], header: Tags = ()) -> Said:
        await self.say(kind, *tags, header=header)
        return await self.hear()

    def logon_tags(self, key: ApiKey, pair: Ed25519Pair, header: Tags, *more: Any) -> Tags:
        values = {49: self.name, 56: "SPOT", 34: self.sequence, 52: ""} | dict(header)
        signed = "\x01".join(["A", *(str(values[tag]) for tag in (49, 56, 34, 52))])
        signature = pair.sign(signed.encode())
        tags = {98: 0, 108: 30, 95: len(signature), 96: signature, 141: "Y", 553: key.key}
        return tuple((tags | {25035: 1} | dict(more)).items())

    async def log_on(self, key: ApiKey, pair: Ed25519Pair, *more: Any) -> Said:
        """The answer. more: in the place of usual tags, or besides them; None leaves one out."""
        header = ((52, self.time()),)
        return await self.ask("A", *self.logon_tags(key, pair, header, *more), header=header)

    async def order(self, client_order_id: str, *more: tuple[int, Any]) -> None:
        """A limit order to buy."""
        usual = {11: client_order_id, 38: "0.01", 40: 2, 44: "50000", 54: 1, 55: "BTCUSDT", 59: 1}
        await self.say("D", *(usual | dict(more)).items())

    async def is_over(self) -> bool:
        """Nothing more comes."""
        try:
            await self.hear()
        except (EOFError, ConnectionError):
            return True
        return False


def fix_time(time_us: int) -> str:
    moment = datetime.fromtimestamp(time_us // 1_000_000, UTC)
    return f"{moment:%Y%m%d-%H:%M:%S}.{time_us % 1_000_000:06d}"


class Exchange:
    """A venue with FIX, and keys of its two accounts."""

    def __init__(self, venue: Venue, server: FixServer, ports: dict[str, int]) -> None:
        self.venue = venue
        self.server = server
        self.ports = ports
        self.pair = Ed25519Pair()
        self.alice, self.bob = (self.key(client.key) for client in (venue.alice, venue.bob))
        self._traders: list[Trader] = []

    def key(self, of: ApiKey | None, permissions: Permission = ALL) -> ApiKey:
        assert of is not None
        account = AccountId(of.account)
        return self.venue.keys.create(account, of.user, permissions, public_key=self.pair.public)

    async def connect(self, name: str, kind: str = "order entry") -> Trader:
        streams = await asyncio.open_connection("127.0.0.1", self.ports[kind])
        trader = Trader(streams, self.venue.clock, name)
        self._traders.append(trader)
        return trader

    async def trader(self, name: str, key: ApiKey, *more: tuple[int, Any]) -> Trader:
        """Logged on at order entry."""
        made = await self.connect(name)
        assert (await made.log_on(key, self.pair, *more)).kind == "A"
        return made

    async def drop_copy(self, name: str, key: ApiKey) -> Trader:
        made = await self.connect(name, "drop copy")
        assert (await made.log_on(key, self.pair, (9406, "Y"))).kind == "A"
        return made

    async def watcher(self, name: str, key: ApiKey) -> Trader:
        """Logged on at market data."""
        made = await self.connect(name, "market data")
        assert (await made.log_on(key, self.pair)).kind == "A"
        return made

    def close(self) -> None:
        for trader in self._traders:
            trader.writer.close()


@asynccontextmanager
async def exchange(directory: Path, clock: Clock | None = None) -> AsyncIterator[Exchange]:
    async with running(directory, clock=clock) as venue:
        server = FixServer(venue.gateway, "127.0.0.1", 0, None)
        made = Exchange(venue, server, await server.start())
        ticks = asyncio.create_task(server.run())
        try:
            yield made
        finally:
            made.close()
            ticks.cancel()
            await server.stop()
