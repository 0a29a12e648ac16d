"""The document says what is there: valid, complete, and true of the answers; the page needs
nothing else.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from msgspec.structs import replace
from openapi_spec_validator import validate

from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.wire.parameters import Reader
from tests.gateway.bad_lists import OCO, OLD_OCO, OPO, OPOCO, OTO, OTOCO
from tests.gateway.doors import open_doors, post_v1, v1_order
from tests.gateway.venue import Client, Venue, running

ORDER = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
BUY = ORDER.replace("SELL", "BUY")
SYMBOL = "symbol=BTCUSDT"
LISTS = {"oco": OCO, "oto": OTO, "otoco": OTOCO, "opo": OPO, "opoco": OPOCO}
NEVER_ANY = (  # of what there is none
    *("margin", "BlockTrades", "get-funding", "delist", "convert", "withdraw/history"),
    "myAllocations",
)
ALWAYS_REFUSED = {
    "POST /sapi/v1/capital/withdraw/apply",
    "GET /sapi/v1/capital/deposit/address",
    "POST /sapi/v1/asset/transfer",
    "POST /api/v3/sor/order",
    "POST /api/v3/sor/order/test",
}

# Together they make every endpoint answer with something in it.
STORY = [
    ("POST /api/v3/order", ORDER),
    ("POST /api/v3/order", BUY.replace("0.5", "0.1") + "&selfTradePreventionMode=NONE"),
    ("POST /api/v3/order", BUY.replace("0.5", "0.1") + "&selfTradePreventionMode=DECREMENT"),
    ("POST /api/v3/order", BUY.replace("GTC", "IOC").replace("50000", "40000")),
    ("POST /api/v3/order", BUY.replace("50000", "40000") + "&newOrderRespType=ACK"),
    ("POST /api/v3/order/test", BUY),
    ("POST /api/v3/order/test", BUY + "&computeCommissionRates=true"),
    ("GET /api/v3/ping", ""),
    ("GET /api/v3/time", ""),
    ("GET /api/v3/exchangeInfo", ""),
    ("GET /api/v3/executionRules", ""),
    ("GET /api/v3/depth", SYMBOL),
    ("GET /api/v3/trades", SYMBOL),
    ("GET /api/v3/historicalTrades", SYMBOL),
    ("GET /api/v3/historicalBlockTrades", SYMBOL + "&fromId=1"),
    ("GET /api/v3/aggTrades", SYMBOL),
    ("GET /api/v3/klines", SYMBOL + "&interval=1m"),
    ("GET /api/v3/uiKlines", SYMBOL + "&interval=1m"),
    ("GET /api/v3/avgPrice", SYMBOL),
    ("GET /api/v3/referencePrice", "symbol=BNBUSDT"),
    ("GET /api/v3/referencePrice/calculation", "symbol=BNBUSDT"),
    ("GET /api/v3/ticker/tradingDay", SYMBOL),
    ("GET /api/v3/ticker", SYMBOL),
    ("GET /api/v3/ticker", 'symbols=["BTCUSDT"]&type=MINI'),
    ("GET /api/v3/ticker/24hr", SYMBOL),
    ("GET /api/v3/ticker/24hr", "type=MINI"),
    ("GET /api/v3/ticker/price", ""),
    ("GET /api/v3/ticker/bookTicker", SYMBOL),
    ("GET /api/v3/account", ""),
    ("GET /api/v3/order", SYMBOL + "&orderId=1"),
    ("GET /api/v3/openOrders", ""),
    ("GET /api/v3/allOrders", SYMBOL),
    ("GET /api/v3/myTrades", SYMBOL),
    ("GET /api/v3/rateLimit/order", ""),
    ("GET /api/v3/account/commission", SYMBOL),
    ("GET /api/v3/myFilters", SYMBOL),
    ("GET /api/v3/myPreventedMatches", SYMBOL + "&orderId=3"),
    ("GET /api/v3/myAllocations", SYMBOL),
    ("PUT /api/v3/order/amend/keepPriority", SYMBOL + "&orderId=1&newQty=0.4"),
    ("GET /api/v3/order/amendments", SYMBOL + "&orderId=1"),
    (
        "POST /api/v3/order/cancelReplace",
        BUY.replace("50000", "41000") + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=5",
    ),
    ("DELETE /api/v3/order", SYMBOL + "&orderId=1"),
    *((f"POST /api/v3/orderList/{kind}", parameters) for kind, parameters in LISTS.items()),
    ("POST /api/v3/order/oco", OLD_OCO),
    ("GET /api/v3/orderList", "orderListId=1"),
    ("GET /api/v3/openOrderList", ""),
    ("GET /api/v3/allOrderList", ""),
    ("DELETE /api/v3/orderList", SYMBOL + "&orderListId=1"),
    ("DELETE /api/v3/openOrders", SYMBOL),
    ("POST /api/v3/userDataStream", ""),
    ("PUT /api/v3/userDataStream", "listenKey={listenKey}"),
    ("DELETE /api/v3/userDataStream", "listenKey={listenKey}"),
    ("GET /fapi/v1/exchangeInfo", ""),
    ("GET /dapi/v1/exchangeInfo", ""),
    ("GET /sapi/v1/margin/allPairs", ""),
    ("GET /sapi/v1/margin/isolated/allPairs", ""),
    ("GET /sapi/v1/capital/config/getall", ""),
    ("GET /sapi/v1/system/status", ""),
    ("GET /sapi/v1/asset/tradeFee", ""),
    ("POST /sapi/v3/asset/getUserAsset", ""),
    ("POST /sapi/v1/asset/get-funding-asset", ""),
    ("GET /sapi/v1/account/apiRestrictions", ""),
    ("GET /sapi/v1/account/status", ""),
    ("GET /sapi/v1/account/apiTradingStatus", ""),
    ("GET /sapi/v1/account/info", ""),
    ("GET /sapi/v1/accountSnapshot", "type=SPOT"),
    ("GET /sapi/v1/capital/deposit/hisrec", ""),
    ("GET /sapi/v1/capital/withdraw/history", ""),
    ("GET /sapi/v1/asset/transfer", "type=MAIN_FUNDING"),
    ("GET /sapi/v1/asset/assetDividend", ""),
    ("GET /sapi/v1/asset/dribblet", ""),
    ("GET /sapi/v1/spot/delist-schedule", ""),
    ("GET /sapi/v1/convert/exchangeInfo", ""),
]


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def read_document(venue: Venue) -> dict[str, Any]:
    reply = await venue.anyone.call("GET /openapi.json")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json;charset=utf-8")
    found: dict[str, Any] = reply.json
    return found


async def test_it_is_valid_and_has_every_row_with_every_parameter(venue: Venue) -> None:
    document = await read_document(venue)
    validate(document)
    assert {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
    } == {row.rest for row in ENDPOINTS} | {"POST /v1/orders"}
    for row in ENDPOINTS:
        operation = document["paths"][row.path][row.method.lower()]
        parameters = operation["parameters"]
        assert [one["name"] for one in parameters if one["in"] == "header"] == ["X-MBX-TIME-UNIT"]
        names = {one["name"] for one in parameters if one["in"] == "query"}
        for body in operation.get("requestBody", {}).get("content", {}).values():
            names |= set(body["schema"]["properties"])
        signing = {"timestamp", "recvWindow", "signature"} if row.security.signed else set()
        assert names == {field.name for field in Reader(row.request).fields} | signing, row.rest


async def test_answers_are_as_it_says(venue: Venue) -> None:
    document = await read_document(venue)
    by_rest = {row.rest: row for row in ENDPOINTS}
    listen_key = ""
    for rest, parameters in STORY:
        row = by_rest[rest]
        parameters = parameters.format(listenKey=listen_key)
        if row.security.signed:
            reply = await venue.alice.signed(rest, parameters)
        else:
            reply = await venue.alice.call(rest, parameters)
        assert reply.status == 200, (rest, reply.json)
        assert reply.json != [] or any(word in rest for word in NEVER_ANY), rest
        if isinstance(reply.json, dict):
            listen_key = reply.json.get("listenKey", listen_key)
        answer = document["paths"][row.path][row.method.lower()]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        jsonschema.validate(reply.json, {**schema, "components": document["components"]})
    answering = {
        row.rest
        for row in ENDPOINTS
        if "200" in document["paths"][row.path][row.method.lower()]["responses"]
    }
    assert {rest for rest, _ in STORY} == answering, "every endpoint has a part in the story"
    assert set(by_rest) - answering == ALWAYS_REFUSED


async def test_the_first_designs_door_answers_as_it_says(tmp_path: Path) -> None:
    async with open_doors(tmp_path) as (venue, _):
        document = await read_document(venue)
        operation = document["paths"]["/v1/orders"]["post"]
        asked = operation["requestBody"]["content"]["application/json"]["schema"]
        sell = v1_order(venue.alice, "a1", "SELL", 2, "20000")
        assert venue.bob.key is not None
        forged = Client(venue.port, venue.clock, replace(venue.bob.key, secret="wrong"))
        story: list[tuple[Client, Any, int, str | None]] = [
            (venue.alice, sell, 200, None),
            (venue.alice, sell, 200, None),  # repeated
            (venue.bob, v1_order(venue.bob, "7", "BUY", "0.5", 20000.5), 200, None),
            (venue.alice, v1_order(venue.alice, "a2", "BUY", "3", 20000), 200, None),  # its own
            (venue.bob, b"?", 400, "MALFORMED"),
            (venue.bob, {**v1_order(venue.bob, "b2", "BUY", 1, 1), "coinID": "XXX"}, 400, None),
            (venue.bob, v1_order(venue.bob, "b3", "SELL", 150, 20000), 400, "INSUFFICIENT_BALANCE"),
            (forged, v1_order(venue.bob, "b4", "BUY", 1, 1), 401, "NOT_AUTHENTICATED"),
            (venue.bob, v1_order(venue.alice, "b5", "BUY", 1, 1), 403, "NOT_OWNER"),
        ]
        for client, order, status, reason in story:
            if isinstance(order, dict):
                jsonschema.validate(order, asked)
            found, said = await post_v1(venue, client, order)
            assert found == status, said
            assert reason is None or said["reason"] == reason
            schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
            jsonschema.validate(said, {**schema, "components": document["components"]})
        await forged.close()
        assert set(operation["responses"]) == {"200", "400", "401", "403", "429", "503", "504"}


async def test_the_page_asks_for_nothing_from_elsewhere(venue: Venue) -> None:
    reply = await venue.anyone.call("GET /docs")
    page = reply.content.decode()
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html;charset=utf-8")
    assert re.findall(r"https?://[^\s\"')]+", page) == []
    assert (await venue.anyone.call("POST /docs")).status == 405
