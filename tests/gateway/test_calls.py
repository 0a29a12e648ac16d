"""Handlers that wait for nothing, and what happens when one of them is wrong."""

import dis
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rialto.gateway.caller import Caller, Security
from rialto.gateway.endpoints import ENDPOINTS, Endpoint, Source
from rialto.gateway.handlers.commands import CommandHandler
from rialto.gateway.rest import Rest
from rialto.gateway.sources import Sources
from rialto.gateway.wire.requests import Nothing
from rialto.messages.commands import ALL_INSTRUMENTS, CancelAllOrders
from rialto.messages.events import Event
from rialto.messages.ids import AccountId
from tests.gateway.venue import Venue, running

ORDER = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=100"


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


def test_rows_of_memory_wait_for_nothing() -> None:
    rows = [row for row in ENDPOINTS if row.source is Source.MEMORY]
    assert len(rows) > 20
    for row in rows:
        code = getattr(row.handler, "__code__")  # noqa: B009 not every callable has one
        awaits = [each for each in dis.get_instructions(code) if each.opname == "GET_AWAITABLE"]
        assert not awaits, row.rest


def nothing_at_all(_: Sources, __: Caller, ___: Nothing) -> CancelAllOrders:
    return CancelAllOrders(AccountId(1), ALL_INSTRUMENTS)


def wrong(_: Sources, __: Caller, ___: Nothing, events: list[Event]) -> str:
    raise ZeroDivisionError(f"of {len(events)} events")


async def test_a_wrong_answer_costs_no_one_else_anything(
    venue: Venue, caplog: pytest.LogCaptureFixture
) -> None:
    """The engine tells of a whole batch in a row: our mistake in one answer must not reach it."""
    row = Endpoint(
        "POST /wrong",
        None,
        1,
        Security.TRADE,
        Source.ENGINE,
        CommandHandler(nothing_at_all, wrong),
        Nothing,
    )
    venue.gateway.mount("/wrong", Rest(venue.gateway.dispatch, [row]))
    with caplog.at_level(logging.CRITICAL, "rialto.gateway.rest"):
        reply = await venue.alice.signed("POST /wrong")
    assert (reply.status, reply.code) == (500, -1000)
    assert (await venue.alice.signed("POST /api/v3/order", ORDER)).status == 200
    assert not venue.engine.failed.done()
