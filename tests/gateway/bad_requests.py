"""Bad input as tables: what is wrong, and the code and message that it gets."""

DECIMAL = r"^(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?$"
INTEGER = r"^[0-9]{1,20}$"
LABEL = r"^-?[0-9]{1,20}$"
CLIENT_ORDER_ID = r"^[a-zA-Z0-9-_]{1,36}$"
FREE_ID = "^(?!(auto|list)-[0-9]{17}$)[a-zA-Z0-9-_]{1,36}$"
BOOLEAN = r"^(true|false)$"

Changes = dict[str, str | None]
Wrong = tuple[int, str]


def illegal(name: str, legal: str) -> Wrong:
    return -1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."


def missing(name: str) -> Wrong:
    return -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def empty(name: str) -> Wrong:
    return -1105, f"Parameter '{name}' was empty."


def unread(read: int, sent: int) -> Wrong:
    return -1104, (
        f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."
    )


def not_required(name: str) -> Wrong:
    return -1106, f"Parameter '{name}' sent when not required."


def too_precise(name: str) -> Wrong:
    return -1111, f"Parameter '{name}' has too much precision."


def invalid(name: str) -> Wrong:
    return -1130, f"Data sent for parameter '{name}' is not valid."


def failed(name: str) -> Wrong:
    return -1013, f"Filter failure: {name}"


