"""The first design's door: its orders, its answers, and every status that follows them."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rialto.gateway import v1
from rialto.gateway.past import RESUME_COMMANDS_MAX
from rialto.identity.api_keys import ApiKey, Permission
from tests.gateway.doors import ear, key_header, open_doors, post_v1, signed_path, v1_ear, v1_order
from tests.gateway.venue import Client, Venue, signature


def brief(said: dict[str, Any]) -> tuple[Any, ...]:
    return said["orderId"], said["status"], said["remaining"]


async def account_of(venue: Venue, client: Client) -> dict[str, Decimal]:
    """What of each asset is free and locked together."""
    answer = await client.signed("GET /api/v3/account", "omitZeroBalances=true")
    return {
        each["asset"]: Decimal(each["free"]) + Decimal(each["locked"])
        for each in answer.json["balances"]
    }


async def test_an_order_is_posted_and_answered_at_once(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        order = v1_order(venue.alice, "12345", "SELL", 5, 100)
        status, said = await post_v1(venue, venue.alice, order)
        assert (status, said) == (
            200,
            {
                "orderId": "12345",
                "accepted": True,
                "status": "resting",
                "type": "SELL",
                "coinID": "BTC",
                "quantity": "5.00000000",
                "price": "100.00000000",
                "remaining": "5.00000000",
                "trades": [],
                "eventId": said["eventId"],
                "time": venue.clock.now_us // 1000,
            },
        )


async def test_two_accounts_trade_and_each_hears_of_every_step_on_all_its_connections(
    tmp_path: Path,
) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        v1_ear(venue, venue.alice) as alice,
        v1_ear(venue, venue.alice) as alice_too,
        v1_ear(venue, venue.bob) as bob,
    ):
        assert (await alice.ask(v1_order(venue.alice, "a1", "SELL", "2", "20000")))["accepted"]
        answer = await bob.ask(v1_order(venue.bob, "b1", "BUY", 0.5, 20001))
        trade = {"tradeId": 1, "quantity": "0.50000000", "price": "20000.00000000"}
        assert (answer["status"], answer["remaining"]) == ("matched", "0.00000000")
        assert answer["trades"] == [trade]
        answer = await bob.ask(v1_order(venue.bob, "b2", "BUY", "2", 20000))
        assert brief(answer) == ("b2", "partly_matched", "0.50000000")
        await bob.ask(v1_order(venue.bob, "b3", "SELL", "0.1", 20500))
        await venue.bob.signed("DELETE /api/v3/order", "symbol=BTCUSDT&origClientOrderId=b2")

        to_alice = await alice.hear_all()
        assert [brief(each) for each in to_alice] == [
            ("a1", "partly_matched", "1.50000000"),
            ("a1", "matched", "0.00000000"),
        ]
        assert to_alice[0]["trade"] == trade
        to_the_other = await alice_too.hear_all()
        assert brief(to_the_other[0]) == ("a1", "resting", "2.00000000")
        assert to_the_other[1:] == to_alice
        to_bob = [brief(each) for each in await bob.hear_all()]
        assert to_bob == [("b2", "canceled", "0.50000000")]


async def test_balances_are_exact_after_trading(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        await post_v1(venue, venue.alice, v1_order(venue.alice, "a1", "SELL", "0.3", "20000.01"))
        body = msgspec.json.encode(v1_order(venue.bob, "b1", "BUY", 0, 0))
        exact = body.replace(b'"quantity":0,"price":0', b'"quantity":0.10000,"price":2.000001e4')
        assert exact != body
        status, said = await post_v1(venue, venue.bob, exact)
        assert (status, said["status"]) == (200, "matched")
        paid, commission = Decimal("2000.001"), Decimal("0.001")
        alice, bob = [await account_of(venue, client) for client in (venue.alice, venue.bob)]
        assert alice["BTC"] == Decimal("99.9")
        assert alice["USDT"] == 10_000_000 + paid * (1 - commission)
        assert bob["BTC"] == 100 + Decimal("0.1") * (1 - commission)
        assert bob["USDT"] == 10_000_000 - paid


async def test_the_same_order_sent_again_gets_the_same_answer_and_trades_once(
    tmp_path: Path,
) -> None:
    async with open_doors(tmp_path) as (venue, _), v1_ear(venue, venue.bob) as bob:
        await post_v1(venue, venue.alice, v1_order(venue.alice, "a1", "SELL", "2", "20000"))
        order = v1_order(venue.bob, "b1", "BUY", "1", "20000")
        first = await bob.ask(order)
        _, again = await post_v1(venue, venue.bob, order)
        assert again == {**first, "repeated": True, "eventId": again["eventId"]}
        status, other = await post_v1(venue, venue.bob, {**order, "price": "20000.01"})
        assert (status, other["status"]) == (400, "invalid")
        assert other["reason"] == "DUPLICATE_CLIENT_ORDER_ID"
        trades = await venue.anyone.call("GET /api/v3/trades", "symbol=BTCUSDT")
        assert len(trades.json) == 1


GOOD = b'{"orderId":"1","type":"BUY","userID":"alice","coinID":"BTC","quantity":1,"price":20000}'
BAD_MESSAGES = [
    (b"", "not valid JSON: Expecting value at character 0"),
    (b"[]", "a JSON object is expected"),
    (b"\xff", "the message is not valid UTF-8"),
    (b"[" * 4000, "not valid JSON: nested too deeply"),
    (b"{}", "orderId must be a text or a whole number"),
    (GOOD.replace(b'"1"', b"1.5"), "orderId must be a text or a whole number"),
    (GOOD.replace(b'"1"', b"null"), "orderId must be a text or a whole number"),
    (
        GOOD.replace(b'"1"', b'"a b"'),
        "Illegal characters found in parameter 'orderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ),
    (GOOD.replace(b',"price":20000', b""), "price is missing"),
    (GOOD.replace(b"price", b"Price"), "price is missing"),
    (GOOD.replace(b'{"', b'{"stop":1,"'), "stop is not a field of an order"),
    (GOOD.replace(b'{"', b'{"price":1,"'), "a key is there twice"),
    (GOOD.replace(b'"BUY"', b'"buy"'), 'type must be "BUY" or "SELL"'),
    (GOOD.replace(b'"BUY"', b"[]"), 'type must be "BUY" or "SELL"'),
    (GOOD.replace(b'"BTC"', b"7"), "coinID must be a text of 1 to 64 characters"),
    (GOOD.replace(b"20000", b"NaN"), "NaN is not a number"),
    (GOOD.replace(b"20000", b"-Infinity"), "-Infinity is not a number"),
    (GOOD.replace(b"20000", b"1e400"), "a number must be a plain decimal such as 0.015"),
    (GOOD.replace(b"20000", b"9" * 50), "a number may have 48 characters at most"),
    (GOOD.replace(b"20000", b"true"), "price must be a number or a text of one"),
    (GOOD.replace(b"20000", b'"1_000"'), "price: a number must be a plain decimal such as 0.015"),
    (
        GOOD.replace(b"20000", '"１００"'.encode()),
        "price: a number must be a plain decimal such as 0.015",
    ),
    (GOOD.replace(b"20000", b'" 1"'), "price: a number must be a plain decimal such as 0.015"),
    (GOOD.replace(b"20000", b'"+1"'), "price: a number must be a plain decimal such as 0.015"),
    (GOOD + b" " * v1.MESSAGE_BYTES_MAX, "an order has at most 4096 bytes"),
]
INVALID: list[tuple[dict[str, Any], str]] = [
    ({"price": "20000.001"}, "PRICE_FILTER"),
    ({"price": 0}, "PRICE_FILTER"),
    ({"price": -1}, "PRICE_FILTER"),
    ({"price": "1e40"}, "PRICE_FILTER"),
    ({"quantity": "0.000001"}, "LOT_SIZE"),
    ({"quantity": 0}, "LOT_SIZE"),
    ({"quantity": "-0.5"}, "LOT_SIZE"),
    ({"quantity": 9000}, "NOTIONAL"),
    ({"type": "SELL", "quantity": 400}, "INSUFFICIENT_BALANCE"),
    ({"coinID": "DOGE"}, "UNKNOWN_COIN"),
    ({"coinID": "BTCUSDT"}, "UNKNOWN_COIN"),
]


async def test_a_malformed_message_is_refused_with_the_reason(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        refused = []
        for body, _ in BAD_MESSAGES:
            status, said = await post_v1(venue, venue.alice, body)
            assert (status, said["accepted"], said["status"]) == (400, False, "invalid")
            assert said["reason"] == "MALFORMED"
            refused.append((body, said["message"]))
        assert refused == BAD_MESSAGES
        sequence = venue.engine.sequence
        assert (await post_v1(venue, venue.alice, GOOD))[0] == 200
        assert venue.engine.sequence == sequence + 1  # nothing of it had reached the engine


async def test_an_order_that_cannot_be_is_invalid_with_the_reason(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        for change, reason in INVALID:
            order = {**v1_order(venue.alice, "1", "BUY", 1, 20000), **change}
            async with v1_ear(venue, venue.alice) as alice:
                said = await alice.ask(order)
            assert (said["orderId"], said["accepted"], said["status"]) == ("1", False, "invalid")
            assert (said["reason"], bool(said["message"])) == (reason, True)
            assert await post_v1(venue, venue.alice, order) == (400, said)
        assert await account_of(venue, venue.alice) == await account_of(venue, venue.bob)


async def test_a_key_acts_for_its_owner_only(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), v1_ear(venue, venue.alice) as alice:
        stolen = v1_order(venue.bob, "1", "BUY", 1, 20000)
        assert (await alice.ask(stolen))["reason"] == "NOT_OWNER"
        status, said = await post_v1(venue, venue.alice, stolen)
        assert (status, said["reason"]) == (403, "NOT_OWNER")
        assert venue.alice.key is not None
        looking = venue.client(venue.keys.create(venue.alice.key.account, "alice", Permission.READ))
        own = v1_order(venue.alice, "1", "BUY", 1, 20000)
        assert (await post_v1(venue, looking, own))[0] == 401
        async with v1_ear(venue, looking) as heard:
            assert (await heard.ask(own))["reason"] == "NOT_OWNER"
        await looking.close()


async def test_a_request_must_be_signed_with_the_key_it_names(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        assert (await venue.alice.call("POST /v1/orders", b"", GOOD)).status == 401
        query = venue.alice.sign("")
        assert (await venue.alice.call("POST /v1/orders", query, GOOD)).status == 401
        assert (await venue.anyone.call("POST /v1/orders", query, GOOD)).status == 401
        signed = signature(venue.alice.key.secret, query.encode() + GOOD)  # type: ignore[union-attr]
        status = (await venue.alice.call("POST /v1/orders", f"{query}0", GOOD)).status
        assert (status, len(signed)) == (401, 64)
        assert (await venue.alice.call("GET /v1/orders")).status == 405
        assert (await post_v1(venue, venue.alice, GOOD))[0] == 200


async def test_in_the_demo_the_key_alone_will_do_but_a_wrong_signature_never(
    tmp_path: Path,
) -> None:
    async with open_doors(tmp_path, unsigned_v1=True) as (venue, _):
        key = venue.alice.key
        assert key is not None
        assert (await venue.alice.call("POST /v1/orders", b"", GOOD)).status == 200
        assert (await venue.anyone.call("POST /v1/orders", b"", GOOD)).status == 401
        assert (await venue.bob.call("POST /v1/orders", b"", GOOD)).status == 403
        wrong = venue.alice.sign("") + "0"
        assert (await venue.alice.call("POST /v1/orders", wrong, GOOD)).status == 401
        async with ear(venue, "/v1/orders", key_header(key)) as heard:
            order = v1_order(venue.alice, "by-header", "BUY", 1, 20000)
            assert (await heard.ask(order))["status"] == "resting"
        async with ear(venue, "/v1/orders") as heard:
            said = await heard.ask({"apiKey": key.key})
            assert said == {"authenticated": True, "userID": "alice"}
            order = v1_order(venue.alice, "by-number", "BUY", 1, 20000)
            assert (await heard.ask({**order, "userID": str(key.account)}))["accepted"]


def greeting(venue: Venue, key: ApiKey, secret: str) -> dict[str, Any]:
    venue.clock.now_us += 1000
    timestamp = venue.clock.now_us // 1000
    signed = signature(secret, f"apiKey={key.key}&timestamp={timestamp}")
    return {"apiKey": key.key, "timestamp": timestamp, "signature": signed}


async def test_a_client_without_headers_says_who_it_is_first(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        key, other = venue.alice.key, venue.bob.key
        assert key is not None
        assert other is not None
        async with ear(venue, "/v1/orders") as heard:
            said = await heard.ask(greeting(venue, key, key.secret))
            assert said == {"authenticated": True, "userID": "alice"}
            order = v1_order(venue.alice, "1", "BUY", 1, 20000)
            assert (await heard.ask(order))["status"] == "resting"
        for first in (greeting(venue, key, other.secret), order, "rubbish"):
            async with ear(venue, "/v1/orders") as heard:
                assert (await heard.ask(first))["accepted"] is False
                assert await heard.closed() == v1.NOT_AUTHENTICATED


async def test_a_client_that_does_not_say_who_it_is_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v1, "AUTHENTICATION_SECONDS_MAX", 0.05)
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/v1/orders") as heard:
        assert await heard.closed() == v1.NOT_AUTHENTICATED


async def busy_pair(venue: Venue, count: int) -> None:
    """Bob buys from alice's order, a little at a time."""
    alice = v1_order(venue.alice, "a", "SELL", count, "20000")
    await post_v1(venue, venue.alice, alice)
    for number in range(count):
        await post_v1(venue, venue.bob, v1_order(venue.bob, f"b{number}", "BUY", "1", "20000"))


