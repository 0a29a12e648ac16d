"""Keys over REST: clients' own key pairs, addresses, and keys that are deleted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.identity.api_keys import Permission
from rialto.identity.key_limits import KeyLimits
from rialto.messages.ids import AccountId
from tests.gateway.key_pairs import Ed25519Pair, KeyPair, RsaPair, signed_query
from tests.gateway.venue import Venue, running

ALICE = AccountId(1)
TRADER = Permission.READ | Permission.TRADE
ORDER = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


@pytest.mark.parametrize("pair", [Ed25519Pair(), RsaPair()])
async def test_a_client_signs_with_its_own_key(venue: Venue, pair: KeyPair) -> None:
    key = venue.keys.create(ALICE, "alice", TRADER, public_key=pair.public)
    client = venue.client(key)
    signed = signed_query(pair, ORDER, venue.clock.now_us)
    assert (await client.call("POST /api/v3/order", body=signed)).json["orderId"] == 1
    for again in (
        signed,
        signed.replace("signature=", "signature=0"),
        signed.replace("0.5", "0.6"),
        signed.partition("&signature=")[0] + "&signature=" + "0" * 64,
        signed.partition("&signature=")[0] + "&signature=",
    ):
        assert (await client.call("POST /api/v3/order", body=again)).code == -1022
    query = signed_query(pair, "symbol=BTCUSDT", venue.clock.now_us + 1)
    for _ in range(2):
        reply = await client.call("GET /api/v3/openOrders", query)
        assert [order["orderId"] for order in reply.json] == [1]
    await client.close()


async def test_a_signature_of_another_key_is_none(venue: Venue) -> None:
    pair = Ed25519Pair()
    key = venue.keys.create(ALICE, "alice", TRADER, public_key=Ed25519Pair().public)
    client = venue.client(key)
    query = signed_query(pair, "", venue.clock.now_us)
    assert (await client.call("GET /api/v3/account", query)).code == -1022
    await client.close()


@pytest.mark.parametrize(
    ("addresses", "status"), [(("127.0.0.0/8",), 200), (("10.0.0.1", "::1"), 401)]
)
async def test_a_key_works_from_its_addresses(
    venue: Venue, addresses: tuple[str, ...], status: int
) -> None:
    key = venue.keys.create(ALICE, "alice", TRADER, limits=KeyLimits(addresses))
    client = venue.client(key)
    reply = await client.signed("GET /api/v3/account")
    assert (reply.status, reply.code) == (status, 0 if status == 200 else -2015)
    await client.close()


async def test_a_deleted_key_is_worth_nothing(venue: Venue) -> None:
    key = venue.keys.create(ALICE, "alice", TRADER)
    client = venue.client(key)
    assert (await client.signed("GET /api/v3/account")).status == 200
    venue.keys.delete(key.key)
    refused = await client.signed("GET /api/v3/account")
    assert (refused.status, refused.json) == (
        401,
        {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."},
    )
    await client.close()
