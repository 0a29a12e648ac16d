"""Requests that go to their endpoint without ASGI, and those that do not: one connection may mix
them, and each is answered once, in its turn.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.venue import Venue, running
from tests.gateway.wires import CUT_SECONDS_MAX, connect

PING = b"GET /api/v3/ping HTTP/1.1\r\nHost: rialto\r\n\r\n"
PAGE = b"GET /docs HTTP/1.1\r\nHost: rialto\r\n\r\n"  # by ASGI
CHUNKED = (
    b"POST /api/v3/order HTTP/1.1\r\nHost: rialto\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\na=1\r\n0\r\n\r\n"
)
PIPELINED_MAX = 2_000  # their answers are more than any socket takes


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


def order(venue: Venue, side: str = "BUY", price: int = 100) -> bytes:
    """A request that no other one is the same as."""
    venue.clock.now_us += 1000
    body = venue.alice.sign(
        f"symbol=BTCUSDT&side={side}&type=LIMIT&timeInForce=GTC&quantity=1&price={price}"
    ).encode()
    key = venue.alice.key
    assert key is not None
    return (
        b"POST /api/v3/order HTTP/1.1\r\nHost: rialto\r\nX-MBX-APIKEY: %b\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (key.key.encode(), len(body), body)
    )


async def test_both_ways_in_one_stream_are_answered_in_order(venue: Venue) -> None:
    wanted = [
        (order(venue), (200, b"BTCUSDT")),
        (PAGE, (200, b"<html")),
        (order(venue), (200, b"BTCUSDT")),
        (PING, (200, b"{}")),
        (CHUNKED, (401, b"-2014")),
        (order(venue), (200, b"BTCUSDT")),
        (b"GET /nowhere HTTP/1.1\r\n\r\n", (404, b"-1020")),
        (PING, (200, b"{}")),
    ]
    wire = await connect(venue, b"".join(request for request, _ in wanted))
    for _, (status, part) in wanted:
        reply = await wire.reply()
        assert (reply.status, part in reply.content) == (status, True), reply
    wire.close()


async def test_orders_of_one_connection_keep_their_order(venue: Venue) -> None:
    wire = await connect(venue, b"".join(order(venue) for _ in range(50)))
    ids = [(await wire.reply()).json["orderId"] for _ in range(50)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 50
    wire.close()


async def test_a_request_in_drops_is_one(venue: Venue) -> None:
    wire = await connect(venue)
    for byte in order(venue):
        wire.writer.write(bytes((byte,)))
        await wire.writer.drain()
    assert (await wire.reply()).status == 200
    wire.close()


LAST = {
    "HTTP/1.0": b"GET /api/v3/ping HTTP/1.0\r\nHost: rialto\r\n\r\n",
    "HTTP/1.0 that would go on": (
        b"GET /api/v3/ping HTTP/1.0\r\nHost: rialto\r\nConnection: keep-alive\r\n\r\n"
    ),
    "close": b"GET /api/v3/ping HTTP/1.1\r\nHost: rialto\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("what", LAST)
async def test_the_last_request_ends_the_connection(venue: Venue, what: str) -> None:
    wire = await connect(venue, LAST[what])
    reply = await wire.reply()
    assert (reply.status, reply.content, reply.headers["connection"]) == (200, b"{}", "close")
    assert await wire.rest() == b""
    wire.close()


ON = {
    "said": b"GET /api/v3/ping HTTP/1.1\r\nHost: rialto\r\nConnection: keep-alive\r\n\r\n",
    "whole address": b"GET http://rialto/api/v3/ping HTTP/1.1\r\nHost: rialto\r\n\r\n",
    "fragment": b"GET /api/v3/ping#part HTTP/1.1\r\nHost: rialto\r\n\r\n",
    "escaped": b"GET /api/v3/%70ing HTTP/1.1\r\nHost: rialto\r\n\r\n",
    "empty query": b"GET /api/v3/ping? HTTP/1.1\r\nHost: rialto\r\n\r\n",
}


@pytest.mark.parametrize("what", ON)
async def test_the_connection_goes_on(venue: Venue, what: str) -> None:
    wire = await connect(venue, ON[what] + PING)
    for _ in range(2):
        assert (await wire.reply()).content == b"{}"
    wire.close()


async def test_whoever_leaves_before_the_answer_has_placed_the_order(venue: Venue) -> None:
    await venue.engine._sequencer.hold()
    wire = await connect(venue, order(venue) + PING)
    await taken(venue, 1)
    wire.writer.transport.abort()
    venue.engine._sequencer.resume()
    await taken(venue, 0)
    assert len((await venue.alice.signed("GET /api/v3/openOrders")).json) == 1


async def taken(venue: Venue, count: int) -> None:
    """So many commands wait for their answers; nothing tells of it."""
    async with asyncio.timeout(CUT_SECONDS_MAX):
        while venue.engine.waiting_commands != count:  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def test_whoever_does_not_read_is_not_read(venue: Venue) -> None:
    """What is not taken from the server is not asked for by it: the rest waits with the client."""
    ask = b"GET /api/v3/exchangeInfo HTTP/1.1\r\nHost: rialto\r\n\r\n"
    wire = await connect(venue)
    wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
    wire.writer.writelines([ask] * PIPELINED_MAX)
    answered = [-1, 0]
    async with asyncio.timeout(CUT_SECONDS_MAX):
        while answered[-1] != answered[-2]:
            await asyncio.sleep(0.2)
            answered.append(venue.gateway.weights.used("127.0.0.1", venue.clock.now_us) // 20)
    assert 0 < answered[-1] < PIPELINED_MAX
    wire.writer.transport.abort()
