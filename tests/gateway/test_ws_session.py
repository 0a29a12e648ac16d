"""Sessions of the WebSocket API: logon, user data, and what happens when a connection ends."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import websockets

from rialto.gateway import ws_api as door
from rialto.gateway import ws_subscriptions
from rialto.identity.api_keys import ApiKey, Permission
from rialto.messages.ids import AccountId
from tests.gateway.doors import open_doors
from tests.gateway.key_pairs import Ed25519Pair, RsaPair
from tests.gateway.venue import START_US, Venue
from tests.gateway.ws_api import Api, ws_api

TRADER = Permission.READ | Permission.TRADE
ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.5",
    "price": "50000",
}
PAIR = Ed25519Pair()
SUBSCRIBE = "userDataStream.subscribe"
SUBSCRIBE_SIGNED = "userDataStream.subscribe.signature"
UNSUBSCRIBE = "userDataStream.unsubscribe"
CANCEL_ON_DISCONNECT = "session.cancelOnDisconnect"


def own_key(venue: Venue, permissions: Permission = TRADER, account: int = 1) -> ApiKey:
    return venue.keys.create(AccountId(account), "alice", permissions, public_key=PAIR.public)


async def log_on(api: Api, key: ApiKey) -> Any:
    return await api.result("session.logon", **api.signed(key, PAIR.sign))


def status(venue: Venue, **changes: Any) -> dict[str, Any]:
    return {
        "apiKey": None,
        "authorizedSince": None,
        "connectedSince": START_US // 1000,
        "returnRateLimits": True,
        "serverTime": venue.clock.now_us // 1000,
        "userDataStream": False,
        **changes,
    }


async def test_a_session_begins_and_ends(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        assert await api.result("session.status") == status(venue)
        assert await api.refusal("account.status", **api.timed()) == (400, -1102)
        key = own_key(venue)
        logged_on = await log_on(api, key)
        on = {"apiKey": key.key, "authorizedSince": venue.clock.now_us // 1000}
        assert logged_on == status(venue, **on)
        placed = await api.result("order.place", **api.timed(**ORDER))
        assert placed["orderId"] == 1
        shown = await api.result("openOrders.status", **api.timed(recvWindow=1000))
        assert len(shown) == 1
        assert await api.result("session.status") == status(venue, **on)
        assert await api.result("session.logout") == status(venue)
        assert await api.refusal("order.place", **api.timed(**ORDER)) == (400, -1102)


async def test_a_request_of_a_session_has_a_time(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await log_on(api, own_key(venue))
        assert await api.refusal("order.place", **ORDER) == (400, -1102)
        late = api.timed(**ORDER)
        venue.clock.now_us += 5_000_001
        assert await api.refusal("order.place", **late) == (400, -1021)
        wide = {**late, "recvWindow": 60_001}
        assert await api.refusal("order.place", **wide) == (400, -1102)


async def test_another_key_for_one_request_or_from_now_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await log_on(api, own_key(venue))
        await api.result("order.place", **api.timed(**ORDER))
        of_bob = await api.result("openOrders.status", **api.signed(venue.bob.key))
        assert of_bob == []
        assert len(await api.result("openOrders.status", **api.timed())) == 1
        assert venue.bob.key is not None
        unsigned = api.timed(apiKey=venue.bob.key.key)
        assert await api.refusal("openOrders.status", **unsigned) == (400, -1102)
        bobs = own_key(venue, account=2)
        await log_on(api, bobs)
        assert await api.result("openOrders.status", **api.timed()) == []
        assert (await api.result("session.status"))["apiKey"] == bobs.key


async def test_who_cannot_log_on(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        rsa = RsaPair()
        with_rsa = venue.keys.create(AccountId(1), "alice", TRADER, public_key=rsa.public)
        key = own_key(venue)
        signed = api.signed(key, PAIR.sign)
        for params, refused in (
            (api.signed(venue.alice.key), (400, -1020)),
            (api.signed(with_rsa, rsa.sign), (400, -1020)),
            (api.signed(key, rsa.sign), (400, -1022)),
            ({}, (400, -1102)),
            ({"apiKey": key.key}, (400, -1102)),
            (api.signed(key, PAIR.sign, more="1"), (400, -1104)),
            ({**signed, "apiKey": with_rsa.key}, (400, -1022)),
        ):
            assert await api.refusal("session.logon", **params) == refused, params
        assert (await api.result("session.logon", **signed))["apiKey"] == key.key
        assert await api.refusal("session.logon", **signed) == (400, -1022), "once"
        assert await api.refusal("session.logon", **api.timed()) == (400, -1102)


async def test_a_deleted_key_ends_its_session(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        key = own_key(venue)
        await log_on(api, key)
        venue.keys.delete(key.key)
        await api.ear.say({"id": 7, "method": "ping"})
        said = await api.reply(None)
        assert (said["status"], said["error"]["code"]) == (401, -2015)
        assert await api.result("session.status") == status(venue)


async def test_events_of_a_session(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        assert await api.refusal(SUBSCRIBE) == (401, -2015)
        await log_on(api, own_key(venue))
        assert await api.result(SUBSCRIBE) == {"subscriptionId": 0}
        assert (await api.result("session.status"))["userDataStream"] is True
        assert await api.refusal(SUBSCRIBE) == (400, -2035)
        assert await api.refusal(SUBSCRIBE_SIGNED, **api.signed(venue.alice.key)) == (400, -2035)
        await api.result("order.place", **api.timed(**ORDER))
        report = await api.event()
        assert report["subscriptionId"] == 0
        assert (report["event"]["e"], report["event"]["x"]) == ("executionReport", "NEW")
        position = (await api.event())["event"]
        assert (position["e"], position["u"]) == (
            "outboundAccountPosition",
            venue.clock.now_us // 1000,
        )
        assert await api.result("session.logout") == status(venue)
        ended = {"e": "eventStreamTerminated", "E": venue.clock.now_us // 1000}
        assert api.events == [{"subscriptionId": 0, "event": ended}]


async def test_several_accounts_on_one_connection(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        for number, client in enumerate((venue.alice, venue.bob)):
            result = await api.result(SUBSCRIBE_SIGNED, **api.signed(client.key))
            assert result == {"subscriptionId": number}
        both = [{"subscriptionId": 0}, {"subscriptionId": 1}]
        assert await api.result("session.subscriptions") == both
        await venue.bob.signed("POST /api/v3/order", _query({**ORDER, "side": "SELL"}))
        heard = [await api.event() for _ in range(2)]
        assert [each["subscriptionId"] for each in heard] == [1, 1]
        assert await api.result(UNSUBSCRIBE, subscriptionId=1) == {}
        assert api.events.pop()["event"]["e"] == "eventStreamTerminated"
        assert await api.refusal(UNSUBSCRIBE, subscriptionId=1) == (400, -2036)
        result = await api.result(SUBSCRIBE_SIGNED, **api.signed(venue.bob.key))
        assert result == {"subscriptionId": 2}, "no number is given twice"
        assert await api.result(UNSUBSCRIBE) == {}
        assert [each["subscriptionId"] for each in api.events] == [0, 2]
        assert await api.result("session.subscriptions") == []
        await venue.bob.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
        await api.result("ping")
        assert len(api.events) == 2, "nothing more is said"


def _query(params: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in params.items())


async def test_logging_out_ends_no_signed_subscription(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await api.result(SUBSCRIBE_SIGNED, **api.signed(venue.bob.key))
        await log_on(api, own_key(venue))
        await api.result(SUBSCRIBE)
        await api.result("session.logout")
        assert await api.result("session.subscriptions") == [{"subscriptionId": 0}]


async def test_who_cannot_subscribe(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        trades_only = own_key(venue, Permission.TRADE)
        await log_on(api, trades_only)
        assert await api.refusal(SUBSCRIBE) == (401, -2015)
        signed = api.signed(trades_only, PAIR.sign)
        assert await api.refusal(SUBSCRIBE_SIGNED, **signed) == (401, -2015)
        assert await api.refusal(SUBSCRIBE_SIGNED, **api.timed()) == (400, -1102)
        wrong = {**api.signed(venue.alice.key), "signature": "00"}
        assert await api.refusal(SUBSCRIBE_SIGNED, **wrong) == (400, -1022)


async def test_so_many_subscriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws_subscriptions, "SUBSCRIPTIONS_MAX", 1)
    monkeypatch.setattr(ws_subscriptions, "SUBSCRIPTION_IDS_MAX", 2)
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice, bob = venue.alice.key, venue.bob.key
        await api.result(SUBSCRIBE_SIGNED, **api.signed(alice))
        assert await api.refusal(SUBSCRIBE_SIGNED, **api.signed(bob)) == (400, -2042)
        await api.result(UNSUBSCRIBE)
        await api.result(SUBSCRIBE_SIGNED, **api.signed(bob))
        await api.result(UNSUBSCRIBE)
        said = await api.call(SUBSCRIBE_SIGNED, **api.signed(bob))
        assert said["error"]["msg"] == "Maximum subscription ID reached for this connection."


async def test_nobody_listens_with_a_deleted_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LOOK_EVERY_SECONDS", 0.01)
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        key = venue.keys.create(AccountId(1), "alice", Permission.READ)
        await api.result(SUBSCRIBE_SIGNED, **api.signed(key))
        venue.keys.delete(key.key)
        assert (await api.event())["event"]["e"] == "eventStreamTerminated"
        assert await api.result("session.subscriptions") == []


async def test_events_in_microseconds_and_with_numbers(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ws_api(venue, "?timeUnit=MICROSECOND&sequence=true") as api,
    ):
        await api.result(SUBSCRIBE_SIGNED, **api.signed(venue.alice.key))
        await venue.alice.signed("POST /api/v3/order", _query(ORDER))
        heard = [await api.event() for _ in range(2)]
        assert heard[0]["event"]["T"] == venue.clock.now_us
        assert heard[1]["sequence"] == heard[0]["sequence"] + 1


async def open_orders(venue: Venue) -> int:
    return len((await venue.alice.signed("GET /api/v3/openOrders")).json)


async def until_orders_are_gone(venue: Venue) -> None:
    async with asyncio.timeout(10):
        while await open_orders(venue):
            pass


async def status_of_order(venue: Venue) -> str | None:
    found = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&orderId=1")
    status: str | None = found.json.get("status")
    return status


@pytest.mark.parametrize("how", ["closed", "cut off", "stopped"])
async def test_orders_go_when_the_connection_goes(tmp_path: Path, how: str) -> None:
    """All of the account's, wherever they were placed."""
    async with open_doors(tmp_path) as (venue, doors):
        await venue.alice.signed("POST /api/v3/order", _query(ORDER))
        await venue.bob.signed("POST /api/v3/order", _query(ORDER))
        async with ws_api(venue) as api:
            await log_on(api, own_key(venue))
            said = await api.result(CANCEL_ON_DISCONNECT, **api.timed(enabled=True))
            assert said == {"cancelOnDisconnect": True}
            await api.result("order.place", **api.timed(**{**ORDER, "symbol": "ETHUSDT"}))
            if how == "cut off":
                api.ear.socket.transport.abort()
                await api.ear.socket.wait_closed()
            elif how == "stopped":
                await doors.close()
                await api.ear.closed()
        await until_orders_are_gone(venue)
        assert len((await venue.bob.signed("GET /api/v3/openOrders")).json) == 1


