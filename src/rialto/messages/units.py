"""Integers inside, decimal numbers at the edge: one function each way, exact or None.

None means that the number has no integer: it is off the grid, not finite, or larger than a
command can carry. Nothing here rounds but average_price.
"""

from decimal import Decimal

from rialto.messages.instruments import EXACT, Asset, Instrument

COUNT_MAX = 2**63 - 1  # of ticks and lots
AMOUNT_MAX = 2**127 - 1
MAGNITUDE_MAX = 60  # decimal places either way beyond which no asset has a use for a digit


def ticks(price: Decimal, instrument: Instrument) -> int | None:
    """A quote price of one whole unit of base, in ticks."""
    definition = instrument.definition
    shift = instrument.quote.decimals - instrument.base.decimals
    numerator = definition.base_units_per_lot * 10 ** max(shift, 0)
    denominator = definition.quote_units_per_tick_lot * 10 ** max(-shift, 0)
    return _count(price, numerator, denominator, COUNT_MAX)


def lots(quantity: Decimal, instrument: Instrument) -> int | None:
    """A base quantity, in lots."""
    scale: int = 10**instrument.base.decimals
    return _count(quantity, scale, instrument.definition.base_units_per_lot, COUNT_MAX)


def amount(value: Decimal, asset: Asset) -> int | None:
    """A number of whole units of the asset, in smallest units."""
    return _count(value, 10**asset.decimals, 1, AMOUNT_MAX)


def price(price_ticks: int, instrument: Instrument) -> Decimal:
    return EXACT.multiply(Decimal(price_ticks), instrument.tick_size)


def quantity(quantity_lots: int, instrument: Instrument) -> Decimal:
    return instrument.base.decimal(instrument.base_amount(quantity_lots))


def _count(value: Decimal, numerator: int, denominator: int, maximum: int) -> int | None:
    # The bound comes first: as_integer_ratio of 1e999999 would be a number of a million digits.
    if not value.is_finite() or abs(value.adjusted()) > MAGNITUDE_MAX:
        return 0 if value.is_zero() else None
    over, under = value.as_integer_ratio()
    count, rest = divmod(over * numerator, under * denominator)
    return count if rest == 0 and -maximum <= count <= maximum else None


def average_price(quote_amount: int, volume_lots: int, instrument: Instrument) -> Decimal:
    """A quotient as a price, rounded half up to the decimals of quote; 0 without volume."""
    base_units = instrument.base_amount(volume_lots)
    if not base_units:
        return Decimal(0)
    # In smallest units of quote per whole unit of base, so that the quotient is the rounded price.
    whole: int = 10**instrument.base.decimals
    rounded = (2 * quote_amount * whole + base_units) // (2 * base_units)
    return instrument.quote.decimal(rounded)
