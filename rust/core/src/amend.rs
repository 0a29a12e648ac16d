//! Amend: a smaller quantity, and the order keeps its place.

use crate::client_order_ids::Use;
use crate::command::Amend;
use crate::details::{Details, Stage};
use crate::exchange::{Exchange, Listing};
use crate::instructions::Instructions;
use crate::instrument::feature;
use crate::number::at;
use crate::order::{ExpiryReason, InstrumentStatus, Order, OrderType, TimeInForce, NONE};
use crate::rejection::Rejection;

impl Exchange {
    pub(crate) fn amend_order(&mut self, amend: &Amend) -> Result<(), Rejection> {
        let checked = self.check_amend(amend);
        let number = checked.map_err(|rejection| self.account_first(amend.order.account, rejection))?;
        let order = *self.open.get(number);
        let gone_lots = order.quantity_lots - self.open.total_lots(&order);
        if amend.quantity_lots <= gone_lots {
            self.expire_with_consequences(number, ExpiryReason::AmendedToNothing);
            return Ok(());
        }
        let partner = self.partner_of(&order);
        let client_id = self.rename(number, amend);
        self.shrink(number, amend.quantity_lots, client_id);
        self.count_amend(&order);
        if let Some(partner) = partner {
            self.amend_partner(partner, amend.quantity_lots);
        }
        Ok(())
    }

    /// The other order of a pair gets the same quantity, unless it has no more already.
    fn amend_partner(&mut self, number: u32, quantity_lots: i64) {
        let order = *self.open.get(number);
        if order.quantity_lots <= quantity_lots {
            return;
        }
        if quantity_lots <= order.quantity_lots - self.open.total_lots(&order) {
            return self.expire_with_consequences(number, ExpiryReason::AmendedToNothing);
        }
        self.shrink(number, quantity_lots, order.client_id);
    }

    fn check_amend(&self, amend: &Amend) -> Result<u32, Rejection> {
        let listing = self.listings.get(at(amend.order.instrument));
        let listing = listing.ok_or(Rejection::UnknownInstrument)?;
        let definition = &listing.definition;
        if listing.status != InstrumentStatus::Trading {
            return Err(Rejection::MarketClosed);
        }
        if !definition.has(feature::AMEND) {
            return Err(Rejection::AmendNotAllowed);
        }
        let number = self.find_order(&amend.order)?;
        let order = self.open.get(number);
        let details = order.is_special.then(|| self.open.details(order.id));
        if details.is_some_and(|d| d.stage == Stage::Pending && self.lists[&d.list].sells_proceeds()) {
            return Err(Rejection::AmendPendingOpo);
        }
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
        if lots > order.quantity_lots - self.open.total_lots(order) {
            definition.check_lots(lots)?;
            if order.price_ticks > 0 {
                definition.check_notional(definition.notional(order.price_ticks, lots))?;
            }
        }
        self.check_new_client_id(amend, order.id)?;
        let max = definition.max_num_order_amends;
        if max != 0 && details.is_some_and(|details| details.amends >= max) {
            return Err(Rejection::MaxNumOrderAmends);
        }
        Ok(number)
    }

    /// The other order of its pair, which shrinks with it.
    fn partner_of(&self, order: &Order) -> Option<u32> {
        if !order.is_special {
            return None;
        }
        let list = self.lists.get(&self.open.details(order.id).list)?;
        self.open.find(list.partner(order.id)?)
    }

    /// Instruments with a limit on amends count them.
    fn count_amend(&mut self, order: &Order) {
        let instrument = self.open.seats[at(order.seat)].instrument;
        if self.listings[at(instrument)].definition.max_num_order_amends == 0 {
            return;
        }
        if !order.is_special {
            self.open.make_special(order.id, Details::new(Instructions::default(), TimeInForce::Gtc, 0));
        }
        self.open.details_mut(order.id).amends += 1;
    }

