"""Filters by their names, as exchangeInfo and myFilters show them. The machine checks them all."""

from collections.abc import Mapping
from typing import Any

from rialto.gateway.wire import decimals
from rialto.messages.catalog import ExchangeLimits
from rialto.messages.ids import AssetId
from rialto.messages.instruments import Instrument, InstrumentDefinition

PERCENT_DECIMALS = 4
ICEBERG_PARTS_MAX = 100  # where the instrument says nothing
Filter = dict[str, Any]


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
    found += _numbered({"ICEBERG_PARTS": ("limit", definition.iceberg_parts or ICEBERG_PARTS_MAX)})
    found += _market_lot_size(instrument)
    found += _trailing_delta(definition)
    found += _percent_price(definition)
    found += _notionals(instrument)
    if definition.max_position:
        position = decimals.amount(definition.max_position, instrument.base)
        found.append({"filterType": "MAX_POSITION", "maxPosition": position})
    return found + _numbered(
        {
            "MAX_NUM_ORDERS": ("maxNumOrders", definition.max_num_orders),
            "MAX_NUM_ALGO_ORDERS": ("maxNumAlgoOrders", definition.max_num_algo_orders),
            "MAX_NUM_ICEBERG_ORDERS": ("maxNumIcebergOrders", definition.max_num_iceberg_orders),
            "MAX_NUM_ORDER_LISTS": ("maxNumOrderLists", definition.max_num_order_lists),
            "MAX_NUM_ORDER_AMENDS": ("maxNumOrderAmends", definition.max_num_order_amends),
        }
    )


def exchange_filters(limits: ExchangeLimits) -> list[Filter]:
    """Of an account over all symbols."""
    return _numbered(
        {
            "EXCHANGE_MAX_NUM_ORDERS": ("maxNumOrders", limits.max_num_orders),
            "EXCHANGE_MAX_NUM_ALGO_ORDERS": ("maxNumAlgoOrders", limits.max_num_algo_orders),
            "EXCHANGE_MAX_NUM_ICEBERG_ORDERS": (
                "maxNumIcebergOrders",
                limits.max_num_iceberg_orders,
            ),
            "EXCHANGE_MAX_NUM_ORDER_LISTS": ("maxNumOrderLists", limits.max_num_order_lists),
        }
    )


def asset_filters(instrument: Instrument, limits: Mapping[AssetId, int]) -> list[Filter]:
    """Of the two assets of a symbol: how much one order may be about. limits: amounts."""
    return [
        {
            "filterType": "MAX_ASSET",
            "asset": asset.symbol,
            "limit": decimals.amount(limits[asset.id], asset),
        }
        for asset in (instrument.base, instrument.quote)
        if asset.id in limits
    ]


def _numbered(filters: dict[str, tuple[str, int]]) -> list[Filter]:
    """Filters of one number, where 0 switches a filter off."""
    return [
        {"filterType": name, field: number} for name, (field, number) in filters.items() if number
    ]


def _trailing_delta(definition: InstrumentDefinition) -> list[Filter]:
    if not (definition.max_trailing_above_delta or definition.max_trailing_below_delta):
        return []
    return [
        {
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": definition.min_trailing_above_delta,
            "maxTrailingAboveDelta": definition.max_trailing_above_delta,
            "minTrailingBelowDelta": definition.min_trailing_below_delta,
            "maxTrailingBelowDelta": definition.max_trailing_below_delta,
        }
    ]


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
    found = {
        "PERCENT_PRICE": {
            "multiplierUp": definition.multiplier_up,
            "multiplierDown": definition.multiplier_down,
        },
        "PERCENT_PRICE_BY_SIDE": {
            "bidMultiplierUp": definition.bid_multiplier_up,
            "bidMultiplierDown": definition.bid_multiplier_down,
            "askMultiplierUp": definition.ask_multiplier_up,
            "askMultiplierDown": definition.ask_multiplier_down,
        },
    }
    return [
        {
            "filterType": name,
            **{field: multiplier(number) for field, number in multipliers.items()},
            "avgPriceMins": definition.average_price_minutes,
        }
        for name, multipliers in found.items()
        if any(multipliers.values())
    ]


def multiplier(number: int) -> str:
    """Of a price, stored times PERCENT_SCALE."""
    return decimals.fixed(number, PERCENT_DECIMALS)
