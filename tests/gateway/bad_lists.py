"""Order lists as tables: good ones, and what is changed in them with the error that it gets."""

OCO = (
    "symbol=BTCUSDT&side=SELL&quantity=0.5&aboveType=LIMIT_MAKER&abovePrice=52000"
    "&belowType=STOP_LOSS&belowStopPrice=48000"
)
WORKING = (
    "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=49000&workingQuantity=0.5"
    "&workingTimeInForce=GTC&pendingSide=SELL"
)
OTO = WORKING + "&pendingType=LIMIT_MAKER&pendingPrice=53000&pendingQuantity=0.4"
PAIR = (
    "&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=53000"
    "&pendingBelowType=STOP_LOSS_LIMIT&pendingBelowStopPrice=45000&pendingBelowPrice=44000"
    "&pendingBelowTimeInForce=GTC"
)
OTOCO = WORKING + "&pendingQuantity=0.4" + PAIR
OPO = WORKING + "&pendingType=LIMIT_MAKER&pendingPrice=53000"
OPOCO = WORKING + PAIR
OLD_OCO = (
    "symbol=BTCUSDT&side=SELL&quantity=0.5&price=52000&stopPrice=48000&stopLimitPrice=47000"
    "&stopLimitTimeInForce=GTC"
)

# kind, parameters, what is changed in them; code and message
REFUSED = [
    (
        "oco",
        OCO,
        "aboveType=LIMIT_MAKER",
        "aboveType=LIMIT",
        -1158,
        "Order type not supported in OCO.",
    ),
    (
        "oco",
        OCO,
        "belowType=STOP_LOSS&belowStopPrice=48000",
        "belowType=LIMIT_MAKER&belowPrice=48000",
        -1168,
        "At least one OCO order must be contingent.",
    ),
    ("oco", OCO, "side=SELL", "side=BUY", -1165, "A limit order in a buy OCO must be below."),
    (
        "oco",
        OCO,
        "aboveType=LIMIT_MAKER&abovePrice=52000",
        "aboveType=STOP_LOSS&aboveStopPrice=52000",
        -1197,
        "A stop loss order in a sell OCO must be below.",
    ),
    (
        "oco",
        OCO,
        "belowType=STOP_LOSS",
        "belowType=TAKE_PROFIT",
        -1199,
        "A take profit order in a sell OCO must be above.",
    ),
    (
        "oco",
        OCO,
        "abovePrice=52000",
        "abovePrice=49000",
        -2010,
        "The relationship of the prices for the orders is not correct.",
    ),
    (
        "oco",
        OCO,
        "&belowStopPrice=48000",
        "",
        -1102,
        "Param 'belowStopPrice' or 'belowTrailingDelta' must be sent, but both were empty/null!",
    ),
    (
        "oco",
        OCO,
        "&abovePrice=52000",
        "",
        -1102,
        "Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed.",
    ),
    (
        "oco",
        OCO,
        "abovePrice",
        "aboveTimeInForce=GTC&abovePrice",
        -1106,
        "Parameter 'aboveTimeInForce' sent when not required.",
    ),
    (
        "oco",
        OCO,
        "belowType=STOP_LOSS&",
        "belowType=STOP_LOSS_LIMIT&belowPrice=47000&belowTimeInForce=IOC&belowIcebergQty=0.1&",
        -1160,
        "Parameter 'belowIcebergQty' is not supported if "
        "aboveTimeInForce/belowTimeInForce is not GTC.",
    ),
    ("oco", OCO, "quantity=0.5", "quantity=0", -1013, "Filter failure: LOT_SIZE"),
    (
        "oco",
        OCO,
        "quantity=0.5",
        "quantity=0.000000001",
        -1111,
        "Parameter 'quantity' has too much precision.",
    ),
    (
        "oco",
        OCO,
        "quantity=0.5",
        "quantity=101",
        -2010,
        "Account has insufficient balance for requested action.",
    ),
    (
        "oto",
        OTO,
        "workingType=LIMIT",
        "workingType=MARKET",
        -1130,
        "Data sent for parameter 'workingType' is not valid.",
    ),
    (
        "oto",
        OTO,
        "&pendingQuantity=0.4",
        "",
        -1102,
        "Mandatory parameter 'pendingQuantity' was not sent, was empty/null, or malformed.",
    ),
    (
        "opo",
        OPO,
        "workingSide=BUY",
        "workingSide=SELL",
        -1222,
        "Working order in an OPO list must be a bid.",
    ),
    (
        "opo",
        OPO,
        "pendingSide=SELL",
        "pendingSide=BUY",
        -1223,
        "Pending orders in an OPO list must be asks.",
    ),
    (
        "opo",
        OPO,
        "&pendingSide",
        "&pendingQuantity=1&pendingSide",
        -1225,
        "Pending orders should not include the 'pendingQuantity' tag.",
    ),
    (
        "otoco",
        OTOCO,
        "pendingBelowType=STOP_LOSS_LIMIT",
        "pendingBelowType=MARKET",
        -1158,
        "Order type not supported in OCO.",
    ),
    ("opoco", OPOCO, "workingQuantity=0.5", "workingQuantity=0.5&workingFoo=1", -1104, ""),
]
