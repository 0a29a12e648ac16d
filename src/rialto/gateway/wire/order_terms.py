"""What an order says of itself beside symbol and side: which fields belong to its type, and what
they are in ticks and lots. The same for an order and for one leg of an order list.

In:  converted parameters; the names they have on the wire.
Out: integers and Instructions; or Refused with the code that Binance gives before its engine.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

import msgspec

from rialto.gateway.wire.errors import (
    ALL_OR_NONE,
    BAD_STRATEGY_TYPE,
    EITHER_PARAMETER,
    INVALID_PARAMETER,
    MANDATORY_PARAMETER,
    NOT_REQUIRED,
    OCO_ICEBERG_TIME_IN_FORCE,
    OVERFLOWED,
    TOO_PRECISE,
    UNSUPPORTED_COMPOSITION,
    Refused,
    filter_failure,
    invalid,
)
from rialto.gateway.wire.order_requests import NewOrder, PegOffsetWord, PegWord
from rialto.gateway.wire.rejections import PEG_ORDER_TYPE
from rialto.messages import units
from rialto.messages.instructions import NO_STRATEGY, Instructions
from rialto.messages.instruments import Asset, Instrument
from rialto.messages.orders import CONDITIONAL_TYPES, OrderType, PegPriceType, TimeInForce

STRATEGY_TYPE_MIN, STRATEGY_TYPE_MAX = 1_000_000, 2**31 - 1
PEG_OFFSET_MAX = 100
TRAILING_DELTA_MAX = 9_999
LIMIT_TYPES = frozenset(
    (
        OrderType.LIMIT,
        OrderType.LIMIT_MAKER,
        OrderType.STOP_LOSS_LIMIT,
        OrderType.TAKE_PROFIT_LIMIT,
    )
)
_PEGS = {PegWord.PRIMARY_PEG: PegPriceType.PRIMARY, PegWord.MARKET_PEG: PegPriceType.MARKET}

# By type: what must be there, and what must not, in the order in which it is complained about.
_TIMED = ("time_in_force", "quantity", "price")
_REQUIRED: dict[OrderType, tuple[str, ...]] = {
    OrderType.LIMIT: _TIMED,
    OrderType.MARKET: (),
    OrderType.LIMIT_MAKER: ("quantity", "price"),
    OrderType.STOP_LOSS: ("quantity",),
    OrderType.STOP_LOSS_LIMIT: _TIMED,
    OrderType.TAKE_PROFIT: ("quantity",),
    OrderType.TAKE_PROFIT_LIMIT: _TIMED,
}
_STOPS = ("stop_price", "trailing_delta")
_AT_MARKET = ("price", "time_in_force", "quote_order_qty", "iceberg_qty")
_NOT_REQUIRED: dict[OrderType, tuple[str, ...]] = {
    OrderType.LIMIT: ("quote_order_qty", *_STOPS),
    OrderType.MARKET: ("price", "time_in_force", *_STOPS, "iceberg_qty", "good_till_date"),
    OrderType.LIMIT_MAKER: ("time_in_force", "quote_order_qty", *_STOPS),
    OrderType.STOP_LOSS: _AT_MARKET,
    OrderType.STOP_LOSS_LIMIT: ("quote_order_qty",),
    OrderType.TAKE_PROFIT: _AT_MARKET,
    OrderType.TAKE_PROFIT_LIMIT: ("quote_order_qty",),
}

Names = Mapping[str, str]  # on the wire, by attribute
PLAIN_NAMES = {field.name: field.encode_name for field in msgspec.structs.fields(NewOrder)}


class Terms(Protocol):
    """A request for an order, or a leg."""

    @property
    def type(self) -> OrderType: ...
    @property
    def time_in_force(self) -> TimeInForce | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def quote_order_qty(self) -> Decimal | None: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def strategy_id(self) -> int | None: ...
    @property
    def strategy_type(self) -> int | None: ...
    @property
    def stop_price(self) -> Decimal | None: ...
    @property
    def trailing_delta(self) -> int | None: ...
    @property
    def iceberg_qty(self) -> Decimal | None: ...
    @property
    def peg_price_type(self) -> PegWord | None: ...
    @property
    def peg_offset_value(self) -> int | None: ...
    @property
    def peg_offset_type(self) -> PegOffsetWord | None: ...
    @property
    def good_till_date(self) -> int | None: ...


def check_composition(terms: Terms, names: Names, instrument: Instrument) -> None:
    """That the type is allowed, and that what is there belongs to it."""
    kind = terms.type
    if not instrument.definition.allowed_order_types >> kind & 1:
        words = kind.name.replace("_", " ").capitalize()
        raise Refused(invalid(f"{words} orders are not supported for this symbol."))
    for attribute in _REQUIRED[kind]:
        if getattr(terms, attribute) is None and not (
            attribute == "price" and terms.peg_price_type is not None
        ):
            raise Refused(MANDATORY_PARAMETER, names[attribute])
    for attribute in _NOT_REQUIRED[kind]:
        if getattr(terms, attribute) is not None:
            raise Refused(NOT_REQUIRED, names[attribute])
    if kind is OrderType.MARKET:
        _check_market(terms, names)
    elif kind in CONDITIONAL_TYPES and terms.stop_price is None and terms.trailing_delta is None:
        raise Refused(EITHER_PARAMETER, names["stop_price"], names["trailing_delta"])


def _check_market(terms: Terms, names: Names) -> None:
    if terms.quantity is None and terms.quote_order_qty is None:
        raise Refused(MANDATORY_PARAMETER, names["quantity"])
    if terms.quantity is not None and terms.quote_order_qty is not None:
        raise Refused(NOT_REQUIRED, names["quote_order_qty"])


def is_plain(terms: Terms) -> bool:
    """That it asks for nothing but a price and a quantity."""
    return (
        terms.strategy_id is None
        and terms.strategy_type is None
        and terms.stop_price is None
        and terms.trailing_delta is None
        and terms.iceberg_qty is None
        and terms.peg_price_type is None
        and terms.peg_offset_value is None
        and terms.peg_offset_type is None
        and terms.good_till_date is None
    )


def instructions(terms: Terms, names: Names, instrument: Instrument) -> Instructions | None:
    """What it asks for beside price and quantity."""
    if is_plain(terms):
        return None
    strategy_id, strategy_type = _strategy(terms, names)
    peg_price_type, peg_offset = _peg(terms, names)
    wants = Instructions(
        _stop_ticks(terms, names, instrument),
        _trailing_delta(terms.trailing_delta),
        _iceberg_lots(terms, names, instrument),
        peg_price_type,
        peg_offset,
        _good_till_us(terms),
        strategy_id,
        strategy_type,
    )
    return None if wants == _NOTHING else wants


_NOTHING = Instructions()


def _strategy(terms: Terms, names: Names) -> tuple[int, int]:
    kind = terms.strategy_type
    if kind is not None and kind < STRATEGY_TYPE_MIN:
        raise Refused(BAD_STRATEGY_TYPE)
    if kind is not None and kind > STRATEGY_TYPE_MAX:
        raise Refused(OVERFLOWED, names["strategy_type"])
    return NO_STRATEGY if terms.strategy_id is None else terms.strategy_id, kind or 0


def _stop_ticks(terms: Terms, names: Names, instrument: Instrument) -> int:
    """Zero is no price that anything can be triggered by."""
    if terms.stop_price is None:
        return 0
    ticks = price_ticks(terms.stop_price, names["stop_price"], instrument)
    if ticks == 0:
        raise Refused(filter_failure("PRICE_FILTER"))
    return ticks


def _trailing_delta(delta: int | None) -> int:
    if delta is None:
        return 0
    if not 0 < delta <= TRAILING_DELTA_MAX:
        raise Refused(filter_failure("TRAILING_DELTA"))
    return delta


def _iceberg_lots(terms: Terms, names: Names, instrument: Instrument) -> int:
    """A visible quantity of 0 is none: the order hides nothing."""
    lots = quantity_lots(terms.iceberg_qty, names["iceberg_qty"], instrument)
    if lots and terms.time_in_force not in (None, TimeInForce.GTC):
        if names is not PLAIN_NAMES:
            raise Refused(OCO_ICEBERG_TIME_IN_FORCE, names["iceberg_qty"])
        raise Refused(UNSUPPORTED_COMPOSITION)
    return lots


def _peg(terms: Terms, names: Names) -> tuple[PegPriceType, int]:
    offset = terms.peg_offset_value
    if (offset is None) != (terms.peg_offset_type is None):
        together = f"{names['peg_offset_type']}, {names['peg_offset_value']}"
        raise Refused(ALL_OR_NONE, together)
    if terms.peg_price_type is None:
        if offset is not None:
            raise Refused(MANDATORY_PARAMETER, names["peg_price_type"])
        return PegPriceType.NONE, 0
    if terms.type not in LIMIT_TYPES:
        raise Refused(PEG_ORDER_TYPE)
    if offset is not None and not 0 < offset <= PEG_OFFSET_MAX:
        raise Refused(INVALID_PARAMETER, names["peg_offset_value"])
    return _PEGS[terms.peg_price_type], offset or 0


def _good_till_us(terms: Terms) -> int:
    """A time that is no time, or an order that would not wait for it, is refused."""
    if terms.good_till_date is None:
        return 0
    if terms.time_in_force not in (None, TimeInForce.GTC):
        raise Refused(UNSUPPORTED_COMPOSITION)
    return max(terms.good_till_date, 1)


def price_ticks(price: Decimal | None, name: str, instrument: Instrument) -> int:
    """0 without a price; zero itself is sent on, for the machine to refuse by its filter."""
    if price is None:
        return 0
    if (ticks := units.ticks(price, instrument)) is None:
        _check_precision(name, price, instrument.quote)
        raise Refused(filter_failure("PRICE_FILTER"))
    return ticks


def quantity_lots(quantity: Decimal | None, name: str, instrument: Instrument) -> int:
    if quantity is None:
        return 0
    if (lots := units.lots(quantity, instrument)) is None:
        _check_precision(name, quantity, instrument.base)
        raise Refused(filter_failure("LOT_SIZE"))
    return lots


def quote_amount(value: Decimal | None, quote: Asset) -> int:
    if value is None:
        return 0
    if (amount := units.amount(value, quote)) is None:
        raise Refused(TOO_PRECISE, "quoteOrderQty")
    if amount == 0:
        raise Refused(invalid("Price * QTY is zero or less."))
    return amount


def _check_precision(name: str, value: Decimal, asset: Asset) -> None:
    """Off the grid, and also finer than the asset is divided."""
    if units.amount(value, asset) is None:
        raise Refused(TOO_PRECISE, name)
