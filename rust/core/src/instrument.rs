//! An instrument: what is traded for what, on which grid, and the filters that need nothing but the order.

use crate::instructions::Instructions;
use crate::limits::{
    AMOUNT_MAX, AVERAGE_PRICE_MINUTES_MAX, ICEBERG_PARTS_MAX, PEG_OFFSET_MAX, PERCENT_SCALE, PPM_SCALE,
    PRICE_TICKS_MAX, QUANTITY_LOTS_MAX, REFERENCE_BUCKETS_MAX,
};
use crate::order::{InstrumentStatus, NewOrder, OrderType, PegPriceType, Side, StpMode, TimeInForce};
use crate::rejection::{check, Rejection};

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
            && self.iceberg_parts <= ICEBERG_PARTS_MAX
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

    /// Every check that needs only the order and the definition. `is_sized` is false for an order of a list whose
    /// quantity is not known yet.
    #[inline(always)]
    pub fn check(&self, order: &NewOrder, now_us: u64, is_sized: bool) -> Result<(), Rejection> {
        if order.instructions.is_some() || order.kind.byte() > OrderType::LimitMaker.byte() || !is_sized {
            return self.check_any(order, now_us, is_sized);
        }
        check(self.allowed_order_types & (1 << order.kind.byte()) != 0, Rejection::OrderTypeNotAllowed)?;
        if order.kind == OrderType::Market {
            return self.check_market_order(order, is_sized);
        }
        let is_maker = order.kind == OrderType::LimitMaker;
        let fits = order.quote_amount == 0 && (!is_maker || order.time_in_force == TimeInForce::Gtc);
        check(fits, Rejection::UnsupportedCombination)?;
        self.check_stp(order.stp)?;
        self.check_price(order.price_ticks)?;
        self.check_lots(order.quantity_lots)?;
        self.check_notional(self.notional(order.price_ticks, order.quantity_lots))
    }

    /// The same of orders that are not plain.
    #[inline(never)]
    fn check_any(&self, order: &NewOrder, now_us: u64, is_sized: bool) -> Result<(), Rejection> {
        check(self.allowed_order_types & (1 << order.kind.byte()) != 0, Rejection::OrderTypeNotAllowed)?;
        let instructions = order.instructions();
        check_combination(order, &instructions, is_sized)?;
        let is_by_quote = order.quote_amount != 0;
        check(!is_by_quote || self.has(feature::QUOTE_QUANTITY_MARKET), Rejection::QuoteQuantityNotAllowed)?;
        self.check_instructions(order, &instructions, now_us)?;
        if order.kind == OrderType::Market {
            return self.check_market_order(order, is_sized);
        }
        self.check_stp(order.stp)?;
        if !order.kind.is_market() && (order.price_ticks != 0 || !instructions.is_pegged()) {
            self.check_price(order.price_ticks)?;
        }
        if instructions.stop_price_ticks != 0 {
            self.check_price(instructions.stop_price_ticks)?;
        }
        if !is_sized {
            return Ok(());
        }
        self.check_size(order.kind, order.price_ticks, order.quantity_lots, instructions.iceberg_lots)
    }

    fn check_market_order(&self, order: &NewOrder, is_sized: bool) -> Result<(), Rejection> {
        let is_one = (order.quantity_lots != 0) != (order.quote_amount != 0);
        let is_gtc = order.time_in_force == TimeInForce::Gtc;
        let fits = order.price_ticks == 0 && is_gtc && (is_one || !is_sized);
        check(fits, Rejection::UnsupportedCombination)?;
        check((0..=AMOUNT_MAX).contains(&order.quote_amount), Rejection::AmountOutOfRange)?;
        let is_by_quote = order.quote_amount != 0;
        check(!is_by_quote || self.has(feature::QUOTE_QUANTITY_MARKET), Rejection::QuoteQuantityNotAllowed)?;
        self.check_stp(order.stp)?;
        if !is_sized || order.quantity_lots == 0 {
            return Ok(());
        }
        self.check_lots(order.quantity_lots)?;
        self.check_market_lots(order.quantity_lots)
    }

    #[inline(always)]
    fn check_stp(&self, mode: StpMode) -> Result<(), Rejection> {
        check(self.allowed_stp_mask & (1 << mode.byte()) != 0, Rejection::StpModeNotAllowed)
    }

    #[inline]
    pub fn check_price(&self, price_ticks: i64) -> Result<(), Rejection> {
        if (self.min_price_ticks..=self.max_price_ticks).contains(&price_ticks) {
            Ok(())
        } else {
            Err(Rejection::PriceFilter)
        }
    }

    /// The filters of a quantity, and of what it comes to at a limit (0: none).
    pub fn check_size(
        &self,
        kind: OrderType,
        price_ticks: i64,
        lots: i64,
        iceberg_lots: i64,
    ) -> Result<(), Rejection> {
        self.check_lots(lots)?;
        if iceberg_lots != 0 {
            self.check_iceberg(lots, iceberg_lots)?;
        }
        if kind.is_market() || price_ticks == 0 {
            return Ok(());
        }
        self.check_notional(self.notional(price_ticks, lots))
    }

    fn check_iceberg(&self, lots: i64, iceberg_lots: i64) -> Result<(), Rejection> {
        self.check_lots(iceberg_lots)?;
        if iceberg_lots >= lots {
            return Err(Rejection::IcebergQuantity);
        }
        let parts = (lots - 1) / iceberg_lots + 1;
        let max = if self.iceberg_parts == 0 { ICEBERG_PARTS_MAX } else { self.iceberg_parts };
        if parts > i64::from(max) {
            return Err(Rejection::IcebergParts);
        }
        Ok(())
    }

    /// Which instructions go together, and with which orders.
    #[inline(never)]
    fn check_instructions(
        &self,
        order: &NewOrder,
        instructions: &Instructions,
        now_us: u64,
    ) -> Result<(), Rejection> {
        let is_gtc = order.time_in_force == TimeInForce::Gtc;
        if instructions.iceberg_lots != 0 {
            check(self.has(feature::ICEBERG), Rejection::IcebergNotAllowed)?;
            check(!order.kind.is_market() && is_gtc, Rejection::UnsupportedCombination)?;
        }
        if instructions.trailing_delta != 0 {
            check(self.has(feature::TRAILING_STOP), Rejection::TrailingStopNotAllowed)?;
            self.check_trailing(order, instructions.trailing_delta)?;
        }
        if instructions.is_pegged() || instructions.peg_offset != 0 {
            self.check_peg(order, instructions)?;
        }
        if instructions.good_till_us != 0 {
            check(is_gtc && order.kind != OrderType::Market, Rejection::UnsupportedCombination)?;
            check(instructions.good_till_us > now_us, Rejection::GoodTillTimePassed)?;
        }
        Ok(())
    }

    fn check_trailing(&self, order: &NewOrder, delta: u32) -> Result<(), Rejection> {
        let is_above = order.kind.rises(order.side);
        let (min, max) = if is_above { self.trailing_above } else { self.trailing_below };
        let is_within = max == 0 || (min..=max).contains(&delta);
        check(i64::from(delta) < PERCENT_SCALE && is_within, Rejection::TrailingDelta)
    }

    fn check_peg(&self, order: &NewOrder, instructions: &Instructions) -> Result<(), Rejection> {
        let peg = instructions.peg_price_type;
        check(peg != PegPriceType::None, Rejection::UnsupportedCombination)?;
        check(self.has(feature::PEG), Rejection::PegNotAllowed)?;
        check(!order.kind.is_market(), Rejection::PegOrderType)?;
        let is_maker_at_market = order.kind == OrderType::LimitMaker && peg == PegPriceType::Market;
        check(!is_maker_at_market, Rejection::PegPriceType)?;
        let is_primary_limit = order.kind == OrderType::Limit && peg == PegPriceType::Primary;
        let fits = !is_primary_limit || order.time_in_force == TimeInForce::Gtc;
        check(fits && instructions.peg_offset <= PEG_OFFSET_MAX, Rejection::UnsupportedCombination)
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
fn check_combination(order: &NewOrder, instructions: &Instructions, is_sized: bool) -> Result<(), Rejection> {
    let is_gtc = order.time_in_force == TimeInForce::Gtc;
    let fits = match order.kind {
        OrderType::Limit | OrderType::StopLossLimit | OrderType::TakeProfitLimit => order.quote_amount == 0,
        OrderType::LimitMaker => order.quote_amount == 0 && is_gtc,
        OrderType::StopLoss | OrderType::TakeProfit => {
            order.quote_amount == 0 && is_gtc && order.price_ticks == 0
        }
        OrderType::Market => {
            let is_one = (order.quantity_lots != 0) != (order.quote_amount != 0);
            order.price_ticks == 0 && is_gtc && (is_one || !is_sized)
        }
    };
    check(fits, Rejection::UnsupportedCombination)?;
    check((0..=AMOUNT_MAX).contains(&order.quote_amount), Rejection::AmountOutOfRange)?;
    let waits = instructions.stop_price_ticks != 0 || instructions.trailing_delta != 0;
    check(waits == order.kind.is_conditional(), Rejection::UnsupportedCombination)?;
    check(instructions.stop_price_ticks >= 0, Rejection::PriceFilter)
}
