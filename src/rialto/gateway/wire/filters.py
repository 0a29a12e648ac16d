"""Filters by their names: as exchangeInfo shows them, and those that can be checked without the
machine.

The machine checks every filter of every order; order/test answers what it would say about the rest.
"""

from typing import Any

from rialto.gateway.wire import decimals
from rialto.messages.commands import PlaceOrder
from rialto.messages.instruments import Instrument, InstrumentDefinition
from rialto.messages.orders import InstrumentStatus, OrderType
from rialto.messages.rejections import Rejection

PERCENT_DECIMALS = 4
Filter = dict[str, Any]


def static_rejection(order: PlaceOrder, instrument: Instrument) -> Rejection | None:
    """What the machine would say whatever its books and balances are, in its order of checks."""
    definition = instrument.definition
    if instrument.status is not InstrumentStatus.TRADING:
        return Rejection.MARKET_CLOSED
    if not definition.allowed_stp_mask >> order.stp & 1:
        return Rejection.STP_MODE_NOT_ALLOWED
    if order.type is OrderType.MARKET:
        return _market_rejection(order, definition)
    if not definition.min_price_ticks <= order.price_ticks <= definition.max_price_ticks:
        return Rejection.PRICE_FILTER
    if not definition.min_lots <= order.quantity_lots <= definition.max_lots:
        return Rejection.LOT_SIZE
    notional = instrument.notional(order.price_ticks, order.quantity_lots)
    if notional < definition.min_notional:
        return Rejection.MIN_NOTIONAL
    if not definition.notional_min <= notional <= (definition.notional_max or notional):
        return Rejection.NOTIONAL
    return None


def _market_rejection(order: PlaceOrder, definition: InstrumentDefinition) -> Rejection | None:
    lots = order.quantity_lots
    if order.quote_amount:
        return None
    if not definition.min_lots <= lots <= definition.max_lots:
        return Rejection.LOT_SIZE
    step = definition.market_step_lots
    if definition.market_max_lots and (
        not definition.market_min_lots <= lots <= definition.market_max_lots
        or (step and lots % step)
    ):
        return Rejection.MARKET_LOT_SIZE
    return None


def filters(instrument: Instrument) -> list[Filter]:
    """Those that are on, filterType first."""
    definition = instrument.definition
    found: list[Filter] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": decimals.price(definition.min_price_ticks, instrument),
            "maxPrice": decimals.price(definition.max_price_ticks, instrument),
            "tickSize": decimals.price(1, instrument),
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": decimals.quantity(definition.min_lots, instrument),
            "maxQty": decimals.quantity(definition.max_lots, instrument),
            "stepSize": decimals.quantity(1, instrument),
        },
    ]
    found += _market_lot_size(instrument)
    found += _notionals(instrument)
    found += _percent_price(definition)
    if definition.max_num_orders:
        found.append({"filterType": "MAX_NUM_ORDERS", "maxNumOrders": definition.max_num_orders})
    if definition.max_position:
        position = decimals.amount(definition.max_position, instrument.base)
        found.append({"filterType": "MAX_POSITION", "maxPosition": position})
    return found


def _market_lot_size(instrument: Instrument) -> list[Filter]:
    definition = instrument.definition
    if not definition.market_max_lots:
        return []
    return [
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": decimals.quantity(definition.market_min_lots, instrument),
            "maxQty": decimals.quantity(definition.market_max_lots, instrument),
            "stepSize": decimals.quantity(definition.market_step_lots, instrument),
        }
    ]


def _notionals(instrument: Instrument) -> list[Filter]:
    definition, quote = instrument.definition, instrument.quote
    found: list[Filter] = []
    if definition.min_notional:
        found.append(
            {
                "filterType": "MIN_NOTIONAL",
                "minNotional": decimals.amount(definition.min_notional, quote),
                "applyToMarket": definition.min_notional_applies_to_market,
                "avgPriceMins": definition.average_price_minutes,
            }
        )
    if definition.notional_min or definition.notional_max:
        found.append(
            {
                "filterType": "NOTIONAL",
                "minNotional": decimals.amount(definition.notional_min, quote),
                "applyMinToMarket": definition.notional_min_applies_to_market,
                "maxNotional": decimals.amount(definition.notional_max, quote),
                "applyMaxToMarket": definition.notional_max_applies_to_market,
                "avgPriceMins": definition.average_price_minutes,
            }
        )
    return found


def _percent_price(definition: InstrumentDefinition) -> list[Filter]:
    multipliers = {
        "bidMultiplierUp": definition.bid_multiplier_up,
        "bidMultiplierDown": definition.bid_multiplier_down,
        "askMultiplierUp": definition.ask_multiplier_up,
        "askMultiplierDown": definition.ask_multiplier_down,
    }
    if not any(multipliers.values()):
        return []
    return [
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            **{
                name: decimals.fixed(multiplier, PERCENT_DECIMALS)
                for name, multiplier in multipliers.items()
            },
            "avgPriceMins": definition.average_price_minutes,
        }
    ]
