//! The limit: a bare price ladder that matches and does nothing else. No accounts, money, checks, ids or events.
//!
//! An array of levels by tick, first-in-first-out queues through a slab addressed by the file's dense order ids, and
//! a three-level bitmap to find the next level.

use std::time::Instant;

use crate::checksum::Checksum;
use crate::file::{Operation, Record, Workload};
use crate::report::Report;

const ROUNDS: usize = 5;
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Order {
    remaining: i64,
    price: u32,
    next: u32,
    prev: u32,
}

#[derive(Clone, Copy)]
struct Level {
    head: u32,
    tail: u32,
}

const EMPTY: Level = Level { head: NONE, tail: NONE };

/// Which of up to 64^3 levels are there.
struct Bitmap {
    words: [Vec<u64>; 3],
}

impl Bitmap {
    fn new(length: usize) -> Self {
        let (bottom, middle) = (length / 64 + 1, length / 4_096 + 1);
        let top = length / 262_144 + 1;
        Self { words: [vec![0; bottom], vec![0; middle], vec![0; top]] }
    }

    #[inline]
    fn set(&mut self, place: usize) {
        self.words[0][place >> 6] |= 1 << (place & 63);
        self.words[1][place >> 12] |= 1 << (place >> 6 & 63);
        self.words[2][place >> 18] |= 1 << (place >> 12 & 63);
    }

    #[inline]
    fn clear(&mut self, place: usize) {
        self.words[0][place >> 6] &= !(1 << (place & 63));
        if self.words[0][place >> 6] == 0 {
            self.words[1][place >> 12] &= !(1 << (place >> 6 & 63));
            if self.words[1][place >> 12] == 0 {
                self.words[2][place >> 18] &= !(1 << (place >> 12 & 63));
            }
        }
    }

    /// The nearest place at or above (UP) or at or below.
    #[inline]
    fn nearest<const UP: bool>(&self, place: usize) -> Option<usize> {
        let mut at = place;
        for (level, words) in self.words.iter().enumerate() {
            let word = *words.get(at >> 6)?;
            let bit = at & 63;
            let mask = if UP { u64::MAX << bit } else { u64::MAX >> (63 - bit) };
            if word & mask != 0 {
                return Some(self.descend::<UP>(at >> 6, word & mask, level));
            }
            at = if UP { (at >> 6) + 1 } else { (at >> 6).checked_sub(1)? };
        }
        let mut top = at >> 6;
        while let Some(&word) = self.words[2].get(top) {
            if word != 0 {
                return Some(self.descend::<UP>(top, word, 2));
            }
            top = if UP { top + 1 } else { top.checked_sub(1)? };
        }
        None
    }

    #[inline]
    fn descend<const UP: bool>(&self, mut at: usize, mut word: u64, level: usize) -> usize {
        let mut level = level;
        loop {
            let bit = if UP { word.trailing_zeros() } else { 63 - word.leading_zeros() };
            at = at << 6 | bit as usize;
            if level == 0 {
                return at;
            }
            level -= 1;
            word = self.words[level][at];
        }
    }
}

struct Side {
    levels: Vec<Level>,
    there: Bitmap,
    best: Option<usize>,
}

struct Book {
    lowest: i64,
    bids: Side,
    asks: Side,
}

struct Ladder {
    books: Vec<Book>,
    orders: Vec<Order>,
}

impl Ladder {
    fn new(workload: &Workload) -> Self {
        let mut ranges = vec![(i64::MAX, i64::MIN); workload.symbols as usize];
        for record in workload.records.iter().filter(|record| record.price > 0) {
            let (low, high) = &mut ranges[record.symbol as usize];
            *low = record.price.min(*low);
            *high = record.price.max(*high);
        }
        let side =
            |length: usize| Side { levels: vec![EMPTY; length], there: Bitmap::new(length), best: None };
        let book = |&(low, high): &(i64, i64)| {
            let length = usize::try_from(high - low + 1).unwrap_or(1);
            Book { lowest: low, bids: side(length), asks: side(length) }
        };
        let gone = Order { remaining: 0, price: 0, next: NONE, prev: NONE };
        let orders = vec![gone; workload.order_id_max as usize + 1];
        Self { books: ranges.iter().map(book).collect(), orders }
    }

    #[inline]
    fn record<const KEEP: bool>(&mut self, r: &Record, sum: &mut Checksum) {
        let id = r.order_id;
        match r.operation {
            Operation::New => {
                let rests = !r.is_market && r.time_in_force == 0;
                self.place::<KEEP>(r, r.quantity, rests, sum);
            }
            _ if self.orders[id as usize].remaining == 0 => sum.rejects += 1,
            Operation::Cancel => self.remove(r),
            Operation::Move => {
                let remaining = self.orders[id as usize].remaining;
                self.remove(r);
                self.place::<KEEP>(r, remaining, true, sum);
            }
            Operation::Reduce => {
                let order = &mut self.orders[id as usize];
                if r.quantity >= order.remaining {
                    self.remove(r);
                } else {
                    order.remaining -= r.quantity;
                }
            }
        }
    }

