"""The outcome streams: every order ends up in one of three, in process and over a WebSocket."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rialto.gateway.doors import Doors
from rialto.gateway.outcomes import SUBSCRIPTIONS_MAX, Lagged, Outcomes, TooManySubscriptions
from rialto.gateway.past import TooLongAgo
from rialto.gateway.wire.execution_ids import execution_id
from rialto.gateway.wire.outcomes import Outcome
from rialto.identity.api_keys import Permission
from rialto.messages.events import (
    Event,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderRested,
    TradeExecuted,
)
from tests.gateway.doors import Ear, ear, key_header, open_doors, signed_path
from tests.gateway.venue import REPLY_SECONDS_MAX, Client, Venue

ORDER = "POST /api/v3/order"


async def every_outcome(venue: Venue) -> None:
    """Three trades, a few rests; a cancel, an expiry and a refusal."""
    limit = "symbol=BTCUSDT&type=LIMIT"
    sell = f"{limit}&timeInForce=GTC&side=SELL&quantity=1"
    for price in ("20000", "20001", "20002"):
        await venue.alice.signed(ORDER, f"{sell}&price={price}")
    await venue.bob.signed(ORDER, f"{limit}&timeInForce=GTC&side=BUY&quantity=2.5&price=20002")
    await venue.alice.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=3")
    await venue.bob.signed(ORDER, f"{limit}&timeInForce=IOC&side=BUY&quantity=1&price=20000")
    await venue.bob.signed(ORDER, f"{limit}&timeInForce=GTC&side=BUY&quantity=8000&price=20000")


KINDS: dict[Outcome, list[type[Event]]] = {
    Outcome.MATCH: [TradeExecuted] * 3,
    Outcome.NO_MATCH: [OrderRested] * 3,
    Outcome.OTHER: [OrderCanceled, OrderExpired, OrderRejected],
}


async def read(doors: Doors, outcome: Outcome, count: int, since: int | None) -> list[Event]:
    subscription = doors.outcomes.subscribe(outcome, since)
    try:
        async with asyncio.timeout(REPLY_SECONDS_MAX):
            return [await subscription.next() for _ in range(count)]
    finally:
        subscription.close()


async def test_every_outcome_is_in_one_stream_now_and_later(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        live = {
            outcome: asyncio.create_task(read(doors, outcome, len(kinds), None))
            for outcome, kinds in KINDS.items()
        }
        await asyncio.sleep(0)  # they subscribe
        await every_outcome(venue)
        for outcome, kinds in KINDS.items():
            events = await live[outcome]
            assert [type(event) for event in events] == kinds
            assert await read(doors, outcome, len(kinds), 0) == events
            since = execution_id(events[0])
            assert await read(doors, outcome, len(kinds) - 1, since) == events[1:]


async def test_a_subscriber_goes_on_from_the_past_into_the_present(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        await every_outcome(venue)
        subscription = doors.outcomes.subscribe(Outcome.MATCH, 0)
        first = await subscription.next()
        await every_outcome(venue)
        rest = [await subscription.next() for _ in range(5)]
        trade_ids = [event.trade_id for event in (first, *rest) if isinstance(event, TradeExecuted)]
        assert trade_ids == [1, 2, 3, 4, 5, 6]


async def test_a_subscriber_that_falls_behind_is_told_where_to_go_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        outcomes = Outcomes(venue.gateway.sources, doors.past, events_max=4)
        venue.gateway.sources.folds.listen(outcomes)
        subscription = outcomes.subscribe(Outcome.MATCH)
        await every_outcome(venue)
        read_first = await subscription.next()
        await every_outcome(venue)
        with pytest.raises(Lagged) as lagged:
            await subscription.next()
        assert lagged.value.event_id == execution_id(read_first)
        again = outcomes.subscribe(Outcome.MATCH, lagged.value.event_id)
        events = [await again.next() for _ in range(5)]
        assert [event.trade_id for event in events if isinstance(event, TradeExecuted)] == [
            2,
            3,
            4,
            5,
            6,
        ]


async def test_subscriptions_and_what_they_can_go_back_to_are_limited(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        await every_outcome(venue)
        doors.past.commands_max = 1
        with pytest.raises(TooLongAgo):
            await doors.outcomes.subscribe(Outcome.MATCH, 0).next()
        all_of_them = [
            doors.outcomes.subscribe(Outcome.MATCH) for _ in range(SUBSCRIPTIONS_MAX - 1)
        ]
        with pytest.raises(TooManySubscriptions):
            doors.outcomes.subscribe(Outcome.MATCH)
        all_of_them[0].close()
        doors.outcomes.subscribe(Outcome.MATCH)


def operator(venue: Venue) -> Client:
    assert venue.alice.key is not None
    permissions = Permission.READ | Permission.OPERATOR
    return venue.client(venue.keys.create(venue.alice.key.account, "ops", permissions))


async def first_told(venue: Venue, client: Client, outcome: Outcome) -> dict[str, Any]:
    assert client.key is not None
    path = signed_path(venue, client, f"/v1/outcomes/{outcome}", "since=0")
    async with ear(venue, path, key_header(client.key)) as heard:
        said: dict[str, Any] = await heard.hear()
        return said


async def test_an_operator_reads_the_streams_over_a_websocket(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        await every_outcome(venue)
        client = operator(venue)
        match = await first_told(venue, client, Outcome.MATCH)
        party = {"account": 2, "exchangeOrderId": 4, "remaining": "1.50000000"}
        assert match == {
            "outcome": "matched",
            "symbol": "BTCUSDT",
            "tradeId": 1,
            "price": "20000.00000000",
            "quantity": "1.00000000",
            "takerSide": "BUY",
            "taker": party,
            "maker": {"account": 1, "exchangeOrderId": 1, "remaining": "0.00000000"},
            "eventId": match["eventId"],
            "time": match["time"],
        }
        no_match = await first_told(venue, client, Outcome.NO_MATCH)
        assert (no_match["outcome"], no_match["exchangeOrderId"]) == ("resting", 1)
        assert no_match["remaining"] == "1.00000000"


async def told_now(heard: Ear, venue: Venue) -> list[str]:
    await every_outcome(venue)
    return [each["outcome"] for each in await heard.hear_many(3)]


async def test_an_operator_hears_of_what_happens_now(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        client = operator(venue)
        assert client.key is not None
        path = signed_path(venue, client, "/v1/outcomes/other")
        async with ear(venue, path, key_header(client.key)) as heard:
            assert await told_now(heard, venue) == ["canceled", "expired", "rejected"]


async def test_a_trader_is_no_operator(tmp_path: Path) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with open_doors(tmp_path) as (venue, _):
        signed = signed_path(venue, venue.alice, "").removeprefix("?")
        reply = await venue.alice.call("GET /v1/outcomes/match", signed, headers=upgrade)
        assert (reply.status, reply.json["reason"]) == (401, "NOT_AUTHENTICATED")
