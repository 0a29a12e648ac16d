"""Market streams over real sockets: what is sent, and how a client asks for it."""

from pathlib import Path
from typing import Any

from rialto.gateway.ws_streams import STREAMS_MAX
from tests.gateway.doors import ear, open_doors
from tests.gateway.venue import Client, Venue

ORDER = "POST /api/v3/order"


async def limit(client: Client, side: str, quantity: str, price: str) -> Any:
    parameters = f"symbol=BTCUSDT&side={side}&type=LIMIT&timeInForce=GTC"
    return await client.signed(ORDER, f"{parameters}&quantity={quantity}&price={price}")


async def trade_once(venue: Venue) -> None:
    await limit(venue.alice, "SELL", "2", "20000")
    await limit(venue.bob, "BUY", "0.5", "20000")


async def test_a_trade_is_told_to_raw_and_combined_readers_in_their_time_unit(
    tmp_path: Path,
) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt@trade") as raw,
        ear(venue, "/stream?streams=btcusdt@trade&timeUnit=MICROSECOND") as combined,
    ):
        await trade_once(venue)
        told = {
            "e": "trade",
            "E": venue.clock.now_us // 1000,
            "s": "BTCUSDT",
            "t": 1,
            "p": "20000.00000000",
            "q": "0.50000000",
            "T": venue.clock.now_us // 1000,
            "m": False,
            "M": True,
        }
        assert await raw.hear() == told
        in_us = {**told, "E": venue.clock.now_us, "T": venue.clock.now_us}
        assert await combined.hear() == {"stream": "btcusdt@trade", "data": in_us}


async def test_as_many_streams_as_there_may_be_can_be_named_in_an_address(tmp_path: Path) -> None:
    names = "/".join(["btcusdt@kline_1m%40%2B08:00"] * (STREAMS_MAX - 1) + ["btcusdt@trade"])
    assert len(names) > 24 * 1024
    async with open_doors(tmp_path) as (venue, _), ear(venue, f"/stream?streams={names}") as heard:
        await heard.say('{"method":"LIST_SUBSCRIPTIONS","id":1}')
        listed = await heard.hear()
        assert set(listed["result"]) == {"btcusdt@kline_1m@+08:00", "btcusdt@trade"}


