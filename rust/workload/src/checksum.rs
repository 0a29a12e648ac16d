//! The end state that any correct price-time-priority book must reproduce.

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

#[derive(Clone, Copy)]
pub struct Fold(pub u64);

impl Default for Fold {
    fn default() -> Self {
        Self(FNV_START)
    }
}

impl Fold {
    #[inline]
    pub fn add(&mut self, values: &[u64]) {
        for value in values {
            self.0 = (self.0 ^ value).wrapping_mul(FNV_PRIME);
        }
    }
}

#[derive(Default)]
pub struct Checksum {
    pub trades: u64,
    pub traded_quantity: u64,
    pub traded_notional: u128,
    pub rejects: u64,
    pub tape: Fold,
    pub book: Fold,
    pub resting_bids: u64,
    pub resting_asks: u64,
}

impl Checksum {
    #[inline]
    pub fn trade(&mut self, taker: u32, maker: u32, price: i64, quantity: i64) {
        let (price, quantity) = (price.cast_unsigned(), quantity.cast_unsigned());
        self.trades += 1;
        self.traded_quantity += quantity;
        self.traded_notional += u128::from(price) * u128::from(quantity);
        self.tape.add(&[u64::from(taker), u64::from(maker), price, quantity]);
    }

    /// Orders of the final book: per symbol bids best to worst, then asks, each level in its queue's order.
    pub fn rest(&mut self, is_sell: bool, order: u32, price: i64, remaining: i64) {
        *(if is_sell { &mut self.resting_asks } else { &mut self.resting_bids }) += 1;
        self.book.add(&[u64::from(order), price.cast_unsigned(), remaining.cast_unsigned()]);
    }
}
