//! The opening auction: what gathered on a crossed book trades at the one price at which most can.
//!
//! Self-trade prevention does not act in it, as in the crosses of the large stock exchanges.

use crate::commission::commission;
use crate::consequence::{Fate, Mark};
use crate::event::Trade;
use crate::exchange::{Exchange, Listing};
use crate::ledger::Settlement;
use crate::number::at;
use crate::order::{InstrumentStatus, Order, Side};
use crate::reference_price::Traded;

/// An auction that has its price and is being traded through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    pub price_ticks: i64,
    pub left_lots: i64,
}

/// What would trade at a price.
struct Candidate {
    price_ticks: i64,
    lots: i64,
    surplus_lots: i64,
    from_last_ticks: i64,
}

impl Exchange {
    /// Find the opening price of a crossed book. False if it is not crossed: then it simply opens.
    pub(crate) fn start_auction(&mut self, instrument: u32) -> bool {
        let Some(found) = self.auction_price(instrument) else { return false };
        let opening = Opening { price_ticks: found.price_ticks, left_lots: found.lots };
        self.listings[at(instrument)].opening = Some(opening);
        self.events.auction_priced(instrument, opening.price_ticks, opening.left_lots);
        self.due.push_front(crate::follow_up::Due::Open { instrument });
        true
    }

    fn auction_price(&self, instrument: u32) -> Option<Candidate> {
        let Listing { book, reference, .. } = &self.listings[at(instrument)];
        let best = |side: Side| book.ladder(side).best_price();
        let (high, low) = (best(Side::Buy)?, best(Side::Sell)?);
        let crossed = |side: Side| -> Vec<(i64, i64)> {
            let orders = book.queue(&self.open.orders, side);
            let orders = orders.take_while(|order| (low..=high).contains(&order.price_ticks));
            orders.map(|order| (order.price_ticks, self.open.total_lots(order))).collect()
        };
        let (bids, asks) = (crossed(Side::Buy), crossed(Side::Sell));
        let mut prices: Vec<i64> = bids.iter().chain(&asks).map(|&(price, _)| price).collect();
        prices.sort_unstable();
        prices.dedup();
        // Both walks are over sorted prices: what buyers want falls from the lowest price on, what sellers give rises.
        let (mut bid_lots, mut ask_lots) = (bids.iter().map(|&(_, lots)| lots).sum::<i64>(), 0);
        let (mut bids, mut asks) = (bids.iter().rev().peekable(), asks.iter().peekable());
        let last = reference.last_price_ticks;
        let mut found: Option<Candidate> = None;
        for price_ticks in prices {
            while let Some((_, lots)) = bids.next_if(|&&(price, _)| price < price_ticks) {
                bid_lots -= lots;
            }
            while let Some((_, lots)) = asks.next_if(|&&(price, _)| price <= price_ticks) {
                ask_lots += lots;
            }
            let from_last_ticks = if last > 0 { (price_ticks - last).abs() } else { 0 };
            let surplus_lots = (bid_lots - ask_lots).abs();
            let lots = bid_lots.min(ask_lots);
            let candidate = Candidate { price_ticks, lots, surplus_lots, from_last_ticks };
            if found.as_ref().is_none_or(|found| candidate.is_better_than(found)) {
                found = Some(candidate);
            }
        }
        found.filter(|found| found.lots > 0)
    }

    /// One trade of the auction, between the orders that come first. True if more is to come.
    pub(crate) fn open_one(&mut self, instrument: u32) -> bool {
        let listing = &mut self.listings[at(instrument)];
        let Some(opening) = listing.opening else { return false };
        let head = |side: Side| {
            let ladder = listing.book.ladder(side);
            ladder.best().map(|level| ladder.level(level).head)
        };
        let heads = (head(Side::Buy), head(Side::Sell));
        if let (Some(buyer), Some(seller)) = heads {
            let lots = self.cross(instrument, opening.price_ticks, buyer, seller);
            let opening = self.listings[at(instrument)].opening.as_mut().expect("it is being traded");
            opening.left_lots -= lots;
            if opening.left_lots > 0 {
                return true;
            }
        }
        self.listings[at(instrument)].opening = None;
        self.enter_status(instrument, InstrumentStatus::Trading);
        let traded = Traded {
            first_price_ticks: opening.price_ticks,
            last_price_ticks: opening.price_ticks,
            ..Traded::default()
        };
        if !self.listings[at(instrument)].triggers.is_idle() {
            self.path.clear();
            self.path.push(opening.price_ticks);
            self.observe(instrument, &traded);
        }
        self.resume(instrument);
        false
    }

