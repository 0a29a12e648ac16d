"""Decimal strings as Binance writes them: fixed point, eight decimals, more only where needed."""

from rialto.messages.instruments import Asset, Instrument

PLACES = 8
SHIFT = 10**PLACES
ZERO = "0.00000000"


def fixed(units: int, decimals: int) -> str:
    """units x 10^-decimals."""
    if units == 0:
        return ZERO
    if decimals < PLACES:
        units *= 10 ** (PLACES - decimals)
        decimals = PLACES
    sign, digits = ("-", str(-units)) if units < 0 else ("", str(units))
    digits = digits.rjust(decimals + 1, "0")
    whole, fraction = digits[:-decimals], digits[-decimals:]
    if decimals > PLACES:
        fraction = fraction[:PLACES] + fraction[PLACES:].rstrip("0")
    return f"{sign}{whole}.{fraction}"


def price(price_ticks: int, instrument: Instrument) -> str:
    definition = instrument.definition
    over = price_ticks * definition.quote_units_per_tick_lot * 10**instrument.base.decimals
    under = definition.base_units_per_lot * 10**instrument.quote.decimals
    count, rest = divmod(over * SHIFT, under)
    if not rest:
        return fixed(count, PLACES)
    # A tick finer than eight decimals: as many as the grid allows for at most.
    decimals = instrument.base.decimals + instrument.quote.decimals
    return fixed(over * 10**decimals // under, decimals)


def quantity(quantity_lots: int, instrument: Instrument) -> str:
    return fixed(quantity_lots * instrument.definition.base_units_per_lot, instrument.base.decimals)


def notional(price_ticks: int, quantity_lots: int, instrument: Instrument) -> str:
    return fixed(instrument.notional(price_ticks, quantity_lots), instrument.quote.decimals)


def amount(units: int, asset: Asset) -> str:
    return fixed(units, asset.decimals)
