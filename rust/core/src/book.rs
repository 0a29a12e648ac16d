//! One instrument's book: two ladders of levels, each level a queue through the slab of orders. Price, then time.

use crate::ladder::{Ladder, Level};
use crate::number::at;
use crate::order::{Order, Side, NONE};

pub struct Book {
    bids: Ladder,
    asks: Ladder,
    /// Rises by one with every change of a level.
    pub last_update_id: u64,
    pub last_trade_id: u64,
    pub last_prevented_match_id: u64,
    /// Resting orders with a hidden part, by side.
    pub icebergs: [u32; 2],
}

impl Default for Book {
    fn default() -> Self {
        Self {
            bids: Ladder::new(Side::Buy),
            asks: Ladder::new(Side::Sell),
            last_update_id: 0,
            last_trade_id: 0,
            last_prevented_match_id: 0,
            icebergs: [0; 2],
        }
    }
}

impl Book {
    #[inline]
    pub fn ladder(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    #[inline]
    pub fn ladder_mut(&mut self, side: Side) -> &mut Ladder {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }

    #[inline]
    pub fn next_update_id(&mut self) -> u64 {
        self.last_update_id += 1;
        self.last_update_id
    }

    /// Whether an order of this side and price would trade at once.
    #[inline]
    pub fn crosses(&self, side: Side, price_ticks: i64) -> bool {
        self.ladder(side.opposite()).best_price().is_some_and(|best| reaches(side, price_ticks, best))
    }

    /// Queue an order at the tail of its level.
    #[inline(always)]
    pub fn rest(&mut self, orders: &mut [Order], number: u32) {
        let order = &orders[at(number)];
        assert!(order.remaining_lots > 0, "an empty order cannot rest");
        let price_ticks = order.price_ticks;
        join(self.ladder_mut(order.side), orders, number, price_ticks);
    }

    /// Take an order out of its queue, with whatever it has left.
    #[inline(always)]
    pub fn remove(&mut self, orders: &mut [Order], number: u32) {
        leave(self.ladder_mut(orders[at(number)].side), orders, number);
    }

    /// Lower what an order has left; it keeps its place.
    #[inline]
    pub fn reduce(&mut self, order: &mut Order, lots: i64) {
        assert!(0 < lots && lots <= order.remaining_lots, "a reduction within what is left");
        order.remaining_lots -= lots;
        self.ladder_mut(order.side).level_mut(order.level).total_lots -= lots;
    }

    /// The levels of one side, best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = &Level> {
        levels(self.ladder(side))
    }

    /// The orders of one side in the order in which they would trade.
    pub fn queue<'a>(&'a self, orders: &'a [Order], side: Side) -> impl Iterator<Item = &'a Order> {
        queue(self.ladder(side), orders)
    }
}

/// The levels of a ladder, best first.
pub fn levels(ladder: &Ladder) -> impl Iterator<Item = &Level> {
    let mut next = ladder.best();
    std::iter::from_fn(move || {
        let level = next?;
        next = ladder.next(level);
        Some(ladder.level(level))
    })
}

/// The orders of one level, first to trade first.
pub fn level_queue<'a>(level: &Level, orders: &'a [Order]) -> impl Iterator<Item = &'a Order> {
    let mut number = level.head;
    std::iter::from_fn(move || {
        let order = orders.get(at(number))?;
        number = order.next;
        Some(order)
    })
}

/// The orders of a ladder, best level first.
pub fn queue<'a>(ladder: &'a Ladder, orders: &'a [Order]) -> impl Iterator<Item = &'a Order> {
    levels(ladder).flat_map(move |level| level_queue(level, orders))
}

/// Queue an order at the tail of the level of this price.
#[inline(always)]
pub fn join(ladder: &mut Ladder, orders: &mut [Order], number: u32, price_ticks: i64) {
    let level_number = ladder.level_at(price_ticks);
    let level = ladder.level_mut(level_number);
    level.total_lots += orders[at(number)].remaining_lots;
    let tail = std::mem::replace(&mut level.tail, number);
    if tail == NONE {
        level.head = number;
    } else {
        orders[at(tail)].next = number;
    }
    let order = &mut orders[at(number)];
    order.level = level_number;
    order.prev = tail;
    order.next = NONE;
}

/// Take an order out of its queue, and its level away if it was the last.
#[inline(always)]
pub fn leave(ladder: &mut Ladder, orders: &mut [Order], number: u32) {
    let Order { level: level_number, next, prev, remaining_lots, .. } = orders[at(number)];
    if prev != NONE {
        orders[at(prev)].next = next;
    }
    if next != NONE {
        orders[at(next)].prev = prev;
    }
    let level = ladder.level_mut(level_number);
    if prev == NONE {
        level.head = next;
    }
    if next == NONE {
        level.tail = prev;
    }
    level.total_lots -= remaining_lots;
    if level.head == NONE {
        assert!(level.total_lots == 0, "an empty level holds nothing");
        ladder.remove_level(level_number);
    }
}

/// Whether a limit of this side reaches a price of the other side.
#[inline]
pub fn reaches(side: Side, limit_ticks: i64, price_ticks: i64) -> bool {
    match side {
        Side::Buy => limit_ticks >= price_ticks,
        Side::Sell => limit_ticks <= price_ticks,
    }
}
