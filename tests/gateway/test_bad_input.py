"""Bad input gets Binance's code and message, never a 5xx, and changes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.gateway.endpoints import ENDPOINTS
from tests.gateway.bad_requests import (
    ORDER,
    ORDERS,
    PATHS,
    REQUESTS,
    STRANGERS,
    TWICE,
    UNSIGNED,
    Changes,
    Wrong,
)
from tests.gateway.venue import Reply, Venue, running, signature


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


def changed(parameters: str, changes: Changes) -> str:
    pairs = dict(pair.split("=") for pair in parameters.split("&")) | changes
    return "&".join(f"{name}={value}" for name, value in pairs.items() if value is not None)


def assert_refused(reply: Reply, wrong: Wrong, what: object) -> None:
    code, message = wrong
    assert (reply.status, reply.json) == (400, {"code": code, "msg": message}), what


async def test_orders(venue: Venue) -> None:
    before = venue.engine.core.balances()
    for changes, wrong in ORDERS:
        reply = await venue.alice.signed("POST /api/v3/order", changed(ORDER, changes))
        assert_refused(reply, wrong, changes)
        assert venue.engine.core.balances() == before, changes
    placed = await venue.alice.signed("POST /api/v3/order", ORDER)
    assert (placed.status, placed.json["orderId"]) == (200, 1)


async def test_other_requests(venue: Venue) -> None:
    signed = {row.rest for row in ENDPOINTS if row.security.signed}
    for rest, parameters, wrong in REQUESTS:
        if rest in signed:
            reply = await venue.alice.signed(rest, parameters)
        else:
            reply = await venue.anyone.call(rest, parameters)
        assert_refused(reply, wrong, (rest, parameters))


async def test_query_and_body(venue: Venue) -> None:
    """The query counts where both have a name; the same name twice in one of them is refused."""
    alice = venue.alice
    assert alice.key is not None
    query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC"
    body = f"side=SELL&quantity=1&price=100&timestamp={venue.clock.now_us // 1000}"
    signed = f"{body}&signature={signature(alice.key.secret, query + body)}"
    placed = await alice.call("POST /api/v3/order", query, signed)
    assert (placed.status, placed.json["side"]) == (200, "BUY")
    for twice in ("&price=50000", "&price=50001", "&pric%65=1"):
        assert_refused(await alice.signed("POST /api/v3/order", ORDER + twice), TWICE, twice)


async def test_paths_and_methods(venue: Venue) -> None:
    for rest, status in PATHS:
        reply = await venue.anyone.call(rest)
        assert (reply.status, reply.code) == (status, -1020), rest


async def test_every_keyed_endpoint_asks_for_its_key_and_signature(venue: Venue) -> None:
    before = venue.engine.core.state_hash()
    for row in ENDPOINTS:
        if not row.security.keyed:
            continue
        for query, key, status, code in STRANGERS:
            headers = {"X-MBX-APIKEY": key} if key else None
            reply = await venue.anyone.call(row.rest, query, headers=headers)
            assert (reply.status, reply.code) == (status, code), (row.rest, key)
        for query, status, code in UNSIGNED if row.security.signed else ():
            reply = await venue.alice.call(row.rest, query)
            assert (reply.status, reply.code) == (status, code), (row.rest, query)
    assert venue.engine.core.state_hash() == before