async def test_an_order_in_flight_goes_too(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        async with ws_api(venue) as api:
            signed = api.signed(venue.alice.key, enabled=True)
            await api.result(CANCEL_ON_DISCONNECT, **signed)
            await venue.engine._sequencer.hold()
            params = api.signed(venue.alice.key, **ORDER)
            await api.ear.say({"id": 1, "method": "order.place", "params": params})
            await api.result("ping")
        assert venue.engine.waiting_commands == 1
        venue.engine._sequencer.resume()
        async with asyncio.timeout(10):
            while await status_of_order(venue) != "CANCELED":
                pass


async def test_orders_stay_for_whoever_does_not_ask(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors):
        async with ws_api(venue) as api:
            alice = venue.alice.key
            await api.result(CANCEL_ON_DISCONNECT, **api.signed(alice, enabled=True))
            await api.result(CANCEL_ON_DISCONNECT, **api.signed(alice, enabled=False))
            await api.result("order.place", **api.signed(alice, **ORDER))
            for params, refused in (
                (api.signed(alice), (400, -1102)),
                (api.signed(alice, enabled="yes"), (400, -1100)),
                (api.timed(enabled=True), (400, -1102)),
            ):
                assert await api.refusal(CANCEL_ON_DISCONNECT, **params) == refused
            reader = venue.keys.create(AccountId(1), "alice", Permission.READ)
            signed = api.signed(reader, enabled=True)
            assert await api.refusal(CANCEL_ON_DISCONNECT, **signed) == (401, -2015)
        async with asyncio.timeout(10):
            while len(doors.connections):  # noqa: ASYNC110 - nobody else is told
                await asyncio.sleep(0)
        assert await open_orders(venue) == 1


async def test_clients_hear_of_a_planned_stop(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors), ws_api(venue) as api:
        await api.result("ping")
        await doors.close()
        stop = {"e": "serverShutdown", "E": venue.clock.now_us // 1000}
        assert await api.event() == {"event": stop}
        code, _ = await api.ear.closed()
        assert code == 1012


async def test_a_planned_stop_answers_what_is_in_flight(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, doors), ws_api(venue) as api:
        await venue.engine._sequencer.hold()
        params = api.signed(venue.alice.key, **ORDER)
        await api.ear.say({"id": 1, "method": "order.place", "params": params})
        await api.result("ping")
        stopping = asyncio.create_task(doors.close())
        assert "event" in await api.event()
        await api.ear.say({"id": "too late", "method": "ping"})
        venue.engine._sequencer.resume()
        assert (await api.reply(1))["status"] == 200
        await stopping
        assert (await api.ear.closed())[0] == 1012


async def test_only_text_is_understood(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await api.ear.say(b'{"id":1,"method":"ping"}')
        with pytest.raises(websockets.ConnectionClosed):
            await api.ear.hear()
        assert api.ear.socket.close_code == 1003
