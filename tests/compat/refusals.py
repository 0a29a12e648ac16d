"""Bad requests, the code that each gets, and the class that ccxt makes of it.

The other clients have one class for all refusals with a status; test_refusals.py knows them. ccxt
has finer ones for some codes (-1134, -1145, -2022), but only for addresses of Binance itself.
"""

from typing import Any, NamedTuple

ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "0.5",
    "price": "50000",
}
OCO = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "0.1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "52000",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "48000",
}
OTO = {
    "symbol": "BTCUSDT",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingQuantity": "0.1",
    "workingPrice": "49000",
    "workingTimeInForce": "GTC",
    "pendingType": "LIMIT",
    "pendingSide": "SELL",
    "pendingQuantity": "0.1",
    "pendingPrice": "60000",
    "pendingTimeInForce": "GTC",
}
MARKET = {"type": "MARKET", "price": None, "timeInForce": None}
STOP = {"type": "STOP_LOSS", "price": None, "timeInForce": None}
REPLACE = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": 999}


class Row(NamedTuple):
    call: str
    parameters: dict[str, Any]
    code: int
    ccxt: str
    who: str = "alice"


def order(changes: dict[str, Any]) -> dict[str, Any]:
    return _changed(ORDER, changes)


def _changed(usual: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """None leaves a parameter out."""
    return {name: value for name, value in (usual | changes).items() if value is not None}


ROWS = (
    Row("place", order({"symbol": "NOSUCH"}), -1121, "BadSymbol"),
    Row("place", order({"side": "BOTH"}), -1117, "BadRequest"),
    Row("place", order({"type": "STOP"}), -1116, "BadRequest"),
    Row("place", order({"timeInForce": "GTD"}), -1115, "BadRequest"),
    Row("place", order({"timeInForce": None}), -1102, "BadRequest"),
    Row("place", order({"price": None}), -1102, "BadRequest"),
    Row("place", order({"quantity": None}), -1102, "BadRequest"),
    Row("place", order({"quantity": "1e3"}), -1100, "BadRequest"),
    Row("place", order({"price": "-1"}), -1100, "BadRequest"),
    Row("place", order({"quantity": "0.123456789"}), -1111, "BadRequest"),
    Row("place", order({"quoteOrderQty": "10"}), -1106, "BadRequest"),
    Row("place", order({**MARKET, "price": "1"}), -1106, "BadRequest"),
    Row("place", order({"colour": "red"}), -1104, "BadRequest"),
    Row("place", order({"newClientOrderId": "x" * 37}), -1100, "BadRequest"),
    Row("place", order({"strategyType": "1"}), -1134, "ExchangeError"),
    Row("place", order({"newOrderRespType": "ALL"}), -1130, "BadRequest"),
    Row("place", order({"selfTradePreventionMode": "ALL"}), -1130, "BadRequest"),
    Row("place", order({"price": "50000.001"}), -1013, "InvalidOrder"),
    Row("place", order({"quantity": "0.000001"}), -1013, "InvalidOrder"),
    Row("place", order({"quantity": "9001"}), -1013, "InvalidOrder"),
    Row("place", order({**MARKET, "quantity": "121"}), -1013, "InvalidOrder"),
    Row("place", order({"quantity": "0.0001", "price": "100"}), -1013, "BadRequest"),
    Row("place", order({"price": "9000000"}), -1013, "InvalidOrder"),
    Row("place", order({"icebergQty": "0.6"}), -1013, "BadRequest"),
    Row("place", order({"icebergQty": "0.001"}), -1013, "BadRequest"),
    Row("place", order({"icebergQty": "0.1", "timeInForce": "IOC"}), -1014, "InvalidOrder"),
    Row("place", order(STOP), -1102, "BadRequest"),
    Row("place", order({**STOP, "stopPrice": "49000"}), -2010, "OrderImmediatelyFillable"),
    Row("place", order({**STOP, "trailingDelta": 99999}), -1013, "BadRequest"),
    Row("place", order({"side": "SELL", "quantity": "150"}), -2010, "InsufficientFunds"),
    Row("place", order({"newClientOrderId": "twice", "quantity": "0.2"}), -2010, "InvalidOrder"),
    Row(
        "place",
        order({"type": "LIMIT_MAKER", "timeInForce": None, "price": "51000"}),
        -2010,
        "OrderImmediatelyFillable",
    ),
    Row("place", order({"pegPriceType": "BEST"}), -1210, "ExchangeError"),
    Row(
        "place",
        order({"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "TICKS"}),
        -1211,
        "ExchangeError",
    ),
    Row("attempt", order({"side": "BOTH"}), -1117, "BadRequest"),
    Row("cancel", {"symbol": "BTCUSDT", "orderId": 999}, -2011, "OrderNotFound"),
    Row("cancel", {"symbol": "BTCUSDT"}, -1102, "BadRequest"),
    Row("cancel", {"symbol": "NOSUCH", "orderId": 1}, -1121, "BadSymbol"),
    Row(
        "cancel",
        {"symbol": "BTCUSDT", "orderId": 1, "cancelRestrictions": "X"},
        -1145,
        "ExchangeError",
    ),
    Row("cancel_all", {"symbol": "ETHUSDT"}, -2011, "OrderNotFound"),
    Row("cancel_list", {"symbol": "BTCUSDT", "orderListId": 999}, -2011, "OrderNotFound"),
    Row("order", {"symbol": "BTCUSDT", "orderId": 999}, -2013, "OrderNotFound"),
    Row("order_list", {"orderListId": 999}, -2018, "ExchangeError"),
    Row("replace", order({**REPLACE}), -2022, "ExchangeError"),
    Row("replace", order({**REPLACE, "cancelReplaceMode": "BOTH"}), -1130, "BadRequest"),
    Row("amend", {"symbol": "BTCUSDT", "orderId": 999, "newQty": "0.1"}, -2038, "ExchangeError"),
    Row("place_oco", _changed(OCO, {"aboveType": "MARKET"}), -1158, "ExchangeError"),
    Row(
        "place_oco",
        _changed(OCO, {"aboveType": "STOP_LOSS", "aboveStopPrice": "52000", "abovePrice": None}),
        -1197,
        "ExchangeError",
    ),
    Row("place_oco", _changed(OCO, {"belowStopPrice": "51500"}), -2010, "InvalidOrder"),
    Row("place_oto", _changed(OTO, {"workingType": "MARKET"}), -1130, "BadRequest"),
    Row("place_oto", _changed(OTO, {"pendingPrice": None}), -1102, "BadRequest"),
    Row("place_oto", _changed(OTO, {"pendingSide": "BOTH"}), -1117, "BadRequest"),
    Row("klines", {"symbol": "BTCUSDT", "interval": "7m"}, -1120, "BadRequest"),
    Row("depth", {"symbol": "NOSUCH"}, -1121, "BadSymbol"),
    Row(
        "trades",
        {"symbol": "BTCUSDT", "startTime": 1000, "endTime": 172800000},
        -1127,
        "BadRequest",
    ),
    Row("account", {}, -2014, "AuthenticationError", "garbled"),
    Row("account", {}, -2015, "AuthenticationError", "stranger"),
    Row("account", {}, -1022, "AuthenticationError", "forger"),
)
