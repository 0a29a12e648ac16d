//! The life of an order: check, hold, match, settle, release. READ SECOND.

use crate::checks::{Intent, Novelty};
use crate::client_order_ids::{Parameters, Use};
use crate::consequence::{Fate, Mark};
use crate::details::{Details, Stage};
use crate::event::{OrderFacts, ORDER_PEGGED};
use crate::exchange::{Exchange, Listing};
use crate::matching::{Matching, Met, Taker};
use crate::number::at;
use crate::order::{ExpiryReason, NewOrder, Order, Side, TimeInForce, NONE};
use crate::reference_price::{Band, Traded};
use crate::rejection::Rejection;

impl Exchange {
    /// A refused order is an event of its own, with all that was asked for.
    #[inline]
    pub(crate) fn place_order(&mut self, order: &NewOrder) -> Result<(), Rejection> {
        if let Err(rejection) = self.place(order) {
            self.events.order_rejected(order, rejection);
        }
        Ok(())
    }

    #[inline(always)]
    fn place(&mut self, order: &NewOrder) -> Result<(), Rejection> {
        let seat = self.seat(order.account, order.instrument)?;
        if self.check_new(order)? == Novelty::Repeated {
            return Ok(());
        }
        self.check_static(order)?;
        let intent = self.check_state(seat, order)?;
        self.accept(seat, order, intent); // from here on nothing can be refused
        Ok(())
    }

    /// The order is the exchange's now: hold, match, then rest or expire what is left.
    #[inline(always)]
    pub(crate) fn accept(&mut self, seat: u32, order: &NewOrder, intent: Intent) {
        self.last_order_id += 1;
        let order_id = self.last_order_id;
        let client_id = self.remember_client_id(order, order_id, || Parameters::of_order(order));
        let paying = self.open.seats[at(seat)].paying(order.side);
        self.ledger.hold(paying, intent.held);
        self.events.order_placed(order_id, order, intent.lots, intent.held);
        if order.instructions.is_some_and(|_| order.instructions().are_special()) {
            let placed = Order { client_id, ..self.resting(order_id, seat, order, intent.lots) };
            return self.accept_special(&placed, order, intent);
        }
        if self.rests_at_once(order) {
            return self.rest(client_id, &self.resting(order_id, seat, order, intent.lots), order);
        }
        let placed = self.resting(order_id, seat, order, intent.lots);
        let limit_ticks = (!order.kind.is_market()).then_some(order.price_ticks);
        let mut taker = self.taker(&placed, limit_ticks, intent.range);
        let (rests, met) = self.meet(&mut taker, order.time_in_force);
        if rests {
            let left = Order { remaining_lots: taker.remaining_lots, ..placed };
            self.rest(client_id, &left, order);
        }
        if let Some(met) = met {
            self.aftermath(order.instrument, &met.traded);
        }
    }

    /// A limit that nothing on the other side meets: the way of most orders.
    #[inline(always)]
    fn rests_at_once(&self, order: &NewOrder) -> bool {
        let book = &self.listings[at(order.instrument)].book;
        order.time_in_force == TimeInForce::Gtc
            && !order.kind.is_market()
            && !book.crosses(order.side, order.price_ticks)
    }

    #[inline(always)]
    fn rest(&mut self, client_id: u32, left: &Order, order: &NewOrder) {
        let number = self.open.add(Order { client_id, ..*left });
        let book = &mut self.listings[at(order.instrument)].book;
        book.rest(&mut self.open.orders, number);
        let update_id = book.next_update_id();
        let facts = OrderFacts {
            order_id: left.id,
            account: order.account,
            instrument: order.instrument,
            side: order.side,
            price_ticks: order.price_ticks,
            remaining_lots: left.remaining_lots,
        };
        self.events.order_rested(&facts, update_id, left.remaining_lots);
    }

    /// One that waits for a price, shows only a part, takes its price from the book or has an end.
    #[inline(never)]
    fn accept_special(&mut self, placed: &Order, order: &NewOrder, intent: Intent) {
        let mut details = Details::new(order.instructions(), order.time_in_force, 0);
        details.held = intent.held;
        let number = self.open.add_special(*placed, details);
        if order.kind.is_conditional() {
            return self.wait(number);
        }
        if details.instructions.is_pegged() {
            self.open.orders[at(number)].price_ticks = intent.price_ticks;
            self.tell_peg(number);
        }
        self.work(number);
    }

