"""Readers that misbehave: slow, silent, talkative, broken. Each is closed; nobody else notices."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from rialto.gateway import server, sockets
from rialto.gateway.doors import Doors
from rialto.gateway.sockets import (
    AGE_LIMIT,
    CLIENT_MESSAGE_BYTES_MAX,
    MESSAGE_TOO_BIG,
    NOT_TEXT,
    SLOW_CONSUMER,
    STREAM_BACKLOG_MAX,
    TOO_MANY_MESSAGES,
    SocketLimits,
)
from rialto.gateway.wire.rate_limits import RateLimit
from rialto.gateway.ws_streams import CLIENT_MESSAGES_PER_SECOND_MAX
from rialto.messages.events import TradeExecuted
from rialto.messages.ids import AccountId, InstrumentId, OrderId, Sequence, TradeId, UpdateId
from rialto.messages.orders import Side
from tests.gateway.doors import ear, open_doors
from tests.gateway.venue import GENEROUS, Venue
from tests.gateway.ws_api import ws_api

BURST = 1_000  # trades at once
BURSTS = 30  # more than all buffers on the way can hold
UPGRADE = (
    b"GET /ws/btcusdt@trade HTTP/1.1\r\nHost: rialto\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
SUBSCRIBE = {"method": "SUBSCRIBE", "params": ["ethusdt@trade"], "id": 1}


def trades_after(trade_id: int) -> list[TradeExecuted]:
    """The next BURST trades of the first instrument."""
    return [
        TradeExecuted(
            Sequence(number),
            0,
            0,
            TradeId(number),
            InstrumentId(0),
            Side.BUY,
            OrderId(1),
            OrderId(2),
            AccountId(1),
            AccountId(2),
            2_000_000,
            100,
            0,
            0,
            UpdateId(number),
            0,
            0,
            0,
        )
        for number in range(trade_id + 1, trade_id + BURST + 1)
    ]


@pytest.fixture
def _small_buffers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's send buffers, which would hide a slow reader for megabytes."""
    create_server = socket.create_server

    def create_small_server(*args: Any, **how: Any) -> socket.socket:
        server = create_server(*args, **how)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)  # accepted ones inherit it
        return server

    monkeypatch.setattr(socket, "create_server", create_small_server)


async def silent_reader(venue: Venue) -> socket.socket:
    """Connected to the trades, with hardly any room to receive, and not reading."""
    loop = asyncio.get_running_loop()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    await loop.sock_connect(connection, ("127.0.0.1", venue.port))
    await loop.sock_sendall(connection, UPGRADE)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += await loop.sock_recv(connection, 1)
    return connection


async def read_until(connection: socket.socket, last: bytes) -> bytes:
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(10):
        while not received.endswith(last):
            part = await loop.sock_recv(connection, 1 << 16)
            assert part, "it was closed without a word"
            received += part
    return received


@pytest.mark.usefixtures("_small_buffers")
async def test_a_slow_reader_is_closed_with_a_reason_and_slows_nobody(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        slow = await silent_reader(venue)
        async with ear(venue, "/ws/btcusdt@trade") as quick:
            for burst in range(BURSTS):
                trades = trades_after(burst * BURST)
                doors.market.publish(trades)
                heard = await quick.hear_many(BURST)
                assert [each["t"] for each in heard] == [trade.trade_id for trade in trades]
        code, text = SLOW_CONSUMER
        received = await read_until(slow, code.to_bytes(2, "big") + text.encode())
        slow.close()
        assert received.count(b'"e":"trade"') < BURST * BURSTS - STREAM_BACKLOG_MAX


@pytest.mark.usefixtures("_small_buffers")
async def test_a_reader_that_never_reads_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "CLOSE_TIMEOUT_SECONDS", 0.1)
    async with open_doors(tmp_path) as (venue, doors):
        slow = await silent_reader(venue)
        async with asyncio.timeout(10):
            burst = 0
            while len(doors.connections):
                doors.market.publish(trades_after(burst * BURST))
                burst += 1
                await asyncio.sleep(0)
        slow.close()