async def test_the_best_prices_are_told_whenever_they_change(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/btcusdt@bookTicker") as heard:
        await limit(venue.alice, "SELL", "2", "20000")
        await limit(venue.alice, "SELL", "2", "20001")  # changes nothing at the top
        await limit(venue.bob, "BUY", "1", "19999.5")
        await limit(venue.bob, "BUY", "2", "20000")

        def best(u: int, bid: tuple[str, str], ask: tuple[str, str]) -> dict[str, Any]:
            (b, bid_lots), (a, ask_lots) = bid, ask
            return {"u": u, "s": "BTCUSDT", "b": b, "B": bid_lots, "a": a, "A": ask_lots}

        nothing = ("0.00000000", "0.00000000")
        bid = ("19999.50000000", "1.00000000")
        assert await heard.hear_many(3) == [
            best(1, nothing, ("20000.00000000", "2.00000000")),
            best(3, bid, ("20000.00000000", "2.00000000")),
            best(4, bid, ("20001.00000000", "2.00000000")),
        ]


async def test_changed_levels_are_told_with_update_ids_that_leave_no_gap(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/btcusdt@depth@100ms") as heard:
        last = 0
        for step in range(3):
            await limit(venue.alice, "SELL", "1", f"2000{step}")
            change = await heard.hear()
            assert change == {
                "e": "depthUpdate",
                "E": change["E"],
                "s": "BTCUSDT",
                "U": last + 1,
                "u": last + 1,
                "b": [],
                "a": [[f"2000{step}.00000000", "1.00000000"]],
            }
            last = change["u"]
        await limit(venue.bob, "BUY", "1", "20000")
        assert (await heard.hear())["a"] == [["20000.00000000", "0.00000000"]]


async def test_the_slow_depth_stream_sums_up_what_the_fast_one_tells(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, _),
        ear(venue, "/ws/btcusdt@depth@100ms") as fast,
        ear(venue, "/stream?streams=btcusdt@depth/btcusdt@depth@1000ms") as slow,
    ):
        for price in ("20000", "20001"):
            await limit(venue.alice, "SELL", "1", price)
            await fast.hear()
        first, second = await slow.hear_many(2)
        assert (first["stream"], second["stream"]) == ("btcusdt@depth", "btcusdt@depth@1000ms")
        assert first["data"] == second["data"]
        assert (first["data"]["U"], first["data"]["u"], len(first["data"]["a"])) == (1, 2, 2)


async def test_a_client_subscribes_lists_and_unsubscribes(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws/0") as client:
        names = ["btcusdt@trade", "nosuch@trade"]
        subscribe = {"method": "SUBSCRIBE", "params": names, "id": 1}
        assert await client.ask(subscribe) == {"result": None, "id": 1}
        listed = {"method": "LIST_SUBSCRIPTIONS", "id": "a-2"}
        assert await client.ask(listed) == {"result": ["0", *names], "id": "a-2"}
        await trade_once(venue)
        assert (await client.hear())["e"] == "trade"

        unsubscribe = {"method": "UNSUBSCRIBE", "params": ["btcusdt@trade", "0"], "id": None}
        assert await client.ask(unsubscribe) == {"result": None, "id": None}
        await trade_once(venue)
        assert await client.ask(listed) == {"result": ["nosuch@trade"], "id": "a-2"}


async def test_the_wrapper_is_a_property_of_the_connection(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        asked = {"method": "GET_PROPERTY", "params": ["combined"], "id": 1}
        assert await client.ask(asked) == {"result": False, "id": 1}
        change = {"method": "SET_PROPERTY", "params": ["combined", True], "id": 2}
        assert await client.ask(change) == {"result": None, "id": 2}
        assert await client.ask(asked) == {"result": True, "id": 1}
        await client.ask({"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 3})
        await trade_once(venue)
        assert (await client.hear())["stream"] == "btcusdt@trade"


UNKNOWN = (
    "Invalid request: unknown variant `{}`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
    "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column {}"
)
BAD_REQUESTS = [
    ("{", 3, "Invalid JSON: expected value at line 1 column 2"),
    ("[" * 5000, 3, "Invalid JSON: number or depth out of range"),
    ("[]", 2, "Invalid request: expected an object"),
    ('{"id":1}', 2, "Invalid request: missing field `method` at line 1 column 8"),
    ('{"method":"TRADE","id":1}', 2, UNKNOWN.format("TRADE", 11)),
    ('{"method":7}', 2, UNKNOWN.format("...", 11)),
    ('{"method":"\\ud800"}', 2, UNKNOWN.format("...", 11)),
    (
        '{"method":"SUBSCRIBE","params":[],"id":1.5}',
        2,
        "Invalid request: request ID must be an unsigned integer",
    ),
    ('{"method":"SUBSCRIBE","id":1}', 2, "Invalid request: params must be an array"),
    (
        '{"method":"SUBSCRIBE","params":[1],"id":1}',
        2,
        "Invalid request: stream names must be strings",
    ),
    (
        '{"method":"SUBSCRIBE","params":["\\ud800"],"id":1}',
        2,
        "Invalid request: impossible stream name",
    ),
    ('{"method":"SUBSCRIBE","params":[],"method":"x"}', 2, "Invalid request: duplicate field"),
    (
        '{"method":"LIST_SUBSCRIPTIONS","params":["x"],"id":1}',
        2,
        "Invalid request: too many parameters",
    ),
    ('{"method":"SET_PROPERTY","params":["x",true],"id":1}', 0, "Unknown property"),
    (
        '{"method":"SET_PROPERTY","params":["combined",1],"id":1}',
        1,
        "Invalid value type: expected Boolean",
    ),
    (
        '{"method":"GET_PROPERTY","params":[1],"id":1}',
        2,
        "Invalid request: property name must be a string",
    ),
    (
        '{"method":"GET_PROPERTY","params":["combined",1],"id":1}',
        2,
        "Invalid request: too many parameters",
    ),
]


async def test_a_bad_request_is_answered_with_an_error_and_changes_nothing(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        errors = []
        for text, _, _ in BAD_REQUESTS:
            async with ear(venue, "/stream") as client:
                error = (await client.ask(text))["error"]
                errors.append((text, error["code"], error["msg"]))
                left = await client.ask({"method": "LIST_SUBSCRIPTIONS", "id": 9})
                assert left == {"result": [], "id": 9}
        assert errors == BAD_REQUESTS


async def test_a_connection_reads_a_limited_number_of_streams(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _), ear(venue, "/ws") as client:
        names = [f"s{number}@trade" for number in range(STREAMS_MAX + 1)]
        reply = await client.ask({"method": "SUBSCRIBE", "params": names, "id": 1})
        assert reply["error"]["code"] == 2
        fewer = {"method": "SUBSCRIBE", "params": names[1:], "id": 2}
        assert await client.ask(fewer) == {"result": None, "id": 2}


IMPOSSIBLE = [
    ("streams=" + "/".join(f"s{number}" for number in range(STREAMS_MAX + 1)), -1101),
    ("streams=a&streams=b", -1101),
    ("streams=%00", -1130),
    ("streams=%ff", -1100),
    ("streams=a&timeUnit=SECOND", -1194),
]


async def test_an_impossible_address_is_refused(tmp_path: Path) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with open_doors(tmp_path) as (venue, _):
        for query, code in IMPOSSIBLE:
            reply = await venue.client().call("GET /stream", query, headers=upgrade)
            assert (reply.status, reply.code) == (400, code)


async def test_readers_are_told_that_the_server_is_about_to_stop(tmp_path: Path) -> None:
    async with (
        open_doors(tmp_path) as (venue, doors),
        ear(venue, "/ws/btcusdt@trade") as raw,
        ear(venue, "/stream") as combined,
    ):
        await raw.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        await combined.ask({"method": "LIST_SUBSCRIPTIONS", "id": 1})
        await doors.close()
        told = {"e": "serverShutdown", "E": venue.clock.now_us // 1000}
        assert await raw.hear() == told
        assert await combined.hear() == {"stream": "!serverShutdown", "data": told}
        assert (await raw.closed())[0] == 1012
