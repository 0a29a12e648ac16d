"""What the machine would say to a new order whatever its books and balances are.

In:  an order, its instrument, the limits on assets and the time.
Out: the first rejection in the machine's own order of checks, or None. order/test answers it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from rialto.gateway.wire.filters import ICEBERG_PARTS_MAX
from rialto.messages.commands import PlaceOrder
from rialto.messages.ids import AssetId
from rialto.messages.instructions import Instructions
from rialto.messages.instruments import Instrument, InstrumentDefinition
from rialto.messages.orders import (
    CONDITIONAL_TYPES,
    Feature,
    InstrumentStatus,
    OrderType,
    PegPriceType,
    Side,
    TimeInForce,
)
from rialto.messages.rejections import Rejection

TRAILING_DELTA_MAX = 10_000  # a delta of all of the price
PEG_OFFSET_MAX = 100
NOTHING = Instructions()
_STOP_MARKET = (OrderType.STOP_LOSS, OrderType.TAKE_PROFIT)
_RISING = {
    Side.BUY: (OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT),
    Side.SELL: (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT),
}


class Checked(NamedTuple):
    """What all checks look at."""

    order: PlaceOrder
    wants: Instructions
    instrument: Instrument
    asset_limits: Mapping[AssetId, int]
    now_us: int

    @property
    def definition(self) -> InstrumentDefinition:
        return self.instrument.definition

    @property
    def is_limit(self) -> bool:
        return self.order.type is not OrderType.MARKET and self.order.type not in _STOP_MARKET

    @property
    def is_pegged(self) -> bool:
        return self.wants.peg_price_type is not PegPriceType.NONE

    def allows(self, feature: Feature) -> bool:
        return bool(self.definition.features & feature)


def static_rejection(
    order: PlaceOrder,
    instrument: Instrument,
    asset_limits: Mapping[AssetId, int],
    now_us: int,
) -> Rejection | None:
    """asset_limits: MAX_ASSET by asset, amounts."""
    checked = Checked(order, order.instructions or NOTHING, instrument, asset_limits, now_us)
    found = (check(checked) for check in _CHECKS)
    return next((rejection for rejection in found if rejection is not None), None)


def _status(c: Checked) -> Rejection | None:
    status, order = c.instrument.status, c.order
    is_plain = order.type is OrderType.LIMIT and order.time_in_force is TimeInForce.GTC
    wants = c.wants
    asks = (wants.stop_price_ticks, wants.trailing_delta, wants.iceberg_lots, wants.peg_offset)
    gathers = status is InstrumentStatus.AUCTION and is_plain and not any(asks) and not c.is_pegged
    if status is not InstrumentStatus.TRADING and not gathers:
        return Rejection.MARKET_CLOSED
    if not c.definition.allowed_order_types >> order.type & 1:
        return Rejection.ORDER_TYPE_NOT_ALLOWED
    return None


def _combination(c: Checked) -> Rejection | None:
    order, wants = c.order, c.wants
    stops = wants.stop_price_ticks or wants.trailing_delta
    is_gtc = order.time_in_force is TimeInForce.GTC
    if order.type in _STOP_MARKET and (order.price_ticks or order.quote_amount or not is_gtc):
        return Rejection.UNSUPPORTED_COMBINATION
    if bool(stops) is not (order.type in CONDITIONAL_TYPES):
        return Rejection.UNSUPPORTED_COMBINATION
    if order.quote_amount and not c.allows(Feature.QUOTE_QUANTITY_MARKET):
        return Rejection.QUOTE_QUANTITY_NOT_ALLOWED
    if not wants.iceberg_lots:
        return None
    if not c.allows(Feature.ICEBERG):
        return Rejection.ICEBERG_NOT_ALLOWED
    return None if c.is_limit and is_gtc else Rejection.UNSUPPORTED_COMBINATION


def _trailing(c: Checked) -> Rejection | None:
    delta, definition = c.wants.trailing_delta, c.definition
    if not delta:
        return None
    if not c.allows(Feature.TRAILING_STOP):
        return Rejection.TRAILING_STOP_NOT_ALLOWED
    least, most = definition.min_trailing_below_delta, definition.max_trailing_below_delta
    if c.order.type in _RISING[c.order.side]:
        least, most = definition.min_trailing_above_delta, definition.max_trailing_above_delta
    if delta >= TRAILING_DELTA_MAX or (most and not least <= delta <= most):
        return Rejection.TRAILING_DELTA
    return None


def _peg(c: Checked) -> Rejection | None:
    order, peg, offset = c.order, c.wants.peg_price_type, c.wants.peg_offset
    if not c.is_pegged:
        return Rejection.UNSUPPORTED_COMBINATION if offset else None
    if not c.allows(Feature.PEG):
        return Rejection.PEG_NOT_ALLOWED
    if not c.is_limit:
        return Rejection.PEG_ORDER_TYPE
    if order.type is OrderType.LIMIT_MAKER and peg is PegPriceType.MARKET:
        return Rejection.PEG_PRICE_TYPE
    rests = order.type is OrderType.LIMIT and peg is PegPriceType.PRIMARY
    if (rests and order.time_in_force is not TimeInForce.GTC) or offset > PEG_OFFSET_MAX:
        return Rejection.UNSUPPORTED_COMBINATION
    return None


def _good_till(c: Checked) -> Rejection | None:
    order, until_us = c.order, c.wants.good_till_us
    if not until_us:
        return None
    if order.time_in_force is not TimeInForce.GTC or order.type is OrderType.MARKET:
        return Rejection.UNSUPPORTED_COMBINATION
    return Rejection.GOOD_TILL_TIME_PASSED if until_us <= c.now_us else None


def _prices(c: Checked) -> Rejection | None:
    definition, price_ticks = c.definition, c.order.price_ticks
    if not definition.allowed_stp_mask >> c.order.stp & 1:
        return Rejection.STP_MODE_NOT_ALLOWED
    prices = [price_ticks] if c.is_limit and (price_ticks or not c.is_pegged) else []
    if c.wants.stop_price_ticks:
        prices.append(c.wants.stop_price_ticks)
    least, most = definition.min_price_ticks, definition.max_price_ticks
    return None if all(least <= one <= most for one in prices) else Rejection.PRICE_FILTER


def _quantity(c: Checked) -> Rejection | None:
    definition, lots = c.definition, c.order.quantity_lots
    if c.order.quote_amount:
        return None
    if not definition.min_lots <= lots <= definition.max_lots:
        return Rejection.LOT_SIZE
    if c.order.type is OrderType.MARKET and definition.market_max_lots:
        step = definition.market_step_lots
        is_within = definition.market_min_lots <= lots <= definition.market_max_lots
        if not is_within or (step and lots % step):
            return Rejection.MARKET_LOT_SIZE
    return None


def _iceberg(c: Checked) -> Rejection | None:
    definition, lots, visible = c.definition, c.order.quantity_lots, c.wants.iceberg_lots
    if not visible:
        return None
    if not definition.min_lots <= visible <= definition.max_lots:
        return Rejection.LOT_SIZE
    if visible >= lots:
        return Rejection.ICEBERG_QUANTITY
    if -(-lots // visible) > (definition.iceberg_parts or ICEBERG_PARTS_MAX):
        return Rejection.ICEBERG_PARTS
    return None


def _notional(c: Checked) -> Rejection | None:
    definition, order = c.definition, c.order
    if not (c.is_limit and order.price_ticks):
        return None
    notional = c.instrument.notional(order.price_ticks, order.quantity_lots)
    if notional < definition.min_notional:
        return Rejection.MIN_NOTIONAL
    if not definition.notional_min <= notional <= (definition.notional_max or notional):
        return Rejection.NOTIONAL
    return None


def _asset_limits(c: Checked) -> Rejection | None:
    order, instrument = c.order, c.instrument
    notional = order.quote_amount
    if c.is_limit:
        notional = instrument.notional(order.price_ticks, order.quantity_lots)
    asked = {
        instrument.base.id: instrument.base_amount(order.quantity_lots),
        instrument.quote.id: notional,
    }
    limits = c.asset_limits
    is_over = any(asset in limits and amount > limits[asset] for asset, amount in asked.items())
    return Rejection.MAX_ASSET if is_over else None


_CHECKS = (
    _status,
    _combination,
    _trailing,
    _peg,
    _good_till,
    _prices,
    _quantity,
    _iceberg,
    _notional,
    _asset_limits,
)
