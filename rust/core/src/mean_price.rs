//! The reference price as the arithmetic mean of trade prices over the last buckets of time (Binance's calculation).

use std::collections::VecDeque;

use crate::limits::PERCENT_SCALE;
use crate::reference_price::Fraction;

const SCALE: i128 = 10_000;
const MS_US: u64 = 1_000;

/// Trades of one stretch of time; count and sum carry four more decimals, so that a part can be taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBucket {
    pub open_us: u64,
    pub count: i128,
    pub sum_ticks: i128,
}

pub struct MeanPrice {
    count: u64,
    width_us: u64,
    pub buckets: VecDeque<PriceBucket>,
}

impl MeanPrice {
    /// None where there are no buckets.
    pub fn new(count: u32, width_ms: u32) -> Option<Self> {
        let (count, width_us) = (u64::from(count), u64::from(width_ms) * MS_US);
        (count != 0).then(|| Self { count, width_us, buckets: VecDeque::new() })
    }

    /// This many trades at prices of this sum.
    pub fn record(&mut self, time_us: u64, count: i64, sum_ticks: i128) {
        let open_us = time_us - time_us % self.width_us;
        let cutoff_us = time_us.saturating_sub(self.count * self.width_us);
        while self.buckets.front().is_some_and(|old| old.open_us + self.width_us <= cutoff_us) {
            self.buckets.pop_front();
        }
        let (count, sum_ticks) = (i128::from(count) * SCALE, sum_ticks * SCALE);
        match self.buckets.back_mut() {
            Some(bucket) if bucket.open_us == open_us => {
                bucket.count += count;
                bucket.sum_ticks += sum_ticks;
            }
            _ => self.buckets.push_back(PriceBucket { open_us, count, sum_ticks }),
        }
    }

    /// The oldest bucket counts for the part of it that is within the window.
    pub fn fraction(&self, time_us: u64) -> Option<Fraction> {
        let cutoff_us = time_us.saturating_sub(self.count * self.width_us);
        let (mut count, mut sum_ticks) = (0, 0);
        for bucket in self.buckets.iter().filter(|bucket| bucket.open_us + self.width_us > cutoff_us) {
            let expired = i128::from(cutoff_us.saturating_sub(bucket.open_us));
            let width = i128::from(self.width_us);
            count += bucket.count - bucket.count * expired / width;
            sum_ticks += bucket.sum_ticks - bucket.sum_ticks * expired / width;
        }
        let scale = i128::from(PERCENT_SCALE);
        (count > 0).then(|| Fraction { tick_lots: sum_ticks * scale / count, lots: scale })
    }
}
