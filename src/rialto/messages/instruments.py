"""What is traded: assets, and instruments with their filters, in integers and as decimals."""

from decimal import Context, Decimal, Inexact

import msgspec

from rialto.messages.ids import AssetId, InstrumentId
from rialto.messages.orders import ALL_FEATURES, ALL_ORDER_TYPES, InstrumentStatus, StpMode

PERCENT_SCALE = 10_000  # multipliers of PERCENT_PRICE_BY_SIDE are stored times this
PPM_SCALE = 1_000_000  # commission rates are stored times this
EXACT = Context(prec=200, traps=[Inexact])  # the default context would round amounts of 29 digits


class InstrumentDefinition(msgspec.Struct, frozen=True, gc=False):
    """Filters by Binance's names, in ticks, lots and amounts; 0 switches off whatever is optional.

    The lot is the step of LOT_SIZE and the tick that of PRICE_FILTER, so every whole number of them
    is on the grid. quote_units_per_tick_lot and base_units_per_lot tie both to the smallest units
    of the assets: a price of p ticks times a quantity of q lots costs exactly p * q *
    quote_units_per_tick_lot.
    """

    base: AssetId
    quote: AssetId
    quote_units_per_tick_lot: int
    base_units_per_lot: int
    min_price_ticks: int
    max_price_ticks: int
    min_lots: int
    max_lots: int
    market_min_lots: int  # MARKET_LOT_SIZE, all three 0 = off
    market_max_lots: int
    market_step_lots: int
    min_notional: int  # MIN_NOTIONAL, quote amount
    notional_min: int  # NOTIONAL, quote amounts
    notional_max: int
    max_position: int  # MAX_POSITION, base amount
    bid_multiplier_up: int  # PERCENT_PRICE_BY_SIDE, times PERCENT_SCALE
    bid_multiplier_down: int
    ask_multiplier_up: int
    ask_multiplier_down: int
    average_price_minutes: int  # volume-weighted over this many minutes (0: the last price)
    max_num_orders: int
    maker_ppm: int  # commission of tier 0
    taker_ppm: int
    min_notional_applies_to_market: bool
    notional_min_applies_to_market: bool
    notional_max_applies_to_market: bool
    default_stp: StpMode
    allowed_stp_mask: int  # bit n: StpMode(n) is allowed
    status: InstrumentStatus
    symbol: str
    multiplier_up: int = 0  # PERCENT_PRICE, times PERCENT_SCALE
    multiplier_down: int = 0
    bid_limit_multiplier_up: int = 0  # the PRICE_RANGE rule, times PERCENT_SCALE
    bid_limit_multiplier_down: int = 0
    ask_limit_multiplier_up: int = 0
    ask_limit_multiplier_down: int = 0
    reference_bucket_count: int = 0  # mean of trade prices; 0: set by the operator, or none
    reference_bucket_width_ms: int = 0
    iceberg_parts: int = 0
    max_num_algo_orders: int = 0
    max_num_iceberg_orders: int = 0
    max_num_order_lists: int = 0
    max_num_order_amends: int = 0
    min_trailing_above_delta: int = 0  # TRAILING_DELTA, basis points; max 0 = off
    max_trailing_above_delta: int = 0
    min_trailing_below_delta: int = 0
    max_trailing_below_delta: int = 0
    allowed_order_types: int = ALL_ORDER_TYPES  # bit n: OrderType(n) is allowed
    features: int = ALL_FEATURES  # of Feature


class Asset(msgspec.Struct, frozen=True):
    id: AssetId
    symbol: str
    decimals: int

    def decimal(self, amount: int) -> Decimal:
        """An amount of smallest units as a decimal number of the asset, exact."""
        return Decimal(amount).scaleb(-self.decimals, EXACT)


class Instrument(msgspec.Struct, frozen=True):
    """A definition with its assets, and the decimal sizes that follow from it."""

    id: InstrumentId
    definition: InstrumentDefinition
    base: Asset
    quote: Asset
    status: InstrumentStatus

    @property
    def symbol(self) -> str:
        return self.definition.symbol

    @property
    def lot_size(self) -> Decimal:
        """Base quantity of one lot."""
        return self.base.decimal(self.definition.base_units_per_lot)

    @property
    def tick_size(self) -> Decimal:
        """Quote price of one tick for one whole unit of the base asset."""
        return self.quote.decimal(self.definition.quote_units_per_tick_lot) / self.lot_size

    def notional(self, price_ticks: int, quantity_lots: int) -> int:
        """Quote amount (smallest units) of a quantity at a price, exact."""
        return price_ticks * quantity_lots * self.definition.quote_units_per_tick_lot

    def base_amount(self, quantity_lots: int) -> int:
        """Base amount (smallest units) of a quantity, exact."""
        return quantity_lots * self.definition.base_units_per_lot
