"""Cancel-replace: every row of the table of results, and what it leaves behind."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.gateway.wire.rate_limits import RateLimit, RateLimits
from tests.gateway.venue import Reply, Venue, running

REPLACE = "POST /api/v3/order/cancelReplace"
BUY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
NEW = BUY.replace("50000", "49000")
TOO_MUCH = BUY.replace("0.5", "150").replace("BUY", "SELL")  # more than the account has
TWO_ORDERS = RateLimits(
    RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 10**9),
    RateLimit("RAW_REQUESTS", "MINUTE", 5, 10**9),
    RateLimit("ORDERS", "SECOND", 10, 2),
    RateLimit("ORDERS", "DAY", 1, 10**9),
)
UNKNOWN = {"code": -2011, "msg": "Unknown order sent."}
NO_MONEY = {"code": -2010, "msg": "Account has insufficient balance for requested action."}
OVER = {"code": -1015, "msg": "Too many new orders; current limit is 2 orders per 10 SECOND."}
PARTLY = (-2021, "Order cancel-replace partially failed.")
FAILED = (-2022, "Order cancel-replace failed.")
STOP, ALLOW = "STOP_ON_FAILURE", "ALLOW_FAILURE"
Asked = tuple[str, str, str]  # mode, which order is to go, the new one or what else is sent
Failed = tuple[int, tuple[int, str], tuple[str, str], object, object]


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def replace(venue: Venue, new: str, mode: str, named: str, more: str = "") -> Reply:
    parameters = f"{new}&cancelReplaceMode={mode}&{named}{more}"
    return await venue.alice.signed(REPLACE, parameters)


def results(data: dict[str, Any]) -> tuple[str, str]:
    return data["cancelResult"], data["newOrderResult"]


async def test_one_goes_and_the_other_comes(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY + "&newClientOrderId=old")
    more = "&newClientOrderId=new&cancelNewClientOrderId=why"
    reply = await replace(venue, NEW, STOP, "cancelOrigClientOrderId=old", more)
    answer = reply.json
    assert (reply.status, results(answer)) == (200, ("SUCCESS", "SUCCESS"))
    old, new = answer["cancelResponse"], answer["newOrderResponse"]
    assert (old["orderId"], old["origClientOrderId"], old["clientOrderId"], old["status"]) == (
        1,
        "old",
        "why",
        "CANCELED",
    )
    assert (new["orderId"], new["clientOrderId"], new["price"], new["fills"]) == (
        2,
        "new",
        "49000.00000000",
        [],
    )
    assert reply.headers["x-mbx-order-count-10s"] == "2"
    still_open = (await venue.alice.signed("GET /api/v3/openOrders", "symbol=BTCUSDT")).json
    assert [order["orderId"] for order in still_open] == [2]


# What is asked; status, code, results, what each side says.
FAILURES: list[tuple[Asked, Failed]] = [
    (
        (STOP, "cancelOrderId=9", NEW),
        (400, FAILED, ("FAILURE", "NOT_ATTEMPTED"), UNKNOWN, None),
    ),
    (
        (STOP, "cancelOrderId=1", TOO_MUCH),
        (409, PARTLY, ("SUCCESS", "FAILURE"), 1, NO_MONEY),
    ),
    (
        (ALLOW, "cancelOrderId=9", TOO_MUCH),
        (400, FAILED, ("FAILURE", "FAILURE"), UNKNOWN, NO_MONEY),
    ),
    (
        (ALLOW, "cancelOrderId=9", NEW),
        (409, PARTLY, ("FAILURE", "SUCCESS"), UNKNOWN, 2),
    ),
    (
        (ALLOW, "cancelOrderId=1", TOO_MUCH),
        (409, PARTLY, ("SUCCESS", "FAILURE"), 1, NO_MONEY),
    ),
]


@pytest.mark.parametrize(("asked", "failed"), FAILURES)
async def test_parts_that_fail(venue: Venue, asked: Asked, failed: Failed) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY)
    mode, named, new = asked
    assert outcome(await replace(venue, new, mode, named)) == failed
    # What was not attempted counts all the same.
    usage = (await venue.alice.signed("GET /api/v3/rateLimit/order")).json
    assert [row["count"] for row in usage] == [2, 2]


def outcome(reply: Reply) -> Failed:
    answer = reply.json
    data = answer["data"]
    return (
        reply.status,
        (answer["code"], answer["msg"]),
        results(data),
        says(data["cancelResponse"]),
        says(data["newOrderResponse"]),
    )


def says(part: dict[str, Any] | None) -> object:
    """The id of an order; an error, and nothing, as they are."""
    return part["orderId"] if part and "orderId" in part else part


# The account may send no more.
CANCEL_ONLY = "&orderRateLimitExceededMode=CANCEL_ONLY"
OVER_THE_LIMIT: list[tuple[Asked, Failed]] = [
    (
        (STOP, "cancelOrderId=9", CANCEL_ONLY),
        (429, FAILED, ("FAILURE", "NOT_ATTEMPTED"), UNKNOWN, None),
    ),
    (
        (STOP, "cancelOrderId=1", CANCEL_ONLY),
        (429, PARTLY, ("SUCCESS", "FAILURE"), 1, OVER),
    ),
    (
        (ALLOW, "cancelOrderId=9", CANCEL_ONLY),
        (400, FAILED, ("FAILURE", "FAILURE"), UNKNOWN, OVER),
    ),
    (
        (ALLOW, "cancelOrderId=1", CANCEL_ONLY),
        (409, PARTLY, ("SUCCESS", "FAILURE"), 1, OVER),
    ),
]


@pytest.mark.parametrize(("asked", "failed"), OVER_THE_LIMIT)
async def test_over_the_limit_the_old_one_may_go_all_the_same(
    tmp_path: Path, asked: Asked, failed: Failed
) -> None:
    mode, named, more = asked
    async with running(tmp_path, TWO_ORDERS) as venue:
        for _ in range(2):
            await venue.alice.signed("POST /api/v3/order", BUY)
        reply = await replace(venue, NEW, mode, named, more)
        assert outcome(reply) == failed
        assert ("retry-after" in reply.headers) == (reply.status == 429)


@pytest.mark.parametrize("mode", [STOP, ALLOW])
@pytest.mark.parametrize("more", ["", "&orderRateLimitExceededMode=DO_NOTHING"])
async def test_over_the_limit_nothing_is_done_by_default(
    tmp_path: Path, mode: str, more: str
) -> None:
    async with running(tmp_path, TWO_ORDERS) as venue:
        for _ in range(2):
            await venue.alice.signed("POST /api/v3/order", BUY)
        reply = await replace(venue, NEW, mode, "cancelOrderId=1", more)
        assert (reply.status, reply.json) == (429, OVER)
        assert len((await venue.alice.signed("GET /api/v3/openOrders")).json) == 2


async def test_a_retry_gets_the_original_outcome(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY)
    first = await replace(venue, NEW, STOP, "cancelOrderId=1", "&newClientOrderId=once")
    again = await replace(venue, NEW, STOP, "cancelOrderId=1", "&newClientOrderId=once")
    assert (again.status, again.json) == (200, first.json)
    # The same new order, sent as an order: it is there already.
    placed = await venue.alice.signed("POST /api/v3/order", NEW + "&newClientOrderId=once")
    assert placed.json == first.json["newOrderResponse"]
    other = await replace(venue, NEW, STOP, "cancelOrderId=5", "&newClientOrderId=once")
    assert other.json == {"code": -2010, "msg": "Duplicate order sent."}
    await venue.alice.signed("POST /api/v3/order", NEW + "&newClientOrderId=alone")
    alone = await replace(venue, NEW, STOP, "cancelOrderId=2", "&newClientOrderId=alone")
    assert alone.json == {"code": -2010, "msg": "Duplicate order sent."}


# What is wrong with the request, or with the new order by itself: nothing is done or counted.
REFUSED = [
    ("", "", -1102),
    ("cancelReplaceMode=STOP_ON_FAILURE", "", -1102),
    ("cancelOrderId=1", "", -1102),
    ("cancelReplaceMode=X&cancelOrderId=1", "", -1130),
    ("cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1&cancelRestrictions=X", "", -1145),
    ("cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1&orderRateLimitExceededMode=X", "", -1130),
    ("cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=x", "", -1100),
    ("cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1", "price=50000.001", -1013),
    ("cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1", "price=0.01", -1013),
]


@pytest.mark.parametrize(("more", "changed", "code"), REFUSED)
async def test_what_is_refused_before_anything_is_done(
    venue: Venue, more: str, changed: str, code: int
) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY)
    order = NEW.replace("price=49000", changed) if changed else NEW
    reply = await venue.alice.signed(REPLACE, f"{order}&{more}" if more else order)
    assert (reply.status, reply.code, "data" in reply.json) == (400, code, False)
    usage = (await venue.alice.signed("GET /api/v3/rateLimit/order")).json
    assert [row["count"] for row in usage] == [1, 1]
    assert len((await venue.alice.signed("GET /api/v3/openOrders")).json) == 1


async def test_restrictions_and_ids_that_disagree(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY + "&newClientOrderId=a")
    restricted = "&cancelRestrictions=ONLY_PARTIALLY_FILLED"
    reply = await replace(venue, NEW, STOP, "cancelOrderId=1", restricted)
    text = "Order was not canceled due to cancel restrictions."
    assert reply.json["data"]["cancelResponse"] == {"code": -2011, "msg": text}
    reply = await replace(venue, NEW, STOP, "cancelOrderId=1&cancelOrigClientOrderId=b")
    assert reply.json["data"]["cancelResponse"]["code"] == -2039
