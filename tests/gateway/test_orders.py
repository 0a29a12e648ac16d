"""Orders over REST: placed, shown, matched, canceled; each answer whole."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.venue import START_US, Venue, running

LIMIT_BUY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
LIMIT_SELL = LIMIT_BUY.replace("BUY", "SELL")
NOW = START_US // 1000


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


# What every answer about the first order says.
FIRST_ORDER = {
    "symbol": "BTCUSDT",
    "orderId": 1,
    "orderListId": -1,
    "price": "50000.00000000",
    "origQty": "0.50000000",
    "executedQty": "0.00000000",
    "origQuoteOrderQty": "0.00000000",
    "cummulativeQuoteQty": "0.00000000",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "selfTradePreventionMode": "EXPIRE_MAKER",
}


# What the answers about one resting order have in common.
RESTING = {
    "symbol": "BTCUSDT",
    "orderId": 1,
    "orderListId": -1,
    "price": "50000.00000000",
    "origQty": "0.50000000",
    "executedQty": "0.00000000",
    "origQuoteOrderQty": "0.00000000",
    "cummulativeQuoteQty": "0.00000000",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "selfTradePreventionMode": "EXPIRE_MAKER",
}
PLACED = RESTING | {
    "clientOrderId": "a-1",
    "transactTime": NOW + 1,
    "status": "NEW",
    "workingTime": NOW + 1,
    "fills": [],
}
SHOWN = RESTING | {
    "clientOrderId": "a-1",
    "status": "NEW",
    "stopPrice": "0.00000000",
    "icebergQty": "0.00000000",
    "time": NOW + 1,
    "updateTime": NOW + 1,
    "isWorking": True,
    "workingTime": NOW + 1,
}
CANCELED = RESTING | {
    "origClientOrderId": "a-1",
    "clientOrderId": "stop-00000000000000001",
    "transactTime": NOW + 4,
    "status": "CANCELED",
}


async def test_an_order_rests_and_is_canceled(venue: Venue) -> None:
    placed = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY + "&newClientOrderId=a-1")
    assert (placed.status, placed.json) == (200, PLACED)
    shown = await venue.alice.signed("GET /api/v3/order", "symbol=BTCUSDT&origClientOrderId=a-1")
    assert shown.json == SHOWN
    assert (await venue.alice.signed("GET /api/v3/openOrders")).json == [SHOWN]
    depth = await venue.anyone.call("GET /api/v3/depth", "symbol=BTCUSDT")
    bids = [["50000.00000000", "0.50000000"]]
    assert depth.json == {"lastUpdateId": 1, "bids": bids, "asks": []}
    canceled = await venue.alice.signed("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=1")
    assert (canceled.status, canceled.json) == (200, CANCELED)
    assert (await venue.alice.signed("GET /api/v3/openOrders", "symbol=BTCUSDT")).json == []


async def test_two_accounts_trade(venue: Venue) -> None:
    maker = await venue.alice.signed("POST /api/v3/order", LIMIT_SELL)
    assert maker.json["clientOrderId"] == "auto-00000000000000001"
    taker = await venue.bob.signed(
        "POST /api/v3/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.2"
    )
    answer = taker.json
    assert (answer["status"], answer["price"], answer["executedQty"]) == (
        "FILLED",
        "0.00000000",
        "0.20000000",
    )
    assert answer["cummulativeQuoteQty"] == "10000.00000000"
    assert answer["fills"] == [
        {
            "price": "50000.00000000",
            "qty": "0.20000000",
            "commission": "0.00020000",
            "commissionAsset": "BTC",
            "tradeId": 1,
        }
    ]
    mine = await venue.alice.signed("GET /api/v3/myTrades", "symbol=BTCUSDT")
    assert mine.json == [
        {
            "symbol": "BTCUSDT",
            "id": 1,
            "orderId": 1,
            "orderListId": -1,
            "price": "50000.00000000",
            "qty": "0.20000000",
            "quoteQty": "10000.00000000",
            "commission": "10.00000000",
            "commissionAsset": "USDT",
            "time": NOW + 2,
            "isBuyer": False,
            "isMaker": True,
            "isBestMatch": True,
        }
    ]
    balances = (await venue.bob.signed("GET /api/v3/account", "omitZeroBalances=true")).json
    by_asset = {row["asset"]: (row["free"], row["locked"]) for row in balances["balances"]}
    assert by_asset["BTC"] == ("100.19980000", "0.00000000")
    assert by_asset["USDT"] == ("9990000.00000000", "0.00000000")
    theirs = (await venue.alice.signed("GET /api/v3/account")).json["balances"]
    by_asset = {row["asset"]: (row["free"], row["locked"]) for row in theirs}
    assert by_asset["BTC"] == ("99.50000000", "0.30000000")
    assert by_asset["USDT"] == ("10009990.00000000", "0.00000000")


async def test_a_retry_gets_the_original_outcome(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", LIMIT_SELL)
    order = LIMIT_BUY + "&newClientOrderId=once"
    first = await venue.bob.signed("POST /api/v3/order", order)
    again = await venue.bob.signed("POST /api/v3/order", order)
    assert first.json["status"] == "FILLED"
    assert again.json == first.json
    other = await venue.bob.signed("POST /api/v3/order", order.replace("0.5", "0.6"))
    assert other.json == {"code": -2010, "msg": "Duplicate order sent."}
    assert len((await venue.bob.signed("GET /api/v3/myTrades", "symbol=BTCUSDT")).json) == 1


async def test_all_orders_of_a_symbol_are_canceled_at_once(venue: Venue) -> None:
    for price in ("50000", "49000"):
        await venue.alice.signed("POST /api/v3/order", LIMIT_BUY.replace("50000", price))
    canceled = await venue.alice.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    assert [(row["orderId"], row["status"]) for row in canceled.json] == [
        (1, "CANCELED"),
        (2, "CANCELED"),
    ]
    none = await venue.alice.signed("DELETE /api/v3/openOrders", "symbol=BTCUSDT")
    assert (none.status, none.json) == (400, {"code": -2011, "msg": "Unknown order sent."})


@pytest.mark.parametrize(
    ("type_", "response", "fields"),
    [
        ("LIMIT", "ACK", 5),
        ("LIMIT", "RESULT", 16),
        ("LIMIT", "FULL", 17),
        ("LIMIT", "", 17),
        ("LIMIT_MAKER", "", 5),
    ],
)
async def test_response_types(venue: Venue, type_: str, response: str, fields: int) -> None:
    order = f"symbol=BTCUSDT&side=BUY&type={type_}&quantity=1&price=100"
    if type_ == "LIMIT":
        order += "&timeInForce=GTC"
    if response:
        order += f"&newOrderRespType={response}"
    placed = await venue.alice.signed("POST /api/v3/order", order)
    assert (placed.status, len(placed.json)) == (200, fields)


async def test_one_account_does_not_see_the_orders_of_another(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", LIMIT_BUY + "&newClientOrderId=mine")
    for named in ("orderId=1", "origClientOrderId=mine"):
        shown = await venue.bob.signed("GET /api/v3/order", f"symbol=BTCUSDT&{named}")
        assert shown.json == {"code": -2013, "msg": "Order does not exist."}
        canceled = await venue.bob.signed("DELETE /api/v3/order", f"symbol=BTCUSDT&{named}")
        assert canceled.json == {"code": -2011, "msg": "Unknown order sent."}


async def test_an_id_made_up_for_show_finds_its_order(venue: Venue) -> None:
    placed = await venue.alice.signed("POST /api/v3/order", LIMIT_BUY)
    shown = placed.json["clientOrderId"]
    found = await venue.alice.signed(
        "GET /api/v3/order", f"symbol=BTCUSDT&orderId=1&origClientOrderId={shown}"
    )
    assert found.json["orderId"] == 1
    canceled = await venue.alice.signed(
        "DELETE /api/v3/order", f"symbol=BTCUSDT&origClientOrderId={shown}"
    )
    assert canceled.json["origClientOrderId"] == shown
    wrong = await venue.alice.signed(
        "GET /api/v3/order", "symbol=BTCUSDT&orderId=1&origClientOrderId=other"
    )
    assert wrong.json["code"] == -2039


async def test_self_trade_prevention_is_shown(venue: Venue) -> None:
    await venue.alice.signed("POST /api/v3/order", LIMIT_SELL)
    taken = await venue.alice.signed(
        "POST /api/v3/order", LIMIT_BUY + "&selfTradePreventionMode=EXPIRE_TAKER"
    )
    answer = taken.json
    assert (answer["status"], answer["preventedQuantity"]) == ("EXPIRED_IN_MATCH", "0.50000000")
    assert answer["preventedMatches"] == [
        {
            "preventedMatchId": 1,
            "makerOrderId": 1,
            "price": "50000.00000000",
            "takerPreventedQuantity": "0.50000000",
        }
    ]


async def test_an_immediate_order_expires(venue: Venue) -> None:
    order = LIMIT_BUY.replace("GTC", "IOC")
    answer = (await venue.alice.signed("POST /api/v3/order", order)).json
    assert (answer["status"], answer["expiryReason"]) == (
        "EXPIRED",
        "UNFILLED_IOC_QUANTITY_EXPIRED",
    )


async def test_times_in_microseconds(venue: Venue) -> None:
    venue.clock.now_us += 7
    placed = await venue.alice.signed(
        "POST /api/v3/order", LIMIT_BUY, headers={"X-MBX-TIME-UNIT": "MICROSECOND"}
    )
    assert placed.json["transactTime"] == START_US + 1007
