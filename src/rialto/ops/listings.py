"""Instruments as a person writes them down, and as the machine takes them."""

from decimal import Decimal

import msgspec

from rialto.messages.ids import AssetId
from rialto.messages.instruments import PERCENT_SCALE, InstrumentDefinition
from rialto.messages.orders import InstrumentStatus, StpMode

SECOND_MS = 1_000
EVERY_STP_MODE = sum(1 << mode for mode in StpMode)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """Decimal numbers by Binance's names of the filters; "0" switches a filter off."""

    base: str
    quote: str
    tick_size: str
    lot_size: str
    price_max: str
    quantity_max: str
    market_quantity_max: str
    notional_min: str
    notional_max: str
    position_max: str = "0"
    percent_up: int = 5  # PERCENT_PRICE_BY_SIDE: an order may be this many times away
    percent_down: str = "0.2"
    average_price_minutes: int = 5
    price_range: int = 0  # PRICE_RANGE: a taker trades at most this many times away; 0: off
    reference_seconds: int = 0  # the reference price is a mean over these; 0: there is none
    orders_max: int = 200
    algo_orders_max: int = 5
    iceberg_orders_max: int = 0
    order_lists_max: int = 20
    amends_max: int = 10
    iceberg_parts_max: int = 100
    trailing_delta_min: int = 10  # basis points, either way
    trailing_delta_max: int = 2_000
    maker_ppm: int = 1_000
    taker_ppm: int = 1_000

    @property
    def symbol(self) -> str:
        return self.base + self.quote


def definition(
    listing: Listing, assets: dict[str, AssetId], decimals: dict[str, int]
) -> InstrumentDefinition:
    """ValueError if a number is not a whole count of what it is counted in."""
    tick, lot = Decimal(listing.tick_size), Decimal(listing.lot_size)
    base_unit = Decimal(1).scaleb(-decimals[listing.base])
    quote_unit = Decimal(1).scaleb(-decimals[listing.quote])
    market_lots_max = count(Decimal(listing.market_quantity_max), lot)
    return InstrumentDefinition(
        base=assets[listing.base],
        quote=assets[listing.quote],
        quote_units_per_tick_lot=count(tick * lot, quote_unit),
        base_units_per_lot=count(lot, base_unit),
        min_price_ticks=1,
        max_price_ticks=count(Decimal(listing.price_max), tick),
        min_lots=1,
        max_lots=count(Decimal(listing.quantity_max), lot),
        market_min_lots=1 if market_lots_max else 0,
        market_max_lots=market_lots_max,
        market_step_lots=1 if market_lots_max else 0,
        min_notional=0,
        notional_min=count(Decimal(listing.notional_min), quote_unit),
        notional_max=count(Decimal(listing.notional_max), quote_unit),
        max_position=count(Decimal(listing.position_max), base_unit),
        average_price_minutes=listing.average_price_minutes,
        maker_ppm=listing.maker_ppm,
        taker_ppm=listing.taker_ppm,
        min_notional_applies_to_market=False,
        notional_min_applies_to_market=True,
        notional_max_applies_to_market=False,
        default_stp=StpMode.EXPIRE_MAKER,
        allowed_stp_mask=EVERY_STP_MODE,
        status=InstrumentStatus.TRADING,
        symbol=listing.symbol,
        **_maxima(listing),
        **_trailing(listing),
        **_multipliers(listing),
        reference_bucket_count=listing.reference_seconds,
        reference_bucket_width_ms=SECOND_MS if listing.reference_seconds else 0,
    )


def _maxima(listing: Listing) -> dict[str, int]:
    return {
        "max_num_orders": listing.orders_max,
        "max_num_algo_orders": listing.algo_orders_max,
        "max_num_iceberg_orders": listing.iceberg_orders_max,
        "max_num_order_lists": listing.order_lists_max,
        "max_num_order_amends": listing.amends_max,
        "iceberg_parts": listing.iceberg_parts_max,
    }


def _trailing(listing: Listing) -> dict[str, int]:
    least, most = listing.trailing_delta_min, listing.trailing_delta_max
    return {
        "min_trailing_above_delta": least,
        "max_trailing_above_delta": most,
        "min_trailing_below_delta": least,
        "max_trailing_below_delta": most,
    }


def _multipliers(listing: Listing) -> dict[str, int]:
    """The same for both sides."""
    unit = Decimal(1) / PERCENT_SCALE
    found = {
        "multiplier_up": listing.percent_up * PERCENT_SCALE,
        "multiplier_down": count(Decimal(listing.percent_down), unit),
    }
    if listing.price_range:
        found["limit_multiplier_up"] = listing.price_range * PERCENT_SCALE
        found["limit_multiplier_down"] = PERCENT_SCALE // listing.price_range
    return {f"{side}_{name}": number for side in ("bid", "ask") for name, number in found.items()}


def count(number: Decimal, unit: Decimal) -> int:
    whole, rest = divmod(number, unit)
    if rest:
        raise ValueError(f"{number} is not a whole number of {unit}")
    return int(whole)
