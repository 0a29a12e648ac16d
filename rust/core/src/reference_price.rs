//! The reference price of an instrument: the volume-weighted average of the last minutes, else the last price.
//!
//! Kept as a fraction (sum of price x quantity over sum of quantity), so nothing is rounded.

use std::collections::VecDeque;

const MINUTE_US: u64 = 60_000_000;

/// Trades of one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub minute: u64,
    pub tick_lots: i128,
    pub lots: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    pub tick_lots: i128,
    pub lots: i128,
}

#[derive(Default)]
pub struct ReferencePrice {
    minutes: u64,
    pub buckets: VecDeque<Bucket>,
    pub last_price_ticks: i64,
}

impl ReferencePrice {
    pub fn new(minutes: u32) -> Self {
        Self { minutes: u64::from(minutes), ..Self::default() }
    }

    #[inline]
    pub fn record(&mut self, time_us: u64, last_price_ticks: i64, tick_lots: i128, lots: i128) {
        self.last_price_ticks = last_price_ticks;
        if self.minutes == 0 {
            return;
        }
        let minute = time_us / MINUTE_US;
        match self.buckets.back_mut() {
            Some(bucket) if bucket.minute == minute => {
                bucket.tick_lots += tick_lots;
                bucket.lots += lots;
            }
            _ => {
                while self.buckets.front().is_some_and(|old| old.minute + self.minutes <= minute) {
                    self.buckets.pop_front();
                }
                self.buckets.push_back(Bucket { minute, tick_lots, lots });
            }
        }
    }

    /// None if there never was a trade.
    pub fn fraction(&self, time_us: u64) -> Option<Fraction> {
        let minute = time_us / MINUTE_US;
        let mut sum = Fraction { tick_lots: 0, lots: 0 };
        for bucket in self.buckets.iter().filter(|bucket| bucket.minute + self.minutes > minute) {
            sum.tick_lots += bucket.tick_lots;
            sum.lots += bucket.lots;
        }
        if sum.lots > 0 {
            return Some(sum);
        }
        let last = i128::from(self.last_price_ticks);
        (last > 0).then_some(Fraction { tick_lots: last, lots: 1 })
    }
}
