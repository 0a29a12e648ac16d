"""The price range rule and the reference price as answers (binance-api.md 3.11)."""

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from rialto.gateway.wire import decimals
from rialto.gateway.wire.answers import Answer
from rialto.gateway.wire.filters import multiplier
from rialto.market_data.reference_prices import REFERENCE_SCALE
from rialto.market_data.reference_prices import ReferencePrice as Reference
from rialto.messages.instruments import Instrument, InstrumentDefinition

SET_BY_OPERATOR = 0  # of the external ways to calculate


class PriceRange(Answer, frozen=True):
    """A bound that is not there is off."""

    rule_type: str
    bid_limit_mult_up: str | UnsetType = UNSET
    bid_limit_mult_down: str | UnsetType = UNSET
    ask_limit_mult_up: str | UnsetType = UNSET
    ask_limit_mult_down: str | UnsetType = UNSET


class SymbolRules(Answer, frozen=True):
    symbol: str
    rules: list[PriceRange]


class ExecutionRules(Answer, frozen=True):
    symbol_rules: list[SymbolRules]


class ReferencePrice(Answer, frozen=True):
    symbol: str
    reference_price: str | None
    timestamp: int


class ReferencePriceCalculation(Answer, frozen=True):
    symbol: str
    calculation_type: str
    bucket_count: int | UnsetType = UNSET
    bucket_width_ms: int | UnsetType = UNSET
    external_calculation_id: int | UnsetType = UNSET


def execution_rules(instruments: Iterable[Instrument]) -> ExecutionRules:
    return ExecutionRules(
        [SymbolRules(one.symbol, _price_range(one.definition)) for one in instruments]
    )


def _price_range(definition: InstrumentDefinition) -> list[PriceRange]:
    multipliers = (
        definition.bid_limit_multiplier_up,
        definition.bid_limit_multiplier_down,
        definition.ask_limit_multiplier_up,
        definition.ask_limit_multiplier_down,
    )
    if not any(multipliers):
        return []
    return [PriceRange("PRICE_RANGE", *(multiplier(one) if one else UNSET for one in multipliers))]


def reference_price(found: Reference, instrument: Instrument, divisor: int) -> ReferencePrice:
    shown = None
    if found.scaled_ticks is not None:
        shown = reference_text(found.scaled_ticks, instrument)
    return ReferencePrice(instrument.symbol, shown, found.time_us // divisor)


def reference_text(scaled_ticks: int, instrument: Instrument) -> str:
    """A price of REFERENCE_SCALE parts of a tick, cut after eight decimals."""
    definition = instrument.definition
    over = scaled_ticks * definition.quote_units_per_tick_lot * 10**instrument.base.decimals
    under = definition.base_units_per_lot * 10**instrument.quote.decimals * REFERENCE_SCALE
    return decimals.fixed(over * decimals.SHIFT // under, decimals.PLACES)


def reference_price_calculation(instrument: Instrument) -> ReferencePriceCalculation:
    """Of an instrument that has a reference price."""
    definition = instrument.definition
    if definition.reference_bucket_count:
        return ReferencePriceCalculation(
            instrument.symbol,
            "ARITHMETIC_MEAN",
            definition.reference_bucket_count,
            definition.reference_bucket_width_ms,
        )
    return ReferencePriceCalculation(
        instrument.symbol, "EXTERNAL", external_calculation_id=SET_BY_OPERATOR
    )
