"""Messages with numbers, for whoever asks: no gap while it reads, and none when it comes back."""

from pathlib import Path
from typing import Any

import pytest

from rialto.gateway import retention
from rialto.gateway.doors import Doors
from rialto.gateway.retention import RETAINED_US
from rialto.gateway.ws_streams import TOO_OLD
from rialto.messages.commands import Deposit
from rialto.messages.ids import AccountId, AssetId
from tests.gateway.doors import Ear, ear, open_doors
from tests.gateway.test_streams_slow import trades_after
from tests.gateway.test_user_stream import listen_key
from tests.gateway.venue import Venue
from tests.gateway.ws_api import ws_api

TRADES = "/ws/btcusdt@trade"


def numbers(heard: list[Any]) -> list[int]:
    return [each["sequence"] for each in heard]


def trade_ids(heard: list[Any]) -> list[int]:
    return [each["data"]["t"] for each in heard]


def publish(doors: Doors, first: int, last: int) -> None:
    """Trades with these ids."""
    doors.market.publish(trades_after(first - 1)[: last - first + 1])


async def test_a_number_is_there_only_for_whoever_asks(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (_venue, doors),
        ear(_venue, TRADES) as plain,
        ear(_venue, f"{TRADES}?sequence=true") as bare,
        ear(_venue, "/stream?streams=btcusdt@trade&sequence=true") as combined,
    ):
        await subscribed(plain, bare, combined)
        publish(doors, 1, 3)
        trades = await plain.hear_many(3)
        heard, wrapped = await bare.hear_many(3), await combined.hear_many(3)
        first = heard[0]["sequence"]
        assert [set(each) for each in heard] == [{"sequence", "data"}] * 3
        assert [each["data"] for each in heard] == trades
        assert numbers(heard) == numbers(wrapped) == [first, first + 1, first + 2]
        assert wrapped[0] == {"stream": "btcusdt@trade", "sequence": first, "data": trades[0]}


async def subscribed(*ears: Ear) -> None:
    for each in ears:
        await each.ask({"method": "GET_PROPERTY", "params": ["combined"], "id": 1})


async def test_who_comes_back_misses_nothing(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        async with ear(venue, f"{TRADES}?sequence=true") as first:
            await subscribed(first)
            publish(doors, 1, 5)
            last = numbers(await first.hear_many(5))[-1]
        publish(doors, 6, 700)
        async with ear(venue, f"{TRADES}?since={last}") as again:
            heard = await again.hear_many(695)
            publish(doors, 701, 702)
            heard += await again.hear_many(2)
        assert numbers(heard) == list(range(last + 1, last + 698))
        assert trade_ids(heard) == list(range(6, 703))


async def test_each_stream_of_an_address_has_its_own_since(tmp_path: Path) -> None:
    names = "/stream?streams=btcusdt@trade/ethusdt@trade"
    async with open_doors(tmp_path) as (venue, doors):
        async with ear(venue, f"{names}&sequence=true") as first:
            await subscribed(first)
            publish(doors, 1, 2)
            bitcoin = numbers(await first.hear_many(2))
        feed = doors.market.find_feed("ethusdt@trade")
        assert feed is not None
        async with ear(venue, f"{names}&since={bitcoin[0]}/{feed.sequence}") as again:
            heard = await again.hear()
            assert (heard["stream"], heard["sequence"]) == ("btcusdt@trade", bitcoin[1])


async def refused(venue: Venue, address: str) -> None:
    async with ear(venue, address) as again:
        assert await again.hear() == {"error": {"code": 4, "msg": TOO_OLD.text}, "id": None}
        assert await again.closed() == TOO_OLD


async def test_what_is_not_retained_is_refused_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "RETAINED_MESSAGES_MAX", 10)
    async with open_doors(tmp_path) as (venue, doors):
        await refused(venue, f"{TRADES}?since=7")  # of an earlier life, or of none
        await refused(venue, "/ws/nosuch@trade?since=7")
        async with ear(venue, f"{TRADES}?sequence=true") as first:
            await subscribed(first)
            publish(doors, 1, 12)
            heard = numbers(await first.hear_many(12))
        await refused(venue, f"{TRADES}?since={heard[0]}")
        await refused(venue, f"{TRADES}?since={heard[-1] + 1}")  # nobody has said that yet
        async with ear(venue, f"{TRADES}?since={heard[1]}") as again:
            assert numbers(await again.hear_many(10)) == heard[2:]