async def test_a_talkative_client_is_closed(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        for _ in range(20):
            await client.say(SUBSCRIBE)
        assert await client.closed() == TOO_MANY_MESSAGES


async def test_rubbish_frames_close_the_connection_that_sent_them(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors), ear(venue, "/ws") as other:
        async with ear(venue, "/ws") as client:
            await client.say(b"\x00\xff")
            assert await client.closed() == NOT_TEXT
        async with ear(venue, "/ws") as client:
            await client.socket.send(b'"\xff\xfe"', text=True)  # not UTF-8
            assert (await client.closed())[0] == 1007
        async with ear(venue, "/ws") as client:
            await client.say("[" + " " * CLIENT_MESSAGE_BYTES_MAX + "]")
            assert (await client.closed())[0] == MESSAGE_TOO_BIG.code
        async with ear(venue, "/ws") as client:
            client.socket.transport.write(b"\xff" * 64)  # reserved bits, an unknown opcode
            assert (await client.closed())[0] == 1002
        async with ear(venue, "/ws") as client:
            client.socket.transport.abort()
        assert await other.ask(SUBSCRIBE) == {"result": None, "id": 1}
        async with asyncio.timeout(5):
            while len(doors.connections) > 1:  # noqa: ASYNC110 nothing tells that one is over
                await asyncio.sleep(0.01)


async def test_a_flood_of_pings_closes_the_connection(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        pong = await client.socket.ping()
        await pong
        ping = b"\x89\x80\0\0\0\0"  # masked, without payload
        client.socket.transport.write(ping * 1000)
        assert (await client.closed())[0] == 1008


async def test_pings_and_messages_are_counted_together(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        for _ in range(2 * CLIENT_MESSAGES_PER_SECOND_MAX):  # in two seconds, if one turns between
            await client.socket.ping()
            await client.socket.pong()
            await client.say(SUBSCRIBE)
        assert await client.closed() == TOO_MANY_MESSAGES


async def test_an_address_connects_so_often_and_then_has_to_wait(tmp_path: Path) -> None:
    limits = replace(GENEROUS, connections=RateLimit("CONNECTIONS", "MINUTE", 5, 2))
    async with open_doors(tmp_path, limits=limits) as (venue, _):
        for path in ("/ws", "/stream"):
            async with ear(venue, path) as client:
                await client.ask(SUBSCRIBE)
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        refused = await venue.client().call("GET /ws/btcusdt@trade", headers=upgrade)
        wait_seconds = 300 - venue.clock.now_us // 1_000_000 % 300
        assert (refused.status, refused.headers["retry-after"]) == (429, str(wait_seconds))
        async with ws_api(venue) as api:  # a count of its own
            assert await api.result("ping") == {}


async def test_connections_are_limited(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        doors.connections.connections_max = 1
        async with ear(venue, "/ws") as client:
            await client.ask(SUBSCRIBE)
            head, _, rest = UPGRADE.partition(b"/ws/btcusdt@trade")
            reader, writer = await asyncio.open_connection("127.0.0.1", venue.port)
            writer.write(head + b"/ws" + rest)
            assert (await reader.readline()).startswith(b"HTTP/1.1 503")
            writer.close()


async def test_a_connection_has_an_age_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Doors, "stream_limits", SocketLimits(5, seconds_max=0.1))
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        assert await client.closed() == AGE_LIMIT


async def test_who_does_not_answer_pings_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PING_SECONDS", 0.4)  # pongs are counted too
    monkeypatch.setattr(server, "PONG_SECONDS_MAX", 0.6)
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as lively:
        silent = await silent_reader(venue)
        received = await read_until(silent, b"keepalive ping timeout")
        assert received[0] == 0x89  # a ping, that nobody answered
        silent.close()
        assert await lively.ask(SUBSCRIBE) == {"result": None, "id": 1}


async def test_a_door_without_an_upgrade_says_what_it_wants(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        for path in ("/ws", "/stream", "/ws/btcusdt@trade"):
            assert (await venue.anyone.call(f"GET {path}")).status == 426
