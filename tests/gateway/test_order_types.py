"""Every order type over REST, from its placement to its end, on a running exchange."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.messages.commands import AdvanceTime
from tests.gateway.venue import START_US, Venue, running

NOW = START_US // 1000
SELL = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
BUY = SELL.replace("SELL", "BUY")
STOP = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.5&stopPrice=48000"


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def trade_at(venue: Venue, price: str) -> None:
    """One small trade of Bob with himself."""
    size = f"quantity=0.001&price={price}&selfTradePreventionMode=NONE"
    for order in (SELL, BUY):
        order = order.replace("quantity=0.5&price=50000", size)
        assert (await venue.bob.signed("POST /api/v3/order", order)).status == 200


async def place(venue: Venue, parameters: str) -> dict[str, Any]:
    reply = await venue.alice.signed("POST /api/v3/order", parameters)
    assert reply.status == 200, reply.json
    answer: dict[str, Any] = reply.json
    return answer


async def shown(venue: Venue, order_id: int) -> dict[str, Any]:
    found = await venue.alice.signed("GET /api/v3/order", f"symbol=BTCUSDT&orderId={order_id}")
    answer: dict[str, Any] = found.json
    return answer


def picked(answer: dict[str, Any], names: str) -> list[object]:
    return [answer.get(name) for name in names.split()]


async def test_a_stop_waits_and_sells_at_market(venue: Venue) -> None:
    await trade_at(venue, "50000")
    placed = await place(
        venue, STOP + "&newOrderRespType=RESULT&strategyId=-7&strategyType=1000001"
    )
    assert picked(placed, "status timeInForce price stopPrice workingTime fills") == [
        *("NEW", "GTC", "0.00000000", "48000.00000000", -1, None)
    ]
    assert picked(placed, "strategyId strategyType") == [-7, 1_000_001]
    assert picked(await shown(venue, 3), "isWorking workingTime stopPrice") == [
        *(False, -1, "48000.00000000")
    ]
    depth = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT")
    assert depth.json["asks"] == []
    await venue.bob.signed("POST /api/v3/order", BUY.replace("50000", "47500"))
    await trade_at(venue, "48000")
    sold = await shown(venue, 3)
    assert picked(sold, "status isWorking executedQty cummulativeQuoteQty strategyId") == [
        *("FILLED", True, "0.50000000", "23750.00000000", -7)
    ]


async def test_a_stop_with_a_limit_rests_when_it_is_triggered(venue: Venue) -> None:
    await trade_at(venue, "50000")
    order = STOP.replace("STOP_LOSS", "STOP_LOSS_LIMIT") + "&timeInForce=GTC&price=47000"
    placed = await venue.alice.signed("POST /api/v3/order", order)
    assert len(placed.json) == 5  # ACK, as for all that does not meet the book at once
    await trade_at(venue, "48000")
    assert picked(await shown(venue, 3), "status isWorking price") == [
        *("NEW", True, "47000.00000000")
    ]
    depth = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT")
    assert depth.json["asks"] == [["47000.00000000", "0.50000000"]]


async def test_a_take_profit_order_triggers_on_the_other_side(venue: Venue) -> None:
    await trade_at(venue, "50000")
    order = STOP.replace("STOP_LOSS", "TAKE_PROFIT").replace("48000", "52000")
    await place(venue, order)
    await venue.bob.signed("POST /api/v3/order", BUY.replace("50000", "49000"))
    await trade_at(venue, "51999.99")
    assert picked(await shown(venue, 3), "status") == ["NEW"]
    await trade_at(venue, "52000")
    assert picked(await shown(venue, 3), "status executedQty") == ["FILLED", "0.50000000"]
    met = await venue.alice.signed("POST /api/v3/order", order.replace("52000", "48500"))
    assert met.json == {"code": -2010, "msg": "Order would trigger immediately."}


async def test_a_trailing_stop_follows_the_market(venue: Venue) -> None:
    """The worked check of the specification, without a stop price."""
    await trade_at(venue, "40000")
    order = STOP.replace("stopPrice=48000", "trailingDelta=700&newOrderRespType=RESULT")
    placed = await place(venue, order)
    assert picked(placed, "trailingDelta trailingTime stopPrice") == [*(700, NOW + 3, "0.00000000")]
    await venue.bob.signed("POST /api/v3/order", BUY.replace("50000", "39000"))
    await trade_at(venue, "45500")
    await trade_at(venue, "42315.01")
    assert picked(await shown(venue, 3), "status") == ["NEW"]
    await trade_at(venue, "42315")
    assert picked(await shown(venue, 3), "status") == ["FILLED"]


async def test_trailing_begins_at_the_stop_price(venue: Venue) -> None:
    await trade_at(venue, "50000")
    order = STOP.replace("SELL", "BUY").replace("stopPrice=48000", "stopPrice=52000")
    placed = await place(venue, order + "&trailingDelta=100&newOrderRespType=RESULT")
    assert picked(placed, "trailingTime") == [-1]
    await trade_at(venue, "52000")
    assert picked(await shown(venue, 3), "status trailingTime") == ["NEW", NOW + 5]


async def test_an_iceberg_shows_its_tip(venue: Venue) -> None:
    order = SELL + "&icebergQty=0.1"
    placed = await place(venue, order)
    assert picked(placed, "icebergQty origQty") == ["0.10000000", "0.50000000"]
    for sold in ("0.03", "0.1"):
        depth = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT")
        tip = depth.json["asks"][0][1]
        await venue.bob.signed("POST /api/v3/order", BUY.replace("0.5", sold))
    assert tip == "0.07000000"
    depth = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT")
    assert depth.json["asks"] == [["50000.00000000", "0.07000000"]]
    assert picked(await shown(venue, 1), "icebergQty executedQty") == ["0.10000000", "0.13000000"]


async def test_a_pegged_order_takes_the_best_price(venue: Venue) -> None:
    for price in ("50000", "50010"):
        await venue.bob.signed("POST /api/v3/order", SELL.replace("50000", price))
    pegged = SELL.replace("&price=50000", "&pegPriceType=PRIMARY_PEG")
    assert picked(await place(venue, pegged), "price peggedPrice pegPriceType pegOffsetValue") == [
        *("0.00000000", "50000.00000000", "PRIMARY_PEG", None)
    ]
    deeper = pegged + "&pegOffsetType=PRICE_LEVEL&pegOffsetValue=1"
    placed = await place(venue, deeper)
    assert picked(placed, "peggedPrice pegOffsetType pegOffsetValue") == [
        *("50010.00000000", "PRICE_LEVEL", 1)
    ]
    assert picked(await shown(venue, 4), "price peggedPrice isWorking") == [
        *("0.00000000", "50010.00000000", True)
    ]
    taken = BUY.replace("&price=50000", "&pegPriceType=MARKET_PEG")
    assert picked(await place(venue, taken), "status peggedPrice") == ["FILLED", "50000.00000000"]


async def test_an_order_is_good_till_its_date(venue: Venue) -> None:
    until = NOW + 60_000
    placed = await place(venue, BUY + f"&goodTillDate={until}")
    assert picked(placed, "goodTillDate status") == [until, "NEW"]
    venue.clock.now_us = until * 1000
    await venue.engine.submit(AdvanceTime())
    ended = await shown(venue, 1)
    assert picked(ended, "status goodTillDate expiryReason") == [
        *("EXPIRED", until, "GOOD_TILL_TIME_REACHED")
    ]


async def test_waiting_orders_are_canceled_amended_and_replaced(venue: Venue) -> None:
    await trade_at(venue, "50000")
    await place(venue, STOP)
    amended = await venue.alice.signed(
        "PUT /api/v3/order/amend/keepPriority", "symbol=BTCUSDT&orderId=3&newQty=0.4"
    )
    state = amended.json["amendedOrder"]
    assert picked(state, "qty status workingTime") == ["0.40000000", "NEW", None]
    more = "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=3"
    replaced = await venue.alice.signed("POST /api/v3/order/cancelReplace", STOP + more)
    old = replaced.json["cancelResponse"]
    assert picked(old, "status stopPrice type") == ["CANCELED", "48000.00000000", "STOP_LOSS"]
    gone = await venue.alice.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=4")
    assert picked(gone.json, "status stopPrice") == ["CANCELED", "48000.00000000"]
    balances = (await venue.alice.signed("GET /api/v3/account")).json["balances"]
    assert {each["locked"] for each in balances} == {"0.00000000"}


async def test_of_an_amended_pair_the_list_is_told(venue: Venue) -> None:
    await trade_at(venue, "50000")
    await venue.alice.signed(
        "POST /api/v3/orderList/oco",
        "symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=LIMIT_MAKER&abovePrice=52000"
        "&belowType=STOP_LOSS&belowStopPrice=48000",
    )
    amended = await venue.alice.signed(
        "PUT /api/v3/order/amend/keepPriority",
        "symbol=BTCUSDT&orderId=3&newQty=0.4&newClientOrderId=less",
    )
    assert amended.json["amendedOrder"]["orderListId"] == 1
    assert amended.json["listStatus"] == {
        "orderListId": 1,
        "contingencyType": "OCO",
        "listOrderStatus": "EXECUTING",
        "listClientOrderId": "list-00000000000000001",
        "symbol": "BTCUSDT",
        "orders": [
            {"symbol": "BTCUSDT", "orderId": 3, "clientOrderId": "less"},
            {"symbol": "BTCUSDT", "orderId": 4, "clientOrderId": "auto-00000000000000004"},
        ],
    }
    assert picked(await shown(venue, 4), "origQty") == ["0.40000000"]
