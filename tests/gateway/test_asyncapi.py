"""The document of the WebSockets: whole, resolvable, and true of what is really said."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from rialto.gateway.asyncapi import channel_id, document
from rialto.gateway.doors import Doors
from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.wire.stream_names import STREAMS, SYMBOL
from rialto.gateway.ws_session import SESSION_METHODS
from rialto.messages.commands import Deposit, HoldWithdrawal, ReleaseWithdrawal
from rialto.messages.ids import AccountId, AssetId, WithdrawalId
from tests.gateway.doors import ear, open_doors
from tests.gateway.test_market_streams import trade_twice
from tests.gateway.test_user_stream import ALICE, USDT, user_stream
from tests.gateway.venue import Venue
from tests.gateway.ws_api import ws_api


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[tuple[Venue, Doors]]:
    async with open_doors(tmp_path) as both:
        yield both


async def read_document(venue: Venue) -> dict[str, Any]:
    reply = await venue.anyone.call("GET /asyncapi.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json;charset=utf-8")
    found: dict[str, Any] = reply.json
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def find(found: dict[str, Any], reference: str) -> Any:
    part: Any = found
    for name in reference.removeprefix("#/").split("/"):
        part = part[name]
    return part


async def test_it_has_every_stream_and_every_method_and_no_loose_end(
    opened: tuple[Venue, Doors],
) -> None:
    found = await read_document(opened[0])
    assert found["asyncapi"] == "3.0.0"
    for reference in set(references(found)):
        find(found, reference)
    for message in found["components"]["messages"].values():
        jsonschema.Draft7Validator.check_schema(message["payload"])
    addresses = {channel["address"] for channel in found["channels"].values()}
    assert {f"/ws/{row.name.replace(SYMBOL, '{symbol}')}" for row in STREAMS} <= addresses
    methods = {row.ws for row in ENDPOINTS if row.ws} | {each.name for each in SESSION_METHODS}
    asked = {name.removeprefix("ask_") for name in found["operations"] if "ask_" in name}
    assert asked == methods | {"bare", "combined"}


class Schemas:
    """Checks what is said against the document, with no property that it has not."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._document = found

    def check(self, message: str, said: Any) -> None:
        payload = self._document["components"]["messages"][message]["payload"]
        schema = {**payload, "components": self._document["components"]}
        jsonschema.Draft7Validator(schema).validate(said)
        described = find(self._document, payload["$ref"]) if "$ref" in payload else payload
        for each in said if isinstance(said, list) else [said]:
            if "properties" in described:
                assert set(each) <= set(described["properties"])


async def test_what_the_streams_say_is_as_it_is_described(opened: tuple[Venue, Doors]) -> None:
    venue, _ = opened
    found = await read_document(venue)
    schemas = Schemas(found)
    names = [row.name.replace(SYMBOL, "btcusdt") for row in STREAMS]
    async with ear(venue, f"/stream?streams={'/'.join(names)}") as heard:
        silent = set(names)
        await trade_twice(venue)
        while silent:
            said = await heard.hear()
            schemas.check("Combined", said)
            channel = channel_id(said["stream"].replace("btcusdt", SYMBOL))
            (message,) = found["channels"][channel]["messages"]
            schemas.check(message, said["data"])
            silent.discard(said["stream"])
        schemas.check("StreamReply", await _answer(heard, {"method": "LIST_SUBSCRIPTIONS"}))
        schemas.check("StreamReply", await _answer(heard, {"method": "NONSENSE", "id": "a"}))


async def _answer(heard: Any, request: dict[str, Any]) -> Any:
    await heard.say(request)
    while "stream" in (said := await heard.hear()):
        pass
    return said


async def test_what_a_user_stream_says_is_as_it_is_described(opened: tuple[Venue, Doors]) -> None:
    venue, _ = opened
    found = await read_document(venue)
    schemas = Schemas(found)
    by_event = {
        schema["properties"]["e"]["enum"][0]: name.removeprefix("stream.")
        for name, schema in found["components"]["schemas"].items()
        if name.startswith("stream.") and "e" in schema.get("properties", {})
    }
    async with ear(venue, await user_stream(venue.alice)) as alice:
        await trade_twice(venue)
        for command in (
            Deposit(ALICE, USDT, 1),
            HoldWithdrawal(AccountId(1), AssetId(0), WithdrawalId(1), 1),
            ReleaseWithdrawal(WithdrawalId(1)),
        ):
            await venue.engine.submit(command)
        heard = await alice.hear_all()
    for said in heard:
        schemas.check(by_event[said["e"]], said)
    assert {said["e"] for said in heard} >= {"executionReport", "balanceUpdate"}


def test_the_document_is_the_same_each_time() -> None:
    assert document(ENDPOINTS, "1") == document(ENDPOINTS, "1")
    assert msgspec.json.decode(document(ENDPOINTS, "1"))["info"]["version"] == "1"


SYMBOL_ONLY = {"symbol": "BTCUSDT"}
ORDER = {**SYMBOL_ONLY, "side": "SELL", "type": "LIMIT", "timeInForce": "GTC"}
CALLS: list[tuple[str, dict[str, Any], bool]] = [  # method, parameters, whether it is signed
    ("ping", {}, False),
    ("time", {}, False),
    ("exchangeInfo", {}, False),
    ("depth", SYMBOL_ONLY, False),
    ("trades.recent", SYMBOL_ONLY, False),
    ("trades.aggregate", SYMBOL_ONLY, False),
    ("klines", {**SYMBOL_ONLY, "interval": "1m"}, False),
    ("avgPrice", SYMBOL_ONLY, False),
    ("ticker.24hr", SYMBOL_ONLY, False),
    ("ticker.price", {}, False),
    ("ticker.book", SYMBOL_ONLY, False),
    ("depth", {"symbol": "NOSUCH"}, False),
    ("session.status", {}, False),
    ("userDataStream.subscribe.signature", {}, True),
    ("session.subscriptions", {}, False),
    ("order.place", {**ORDER, "quantity": "1", "price": "30000"}, True),
    ("order.status", {**SYMBOL_ONLY, "orderId": 1}, True),
    ("openOrders.status", {}, True),
    ("account.status", {}, True),
    ("myTrades", SYMBOL_ONLY, True),
    ("openOrders.cancelAll", SYMBOL_ONLY, True),
    ("userDataStream.unsubscribe", {}, False),
]


async def test_what_the_websocket_api_answers_is_as_it_is_described(
    opened: tuple[Venue, Doors],
) -> None:
    venue, _ = opened
    schemas = Schemas(await read_document(venue))
    await trade_twice(venue)
    async with ws_api(venue, "?sequence=true") as api:
        for number, (method, params, is_signed) in enumerate(CALLS):
            sent = api.signed(venue.alice.key, **params) if is_signed else params
            request = {"id": number, "method": method, "params": sent}
            schemas.check(f"{method}.request", request)
            await api.ear.say(request)
            schemas.check(f"{method}.reply", {**await api.reply(number), "id": number})
        assert len(api.events) > 4
        for event in api.events:
            schemas.check("WsEvent", event)
