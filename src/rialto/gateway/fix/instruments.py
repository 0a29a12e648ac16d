"""Instruments in tags: the group of InstrumentList<y>."""

from rialto.gateway.fix.reports import Fields
from rialto.gateway.wire import decimals
from rialto.messages.instruments import Instrument


def listed(found: list[Instrument]) -> Fields:
    fields: Fields = [(146, len(found))]
    for instrument in found:
        fields += _instrument(instrument)
    return fields


def _instrument(instrument: Instrument) -> Fields:
    """Least, greatest and step of quantities, those of market orders, and of prices."""
    has = instrument.definition
    market = (has.market_min_lots, has.market_max_lots, has.market_step_lots)
    fields: Fields = [
        (55, instrument.symbol),
        (15, instrument.quote.symbol),
        (562, decimals.quantity(has.min_lots, instrument)),
        (1140, decimals.quantity(has.max_lots, instrument)),
        (25039, decimals.quantity(1, instrument)),
    ]
    if any(market):
        fields += [
            (tag, decimals.quantity(lots, instrument))
            for tag, lots in zip((25040, 25041, 25042), market, strict=True)
        ]
    return [
        *fields,
        (969, decimals.price(1, instrument)),
        (2551, decimals.price(has.min_price_ticks, instrument)),
        (2552, decimals.price(has.max_price_ticks, instrument)),
    ]
