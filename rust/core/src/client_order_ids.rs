//! Client order ids: which order a name means, and whether it was used before.
//!
//! An accepted order's id is remembered for 24 hours and at most CLIENT_ORDER_IDS_MAX of them; an open order keeps its
//! id for as long as it is open. An order without one costs nothing here.

use std::collections::VecDeque;

use crate::hash_index::{hash_bytes, HashIndex};
use crate::limits::{CLIENT_ORDER_IDS_MAX, CLIENT_ORDER_ID_BYTES_MAX, CLIENT_ORDER_ID_WINDOW_US};
use crate::number::{at, slot};
use crate::order::{NewOrder, OrderType, Side, StpMode, TimeInForce, NONE};

/// Forgotten ids that one command may clear away: more than it can add, so the backlog shrinks.
const EXPIRED_PER_COMMAND: usize = 2;

/// What makes a repeated order the same order. None for an id that an amend gave: that repeats nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parameters {
    pub instrument: u32,
    pub side: Side,
    pub kind: OrderType,
    pub time_in_force: TimeInForce,
    pub stp: StpMode,
    pub price_ticks: i64,
    pub quantity_lots: i64,
    pub quote_amount: i128,
    /// Of its instructions, or of the whole list it came with; 0 of a plain order.
    pub rest: u64,
}

impl Parameters {
    pub fn of_order(order: &NewOrder) -> Self {
        Self::new(order, order.instructions.map_or(0, |bytes| digest(&[bytes])))
    }

    /// Of an order that came in a list: the frame of the list, from its kind on.
    pub fn of_leg(leg: &NewOrder, list: &[u8]) -> Self {
        // What lies between is the rule of reuse, which is not part of what was asked for.
        Self::new(leg, digest(&[&list[..2], &list[3..]]))
    }

    fn new(order: &NewOrder, rest: u64) -> Self {
        Self {
            rest,
            instrument: order.instrument,
            side: order.side,
            kind: order.kind,
            time_in_force: order.time_in_force,
            stp: order.stp,
            price_ticks: order.price_ticks,
            quantity_lots: order.quantity_lots,
            quote_amount: order.quote_amount,
        }
    }
}

fn digest(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| {
        hasher.update(part);
    });
    let hash = hasher.finalize();
    u64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
}

#[derive(Clone)]
pub struct ClientOrderId {
    pub account: u32,
    length: u8,
    bytes: [u8; CLIENT_ORDER_ID_BYTES_MAX],
    pub parameters: Option<Parameters>,
    pub accepted_us: u64,
    pub sequence: u64,
    pub order_id: u64,
    /// Slot of the order while it is on the book, else NONE.
    pub order: u32,
    /// Still counted and timed; an open order's id may outlive that.
    pub is_remembered: bool,
    /// Found by its text; not when a later order took the id over.
    is_indexed: bool,
}

impl ClientOrderId {
    pub fn text(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    fn is_seen(&self, now_us: u64) -> bool {
        self.order != NONE || (self.is_remembered && now_us - self.accepted_us < CLIENT_ORDER_ID_WINDOW_US)
    }
}

/// A client order id and the order it names, to be remembered.
pub struct Use<'a> {
    pub account: u32,
    pub text: &'a [u8],
    pub parameters: Option<Parameters>,
    pub order_id: u64,
    pub sequence: u64,
    pub now_us: u64,
}

#[derive(Default)]
pub struct ClientOrderIds {
    entries: Vec<ClientOrderId>,
    free: Vec<u32>,
    index: HashIndex,
    by_age: VecDeque<u32>,
    remembered: usize,
}

impl ClientOrderIds {
    pub fn get(&self, number: u32) -> &ClientOrderId {
        &self.entries[at(number)]
    }

    fn find(&self, account: u32, text: &[u8]) -> Option<u32> {
        self.index.find(hash_bytes(account, text), |number| {
            let entry = &self.entries[at(number)];
            entry.account == account && entry.text() == text
        })
    }

    /// The earlier use of this id, if it still counts.
    pub fn find_seen(&self, account: u32, text: &[u8], now_us: u64) -> Option<&ClientOrderId> {
        self.find_earlier(account, text, now_us).map(|number| self.get(number))
    }

    /// Its slot.
    pub fn find_earlier(&self, account: u32, text: &[u8], now_us: u64) -> Option<u32> {
        self.find(account, text).filter(|&number| self.get(number).is_seen(now_us))
    }

