"""The matrix of test_bad_input_matrix.py over the WebSocket API: every method that the endpoint
table names x {missing, extra, duplicate, wrong type, out of range, huge}.
"""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
import pytest_asyncio

from rialto.gateway.endpoints import ENDPOINTS, Endpoint
from rialto.gateway.wire import parameters as p
from rialto.gateway.wire.parameters import PARAMETERS_MAX, Field, Reader
from rialto.gateway.ws_session import SESSION_METHODS, SessionMethod
from tests.gateway.doors import open_doors
from tests.gateway.venue import Venue
from tests.gateway.wrong_values import right, wrongs
from tests.gateway.ws_api import Api, ws_api

MISSING, UNREAD, TOO_MANY, EMPTY, BAD = -1102, -1104, -1101, -1105, -1130
BAD_JSON = -1135
LISTEN_TOKEN = Field("listen_token", "listenToken", p.WORD, mandatory=False)  # nobody takes it
ROWS = pytest.mark.parametrize(
    "row", [row for row in ENDPOINTS if row.ws is not None], ids=lambda row: row.ws
)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator["Asked"]:
    async with open_doors(tmp_path_factory.mktemp("venue")) as (venue, _), ws_api(venue) as api:
        yield Asked(venue, api)


class Asked:
    def __init__(self, venue: Venue, api: Api) -> None:
        self.alice = venue.alice
        self.api = api

    async def ask(self, row: Endpoint, params: dict[str, Any]) -> Any:
        """As whoever may, and well signed."""
        assert row.ws is not None
        key = self.alice.key
        if row.security.signed:
            params = self.api.signed(key, **params)
        elif row.security.keyed:
            assert key is not None
            params = {**params, "apiKey": key.key}
        return await self.api.call(row.ws, **params)

    async def check(self, row: Endpoint, params: dict[str, Any], code: int, about: str) -> None:
        said = await self.ask(row, params)
        shown = f"{row.ws} {about}: {str(said)[:300]}"
        assert said["status"] < 500, shown
        if code:
            assert (said["status"], said["error"]["code"]) == (400, code), f"{shown}, not {code}"
            assert said["error"].keys() == {"code", "msg"}, shown
        elif said["status"] != 200:
            assert -9999 < said["error"]["code"] < -1000 and said["error"]["msg"], shown


def fields_of(row: Endpoint) -> tuple[Field, ...]:
    return Reader(row.request).fields


def usual(row: Endpoint, *without: str) -> dict[str, Any]:
    """All that it must be given."""
    return {
        field.name: unquote(right(field))
        for field in fields_of(row)
        if field.mandatory and field.name not in without
    }


@ROWS
async def test_missing_extra_and_too_many(asked: Asked, row: Endpoint) -> None:
    for field in fields_of(row):
        if field.mandatory:
            await asked.check(row, usual(row, field.name), MISSING, f"without {field.name}")
    await asked.check(row, {**usual(row), "nonsense": "1"}, UNREAD, "with more")
    many = {f"a{number}": "1" for number in range(PARAMETERS_MAX + 1)}
    await asked.check(row, {**usual(row), **many}, TOO_MANY, "with too many")


@ROWS
async def test_wrong_type_out_of_range_and_huge(asked: Asked, row: Endpoint) -> None:
    for field in fields_of(row):
        others = usual(row, field.name)
        for wrong in wrongs(field):
            if wrong.text == "%FF":
                continue  # a text frame is UTF-8 or none
            about = f"{field.name} {wrong.what} {wrong.text[:40]}"
            await asked.check(row, {**others, field.name: unquote(wrong.text)}, wrong.code, about)
        if not row.security.signed:  # what is no text has no bytes to sign
            for value, code in (({}, BAD), ([[]], BAD), ([1], BAD), (None, EMPTY)):
                await asked.check(row, {**others, field.name: value}, code, f"{field.name} {value}")


@ROWS
async def test_duplicates_are_no_json(asked: Asked, row: Endpoint) -> None:
    request = msgspec.json.encode({"id": 7, "method": row.ws, "params": usual(row)}).decode()
    twice = request.replace('"params":{', '"params":{"symbol":"A","symbol":"B",')
    await asked.api.ear.say(twice.replace(",}", "}"))
    said = await asked.api.reply(None)
    assert (said["status"], said["error"]["code"]) == (400, BAD_JSON)


@pytest.mark.parametrize("method", SESSION_METHODS, ids=lambda method: method.name)
async def test_methods_of_the_session(asked: Asked, method: SessionMethod) -> None:
    """Whoever may, who may not, and nobody; the connection goes on."""
    key = asked.alice.key
    assert key is not None
    for field in (*Reader(method.request).fields, LISTEN_TOKEN):
        for wrong in wrongs(field):
            params = {field.name: unquote(wrong.text)}
            for sent in (params, {**params, "apiKey": key.key}, asked.api.signed(key, **params)):
                said = await asked.api.call(method.name, **sent)
                shown = f"{method.name} {str(sent)[:200]}: {said}"
                assert 400 <= said["status"] < 500, shown
                assert -9999 < said["error"]["code"] < -1000 and said["error"]["msg"], shown
    assert (await asked.api.call("ping"))["status"] == 200