    /// Lower the quantity of an order wherever it stands, and tell it.
    fn shrink(&mut self, number: u32, quantity_lots: i64, client_id: u32) {
        let order = &mut self.open.orders[at(number)];
        let old_lots = std::mem::replace(&mut order.quantity_lots, quantity_lots);
        let cut = old_lots - quantity_lots;
        let order = *order;
        let (released, update_id) = if order.is_special && self.open.details(order.id).stage != Stage::Working
        {
            (self.shrink_waiting(number, cut, quantity_lots), 0)
        } else {
            self.shrink_resting(number, cut)
        };
        self.open.reduce_seat(order.seat, order.side, cut);
        let seat = &self.open.seats[at(order.seat)];
        self.ledger.release(seat.paying(order.side), released);
        let facts = self.open.facts(self.open.get(number));
        let text: &[u8] = if client_id == NONE { &[] } else { self.open.client_ids.get(client_id).text() };
        self.events.order_amended(&facts, (old_lots, quantity_lots), released, update_id, text);
    }

    /// (what it no longer holds, the change of its level): the hidden part of an iceberg shrinks first.
    fn shrink_resting(&mut self, number: u32, cut: i64) -> (i128, u64) {
        let order = &mut self.open.orders[at(number)];
        let seat = &self.open.seats[at(order.seat)];
        let Listing { definition, book, .. } = &mut self.listings[at(seat.instrument)];
        let released = definition.hold_amount(order.side, order.price_ticks, cut);
        let mut visible_cut = cut;
        if order.is_special {
            let details = self.open.details.get_mut(&order.id).expect("a special order has details");
            let hidden_cut = cut.min(details.hidden_lots);
            details.hidden_lots -= hidden_cut;
            visible_cut -= hidden_cut;
            let shows_all = hidden_cut > 0 && details.hidden_lots == 0;
            book.icebergs[order.side.index()] -= u32::from(shows_all);
        }
        if visible_cut == 0 {
            return (released, 0);
        }
        book.reduce(order, visible_cut);
        (released, book.next_update_id())
    }

    /// A waiting or pending order. A pair holds once: its other order may hold the larger part.
    fn shrink_waiting(&mut self, number: u32, cut: i64, quantity_lots: i64) -> i128 {
        let order = *self.open.get(number);
        let details = *self.open.details(order.id);
        let instrument = self.open.seats[at(order.seat)].instrument;
        let Listing { definition, triggers, .. } = &mut self.listings[at(instrument)];
        let lots = order.remaining_lots - cut;
        match details.stage {
            Stage::Waiting => {
                triggers.reduce(&order, details.instructions.trailing_delta, cut);
            }
            Stage::Trailing | Stage::Pending | Stage::Working => {}
        }
        self.open.orders[at(number)].remaining_lots = lots;
        if details.stage == Stage::Pending {
            return 0;
        }
        let need = definition.hold_amount(order.side, details.hold_price_ticks, lots);
        let held = (need - self.held_by_partner(&order, quantity_lots)).clamp(0, details.held);
        self.open.details_mut(order.id).held = held;
        details.held - held
    }

    /// What the other order of a pair holds for both, at this quantity, if this one is not the one that does.
    fn held_by_partner(&self, order: &Order, quantity_lots: i64) -> i128 {
        let Some(number) = self.partner_of(order) else { return 0 };
        let partner = self.open.get(number);
        let holds_for_both = match (order.kind, partner.kind) {
            (OrderType::LimitMaker, _) => false,
            (_, OrderType::LimitMaker) => true,
            _ => partner.id < order.id,
        };
        if !holds_for_both {
            return 0;
        }
        let definition = &self.listings[at(self.open.seats[at(order.seat)].instrument)].definition;
        let hold_price = match partner.kind {
            OrderType::LimitMaker => partner.price_ticks,
            _ => self.open.details(partner.id).hold_price_ticks,
        };
        let total = self.open.total_lots(partner);
        let gone = partner.quantity_lots - total;
        definition.hold_amount(order.side, hold_price, total.min(quantity_lots - gone).max(0))
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
