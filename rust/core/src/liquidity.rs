//! What the book could give an arriving order, found without changing anything.

use crate::book::{reaches, Book};
use crate::instrument::Definition;
use crate::open_orders::OpenOrders;
use crate::order::{Order, Side, StpMode};

/// The other side of the book as one arriving order sees it.
pub struct Liquidity<'a> {
    pub book: &'a Book,
    pub open: &'a OpenOrders,
    pub definition: &'a Definition,
    pub side: Side,
    pub stp: StpMode,
    pub seat: u32,
}

/// What meeting one's own order means, before quantity is asked for.
enum Own {
    Trade,
    Skip,
    Stop,
    Decrement,
}

impl Liquidity<'_> {
    /// Whether own orders could be in the way at all; if not, levels tell enough.
    fn has_own(&self) -> bool {
        self.stp != StpMode::None && self.open.seats[crate::number::at(self.seat)].open_orders > 0
    }

    fn own(&self, maker: &Order) -> Own {
        if maker.seat != self.seat {
            return Own::Trade;
        }
        match self.stp {
            StpMode::None => Own::Trade,
            StpMode::ExpireMaker => Own::Skip,
            StpMode::ExpireTaker | StpMode::ExpireBoth => Own::Stop,
            StpMode::Decrement | StpMode::Transfer => Own::Decrement,
        }
    }

    /// (price, lots, whether they cost anything) in the order in which a taker meets them.
    fn offers(&self) -> Box<dyn Iterator<Item = (i64, i64, bool)> + '_> {
        let makers = self.side.opposite();
        if !self.has_own() {
            return Box::new(self.book.levels(makers).map(|l| (l.price_ticks, l.total_lots, true)));
        }
        let queue = self.book.queue(&self.open.orders, makers);
        Box::new(
            queue
                .map(|maker| (maker, self.own(maker)))
                .take_while(|(_, own)| !matches!(own, Own::Stop))
                .filter(|(_, own)| !matches!(own, Own::Skip))
                .map(|(maker, own)| (maker.price_ticks, maker.remaining_lots, matches!(own, Own::Trade))),
        )
    }

    /// What buying this many lots at market costs, as far as the book goes.
    pub fn cost(&self, lots: i64) -> i128 {
        let (mut left, mut cost) = (lots, 0);
        for (price_ticks, offered, is_paid) in self.offers() {
            let taken = offered.min(left);
            if is_paid {
                cost += self.definition.notional(price_ticks, taken);
            }
            left -= taken;
            if left == 0 {
                break;
            }
        }
        cost
    }

    /// The lots that a quote amount can trade without being exceeded; None if there is nothing to trade with.
    pub fn lots_for(&self, quote_amount: i128) -> Option<i64> {
        let (mut left, mut lots, mut met_any) = (quote_amount, 0, false);
        for (price_ticks, offered, _) in self.offers() {
            met_any = true;
            let per_lot = self.definition.notional(price_ticks, 1);
            let affordable = i64::try_from(left / per_lot).unwrap_or(i64::MAX);
            let taken = offered.min(affordable).min(self.definition.max_lots - lots);
            lots += taken;
            left -= self.definition.notional(price_ticks, taken);
            if taken < offered {
                break;
            }
        }
        met_any.then_some(lots)
    }

    /// Whether the whole quantity is there at the limit or better, from others.
    pub fn can_fill(&self, limit_ticks: i64, lots: i64) -> bool {
        let mut left = lots;
        for (price_ticks, offered, is_paid) in self.offers() {
            if !reaches(self.side, limit_ticks, price_ticks) || !is_paid {
                return false;
            }
            left -= offered.min(left);
            if left == 0 {
                return true;
            }
        }
        false
    }
}
