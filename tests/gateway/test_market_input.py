"""Bad parameters of market data as a table: each gets its documented code and text."""

from pathlib import Path

from tests.gateway.bad_requests import (
    BAD_COMBINATION,
    INTEGER,
    NO_STATUS,
    NO_SYMBOL,
    Wrong,
    empty,
    illegal,
    invalid,
    missing,
    unread,
)
from tests.gateway.venue import running

SYMBOL, BOTH = "symbol=BTCUSDT", 'symbol=BTCUSDT&symbols=["BTCUSDT"]'
NEITHER = (-1102, "Param 'symbol' or 'symbols' must be sent, but both were empty/null!")
NO_TYPE = (-1139, "Invalid ticker type.")
NOT_A_STATUS = (-1122, "Invalid symbolStatus.")
NOT_JSON = (-1135, "JSON sent for parameter 'symbols' is not valid")
TWICE = (-1151, "Symbol is present multiple times in the list.")
NO_INTERVAL = (-1120, "Invalid interval.")

HISTORY, AGGREGATES = "GET /api/v3/historicalTrades", "GET /api/v3/aggTrades"
BLOCKS, AVERAGE = "GET /api/v3/historicalBlockTrades", "GET /api/v3/avgPrice"
WINDOW, TRADING_DAY = "GET /api/v3/ticker", "GET /api/v3/ticker/tradingDay"
UI_KLINES, INFO = "GET /api/v3/uiKlines", "GET /api/v3/exchangeInfo"
TICKERS = (WINDOW, TRADING_DAY, "GET /api/v3/ticker/24hr")
PRICES = ("GET /api/v3/ticker/price", "GET /api/v3/ticker/bookTicker")


def symbols(count: int) -> str:
    return "symbols=[" + ",".join(f'"S{n}"' for n in range(count)) + "]"


def too_many(most: int) -> Wrong:
    text = f"Too many values sent for parameter 'symbols', maximum allowed up to {most}."
    return -1101, text


REQUESTS: list[tuple[str, str, Wrong]] = [
    *((rest, "", missing("symbol")) for rest in (HISTORY, AGGREGATES, BLOCKS, AVERAGE, UI_KLINES)),
    *((rest, "symbol=X", NO_SYMBOL) for rest in (HISTORY, AGGREGATES, AVERAGE, WINDOW)),
    *((rest, SYMBOL + "&limit=0", invalid("limit")) for rest in (HISTORY, AGGREGATES)),
    *((rest, SYMBOL + "&fromId=-1", illegal("fromId", INTEGER)) for rest in (HISTORY, AGGREGATES)),
    (HISTORY, SYMBOL + "&fromId=" + "9" * 20, (-1108, "Parameter 'fromId' overflowed.")),
    (HISTORY, SYMBOL + "&startTime=1", unread(1, 2)),
    (BLOCKS, SYMBOL, missing("fromId")),
    (BLOCKS, "symbol=X&fromId=1", NO_SYMBOL),
    (AGGREGATES, SYMBOL + "&fromId=1&startTime=1", BAD_COMBINATION),
    (AGGREGATES, SYMBOL + "&fromId=1&endTime=1", BAD_COMBINATION),
    (AGGREGATES, SYMBOL + "&startTime=x", illegal("startTime", INTEGER)),
    (AVERAGE, SYMBOL + "&symbolStatus=TRADING", unread(1, 2)),
    (UI_KLINES, SYMBOL, missing("interval")),
    (UI_KLINES, SYMBOL + "&interval=1H", NO_INTERVAL),
    (UI_KLINES, SYMBOL + "&interval=1m&timeZone=14:01", invalid("timeZone")),
    (UI_KLINES, SYMBOL + "&interval=1m&timeZone=-12:01", invalid("timeZone")),
    (UI_KLINES, SYMBOL + "&interval=1m&timeZone=", empty("timeZone")),
    *((rest, "", NEITHER) for rest in (WINDOW, TRADING_DAY)),
    *((rest, "symbolStatus=TRADING", NEITHER) for rest in (WINDOW, TRADING_DAY)),
    *((rest, symbols(101), too_many(100)) for rest in (WINDOW, TRADING_DAY)),
    *((rest, symbols(101), NO_SYMBOL) for rest in PRICES),
    *((rest, symbols(1001), too_many(1000)) for rest in (*PRICES, INFO)),
    *((rest, BOTH, BAD_COMBINATION) for rest in (*TICKERS, *PRICES, INFO)),
    *((rest, "symbols=[]", empty("symbols")) for rest in (*TICKERS, *PRICES, INFO)),
    *((rest, "symbols=BTCUSDT", NOT_JSON) for rest in (*TICKERS, *PRICES, INFO)),
    *((rest, 'symbols=["BTCUSDT","BTCUSDT"]', TWICE) for rest in (*TICKERS, *PRICES, INFO)),
    *((rest, 'symbols=["BTCUSDT","X"]', NO_SYMBOL) for rest in (*TICKERS, *PRICES, INFO)),
    *((rest, SYMBOL + "&type=mini", NO_TYPE) for rest in TICKERS),
    *((rest, SYMBOL + "&symbolStatus=HALT", NO_STATUS) for rest in (*TICKERS, *PRICES)),
    *((rest, SYMBOL + "&symbolStatus=CANCEL_ONLY", NOT_A_STATUS) for rest in (*TICKERS, *PRICES)),
    *(
        (WINDOW, f"{SYMBOL}&windowSize={size}", invalid("windowSize"))
        for size in (
            "60m",
            "0m",
            "01m",
            "24h",
            "8d",
            "1w",
            "1M",
            "1",
            "d",
            "1s",
            "-1d",
            "1D",
            "1dd",
        )
    ),
    (WINDOW, SYMBOL + "&timeZone=0", unread(1, 2)),
    (TRADING_DAY, SYMBOL + "&windowSize=1d", unread(1, 2)),
    (TRADING_DAY, SYMBOL + "&timeZone=15", invalid("timeZone")),
    (TRADING_DAY, SYMBOL + "&timeZone=1:60", invalid("timeZone")),
    (INFO, "permissions=spot", invalid("permissions")),
    (INFO, 'permissions=["SPOT","TRD_GRP_001"]', invalid("permissions")),
    (INFO, SYMBOL + "&symbolStatus=TRADING", BAD_COMBINATION),
    (INFO, 'symbols=["BTCUSDT"]&permissions=SPOT', BAD_COMBINATION),
    (INFO, "symbolStatus=END_OF_DAY", NOT_A_STATUS),
]


async def test_every_bad_parameter(tmp_path: Path) -> None:
    async with running(tmp_path) as venue:
        for rest, parameters, (code, message) in REQUESTS:
            reply = await venue.anyone.call(rest, parameters)
            expected = (400, {"code": code, "msg": message})
            assert (reply.status, reply.json) == expected, (rest, parameters)
