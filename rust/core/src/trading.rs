//! The life of an order: check, hold, match, settle, release. READ SECOND.

use crate::client_order_ids::{Parameters, Use};
use crate::command::{Amend, Cancel, CancelAll, OrderKey, Refusable, Replace, REPLACE_ORDER};
use crate::event::{OrderFacts, Refused};
use crate::exchange::{Exchange, Listing};
use crate::instrument::Definition;
use crate::liquidity::Liquidity;
use crate::matching::{Matching, Taker};
use crate::number::at;
use crate::order::{
    CancelRestriction, ExpiryReason, InstrumentStatus, NewOrder, Order, OrderType, ReplaceMode, Side,
    TimeInForce, NONE,
};
use crate::rejection::Rejection;

/// An order that passed every check: how many lots it is for and what it holds.
#[derive(Clone, Copy)]
struct Intent {
    lots: i64,
    held: i128,
}

/// Whether the order is new, or one that was accepted before.
#[derive(PartialEq, Eq)]
enum Novelty {
    New,
    Repeated,
}

impl Exchange {
    /// A refused order is an event of its own, with all that was asked for.
    #[inline]
    pub(crate) fn place_order(&mut self, order: &NewOrder) -> Result<(), Rejection> {
        if let Err(rejection) = self.place(order) {
            self.events.order_rejected(order, rejection);
        }
        Ok(())
    }

    #[inline(always)]
    fn place(&mut self, order: &NewOrder) -> Result<(), Rejection> {
        let seat = self.seat(order.account, order.instrument)?;
        if self.check_static(order)? == Novelty::Repeated {
            return Ok(());
        }
        let intent = self.check_state(seat, order)?;
        self.accept(seat, order, intent); // from here on nothing can be refused
        Ok(())
    }

    /// What can be said without the book and the balances. A repeated order is answered here.
    #[inline(always)]
    fn check_static(&mut self, order: &NewOrder) -> Result<Novelty, Rejection> {
        if !order.client_id.is_empty() && self.check_novelty(order)? == Novelty::Repeated {
            return Ok(Novelty::Repeated);
        }
        let listing = &self.listings[at(order.instrument)];
        if listing.status != InstrumentStatus::Trading {
            return Err(Rejection::MarketClosed);
        }
        if order.instructions().are_special() || order.kind.is_conditional() {
            return Err(Rejection::UnsupportedCombination);
        }
        listing.definition.check(order)?;
        Ok(Novelty::New)
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
        if seen.parameters != Some(Parameters::from(order)) {
            return Err(Rejection::DuplicateClientOrderId);
        }
        self.events.order_repeated(seen.order_id, order, seen.sequence);
        Ok(Novelty::Repeated)
    }

    /// What depends on the book, on prices and on balances.
    #[inline(always)]
    fn check_state(&mut self, seat_number: u32, order: &NewOrder) -> Result<Intent, Rejection> {
        let lots = match order.kind {
            OrderType::Market => self.check_market(seat_number, order)?,
            _ => order.quantity_lots,
        };
        if order.kind != OrderType::Market {
            self.check_percent_price(order.instrument, order.side, order.price_ticks)?;
        }
        let listing = &self.listings[at(order.instrument)];
        let definition = &listing.definition;
        let seat = &self.open.seats[at(seat_number)];
        if definition.max_num_orders != 0 && seat.open_orders >= definition.max_num_orders {
            return Err(Rejection::MaxNumOrders);
        }
        if order.side == Side::Buy && definition.max_position != 0 {
            let balance = self.ledger.balance(seat.base);
            let bought = definition.base_amount(seat.open_buy_lots + lots);
            if balance.free + balance.locked + bought > definition.max_position {
                return Err(Rejection::MaxPosition);
            }
        }
        if order.kind == OrderType::LimitMaker && listing.book.crosses(order.side, order.price_ticks) {
            return Err(Rejection::WouldTake);
        }
        if self.open.is_full() {
            return Err(Rejection::LimitReached);
        }
        let held = match (order.kind, order.side) {
            (OrderType::Market, Side::Buy) => self.liquidity(seat_number, order).cost(lots),
            _ => definition.hold_amount(order.side, order.price_ticks, lots),
        };
        self.ledger.check_free(seat.paying(order.side), held)?;
        Ok(Intent { lots, held })
    }

