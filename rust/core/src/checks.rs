//! What an order must pass before it is the exchange's: first what needs no book, then what does.

use crate::client_order_ids::Parameters;
use crate::exchange::{Exchange, Listing};
use crate::instructions::Instructions;
use crate::instrument::Definition;
use crate::limits::TRAILING_ORDERS_MAX;
use crate::liquidity::Liquidity;
use crate::number::at;
use crate::open_orders::Seat;
use crate::order::{InstrumentStatus, NewOrder, OrderType, PegPriceType, Side, StpMode, TimeInForce};
use crate::reference_price::{Band, OPEN_BAND};
use crate::rejection::Rejection;
use crate::trigger::{trailing_trigger, Direction};

/// An order that passed every check.
#[derive(Clone, Copy)]
pub struct Intent {
    pub lots: i64,
    pub held: i128,
    /// Where a limit works; 0 at market.
    pub price_ticks: i64,
    pub range: Band,
}

/// Whether the order is new, or one that was accepted before.
#[derive(PartialEq, Eq)]
pub enum Novelty {
    New,
    Repeated,
}

/// Orders of the same list that count as placed already.
#[derive(Default)]
pub struct Ahead {
    orders: u32,
    algo_orders: u32,
    iceberg_orders: u32,
    buy_lots: i64,
}

impl Ahead {
    pub fn add(&mut self, leg: &NewOrder) {
        self.orders += 1;
        self.algo_orders += u32::from(leg.kind.is_conditional());
        self.iceberg_orders += u32::from(leg.instructions().iceberg_lots != 0);
        if leg.side == Side::Buy {
            self.buy_lots += leg.quantity_lots;
        }
    }
}

impl Exchange {
    /// Whether it was sent before, and whether the instrument takes orders at all.
    #[inline(always)]
    pub(crate) fn check_new(&mut self, order: &NewOrder) -> Result<Novelty, Rejection> {
        if !order.client_id.is_empty() && self.check_novelty(order)? == Novelty::Repeated {
            return Ok(Novelty::Repeated);
        }
        let listing = &self.listings[at(order.instrument)];
        if listing.status != InstrumentStatus::Trading && !listing.gathers(order) {
            return Err(Rejection::MarketClosed);
        }
        Ok(Novelty::New)
    }

    /// What can be said without the book and the balances.
    #[inline(always)]
    pub(crate) fn check_static(&self, order: &NewOrder) -> Result<(), Rejection> {
        self.listings[at(order.instrument)].definition.check(order, self.time_us, true)?;
        self.check_asset_limits(order)
    }

    fn check_novelty(&mut self, order: &NewOrder) -> Result<Novelty, Rejection> {
        let ids = &self.open.client_ids;
        if order.client_id_reusable {
            return match ids.find_open(order.account, order.client_id) {
                Some(_) => Err(Rejection::DuplicateClientOrderId),
                None => Ok(Novelty::New),
            };
        }
        let Some(seen) = ids.find_seen(order.account, order.client_id, self.time_us) else {
            return Ok(Novelty::New);
        };
        if seen.parameters != Some(Parameters::of_order(order)) {
            return Err(Rejection::DuplicateClientOrderId);
        }
        self.events.order_repeated(seen.order_id, order, seen.sequence);
        Ok(Novelty::Repeated)
    }

    /// MAX_ASSET.
    #[inline(always)]
    pub(crate) fn check_asset_limits(&self, order: &NewOrder) -> Result<(), Rejection> {
        let listing = &self.listings[at(order.instrument)];
        let Some((base, quote)) = listing.asset_limits else { return Ok(()) };
        let definition = &listing.definition;
        let notional = if order.kind == OrderType::Market {
            order.quote_amount
        } else {
            definition.notional(order.price_ticks, order.quantity_lots)
        };
        let is_above = |amount: i128, limit: i128| limit != 0 && amount > limit;
        if is_above(definition.base_amount(order.quantity_lots), base) || is_above(notional, quote) {
            return Err(Rejection::MaxAsset);
        }
        Ok(())
    }

