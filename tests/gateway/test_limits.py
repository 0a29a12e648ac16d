"""How much may be asked for: weights, order counts, a full inbox, an engine that stops."""

import asyncio
from pathlib import Path

import pytest

from rialto.engine.errors import EngineStopped
from rialto.gateway import patience, sources
from rialto.gateway.caller import Caller
from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.weights import COUNTED_MAX, Window
from rialto.gateway.wire.errors import TOO_MUCH_WEIGHT, Refused
from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from rialto.messages.commands import ALL_INSTRUMENTS, CancelAllOrders
from rialto.messages.ids import AccountId
from tests.gateway.venue import START_US, running

LIMIT_BUY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000"
MINUTE = 60_000_000
SMALL = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 50),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 1_000),
    RateLimit("ORDERS", "SECOND", 10, 3),
    RateLimit("ORDERS", "DAY", 1, 5),
)
TOO_MUCH = (
    "Too much request weight used; current limit is 50 request weight per 1 MINUTE. "
    "Please use WebSocket Streams for live updates to avoid polling the API."
)

# what is asked for, and what it weighs
WEIGHTS = [
    ("GET /api/v3/ping", "", 1),
    ("GET /api/v3/exchangeInfo", "", 20),
    ("GET /api/v3/depth", "symbol=BTCUSDT", 5),
    ("GET /api/v3/depth", "symbol=BTCUSDT&limit=100", 5),
    ("GET /api/v3/depth", "symbol=BTCUSDT&limit=101", 25),
    ("GET /api/v3/depth", "symbol=BTCUSDT&limit=501", 50),
    ("GET /api/v3/depth", "symbol=BTCUSDT&limit=1001", 250),
    ("GET /api/v3/ticker/24hr", "symbol=BTCUSDT", 2),
    ("GET /api/v3/ticker/24hr", 'symbols=["BTCUSDT","ETHBTC"]', 2),
    ("GET /api/v3/ticker/24hr", "", 80),
    ("GET /api/v3/ticker/price", "symbol=BTCUSDT", 2),
    ("GET /api/v3/ticker/price", "", 4),
    ("GET /api/v3/openOrders", "symbol=BTCUSDT", 6),
    ("GET /api/v3/openOrders", "", 80),
    ("GET /api/v3/myTrades", "symbol=BTCUSDT", 20),
    ("GET /api/v3/myTrades", "symbol=BTCUSDT&orderId=1", 5),
    ("GET /api/v3/account", "", 20),
    ("POST /api/v3/order", LIMIT_BUY, 0),
    ("POST /api/v3/order", LIMIT_BUY.replace("BTC", "X"), 1),
    ("POST /api/v3/order/test", LIMIT_BUY, 1),
    ("POST /api/v3/order/test", LIMIT_BUY + "&computeCommissionRates=true", 20),
    ("DELETE /api/v3/openOrders", "symbol=BTCUSDT", 0),
    ("DELETE /api/v3/openOrders", "symbol=BTCUSDT", 1),
    ("GET /api/v3/depth", "symbol=%FF", 1),
    ("GET /nothing", "", 1),
]


async def test_weights(tmp_path: Path) -> None:
    signed = {row.rest for row in ENDPOINTS if row.security.signed}
    async with running(tmp_path) as venue:
        used = 0
        for rest, parameters, weight in WEIGHTS:
            if rest in signed:
                reply = await venue.alice.signed(rest, parameters)
            else:
                reply = await venue.anyone.call(rest, parameters)
            now_used = int(reply.headers["x-mbx-used-weight-1m"])
            assert now_used - used == weight, (rest, parameters)
            used = now_used


async def test_an_address_that_asks_too_much_waits_for_the_next_minute(tmp_path: Path) -> None:
    async with running(tmp_path, SMALL) as venue:
        venue.clock.now_us = START_US + 40_000_000
        for _ in range(2):
            assert (await venue.anyone.call("GET /api/v3/exchangeInfo")).status == 200
        over = await venue.anyone.call("GET /api/v3/exchangeInfo")
        assert (over.status, over.json) == (429, {"code": -1003, "msg": TOO_MUCH})
        assert over.headers["retry-after"] == "20"
        assert over.headers["x-mbx-used-weight-1m"] == "40"
        venue.clock.now_us = START_US + MINUTE
        again = await venue.anyone.call("GET /api/v3/exchangeInfo")
        assert (again.status, again.headers["x-mbx-used-weight-1m"]) == (200, "20")


async def test_requests_are_counted_whatever_they_weigh(tmp_path: Path) -> None:
    few = RateLimits(requests=RateLimit("RAW_REQUESTS", "MINUTE", 5, 3))
    async with running(tmp_path, few) as venue:
        for rest in ("GET /api/v3/ping", "GET /api/v3/exchangeInfo", "GET /nothing"):
            assert (await venue.anyone.call(rest)).status != 429
        over = await venue.anyone.call("GET /api/v3/ping")
        assert (over.status, over.code, over.headers["retry-after"]) == (429, -1003, "60")
        assert "current limit is 3 requests per 5 MINUTE." in over.json["msg"]
        assert over.headers["x-mbx-used-weight-1m"] == "22"
        venue.clock.now_us += MINUTE  # a whole five minutes, which it began 240 s into
        assert (await venue.anyone.call("GET /api/v3/ping")).status == 200