    /// The slot of the open order with this id.
    pub fn find_open(&self, account: u32, text: &[u8]) -> Option<u32> {
        let order = self.get(self.find(account, text)?).order;
        (order != NONE).then_some(order)
    }

    /// Remember a use; an earlier one that no longer counts, or may be reused, gives way.
    pub fn remember(&mut self, usage: &Use) -> u32 {
        if let Some(earlier) = self.find(usage.account, usage.text) {
            self.supersede(earlier);
        }
        let number = self.add(usage);
        self.by_age.push_back(number);
        self.remembered += 1;
        self.forget_old(usage.now_us);
        number
    }

    fn add(&mut self, usage: &Use) -> u32 {
        let mut bytes = [0; CLIENT_ORDER_ID_BYTES_MAX];
        bytes[..usage.text.len()].copy_from_slice(usage.text);
        let entry = ClientOrderId {
            account: usage.account,
            length: u8::try_from(usage.text.len()).expect("at most 36 bytes"),
            bytes,
            parameters: usage.parameters,
            accepted_us: usage.now_us,
            sequence: usage.sequence,
            order_id: usage.order_id,
            order: NONE,
            is_remembered: true,
            is_indexed: true,
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.entries[at(number)] = entry;
                number
            }
            None => {
                self.entries.push(entry);
                slot(self.entries.len() - 1)
            }
        };
        self.index.insert(hash_bytes(usage.account, usage.text), number);
        number
    }

    fn supersede(&mut self, number: u32) {
        assert!(self.get(number).order == NONE, "an open order's id cannot be taken over");
        self.unindex(number);
        if self.get(number).is_remembered {
            self.remembered -= 1;
            self.entries[at(number)].is_remembered = false;
        }
    }

    fn unindex(&mut self, number: u32) {
        let entry = &mut self.entries[at(number)];
        entry.is_indexed = false;
        self.index.remove(hash_bytes(entry.account, entry.text()), number);
    }

    fn forget_old(&mut self, now_us: u64) {
        let mut expired = 0;
        while let Some(&oldest) = self.by_age.front() {
            let entry = self.get(oldest);
            let is_stale = !entry.is_remembered;
            let is_expired = now_us - entry.accepted_us >= CLIENT_ORDER_ID_WINDOW_US;
            let is_over = self.remembered > CLIENT_ORDER_IDS_MAX;
            if !(is_stale || is_over || is_expired && expired < EXPIRED_PER_COMMAND) {
                return;
            }
            expired += usize::from(is_expired && !is_stale);
            self.by_age.pop_front();
            self.forget(oldest);
        }
    }

    /// The oldest leaves the queue; its slot is free unless its order is open.
    fn forget(&mut self, number: u32) {
        let entry = &mut self.entries[at(number)];
        if entry.is_remembered {
            entry.is_remembered = false;
            self.remembered -= 1;
        }
        if !entry.is_indexed {
            self.free.push(number);
        } else if entry.order == NONE {
            self.unindex(number);
            self.free.push(number);
        }
    }

    /// The order with this id rests on the book at this slot.
    pub fn open(&mut self, number: u32, order: u32) {
        self.entries[at(number)].order = order;
    }

    /// The order has left the book.
    pub fn close(&mut self, number: u32) {
        let entry = &mut self.entries[at(number)];
        entry.order = NONE;
        if !entry.is_remembered {
            self.unindex(number);
            self.free.push(number);
        }
    }

    /// What a snapshot keeps: by age, then those that only their open order holds, by order id.
    pub fn kept(&self) -> Vec<&ClientOrderId> {
        let by_age = self.by_age.iter().map(|&n| self.get(n)).filter(|e| e.is_remembered);
        let mut held: Vec<&ClientOrderId> =
            self.entries.iter().filter(|e| e.order != NONE && !e.is_remembered).collect();
        held.sort_unstable_by_key(|entry| entry.order_id);
        by_age.chain(held).collect()
    }

    /// Put back one entry of a snapshot, in the order of `kept`.
    pub fn restore(&mut self, usage: &Use, is_remembered: bool, order: u32) -> u32 {
        let number = self.add(usage);
        self.entries[at(number)].order = order;
        self.entries[at(number)].is_remembered = is_remembered;
        if is_remembered {
            self.by_age.push_back(number);
            self.remembered += 1;
        }
        number
    }
}
