"""How far from the reference price orders may trade, and what that price is."""

from rialto.gateway.caller import Caller
from rialto.gateway.handlers.symbols import each, with_status
from rialto.gateway.sources import Sources
from rialto.gateway.wire import requests, rules
from rialto.gateway.wire.errors import BAD_COMBINATION, NO_REFERENCE_PRICE, Refused
from rialto.market_data.reference_prices import ReferencePrice
from rialto.messages.instruments import Instrument


async def execution_rules(
    sources: Sources, _: Caller, request: requests.ExecutionRules
) -> rules.ExecutionRules:
    """A symbol without a rule has an empty list."""
    if request.symbol_status is not None and (request.symbol or request.symbols):
        raise Refused(BAD_COMBINATION)
    found = each(sources, request, lambda instrument: instrument)
    return rules.execution_rules(found if isinstance(found, list) else [found])


async def reference_price(
    sources: Sources, caller: Caller, request: requests.OneSymbol
) -> rules.ReferencePrice:
    """null while there are no trades to take the mean of."""
    instrument = sources.instrument(request.symbol)
    found = _reference_price(sources, caller, instrument)
    return rules.reference_price(found, instrument, caller.time_divisor)


async def reference_price_calculation(
    sources: Sources, caller: Caller, request: requests.ReferencePriceCalculation
) -> rules.ReferencePriceCalculation:
    instrument = with_status(sources.instrument(request.symbol), request.symbol_status)
    _reference_price(sources, caller, instrument)
    return rules.reference_price_calculation(instrument)


def _reference_price(sources: Sources, caller: Caller, instrument: Instrument) -> ReferencePrice:
    found = sources.folds.market.reference_price(instrument.id, caller.received_us)
    if found is None:
        raise Refused(NO_REFERENCE_PRICE)
    return found
