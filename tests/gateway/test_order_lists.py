"""Order lists over REST: placed, shown, triggered, filled and canceled, on a running exchange."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.bad_lists import OCO, OLD_OCO, OPO, OPOCO, OTO, OTOCO, REFUSED
from tests.gateway.venue import START_US, Reply, Venue, running

NOW = START_US // 1000
SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
BUY = SELL.replace("SELL", "BUY")


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def trade_at(venue: Venue, price: str, quantity: str = "0.001") -> None:
    """One trade of Bob with himself."""
    size = f"quantity={quantity}&price={price}&selfTradePreventionMode=NONE"
    for order in (SELL, BUY):
        placed = await venue.bob.signed(
            "POST /api/v3/order", order.replace("quantity=0.5&price=50000", size)
        )
        assert placed.status == 200, placed.json


async def place(venue: Venue, kind: str, parameters: str) -> Reply:
    return await venue.alice.signed(f"POST /api/v3/orderList/{kind}", parameters)


def legs(answer: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["orderId"], each["type"], each["status"]) for each in answer["orderReports"]]


async def statuses(venue: Venue) -> list[tuple[int, str]]:
    found = await venue.alice.signed("GET /api/v3/allOrders", "symbol=BTCUSDT")
    return [(each["orderId"], each["status"]) for each in found.json]


async def test_an_oco_is_placed_shown_and_canceled(venue: Venue) -> None:
    await trade_at(venue, "50000")
    named = "&listClientOrderId=pair&aboveClientOrderId=up&belowClientOrderId=down"
    placed = await place(venue, "oco", OCO + named)
    shown = {
        "orderListId": 1,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED",
        "listOrderStatus": "EXECUTING",
        "listClientOrderId": "pair",
        "transactionTime": NOW + 3,
        "symbol": "BTCUSDT",
        "orders": [
            {"symbol": "BTCUSDT", "orderId": 3, "clientOrderId": "up"},
            {"symbol": "BTCUSDT", "orderId": 4, "clientOrderId": "down"},
        ],
    }
    answer = placed.json
    reports = answer.pop("orderReports")
    assert (placed.status, answer) == (200, shown)
    assert placed.headers["x-mbx-order-count-10s"] == "2"
    assert [(each["type"], each["status"], each["orderListId"]) for each in reports] == [
        ("LIMIT_MAKER", "NEW", 1),
        ("STOP_LOSS", "NEW", 1),
    ]
    assert (reports[1]["stopPrice"], reports[1]["workingTime"]) == ("48000.00000000", -1)
    for ask in ("orderListId=1", "origClientOrderId=pair"):
        assert (await venue.alice.signed("GET /api/v3/orderList", ask)).json == shown
    assert (await venue.alice.signed("GET /api/v3/openOrderList")).json == [shown]
    assert (await venue.alice.signed("GET /api/v3/allOrderList")).json == [shown]
    waiting = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&orderId=4")
    assert (waiting.json["isWorking"], waiting.json["orderListId"]) == (False, 1)
    canceled = await venue.alice.signed(
        "DELETE /api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=pair&newClientOrderId=bye"
    )
    done = {"listStatusType": "ALL_DONE", "listOrderStatus": "ALL_DONE"}
    answer = canceled.json
    reports = answer.pop("orderReports")
    assert answer == shown | done | {"transactionTime": answer["transactionTime"]}
    assert [(each["orderId"], each["status"], each["clientOrderId"]) for each in reports] == [
        (3, "CANCELED", "bye"),
        (4, "CANCELED", "bye"),
    ]
    assert (await venue.alice.signed("GET /api/v3/openOrderList")).json == []
    found = await venue.alice.signed("GET /api/v3/orderList", "orderListId=1")
    assert found.json["listOrderStatus"] == "ALL_DONE"
    balances = (await venue.alice.signed("GET /api/v3/account")).json["balances"]
    assert all(float(each["locked"]) == 0 for each in balances)


async def test_of_an_oco_one_is_done_and_the_other_is_not(venue: Venue) -> None:
    await trade_at(venue, "50000")
    await place(venue, "oco", OCO)
    await venue.bob.signed("POST /api/v3/order", BUY.replace("50000", "47000"))
    await trade_at(venue, "48000")  # the stop triggers, and sells at what there is
    assert await statuses(venue) == [(3, "EXPIRED"), (4, "FILLED")]
    gone = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&orderId=3")
    assert gone.json["expiryReason"] == "OCO_TRIGGER"
    mine = (await venue.alice.signed("GET /api/v3/myTrades", "symbol=BTCUSDT")).json
    assert {each["orderListId"] for each in mine} == {1}
    assert (await venue.alice.signed("GET /api/v3/openOrderList")).json == []


async def test_the_pending_order_comes_when_the_working_one_is_filled(venue: Venue) -> None:
    await trade_at(venue, "50000")
    placed = await place(venue, "oto", OTO)
    assert legs(placed.json) == [(3, "LIMIT", "NEW"), (4, "LIMIT_MAKER", "PENDING_NEW")]
    assert placed.json["contingencyType"] == "OTO"
    await venue.bob.signed("POST /api/v3/order", SELL.replace("50000", "49000"))
    assert await statuses(venue) == [(3, "FILLED"), (4, "NEW")]
    pending = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&orderId=4")
    assert pending.json["isWorking"] is True
    await venue.alice.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=4")
    done = await venue.alice.signed("GET /api/v3/orderList", "orderListId=1")
    assert done.json["listOrderStatus"] == "ALL_DONE"


async def test_working_orders_that_end_otherwise(venue: Venue) -> None:
    await trade_at(venue, "50000")
    at_once = await place(
        venue, "oto", OTO.replace("workingTimeInForce=GTC", "workingTimeInForce=IOC")
    )
    assert legs(at_once.json) == [(3, "LIMIT", "EXPIRED"), (4, "LIMIT_MAKER", "EXPIRED")]
    assert at_once.json["listOrderStatus"] == "ALL_DONE"
    assert at_once.json["orderReports"][1]["expiryReason"] == "OTO_PHASE_ONE_EXPIRED"
    await place(venue, "otoco", OTOCO)
    await venue.alice.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=5")
    assert (await statuses(venue))[2:] == [(5, "CANCELED"), (6, "CANCELED"), (7, "CANCELED")]
    await venue.bob.signed("POST /api/v3/order", SELL.replace("50000", "49000"))
    taken = await place(venue, "otoco", OTOCO + "&newOrderRespType=FULL")
    assert legs(taken.json) == [
        (9, "LIMIT", "FILLED"),
        (10, "LIMIT_MAKER", "PENDING_NEW"),
        (11, "STOP_LOSS_LIMIT", "PENDING_NEW"),
    ]
    assert [len(each["fills"]) for each in taken.json["orderReports"]] == [1, 0, 0]
    assert (await statuses(venue))[-2:] == [(10, "NEW"), (11, "NEW")]
    assert taken.headers["x-mbx-order-count-10s"] == "7"


async def test_what_was_bought_is_sold(venue: Venue) -> None:
    await trade_at(venue, "50000")
    placed = await place(venue, "opo", OPO)
    assert "origQty" not in placed.json["orderReports"][1]
    await venue.bob.signed("POST /api/v3/order", SELL.replace("50000", "49000"))
    sold = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&orderId=4")
    assert (sold.json["status"], sold.json["origQty"]) == ("NEW", "0.49950000")  # less commission
    pair = await place(venue, "opoco", OPOCO)
    assert legs(pair.json) == [
        (6, "LIMIT", "NEW"),
        (7, "LIMIT_MAKER", "PENDING_NEW"),
        (8, "STOP_LOSS_LIMIT", "PENDING_NEW"),
    ]


async def test_the_first_form_of_an_oco(venue: Venue) -> None:
    await trade_at(venue, "50000")
    placed = await venue.alice.signed("POST /api/v3/order/oco", OLD_OCO + "&limitClientOrderId=up")
    assert legs(placed.json) == [(3, "LIMIT_MAKER", "NEW"), (4, "STOP_LOSS_LIMIT", "NEW")]
    assert placed.json["orders"][0]["clientOrderId"] == "up"
    assert placed.json["listClientOrderId"] == "list-00000000000000001"
    buy = OLD_OCO.replace("SELL", "BUY").replace("price=52000", "price=45000")
    buy = buy.replace("stopPrice=48000", "stopPrice=55000").replace("47000", "56000")
    bought = await venue.alice.signed("POST /api/v3/order/oco", buy + "&newOrderRespType=ACK")
    assert [len(each) for each in bought.json["orderReports"]] == [5, 5]
    ids = [each["orderId"] for each in bought.json["orders"]]
    kinds = [
        (await venue.alice.signed("GET /api/v3/order", f"symbol=BTCUSDT&orderId={id_}")).json[
            "type"
        ]
        for id_ in ids
    ]
    assert kinds == ["STOP_LOSS_LIMIT", "LIMIT_MAKER"]
    canceled = await venue.alice.signed(
        "DELETE /api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=list-00000000000000002"
    )
    assert canceled.json["orderListId"] == 2


async def test_a_retry_gets_the_original_outcome(venue: Venue) -> None:
    await trade_at(venue, "50000")
    once = OCO + "&listClientOrderId=l&aboveClientOrderId=a&belowClientOrderId=b"
    first = await place(venue, "oco", once)
    again = await place(venue, "oco", once)
    assert (again.status, again.json) == (200, first.json)
    other = await place(venue, "oco", once.replace("52000", "53000"))
    assert other.json == {"code": -2010, "msg": "Duplicate order sent."}
    same_list = await place(venue, "oco", OCO + "&listClientOrderId=l")
    assert same_list.json == {"code": -2010, "msg": "Duplicate order sent."}


async def test_all_open_orders_go_at_once_those_of_a_list_together(venue: Venue) -> None:
    await trade_at(venue, "50000")
    await venue.alice.signed("POST /api/v3/order", BUY.replace("50000", "40000"))
    await place(venue, "oco", OCO)
    canceled = await venue.alice.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    single, pair = canceled.json
    assert (single["orderId"], single["orderListId"]) == (3, -1)
    assert (pair["orderListId"], pair["listOrderStatus"]) == (1, "ALL_DONE")
    assert [each["orderId"] for each in pair["orderReports"]] == [4, 5]


async def test_replacing_one_leg_cancels_the_list(venue: Venue) -> None:
    await trade_at(venue, "50000")
    await place(venue, "oco", OCO)
    new = BUY.replace("50000", "40000") + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=3"
    replaced = await venue.alice.signed("POST /api/v3/order/cancelReplace", new)
    assert (replaced.status, replaced.json["cancelResponse"]["orderId"]) == (200, 3)
    assert replaced.json["newOrderResponse"]["orderId"] == 5
    assert await statuses(venue) == [(3, "CANCELED"), (4, "CANCELED"), (5, "NEW")]


async def test_lists_page_by_page(venue: Venue) -> None:
    await trade_at(venue, "50000")
    for _ in range(3):
        await place(venue, "oco", OCO)
    ask = "GET /api/v3/allOrderList"
    for parameters, ids in (
        ("", [1, 2, 3]),
        ("limit=2", [2, 3]),
        ("fromId=2", [2, 3]),
        ("fromId=1&limit=1", [1]),
        (f"startTime={NOW + 4}", [2, 3]),
        (f"endTime={NOW + 4}", [1, 2]),
    ):
        found = await venue.alice.signed(ask, parameters)
        assert [each["orderListId"] for each in found.json] == ids, parameters
    assert (await venue.bob.signed(ask)).json == []
    assert (await venue.bob.signed("GET /api/v3/orderList", "orderListId=1")).code == -2018


@pytest.mark.parametrize("row", REFUSED)
async def test_lists_that_are_refused(
    venue: Venue, row: tuple[str, str, str, str, int, str]
) -> None:
    kind, parameters, old, new, code, text = row
    assert old in parameters
    await trade_at(venue, "50000")
    before = venue.engine.core.balances()
    reply = await place(venue, kind, parameters.replace(old, new, 1))
    assert (reply.status, reply.code) == (400, code), reply.json
    assert reply.json["msg"] == text or not text
    assert venue.engine.core.balances() == before


async def test_requests_about_lists_that_are_refused(venue: Venue) -> None:
    for rest, parameters, code in (
        ("DELETE /api/v3/orderList", "symbol=BTCUSDT", -1102),
        ("DELETE /api/v3/orderList", "symbol=BTCUSDT&orderListId=1", -2011),
        ("DELETE /api/v3/orderList", "symbol=BTCUSDT&orderListId=0", -2011),
        ("DELETE /api/v3/orderList", "symbol=BTCUSDT&listClientOrderId=x", -2011),
        ("GET /api/v3/orderList", "", -1102),
        ("GET /api/v3/orderList", "orderListId=1", -2018),
        ("GET /api/v3/orderList", "origClientOrderId=x", -2018),
        ("GET /api/v3/allOrderList", "fromId=1&startTime=1", -1128),
        ("GET /api/v3/allOrderList", "startTime=1&endTime=86400002", -1127),
        ("GET /api/v3/allOrderList", "limit=1001", -1130),
        ("POST /api/v3/sor/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1", -1020),
        ("POST /api/v3/sor/order/test", "symbol=X&side=BUY&type=MARKET&quantity=1", -1121),
    ):
        reply = await venue.alice.signed(rest, parameters)
        assert (reply.status, reply.code) == (400, code), (rest, parameters)
