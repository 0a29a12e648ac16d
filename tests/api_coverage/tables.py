"""What Rialto has of an API like Binance's, read from its tables.

Out: names with their weight or speed, words of closed sets, error codes.
"""

from importlib.util import find_spec

import msgspec

from rialto.gateway.asyncapi import USER_PAYLOADS, WS_API_PAYLOADS
from rialto.gateway.endpoints import ENDPOINTS
from rialto.gateway.weighing import described
from rialto.gateway.wire import errors, fix_errors, order_requests, rejections, requests
from rialto.gateway.wire.errors import WireError
from rialto.gateway.wire.exchange_info import (
    PERMISSION_SETS,
    STATUSES,
    SymbolInfo,
    symbol_info,
)
from rialto.gateway.wire.parameters import Reader
from rialto.gateway.wire.rate_limits import RateLimits
from rialto.gateway.wire.stream_names import STREAMS
from rialto.gateway.wire.stream_requests import Method
from rialto.gateway.wire.streams import ServerShutdown
from rialto.gateway.wire.time_units import DIVISORS
from rialto.gateway.ws_session import SESSION_METHODS, SESSION_WEIGHT
from rialto.identity.public_keys import KeyType
from rialto.market_data.intervals import INTERVALS
from rialto.messages import orders
from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.instruments import Asset, Instrument
from rialto.ops import demo
from rialto.ops.listings import definition

FAILURE = "Filter failure: "


def endpoints() -> dict[str, str]:
    """Weights by method and path."""
    return {row.rest: described(row.weight).rstrip(".") for row in ENDPOINTS}


def securities() -> dict[str, str]:
    """What is asked of the caller, by method and path."""
    return {row.rest: row.security.name for row in ENDPOINTS}


def unfilled_orders() -> dict[str, int]:
    """What is added to the count, by method and path."""
    return {row.rest: row.orders for row in ENDPOINTS}


def ws_methods() -> dict[str, str]:
    """Weights by name."""
    rows = {row.ws: described(row.weight).rstrip(".") for row in ENDPOINTS if row.ws}
    return rows | {method.name: str(SESSION_WEIGHT) for method in SESSION_METHODS}


def streams() -> dict[str, str]:
    """Speeds by name."""
    return {row.name: row.speed for row in STREAMS}


def error_codes() -> set[str]:
    return {str(error.code) for error in _every_error()}


def words() -> dict[str, set[str]]:
    """By what they are called in binance.toml."""
    shown = _symbol()
    new_order = {field.name: field for field in Reader(order_requests.NewOrder).fields}

    def allowed(name: str) -> set[str]:
        """The words that a parameter of a new order takes."""
        if name not in new_order:
            return set()
        choices = new_order[name].kind.schema["enum"]
        assert isinstance(choices, list)
        return set(choices)

    payloads: tuple[type[msgspec.Struct], ...] = (*USER_PAYLOADS, *WS_API_PAYLOADS, ServerShutdown)
    return {
        "stream methods": {str(method.value) for method in Method},
        "user data events": {str(payload.__struct_config__.tag) for payload in payloads},
        "order types": set(shown.order_types),
        "what a symbol allows": _allowed_features(shown),
        "times in force": allowed("timeInForce"),
        "self-trade prevention modes": set(shown.allowed_self_trade_prevention_modes),
        "response types": {word.value for word in order_requests.ResponseType},
        "cancel restrictions": {
            word.name for word in orders.CancelRestriction if word is not word.NONE
        },
        "cancel-replace modes": {word.name for word in orders.ReplaceMode},
        "rate limit exceeded modes": {word.value for word in order_requests.OverLimit},
        "peg price types": allowed("pegPriceType"),
        "peg offset types": allowed("pegOffsetType"),
        "symbol statuses": set(STATUSES.values()),
        "kline intervals": set(INTERVALS),
        "ticker types": {word.value for word in requests.TickerType},
        "rate limit types": {limit.type for limit in RateLimits().announced},
        "kinds of key": {word.value for word in KeyType},
        "time units": set(DIVISORS),
        "filters": {
            error.text.removeprefix(FAILURE)
            for error in _every_error()
            if error.text.startswith(FAILURE)
        },
        "other doors": _other_doors(),
    }


def _every_error() -> set[WireError]:
    named = (*vars(errors).values(), *vars(fix_errors).values())
    found = {value for value in named if isinstance(value, WireError)}
    for table in (rejections.WIRE_ERRORS, rejections.CANCEL_ERRORS, rejections.AMEND_ERRORS):
        found |= set(table.values())
    return found


def _symbol() -> SymbolInfo:
    """As exchangeInfo shows an instrument of the demo."""
    ids = {symbol: AssetId(number) for number, symbol in enumerate(demo.ASSETS)}
    decimals = dict.fromkeys(demo.ASSETS, demo.DECIMALS)
    listing = demo.LISTINGS[0]
    base, quote = (Asset(ids[name], name, demo.DECIMALS) for name in (listing.base, listing.quote))
    defined = definition(listing, ids, decimals)
    instrument = Instrument(InstrumentId(0), defined, base, quote, defined.status)
    return symbol_info(instrument, PERMISSION_SETS)


def _allowed_features(shown: SymbolInfo) -> set[str]:
    return {
        name
        for name, attribute in zip(
            shown.__struct_encode_fields__, shown.__struct_fields__, strict=True
        )
        if getattr(shown, attribute) is True
    }


def _other_doors() -> set[str]:
    if find_spec("rialto.gateway.fix") is None:
        return set()
    return {"FIX order entry", "FIX drop copy", "FIX market data"}