    /// Trade between two resting orders at the auction's price. How many lots.
    fn cross(&mut self, instrument: u32, price_ticks: i64, buyer_number: u32, seller_number: u32) -> i64 {
        let (buyer, seller) = (*self.open.get(buyer_number), *self.open.get(seller_number));
        let lots = buyer.remaining_lots.min(seller.remaining_lots);
        let taker_side = if buyer.id > seller.id { Side::Buy } else { Side::Sell };
        let (buyer_commission, seller_commission, release) =
            self.settle_cross(instrument, price_ticks, lots, [&buyer, &seller], taker_side);
        for (number, side) in [(buyer_number, Side::Buy), (seller_number, Side::Sell)] {
            let order = &mut self.open.orders[at(number)];
            let seat = order.seat;
            self.listings[at(instrument)].book.reduce(order, lots);
            self.open.reduce_seat(seat, side, lots);
        }
        let left = [buyer_number, seller_number].map(|n| self.open.total_lots(self.open.get(n)));
        let account = |order: &Order| self.open.seats[at(order.seat)].account;
        let (taker, maker, [taker_left, maker_left]) = match taker_side {
            Side::Buy => (&buyer, &seller, left),
            Side::Sell => (&seller, &buyer, [left[1], left[0]]),
        };
        let book = &mut self.listings[at(instrument)].book;
        book.last_trade_id += 1;
        self.events.trade_executed(&Trade {
            trade_id: book.last_trade_id,
            instrument,
            taker_side,
            taker_order_id: taker.id,
            maker_order_id: maker.id,
            taker_account: account(taker),
            maker_account: account(maker),
            price_ticks,
            quantity_lots: lots,
            taker_remaining_lots: taker_left,
            maker_remaining_lots: maker_left,
            update_id: book.next_update_id(),
            buyer_commission,
            seller_commission,
            buyer_release: release,
        });
        let mut traded = Traded::default();
        traded.add(price_ticks, lots);
        self.listings[at(instrument)].reference.record(self.time_us, &traded);
        let received = self.listings[at(instrument)].definition.base_amount(lots) - buyer_commission;
        self.end_cross(instrument, buyer_number, received);
        self.end_cross(instrument, seller_number, 0);
        self.conclude_marks();
        lots
    }

    /// (buyer's commission, seller's commission, what the buyer gets back of its hold).
    fn settle_cross(
        &mut self,
        instrument: u32,
        price_ticks: i64,
        lots: i64,
        [buyer, seller]: [&Order; 2],
        taker_side: Side,
    ) -> (i128, i128, i128) {
        let Listing { definition, rates, .. } = &self.listings[at(instrument)];
        let (base, quote) = (definition.base_amount(lots), definition.notional(price_ticks, lots));
        let released = definition.notional(buyer.price_ticks - price_ticks, lots);
        let ppm = |order: &Order, side: Side| {
            let rates = rates.rates(self.open.seats[at(order.seat)].commission_tier);
            if side == taker_side {
                rates.taker_ppm
            } else {
                rates.maker_ppm
            }
        };
        let buyer_commission = commission(base, ppm(buyer, Side::Buy));
        let seller_commission = commission(quote, ppm(seller, Side::Sell));
        let (buying, selling) = (self.open.seats[at(buyer.seat)], self.open.seats[at(seller.seat)]);
        let received = base - buyer_commission;
        let (base_asset, quote_asset) = (definition.base, definition.quote);
        self.ledger.settle(buying.quote, buying.base, Settlement { paid: quote, released, received });
        let received = quote - seller_commission;
        self.ledger.settle(selling.base, selling.quote, Settlement { paid: base, released: 0, received });
        self.ledger.earn(base_asset, buyer_commission);
        self.ledger.earn(quote_asset, seller_commission);
        (buyer_commission, seller_commission, released)
    }

    /// An order after its trade: marked for its list, refreshed if it hides more, gone if it is filled.
    fn end_cross(&mut self, instrument: u32, number: u32, received: i128) {
        let order = *self.open.get(number);
        let list = if order.is_special { self.open.details(order.id).list } else { 0 };
        let mark = |fate| Mark { list, order_id: order.id, fate };
        if list != 0 {
            self.marks.push(mark(Fate::Traded { received }));
        }
        if order.remaining_lots > 0 || self.matching(instrument).refresh(number) {
            return;
        }
        self.listings[at(instrument)].book.remove(&mut self.open.orders, number);
        self.open.remove(number);
        if list != 0 {
            self.marks.push(mark(Fate::Filled));
        }
    }
}

impl Candidate {
    /// More volume, then less surplus, then nearer to the last price; of equals the first, which is the lower price.
    fn is_better_than(&self, other: &Self) -> bool {
        let rank = |c: &Self| (-c.lots, c.surplus_lots, c.from_last_ticks);
        rank(self) < rank(other)
    }
}
