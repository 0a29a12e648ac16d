"""What is listed under which rules: exchangeInfo, executionRules and reference prices."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from rialto.gateway.wire.exchange_info import symbol_info
from rialto.messages import commands as c
from rialto.messages.events import CommandRejected
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Feature, InstrumentStatus, OrderType, StpMode
from tests.gateway.venue import Venue, running

INFO, RULES = "GET /api/v3/exchangeInfo", "GET /api/v3/executionRules"
REFERENCE = "GET /api/v3/referencePrice"
CALCULATION = REFERENCE + "/calculation"
MY_FILTERS = "GET /api/v3/myFilters"
SELL = "symbol={}&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price={}"
SYMBOLS = ("BTCUSDT", "ETHUSDT", "ETHBTC", "BNBUSDT", "SOLUSDT")
NO_REFERENCE = {"code": -2043, "msg": "This symbol doesn't have a reference price."}
FLAGS = {
    "icebergAllowed": Feature.ICEBERG,
    "ocoAllowed": Feature.OCO,
    "otoAllowed": Feature.OTO,
    "opoAllowed": Feature.OPO,
    "quoteOrderQtyMarketAllowed": Feature.QUOTE_QUANTITY_MARKET,
    "allowTrailingStop": Feature.TRAILING_STOP,
    "cancelReplaceAllowed": Feature.CANCEL_REPLACE,
    "amendAllowed": Feature.AMEND,
    "pegInstructionsAllowed": Feature.PEG,
}


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    async with running(tmp_path) as venue:
        yield venue


def instrument(venue: Venue, symbol: str) -> Instrument:
    found = venue.gateway.dispatch.sources.folds.catalog.find_instrument(symbol)
    assert found is not None
    return found


async def symbols(venue: Venue, query: str) -> list[str]:
    reply = await venue.anyone.call(INFO, query)
    return [listed["symbol"] for listed in reply.json["symbols"]]


async def do(venue: Venue, command: c.Command) -> None:
    events = await venue.engine.submit(command)
    assert not isinstance(events[0], CommandRejected), events


async def test_one_symbol_field_by_field(venue: Venue) -> None:
    (listed,) = (await venue.anyone.call(INFO, "symbol=BTCUSDT")).json["symbols"]
    assert listed == {
        "symbol": "BTCUSDT",
        "status": "TRADING",
        "baseAsset": "BTC",
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "baseCommissionPrecision": 8,
        "quoteCommissionPrecision": 8,
        "orderTypes": [kind.name for kind in OrderType],
        **dict.fromkeys(FLAGS, True),
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": "0.01000000",
                "maxPrice": "1000000.00000000",
                "tickSize": "0.01000000",
            },
            {
                "filterType": "LOT_SIZE",
                "minQty": "0.00001000",
                "maxQty": "9000.00000000",
                "stepSize": "0.00001000",
            },
            {"filterType": "ICEBERG_PARTS", "limit": 100},
            {
                "filterType": "MARKET_LOT_SIZE",
                "minQty": "0.00001000",
                "maxQty": "120.00000000",
                "stepSize": "0.00001000",
            },
            {
                "filterType": "TRAILING_DELTA",
                "minTrailingAboveDelta": 10,
                "maxTrailingAboveDelta": 2000,
                "minTrailingBelowDelta": 10,
                "maxTrailingBelowDelta": 2000,
            },
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": "5.00000000",
                "bidMultiplierDown": "0.20000000",
                "askMultiplierUp": "5.00000000",
                "askMultiplierDown": "0.20000000",
                "avgPriceMins": 5,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": "5.00000000",
                "applyMinToMarket": True,
                "maxNotional": "9000000.00000000",
                "applyMaxToMarket": False,
                "avgPriceMins": 5,
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
            {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
            {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
        "allowedSelfTradePreventionModes": [mode.name for mode in StpMode],
    }


async def test_the_exchange_itself(venue: Venue) -> None:
    info = (await venue.anyone.call(INFO)).json
    assert (info["timezone"], info["serverTime"]) == ("UTC", venue.clock.now_us // 1000)
    assert info["exchangeFilters"] == []
    kinds = [(limit["rateLimitType"], limit["interval"]) for limit in info["rateLimits"]]
    assert kinds == [
        ("REQUEST_WEIGHT", "MINUTE"),
        ("RAW_REQUESTS", "MINUTE"),
        ("ORDERS", "SECOND"),
        ("ORDERS", "DAY"),
    ]


async def test_which_symbols(venue: Venue) -> None:
    await do(venue, c.SetInstrumentStatus(InstrumentId(1), InstrumentStatus.HALT))
    for query, expected in (
        ("", SYMBOLS),
        ("symbol=ETHUSDT", ("ETHUSDT",)),
        ('symbols=["SOLUSDT","BTCUSDT"]', ("SOLUSDT", "BTCUSDT")),
        ("permissions=SPOT", SYMBOLS),
        ('permissions=["MARGIN","SPOT"]', SYMBOLS),
        ("permissions=MARGIN", ()),
        ('permissions=["LEVERAGED","TRD_GRP_025"]', ()),
        ("symbolStatus=HALT", ("ETHUSDT",)),
        ("symbolStatus=BREAK", ()),
        ("symbolStatus=TRADING&permissions=SPOT", SYMBOLS[:1] + SYMBOLS[2:]),
        ("symbolStatus=HALT&permissions=MARGIN", ()),
    ):
        assert tuple(await symbols(venue, query)) == expected, query
    bare = (await venue.anyone.call(INFO, "symbol=BTCUSDT&showPermissionSets=false")).json
    assert bare["symbols"][0]["permissionSets"] == []
    full = (await venue.anyone.call(INFO, "symbol=BTCUSDT&showPermissionSets=true")).json
    assert full["symbols"][0]["permissionSets"] == [["SPOT"]]


@pytest.mark.parametrize(
    ("status", "word"),
    [(status, status.name) for status in InstrumentStatus if status is not InstrumentStatus.AUCTION]
    + [(InstrumentStatus.AUCTION, "AUCTION_MATCH")],
)
async def test_every_status(venue: Venue, status: InstrumentStatus, word: str) -> None:
    await do(venue, c.SetInstrumentStatus(InstrumentId(0), status))
    (listed,) = (await venue.anyone.call(INFO, "symbol=BTCUSDT")).json["symbols"]
    assert listed["status"] == word


async def test_each_feature_is_one_flag_and_each_type_one_word(venue: Venue) -> None:
    one = instrument(venue, "BTCUSDT")
    for name, feature in FLAGS.items():
        only = replace(one, definition=replace(one.definition, features=int(feature)))
        assert flags(only) == {**dict.fromkeys(FLAGS, False), name: True}
    for kind in OrderType:
        only = replace(one, definition=replace(one.definition, allowed_order_types=1 << kind))
        assert symbol_info(only, []).order_types == [kind.name]


def flags(of: Instrument) -> dict[str, Any]:
    shown = msgspec.to_builtins(symbol_info(of, []))
    return {name: shown[name] for name in FLAGS}


async def test_limits_of_the_exchange_and_of_assets(venue: Venue) -> None:
    mine = (await venue.alice.signed(MY_FILTERS, "symbol=ETHBTC")).json
    (listed,) = (await venue.anyone.call(INFO, "symbol=ETHBTC")).json["symbols"]
    assert mine == {"exchangeFilters": [], "symbolFilters": listed["filters"], "assetFilters": []}
    assert {"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 10} in listed["filters"]
    await do(venue, c.SetExchangeLimits(1000, 0, 30, 40))
    await do(venue, c.SetAssetLimit(AssetId(1), 5 * 10**8))
    expected = [
        {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 1000},
        {"filterType": "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 30},
        {"filterType": "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 40},
    ]
    assert (await venue.anyone.call(INFO)).json["exchangeFilters"] == expected
    mine = (await venue.alice.signed(MY_FILTERS, "symbol=ETHBTC")).json
    assert mine["exchangeFilters"] == expected
    assert mine["assetFilters"] == [
        {"filterType": "MAX_ASSET", "asset": "BTC", "limit": "5.00000000"}
    ]


async def test_execution_rules(venue: Venue) -> None:
    rule = {
        "ruleType": "PRICE_RANGE",
        "bidLimitMultUp": "4.00000000",
        "bidLimitMultDown": "0.25000000",
        "askLimitMultUp": "4.00000000",
        "askLimitMultDown": "0.25000000",
    }
    every = [
        {"symbol": symbol, "rules": [rule] if symbol == "BNBUSDT" else []} for symbol in SYMBOLS
    ]
    for query, expected, weight in (
        ("", every, 40),
        ("symbol=BNBUSDT", every[3:4], 2),
        ('symbols=["BNBUSDT","BTCUSDT"]', [every[3], every[0]], 4),
        ("symbolStatus=TRADING", every, 40),
        ("symbolStatus=HALT", [], 40),
    ):
        before = await venue.anyone.call("GET /api/v3/ping")
        reply = await venue.anyone.call(RULES, query)
        assert reply.json == {"symbolRules": expected}, query
        used = [int(r.headers["x-mbx-used-weight-1m"]) for r in (before, reply)]
        assert used[1] - used[0] == weight, query
    for query, code in (
        ('symbol=BNBUSDT&symbols=["BTCUSDT"]', -1128),
        ("symbol=BNBUSDT&symbolStatus=TRADING", -1128),
        ("symbol=X", -1121),
        ("symbolStatus=X", -1122),
    ):
        assert (await venue.anyone.call(RULES, query)).code == code, query


async def test_a_reference_price_that_is_a_mean_of_trades(venue: Venue) -> None:
    now = venue.clock.now_us // 1000
    empty = await venue.anyone.call(REFERENCE, "symbol=BNBUSDT")
    assert empty.json == {"symbol": "BNBUSDT", "referencePrice": None, "timestamp": now}
    for price in ("600", "601", "603"):
        await venue.alice.signed("POST /api/v3/order", SELL.format("BNBUSDT", price))
        buy = SELL.replace("SELL", "BUY").format("BNBUSDT", price)
        await venue.bob.signed("POST /api/v3/order", buy)
    reply = await venue.anyone.call(REFERENCE, "symbol=BNBUSDT")
    now = venue.clock.now_us // 1000
    # A third of a tick: the mean is cut after four places of a tick.
    price = "601.33333300"
    assert reply.json == {"symbol": "BNBUSDT", "referencePrice": price, "timestamp": now}
    venue.clock.now_us += 62_000_000
    gone = await venue.anyone.call(REFERENCE, "symbol=BNBUSDT")
    assert gone.json["referencePrice"] is None
    how = await venue.anyone.call(CALCULATION, "symbol=BNBUSDT&symbolStatus=TRADING")
    assert how.json == {
        "symbol": "BNBUSDT",
        "calculationType": "ARITHMETIC_MEAN",
        "bucketCount": 60,
        "bucketWidthMs": 1000,
    }


async def test_a_reference_price_that_the_operator_sets(venue: Venue) -> None:
    for rest in (REFERENCE, CALCULATION):
        reply = await venue.anyone.call(rest, "symbol=BTCUSDT")
        assert (reply.status, reply.json) == (400, NO_REFERENCE)
    await do(venue, c.SetReferencePrice(InstrumentId(0), 5_000_050))
    now = venue.clock.now_us // 1000
    reply = await venue.anyone.call(REFERENCE, "symbol=BTCUSDT")
    expected = {"symbol": "BTCUSDT", "referencePrice": "50000.50000000", "timestamp": now}
    assert reply.json == expected
    how = await venue.anyone.call(CALCULATION, "symbol=BTCUSDT")
    assert how.json == {
        "symbol": "BTCUSDT",
        "calculationType": "EXTERNAL",
        "externalCalculationId": 0,
    }
    assert (await venue.anyone.call(CALCULATION, "symbol=BTCUSDT&symbolStatus=HALT")).code == -1220
    assert (await venue.anyone.call(REFERENCE, "symbol=X")).code == -1121
    assert (await venue.anyone.call(REFERENCE)).code == -1102
