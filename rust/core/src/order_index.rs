//! From an order id to the slot of the open order.
//!
//! Ids rise by one, so the recent ones have a place of their own in a ring, without probing. An order that is still
//! open when the ring comes round to its place moves to a hash index, where few ever are.

use crate::hash_index::{hash_order_id, HashIndex};
use crate::number::{at, low_u32, slot};
use crate::order::{Order, NONE};

const RING_MIN: usize = 16_384;
/// Places of the ring for each open order.
const PLACES_PER_ORDER: usize = 2;

pub struct OrderIndex {
    ring: Vec<u32>,
    mask: u32,
    old: HashIndex,
    len: usize,
}

impl Default for OrderIndex {
    fn default() -> Self {
        Self { ring: vec![NONE; RING_MIN], mask: slot(RING_MIN - 1), old: HashIndex::default(), len: 0 }
    }
}

impl OrderIndex {
    #[inline(always)]
    fn place(&self, order_id: u64) -> usize {
        at(low_u32(order_id) & self.mask)
    }

    #[inline(always)]
    pub fn find(&self, orders: &[Order], order_id: u64) -> Option<u32> {
        let recent = self.ring[self.place(order_id)];
        if orders.get(at(recent)).is_some_and(|order| order.id == order_id) {
            return Some(recent);
        }
        self.old.find(hash_order_id(order_id), |old| orders[at(old)].id == order_id)
    }

    /// The slot that is probably meant: a hint to touch memory early, not an answer.
    #[inline]
    pub fn guess(&self, order_id: u64) -> u32 {
        self.ring[self.place(order_id)]
    }

    #[inline(always)]
    pub fn insert(&mut self, orders: &[Order], order_id: u64, number: u32) {
        self.len += 1;
        if self.len * PLACES_PER_ORDER > self.ring.len() {
            self.grow(orders);
        }
        self.put(orders, order_id, number);
    }

    #[inline(always)]
    fn put(&mut self, orders: &[Order], order_id: u64, number: u32) {
        let place = self.place(order_id);
        let older = std::mem::replace(&mut self.ring[place], number);
        if older != NONE {
            self.old.insert(hash_order_id(orders[at(older)].id), older);
        }
    }

    #[inline(always)]
    pub fn remove(&mut self, order_id: u64, number: u32) {
        self.len -= 1;
        let place = self.place(order_id);
        if self.ring[place] == number {
            self.ring[place] = NONE;
        } else {
            self.old.remove(hash_order_id(order_id), number);
        }
    }

    #[cold]
    fn grow(&mut self, orders: &[Order]) {
        let doubled = vec![NONE; self.ring.len() * 2];
        let before = std::mem::replace(&mut self.ring, doubled);
        self.mask = self.mask * 2 + 1;
        for number in before {
            if number != NONE {
                self.put(orders, orders[at(number)].id, number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{OrderType, Side, StpMode};
    use std::collections::BTreeMap;

    fn order(id: u64) -> Order {
        Order {
            id,
            price_ticks: 1,
            quantity_lots: 1,
            remaining_lots: 1,
            level: NONE,
            next: NONE,
            prev: NONE,
            seat: NONE,
            seat_next: NONE,
            seat_prev: NONE,
            client_id: NONE,
            side: Side::Buy,
            kind: OrderType::Limit,
            is_special: false,
            stp: StpMode::None,
        }
    }

    #[test]
    fn finds_new_and_old_orders_through_many_rounds_of_the_ring() {
        let (mut index, mut orders) = (OrderIndex::default(), Vec::new());
        let (mut free, mut model) = (Vec::new(), BTreeMap::new());
        let mut random = 88_172_645_463_325_252_u64;
        for id in 1..300_000_u64 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let number = free.pop().unwrap_or_else(|| {
                orders.push(order(0));
                slot(orders.len() - 1)
            });
            orders[at(number)] = order(id);
            index.insert(&orders, id, number);
            model.insert(id, number);
            while model.len() > 20_000 || (random.is_multiple_of(3) && model.len() > 10) {
                let (&gone, &number) = model
                    .range(random % id..)
                    .next()
                    .unwrap_or_else(|| model.iter().next().expect("some are open"));
                index.remove(gone, number);
                model.remove(&gone);
                orders[at(number)].id = 0;
                free.push(number);
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            }
        }
        for id in 0..300_000 {
            assert_eq!(index.find(&orders, id), model.get(&id).copied(), "{id}");
        }
    }
}
