//! The reference price of an instrument: the volume-weighted average of the last minutes, else the last price.
//!
//! Kept as a fraction (sum of price x quantity over sum of quantity), so nothing is rounded.

use std::collections::VecDeque;

use crate::limits::PERCENT_SCALE;

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

impl Fraction {
    /// Whole ticks p with down <= p * PERCENT_SCALE / reference <= up.
    fn band(self, (up, down): (u32, u32)) -> Band {
        let divisor = self.lots.saturating_mul(i128::from(PERCENT_SCALE));
        let scaled = |multiplier: u32| self.tick_lots.saturating_mul(i128::from(multiplier));
        let ticks = |quotient: i128| i64::try_from(quotient).unwrap_or(i64::MAX);
        let low = scaled(down);
        let low_ticks = ticks(low / divisor + i128::from(low % divisor != 0));
        let high_ticks = if up == 0 { i64::MAX } else { ticks(scaled(up) / divisor) };
        Band { low_ticks, high_ticks }
    }
}

/// The prices that PERCENT_PRICE_BY_SIDE lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    pub low_ticks: i64,
    pub high_ticks: i64,
}

const OPEN_BAND: Band = Band { low_ticks: 0, high_ticks: i64::MAX };

pub struct ReferencePrice {
    minutes: u64,
    pub buckets: VecDeque<Bucket>,
    pub last_price_ticks: i64,
    bands: [Band; 2],
    /// The bands hold until then; a trade ends them at once.
    bands_until_us: u64,
}

impl ReferencePrice {
    pub fn new(minutes: u32) -> Self {
        Self {
            minutes: u64::from(minutes),
            buckets: VecDeque::new(),
            last_price_ticks: 0,
            bands: [OPEN_BAND; 2],
            bands_until_us: 0,
        }
    }

    /// The bands for buys and sells, each from its (up, down) multipliers times PERCENT_SCALE (0: that bound is off).
    #[inline]
    pub fn bands(&mut self, time_us: u64, multipliers: impl Fn() -> [(u32, u32); 2]) -> &[Band; 2] {
        if time_us >= self.bands_until_us {
            let reference = self.fraction(time_us);
            self.bands = multipliers().map(|pair| reference.map_or(OPEN_BAND, |f| f.band(pair)));
            self.bands_until_us = (time_us / MINUTE_US + 1) * MINUTE_US;
        }
        &self.bands
    }

    #[inline]
    pub fn record(&mut self, time_us: u64, last_price_ticks: i64, tick_lots: i128, lots: i128) {
        self.last_price_ticks = last_price_ticks;
        self.bands_until_us = 0;
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