    /// An order as it is before it has met the book.
    #[inline(always)]
    pub(crate) fn resting(&self, id: u64, seat: u32, order: &NewOrder, lots: i64) -> Order {
        Order {
            id,
            price_ticks: order.price_ticks,
            quantity_lots: lots,
            remaining_lots: lots,
            level: NONE,
            next: NONE,
            prev: NONE,
            seat,
            seat_next: NONE,
            seat_prev: NONE,
            client_id: NONE,
            side: order.side,
            kind: order.kind,
            stp: order.stp,
            is_special: false,
        }
    }

    fn taker(&self, order: &Order, limit_ticks: Option<i64>, range: Band) -> Taker {
        let seat = &self.open.seats[at(order.seat)];
        Taker {
            order_id: order.id,
            account: seat.account,
            instrument: seat.instrument,
            seat: order.seat,
            side: order.side,
            stp: order.stp,
            trade_group: seat.trade_group,
            limit_ticks,
            range,
            remaining_lots: order.remaining_lots,
        }
    }

    /// An order meets the book. Whether some of it is left to rest (what cannot rest has expired), and how it met it.
    #[inline(always)]
    fn meet(&mut self, taker: &mut Taker, time_in_force: TimeInForce) -> (bool, Option<Met>) {
        if time_in_force == TimeInForce::Fok && !self.can_fill(taker) {
            self.expire(taker, ExpiryReason::UnfilledFokOrder);
            return (false, None);
        }
        let listing = &self.listings[at(taker.instrument)];
        let meets = match taker.limit_ticks {
            Some(limit) => listing.book.crosses(taker.side, limit) && listing.matches(),
            None => true,
        };
        let met = meets.then(|| self.matching(taker.instrument).run(taker));
        if taker.remaining_lots == 0 || met.as_ref().is_some_and(|met| met.has_ended) {
            return (false, met);
        }
        let reason = match (taker.limit_ticks, time_in_force) {
            (None, _) => ExpiryReason::InsufficientLiquidity,
            (_, TimeInForce::Ioc) => ExpiryReason::UnfilledIocQuantity,
            _ => return (true, met),
        };
        self.expire(taker, reason);
        (false, met)
    }

    fn can_fill(&self, taker: &Taker) -> bool {
        let liquidity = self.liquidity(taker.seat, taker.side, taker.stp, taker.range);
        liquidity.can_fill(taker.limit_ticks.expect("FOK has a limit"), taker.remaining_lots)
    }

    /// An order that has a slot already meets the book: one that was triggered, is of a list, or is special otherwise.
    pub(crate) fn work(&mut self, number: u32) {
        let order = *self.open.get(number);
        let details = *self.open.details(order.id);
        self.open.details_mut(order.id).stage = Stage::Working;
        let instrument = self.open.seats[at(order.seat)].instrument;
        let range = self.range(instrument, order.side);
        let limit_ticks = (!order.kind.is_market()).then_some(order.price_ticks);
        let mut taker = self.taker(&order, limit_ticks, range);
        let (rests, met) = self.meet(&mut taker, details.time_in_force);
        let met = met.unwrap_or_default();
        self.open.reduce_seat(order.seat, order.side, order.remaining_lots - taker.remaining_lots);
        self.open.orders[at(number)].remaining_lots = taker.remaining_lots;
        if rests {
            self.rest_special(number);
        } else {
            self.open.remove(number);
        }
        if details.list != 0 {
            self.mark_taker(details.list, &order, rests, &taker, &met);
        }
        self.aftermath(instrument, &met.traded);
    }

    /// What its way through the book means for its list.
    fn mark_taker(&mut self, list: u64, order: &Order, rests: bool, taker: &Taker, met: &Met) {
        let mut mark = |fate| self.marks.push(Mark { list, order_id: order.id, fate });
        if met.traded.trades > 0 {
            let received = if order.side == Side::Buy { met.received } else { 0 };
            mark(Fate::Traded { received });
        }
        if !rests {
            let is_filled = taker.remaining_lots == 0 && !met.has_ended;
            mark(if is_filled { Fate::Filled } else { Fate::Expired });
        }
    }

