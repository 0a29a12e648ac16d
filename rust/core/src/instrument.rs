//! An instrument: what is traded for what, on which grid, and the filters that need nothing but the order.

use crate::limits::{
    AMOUNT_MAX, AVERAGE_PRICE_MINUTES_MAX, PERCENT_SCALE, PPM_SCALE, PRICE_TICKS_MAX, QUANTITY_LOTS_MAX,
    REFERENCE_BUCKETS_MAX,
};
use crate::order::{InstrumentStatus, NewOrder, OrderType, Side, StpMode, TimeInForce};
use crate::rejection::Rejection;

const ALL_ORDER_TYPES: u8 = 127;

/// Field by field messages/instruments.py::InstrumentDefinition; 0 switches off what is optional.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub base: u32,
    pub quote: u32,
    pub quote_units_per_tick_lot: i64,
    pub base_units_per_lot: i64,
    pub min_price_ticks: i64,
    pub max_price_ticks: i64,
    pub min_lots: i64,
    pub max_lots: i64,
    pub market_min_lots: i64,
    pub market_max_lots: i64,
    pub market_step_lots: i64,
    pub min_notional: i128,
    pub notional_min: i128,
    pub notional_max: i128,
    pub max_position: i128,
    pub bid_multiplier_up: u32,
    pub bid_multiplier_down: u32,
    pub ask_multiplier_up: u32,
    pub ask_multiplier_down: u32,
    pub average_price_minutes: u32,
    pub max_num_orders: u32,
    pub maker_ppm: u32,
    pub taker_ppm: u32,
    pub min_notional_applies_to_market: bool,
    pub notional_min_applies_to_market: bool,
    pub notional_max_applies_to_market: bool,
    pub default_stp: StpMode,
    pub allowed_stp_mask: u8,
    pub status: InstrumentStatus,
    pub symbol: Vec<u8>,
    /// PERCENT_PRICE, and the two of PRICE_RANGE: (up, down) times PERCENT_SCALE.
    pub percent_price: (u32, u32),
    pub bid_limit: (u32, u32),
    pub ask_limit: (u32, u32),
    pub reference_bucket_count: u32,
    pub reference_bucket_width_ms: u32,
    pub iceberg_parts: u32,
    pub max_num_algo_orders: u32,
    pub max_num_iceberg_orders: u32,
    pub max_num_order_lists: u32,
    pub max_num_order_amends: u32,
    /// TRAILING_DELTA: (min, max) in basis points.
    pub trailing_above: (u32, u32),
    pub trailing_below: (u32, u32),
    pub allowed_order_types: u8,
    pub features: u16,
}

/// Bits of `features` (messages/orders.py::Feature).
pub mod feature {
    pub const ICEBERG: u16 = 1;
    pub const OCO: u16 = 2;
    pub const OTO: u16 = 4;
    pub const OPO: u16 = 8;
    pub const TRAILING_STOP: u16 = 16;
    pub const CANCEL_REPLACE: u16 = 32;
    pub const AMEND: u16 = 64;
    pub const PEG: u16 = 128;
    pub const QUOTE_QUANTITY_MARKET: u16 = 256;
    pub const ALL: u16 = 511;
}

impl Definition {
    /// Whether every number is in its range, and no accepted order can overflow an amount.
    pub fn is_sane(&self) -> bool {
        let prices = 1 <= self.min_price_ticks
            && self.min_price_ticks <= self.max_price_ticks
            && self.max_price_ticks <= PRICE_TICKS_MAX;
        let quantities =
            1 <= self.min_lots && self.min_lots <= self.max_lots && self.max_lots <= QUANTITY_LOTS_MAX;
        let market = 0 <= self.market_min_lots
            && 0 <= self.market_step_lots
            && (0..=QUANTITY_LOTS_MAX).contains(&self.market_max_lots)
            && self.market_min_lots <= self.market_max_lots
            && (self.market_max_lots != 0 || self.market_step_lots == 0);
        let amounts = [self.min_notional, self.notional_min, self.notional_max, self.max_position]
            .iter()
            .all(|amount| (0..=AMOUNT_MAX).contains(amount));
        let commissions = self.maker_ppm <= PPM_SCALE && self.taker_ppm <= PPM_SCALE;
        self.base != self.quote
            && prices
            && quantities
            && market
            && amounts
            && commissions
            && self.average_price_minutes <= AVERAGE_PRICE_MINUTES_MAX
            && self.allowed_stp_mask & (1 << self.default_stp.byte()) != 0
            && self.allowed_stp_mask < 64
            && self.is_extra_sane()
            && self.largest_amounts_fit()
    }

    fn is_extra_sane(&self) -> bool {
        let is_range = |(min, max): (u32, u32)| min <= max && i64::from(max) < PERCENT_SCALE;
        let has_buckets = (self.reference_bucket_count != 0) == (self.reference_bucket_width_ms != 0);
        is_range(self.trailing_above)
            && is_range(self.trailing_below)
            && (1..=ALL_ORDER_TYPES).contains(&self.allowed_order_types)
            && self.features <= feature::ALL
            && self.reference_bucket_count <= REFERENCE_BUCKETS_MAX
            && has_buckets
    }

