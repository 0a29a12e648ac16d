//! Commission: what the exchange takes of what an order receives. The one place where an amount is rounded.

use crate::limits::{COMMISSION_TIERS_MAX, PPM_SCALE};
use crate::number::at;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub maker_ppm: u32,
    pub taker_ppm: u32,
}

/// The rates of one instrument by commission tier; a tier that was never set has those of tier 0.
pub struct RateTable {
    by_tier: Vec<Option<Rates>>,
    standard: Rates,
}

impl RateTable {
    pub fn new(standard: Rates) -> Self {
        Self { by_tier: vec![None; at(COMMISSION_TIERS_MAX)], standard }
    }

    #[inline]
    pub fn rates(&self, tier: u32) -> Rates {
        self.by_tier[at(tier)].unwrap_or(self.standard)
    }

    pub fn set(&mut self, tier: u32, rates: Rates) {
        if tier == 0 {
            self.standard = rates;
        } else {
            self.by_tier[at(tier)] = Some(rates);
        }
    }

    pub fn standard(&self) -> Rates {
        self.standard
    }

    /// The tiers that were set, apart from tier 0.
    pub fn special(&self) -> impl Iterator<Item = (u32, Rates)> + '_ {
        (0..).zip(&self.by_tier).filter_map(|(tier, rates)| rates.map(|rates| (tier, rates)))
    }
}

/// The rate's share of an amount, rounded up: never in the user's favour, and never above the amount.
#[inline]
pub fn commission(amount: i128, ppm: u32) -> i128 {
    const SMALL: i128 = 1 << 43; // times 10^6 stays below 2^63, where division is quick
    let scale = u64::from(PPM_SCALE);
    match u64::try_from(amount) {
        Ok(small) if amount < SMALL => i128::from((small * u64::from(ppm)).div_ceil(scale)),
        _ => {
            let product = amount * i128::from(ppm);
            (product + i128::from(scale) - 1) / i128::from(scale)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_and_takes_the_same_road_for_small_and_large() {
        for (amount, ppm, expected) in [
            (0, 1_000, 0),
            (1, 1, 1),
            (1_000_000, 1, 1),
            (1_000_001, 1, 2),
            (7, 1_000_000, 7),
            ((1 << 43) - 1, 999, 8_787_296_930),
            (1 << 43, 999, 8_787_296_930),
            (1 << 100, 1_000_000, 1 << 100),
        ] {
            assert_eq!(commission(amount, ppm), expected, "{amount} x {ppm}");
        }
    }
}