    fn liquidity<'a>(&'a self, seat: u32, order: &NewOrder) -> Liquidity<'a> {
        let listing = &self.listings[at(order.instrument)];
        Liquidity {
            book: &listing.book,
            open: &self.open,
            definition: &listing.definition,
            side: order.side,
            stp: order.stp,
            seat,
        }
    }

    /// The lots of a market order, planned from its quote amount if it has one, within the market filters.
    fn check_market(&self, seat: u32, order: &NewOrder) -> Result<i64, Rejection> {
        let listing = &self.listings[at(order.instrument)];
        let definition = &listing.definition;
        let by_quote = order.quote_amount != 0;
        let lots = if by_quote {
            let planned = self.liquidity(seat, order).lots_for(order.quote_amount);
            let planned = planned.ok_or(Rejection::NoLiquidity)?;
            if planned == 0 {
                return Err(Rejection::QuoteQuantityBelowLot);
            }
            let trimmed = definition.trim_market_lots(planned);
            definition.check_lots(trimmed)?;
            definition.check_market_lots(trimmed)?;
            trimmed
        } else {
            order.quantity_lots
        };
        // notional / per_lots is the order's notional, exact
        let (notional, per_lots) = if by_quote {
            (order.quote_amount, 1)
        } else {
            let Some(reference) = listing.reference.fraction(self.time_us) else { return Ok(lots) };
            let per_tick = i128::from(lots) * i128::from(definition.quote_units_per_tick_lot);
            (reference.tick_lots.saturating_mul(per_tick), reference.lots)
        };
        check_market_notional(definition, notional, per_lots)?;
        Ok(lots)
    }

    #[inline(always)]
    fn check_percent_price(
        &mut self,
        instrument: u32,
        side: Side,
        price_ticks: i64,
    ) -> Result<(), Rejection> {
        let Listing { definition, reference, .. } = &mut self.listings[at(instrument)];
        let bands = reference.bands(self.time_us, definition);
        if !bands.percent.has(price_ticks) {
            return Err(Rejection::PercentPrice);
        }
        if !bands.by_side[side.index()].has(price_ticks) {
            return Err(Rejection::PercentPriceBySide);
        }
        Ok(())
    }

    /// The order is the exchange's now: hold, match, then rest or expire what is left.
    #[inline(always)]
    fn accept(&mut self, seat: u32, order: &NewOrder, intent: Intent) {
        self.last_order_id += 1;
        let order_id = self.last_order_id;
        let client_id = self.remember_client_id(order, order_id);
        let paying = self.open.seats[at(seat)].paying(order.side);
        self.ledger.hold(paying, intent.held);
        self.events.order_placed(order_id, order, intent.lots, intent.held);
        let mut taker = Taker {
            order_id,
            account: order.account,
            instrument: order.instrument,
            seat,
            side: order.side,
            stp: order.stp,
            limit_ticks: (order.kind != OrderType::Market).then_some(order.price_ticks),
            remaining_lots: intent.lots,
        };
        if order.time_in_force == TimeInForce::Fok
            && !self.liquidity(seat, order).can_fill(order.price_ticks, intent.lots)
        {
            return self.expire(&taker, ExpiryReason::UnfilledFokOrder);
        }
        let meets = match taker.limit_ticks {
            Some(limit) => self.listings[at(order.instrument)].book.crosses(order.side, limit),
            None => true,
        };
        let is_ended = meets && self.matching(order.instrument).run(&mut taker);
        if is_ended || taker.remaining_lots == 0 {
            return;
        }
        match (order.kind, order.time_in_force) {
            (OrderType::Market, _) => self.expire(&taker, ExpiryReason::InsufficientLiquidity),
            (_, TimeInForce::Ioc) => self.expire(&taker, ExpiryReason::UnfilledIocQuantity),
            _ => self.rest(&taker, order, client_id),
        }
    }

    #[inline]
    fn remember_client_id(&mut self, order: &NewOrder, order_id: u64) -> u32 {
        if order.client_id.is_empty() {
            return NONE;
        }
        self.open.client_ids.remember(&Use {
            account: order.account,
            text: order.client_id,
            parameters: Some(Parameters::from(order)),
            order_id,
            sequence: self.sequence,
            now_us: self.time_us,
        })
    }

    #[inline]
    fn matching(&mut self, instrument: u32) -> Matching<'_> {
        let Listing { definition, rates, reference, book, .. } = &mut self.listings[at(instrument)];
        Matching {
            definition,
            rates,
            book,
            reference,
            open: &mut self.open,
            ledger: &mut self.ledger,
            events: &mut self.events,
        }
    }

    /// End an order that is not resting: what it still holds goes back.
    fn expire(&mut self, taker: &Taker, reason: ExpiryReason) {
        let definition = &self.listings[at(taker.instrument)].definition;
        let released = taker.hold(definition, taker.remaining_lots);
        let paying = self.open.seats[at(taker.seat)].paying(taker.side);
        self.ledger.release(paying, released);
        self.events.order_expired(&taker.facts(), reason, released, 0);
    }

    #[inline(always)]
    fn rest(&mut self, taker: &Taker, order: &NewOrder, client_id: u32) {
        let number = self.open.add(Order {
            id: taker.order_id,
            price_ticks: order.price_ticks,
            quantity_lots: order.quantity_lots,
            remaining_lots: taker.remaining_lots,
            level: NONE,
            next: NONE,
            prev: NONE,
            seat: taker.seat,
            seat_next: NONE,
            seat_prev: NONE,
            client_id,
            side: order.side,
            kind: order.kind,
            stp: order.stp,
            is_special: false,
        });
        let book = &mut self.listings[at(order.instrument)].book;
        book.rest(&mut self.open.orders, number);
        let update_id = book.next_update_id();
        self.events.order_rested(&taker.facts(), update_id, taker.remaining_lots);
    }

    #[inline]
    pub(crate) fn cancel_order(&mut self, cancel: &Cancel) -> Result<(), Rejection> {
        let number = self
            .find_cancelable(cancel)
            .map_err(|rejection| self.account_first(cancel.order.account, rejection))?;
        self.cancel_found(number, cancel.cancel_id);
        Ok(())
    }

    /// An unknown account is named before anything else that is wrong.
    #[cold]
    fn account_first(&self, account: u32, rejection: Rejection) -> Rejection {
        if self.accounts.contains_key(&account) {
            rejection
        } else {
            Rejection::UnknownAccount
        }
    }

    #[inline(always)]
    fn find_cancelable(&self, cancel: &Cancel) -> Result<u32, Rejection> {
        let listing = self.listings.get(at(cancel.order.instrument));
        if listing.ok_or(Rejection::UnknownInstrument)?.status == InstrumentStatus::Halt {
            return Err(Rejection::MarketClosed);
        }
        let number = self.find_order(&cancel.order)?;
        let order = self.open.get(number);
        let is_untouched = order.remaining_lots == order.quantity_lots;
        let is_allowed = match cancel.restriction {
            CancelRestriction::None => true,
            CancelRestriction::OnlyNew => is_untouched,
            CancelRestriction::OnlyPartiallyFilled => !is_untouched,
        };
        if is_allowed {
            Ok(number)
        } else {
            Err(Rejection::CancelRestricted)
        }
    }

    /// The open order that a key means.
    #[inline(always)]
    fn find_order(&self, key: &OrderKey) -> Result<u32, Rejection> {
        let by_client_id = || self.open.client_ids.find_open(key.account, key.client_id);
        let found = if key.order_id == 0 { by_client_id() } else { self.open.find(key.order_id) };
        let number = found.ok_or(Rejection::UnknownOrder)?;
        let seat = &self.open.seats[at(self.open.get(number).seat)];
        if seat.account != key.account || seat.instrument != key.instrument {
            return Err(Rejection::UnknownOrder);
        }
        if key.order_id != 0 && !key.client_id.is_empty() && by_client_id() != Some(number) {
            return Err(Rejection::ClientOrderIdMismatch);
        }
        Ok(number)
    }

    #[inline(always)]
    fn cancel_found(&mut self, number: u32, cancel_id: &[u8]) {
        let (facts, released, update_id) = self.take_off(number);
        self.events.order_canceled(&facts, released, update_id, cancel_id);
    }

    /// Off the book, out of every index, and its hold back to its owner.
    #[inline(always)]
    fn take_off(&mut self, number: u32) -> (OrderFacts, i128, u64) {
        let order = *self.open.get(number);
        let seat = &self.open.seats[at(order.seat)];
        let Listing { definition, book, .. } = &mut self.listings[at(seat.instrument)];
        let released = definition.hold_amount(order.side, order.price_ticks, order.remaining_lots);
        let facts = seat.facts(&order);
        self.ledger.release(seat.paying(order.side), released);
        book.remove(&mut self.open.orders, number);
        let update_id = book.next_update_id();
        self.open.remove(number);
        (facts, released, update_id)
    }

    pub(crate) fn cancel_all(&mut self, cancel: &CancelAll) -> Result<(), Rejection> {
        let &CancelAll { account, instrument } = cancel;
        let seats = self.seats_of(account, instrument)?;
        let is_halted = |i: u32| self.listings[at(i)].status == InstrumentStatus::Halt;
        if instrument != NONE && is_halted(instrument) {
            return Err(Rejection::MarketClosed);
        }
        let mut ids: Vec<u64> = seats
            .into_iter()
            .filter(|&seat| !is_halted(self.open.seats[at(seat)].instrument))
            .flat_map(|seat| self.open.order_ids(seat))
            .collect();
        if ids.is_empty() {
            return Err(Rejection::UnknownOrder);
        }
        ids.sort_unstable();
        for id in ids {
            let number = self.open.find(id).expect("an open order is indexed by its id");
            self.cancel_found(number, &[]);
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn replace_order(&mut self, replace: &Replace) -> Result<(), Rejection> {
        if let Err(rejection) = self.replace(replace) {
            self.events.order_rejected(&replace.order, rejection);
        }
        Ok(())
    }

    #[inline(always)]
    fn replace(&mut self, replace: &Replace) -> Result<(), Rejection> {
        let order = &replace.order;
        let seat = self.seat_of(&replace.cancel.order)?;
        if self.check_static(order)? == Novelty::Repeated {
            return Ok(());
        }
        match self.find_cancelable(&replace.cancel) {
            Ok(number) => self.cancel_found(number, replace.cancel.cancel_id),
            Err(rejection) => {
                let refused = Refused { command_kind: REPLACE_ORDER, ..replace.refused() };
                self.events.command_rejected(rejection, &refused);
                if replace.mode == ReplaceMode::StopOnFailure {
                    return Ok(());
                }
            }
        }
        let intent = self.check_state(seat, order)?;
        self.accept(seat, order, intent);
        Ok(())
    }

    /// The seat a replacement is for: as a rule that of the order it replaces.
    #[inline(always)]
    fn seat_of(&mut self, key: &OrderKey) -> Result<u32, Rejection> {
        if let Some(number) = self.open.find(key.order_id) {
            let number = self.open.get(number).seat;
            let seat = &self.open.seats[at(number)];
            if seat.account == key.account && seat.instrument == key.instrument {
                return Ok(number);
            }
        }
        self.seat(key.account, key.instrument)
    }

    pub(crate) fn amend_order(&mut self, amend: &Amend) -> Result<(), Rejection> {
        let checked = self.check_amend(amend);
        let number = checked.map_err(|rejection| self.account_first(amend.order.account, rejection))?;
        let order = *self.open.get(number);
        let gone_lots = order.quantity_lots - order.remaining_lots;
        if amend.quantity_lots <= gone_lots {
            let (facts, released, update_id) = self.take_off(number);
            let reason = ExpiryReason::AmendedToNothing;
            self.events.order_expired(&facts, reason, released, update_id);
        } else {
            self.amend_found(number, amend);
        }
        Ok(())
    }

    fn check_amend(&self, amend: &Amend) -> Result<u32, Rejection> {
        let listing = self.listings.get(at(amend.order.instrument));
        let listing = listing.ok_or(Rejection::UnknownInstrument)?;
        if listing.status != InstrumentStatus::Trading {
            return Err(Rejection::MarketClosed);
        }
        let number = self.find_order(&amend.order)?;
        let order = self.open.get(number);
        let lots = amend.quantity_lots;
        if lots <= 0 {
            return Err(Rejection::LotSize);
        }
        if lots > order.quantity_lots {
            return Err(Rejection::AmendIncreasesQuantity);
        }
        if lots == order.quantity_lots {
            return Err(Rejection::AmendChangesNothing);
        }
        if lots > order.quantity_lots - order.remaining_lots {
            let definition = &listing.definition;
            definition.check_lots(lots)?;
            definition.check_notional(definition.notional(order.price_ticks, lots))?;
        }
        self.check_new_client_id(amend, order.id)?;
        Ok(number)
    }

    fn check_new_client_id(&self, amend: &Amend, order_id: u64) -> Result<(), Rejection> {
        let ids = &self.open.client_ids;
        let seen = ids.find_seen(amend.order.account, amend.new_client_id, self.time_us);
        match seen {
            Some(seen) if !amend.new_client_id.is_empty() && seen.order_id != order_id => {
                Err(Rejection::DuplicateClientOrderId)
            }
            _ => Ok(()),
        }
    }

    fn amend_found(&mut self, number: u32, amend: &Amend) {
        let order = &mut self.open.orders[at(number)];
        let old_lots = std::mem::replace(&mut order.quantity_lots, amend.quantity_lots);
        let cut = old_lots - amend.quantity_lots;
        let seat = &self.open.seats[at(order.seat)];
        let Listing { definition, book, .. } = &mut self.listings[at(seat.instrument)];
        book.reduce(order, cut);
        let update_id = book.next_update_id();
        let released = definition.hold_amount(order.side, order.price_ticks, cut);
        self.ledger.release(seat.paying(order.side), released);
        let facts = seat.facts(order);
        let (seat, side) = (order.seat, order.side);
        self.open.reduce_seat(seat, side, cut);
        let client_id = self.rename(number, amend);
        let text: &[u8] = if client_id == NONE { &[] } else { self.open.client_ids.get(client_id).text() };
        let quantities = (old_lots, amend.quantity_lots);
        self.events.order_amended(&facts, quantities, released, update_id, text);
    }

    /// Give an amended order its new client order id, if it has one. The slot of the id it has from now on.
    fn rename(&mut self, number: u32, amend: &Amend) -> u32 {
        let order = *self.open.get(number);
        let ids = &mut self.open.client_ids;
        let keeps = order.client_id != NONE && ids.get(order.client_id).text() == amend.new_client_id;
        if amend.new_client_id.is_empty() || keeps {
            return order.client_id;
        }
        if order.client_id != NONE {
            ids.close(order.client_id);
        }
        let usage = Use {
            account: amend.order.account,
            text: amend.new_client_id,
            parameters: None,
            order_id: order.id,
            sequence: self.sequence,
            now_us: self.time_us,
        };
        // An id the order had before still tells what was sent under it.
        let earlier = ids.find_earlier(usage.account, usage.text, usage.now_us);
        let client_id = earlier.unwrap_or_else(|| ids.remember(&usage));
        ids.open(client_id, number);
        self.open.orders[at(number)].client_id = client_id;
        client_id
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