NO_SYMBOL = (-1121, "Invalid symbol.")
NO_ID = (-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")
NOT_JSON = (-1135, "JSON sent for parameter 'symbols' is not valid")
NO_STATUS = (-1220, "The symbol's status does not match the requested symbolStatus.")
NO_MONEY = (-2010, "Account has insufficient balance for requested action.")
NO_BOOK = (-2010, "Order book liquidity is less than symbol minimum quantity.")
NO_STOP = (
    -1102,
    "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
)
NO_PEG = (-1013, "This order type may not use pegged price.")
COMPOSITION = (-1014, "Unsupported order combination.")
TOGETHER = (
    -1128,
    "Fields [pegOffsetType, pegOffsetValue] must be sent together or omitted entirely.",
)
BAD_COMBINATION = (-1128, "Combination of optional parameters invalid.")
TOO_MANY_HOURS = (-1127, "More than 24 hours between startTime and endTime.")
TWICE = (-1101, "Duplicate values for a parameter detected.")

ORDER = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.5&price=50000"
MARKET: Changes = {"type": "MARKET", "price": None, "timeInForce": None}
BY_QUOTE: Changes = {**MARKET, "quantity": None}
STOP: Changes = {"type": "STOP_LOSS", "price": None, "timeInForce": None, "stopPrice": "60000"}
PEGGED: Changes = {
    "pegPriceType": "PRIMARY_PEG",
    "pegOffsetType": "PRICE_LEVEL",
    "pegOffsetValue": "1",
}

NO_NUMBERS = (
    *("NaN", "Infinity", "-Infinity", "1e400", "1E1", "1_000", "-1", "-0", "+1", "%2B1", "%201"),
    *("01", "1.", ".5", "1,5", "0x10", "1" * 40, "1." + "1" * 19, "1%00", "1%0A"),
    *("%EF%BC%91", "%D9%A1", "true", "null", "[]"),
)

_NO_NUMBERS: list[tuple[Changes, Wrong]] = [
    ({name: value}, illegal(name, DECIMAL))
    for name in ("quantity", "price")
    for value in NO_NUMBERS
]

# What is changed in ORDER: a value, or None to leave it out.
ORDERS: list[tuple[Changes, Wrong]] = [
    ({"symbol": None}, missing("symbol")),
    ({"side": None}, missing("side")),
    ({"type": None}, missing("type")),
    ({"timeInForce": None}, missing("timeInForce")),
    ({"quantity": None}, missing("quantity")),
    ({"price": None}, missing("price")),
    (BY_QUOTE, missing("quantity")),
    ({"symbol": ""}, empty("symbol")),
    ({"quantity": ""}, empty("quantity")),
    ({"newClientOrderId": ""}, empty("newClientOrderId")),
    ({"foo": "1"}, unread(8, 9)),
    ({"Symbol": "BTCUSDT"}, unread(8, 9)),
    ({"stopPrice": "1"}, not_required("stopPrice")),
    ({"quoteOrderQty": "1"}, not_required("quoteOrderQty")),
    ({**MARKET, "price": "1"}, not_required("price")),
    ({**MARKET, "timeInForce": "GTC"}, not_required("timeInForce")),
    ({**MARKET, "quoteOrderQty": "10"}, not_required("quoteOrderQty")),
    ({"type": "LIMIT_MAKER"}, not_required("timeInForce")),
    ({"side": "buy"}, (-1117, "Invalid side.")),
    ({"side": "BOTH"}, (-1117, "Invalid side.")),
    ({"type": "limit"}, (-1116, "Invalid orderType.")),
    ({"timeInForce": "GTD"}, (-1115, "Invalid timeInForce.")),
    ({"newOrderRespType": "ALL"}, invalid("newOrderRespType")),
    ({"selfTradePreventionMode": "X"}, invalid("selfTradePreventionMode")),
    ({"type": "STOP_LOSS", "stopPrice": "1"}, not_required("price")),
    ({**STOP, "stopPrice": None}, NO_STOP),
    ({**STOP, "stopPrice": "0"}, failed("PRICE_FILTER")),
    ({**STOP, "stopPrice": "50000.001"}, failed("PRICE_FILTER")),
    ({**STOP, "stopPrice": "50000.000000001"}, too_precise("stopPrice")),
    ({**STOP, "icebergQty": "0.1"}, not_required("icebergQty")),
    ({**STOP, "quoteOrderQty": "1"}, not_required("quoteOrderQty")),
    ({**STOP, "pegPriceType": "PRIMARY_PEG"}, NO_PEG),
    ({"type": "TAKE_PROFIT_LIMIT"}, NO_STOP),
    ({"type": "TAKE_PROFIT_LIMIT", "stopPrice": "1", "timeInForce": None}, missing("timeInForce")),
    ({"type": "TAKE_PROFIT_LIMIT", "stopPrice": "1", "price": None}, missing("price")),
    ({"trailingDelta": "10"}, not_required("trailingDelta")),
    ({**STOP, "trailingDelta": "0"}, failed("TRAILING_DELTA")),
    ({**STOP, "trailingDelta": "10000"}, failed("TRAILING_DELTA")),
    ({**STOP, "trailingDelta": "x"}, illegal("trailingDelta", INTEGER)),
    ({"icebergQty": "0.5"}, (-1013, "IcebergQty exceeds QTY.")),
    ({"icebergQty": "0.1", "timeInForce": "IOC"}, COMPOSITION),
    ({"icebergQty": "0.000001"}, failed("LOT_SIZE")),
    ({**MARKET, "icebergQty": "0.1"}, not_required("icebergQty")),
    ({"pegPriceType": "BEST"}, (-1210, "Invalid pegPriceType.")),
    ({"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "TICKS"}, (-1211, "Invalid pegOffsetType.")),
    ({"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "PRICE_LEVEL"}, TOGETHER),
    ({"pegPriceType": "PRIMARY_PEG", "pegOffsetValue": "1"}, TOGETHER),
    ({"pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": "1"}, missing("pegPriceType")),
    ({**PEGGED, "pegOffsetValue": "0"}, invalid("pegOffsetValue")),
    ({**PEGGED, "pegOffsetValue": "101"}, invalid("pegOffsetValue")),
    ({**PEGGED, "timeInForce": "IOC"}, COMPOSITION),
    (PEGGED, (-2010, "Order book liquidity is too low for this pegged order.")),
    ({**MARKET, "pegPriceType": "PRIMARY_PEG"}, NO_PEG),
    (
        {"type": "LIMIT_MAKER", "timeInForce": None, "pegPriceType": "MARKET_PEG"},
        (-1013, "This price peg cannot be used with this order type."),
    ),
    ({"strategyType": "999999"}, (-1134, "strategyType was less than 1000000.")),
    ({"strategyType": "3000000000"}, (-1108, "Parameter 'strategyType' overflowed.")),
    ({"strategyId": "1.5"}, illegal("strategyId", LABEL)),
    ({"strategyId": "9" * 20}, (-1108, "Parameter 'strategyId' overflowed.")),
    ({"goodTillDate": "1"}, (-1013, "The time in goodTillDate has passed.")),
    ({"goodTillDate": "2000000000000", "timeInForce": "IOC"}, COMPOSITION),
    ({**MARKET, "goodTillDate": "2000000000000"}, not_required("goodTillDate")),
    ({"symbol": "DOGEUSDT"}, NO_SYMBOL),
    ({"symbol": "btcusdt"}, NO_SYMBOL),
    ({"symbol": "%00"}, NO_SYMBOL),
    ({"symbol": "%EF%BC%91"}, NO_SYMBOL),
    ({"symbol": "A" * 4000}, NO_SYMBOL),
    *_NO_NUMBERS,
    ({**BY_QUOTE, "quoteOrderQty": "1e3"}, illegal("quoteOrderQty", DECIMAL)),
    ({"quantity": "%FF"}, illegal("quantity", "UTF-8")),
    ({"quantity": "%C0%B1"}, illegal("quantity", "UTF-8")),
    ({"%FF": "1"}, illegal("parameter", "UTF-8")),
    ({"price": "50000.001"}, failed("PRICE_FILTER")),
    ({"price": "50000.000000001"}, too_precise("price")),
    ({"price": "0"}, failed("PRICE_FILTER")),
    ({"price": "0.00"}, failed("PRICE_FILTER")),
    ({"price": "9999999999999999999"}, failed("PRICE_FILTER")),
    ({"price": "9999999999999999999.999999999999999999"}, too_precise("price")),
    ({"quantity": "0"}, failed("LOT_SIZE")),
    ({"quantity": "0.000001"}, failed("LOT_SIZE")),
    ({"quantity": "0.000000001"}, too_precise("quantity")),
    ({"quantity": "9999999999999999999"}, failed("LOT_SIZE")),
    ({"quantity": "0.00001", "price": "0.01"}, failed("NOTIONAL")),
    ({"quantity": "9000", "price": "999999"}, failed("NOTIONAL")),
    ({**MARKET, "quantity": "121"}, failed("MARKET_LOT_SIZE")),
    ({**BY_QUOTE, "quoteOrderQty": "0"}, (-1013, "Price * QTY is zero or less.")),
    ({**BY_QUOTE, "quoteOrderQty": "0.000000001"}, too_precise("quoteOrderQty")),
    ({**BY_QUOTE, "quoteOrderQty": "100"}, NO_BOOK),
    ({"newClientOrderId": "a b"}, illegal("newClientOrderId", CLIENT_ORDER_ID)),
    ({"newClientOrderId": "a" * 37}, illegal("newClientOrderId", CLIENT_ORDER_ID)),
    ({"newClientOrderId": "auto-" + "1" * 17}, illegal("newClientOrderId", FREE_ID)),
    ({"side": "SELL", "quantity": "150"}, NO_MONEY),
]

DEPTH, KLINES = "GET /api/v3/depth", "GET /api/v3/klines"
ORDER_ID_MAX = 2**63 - 1
DAY_AND_MORE = "symbol=BTCUSDT&startTime=1&endTime=86400002"

# Endpoint and parameters, which are signed where the endpoint asks for it.
REQUESTS: list[tuple[str, str, Wrong]] = [
    ("GET /api/v3/ping", "a=1", unread(0, 1)),
    (DEPTH, "", missing("symbol")),
    (DEPTH, "symbol=X", NO_SYMBOL),
    (DEPTH, "symbol=BTCUSDT&limit=0", invalid("limit")),
    (DEPTH, "symbol=BTCUSDT&limit=-1", illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&limit=1e2", illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&limit=1_0", illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&limit=1.0", illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&limit=%EF%BC%91", illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&limit=" + "9" * 20, (-1108, "Parameter 'limit' overflowed.")),
    (DEPTH, "symbol=BTCUSDT&limit=" + "9" * 40, illegal("limit", INTEGER)),
    (DEPTH, "symbol=BTCUSDT&symbol=BTCUSDT", TWICE),
    (DEPTH, "symbol=BTCUSDT&s%79mbol=BTCUSDT", TWICE),
    (DEPTH, "symbol=BTCUSDT&symbolStatus=HALT", NO_STATUS),
    (DEPTH, "symbol=BTCUSDT&symbolStatus=BREAK", NO_STATUS),
    (DEPTH, "symbol=BTCUSDT&symbolStatus=OPEN", (-1122, "Invalid symbolStatus.")),
    (
        DEPTH,
        "&".join(f"a{n}=1" for n in range(200)),
        (-1101, "Too many parameters; expected '100' and received '200'."),
    ),
    ("GET /api/v3/trades", "symbol=BTCUSDT&limit=0", invalid("limit")),
    (KLINES, "symbol=BTCUSDT", missing("interval")),
    (KLINES, "symbol=BTCUSDT&interval=2m", (-1120, "Invalid interval.")),
    (KLINES, "symbol=BTCUSDT&interval=1M&timeZone=15", invalid("timeZone")),
    (KLINES, "symbol=BTCUSDT&interval=1M&timeZone=%D9%A1", invalid("timeZone")),
    (KLINES, "symbol=BTCUSDT&interval=1m&startTime=-1", illegal("startTime", INTEGER)),
    ("GET /api/v3/ticker/price", "symbols=[", NOT_JSON),
    ("GET /api/v3/ticker/price", "symbols=" + "[" * 5000, NOT_JSON),
    ("GET /api/v3/ticker/price", "symbols=[1]", NOT_JSON),
    (
        "GET /api/v3/ticker/price",
        'symbols=["BTCUSDT","BTCUSDT"]',
        (-1151, "Symbol is present multiple times in the list."),
    ),
    ("GET /api/v3/ticker/price", 'symbols=["BTCUSDT"]&symbol=BTCUSDT', BAD_COMBINATION),
    ("GET /api/v3/ticker/24hr", "symbol=BTCUSDT&type=ALL", (-1139, "Invalid ticker type.")),
    ("GET /api/v3/exchangeInfo", 'symbols=["BTCUSDT","X"]', NO_SYMBOL),
    ("GET /api/v3/exchangeInfo", "symbol=BTCUSDT&permissions=SPOT", BAD_COMBINATION),
    ("GET /api/v3/exchangeInfo", "showPermissionSets=1", illegal("showPermissionSets", BOOLEAN)),
    ("GET /api/v3/order", "symbol=BTCUSDT", NO_ID),
    ("GET /api/v3/order", "symbol=BTCUSDT&orderId=1", (-2013, "Order does not exist.")),
    ("GET /api/v3/order", "symbol=BTCUSDT&orderId=x", illegal("orderId", INTEGER)),
    (
        "GET /api/v3/order",
        f"symbol=BTCUSDT&orderId={ORDER_ID_MAX}",
        (-2013, "Order does not exist."),
    ),
    (
        "GET /api/v3/order",
        "symbol=BTCUSDT&origClientOrderId=a%20b",
        illegal("origClientOrderId", CLIENT_ORDER_ID),
    ),
    ("DELETE /api/v3/order", "symbol=BTCUSDT", NO_ID),
    ("DELETE /api/v3/order", "symbol=BTCUSDT&orderId=1", (-2011, "Unknown order sent.")),
    (
        "DELETE /api/v3/order",
        f"symbol=BTCUSDT&orderId={ORDER_ID_MAX}",
        (-2011, "Unknown order sent."),
    ),
    (
        "DELETE /api/v3/order",
        "symbol=BTCUSDT&orderId=1&cancelRestrictions=NONE",
        (-1145, "Invalid cancelRestrictions"),
    ),
    ("DELETE /api/v3/openOrders", "symbol=BTCUSDT", (-2011, "Unknown order sent.")),
    ("GET /api/v3/openOrders", "symbol=X", NO_SYMBOL),
    ("GET /api/v3/allOrders", DAY_AND_MORE, TOO_MANY_HOURS),
    ("GET /api/v3/myTrades", DAY_AND_MORE, TOO_MANY_HOURS),
    ("GET /api/v3/myTrades", "symbol=BTCUSDT&orderId=1&startTime=1", BAD_COMBINATION),
    (
        "GET /api/v3/account",
        "omitZeroBalances=True",
        illegal("omitZeroBalances", BOOLEAN),
    ),
    ("POST /api/v3/order/test", ORDER.replace("50000", "50000.001"), failed("PRICE_FILTER")),
    ("POST /api/v3/order/test", ORDER.replace("0.5", "0"), failed("LOT_SIZE")),
    ("POST /api/v3/order/test", ORDER.replace("0.5", "0.00001"), failed("NOTIONAL")),
]

# Endpoints by path alone.
PATHS = (
    ("GET /", 404),
    ("GET /api/v3", 404),
    ("GET /api/v3/nothing", 404),
    ("GET /api/v3/order/", 404),
    ("GET /api/v1/ping", 404),
    ("POST /api/v3/ping", 405),
    ("DELETE /api/v3/account", 405),
    ("PUT /api/v3/order", 405),
)

# Without a key or a good signature: the query, the key that is sent, status and code.
STRANGERS = (
    ("", "", 401, -2014),
    ("", "abc", 401, -2014),
    ("", "é" * 64, 401, -2014),
    ("", "f" * 64, 401, -2015),
)
UNSIGNED = (
    ("", 400, -1102),
    ("timestamp=1700000000000", 400, -1102),
    ("signature=" + "0" * 64, 400, -1102),
    ("timestamp=1700000000000&signature=", 400, -1022),
    ("timestamp=1700000000000&signature=" + "0" * 64, 400, -1022),
    ("timestamp=1700000000000&signature=" + "zz" * 32, 400, -1022),
    ("timestamp=1700000000000&signature=%FF", 400, -1100),
)