    /// What depends on the book, on prices and on balances.
    #[inline(always)]
    pub(crate) fn check_state(&mut self, seat: u32, order: &NewOrder) -> Result<Intent, Rejection> {
        let range = self.range(order.instrument, order.side);
        let lots = match order.kind {
            OrderType::Market => self.check_market(seat, order, range)?,
            _ => order.quantity_lots,
        };
        let price_ticks = self.check_prices(order)?;
        self.check_counts(seat, order, lots, &Ahead::default())?;
        if order.kind.is_conditional() {
            self.check_trigger(order)?;
        }
        self.check_take(order, price_ticks)?;
        if self.open.is_full() {
            return Err(Rejection::LimitReached);
        }
        let held = match (order.kind, order.side) {
            (OrderType::Market, Side::Buy) => self.liquidity(seat, order.side, order.stp, range).cost(lots),
            _ => self.need(order, lots, price_ticks),
        };
        self.ledger.check_free(self.open.seats[at(seat)].paying(order.side), held)?;
        Ok(Intent { lots, held, price_ticks, range })
    }

    /// The prices within which a taker may trade.
    #[inline(always)]
    pub(crate) fn range(&mut self, instrument: u32, side: Side) -> Band {
        let Listing { definition, reference, .. } = &mut self.listings[at(instrument)];
        let limit = if side == Side::Buy { definition.bid_limit } else { definition.ask_limit };
        if limit == (0, 0) {
            return OPEN_BAND;
        }
        reference.bands(self.time_us, definition).range[side.index()]
    }

