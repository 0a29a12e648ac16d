//! The reference price as the arithmetic mean of trade prices over the last buckets of time (Binance's calculation).

use std::collections::VecDeque;

use crate::limits::PERCENT_SCALE;
use crate::reference_price::Fraction;

const SCALE: i128 = 10_000;
const MS_US: u64 = 1_000;

/// Trades of one stretch of time; count and sum carry four more decimals, so that a part can be taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBucket {
    pub open_ms: u64,
    pub count: i128,
    pub sum_ticks: i128,
}

pub struct MeanPrice {
    count: u64,
    width_ms: u64,
    pub buckets: VecDeque<PriceBucket>,
}

impl MeanPrice {
    /// None where there are no buckets.
    pub fn new(count: u32, width_ms: u32) -> Option<Self> {
        let (count, width_ms) = (u64::from(count), u64::from(width_ms));
        (count != 0).then(|| Self { count, width_ms, buckets: VecDeque::new() })
    }

    /// This many trades at prices of this sum.
    pub fn record(&mut self, time_us: u64, count: i64, sum_ticks: i128) {
        let now_ms = time_us / MS_US;
        let open_ms = now_ms - now_ms % self.width_ms;
        let cutoff_ms = now_ms.saturating_sub(self.count * self.width_ms);
        while self.buckets.front().is_some_and(|old| old.open_ms + self.width_ms <= cutoff_ms) {
            self.buckets.pop_front();
        }
        let (count, sum_ticks) = (i128::from(count) * SCALE, sum_ticks * SCALE);
        match self.buckets.back_mut() {
            Some(bucket) if bucket.open_ms == open_ms => {
                bucket.count += count;
                bucket.sum_ticks += sum_ticks;
            }
            _ => self.buckets.push_back(PriceBucket { open_ms, count, sum_ticks }),
        }
    }

    /// The oldest bucket counts for the part of it that is within the window.
    pub fn fraction(&self, time_us: u64) -> Option<Fraction> {
        let cutoff_ms = (time_us / MS_US).saturating_sub(self.count * self.width_ms);
        let (mut count, mut sum_ticks) = (0, 0);
        for bucket in self.buckets.iter().filter(|bucket| bucket.open_ms + self.width_ms > cutoff_ms) {
            let expired = i128::from(cutoff_ms.saturating_sub(bucket.open_ms));
            let width = i128::from(self.width_ms);
            count += bucket.count - bucket.count * expired / width;
            sum_ticks += bucket.sum_ticks - bucket.sum_ticks * expired / width;
        }
        let scale = i128::from(PERCENT_SCALE);
        (count > 0).then(|| Fraction { tick_lots: sum_ticks * scale / count, lots: scale })
    }
}