async def test_an_account_sends_so_many_orders(tmp_path: Path) -> None:
    async with running(tmp_path, SMALL) as venue:
        for count in ("1", "2", "3"):
            placed = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
            assert placed.headers["x-mbx-order-count-10s"] == count
            assert placed.headers["x-mbx-order-count-1d"] == count
        over = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
        message = "Too many new orders; current limit is 3 orders per 10 SECOND."
        assert (over.status, over.json) == (429, {"code": -1015, "msg": message})
        assert over.headers["retry-after"] == "10"
        assert (await venue.bob.signed("POST /api/v3/order", LIMIT_BUY)).status == 200

        venue.clock.now_us += 10_000_000
        refused = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY.replace("50000", "0"))
        assert (refused.status, refused.code) == (400, -1013)
        for count in ("4", "5"):
            placed = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
            assert placed.headers["x-mbx-order-count-1d"] == count
        over = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
        assert over.json["msg"] == "Too many new orders; current limit is 5 orders per 1 DAY."


async def test_first_fills_give_orders_back(tmp_path: Path) -> None:
    async with running(tmp_path) as venue:
        for _ in range(7):
            rested = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
        assert rested.headers["x-mbx-order-count-10s"] == "7"
        sell = LIMIT_BUY.replace("BUY", "SELL").replace("0.001", "0.0005")
        taken = [await venue.bob.signed("POST /api/v3/order", sell) for _ in range(2)]
        assert [each.headers["x-mbx-order-count-10s"] for each in taken] == ["0", "0"]
        # Two fills of one order of hers: only the first counts, as a maker's.
        more = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
        assert more.headers["x-mbx-order-count-10s"] == "3"


async def test_a_full_inbox_is_told_at_once(tmp_path: Path) -> None:
    async with running(tmp_path, inbox_commands_max=40) as venue:
        clients = [venue.client(venue.alice.key) for _ in range(80)]
        replies = await asyncio.gather(
            *[client.signed("POST /api/v3/order", LIMIT_BUY) for client in clients]
        )
        for client in clients:
            await client.close()
        accepted = [reply for reply in replies if reply.status == 200]
        busy = [reply for reply in replies if reply.status != 200]
        assert accepted
        assert {(reply.status, reply.code) for reply in busy} <= {(503, -1008)}
        shown = (await venue.alice.signed("GET /api/v3/openOrders")).json
        assert len(shown) == len(accepted)


async def test_an_engine_that_stopped_says_that_the_outcome_is_unknown(tmp_path: Path) -> None:
    async with running(tmp_path) as venue:
        stop = venue.engine._sequencer.stop
        stop("the disk is full")
        reply = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
        assert (reply.status, reply.code) == (502, -1006)
        with pytest.raises(EngineStopped):
            raise venue.engine.failed.result()


async def test_an_answer_that_does_not_come_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What becomes of the order is unknown then; a retry of it tells, and trades nothing twice."""
    monkeypatch.setattr(patience, "LOOK_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(sources, "ENGINE_SECONDS_MAX", 0.1)
    async with running(tmp_path) as venue:
        order = LIMIT_BUY + "&newClientOrderId=once"
        await venue.engine._sequencer.hold()
        waiting = await venue.alice.signed("POST /api/v3/order", order)
        assert (waiting.status, waiting.code) == (504, -1007)
        venue.engine._sequencer.resume()
        again = await venue.alice.signed("POST /api/v3/order", order)
        assert (again.status, again.json["orderId"]) == (200, 1)
        assert len((await venue.alice.signed("GET /api/v3/openOrders")).json) == 1


async def test_what_waited_too_long_does_not_reach_the_engine(tmp_path: Path) -> None:
    async with running(tmp_path) as venue:
        key = venue.alice.key
        caller = Caller("127.0.0.1", START_US, key=key, expires_us=START_US + 5_000_000)
        venue.clock.now_us = START_US + 5_000_001
        before = venue.engine.sequence
        with pytest.raises(Refused) as refused:
            await venue.gateway.sources.submit(
                caller, CancelAllOrders(AccountId(1), ALL_INSTRUMENTS)
            )
        assert refused.value.code == -1021
        assert venue.engine.sequence == before


def window(limit: int) -> Window:
    return Window(RateLimit("REQUEST_WEIGHT", "MINUTE", 1, limit), TOO_MUCH_WEIGHT)


def test_a_window_ends_on_the_minute_and_not_before() -> None:
    count = window(10)
    assert count.charge("a", 10, START_US) == 10
    with pytest.raises(Refused) as refused:
        count.charge("a", 1, START_US + MINUTE - 1)
    assert refused.value.retry_after_seconds == 1
    assert count.charge("b", 10, START_US + MINUTE - 1) == 10
    assert count.charge("a", 1, START_US + MINUTE) == 1
    assert count.used("b", START_US + MINUTE - 1) == 0, "a late one does not turn it back"
    assert count.used("a", START_US + MINUTE) == 1
    count.give_back("a", 5)
    assert count.used("a", START_US + MINUTE) == 0


def test_a_window_counts_so_many_at_most() -> None:
    count = window(10)
    for number in range(COUNTED_MAX):
        count.charge(number, 1, START_US)
    with pytest.raises(Refused) as refused:
        count.charge("one more", 1, START_US)
    assert refused.value.code == -1003
    assert count.charge(7, 1, START_US) == 2
