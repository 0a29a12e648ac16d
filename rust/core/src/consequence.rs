//! What happens to an order of a list has consequences for the others of the list.

use crate::exchange::Exchange;
use crate::follow_up::Due;
use crate::number::at;
use crate::order::{ExpiryReason, OrderListType};

/// What happened to one order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// `received`: the base that it bought, commission taken off.
    Traded {
        received: i128,
    },
    Filled,
    Expired,
}

#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub list: u64,
    pub order_id: u64,
    pub fate: Fate,
}

impl Exchange {
    /// Draw the consequences of everything that was marked, in order.
    #[cold]
    pub(crate) fn conclude_marks(&mut self) {
        for mark in std::mem::take(&mut self.marks) {
            self.conclude(mark);
        }
    }

    pub(crate) fn conclude(&mut self, mark: Mark) {
        let Some(list) = self.lists.get(&mark.list) else { return };
        let is_pair_leg = list.is_pair_leg(mark.order_id);
        if list.is_working_leg(mark.order_id) {
            match mark.fate {
                Fate::Traded { received } => self.hold_proceeds(mark.list, received),
                Fate::Filled => self.due.push_back(Due::Release { list: mark.list }),
                Fate::Expired => self.expire_pending(mark.list, ExpiryReason::OtoPhaseOne),
            }
        } else if is_pair_leg && mark.fate != Fate::Filled {
            self.expire_partner(mark.list, mark.order_id);
        }
        self.end_list_if_done(mark.list);
    }

    fn hold_proceeds(&mut self, list_id: u64, received: i128) {
        let list = self.lists.get_mut(&list_id).expect("a live list");
        if !matches!(list.kind, OrderListType::Opo | OrderListType::Opoco) || received == 0 {
            return;
        }
        list.proceeds += received;
        let base = self.open.seats[at(list.seat)].base;
        self.ledger.hold(base, received);
        self.events.proceeds_held(list_id, list.account, list.instrument, received);
    }

    /// What was held for the pending orders is free again. How much it was.
    pub(crate) fn release_proceeds(&mut self, list_id: u64) -> i128 {
        let list = self.lists.get_mut(&list_id).expect("a live list");
        let proceeds = std::mem::take(&mut list.proceeds);
        if proceeds != 0 {
            let base = self.open.seats[at(list.seat)].base;
            self.ledger.release(base, proceeds);
            self.events.proceeds_held(list_id, list.account, list.instrument, -proceeds);
        }
        proceeds
    }

    /// The pending orders will not come: their working order expired, or they were refused.
    pub(crate) fn expire_pending(&mut self, list_id: u64, reason: ExpiryReason) {
        self.release_proceeds(list_id);
        for order_id in self.lists[&list_id].pending_legs() {
            if let Some(number) = self.open.find(order_id) {
                self.expire_open(number, reason);
            }
        }
    }

    /// The other order of a pair, if it is open.
    pub(crate) fn expire_partner(&mut self, list_id: u64, order_id: u64) {
        let partner = self.lists.get(&list_id).and_then(|list| list.partner(order_id));
        if let Some(number) = partner.and_then(|id| self.open.find(id)) {
            self.expire_open(number, ExpiryReason::OcoTrigger);
        }
    }

    /// Take an open order off, wherever it stands, and tell why. Its list is not looked at.
    pub(crate) fn expire_open(&mut self, number: u32, reason: ExpiryReason) {
        let (facts, released, update_id) = self.take_off(number);
        self.events.order_expired(&facts, reason, released, update_id);
    }

    /// An open order expires, with all that follows for its list.
    pub(crate) fn expire_with_consequences(&mut self, number: u32, reason: ExpiryReason) {
        let order = *self.open.get(number);
        let list = if order.is_special { self.open.details(order.id).list } else { 0 };
        self.expire_open(number, reason);
        self.conclude(Mark { list, order_id: order.id, fate: Fate::Expired });
    }

    pub(crate) fn end_list_if_done(&mut self, list_id: u64) {
        let Some(list) = self.lists.get(&list_id) else { return };
        if list.legs().any(|id| self.open.find(id).is_some()) {
            return;
        }
        self.events.order_list_done(list_id, list.account, list.instrument);
        self.open.seats[at(list.seat)].open_lists -= 1;
        let list = self.lists.remove(&list_id).expect("it was just there");
        self.list_client_ids.remove(&(list.account, list.client_id));
    }

    /// Cancel every open order of a list, the named one first.
    pub(crate) fn cancel_whole_list(&mut self, list_id: u64, named: Option<u64>, cancel_id: &[u8]) {
        if let Some(id) = named {
            self.cancel_if_open(id, cancel_id);
        }
        self.release_proceeds(list_id);
        for id in self.lists[&list_id].legs() {
            self.cancel_if_open(id, cancel_id);
        }
        self.end_list_if_done(list_id);
    }

    fn cancel_if_open(&mut self, order_id: u64, cancel_id: &[u8]) {
        if let Some(number) = self.open.find(order_id) {
            let (facts, released, update_id) = self.take_off(number);
            self.events.order_canceled(&facts, released, update_id, cancel_id);
        }
    }
}
