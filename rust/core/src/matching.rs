//! An arriving order meets the book: price, then time, at the maker's price.

use std::ops::ControlFlow;

use crate::book::{reaches, Book};
use crate::commission::{commission, RateTable, Rates};
use crate::consequence::{Fate, Mark};
use crate::event::{Events, OrderFacts, Prevented, Trade};
use crate::instrument::Definition;
use crate::ledger::{Ledger, Settlement};
use crate::number::at;
use crate::open_orders::OpenOrders;
use crate::order::{ExpiryReason, Order, Side, StpMode};
use crate::reference_price::{Band, ReferencePrice, Traded};

/// An accepted order on its way through the book. Its hold is in the ledger already.
pub struct Taker {
    pub order_id: u64,
    pub account: u32,
    pub instrument: u32,
    pub seat: u32,
    pub side: Side,
    pub stp: StpMode,
    /// Of its account; 0: in none.
    pub trade_group: u32,
    /// None for a market order.
    pub limit_ticks: Option<i64>,
    /// It trades within these prices, or not at all.
    pub range: Band,
    pub remaining_lots: i64,
}

impl Taker {
    /// What a part of it holds: nothing where a market buy holds only what its trades cost.
    pub fn hold(&self, definition: &Definition, lots: i64) -> i128 {
        match (self.side, self.limit_ticks) {
            (Side::Buy, None) => 0,
            (side, limit) => definition.hold_amount(side, limit.unwrap_or(0), lots),
        }
    }

    pub fn facts(&self) -> OrderFacts {
        OrderFacts {
            order_id: self.order_id,
            account: self.account,
            instrument: self.instrument,
            side: self.side,
            price_ticks: self.limit_ticks.unwrap_or(0),
            remaining_lots: self.remaining_lots,
        }
    }
}

/// What the trades of one order come to.
#[derive(Default)]
struct Sums {
    taker: Settlement,
    base_commission: i128,
    quote_commission: i128,
    traded: Traded,
    /// Received without a trade.
    transferred: i128,
}

/// How an order's way through the book ended.
#[derive(Default)]
pub struct Met {
    /// Its expiry is told and its hold released.
    pub has_ended: bool,
    pub traded: Traded,
    /// What its trades brought it, commission taken off.
    pub received: i128,
}

/// Whether orders of these two, at these modes, must not trade with one another, and how that is prevented.
#[inline(always)]
pub fn effective_mode(taker: StpMode, maker: StpMode, is_one_account: bool) -> StpMode {
    match (taker, maker) {
        (StpMode::Transfer, StpMode::Transfer) if !is_one_account => StpMode::Transfer,
        (StpMode::Transfer, _) => StpMode::Decrement,
        _ => taker,
    }
}

pub struct Matching<'a> {
    pub definition: &'a Definition,
    pub rates: &'a RateTable,
    pub book: &'a mut Book,
    pub reference: &'a mut ReferencePrice,
    pub open: &'a mut OpenOrders,
    pub ledger: &'a mut Ledger,
    pub events: &'a mut Events,
    /// What happened to orders of lists.
    pub marks: &'a mut Vec<Mark>,
    /// Each price traded at, for trailing orders; None where nobody follows.
    pub path: Option<&'a mut Vec<i64>>,
}

