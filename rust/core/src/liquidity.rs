//! What the book could give an arriving order, found without changing anything.

use std::collections::VecDeque;

use crate::book::{level_queue, reaches, Book};
use crate::instrument::Definition;
use crate::ladder::Level;
use crate::matching::effective_mode;
use crate::number::at;
use crate::open_orders::OpenOrders;
use crate::order::{Order, Side, StpMode};
use crate::reference_price::Band;

/// The other side of the book as one arriving order sees it.
pub struct Liquidity<'a> {
    pub book: &'a Book,
    pub open: &'a OpenOrders,
    pub definition: &'a Definition,
    pub side: Side,
    pub stp: StpMode,
    pub seat: u32,
    pub range: Band,
}

/// What a taker meets: lots at a price.
struct Offer {
    price_ticks: i64,
    lots: i64,
    own: Own,
}

/// What meeting one's own order means, before quantity is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Own {
    /// It is not one's own.
    Trade,
    Skip,
    Stop,
    Decrement,
    Transfer,
}

impl Offer {
    fn is_paid(&self) -> bool {
        self.own != Own::Decrement
    }
}

impl Liquidity<'_> {
    /// Whether the orders of a level have to be looked at one by one; if not, levels tell enough.
    fn walks_orders(&self) -> bool {
        let seat = &self.open.seats[at(self.seat)];
        let has_own = self.stp != StpMode::None && (seat.open_orders > 0 || seat.trade_group != 0);
        has_own || self.book.icebergs[self.side.opposite().index()] > 0
    }

    fn own(&self, maker: &Order) -> Own {
        let (seat, maker_seat) = (&self.open.seats[at(self.seat)], &self.open.seats[at(maker.seat)]);
        let is_one_group = seat.trade_group != 0 && seat.trade_group == maker_seat.trade_group;
        if maker.seat != self.seat && !is_one_group {
            return Own::Trade;
        }
        match effective_mode(self.stp, maker.stp, maker.seat == self.seat) {
            StpMode::None => Own::Trade,
            StpMode::ExpireMaker => Own::Skip,
            StpMode::ExpireTaker | StpMode::ExpireBoth => Own::Stop,
            StpMode::Decrement => Own::Decrement,
            StpMode::Transfer => Own::Transfer,
        }
    }

    /// In the order in which a taker meets them.
    fn offers(&self) -> Box<dyn Iterator<Item = Offer> + '_> {
        let within = self.book.levels(self.side.opposite()).take_while(|l| self.range.has(l.price_ticks));
        if !self.walks_orders() {
            let offer = |l: &Level| Offer { price_ticks: l.price_ticks, lots: l.total_lots, own: Own::Trade };
            return Box::new(within.map(offer));
        }
        let offers = within.flat_map(|level| self.level_offers(level));
        let met = offers.take_while(|offer| offer.own != Own::Stop).filter(|offer| offer.own != Own::Skip);
        Box::new(met)
    }

    /// The orders of one level, the hidden parts of icebergs behind the others, round by round.
    fn level_offers(&self, level: &Level) -> Vec<Offer> {
        let price_ticks = level.price_ticks;
        let (mut offers, mut hiding) = (Vec::new(), VecDeque::new());
        for order in level_queue(level, &self.open.orders) {
            let own = self.own(order);
            offers.push(Offer { price_ticks, lots: order.remaining_lots, own });
            let hidden_lots = self.open.hidden_lots(order);
            if hidden_lots > 0 && own != Own::Skip {
                let iceberg_lots = self.open.details(order.id).instructions.iceberg_lots;
                hiding.push_back((own, hidden_lots, iceberg_lots));
            }
        }
        while let Some((own, hidden_lots, iceberg_lots)) = hiding.pop_front() {
            let lots = iceberg_lots.min(hidden_lots);
            offers.push(Offer { price_ticks, lots, own });
            if hidden_lots > lots {
                hiding.push_back((own, hidden_lots - lots, iceberg_lots));
            }
        }
        offers
    }

    /// What buying this many lots at market costs, as far as the book goes.
    pub fn cost(&self, lots: i64) -> i128 {
        let (mut left, mut cost) = (lots, 0);
        for offer in self.offers() {
            let taken = offer.lots.min(left);
            if offer.is_paid() {
                let price_ticks = offer.price_ticks;
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
        for Offer { price_ticks, lots: offered, .. } in self.offers() {
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
        for offer in self.offers() {
            if !reaches(self.side, limit_ticks, offer.price_ticks) || offer.own != Own::Trade {
                return false;
            }
            left -= offer.lots.min(left);
            if left == 0 {
                return true;
            }
        }
        false
    }
}