    #[inline]
    pub(crate) fn liquidity(&self, seat: u32, side: Side, stp: StpMode, range: Band) -> Liquidity<'_> {
        let listing = &self.listings[at(self.open.seats[at(seat)].instrument)];
        Liquidity {
            book: &listing.book,
            open: &self.open,
            definition: &listing.definition,
            side,
            stp,
            seat,
            range,
        }
    }

    /// The lots of a market order, planned from its quote amount if it has one, within the market filters.
    fn check_market(&self, seat: u32, order: &NewOrder, range: Band) -> Result<i64, Rejection> {
        if order.quote_amount == 0 {
            self.check_market_notional(order.instrument, order.quantity_lots)?;
            return Ok(order.quantity_lots);
        }
        let definition = &self.listings[at(order.instrument)].definition;
        let planned = self.liquidity(seat, order.side, order.stp, range).lots_for(order.quote_amount);
        let planned = planned.ok_or(Rejection::NoLiquidity)?;
        if planned == 0 {
            return Err(Rejection::QuoteQuantityBelowLot);
        }
        let trimmed = definition.trim_market_lots(planned);
        definition.check_lots(trimmed)?;
        definition.check_market_lots(trimmed)?;
        check_market_notional(definition, order.quote_amount, 1)?;
        Ok(trimmed)
    }

    /// By the reference price, if there is one.
    fn check_market_notional(&self, instrument: u32, lots: i64) -> Result<(), Rejection> {
        let Listing { definition, reference, .. } = &self.listings[at(instrument)];
        let Some(reference) = reference.fraction(self.time_us) else { return Ok(()) };
        let per_tick = i128::from(lots) * i128::from(definition.quote_units_per_tick_lot);
        check_market_notional(definition, reference.tick_lots.saturating_mul(per_tick), reference.lots)
    }

    /// The filters of a market order of these lots.
    pub(crate) fn check_market_quantity(&self, instrument: u32, lots: i64) -> Result<(), Rejection> {
        self.listings[at(instrument)].definition.check_market_lots(lots)?;
        self.check_market_notional(instrument, lots)
    }

    /// The price at which an order works, or for which it waits, within the filters. 0 of one without a limit.
    #[inline(always)]
    pub(crate) fn check_prices(&mut self, order: &NewOrder) -> Result<i64, Rejection> {
        if order.instructions.is_some() {
            return self.check_prices_with(order, &order.instructions());
        }
        if !order.kind.is_market() {
            self.check_percent_price(order.instrument, order.side, order.price_ticks)?;
        }
        Ok(order.price_ticks)
    }

    #[inline(never)]
    pub(crate) fn check_prices_with(
        &mut self,
        order: &NewOrder,
        instructions: &Instructions,
    ) -> Result<i64, Rejection> {
        if order.kind.is_market() {
            return Ok(0);
        }
        let is_now = !order.kind.is_conditional();
        let pegged = if is_now { self.peg_price(order.instrument, order.side, instructions)? } else { None };
        if let Some(price_ticks) = pegged {
            self.check_peg_price(order.instrument, price_ticks, order.quantity_lots)?;
        }
        if order.price_ticks > 0 {
            self.check_percent_price(order.instrument, order.side, order.price_ticks)?;
        }
        if let Some(price_ticks) = pegged {
            self.check_percent_price(order.instrument, order.side, price_ticks)?;
        }
        Ok(pegged.unwrap_or(order.price_ticks))
    }

    /// The price that a pegged order takes from the book now; None of one that is not pegged.
    pub(crate) fn peg_price(
        &self,
        instrument: u32,
        side: Side,
        instructions: &Instructions,
    ) -> Result<Option<i64>, Rejection> {
        let of_side = match instructions.peg_price_type {
            PegPriceType::None => return Ok(None),
            PegPriceType::Primary => side,
            PegPriceType::Market => side.opposite(),
        };
        let book = &self.listings[at(instrument)].book;
        let level = book.levels(of_side).nth(usize::from(instructions.peg_offset));
        level.map(|level| Some(level.price_ticks)).ok_or(Rejection::PegLiquidity)
    }

    pub(crate) fn check_peg_price(
        &self,
        instrument: u32,
        price_ticks: i64,
        lots: i64,
    ) -> Result<(), Rejection> {
        let definition = &self.listings[at(instrument)].definition;
        definition.check_price(price_ticks)?;
        definition.check_notional(definition.notional(price_ticks, lots))
    }

    #[inline(always)]
    pub(crate) fn check_percent_price(
        &mut self,
        instrument: u32,
        side: Side,
        price_ticks: i64,
    ) -> Result<(), Rejection> {
        let Listing { definition, reference, .. } = &mut self.listings[at(instrument)];
        let bands = reference.bands(self.time_us, definition);
        if bands.both[side.index()].has(price_ticks) {
            return Ok(());
        }
        let is_by_side = bands.percent.has(price_ticks);
        Err(if is_by_side { Rejection::PercentPriceBySide } else { Rejection::PercentPrice })
    }

    /// How many orders the account may have, and how much it may own.
    #[inline(always)]
    pub(crate) fn check_counts(
        &self,
        seat_number: u32,
        order: &NewOrder,
        lots: i64,
        ahead: &Ahead,
    ) -> Result<(), Rejection> {
        let definition = &self.listings[at(order.instrument)].definition;
        let seat = &self.open.seats[at(seat_number)];
        if definition.max_num_orders != 0 && seat.open_orders + ahead.orders >= definition.max_num_orders {
            return Err(Rejection::MaxNumOrders);
        }
        if order.instructions.is_some() {
            self.check_special_counts(seat, order, ahead)?;
        }
        if self.limits.are_set {
            self.check_sums(order, ahead)?;
        }
        if order.side == Side::Buy && definition.max_position != 0 {
            let balance = self.ledger.balance(seat.base);
            let bought = definition.base_amount(seat.open_buy_lots + ahead.buy_lots + lots);
            if balance.free + balance.locked + bought > definition.max_position {
                return Err(Rejection::MaxPosition);
            }
        }
        Ok(())
    }

    fn check_special_counts(&self, seat: &Seat, order: &NewOrder, ahead: &Ahead) -> Result<(), Rejection> {
        let definition = &self.listings[at(order.instrument)].definition;
        let is_over = |open: u32, max: u32| max != 0 && open >= max;
        let algo_orders = seat.open_algo_orders + ahead.algo_orders;
        if order.kind.is_conditional() && is_over(algo_orders, definition.max_num_algo_orders) {
            return Err(Rejection::MaxNumAlgoOrders);
        }
        let icebergs = seat.open_iceberg_orders + ahead.iceberg_orders;
        if order.instructions().iceberg_lots != 0 && is_over(icebergs, definition.max_num_iceberg_orders) {
            return Err(Rejection::MaxNumIcebergOrders);
        }
        Ok(())
    }

    #[inline(never)]
    fn check_sums(&self, order: &NewOrder, ahead: &Ahead) -> Result<(), Rejection> {
        let is_over = |max: u32, more: u32, count: fn(&Seat) -> u32| {
            max != 0 && self.sum_of_seats(order.account, count) + more >= max
        };
        if is_over(self.limits.orders, ahead.orders, |seat| seat.open_orders) {
            return Err(Rejection::ExchangeMaxNumOrders);
        }
        let is_algo = order.kind.is_conditional();
        if is_algo && is_over(self.limits.algo_orders, ahead.algo_orders, |seat| seat.open_algo_orders) {
            return Err(Rejection::ExchangeMaxNumAlgoOrders);
        }
        let is_iceberg = order.instructions().iceberg_lots != 0;
        let max = self.limits.iceberg_orders;
        if is_iceberg && is_over(max, ahead.iceberg_orders, |seat| seat.open_iceberg_orders) {
            return Err(Rejection::ExchangeMaxNumIcebergOrders);
        }
        Ok(())
    }

    /// Over all instruments of an account.
    pub(crate) fn sum_of_seats(&self, account: u32, count: impl Fn(&Seat) -> u32) -> u32 {
        let first = self.accounts[&account].first_seat;
        self.open.seats_of(first).map(|seat| count(&self.open.seats[at(seat)])).sum()
    }

    /// A conditional order must have something left to wait for.
    pub(crate) fn check_trigger(&self, order: &NewOrder) -> Result<(), Rejection> {
        self.check_trigger_with(order, &order.instructions())
    }

    pub(crate) fn check_trigger_with(
        &self,
        order: &NewOrder,
        instructions: &Instructions,
    ) -> Result<(), Rejection> {
        if !order.kind.is_conditional() {
            return Ok(());
        }
        let Listing { triggers, reference, .. } = &self.listings[at(order.instrument)];
        let (stop, last) = (instructions.stop_price_ticks, reference.last_price_ticks);
        let direction = Direction::of(order.kind.rises(order.side));
        if stop != 0 && triggers.would_trigger(direction, stop, last) {
            return Err(Rejection::WouldTrigger);
        }
        if stop == 0 && last == 0 {
            return Err(Rejection::NoTrailingReference);
        }
        if instructions.trailing_delta != 0 && triggers.trailing.len() >= TRAILING_ORDERS_MAX {
            return Err(Rejection::LimitReached);
        }
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn check_take(&self, order: &NewOrder, price_ticks: i64) -> Result<(), Rejection> {
        let takes = || self.listings[at(order.instrument)].book.crosses(order.side, price_ticks);
        if order.kind == OrderType::LimitMaker && takes() {
            return Err(Rejection::WouldTake);
        }
        Ok(())
    }

    /// What an order has to hold. Not for buying at market, which holds what the book asks for.
    #[inline(always)]
    pub(crate) fn need(&self, order: &NewOrder, lots: i64, price_ticks: i64) -> i128 {
        if order.kind.is_conditional() {
            return self.need_with(order, &order.instructions(), lots, price_ticks);
        }
        self.listings[at(order.instrument)].definition.hold_amount(order.side, price_ticks, lots)
    }

    pub(crate) fn need_with(
        &self,
        order: &NewOrder,
        instructions: &Instructions,
        lots: i64,
        price_ticks: i64,
    ) -> i128 {
        let hold_price = if order.kind.is_conditional() {
            self.hold_price(order.instrument, order.side, order.price_ticks, instructions)
        } else {
            price_ticks
        };
        self.listings[at(order.instrument)].definition.hold_amount(order.side, hold_price, lots)
    }

    /// The price by which a waiting buy holds: its limit, else its stop, else where it would trigger now.
    pub(crate) fn hold_price(
        &self,
        instrument: u32,
        side: Side,
        price_ticks: i64,
        instructions: &Instructions,
    ) -> i64 {
        let Listing { definition, reference, .. } = &self.listings[at(instrument)];
        if price_ticks > 0 {
            return price_ticks;
        }
        if instructions.stop_price_ticks > 0 {
            return instructions.stop_price_ticks;
        }
        let (last, delta) = (reference.last_price_ticks, instructions.trailing_delta);
        trailing_trigger(side, last, delta, definition.max_price_ticks)
    }
}