impl Matching<'_> {
    /// Trade until the taker is filled, its limit or the price range is reached, the book is empty or self-trade
    /// prevention ends it.
    #[inline(never)]
    pub fn run(&mut self, taker: &mut Taker) -> Met {
        let rates = self.rates.rates(self.open.seats[at(taker.seat)].commission_tier);
        let mut sums = Sums::default();
        let mut ended = false;
        while taker.remaining_lots > 0 {
            let ladder = self.book.ladder(taker.side.opposite());
            let Some(level) = ladder.best() else { break };
            let (price_ticks, maker) = (ladder.level(level).price_ticks, ladder.level(level).head);
            if taker.limit_ticks.is_some_and(|limit| !reaches(taker.side, limit, price_ticks)) {
                break;
            }
            if !taker.range.has(price_ticks) {
                self.expire_taker(taker, ExpiryReason::PriceRange, &mut sums);
                ended = true;
                break;
            }
            if taker.stp != StpMode::None && self.is_self_trade(taker, maker) {
                if self.prevent(taker, maker, &mut sums).is_break() {
                    ended = true;
                    break;
                }
            } else {
                self.trade(taker, maker, rates, &mut sums);
            }
        }
        self.settle(taker, &sums);
        let received = sums.taker.received - sums.transferred;
        Met { has_ended: ended, traded: sums.traded, received }
    }

    #[inline]
    fn is_self_trade(&self, taker: &Taker, maker: u32) -> bool {
        let seat = self.open.get(maker).seat;
        seat == taker.seat
            || (taker.trade_group != 0 && self.open.seats[at(seat)].trade_group == taker.trade_group)
    }

    #[inline]
    fn trade(&mut self, taker: &mut Taker, maker_number: u32, taker_rates: Rates, sums: &mut Sums) {
        let maker = &mut self.open.orders[at(maker_number)];
        let (price_ticks, maker_seat, maker_order_id) = (maker.price_ticks, maker.seat, maker.id);
        let is_special = maker.is_special;
        let lots = taker.remaining_lots.min(maker.remaining_lots);
        taker.remaining_lots -= lots;
        self.book.reduce(maker, lots);
        let mut maker_remaining_lots = maker.remaining_lots;
        if is_special {
            maker_remaining_lots += self.open.details(maker_order_id).hidden_lots;
        }
        self.open.reduce_seat(maker_seat, taker.side.opposite(), lots);
        let seat = self.open.seats[at(maker_seat)];

        let base = self.definition.base_amount(lots);
        let quote = self.definition.notional(price_ticks, lots);
        let maker_ppm = self.rates.rates(seat.commission_tier).maker_ppm;
        let taker_ppm = taker_rates.taker_ppm;
        let mut buyer_release = 0;
        let (buyer_commission, seller_commission) = match taker.side {
            Side::Buy => {
                let charged = (commission(base, taker_ppm), commission(quote, maker_ppm));
                let received = quote - charged.1;
                let settlement = Settlement { paid: base, released: 0, received };
                self.ledger.settle(seat.base, seat.quote, settlement);
                if let Some(limit) = taker.limit_ticks {
                    buyer_release = self.definition.notional(limit - price_ticks, lots);
                }
                sums.taker.paid += quote;
                sums.taker.released += buyer_release;
                sums.taker.received += base - charged.0;
                charged
            }
            Side::Sell => {
                let charged = (commission(base, maker_ppm), commission(quote, taker_ppm));
                let received = base - charged.0;
                let settlement = Settlement { paid: quote, released: 0, received };
                self.ledger.settle(seat.quote, seat.base, settlement);
                sums.taker.paid += base;
                sums.taker.received += quote - charged.1;
                charged
            }
        };
        sums.base_commission += buyer_commission;
        sums.quote_commission += seller_commission;
        sums.traded.add(price_ticks, lots);

        self.book.last_trade_id += 1;
        let update_id = self.book.next_update_id();
        self.events.trade_executed(&Trade {
            trade_id: self.book.last_trade_id,
            instrument: taker.instrument,
            taker_side: taker.side,
            taker_order_id: taker.order_id,
            maker_order_id,
            taker_account: taker.account,
            maker_account: seat.account,
            price_ticks,
            quantity_lots: lots,
            taker_remaining_lots: taker.remaining_lots,
            maker_remaining_lots,
            update_id,
            buyer_commission,
            seller_commission,
            buyer_release,
        });
        if let Some(path) = &mut self.path {
            path.push(price_ticks);
        }
        if is_special {
            let received = if taker.side == Side::Sell { base - buyer_commission } else { 0 };
            return self.trade_special(maker_number, received);
        }
        if maker_remaining_lots == 0 {
            self.book.remove(&mut self.open.orders, maker_number);
            self.open.remove(maker_number);
        }
    }

    /// A maker that is more than a plain order has traded. `received` is the base it got.
    #[inline(never)]
    fn trade_special(&mut self, maker_number: u32, received: i128) {
        let maker = *self.open.get(maker_number);
        let list = self.open.details(maker.id).list;
        self.mark(list, maker.id, Fate::Traded { received });
        if maker.remaining_lots == 0 && !self.refresh(maker_number) {
            self.book.remove(&mut self.open.orders, maker_number);
            self.open.remove(maker_number);
            self.mark(list, maker.id, Fate::Filled);
        }
    }

    fn mark(&mut self, list: u64, order_id: u64, fate: Fate) {
        if list != 0 {
            self.marks.push(Mark { list, order_id, fate });
        }
    }

    /// Show the next part of an iceberg, at the end of its level. False if nothing was hidden.
    pub fn refresh(&mut self, number: u32) -> bool {
        let order = *self.open.get(number);
        if self.open.hidden_lots(&order) == 0 {
            return false;
        }
        let details = self.open.details_mut(order.id);
        let visible_lots = details.instructions.iceberg_lots.min(details.hidden_lots);
        details.hidden_lots -= visible_lots;
        let is_shown = details.hidden_lots == 0;
        self.book.remove(&mut self.open.orders, number);
        self.open.orders[at(number)].remaining_lots = visible_lots;
        self.book.rest(&mut self.open.orders, number);
        self.book.icebergs[order.side.index()] -= u32::from(is_shown);
        let update_id = self.book.next_update_id();
        let facts = self.open.facts(self.open.get(number));
        self.events.iceberg_refreshed(&facts, visible_lots, update_id);
        true
    }

    /// Give way instead of trading with oneself. Break when the taker is ended.
    fn prevent(&mut self, taker: &mut Taker, maker_number: u32, sums: &mut Sums) -> ControlFlow<()> {
        let maker = *self.open.get(maker_number);
        let mode = effective_mode(taker.stp, maker.stp, maker.seat == taker.seat);
        if matches!(mode, StpMode::Decrement | StpMode::Transfer) {
            return self.decrement(taker, maker_number, mode, sums);
        }
        let ends_taker = mode != StpMode::ExpireMaker;
        let ends_maker = mode != StpMode::ExpireTaker;
        let mut prevented = self.prevented(taker, &maker, mode);
        prevented.taker_prevented_lots = if ends_taker { taker.remaining_lots } else { 0 };
        prevented.maker_prevented_lots = if ends_maker { prevented.maker_remaining_lots } else { 0 };
        self.events.match_prevented(&prevented);
        if ends_maker {
            let update_id = self.book.next_update_id();
            self.expire_maker(maker_number, update_id);
        }
        if ends_taker {
            self.expire_taker(taker, ExpiryReason::Stp, sums);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Both lose what they could have traded; with TRANSFER it changes hands.
    fn decrement(
        &mut self,
        taker: &mut Taker,
        maker_number: u32,
        mode: StpMode,
        sums: &mut Sums,
    ) -> ControlFlow<()> {
        let maker = &mut self.open.orders[at(maker_number)];
        let lots = taker.remaining_lots.min(maker.remaining_lots);
        taker.remaining_lots -= lots;
        self.book.reduce(maker, lots);
        let maker = *maker;
        self.open.reduce_seat(maker.seat, maker.side, lots);
        let mut prevented = self.prevented(taker, &maker, mode);
        prevented.taker_prevented_lots = lots;
        prevented.maker_prevented_lots = lots;
        (prevented.taker_released, prevented.maker_released) = match mode {
            StpMode::Transfer => (self.transfer(taker, &maker, lots, sums), 0),
            _ => self.release_both(taker, &maker, lots, sums),
        };
        prevented.update_id = self.book.next_update_id();
        self.events.match_prevented(&prevented);
        if maker.remaining_lots == 0 && !self.refresh(maker_number) {
            self.expire_maker(maker_number, 0);
        }
        if taker.remaining_lots == 0 {
            self.expire_taker(taker, ExpiryReason::Stp, sums);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// (taker's, maker's) hold of these lots goes back.
    fn release_both(&mut self, taker: &Taker, maker: &Order, lots: i64, sums: &mut Sums) -> (i128, i128) {
        let maker_released = self.definition.hold_amount(maker.side, maker.price_ticks, lots);
        let paying = self.open.seats[at(maker.seat)].paying(maker.side);
        self.ledger.release(paying, maker_released);
        let taker_released = taker.hold(self.definition, lots);
        sums.taker.released += taker_released;
        (taker_released, maker_released)
    }

    /// Base and quote change hands at the maker's price, free of commission. What the taker gets back of its hold.
    fn transfer(&mut self, taker: &Taker, maker: &Order, lots: i64, sums: &mut Sums) -> i128 {
        let base = self.definition.base_amount(lots);
        let quote = self.definition.notional(maker.price_ticks, lots);
        let (paid, received) = if taker.side == Side::Buy { (quote, base) } else { (base, quote) };
        let seat = &self.open.seats[at(maker.seat)];
        let (paying, receiving) = (seat.paying(maker.side), seat.paying(taker.side));
        self.ledger.settle(paying, receiving, Settlement { paid: received, released: 0, received: paid });
        let released = taker.hold(self.definition, lots);
        let released = if taker.side == Side::Buy && released > 0 { released - quote } else { 0 };
        sums.taker.paid += paid;
        sums.taker.received += received;
        sums.transferred += received;
        sums.taker.released += released;
        released
    }

    fn prevented(&mut self, taker: &Taker, maker: &Order, mode: StpMode) -> Prevented {
        self.book.last_prevented_match_id += 1;
        Prevented {
            prevented_match_id: self.book.last_prevented_match_id,
            instrument: taker.instrument,
            taker_side: taker.side,
            mode,
            account: taker.account,
            taker_order_id: taker.order_id,
            maker_order_id: maker.id,
            price_ticks: maker.price_ticks,
            taker_prevented_lots: 0,
            maker_prevented_lots: 0,
            taker_remaining_lots: taker.remaining_lots,
            maker_remaining_lots: self.open.total_lots(maker),
            taker_released: 0,
            maker_released: 0,
            update_id: 0,
            maker_account: self.open.seats[at(maker.seat)].account,
        }
    }

    fn expire_maker(&mut self, maker_number: u32, update_id: u64) {
        let maker = *self.open.get(maker_number);
        let facts = self.open.facts(&maker);
        let lots = facts.remaining_lots;
        let released = self.definition.hold_amount(maker.side, maker.price_ticks, lots);
        self.ledger.release(self.open.seats[at(maker.seat)].paying(maker.side), released);
        self.events.order_expired(&facts, ExpiryReason::Stp, released, update_id);
        self.book.remove(&mut self.open.orders, maker_number);
        if maker.is_special {
            let details = self.open.details(maker.id);
            let (list, is_hiding) = (details.list, details.hidden_lots > 0);
            self.book.icebergs[maker.side.index()] -= u32::from(is_hiding);
            self.mark(list, maker.id, Fate::Expired);
        }
        self.open.remove(maker_number);
    }

    fn expire_taker(&mut self, taker: &Taker, reason: ExpiryReason, sums: &mut Sums) {
        // A market buy holds the cost of what it can take before it ends here: by now all of it is paid.
        let released = taker.hold(self.definition, taker.remaining_lots);
        sums.taker.released += released;
        self.events.order_expired(&taker.facts(), reason, released, 0);
    }

    fn settle(&mut self, taker: &Taker, sums: &Sums) {
        let seat = &self.open.seats[at(taker.seat)];
        let (paying, receiving) = (seat.paying(taker.side), seat.paying(taker.side.opposite()));
        self.ledger.settle(paying, receiving, sums.taker);
        if sums.traded.trades > 0 {
            self.ledger.earn(self.definition.base, sums.base_commission);
            self.ledger.earn(self.definition.quote, sums.quote_commission);
            self.reference.record(self.events.time_us, &sums.traded);
        }
    }
}