    pub fn has(&self, feature: u16) -> bool {
        self.features & feature != 0
    }

    fn largest_amounts_fit(&self) -> bool {
        if self.quote_units_per_tick_lot < 1 || self.base_units_per_lot < 1 {
            return false;
        }
        let lots = i128::from(self.max_lots);
        let base = lots * i128::from(self.base_units_per_lot);
        let per_tick = lots.checked_mul(i128::from(self.quote_units_per_tick_lot));
        let quote = per_tick.and_then(|q| q.checked_mul(i128::from(self.max_price_ticks)));
        base <= AMOUNT_MAX && quote.is_some_and(|q| q <= AMOUNT_MAX)
    }

    /// Quote amount of a quantity at a price, exact.
    ///
    /// Cannot overflow within the filters (`is_sane` proves the largest), so the long multiplication goes unchecked.
    #[inline(always)]
    pub fn notional(&self, price_ticks: i64, lots: i64) -> i128 {
        let tick_lots = i128::from(price_ticks).wrapping_mul(i128::from(lots));
        tick_lots.wrapping_mul(i128::from(self.quote_units_per_tick_lot))
    }

    /// Base amount of a quantity, exact.
    #[inline]
    pub fn base_amount(&self, lots: i64) -> i128 {
        i128::from(lots).wrapping_mul(i128::from(self.base_units_per_lot))
    }

    /// What a resting order of this side holds: quote for a buy, base for a sell.
    #[inline]
    pub fn hold_amount(&self, side: Side, price_ticks: i64, lots: i64) -> i128 {
        match side {
            Side::Buy => self.notional(price_ticks, lots),
            Side::Sell => self.base_amount(lots),
        }
    }

    /// Every check that needs only the order and the definition.
    #[inline]
    pub fn check(&self, order: &NewOrder) -> Result<(), Rejection> {
        check_combination(order)?;
        if self.allowed_stp_mask & (1 << order.stp.byte()) == 0 {
            return Err(Rejection::StpModeNotAllowed);
        }
        if order.kind == OrderType::Market {
            return self.check_market_quantity(order);
        }
        if !(self.min_price_ticks..=self.max_price_ticks).contains(&order.price_ticks) {
            return Err(Rejection::PriceFilter);
        }
        self.check_lots(order.quantity_lots)?;
        self.check_notional(self.notional(order.price_ticks, order.quantity_lots))
    }

    fn check_market_quantity(&self, order: &NewOrder) -> Result<(), Rejection> {
        if order.quantity_lots == 0 {
            return Ok(());
        }
        self.check_lots(order.quantity_lots)?;
        self.check_market_lots(order.quantity_lots)
    }

    #[inline]
    pub fn check_lots(&self, lots: i64) -> Result<(), Rejection> {
        if (self.min_lots..=self.max_lots).contains(&lots) {
            Ok(())
        } else {
            Err(Rejection::LotSize)
        }
    }

    pub fn check_market_lots(&self, lots: i64) -> Result<(), Rejection> {
        let bounded =
            self.market_max_lots == 0 || (self.market_min_lots..=self.market_max_lots).contains(&lots);
        let stepped = self.market_step_lots == 0 || lots % self.market_step_lots == 0;
        if bounded && stepped {
            Ok(())
        } else {
            Err(Rejection::MarketLotSize)
        }
    }

    /// MIN_NOTIONAL and NOTIONAL of a priced order.
    #[inline]
    pub fn check_notional(&self, notional: i128) -> Result<(), Rejection> {
        if notional < self.min_notional {
            return Err(Rejection::MinNotional);
        }
        if notional < self.notional_min || (self.notional_max != 0 && notional > self.notional_max) {
            return Err(Rejection::Notional);
        }
        Ok(())
    }

    /// The largest market quantity not above `lots` that the market filters' maxima and step let through.
    pub fn trim_market_lots(&self, lots: i64) -> i64 {
        let mut trimmed = lots.min(self.max_lots);
        if self.market_max_lots != 0 {
            trimmed = trimmed.min(self.market_max_lots);
        }
        if self.market_step_lots != 0 {
            trimmed -= trimmed % self.market_step_lots;
        }
        trimmed
    }
}

/// Which fields go together.
#[inline]
fn check_combination(order: &NewOrder) -> Result<(), Rejection> {
    match order.kind {
        OrderType::Limit | OrderType::LimitMaker => {
            let maker_tif = order.kind == OrderType::LimitMaker && order.time_in_force != TimeInForce::Gtc;
            if order.quote_amount != 0 || maker_tif {
                return Err(Rejection::UnsupportedCombination);
            }
        }
        _ => {
            let both_or_neither = (order.quantity_lots != 0) == (order.quote_amount != 0);
            if order.price_ticks != 0 || order.time_in_force != TimeInForce::Gtc || both_or_neither {
                return Err(Rejection::UnsupportedCombination);
            }
            if !(0..=AMOUNT_MAX).contains(&order.quote_amount) {
                return Err(Rejection::AmountOutOfRange);
            }
        }
    }
    Ok(())
}
