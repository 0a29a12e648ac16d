//! Orders that their owners take back, all of them or one for another.

use crate::checks::Novelty;
use crate::command::{Cancel, CancelAll, OrderKey, Refusable, Replace, REPLACE_ORDER};
use crate::details::Stage;
use crate::event::{OrderFacts, Refused};
use crate::exchange::{Exchange, Listing};
use crate::instrument::feature;
use crate::number::at;
use crate::order::{CancelRestriction, ReplaceMode, NONE};
use crate::rejection::Rejection;

impl Exchange {
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
    pub(crate) fn account_first(&self, account: u32, rejection: Rejection) -> Rejection {
        if self.accounts.contains_key(&account) {
            rejection
        } else {
            Rejection::UnknownAccount
        }
    }

    #[inline(always)]
    fn find_cancelable(&self, cancel: &Cancel) -> Result<u32, Rejection> {
        self.find_cancelable_among(cancel, self.open.find(cancel.order.order_id))
    }

    /// `by_id`: what its order id finds.
    #[inline(always)]
    fn find_cancelable_among(&self, cancel: &Cancel, by_id: Option<u32>) -> Result<u32, Rejection> {
        let listing = self.listings.get(at(cancel.order.instrument));
        if listing.ok_or(Rejection::UnknownInstrument)?.is_frozen() {
            return Err(Rejection::MarketClosed);
        }
        let number = self.find_order_among(&cancel.order, by_id)?;
        let is_untouched = || {
            let order = self.open.get(number);
            self.open.total_lots(order) == order.quantity_lots
        };
        let is_allowed = match cancel.restriction {
            CancelRestriction::None => true,
            CancelRestriction::OnlyNew => is_untouched(),
            CancelRestriction::OnlyPartiallyFilled => !is_untouched(),
        };
        if is_allowed {
            Ok(number)
        } else {
            Err(Rejection::CancelRestricted)
        }
    }

    /// The open order that a key means.
    #[inline(always)]
    pub(crate) fn find_order(&self, key: &OrderKey) -> Result<u32, Rejection> {
        self.find_order_among(key, self.open.find(key.order_id))
    }

    #[inline(always)]
    fn find_order_among(&self, key: &OrderKey, by_id: Option<u32>) -> Result<u32, Rejection> {
        let by_client_id = || self.open.client_ids.find_open(key.account, key.client_id);
        let found = if key.order_id == 0 { by_client_id() } else { by_id };
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
        if self.open.get(number).is_special {
            return self.cancel_special(number, cancel_id);
        }
        let (facts, released, update_id) = self.take_off_plain(number);
        self.events.order_canceled(&facts, released, update_id, cancel_id);
    }

    #[cold]
    fn cancel_special(&mut self, number: u32, cancel_id: &[u8]) {
        let id = self.open.get(number).id;
        let list = self.open.details(id).list;
        if list != 0 {
            return self.cancel_whole_list(list, Some(id), cancel_id);
        }
        let (facts, released, update_id) = self.take_off_special(number);
        self.events.order_canceled(&facts, released, update_id, cancel_id);
    }

    /// Off the book, or from wherever else it stands; out of every index; and its hold back to its owner.
    pub(crate) fn take_off(&mut self, number: u32) -> (OrderFacts, i128, u64) {
        if self.open.get(number).is_special {
            self.take_off_special(number)
        } else {
            self.take_off_plain(number)
        }
    }

    #[inline(always)]
    fn take_off_plain(&mut self, number: u32) -> (OrderFacts, i128, u64) {
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

    /// One that may hide a part of itself, or wait, or be pending.
    #[inline(never)]
    fn take_off_special(&mut self, number: u32) -> (OrderFacts, i128, u64) {
        let order = *self.open.get(number);
        let details = *self.open.details(order.id);
        let facts = self.open.facts(&order);
        let Listing { definition, book, triggers, .. } = &mut self.listings[at(facts.instrument)];
        let (released, update_id) = match details.stage {
            Stage::Working => {
                book.remove(&mut self.open.orders, number);
                book.icebergs[order.side.index()] -= u32::from(details.hidden_lots > 0);
                let released = definition.hold_amount(order.side, order.price_ticks, facts.remaining_lots);
                (released, book.next_update_id())
            }
            Stage::Waiting | Stage::Trailing => {
                triggers.remove(&mut self.open, number);
                (details.held, 0)
            }
            Stage::Pending => (0, 0),
        };
        self.ledger.release(self.open.seats[at(order.seat)].paying(order.side), released);
        self.open.remove(number);
        (facts, released, update_id)
    }

    pub(crate) fn cancel_all(&mut self, cancel: &CancelAll) -> Result<(), Rejection> {
        let &CancelAll { account, instrument } = cancel;
        let seats = self.seats_of(account, instrument)?;
        let is_halted = |i: u32| self.listings[at(i)].is_frozen();
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
            // It may have gone with another one of its list.
            if let Some(number) = self.open.find(id) {
                self.cancel_found(number, &[]);
            }
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
        let by_id = self.open.find(replace.cancel.order.order_id);
        let seat = self.seat_of(&replace.cancel.order, by_id)?;
        if self.check_new(order)? == Novelty::Repeated {
            return Ok(());
        }
        if !self.listings[at(order.instrument)].definition.has(feature::CANCEL_REPLACE) {
            return Err(Rejection::CancelReplaceNotAllowed);
        }
        self.check_static(order)?;
        match self.find_cancelable_among(&replace.cancel, by_id) {
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
    fn seat_of(&mut self, key: &OrderKey, by_id: Option<u32>) -> Result<u32, Rejection> {
        if let Some(number) = by_id {
            let number = self.open.get(number).seat;
            let seat = &self.open.seats[at(number)];
            if seat.account == key.account && seat.instrument == key.instrument {
                return Ok(number);
            }
        }
        self.seat(key.account, key.instrument)
    }
}