    /// Put what is left of a special order on the book: of an iceberg, its visible part.
    pub(crate) fn rest_special(&mut self, number: u32) {
        let order = *self.open.get(number);
        let details = self.open.details_mut(order.id);
        details.stage = Stage::Working;
        let iceberg_lots = details.instructions.iceberg_lots;
        let visible_lots =
            if iceberg_lots == 0 { order.remaining_lots } else { order.remaining_lots.min(iceberg_lots) };
        details.hidden_lots = order.remaining_lots - visible_lots;
        let is_hiding = details.hidden_lots > 0;
        self.open.orders[at(number)].remaining_lots = visible_lots;
        let instrument = self.open.seats[at(order.seat)].instrument;
        let book = &mut self.listings[at(instrument)].book;
        book.icebergs[order.side.index()] += u32::from(is_hiding);
        book.rest(&mut self.open.orders, number);
        let update_id = book.next_update_id();
        let facts = self.open.facts(self.open.get(number));
        self.events.order_rested(&facts, update_id, visible_lots);
    }

    /// A conditional order waits for its price from now on.
    pub(crate) fn wait(&mut self, number: u32) {
        let order = *self.open.get(number);
        let instrument = self.open.seats[at(order.seat)].instrument;
        let instructions = self.open.details(order.id).instructions;
        let hold_price_ticks = self.hold_price(instrument, order.side, order.price_ticks, &instructions);
        let listing = &mut self.listings[at(instrument)];
        let last = listing.reference.last_price_ticks;
        let details = self.open.details_mut(order.id);
        details.hold_price_ticks = hold_price_ticks;
        if instructions.trailing_delta != 0 && instructions.stop_price_ticks == 0 {
            details.extreme_ticks = last;
        }
        listing.triggers.add(&mut self.open, number);
    }

    /// Give an order of a list its price from the book, and tell it. It was checked that there is one.
    pub(crate) fn peg_now(&mut self, number: u32) {
        if let Some(price_ticks) = self.pegged_price_of(number) {
            self.open.orders[at(number)].price_ticks = price_ticks;
            self.tell_peg(number);
        }
    }

    pub(crate) fn pegged_price_of(&self, number: u32) -> Option<i64> {
        let order = self.open.get(number);
        let instrument = self.open.seats[at(order.seat)].instrument;
        let instructions = &self.open.details(order.id).instructions;
        self.peg_price(instrument, order.side, instructions).ok().flatten()
    }

    /// Tell the price of a pegged order.
    pub(crate) fn tell_peg(&mut self, number: u32) {
        let order = *self.open.get(number);
        if self.open.details(order.id).instructions.is_pegged() {
            self.events.order_priced(ORDER_PEGGED, &self.open.facts(&order));
        }
    }

    /// What follows from the trades of one order: for lists, and for orders that wait for a price.
    #[inline(always)]
    pub(crate) fn aftermath(&mut self, instrument: u32, traded: &Traded) {
        if !self.marks.is_empty() {
            self.conclude_marks();
        }
        if traded.trades > 0 && !self.listings[at(instrument)].triggers.is_idle() {
            self.observe(instrument, traded);
        }
    }

    #[inline(always)]
    pub(crate) fn remember_client_id(
        &mut self,
        order: &NewOrder,
        order_id: u64,
        parameters: impl FnOnce() -> Parameters,
    ) -> u32 {
        if order.client_id.is_empty() {
            return NONE;
        }
        self.remember(order, order_id, parameters())
    }

    #[inline(never)]
    fn remember(&mut self, order: &NewOrder, order_id: u64, parameters: Parameters) -> u32 {
        self.open.client_ids.remember(&Use {
            account: order.account,
            text: order.client_id,
            parameters: Some(parameters),
            order_id,
            sequence: self.sequence,
            now_us: self.time_us,
        })
    }

    #[inline]
    pub(crate) fn matching(&mut self, instrument: u32) -> Matching<'_> {
        let Listing { definition, rates, reference, book, triggers, .. } = &mut self.listings[at(instrument)];
        let is_followed = !triggers.trailing.is_empty();
        if is_followed {
            self.path.clear();
        }
        Matching {
            definition,
            rates,
            book,
            reference,
            open: &mut self.open,
            ledger: &mut self.ledger,
            events: &mut self.events,
            marks: &mut self.marks,
            path: is_followed.then_some(&mut self.path),
        }
    }

    /// End an order that is not resting: what it still holds goes back.
    fn expire(&mut self, taker: &Taker, reason: ExpiryReason) {
        let definition = &self.listings[at(taker.instrument)].definition;
        let released = taker.hold(definition, taker.remaining_lots);
        let paying = self.open.seats[at(taker.seat)].paying(taker.side);
        self.ledger.release(paying, released);
        self.events.order_expired(&taker.facts(), reason, released, 0);
    }
}
