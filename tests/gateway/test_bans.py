"""Whoever goes on after 429 is banned, longer each time; whoever connects too often waits."""

from pathlib import Path

import pytest
import websockets

from rialto.gateway import bans
from rialto.gateway.bans import FIRST_US, FORGIVEN_AFTER_US, LONGEST_US, REFUSALS_MAX, Bans
from rialto.gateway.sockets import TOO_MANY_MESSAGES
from rialto.gateway.weights import Weights
from rialto.gateway.wire.errors import Refused
from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from tests.gateway.doors import ear, open_doors
from tests.gateway.venue import GENEROUS, START_US, running

MINUTE = 60_000_000
SMALL = RateLimits(RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 10))
PING = "GET /api/v3/ping"
BANNED = (
    "Way too much request weight used; IP banned until {until_ms}. "
    "Please use WebSocket Streams for live updates to avoid bans."
)


def ban(table: Bans, address: str, now_us: int) -> None:
    for _ in range(REFUSALS_MAX + 1):
        table.note_refusal(address, now_us)


def seconds_left(table: Bans, address: str, now_us: int) -> int:
    """0 if it is not banned."""
    try:
        table.check(address, now_us)
    except Refused as refused:
        return refused.retry_after_seconds or 0
    return 0


async def test_going_on_after_429_is_answered_with_418(tmp_path: Path) -> None:
    async with running(tmp_path, SMALL) as venue:
        for _ in range(10):
            assert (await venue.anyone.call(PING)).status == 200
        for _ in range(REFUSALS_MAX + 1):
            over = await venue.anyone.call(PING)
            assert (over.status, over.code, over.headers["retry-after"]) == (429, -1003, "60")
        until_ms = (START_US + FIRST_US) // 1000
        for rest in (PING, "GET /nothing", "GET /api/v3/account"):
            banned = await venue.alice.call(rest)
            assert (banned.status, banned.headers["retry-after"]) == (418, "120")
            assert banned.json == {"code": -1003, "msg": BANNED.format(until_ms=until_ms)}
            assert banned.headers["x-mbx-used-weight-1m"] == "10"
        before = venue.engine.sequence
        order = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=1"
        assert (await venue.alice.signed("POST /api/v3/order", order)).status == 418
        assert venue.engine.sequence == before
        venue.clock.now_us = START_US + FIRST_US - 1
        assert (await venue.anyone.call(PING)).headers["retry-after"] == "1"
        venue.clock.now_us += 1
        assert (await venue.anyone.call(PING)).status == 200


async def test_refusals_of_different_minutes_do_not_add_up() -> None:
    table = Bans()
    for minute in range(3):
        for _ in range(REFUSALS_MAX):
            table.note_refusal("a", START_US + minute * MINUTE)
    assert (len(table), seconds_left(table, "a", START_US)) == (0, 0)


async def test_bans_double_up_to_three_days_and_are_forgiven() -> None:
    table, now_us, minutes = Bans(), START_US, []
    for _ in range(14):
        ban(table, "a", now_us)
        minutes.append(seconds_left(table, "a", now_us) // 60)
        assert seconds_left(table, "b", now_us) == 0
        now_us += minutes[-1] * MINUTE
        assert seconds_left(table, "a", now_us) == 0
    assert minutes == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4320, 4320]
    assert LONGEST_US == 4320 * MINUTE
    now_us += FORGIVEN_AFTER_US
    assert seconds_left(table, "a", now_us) == 0
    ban(table, "a", now_us)
    assert seconds_left(table, "a", now_us) == 120


async def test_so_many_addresses_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bans, "ADDRESSES_MAX", 3)
    table = Bans()
    for address in "abcd":
        ban(table, address, START_US)
    assert [bool(seconds_left(table, address, START_US)) for address in "abcd"] == [
        False,
        True,
        True,
        True,
    ]
    for address in "efghefgh":  # h is one too many to count
        table.note_refusal(address, START_US)
    assert table._refusals == {"e": 2, "f": 2, "g": 2}


async def test_whoever_floods_over_and_over_is_banned(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        bans = venue.gateway.weights.bans
        for _ in range(REFUSALS_MAX):
            bans.note_refusal("127.0.0.1", START_US)
        async with ear(venue, "/ws") as client:
            for _ in range(50):
                await client.say("?")
            assert await client.closed() == TOO_MANY_MESSAGES
        for path in ("/ws", "/stream", "/ws-api/v3"):
            with pytest.raises(websockets.InvalidStatus) as refused:
                async with ear(venue, path):
                    pass
            response = refused.value.response
            assert (response.status_code, response.headers["retry-after"]) == (418, "120")
        assert (await venue.anyone.call(PING)).status == 418


async def test_connection_attempts() -> None:
    """Streams and the WebSocket API count apart; going on is a reason for a ban of all."""
    weights = Weights(RateLimits(connections=RateLimit("CONNECTIONS", "MINUTE", 5, 3)))
    for attempts in (weights.stream_connections, weights.api_connections):
        for _ in range(3):
            attempts.charge("a", START_US)
        with pytest.raises(Refused) as refused:
            attempts.charge("a", START_US + 20_000_000)
        assert (refused.value.status, refused.value.body) == (
            429,
            {
                "code": -1034,
                "msg": "Too many connection attempts from IP; current limit is '3' per '5 MINUTE'.",
            },
        )
        assert refused.value.retry_after_seconds == 40  # a window is aligned to the clock
        attempts.charge("b", START_US)
        attempts.charge("a", START_US + 5 * MINUTE)
    ban(weights.bans, "a", START_US)
    for charge in (
        lambda: weights.stream_connections.charge("a", START_US),
        lambda: weights.charge("a", 1, START_US),
    ):
        with pytest.raises(Refused) as refused:
            charge()
        assert refused.value.status == 418


def test_the_limits_are_binances() -> None:
    limits = RateLimits()
    assert [(one.type, one.letters, one.limit) for one in limits.announced] == [
        ("REQUEST_WEIGHT", "1M", 6_000),
        ("RAW_REQUESTS", "5M", 300_000),
        ("ORDERS", "10S", 100),
        ("ORDERS", "1D", 200_000),
    ]
    assert (limits.connections.letters, limits.connections.limit) == ("5M", 300)
    assert GENEROUS.announced[0].limit > 6_000
