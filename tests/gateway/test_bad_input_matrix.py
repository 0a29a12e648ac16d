"""EVERY row of the endpoint table x {missing, extra, duplicate, wrong type, out of range, huge}:
the documented code, and never a 5xx. Both sides come from the table and the request declarations,
so a new row is held to this as soon as it is there.
"""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from rialto.gateway.endpoints import ENDPOINTS, Endpoint
from rialto.gateway.wire.parameters import PARAMETERS_MAX, Reader
from tests.gateway.venue import Client, Reply, Venue, running, signature
from tests.gateway.wrong_values import (
    EMPTY,
    HUGE,
    ILLEGAL,
    OVERFLOW,
    OVERFLOWED,
    right,
    wrongs,
)

MISSING, UNREAD, DUPLICATE = -1102, -1104, -1101
CASES_MIN = 6
ROWS = pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: row.rest)

# What is wrong with a signing parameter, and its code.
Signing = tuple[tuple[str, int], ...]
TIMESTAMPS: Signing = (
    *(("x", ILLEGAL), ("1.5", ILLEGAL), ("-1", ILLEGAL), ("", EMPTY), (HUGE, ILLEGAL)),
    *((OVERFLOW, OVERFLOWED), ("0", -1021), ("1", -1021), ("99999999999999", -1021)),
)
WINDOWS: Signing = (
    *(("x", ILLEGAL), ("-1", ILLEGAL), ("1e3", ILLEGAL), ("", EMPTY), (HUGE, ILLEGAL)),
    *(("60001", MISSING), ("60000.001", MISSING), ("0.0001", -1111)),
)
SIGNATURES = (("0" * 64, -1022), ("x", -1022), ("", -1022), (HUGE, -1022), ("%FF", ILLEGAL))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def venue(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Venue]:
    async with running(tmp_path_factory.mktemp("venue")) as venue:
        yield venue


pytestmark = pytest.mark.asyncio(loop_scope="module")


class Row:
    """One endpoint, and how to ask it."""

    def __init__(self, venue: Venue, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.fields = Reader(endpoint.request).fields
        self._client: Client = venue.alice if endpoint.security.keyed else venue.anyone
        self.asked = 0

    def usual(self, *without: str) -> list[str]:
        """All that it must be given."""
        return [
            f"{field.name}={right(field)}"
            for field in self.fields
            if field.mandatory and field.name not in without
        ]

    async def ask(self, pairs: list[str], *, signed: bool | None = None) -> Reply:
        self.asked += 1
        rest, parameters = self.endpoint.rest, "&".join(pairs)
        if self.endpoint.security.signed if signed is None else signed:
            return await self._client.signed(rest, parameters)
        if self.endpoint.method == "GET":
            return await self._client.call(rest, query=parameters)
        return await self._client.call(rest, body=parameters)

    async def check(self, pairs: list[str], code: int, about: str, **how: bool) -> None:
        reply = await self.ask(pairs, **how)
        said = f"{self.endpoint.rest} {about}: {reply.status} {reply.content[:300]!r}"
        assert reply.status < 500, said
        if code:
            assert (reply.code, reply.status) == (code, 400), f"{said}, not {code}"
            assert reply.json.keys() == {"code", "msg"}, said
        elif reply.status != 200:
            assert -9999 < reply.code < -1000 and reply.json["msg"], said


@ROWS
async def test_missing_extra_and_duplicate(venue: Venue, row: Endpoint) -> None:
    asked = Row(venue, row)
    usual = asked.usual()
    for field in asked.fields:
        if field.mandatory:
            await asked.check(asked.usual(field.name), MISSING, f"without {field.name}")
        pair = f"{field.name}={right(field)}"
        twice = [*asked.usual(field.name), pair, pair]
        await asked.check(twice, DUPLICATE, f"{field.name} twice")
    await asked.check([*usual, "nonsense=1"], UNREAD, "with more")
    await asked.check([*usual, "Symbol=1"], UNREAD, "with the wrong case")
    many = [f"a{number}=1" for number in range(PARAMETERS_MAX + 1)]
    await asked.check([*usual, *many], DUPLICATE, "with too many")
    if row.method != "GET":
        reply = await asked.ask([*usual, f"nonsense={HUGE * 14}"])
        assert (reply.status, reply.code) == (413, OVERFLOWED)
    for field in asked.fields:  # by itself, and none of what must be there
        reply = await asked.ask([f"{field.name}={right(field)}"])
        assert reply.status < 500, (row.rest, field.name, reply.content)


@ROWS
async def test_wrong_type_out_of_range_and_huge(venue: Venue, row: Endpoint) -> None:
    asked = Row(venue, row)
    for field in asked.fields:
        others = asked.usual(field.name)
        for wrong in wrongs(field):
            about = f"{field.name} {wrong.what} {wrong.text[:40]}"
            await asked.check([*others, f"{field.name}={wrong.text}"], wrong.code, about)
    assert asked.asked >= CASES_MIN * len(asked.fields)


def unsigned_cases() -> Iterator[tuple[list[str], int]]:
    """Of a signed endpoint that is asked as if it were not."""
    yield [], MISSING
    yield ["timestamp=1700000000000"], MISSING
    for text, code in SIGNATURES:
        yield ["timestamp=1700000000000", f"signature={text}"], code
    yield ["timestamp=1", "signature=a", "signature=b"], DUPLICATE


@ROWS
async def test_signing_parameters(venue: Venue, row: Endpoint) -> None:
    asked = Row(venue, row)
    usual = asked.usual()
    if row.security.signed:
        for pairs, code in unsigned_cases():
            await asked.check([*usual, *pairs], code, f"unsigned {pairs}", signed=False)
        for text, code in WINDOWS:
            await asked.check([*usual, f"recvWindow={text}"], code, f"recvWindow {text[:9]}")
        for text, code in TIMESTAMPS:
            reply = await _with_timestamp(venue, row, usual, text)
            assert (reply.status, reply.code) == (400, code), (row.rest, text[:20], reply.content)
    else:
        signature = "signature=" + "0" * 64
        await asked.check([*usual, signature], UNREAD, "signed for nothing", signed=False)


async def _with_timestamp(venue: Venue, row: Endpoint, usual: list[str], text: str) -> Reply:
    """Well signed."""
    parameters = "&".join([*usual, f"timestamp={text}"])
    assert venue.alice.key is not None
    signed = f"{parameters}&signature={signature(venue.alice.key.secret, parameters)}"
    if row.method == "GET":
        return await venue.alice.call(row.rest, query=signed)
    return await venue.alice.call(row.rest, body=signed)


@ROWS
async def test_who_may_not(venue: Venue, row: Endpoint) -> None:
    """Before anything else is looked at."""
    if not row.security.keyed:
        return
    reply = await venue.anyone.call(row.rest, query="nonsense=1")
    assert (reply.status, reply.code) == (401, -2014)
    for key, code in (("x", -2014), ("f" * 64, -2015)):
        reply = await venue.anyone.call(row.rest, headers={"X-MBX-APIKEY": key})
        assert (reply.status, reply.code) == (401, code)
    reply = await venue.alice.call(row.rest, headers={"X-MBX-TIME-UNIT": "SECOND"})
    assert (reply.status, reply.code) == (400, -1194)