async def test_who_comes_back_with_since_has_missed_nothing_and_hears_nothing_twice(
    tmp_path: Path,
) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        v1_ear(venue, venue.alice) as always,
    ):
        await busy_pair(venue, 4)
        everything = await always.hear_all()
        assert len(everything) == 5
        for known in range(1, 5):
            since = everything[known - 1]["eventId"]
            async with v1_ear(venue, venue.alice, f"since={since}") as back:
                assert await back.hear_all() == everything[known:]
        async with v1_ear(venue, venue.alice, f"since={everything[3]['eventId']}") as back:
            await back.say(v1_order(venue.alice, "c", "BUY", "1", "10000"))
            missed, answer = await back.hear_many(2)
            assert missed == everything[4]
            assert brief(answer) == ("c", "resting", "1.00000000")
        async with v1_ear(venue, venue.alice, f"since={answer['eventId']}") as back:
            assert await back.hear_all() == []


async def test_coming_back_while_the_account_trades_leaves_no_gap(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        v1_ear(venue, venue.alice) as always,
    ):
        trading = asyncio.create_task(busy_pair(venue, 60))
        heard: list[Any] = []
        while not trading.done():
            since = heard[-1]["eventId"] if heard else 0
            async with v1_ear(venue, venue.alice, f"since={since}") as back:
                heard.append(await back.hear())
        await trading
        async with v1_ear(venue, venue.alice, f"since={heard[-1]['eventId']}") as back:
            heard += await back.hear_all()
        assert heard == await always.hear_all()


