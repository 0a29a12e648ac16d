"""Amends, prevented matches, and what applies to an account, over REST."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.venue import START_US, Venue, running

AMEND = "PUT /api/v3/order/amend/keepPriority"
BUY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
SELL = BUY.replace("BUY", "SELL")
NOW = START_US // 1000


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def test_an_order_gets_smaller_and_keeps_its_place(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY + "&newClientOrderId=a")
    amended = await venue.alice.signed(
        AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.4&newClientOrderId=b"
    )
    answer = amended.json
    assert (amended.status, answer) == (
        200,
        {
            "transactTime": NOW + 2,
            "executionId": answer["executionId"],
            "amendedOrder": {
                "symbol": "BTCUSDT",
                "orderId": 1,
                "orderListId": -1,
                "origClientOrderId": "a",
                "clientOrderId": "b",
                "price": "50000.00000000",
                "qty": "0.40000000",
                "executedQty": "0.00000000",
                "preventedQty": "0.00000000",
                "quoteOrderQty": "0.00000000",
                "cumulativeQuoteQty": "0.00000000",
                "status": "NEW",
                "timeInForce": "GTC",
                "type": "LIMIT",
                "side": "BUY",
                "selfTradePreventionMode": "EXPIRE_MAKER",
                "workingTime": NOW + 1,
            },
        },
    )
    await venue.alice.signed(AMEND, "symbol=BTCUSDT&origClientOrderId=b&newQty=0.3")
    listed = (
        await venue.alice.signed("GET /api/v3/order/amendments", "symbol=BTCUSDT&orderId=1")
    ).json
    made_up = listed[1].pop("newClientOrderId")
    assert len(made_up) == 22
    assert listed == [
        {
            "symbol": "BTCUSDT",
            "orderId": 1,
            "executionId": answer["executionId"],
            "origClientOrderId": "a",
            "newClientOrderId": "b",
            "origQty": "0.50000000",
            "newQty": "0.40000000",
            "time": NOW + 2,
        },
        {
            "symbol": "BTCUSDT",
            "orderId": 1,
            "executionId": listed[1]["executionId"],
            "origClientOrderId": "b",
            "origQty": "0.40000000",
            "newQty": "0.30000000",
            "time": NOW + 3,
        },
    ]
    for start, count in ((answer["executionId"], 2), (answer["executionId"] + 1, 1)):
        parameters = f"symbol=BTCUSDT&orderId=1&fromExecutionId={start}&limit=5"
        later = await venue.alice.signed("GET /api/v3/order/amendments", parameters)
        assert len(later.json) == count
    theirs = await venue.bob.signed("GET /api/v3/order/amendments", "symbol=BTCUSDT&orderId=1")
    assert theirs.json == []


async def test_an_amend_weighs_nothing_if_it_ends_the_order(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY)
    await venue.bob.signed("POST /api/v3/order", SELL.replace("0.5", "0.2"))
    used = await venue.alice.signed(AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.3")
    assert used.headers["x-mbx-used-weight-1m"] == "4"
    ended = await venue.alice.signed(AMEND, "symbol=BTCUSDT&orderId=1&newQty=0.2")
    assert ended.headers["x-mbx-used-weight-1m"] == "4"
    assert ended.json["amendedOrder"]["status"] == "EXPIRED"


# what is asked of order 1, of 0.5 at 50000 with the client order id "a"; the error
REFUSED = [
    (
        "orderId=1",
        -1102,
        "Mandatory parameter 'newQty' was not sent, was empty/null, or malformed.",
    ),
    (
        "newQty=0.1",
        -1102,
        "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    ),
    ("orderId=1&newQty=0.6", -2038, "Order amend (quantity increase) is not supported."),
    ("orderId=1&newQty=0.5", -2038, "The requested action would change no state; rejecting."),
    ("orderId=1&newQty=0", -2038, "Filter failure: LOT_SIZE"),
    ("orderId=1&newQty=0.00001", -2038, "Filter failure: NOTIONAL"),
    ("orderId=1&newQty=0.000001", -1013, "Filter failure: LOT_SIZE"),
    ("orderId=2&newQty=0.1", -2038, "Unknown order sent."),
    ("orderId=0&newQty=0.1", -2038, "Unknown order sent."),
    (
        "orderId=1&origClientOrderId=b&newQty=0.1",
        -2039,
        "Client order ID is not correct for this order ID.",
    ),
]


async def test_amends_that_are_refused(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", BUY + "&newClientOrderId=a")
    for parameters, code, text in REFUSED:
        reply = await venue.alice.signed(AMEND, "symbol=BTCUSDT&" + parameters)
        assert (reply.status, reply.json) == (400, {"code": code, "msg": text}), parameters


async def test_prevented_matches(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", SELL)
    await venue.alice.signed("POST /api/v3/order", BUY + "&selfTradePreventionMode=DECREMENT")
    both = {
        "symbol": "BTCUSDT",
        "preventedMatchId": 1,
        "takerOrderId": 2,
        "makerSymbol": "BTCUSDT",
        "makerOrderId": 1,
        "tradeGroupId": -1,
        "selfTradePreventionMode": "DECREMENT",
        "price": "50000.00000000",
        "transactTime": NOW + 2,
        "takerPreventedQuantity": "0.50000000",
        "makerPreventedQuantity": "0.50000000",
    }
    ask = "GET /api/v3/myPreventedMatches"
    for named in (
        "preventedMatchId=1",
        "orderId=1",
        "orderId=2",
        "orderId=1&fromPreventedMatchId=1",
        "orderId=1&fromPreventedMatchId=0&limit=1",
    ):
        found = await venue.alice.signed(ask, "symbol=BTCUSDT&" + named)
        assert found.json == [both], named
    for named in ("preventedMatchId=2", "orderId=3", "orderId=1&fromPreventedMatchId=2"):
        assert (await venue.alice.signed(ask, "symbol=BTCUSDT&" + named)).json == [], named
    assert (await venue.bob.signed(ask, "symbol=BTCUSDT&orderId=1")).json == []
    for named in ("", "&limit=5", "&fromPreventedMatchId=1", "&preventedMatchId=1&orderId=1"):
        assert (await venue.alice.signed(ask, "symbol=BTCUSDT" + named)).code == -1128, named


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("symbol=BTCUSDT", 0),
        ("symbol=BTCUSDT&startTime=1&endTime=2", 0),
        ("symbol=BTCUSDT&fromAllocationId=1", 0),
        ("symbol=BTCUSDT&orderId=1&fromAllocationId=1&limit=1000", 0),
        ("symbol=BTCUSDT&orderId=1&startTime=1", -1128),
        ("symbol=BTCUSDT&fromAllocationId=1&endTime=1", -1128),
        ("symbol=BTCUSDT&startTime=1&endTime=86400002", -1127),
        ("symbol=X", -1121),
        ("limit=1", -1102),
    ],
)
async def test_there_are_no_allocations(venue: Venue, parameters: str, code: int) -> None:
    reply = await venue.alice.signed("GET /api/v3/myAllocations", parameters)
    assert reply.code == code
    assert code or reply.json == []


async def test_what_applies_to_an_account(venue: Venue) -> None:
    nothing = {
        "maker": "0.00000000",
        "taker": "0.00000000",
        "buyer": "0.00000000",
        "seller": "0.00000000",
    }
    asked = await venue.alice.signed("GET /api/v3/account/commission", "symbol=BTCUSDT")
    assert asked.json == {
        "symbol": "BTCUSDT",
        "standardCommission": nothing | {"maker": "0.00100000", "taker": "0.00100000"},
        "specialCommission": nothing,
        "taxCommission": nothing,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": "",
            "discount": "0.00000000",
        },
    }
    mine = (await venue.alice.signed("GET /api/v3/myFilters", "symbol=BTCUSDT")).json
    everyones = (await venue.anyone.call("GET /api/v3/exchangeInfo", "symbol=BTCUSDT")).json
    assert mine["symbolFilters"] == everyones["symbols"][0]["filters"]
    assert (mine["exchangeFilters"], mine["assetFilters"]) == (everyones["exchangeFilters"], [])


async def test_how_many_orders_were_sent(venue: Venue) -> None:
    for _ in range(2):
        await venue.alice.signed("POST /api/v3/order", BUY)
    usage = (await venue.alice.signed("GET /api/v3/rateLimit/order")).json
    assert usage == [
        {
            "rateLimitType": "ORDERS",
            "interval": interval,
            "intervalNum": number,
            "limit": 10**9,
            "count": 2,
        }
        for interval, number in (("SECOND", 10), ("DAY", 1))
    ]


async def test_an_amend_may_keep_the_id_that_nobody_chose(venue: Venue) -> None:
    placed = await venue.alice.signed("POST /api/v3/order", BUY)
    shown = placed.json["clientOrderId"]
    amend = "symbol=BTCUSDT&orderId=1&newQty={}&newClientOrderId={}".format
    kept = await venue.alice.signed(AMEND, amend("0.4", shown))
    assert kept.json["amendedOrder"]["clientOrderId"] == shown
    named = await venue.alice.signed(AMEND, amend("0.3", "mine"))
    assert named.json["amendedOrder"]["clientOrderId"] == "mine"
    again = await venue.alice.signed(AMEND, amend("0.2", shown))
    assert (again.status, again.code) == (400, -1100)
    assert "(?!(auto|list)-" in again.json["msg"]