impl Listing {
    /// Whether it takes this order without matching it, because an auction comes.
    #[cold]
    fn gathers(&self, order: &NewOrder) -> bool {
        let instructions = order.instructions();
        let is_plain = instructions.stop_price_ticks == 0
            && instructions.trailing_delta == 0
            && instructions.iceberg_lots == 0
            && !instructions.is_pegged()
            && instructions.peg_offset == 0;
        self.status == InstrumentStatus::Auction
            && self.opening.is_none()
            && order.kind == OrderType::Limit
            && order.time_in_force == TimeInForce::Gtc
            && is_plain
    }

    /// Whether nothing at all may change in its book.
    pub fn is_frozen(&self) -> bool {
        self.status == InstrumentStatus::Halt || self.opening.is_some()
    }
}

/// MIN_NOTIONAL and NOTIONAL of a market order whose notional is a fraction.
fn check_market_notional(d: &Definition, notional: i128, per_lots: i128) -> Result<(), Rejection> {
    let is_below = |minimum: i128| notional < minimum.saturating_mul(per_lots);
    if d.min_notional_applies_to_market && is_below(d.min_notional) {
        return Err(Rejection::MinNotional);
    }
    let is_above = d.notional_max_applies_to_market
        && d.notional_max != 0
        && notional > d.notional_max.saturating_mul(per_lots);
    if is_above || (d.notional_min_applies_to_market && is_below(d.notional_min)) {
        return Err(Rejection::Notional);
    }
    Ok(())
}