async def test_since_reaches_back_over_a_restart_to_orders_that_have_ended(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        first = await post_v1(venue, venue.alice, v1_order(venue.alice, "a", "SELL", "2", "20000"))
        await post_v1(venue, venue.bob, v1_order(venue.bob, "b1", "BUY", "0.5", "20000"))
        await post_v1(venue, venue.bob, v1_order(venue.bob, "b2", "BUY", "1.5", "20000"))
    async with open_doors(tmp_path) as (venue, _):
        venue.clock.now_us += 1_000_000
        async with v1_ear(venue, venue.alice, f"since={first[1]['eventId']}") as back:
            said = await back.hear_all()
        assert [brief(each) for each in said] == [
            ("a", "partly_matched", "1.50000000"),
            ("a", "matched", "0.00000000"),
        ]
        assert {each["quantity"] for each in said} == {"2.00000000"}
        again = await post_v1(venue, venue.alice, v1_order(venue.alice, "a", "SELL", "2", "20000"))
        assert again[1] == {**first[1], "repeated": True, "eventId": again[1]["eventId"]}


async def test_a_since_that_is_too_long_ago_or_not_yet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        await post_v1(venue, venue.alice, GOOD)
        assert venue.engine.sequence < RESUME_COMMANDS_MAX
        doors.past.commands_max = 3
        async with v1_ear(venue, venue.alice, "since=0") as back:
            assert (await back.hear())["reason"] == "TOO_OLD"
            assert await back.closed() == v1.TOO_OLD
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        path = signed_path(venue, venue.alice, "", f"since={2**60}").removeprefix("?")
        reply = await venue.client(venue.alice.key).call("GET /v1/orders", path, headers=upgrade)
        assert (reply.status, reply.json["reason"]) == (400, "MALFORMED")


async def test_many_orders_at_once_are_answered_in_order_before_their_statuses(
    tmp_path: Path,
) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        v1_ear(venue, venue.alice) as alice,
        v1_ear(venue, venue.bob) as bob,
    ):
        count = 100
        for number in range(count):
            await alice.say(v1_order(venue.alice, f"a{number}", "SELL", "1", 20000 + number))
            await bob.say(v1_order(venue.bob, f"b{number}", "BUY", "1", 21000))
        for heard in (alice, bob):
            said: list[Any] = []
            while sum(each["status"] == "matched" for each in said) < count:
                said.append(await heard.hear())
            ids = [each["eventId"] for each in said]
            assert ids == sorted(ids) and len(set(ids)) == len(ids)
            answers = [each["orderId"] for each in said if "accepted" in each]
            assert len(answers) == count
            known: set[str] = set()
            for each in said:
                if "accepted" in each:
                    known.add(each["orderId"])
                else:
                    assert each["orderId"] in known
