"""Clients that are slow, silent, greedy or broken: refused or cut off, and nobody else notices.

Deadlines are made short, so that the test waits for the server and not for a clock.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.gateway import oversight
from rialto.gateway.protocols import (
    HEADER_BYTES_MAX,
    HEADERS_MAX,
    REQUEST_BYTES_MAX,
    URL_BYTES_MAX,
)
from rialto.gateway.rest import BODY_BYTES_MAX
from tests.gateway.venue import Venue, running
from tests.gateway.wires import CUT_SECONDS_MAX, connect

DEADLINES = {
    "REQUEST_SECONDS_MAX": 0.3,
    "KEEP_ALIVE_SECONDS": 0.3,
    "WRITE_SECONDS_MAX": 0.3,
    "CLOSE_SECONDS_MAX": 0.3,
    "SWEEP_SECONDS": 0.05,
}
PING = b"GET /api/v3/ping HTTP/1.1\r\nHost: rialto\r\n\r\n"
HEAD = b"POST /api/v3/order HTTP/1.1\r\nHost: rialto\r\n"


@pytest.fixture
async def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Venue]:
    for name, seconds in DEADLINES.items():
        monkeypatch.setattr(oversight, name, seconds)
    async with running(tmp_path) as venue:
        yield venue


SILENT = {
    "says nothing": b"",
    "stops in its first line": b"GET /api/v3/pi",
    "stops in its headers": b"GET /api/v3/ping HTTP/1.1\r\nHost: ria",
    "promises a body": HEAD + b"Content-Length: 10\r\n\r\nsym",
    "stops within a chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
}


async def test_silence_is_cut_off(venue: Venue) -> None:
    wires = {what: await connect(venue, said) for what, said in SILENT.items()}
    for what, wire in wires.items():
        assert await wire.rest() == b"", what
        wire.close()


async def test_drops_do_not_push_the_deadline_back(venue: Venue) -> None:
    """Slowloris: a byte now and then, each well before a deadline of its own would end."""
    wire = await connect(venue)

    async def drip() -> None:
        for byte in HEAD * 100:
            wire.writer.write(bytes((byte,)))
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    assert await wire.rest() == b""
    assert not dripping.done()
    dripping.cancel()
    wire.close()


async def test_an_idle_connection_ends(venue: Venue) -> None:
    wire = await connect(venue, PING)
    assert (await wire.reply()).status == 200
    assert await wire.rest() == b""
    wire.close()


async def test_a_client_that_does_not_read_is_cut_off(venue: Venue) -> None:
    ask = b"GET /api/v3/exchangeInfo HTTP/1.1\r\nHost: rialto\r\n\r\n"
    wire = await connect(venue)
    wire.writer.transport.pause_reading()  # type: ignore[attr-defined]
    asked = 0
    async with asyncio.timeout(CUT_SECONDS_MAX):
        while not wire.writer.is_closing():
            wire.writer.write(ask)
            asked += 1
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(0.05):
                    await wire.writer.drain()
            except TimeoutError:
                continue
            except ConnectionError:
                break
    assert asked > 1
    wire.close()


REFUSED = {
    "a long url": (b"GET /api/v3/ping?" + b"a" * URL_BYTES_MAX + b" HTTP/1.1\r\n\r\n", 414),
    "an endless url": (b"GET /api/v3/ping?" + b"a" * 1_000_000, 414),
    "a long header": (HEAD + b"X: " + b"a" * HEADER_BYTES_MAX + b"\r\n\r\n", 431),
    "an endless header": (HEAD + b"X: " + b"a" * 1_000_000, 413),
    "many headers": (HEAD + b"X: 1\r\n" * HEADERS_MAX + b"\r\n", 431),
    "a long body": (HEAD + b"Content-Length: %d\r\n\r\n" % (BODY_BYTES_MAX + 1), 413),
    "a huge body": (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n", 400),
    "a negative body": (HEAD + b"Content-Length: -1\r\n\r\n", 400),
    "a body of two lengths": (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "a body of two kinds": (
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a folded header": (HEAD + b"X: 1\r\n 2\r\n\r\n", 400),
    "a space before a colon": (HEAD + b"X : 1\r\n\r\n", 400),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "a raw byte in the url": (b"GET /api/v3/ping?a=\xff HTTP/1.1\r\n\r\n", 400),
    "a null in a header": (HEAD + b"X: \x00\r\n\r\n", 400),
    "a bad chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
}


async def test_what_is_no_request_is_refused(venue: Venue) -> None:
    for what, (said, status) in REFUSED.items():
        wire = await connect(venue, said)
        reply = await wire.reply()
        assert (reply.status, reply.headers["connection"]) == (status, "close"), what
        assert reply.code in (-1100, -1108), what
        await wire.rest()
        wire.close()


async def test_an_endless_body_in_chunks_is_refused(venue: Venue) -> None:
    wire = await connect(venue, HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    wire.writer.writelines([chunk] * 20)
    reply = await wire.reply()
    assert (reply.status, reply.code) == (400, -1108)
    wire.writer.writelines([chunk] * 100)
    assert await wire.rest() == b""
    wire.close()


@pytest.mark.parametrize("before_reply", [5, 11])
async def test_a_body_is_refused_once(venue: Venue, before_reply: int) -> None:
    """By the application for its size, or by the server for that of the request: not by both."""
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    after_reply = REQUEST_BYTES_MAX // len(chunk) + 1 - before_reply
    head = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    wire = await connect(venue, head + chunk * before_reply)
    assert (await wire.reply()).status in (400, 413)
    wire.writer.write(chunk * after_reply)
    assert await wire.rest() == b""
    wire.close()


async def test_nonsense_after_an_answer_is_refused(venue: Venue) -> None:
    wire = await connect(venue, PING)
    assert (await wire.reply()).status == 200
    wire.writer.write(b"\x16\x03\x01")
    assert (await wire.reply()).status == 400
    assert await wire.rest() == b""
    wire.close()


async def test_others_are_served_meanwhile(venue: Venue) -> None:
    slow = [await connect(venue, said) for said in SILENT.values() for _ in range(40)]
    for _ in range(20):
        assert (await venue.anyone.call("GET /api/v3/time")).status == 200
    placed = await venue.alice.signed(
        "POST /api/v3/order",
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100",
    )
    assert placed.status == 200
    for wire in slow:
        assert await wire.rest() == b""
        wire.close()


async def test_so_many_connections_and_no_more(
    venue: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oversight, "CONNECTIONS_PER_ADDRESS_MAX", 3)
    held = [await connect(venue) for _ in range(3)]
    over = await connect(venue)
    reply = await over.reply()
    assert (reply.status, reply.code) == (429, -1003)
    assert reply.headers["retry-after"] == "5"
    for wire in held:
        assert await wire.rest() == b""
    again = await connect(venue, PING)
    assert (await again.reply()).status == 200
    for wire in (*held, over, again):
        wire.close()


async def test_requests_in_a_row_are_answered_in_order(venue: Venue) -> None:
    wire = await connect(venue, PING + b"GET /nothing HTTP/1.1\r\n\r\n" + PING)
    assert [(await wire.reply()).status for _ in range(3)] == [200, 404, 200]
    wire.close()


HEADS = {
    b"/": 404,  # pages are not mounted here
    b"/docs": 200,
    b"/openapi.json": 200,
    b"/api/v3/ping": 405,
    b"/api/v3/order": 405,
    b"/v1/orders": 404,
}


@pytest.mark.parametrize("path", HEADS)
async def test_head_is_answered_without_a_body(venue: Venue, path: bytes) -> None:
    ask = b"HEAD " + path + b" HTTP/1.1\r\nHost: rialto\r\n\r\n"
    wire = await connect(venue, ask)
    async with asyncio.timeout(CUT_SECONDS_MAX):
        alone = await wire.reader.readuntil(b"\r\n\r\n")
    assert alone.startswith(b"HTTP/1.1 %d " % HEADS[path])
    wire.writer.write(PING)
    assert (await wire.reply()).content == b"{}"
    wire.writer.write(ask + PING)  # both at once
    async with asyncio.timeout(CUT_SECONDS_MAX):
        again = await wire.reader.readuntil(b"\r\n\r\n")
    assert again.split(b"\r\n")[0] == alone.split(b"\r\n")[0]
    assert (await wire.reply()).content == b"{}"
    wire.close()


async def test_a_body_that_is_expected_to_wait(venue: Venue) -> None:
    wire = await connect(venue, HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
    async with asyncio.timeout(CUT_SECONDS_MAX):
        assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    wire.writer.write(b"a=1")
    assert (await wire.reply()).status == 401
    wire.close()
