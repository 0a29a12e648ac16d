"""What an instrument does not allow, limits that are reached, and accounts of one group."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from rialto.messages.commands import ListInstrument, SetAssetLimit, SetExchangeLimits, SetTradeGroup
from rialto.messages.ids import AccountId
from rialto.messages.orders import OrderType
from tests.gateway.bad_lists import OCO, OPO, OTO
from tests.gateway.venue import START_US, Venue, running

NOW = START_US // 1000
BUY = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
SELL = BUY.replace("BUY", "SELL")
STOP = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.5&stopPrice=48000"
ORDER, AMEND = "POST /api/v3/order", "PUT /api/v3/order/amend/keepPriority"
REPLACE = "POST /api/v3/order/cancelReplace"


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


async def list_another(venue: Venue, **changes: int) -> str:
    """Like BTCUSDT but for the changes; its symbol."""
    usual = venue.gateway.sources.instrument("BTCUSDT").definition
    await venue.engine.submit(ListInstrument(replace(usual, symbol="OTHER", **changes)))
    return "OTHER"


def not_supported(what: str) -> tuple[int, str]:
    return -1013, f"{what} not supported for this symbol."


# What is sent to an instrument that allows nothing but LIMIT and LIMIT_MAKER orders.
NOT_ALLOWED = [
    (ORDER, "side=BUY&type=MARKET&quantity=1", not_supported("Market orders are")),
    (ORDER, STOP, not_supported("Stop loss orders are")),
    (ORDER, STOP.replace("STOP", "TAKE").replace("LOSS", "PROFIT"),
     not_supported("Take profit orders are")),
    (ORDER, STOP.replace("LOSS", "LOSS_LIMIT") + "&price=1&timeInForce=GTC",
     not_supported("Stop loss limit orders are")),
    (ORDER, BUY + "&icebergQty=0.1", not_supported("Iceberg orders are")),
    (ORDER, BUY + "&pegPriceType=PRIMARY_PEG", not_supported("Pegged orders are")),
    (REPLACE, BUY + "&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1",
     not_supported("Order cancel-replace is")),
    (AMEND, "orderId=1&newQty=0.1", (-2038, "Order amend is not supported for this symbol.")),
    ("POST /api/v3/orderList/oto", OTO, not_supported("OTO orders are")),
]  # fmt: skip


async def test_what_an_instrument_does_not_allow(venue: Venue) -> None:
    limits = 1 << OrderType.LIMIT | 1 << OrderType.LIMIT_MAKER
    symbol = await list_another(venue, features=0, allowed_order_types=limits)
    for rest, parameters, (code, text) in NOT_ALLOWED:
        sent = parameters.replace("symbol=BTCUSDT&", "")
        reply = await venue.alice.signed(rest, f"symbol={symbol}&{sent}")
        assert (reply.status, reply.json) == (400, {"code": code, "msg": text}), sent


async def test_kinds_of_lists_and_orders_that_are_switched_off(venue: Venue) -> None:
    symbol = await list_another(venue, features=4)  # OTO alone
    for rest, parameters, text in (
        ("POST /api/v3/orderList/oco", OCO, "OCO orders are not supported for this symbol"),
        ("POST /api/v3/orderList/opo", OPO, "OPO orders are not supported for this symbol."),
        (
            ORDER,
            STOP + "&trailingDelta=100",
            "Trailing stop orders are not supported for this symbol.",
        ),
        (
            ORDER,
            "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100",
            "Quote order qty market orders are not support for this symbol.",
        ),
    ):
        reply = await venue.alice.signed(rest, parameters.replace("BTCUSDT", symbol))
        assert (reply.status, reply.json) == (400, {"code": -1013, "msg": text})


async def test_filters_that_count(venue: Venue) -> None:
    symbol = await list_another(
        venue,
        max_num_algo_orders=1,
        max_num_iceberg_orders=1,
        max_num_order_lists=1,
        max_num_order_amends=1,
        iceberg_parts=2,
        max_trailing_above_delta=500,
        min_trailing_above_delta=10,
        max_trailing_below_delta=500,
        min_trailing_below_delta=10,
    )
    oco = OCO.replace(
        "belowType=STOP_LOSS&belowStopPrice=48000", "belowType=STOP_LOSS&belowStopPrice=1"
    )
    story: list[tuple[str, str, tuple[int, str] | None]] = [
        (ORDER, STOP, None),
        (ORDER, STOP, (-2010, "MAX_NUM_ALGO_ORDERS")),
        (ORDER, SELL + "&icebergQty=0.3", None),
        (ORDER, SELL + "&icebergQty=0.3", (-2010, "MAX_NUM_ICEBERG_ORDERS")),
        (ORDER, SELL + "&icebergQty=0.1", (-1013, "ICEBERG_PARTS")),
        (ORDER, STOP + "&trailingDelta=501", (-1013, "TRAILING_DELTA")),
        (ORDER, STOP + "&trailingDelta=9", (-1013, "TRAILING_DELTA")),
        (AMEND, "symbol=BTCUSDT&orderId=2&newQty=0.4", None),
        (AMEND, "symbol=BTCUSDT&orderId=2&newQty=0.35", (-2038, "MAX_NUM_ORDER_AMENDS")),
        ("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=1", None),
        ("POST /api/v3/orderList/oco", oco, None),
        ("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=2", None),
        ("POST /api/v3/orderList/oto", OTO, (-2010, "MAX_NUM_ORDER_LISTS")),
    ]
    for rest, parameters, failed in story:
        reply = await venue.alice.signed(rest, parameters.replace("BTCUSDT", symbol))
        if failed is None:
            assert reply.status == 200, (parameters, reply.json)
        else:
            code, name = failed
            assert reply.json == {"code": code, "msg": f"Filter failure: {name}"}, parameters


async def test_limits_of_the_whole_exchange(venue: Venue) -> None:
    await venue.engine.submit(SetExchangeLimits(2, 1, 1, 1))
    btc = venue.gateway.sources.instrument("BTCUSDT").base.id
    await venue.engine.submit(SetAssetLimit(btc, 10**8))
    story: list[tuple[str, str, tuple[int, str] | None]] = [
        (ORDER, SELL.replace("0.5", "1.5"), (-1013, "MAX_ASSET")),
        (ORDER, STOP, None),
        (ORDER, STOP, (-2010, "EXCHANGE_MAX_NUM_ALGO_ORDERS")),
        (ORDER, SELL + "&icebergQty=0.3", None),
        (ORDER, SELL, (-2010, "EXCHANGE_MAX_NUM_ORDERS")),
    ]
    for rest, parameters, failed in story:
        reply = await venue.alice.signed(rest, parameters)
        if failed is None:
            assert reply.status == 200, (parameters, reply.json)
        else:
            code, name = failed
            assert reply.json == {"code": code, "msg": f"Filter failure: {name}"}, parameters


async def test_accounts_of_one_group_transfer_instead_of_trading(venue: Venue) -> None:
    for account in (1, 2):
        await venue.engine.submit(SetTradeGroup(AccountId(account), 7))
    transfer = "&selfTradePreventionMode=TRANSFER"
    await venue.alice.signed(ORDER, SELL + transfer)
    taken = (await venue.bob.signed(ORDER, BUY + transfer)).json
    assert (taken["status"], taken["preventedQuantity"], taken["tradeGroupId"], taken["fills"]) == (
        "EXPIRED_IN_MATCH",
        "0.50000000",
        7,
        [],
    )
    both = {
        "symbol": "BTCUSDT",
        "preventedMatchId": 1,
        "takerOrderId": 2,
        "makerSymbol": "BTCUSDT",
        "makerOrderId": 1,
        "tradeGroupId": 7,
        "selfTradePreventionMode": "TRANSFER",
        "price": "50000.00000000",
        "transactTime": NOW + 2,
        "takerPreventedQuantity": "0.50000000",
        "makerPreventedQuantity": "0.50000000",
    }
    for client in (venue.alice, venue.bob):
        found = await client.signed("GET /api/v3/myPreventedMatches", "symbol=BTCUSDT&orderId=1")
        assert found.json == [both]
    account = (await venue.bob.signed("GET /api/v3/account")).json
    assert account["tradeGroupId"] == 7
    by_asset = {row["asset"]: (row["free"], row["locked"]) for row in account["balances"]}
    assert by_asset["BTC"] == ("100.50000000", "0.00000000")  # without commission
    assert by_asset["USDT"] == ("9975000.00000000", "0.00000000")
