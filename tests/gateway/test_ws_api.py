"""The WebSocket API: the endpoints of the table over one connection, with REST's answers."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets

from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.ws_session import REQUESTS_IN_FLIGHT_MAX
from tests.gateway.doors import open_doors
from tests.gateway.venue import START_US, Venue
from tests.gateway.ws_api import PATH, Api, ws_api

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.5",
    "price": "50000",
}


async def test_a_method_answers_what_rest_answers(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        assert await api.result("ping") == {}
        assert await api.result("v3/time") == {"serverTime": START_US // 1000}
        for method, path, params in (
            ("exchangeInfo", "exchangeInfo", {"symbols": ["BTCUSDT", "ETHBTC"]}),
            ("exchangeInfo", "exchangeInfo", {"showPermissionSets": False}),
            ("depth", "depth", {"symbol": "BTCUSDT", "limit": 5}),
            ("ticker.24hr", "ticker/24hr", {"symbols": ["BTCUSDT"], "type": "MINI"}),
        ):
            said = await api.result(method, **params)
            query = "&".join(f"{name}={_in_query(value)}" for name, value in params.items())
            assert said == (await venue.anyone.call(f"GET /api/v3/{path}", query)).json


def _in_query(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ",".join(f'"{each}"' for each in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


async def test_every_row_with_a_name_is_there(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        for row in ENDPOINTS:
            if row.ws is not None:
                said = await api.call(row.ws)
                assert said.get("error", {}).get("code") != -1020, row.ws
                if row.security.keyed:
                    assert (said["status"], said["error"]["code"]) == (400, -1102), row.ws


async def test_an_order_lives(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        placed = await api.result("order.place", **api.signed(alice, **ORDER))
        assert (placed["orderId"], placed["status"], placed["fills"]) == (1, "NEW", [])
        found = await api.result("order.status", **api.signed(alice, symbol="BTCUSDT", orderId=1))
        assert found["origQty"] == "0.50000000"
        shown = await api.result("openOrders.status", **api.signed(alice))
        assert [order["orderId"] for order in shown] == [1]
        rest = await venue.alice.signed("GET /api/v3/openOrders")
        assert rest.json == shown
        canceled = await api.result(
            "order.cancel", **api.signed(alice, symbol="BTCUSDT", orderId=1)
        )
        assert canceled["status"] == "CANCELED"
        missing = await api.refusal(
            "order.cancel", **api.signed(alice, symbol="BTCUSDT", orderId=1)
        )
        assert missing == (400, -2011)


REPLACE = {**ORDER, "price": "50010", "cancelReplaceMode": "STOP_ON_FAILURE"}
PARTS = ("cancelResult", "newOrderResult")


# (what is changed, status, code, the two results)
REPLACED: list[tuple[dict[str, Any], int, int | None, tuple[str, str]]] = [
    ({"cancelOrderId": 1}, 200, None, ("SUCCESS", "SUCCESS")),
    ({"cancelOrderId": 99}, 400, -2022, ("FAILURE", "NOT_ATTEMPTED")),
    (
        {"cancelOrderId": 99, "cancelReplaceMode": "ALLOW_FAILURE"},
        409,
        -2021,
        ("FAILURE", "SUCCESS"),
    ),
    ({"cancelOrderId": 2, "side": "SELL", "quantity": "101"}, 409, -2021, ("SUCCESS", "FAILURE")),
]


async def test_a_replacement_says_what_became_of_both(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        await api.result("order.place", **api.signed(alice, **ORDER))
        for changes, status, code, results in REPLACED:
            params = api.signed(alice, **{**REPLACE, **changes})
            said = await api.call("order.cancelReplace", **params)
            assert said["status"] == status, changes
            parts = said["result"] if code is None else said["error"]["data"]
            assert tuple(parts[part] for part in PARTS) == results
            assert said.get("error", {}).get("code") == code


async def test_listen_keys_want_a_key_and_no_signature(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        assert alice is not None
        made = await api.result("userDataStream.start", apiKey=alice.key)
        renewed = {"apiKey": alice.key, **made}
        assert await api.result("userDataStream.ping", **renewed) == {}
        assert await api.result("userDataStream.stop", **renewed) == {}
        assert await api.refusal("userDataStream.stop", **renewed) == (400, -1125)


async def test_values_are_read_as_they_are_written(tmp_path: Path) -> None:
    """Numbers may be texts and texts numbers; none becomes a float on the way."""
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        assert alice is not None
        raw = api.signed(alice, **{**ORDER, "quantity": "0.50000", "price": "50000.10"})
        text = (
            '{"id":null,"method":"order.place","params":{"symbol":"BTCUSDT","side":"BUY",'
            '"type":"LIMIT","timeInForce":"GTC","quantity":0.50000,"price":50000.10,'
            f'"apiKey":"{alice.key}","signature":"{raw["signature"]}",'
            f'"timestamp":"{raw["timestamp"]}"}}}}'
        )
        await api.ear.say(text)
        said = await api.reply(None)
        assert (said["result"]["price"], said["result"]["origQty"]) == (
            "50000.10000000",
            "0.50000000",
        )


# (what is sent, id, status, code)
REFUSED: list[tuple[str, Any, int, int]] = [
    ("", None, 400, -1135),
    ("[]", None, 400, -1135),
    ("{", None, 400, -1135),
    ('{"id":1,"method":"ping"} x', None, 400, -1135),
    ('{"id":1,"id":1,"method":"ping"}', None, 400, -1135),
    ('{"id":1,"method":"depth","params":{"symbol":"A","symbol":"B"}}', None, 400, -1135),
    ('{"id":1,"method":"depth","params":{"limit":NaN}}', None, 400, -1135),
    ("[" * 50_000, None, 400, -1135),
    ('{"method":"ping"}', None, 400, -1102),
    ('{"id":1}', 1, 400, -1102),
    ('{"id":1,"method":7}', 1, 400, -1102),
    ('{"id":1.5,"method":"ping"}', None, 400, -1100),
    ('{"id":9223372036854775808,"method":"ping"}', None, 400, -1100),
    ('{"id":"a b","method":"ping"}', None, 400, -1100),
    (f'{{"id":"{"x" * 37}","method":"ping"}}', None, 400, -1100),
    ('{"id":true,"method":"ping"}', None, 400, -1100),
    ('{"id":"abc-1","method":"pong"}', "abc-1", 400, -1020),
    ('{"id":1,"method":"v3/v3/ping"}', 1, 400, -1020),
    ('{"id":1,"method":"ping","more":1}', 1, 400, -1103),
    ('{"id":1,"method":"ping","params":[]}', 1, 400, -1130),
    ('{"id":1,"method":"ping","params":{"x":1}}', 1, 400, -1104),
    ('{"id":1,"method":"depth","params":{"symbol":null}}', 1, 400, -1105),
    ('{"id":1,"method":"depth","params":{"symbol":{}}}', 1, 400, -1130),
    ('{"id":1,"method":"depth","params":{"symbol":"X\\ud800"}}', 1, 400, -1135),
    ('{"id":1,"method":"depth","params":{"symbol":"XUSDT"}}', 1, 400, -1121),
    ('{"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":1e2}}', 1, 400, -1100),
    ('{"id":1,"method":"exchangeInfo","params":{"symbols":[1]}}', 1, 400, -1130),
    ('{"id":1,"method":"ping","params":{"returnRateLimits":1}}', 1, 400, -1100),
    ('{"id":1,"method":"account.status"}', 1, 400, -1102),
    ('{"id":1,"method":"account.status","params":{"apiKey":"x"}}', 1, 401, -2014),
    (f'{{"id":1,"method":"account.status","params":{{"apiKey":"{"x" * 64}"}}}}', 1, 401, -2015),
]


async def test_what_is_refused(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        for text, id_, status, code in REFUSED:
            await api.ear.say(text)
            said = await api.reply(id_)
            assert (said["status"], said["error"]["code"]) == (status, code), text
        assert await api.result("ping") == {}


async def test_a_refusal_says_what_rest_says(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        said = await api.call(
            "order.place", **api.signed(alice, **{**ORDER, "side": "SELL", "quantity": "101"})
        )
        assert said["error"] == {
            "code": -2010,
            "msg": "Account has insufficient balance for requested action.",
        }
        params = api.signed(alice, symbol="BTCUSDT")
        for change in ({"signature": "0" * 64}, {"symbol": "ETHBTC"}, {"recvWindow": 5000}):
            refused = await api.refusal("openOrders.status", **{**params, **change})
            assert refused == (400, -1022), change
        del params["signature"]
        assert await api.refusal("openOrders.status", **params) == (400, -1102)
        late = api.signed(alice, symbol="BTCUSDT")
        venue.clock.now_us += 5_000_001
        assert await api.refusal("openOrders.status", **late) == (400, -1021)


async def test_what_needs_no_key_may_be_signed(tmp_path: Path) -> None:
    """As ccxt does with depth and klines; but then the signature has to be right."""
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        alice = venue.alice.key
        assert alice is not None
        params = api.signed(alice, symbol="BTCUSDT", recvWindow=5000)
        for _ in range(2):
            assert "bids" in await api.result("depth", **params)
        assert "bids" in await api.result("depth", symbol="BTCUSDT", apiKey=alice.key)
        assert await api.refusal("depth", **{**params, "signature": "00"}) == (400, -1022)
        assert await api.refusal("depth", symbol="BTCUSDT", apiKey="x") == (401, -2014)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ("?timeUnit=SECOND", 400),
        ("?returnRateLimits=1", 400),
        ("?responseFormat=sbe&sbeSchemaId=3&sbeSchemaVersion=5", 400),
        ("?more=1", 400),
    ],
)
async def test_what_an_address_cannot_ask_for(tmp_path: Path, options: str, status: int) -> None:
    async with open_doors(tmp_path) as (venue, _):
        with pytest.raises(websockets.InvalidStatus) as refused:
            async with ws_api(venue, options):
                pass
        assert refused.value.response.status_code == status


async def test_times_in_microseconds(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        for unit in ("MICROSECOND", "microsecond"):
            async with ws_api(venue, f"?timeUnit={unit}") as api:
                assert await api.result("time") == {"serverTime": START_US}
                assert (await api.result("session.status"))["connectedSince"] == START_US


async def test_a_request_does_not_wait_for_another(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await venue.engine._sequencer.hold()
        await api.ear.say({"id": "slow", "method": "order.place", "params": _order(api, venue)})
        await api.ear.say({"id": "fast", "method": "ping"})
        assert (await api.ear.hear())["id"] == "fast"
        venue.engine._sequencer.resume()
        assert (await api.ear.hear())["id"] == "slow"


def _order(api: Api, venue: Venue, **changes: str) -> dict[str, Any]:
    return api.signed(venue.alice.key, **{**ORDER, "quantity": "0.001", **changes})


async def test_so_many_are_in_flight_and_then_nothing_is_read(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ws_api(venue) as api:
        await venue.engine._sequencer.hold()
        count = REQUESTS_IN_FLIGHT_MAX + 10
        for number in range(count):
            params = _order(api, venue, timeInForce="IOC")
            await api.ear.say({"id": number, "method": "order.place", "params": params})
        async with ws_api(venue) as other:
            await other.result("ping")
        assert venue.engine.waiting_commands == REQUESTS_IN_FLIGHT_MAX
        venue.engine._sequencer.resume()
        said = await api.ear.hear_many(count)
        assert sorted(each["id"] for each in said) == list(range(count))
        assert {each["status"] for each in said} == {200}


async def test_many_connections_at_once(tmp_path: Path) -> None:
    async def trade(venue: Venue) -> None:
        async with ws_api(venue) as api:
            for _ in range(5):
                await api.result("order.place", **_order(api, venue))

    async with open_doors(tmp_path) as (venue, _):
        await asyncio.gather(*[trade(venue) for _ in range(20)])
        shown = (await venue.alice.signed("GET /api/v3/openOrders")).json
        assert len(shown) == 100


async def test_plain_http_is_told_to_upgrade(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{venue.port}{PATH}")
        assert answer.status_code == 426
