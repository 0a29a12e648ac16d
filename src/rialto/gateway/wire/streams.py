"""Market streams: their names, and their payloads as JSON texts."""

import re
from enum import Enum
from typing import NamedTuple

from rialto.gateway.wire import decimals
from rialto.gateway.wire.documents import json_text
from rialto.market_data.depth import DepthChanges, Level
from rialto.messages.events import TradeExecuted
from rialto.messages.instruments import Instrument
from rialto.messages.orders import Side


class Kind(Enum):
    TRADE = "trade"
    BOOK_TICKER = "bookTicker"
    DEPTH = "depth"
    DEPTH_100MS = "depth@100ms"
    DEPTH_1000MS = "depth@1000ms"


_KINDS = {kind.value: kind for kind in Kind}
_NAME = re.compile(r"([a-z0-9]{1,32})@([a-zA-Z0-9@]{1,16})")


class StreamName(NamedTuple):
    symbol: str
    kind: Kind


class Times(NamedTuple):
    """In the reader's unit."""

    sent: int
    happened: int


def parse_name(name: str) -> StreamName | None:
    """None for a name that is no stream of ours; symbols are in lower case there."""
    match = _NAME.fullmatch(name)
    kind = _KINDS.get(match[2]) if match else None
    return StreamName(match[1].upper(), kind) if match and kind else None


def trade(event: TradeExecuted, instrument: Instrument, times: Times) -> str:
    return json_text(
        {
            "e": "trade",
            "E": times.sent,
            "s": instrument.symbol,
            "t": event.trade_id,
            "p": decimals.price(event.price_ticks, instrument),
            "q": decimals.quantity(event.quantity_lots, instrument),
            "T": times.happened,
            "m": event.taker_side is Side.SELL,
            "M": True,
        }
    )


def depth_update(changes: DepthChanges, instrument: Instrument, sent: int) -> str:
    return json_text(
        {
            "e": "depthUpdate",
            "E": sent,
            "s": instrument.symbol,
            "U": changes.first_update_id,
            "u": changes.last_update_id,
            "b": [_level(level, instrument) for level in changes.bids],
            "a": [_level(level, instrument) for level in changes.asks],
        }
    )


def book_ticker(
    update_id: int, bid: Level | None, ask: Level | None, instrument: Instrument
) -> str:
    bid_price, bid_quantity = _level(bid or (0, 0), instrument)
    ask_price, ask_quantity = _level(ask or (0, 0), instrument)
    return json_text(
        {
            "u": update_id,
            "s": instrument.symbol,
            "b": bid_price,
            "B": bid_quantity,
            "a": ask_price,
            "A": ask_quantity,
        }
    )


def server_shutdown(sent: int) -> str:
    return json_text({"e": "serverShutdown", "E": sent})


def _level(level: Level, instrument: Instrument) -> tuple[str, str]:
    price_ticks, lots = level
    return decimals.price(price_ticks, instrument), decimals.quantity(lots, instrument)
