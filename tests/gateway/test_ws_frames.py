"""Frames as they may come: in pieces, many at once, with others in between, and wrong ones."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rialto.gateway.sockets import CLIENT_MESSAGE_BYTES_MAX
from rialto.gateway.ws_session import REQUESTS_IN_FLIGHT_MAX
from tests.gateway.doors import open_doors
from tests.gateway.venue import REPLY_SECONDS_MAX, Venue, signature

TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10
FIN = 0x80


class Frame(NamedTuple):
    opcode: int
    payload: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.payload)

    @property
    def code(self) -> int:
        """Why the server closes."""
        assert self.opcode == CLOSE
        return int.from_bytes(self.payload[:2], "big")


class Wire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, *pieces: bytes) -> None:
        """Each piece by itself, and read before the next is sent."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()
            await asyncio.sleep(0)

    async def hear(self) -> Frame:
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            first, second = await self._reader.readexactly(2)
            size = second
            if size >= 126:
                size = int.from_bytes(
                    await self._reader.readexactly(2 if size == 126 else 8), "big"
                )
            return Frame(first & 0x0F, await self._reader.readexactly(size))

    async def ids(self, count: int) -> list[Any]:
        return [(await self.hear()).json["id"] for _ in range(count)]


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Wire]:
    """To the WebSocket API."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        "GET /ws-api/v3 HTTP/1.1\r\nHost: rialto\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


@asynccontextmanager
async def wire(directory: Path) -> AsyncIterator[Wire]:
    async with open_doors(directory) as (venue, _), connected(venue.port) as line:
        yield line


def frame(payload: bytes, opcode: int = TEXT, *, fin: int = FIN) -> bytes:
    mask, size = os.urandom(4), len(payload)
    if size < 126:
        head = bytes((fin | opcode, 0x80 | size))
    else:
        head = bytes((fin | opcode, 0x80 | 126)) + size.to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def ping(number: int) -> bytes:
    return json.dumps({"id": number, "method": "ping"}).encode()


def time(number: int, padding: int) -> bytes:
    """A longer one."""
    return ping(number).replace(b'"ping"', b'"time"' + b" " * padding)


async def test_a_frame_may_come_in_pieces(tmp_path: Path) -> None:
    async with wire(tmp_path) as line:
        whole = frame(ping(1)) + frame(time(2, 300)) + frame(ping(3))
        await line.send(*[whole[at : at + 1] for at in range(len(whole))])
        assert await line.ids(3) == [1, 2, 3]
        for cut in (1, 2, 5, 6, 7, 40, len(whole) - 1):
            await line.send(whole[:cut], whole[cut:])
            assert await line.ids(3) == [1, 2, 3]


async def test_many_frames_may_come_at_once(tmp_path: Path) -> None:
    async with wire(tmp_path) as line:
        await line.send(b"".join(frame(ping(number)) for number in range(1_000)))
        assert await line.ids(1_000) == list(range(1_000))


async def test_a_message_in_parts_and_others_around_it(tmp_path: Path) -> None:
    async with wire(tmp_path) as line:
        split = [
            frame(ping(2)[:5], TEXT, fin=0),
            frame(b"now", PING),
            frame(ping(2)[5:9], CONTINUATION, fin=0),
            frame(ping(2)[9:], CONTINUATION),
        ]
        await line.send(b"".join([frame(ping(1)), *split, frame(ping(3)), frame(ping(4))]))
        heard = [await line.hear() for _ in range(5)]
        assert [each.payload for each in heard if each.opcode == PONG] == [b"now"]
        assert [each.json["id"] for each in heard if each.opcode == TEXT] == [1, 2, 3, 4]
        await line.send(*split, frame(ping(5)))
        heard = [await line.hear() for _ in range(3)]
        assert [each.json["id"] for each in heard if each.opcode == TEXT] == [2, 5]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"\x81\x02{}", 1002),  # not masked
        (frame(b"{}", 3), 1002),  # no such opcode
        (frame(b"{}", TEXT | 0x40), 1002),  # a bit that means nothing here
        (frame(b"{}", CONTINUATION), 1002),
        (frame(b"{}", TEXT, fin=0) + frame(ping(1)), 1002),  # a message within a message
        (frame(b"\xff\xfe"), 1007),
        (frame(b"{}", BINARY), 1003),
        (bytes((0x81, 0xFF)) + (CLIENT_MESSAGE_BYTES_MAX + 1).to_bytes(8, "big"), 1009),
        (bytes((0x81, 0xFF)) + (2**62).to_bytes(8, "big"), 1009),
        (frame(b"x" * 60_000, TEXT, fin=0) + frame(b"x" * 60_000, CONTINUATION), 1009),
    ],
    ids=range(10),
)
async def test_what_ends_a_connection(tmp_path: Path, wrong: bytes, code: int) -> None:
    async with wire(tmp_path) as line:
        await line.send(frame(ping(1)))
        assert await line.ids(1) == [1]
        await line.send(wrong + frame(ping(2)))
        assert (await line.hear()).code == code


async def test_a_client_may_say_goodbye(tmp_path: Path) -> None:
    async with wire(tmp_path) as line:
        await line.send(frame((1000).to_bytes(2, "big"), CLOSE) + frame(ping(2)))
        assert (await line.hear()).code == 1000


async def test_a_message_in_parts_while_too_many_are_in_flight(tmp_path: Path) -> None:
    """It does not open the way for whatever comes after it."""
    async with open_doors(tmp_path) as (venue, _), connected(venue.port) as line:
        await venue.engine._sequencer.hold()
        count = REQUESTS_IN_FLIGHT_MAX + 20
        orders = [order(venue, number) for number in range(count)]
        await line.send(b"".join(map(frame, orders[:-5])))
        for text in orders[-5:]:
            await line.send(frame(text[:9], TEXT, fin=0), frame(text[9:], CONTINUATION))
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            while venue.engine.waiting_commands < REQUESTS_IN_FLIGHT_MAX:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert venue.engine.waiting_commands == REQUESTS_IN_FLIGHT_MAX
        venue.engine._sequencer.resume()
        assert sorted(await line.ids(count)) == list(range(count))


def order(venue: Venue, number: int) -> bytes:
    assert venue.alice.key is not None
    venue.clock.now_us += 1
    params = {
        "apiKey": venue.alice.key.key,
        "price": "50000",
        "quantity": "0.001",
        "side": "BUY",
        "symbol": "BTCUSDT",
        "timeInForce": "IOC",
        "timestamp": str(venue.clock.now_us),
        "type": "LIMIT",
    }
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    params["signature"] = signature(venue.alice.key.secret, payload)
    return json.dumps({"id": number, "method": "order.place", "params": params}).encode()