async def test_the_past_is_forgotten_after_a_while(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        async with ear(venue, f"{TRADES}?sequence=true") as first:
            await subscribed(first)
            publish(doors, 1, 2)
            heard = numbers(await first.hear_many(2))
            doors.market.tick(10, venue.clock.now_us)
            venue.clock.now_us += 10 * RETAINED_US
            doors.market.tick(20, venue.clock.now_us)
        async with ear(venue, f"{TRADES}?since={heard[0]}") as again:
            assert numbers(await again.hear_many(1)) == heard[1:]
        while doors.market.feeds:
            venue.clock.now_us += RETAINED_US
            doors.market.tick(30, venue.clock.now_us)
        await refused(venue, f"{TRADES}?since={heard[1]}")


async def test_an_address_that_cannot_be_gone_on_from(tmp_path: Path) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with open_doors(tmp_path) as (venue, _):
        for path, query, code in (
            ("/ws/btcusdt@trade", "since=1/2", -1130),
            ("/ws/btcusdt@trade", "since=", -1130),
            ("/ws", "since=1", -1130),
            ("/ws/btcusdt@trade", "since=x", -1100),
            ("/ws/btcusdt@trade", "sequence=1", -1100),
        ):
            reply = await venue.client().call(f"GET {path}", query, headers=upgrade)
            assert (query, reply.status, reply.code) == (query, 400, code)


async def test_an_account_goes_on_where_it_left(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        key = await listen_key(venue.alice)

        async def deposit(amount: int) -> None:
            await venue.engine.submit(Deposit(AccountId(1), AssetId(0), amount))

        async with ear(venue, f"/ws/{key}?sequence=true") as first:
            await deposit(1)
            heard = await first.hear_many(2)
        await deposit(2)
        async with ear(venue, f"/ws/{key}?since={heard[0]['sequence']}") as again:
            await deposit(3)
            told = [(each["sequence"], each["data"]["e"]) for each in await again.hear_many(5)]
        start = heard[0]["sequence"]
        assert told == [
            (start + 1, "outboundAccountPosition"),
            (start + 2, "balanceUpdate"),
            (start + 3, "outboundAccountPosition"),
            (start + 4, "balanceUpdate"),
            (start + 5, "outboundAccountPosition"),
        ]


async def test_a_subscription_of_the_websocket_api_goes_on_where_another_ended(
    tmp_path: Path,
) -> None:
    subscribe = "userDataStream.subscribe.signature"
    async with open_doors(tmp_path) as (venue, _):
        key = venue.alice.key

        async def deposit(amount: int) -> None:
            await venue.engine.submit(Deposit(AccountId(1), AssetId(0), amount))

        async with ws_api(venue, "?sequence=true") as first:
            await first.result(subscribe, **first.signed(key))
            await deposit(1)
            heard = [await first.event() for _ in range(2)]
            assert [set(each) for each in heard] == [{"subscriptionId", "sequence", "event"}] * 2
        await deposit(2)
        async with ws_api(venue) as again:
            assert await again.refusal(subscribe, **again.signed(key, since=7)) == (400, -1130)
            since = heard[0]["sequence"]
            number = await again.result(subscribe, **again.signed(key, since=since))
            assert number == {"subscriptionId": 0}
            told = [await again.event() for _ in range(3)]
            await deposit(3)
            told += [await again.event() for _ in range(2)]
            ended = await again.result("userDataStream.unsubscribe")
            assert ended == {}
        assert numbers(told) == list(range(since + 1, since + 6))
        assert [each["event"]["e"] for each in told][1::2] == ["balanceUpdate"] * 2
        assert again.events[-1]["event"]["e"] == "eventStreamTerminated"
