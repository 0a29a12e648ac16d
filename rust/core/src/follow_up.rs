//! Work that commands leave behind: stops to fire, pending orders to place, an auction to trade through.
//!
//! Each command does a bounded number of units of it at its end, whoever caused them; AdvanceTime comes
//! for nothing but that, and for the orders that are past their time.
//! What is due is part of the state, so a crash between a trigger and its order loses nothing.

use crate::command::AdvanceTime;
use crate::consequence::{Fate, Mark};
use crate::exchange::Exchange;
use crate::limits::{EXPIRIES_MAX, FOLLOW_UPS_MAX};
use crate::number::at;
use crate::order::{ExpiryReason, InstrumentStatus, Order, Side};
use crate::reference_price::Traded;
use crate::rejection::Rejection;
use crate::trigger::Direction;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Fire the orders within the bound of a ladder of triggers.
    Sweep { instrument: u32, direction: Direction },
    /// The working order is filled: place the pending ones.
    Release { list: u64 },
    /// Trade the opening auction.
    Open { instrument: u32 },
}

impl Exchange {
    /// When the machine wants to be called again: at once (0), at this time, or not at all.
    pub fn wake_at_us(&self) -> Option<u64> {
        if !self.due.is_empty() {
            return Some(0);
        }
        self.open.expiries.first().map(|&(good_till_us, _)| good_till_us)
    }

    pub(crate) fn advance_time(&mut self, _: &AdvanceTime) -> Result<(), Rejection> {
        self.events.time_advanced();
        let is_opening = |id: &u64| {
            let number = self.open.find(*id).expect("an open order is indexed by its id");
            let seat = &self.open.seats[at(self.open.get(number).seat)];
            self.listings[at(seat.instrument)].opening.is_some()
        };
        let due = self.open.expiries.range(..=(self.time_us, u64::MAX)).map(|&(_, id)| id);
        let ids: Vec<u64> = due.filter(|id| !is_opening(id)).take(EXPIRIES_MAX).collect();
        for id in ids {
            let number = self.open.find(id).expect("no order's end takes another along");
            self.expire_with_consequences(number, ExpiryReason::GoodTillTime);
        }
        Ok(())
    }

    #[cold]
    pub(crate) fn follow_up(&mut self) {
        for _ in 0..FOLLOW_UPS_MAX {
            let Some(due) = self.due.pop_front() else { return };
            if self.do_unit(due) {
                self.due.push_back(due);
            }
        }
    }

    /// True if there is more of it to do.
    fn do_unit(&mut self, due: Due) -> bool {
        match due {
            Due::Sweep { instrument, direction } => self.sweep(instrument, direction),
            Due::Release { list } => {
                self.release(list);
                false
            }
            Due::Open { instrument } => self.open_one(instrument),
        }
    }

    fn sweep(&mut self, instrument: u32, direction: Direction) -> bool {
        let listing = &mut self.listings[at(instrument)];
        if listing.status != InstrumentStatus::Trading {
            return false;
        }
        match listing.triggers.due(direction) {
            None => {
                listing.triggers.bounds[direction.index()] = 0;
                false
            }
            Some(number) => {
                self.fire(number);
                true
            }
        }
    }

    /// The trades of one order were at these prices: who waits for them?
    #[cold]
    pub(crate) fn observe(&mut self, instrument: u32, traded: &Traded) {
        let listing = &mut self.listings[at(instrument)];
        let max_price_ticks = listing.definition.max_price_ticks;
        let mut path = std::mem::take(&mut self.path);
        path.dedup();
        for &price_ticks in &path {
            listing.triggers.follow(&mut self.open, price_ticks, max_price_ticks, &mut self.events);
        }
        path.clear();
        self.path = path;
        let (first, last) = (traded.first_price_ticks, traded.last_price_ticks);
        for (direction, price_ticks) in
            [(Direction::Rise, first.max(last)), (Direction::Fall, first.min(last))]
        {
            if listing.triggers.widen(direction, price_ticks) {
                self.due.push_back(Due::Sweep { instrument, direction });
            }
        }
    }

    /// A waiting order's price has come: it goes to the book, or is refused.
    fn fire(&mut self, number: u32) {
        let order = *self.open.get(number);
        let details = *self.open.details(order.id);
        let instrument = self.open.seats[at(order.seat)].instrument;
        self.expire_partner(details.list, order.id);
        let checked = self.check_fire(&order);
        let listing = &mut self.listings[at(instrument)];
        listing.triggers.remove(&mut self.open, number);
        let paying = self.open.seats[at(order.seat)].paying(order.side);
        match checked {
            Err(_) => {
                self.ledger.release(paying, details.held);
                let facts = self.open.facts(&order);
                self.open.remove(number);
                self.events.order_expired(&facts, ExpiryReason::Rejected, details.held, 0);
                let mark = Mark { list: details.list, order_id: order.id, fate: Fate::Expired };
                self.conclude(mark);
            }
            Ok((price_ticks, held)) => {
                self.ledger.release(paying, details.held);
                self.ledger.hold(paying, held);
                self.open.orders[at(number)].price_ticks = price_ticks;
                let facts = self.open.facts(self.open.get(number));
                self.events.order_triggered(&facts, details.held, held);
                self.tell_peg(number);
                self.work(number);
            }
        }
    }

    /// (working price, 0 at market; what it has to hold), or why it cannot go to the book.
    fn check_fire(&mut self, order: &Order) -> Result<(i64, i128), Rejection> {
        let seat = self.open.seats[at(order.seat)];
        let details = *self.open.details(order.id);
        let lots = order.remaining_lots;
        let (price_ticks, held) = if order.kind.is_market() {
            self.check_market_quantity(seat.instrument, lots)?;
            (0, self.market_hold(order.seat, order.side, order.stp, lots))
        } else {
            let pegged = self.peg_price(seat.instrument, order.side, &details.instructions)?;
            if let Some(pegged) = pegged {
                self.check_peg_price(seat.instrument, pegged, lots)?;
            }
            let price_ticks = pegged.unwrap_or(order.price_ticks);
            self.check_percent_price(seat.instrument, order.side, price_ticks)?;
            let definition = &self.listings[at(seat.instrument)].definition;
            (price_ticks, definition.hold_amount(order.side, price_ticks, lots))
        };
        self.ledger.check_free(seat.paying(order.side), held - details.held)?;
        Ok((price_ticks, held))
    }

    /// What a market order of these lots has to hold.
    pub(crate) fn market_hold(
        &mut self,
        seat: u32,
        side: Side,
        stp: crate::order::StpMode,
        lots: i64,
    ) -> i128 {
        let instrument = self.open.seats[at(seat)].instrument;
        if side == Side::Sell {
            return self.listings[at(instrument)].definition.base_amount(lots);
        }
        let range = self.range(instrument, side);
        self.liquidity(seat, side, stp, range).cost(lots)
    }
}
