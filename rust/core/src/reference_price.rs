//! The reference price of an instrument: the volume-weighted average of the last minutes, else the last price.
//!
//! Kept as a fraction (sum of price x quantity over sum of quantity), so nothing is rounded.

use std::collections::VecDeque;

use crate::instrument::Definition;
use crate::limits::PERCENT_SCALE;
use crate::mean_price::MeanPrice;

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

/// Prices from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    pub low_ticks: i64,
    pub high_ticks: i64,
}

pub const OPEN_BAND: Band = Band { low_ticks: 0, high_ticks: i64::MAX };

impl Band {
    fn within(self, other: Self) -> Self {
        Self {
            low_ticks: self.low_ticks.max(other.low_ticks),
            high_ticks: self.high_ticks.min(other.high_ticks),
        }
    }

    #[inline(always)]
    pub fn has(&self, price_ticks: i64) -> bool {
        (self.low_ticks..=self.high_ticks).contains(&price_ticks)
    }
}

#[derive(Clone, Copy)]
pub struct Bands {
    /// PERCENT_PRICE.
    pub percent: Band,
    /// PERCENT_PRICE_BY_SIDE, for buys and sells.
    pub by_side: [Band; 2],
    /// What passes both.
    pub both: [Band; 2],
    /// PRICE_RANGE, for buying and selling takers.
    pub range: [Band; 2],
}

const OPEN_BANDS: Bands =
    Bands { percent: OPEN_BAND, by_side: [OPEN_BAND; 2], both: [OPEN_BAND; 2], range: [OPEN_BAND; 2] };

/// The trades of one order with the book.
#[derive(Clone, Copy, Default)]
pub struct Traded {
    pub tick_lots: i128,
    pub lots: i128,
    pub trades: i64,
    pub sum_ticks: i128,
    pub first_price_ticks: i64,
    pub last_price_ticks: i64,
}

impl Traded {
    #[inline(always)]
    pub fn add(&mut self, price_ticks: i64, lots: i64) {
        if self.trades == 0 {
            self.first_price_ticks = price_ticks;
        }
        self.trades += 1;
        self.last_price_ticks = price_ticks;
        self.sum_ticks += i128::from(price_ticks);
        self.tick_lots += i128::from(price_ticks) * i128::from(lots);
        self.lots += i128::from(lots);
    }
}

pub struct ReferencePrice {
    minutes: u64,
    /// What the operator said, 0 if nothing.
    pub set_ticks: i64,
    pub mean: Option<MeanPrice>,
    pub buckets: VecDeque<Bucket>,
    pub last_price_ticks: i64,
    bands: Bands,
    /// The bands hold until then; a trade ends them at once.
    bands_until_us: u64,
}

impl ReferencePrice {
    pub fn new(definition: &Definition) -> Self {
        Self {
            minutes: u64::from(definition.average_price_minutes),
            set_ticks: 0,
            mean: MeanPrice::new(definition.reference_bucket_count, definition.reference_bucket_width_ms),
            buckets: VecDeque::new(),
            last_price_ticks: 0,
            bands: OPEN_BANDS,
            bands_until_us: 0,
        }
    }

    /// What the filters and the price range let through now.
    #[inline]
    pub fn bands(&mut self, time_us: u64, definition: &Definition) -> &Bands {
        if time_us >= self.bands_until_us {
            self.measure(time_us, definition);
        }
        &self.bands
    }

    #[inline(never)]
    fn measure(&mut self, time_us: u64, d: &Definition) {
        let (said, filtered) = (self.said(time_us), self.fraction(time_us));
        let band = |reference: Option<Fraction>, pair| reference.map_or(OPEN_BAND, |f| f.band(pair));
        let percent = band(filtered, d.percent_price);
        let by_side = [
            band(filtered, (d.bid_multiplier_up, d.bid_multiplier_down)),
            band(filtered, (d.ask_multiplier_up, d.ask_multiplier_down)),
        ];
        self.bands = Bands {
            percent,
            by_side,
            both: by_side.map(|band| band.within(percent)),
            range: [band(said, d.bid_limit), band(said, d.ask_limit)],
        };
        let next_minute_us = (time_us / MINUTE_US + 1) * MINUTE_US;
        self.bands_until_us = if self.mean.is_some() { time_us + 1 } else { next_minute_us };
    }

    #[inline]
    pub fn record(&mut self, time_us: u64, traded: &Traded) {
        let &Traded { last_price_ticks, tick_lots, lots, .. } = traded;
        self.last_price_ticks = last_price_ticks;
        self.bands_until_us = 0;
        if let Some(mean) = &mut self.mean {
            mean.record(time_us, traded.trades, traded.sum_ticks);
        }
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

    pub fn set(&mut self, price_ticks: i64) {
        self.set_ticks = price_ticks;
        self.bands_until_us = 0;
    }

    /// The price that the operator or the mean of trades says, if either does.
    pub fn said(&self, time_us: u64) -> Option<Fraction> {
        match &self.mean {
            Some(mean) => mean.fraction(time_us),
            None => (self.set_ticks > 0).then(|| Fraction { tick_lots: self.set_ticks.into(), lots: 1 }),
        }
    }

    /// The price that filters measure by: what is said, else the average. None if there never was a trade.
    pub fn fraction(&self, time_us: u64) -> Option<Fraction> {
        self.said(time_us).or_else(|| self.average(time_us))
    }

    fn average(&self, time_us: u64) -> Option<Fraction> {
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