    #[inline]
    fn place<const KEEP: bool>(&mut self, r: &Record, quantity: i64, rests: bool, sum: &mut Checksum) {
        let left = if r.is_sell {
            self.take::<true, KEEP>(r, quantity, sum)
        } else {
            self.take::<false, KEEP>(r, quantity, sum)
        };
        if left > 0 && rests {
            self.rest(r, left);
        }
    }

    #[inline]
    fn take<const SELL: bool, const KEEP: bool>(
        &mut self,
        r: &Record,
        mut left: i64,
        sum: &mut Checksum,
    ) -> i64 {
        let book = &mut self.books[r.symbol as usize];
        let side = if SELL { &mut book.bids } else { &mut book.asks };
        while left > 0 {
            let Some(place) = side.best else { break };
            let price = book.lowest + place as i64;
            if !r.is_market && (if SELL { price < r.price } else { price > r.price }) {
                break;
            }
            let level = &mut side.levels[place];
            while left > 0 && level.head != NONE {
                let maker = &mut self.orders[level.head as usize];
                let quantity = left.min(maker.remaining);
                left -= quantity;
                maker.remaining -= quantity;
                if KEEP {
                    sum.trade(r.order_id, level.head, price, quantity);
                } else {
                    sum.traded_quantity += quantity.cast_unsigned();
                }
                if maker.remaining == 0 {
                    level.head = maker.next;
                }
            }
            if level.head == NONE {
                level.tail = NONE;
                side.there.clear(place);
                side.best =
                    if SELL { side.there.nearest::<false>(place) } else { side.there.nearest::<true>(place) };
            } else {
                self.orders[level.head as usize].prev = NONE;
            }
        }
        left
    }

    #[inline]
    fn rest(&mut self, r: &Record, left: i64) {
        let book = &mut self.books[r.symbol as usize];
        let place = (r.price - book.lowest) as usize;
        let side = if r.is_sell { &mut book.asks } else { &mut book.bids };
        let level = &mut side.levels[place];
        let prev = level.tail;
        level.tail = r.order_id;
        if prev == NONE {
            level.head = r.order_id;
            side.there.set(place);
            let is_best = side.best.is_none_or(|best| if r.is_sell { place < best } else { place > best });
            if is_best {
                side.best = Some(place);
            }
        } else {
            self.orders[prev as usize].next = r.order_id;
        }
        self.orders[r.order_id as usize] = Order { remaining: left, price: place as u32, next: NONE, prev };
    }

    #[inline]
    fn remove(&mut self, r: &Record) {
        let Order { price, next, prev, .. } = self.orders[r.order_id as usize];
        self.orders[r.order_id as usize].remaining = 0;
        let book = &mut self.books[r.symbol as usize];
        let side = if r.is_sell { &mut book.asks } else { &mut book.bids };
        let level = &mut side.levels[price as usize];
        if prev == NONE {
            level.head = next;
        } else {
            self.orders[prev as usize].next = next;
        }
        if next == NONE {
            level.tail = prev;
        } else {
            self.orders[next as usize].prev = prev;
        }
        if level.head == NONE {
            let place = price as usize;
            side.there.clear(place);
            if side.best == Some(place) {
                side.best = if r.is_sell {
                    side.there.nearest::<true>(place)
                } else {
                    side.there.nearest::<false>(place)
                };
            }
        }
    }

    fn read_book(&self, sum: &mut Checksum) {
        for book in &self.books {
            let (asks, bids) = (0..book.asks.levels.len(), (0..book.bids.levels.len()).rev());
            for place in bids {
                self.read_level(book, place, false, sum);
            }
            for place in asks {
                self.read_level(book, place, true, sum);
            }
        }
    }

    fn read_level(&self, book: &Book, place: usize, is_sell: bool, sum: &mut Checksum) {
        let side = if is_sell { &book.asks } else { &book.bids };
        let mut id = side.levels[place].head;
        while id != NONE {
            let order = &self.orders[id as usize];
            sum.rest(is_sell, id, book.lowest + place as i64, order.remaining);
            id = order.next;
        }
    }
}

pub fn run(workload: &Workload) -> Report {
    let (prefill, timed) = workload.records.split_at(workload.prefill);
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let (mut ladder, mut sum) = (Ladder::new(workload), Checksum::default());
        prefill.iter().for_each(|record| ladder.record::<false>(record, &mut sum));
        let start = Instant::now();
        timed.iter().for_each(|record| ladder.record::<false>(record, &mut sum));
        rounds.push(start.elapsed());
        std::hint::black_box(sum.traded_quantity);
    }
    let (mut ladder, mut sum) = (Ladder::new(workload), Checksum::default());
    prefill.iter().for_each(|record| ladder.record::<true>(record, &mut sum));
    let mut latencies_ns = Vec::with_capacity(timed.len());
    for record in timed {
        let start = Instant::now();
        ladder.record::<true>(record, &mut sum);
        latencies_ns.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    ladder.read_book(&mut sum);
    Report {
        engine: "ladder",
        operations: timed.len(),
        rounds,
        latencies_ns,
        checksum: sum,
        event_bytes: 0,
        state_hash: String::new(),
    }
}
