"""The venue with its WebSocket doors open, and clients for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection

from rialto.gateway.doors import Doors
from rialto.gateway.wire.rate_limits import RateLimits
from rialto.identity.api_keys import ApiKey
from tests.gateway.venue import (
    GENEROUS,
    REPLY_SECONDS_MAX,
    Client,
    Clock,
    Venue,
    running,
    signature,
)

RECEIVE_BYTES_MAX = 1 << 24


@asynccontextmanager
async def open_doors(
    directory: Path,
    *,
    unsigned_v1: bool = False,
    limits: RateLimits = GENEROUS,
    clock: Clock | None = None,
) -> AsyncIterator[tuple[Venue, Doors]]:
    async with running(directory, limits, clock=clock) as venue:
        doors = Doors(venue.gateway, "USDT", unsigned_v1=unsigned_v1)
        turning = asyncio.create_task(doors.run())
        try:
            yield venue, doors
        finally:
            turning.cancel()
            await asyncio.wait({turning})


class Ear:
    """A WebSocket client that reads JSON."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def hear(self) -> Any:
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            return msgspec.json.decode(await self.socket.recv())

    async def hear_many(self, count: int) -> list[Any]:
        return [await self.hear() for _ in range(count)]

    async def hear_all(self) -> list[Any]:
        """Everything that was said so far: up to the answer to a question that makes no sense."""
        await self.say("?")
        heard = []
        while not _makes_no_sense(said := await self.hear()):
            heard.append(said)
        return heard

    async def say(self, message: Any) -> None:
        text = (
            message if isinstance(message, str | bytes) else msgspec.json.encode(message).decode()
        )
        await self.socket.send(text)

    async def ask(self, message: Any) -> Any:
        await self.say(message)
        return await self.hear()

    async def closed(self) -> tuple[int, str]:
        """The code and reason with which the server closes, whatever it still says before."""
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            with suppress(websockets.ConnectionClosed):
                while True:
                    await self.socket.recv()
        return self.socket.close_code or 0, self.socket.close_reason or ""


def _makes_no_sense(said: Any) -> bool:
    return said.get("error") is not None or said.get("message", "").startswith("not valid JSON")


@asynccontextmanager
async def ear(
    venue: Venue, path: str, headers: dict[str, str] | None = None, **how: Any
) -> AsyncIterator[Ear]:
    how.setdefault("max_size", RECEIVE_BYTES_MAX)
    address = f"ws://127.0.0.1:{venue.port}{path}"
    async with websockets.connect(address, additional_headers=headers, **how) as socket:
        yield Ear(socket)


def signed_path(venue: Venue, client: Client, path: str, parameters: str = "") -> str:
    venue.clock.now_us += 1000
    return f"{path}?{client.sign(parameters)}"


def key_header(key: ApiKey) -> dict[str, str]:
    return {"X-API-KEY": key.key}


@asynccontextmanager
async def v1_ear(venue: Venue, client: Client, parameters: str = "") -> AsyncIterator[Ear]:
    """An authenticated connection to /v1/orders."""
    assert client.key is not None
    path = signed_path(venue, client, "/v1/orders", parameters)
    async with ear(venue, path, key_header(client.key)) as heard:
        yield heard


def v1_order(client: Client, order_id: str, side: str, quantity: Any, price: Any) -> dict[str, Any]:
    assert client.key is not None
    return {
        "orderId": order_id,
        "type": side,
        "userID": client.key.user,
        "coinID": "BTC",
        "quantity": quantity,
        "price": price,
    }


async def post_v1(venue: Venue, client: Client, order: Any) -> tuple[int, Any]:
    """The status and the JSON of the answer."""
    body = order if isinstance(order, bytes) else msgspec.json.encode(order)
    venue.clock.now_us += 1000
    assert client.key is not None
    timestamp = f"timestamp={venue.clock.now_us // 1000}"
    signed = signature(client.key.secret, timestamp.encode() + body)
    reply = await client.call("POST /v1/orders", f"{timestamp}&signature={signed}", body)
    return reply.status, reply.json
