//! Order lists: OCO (one of two), OTO (the second when the first is filled), OTOCO, and OPO, OPOCO (which sell what the
//! first bought). What happens to their orders later is in consequence.rs.

use std::ops::Range;

use crate::checks::Ahead;
use crate::client_order_ids::Parameters;
use crate::command::{CancelList, PlaceList};
use crate::details::{Details, Stage};
use crate::event::ListFacts;
use crate::exchange::Exchange;
use crate::instrument::feature;
use crate::limits::ORDER_LISTS_MAX;
use crate::number::at;
use crate::order::{ExpiryReason, InstrumentStatus, NewOrder, Order, OrderListType, OrderType, Side};
use crate::rejection::Rejection;

pub struct OrderList {
    pub kind: OrderListType,
    pub account: u32,
    pub instrument: u32,
    pub seat: u32,
    pub first_order_id: u64,
    pub leg_count: u8,
    /// Base that the working order bought, locked for the pending ones.
    pub proceeds: i128,
    pub client_id: Vec<u8>,
}

impl OrderListType {
    fn has_working(self) -> bool {
        self != Self::Oco
    }

    fn has_pair(self) -> bool {
        matches!(self, Self::Oco | Self::Otoco | Self::Opoco)
    }

    fn sells_proceeds(self) -> bool {
        matches!(self, Self::Opo | Self::Opoco)
    }

    fn leg_count(self) -> usize {
        2 + usize::from(matches!(self, Self::Otoco | Self::Opoco))
    }
}

impl OrderList {
    pub fn legs(&self) -> Range<u64> {
        self.first_order_id..self.first_order_id + u64::from(self.leg_count)
    }

    pub fn pending_legs(&self) -> Range<u64> {
        self.first_order_id + u64::from(self.kind.has_working())..self.legs().end
    }

    pub fn is_working_leg(&self, order_id: u64) -> bool {
        self.kind.has_working() && order_id == self.first_order_id
    }

    pub fn is_pair_leg(&self, order_id: u64) -> bool {
        self.kind.has_pair() && !self.is_working_leg(order_id)
    }

    /// The other order of its pair.
    pub fn partner(&self, order_id: u64) -> Option<u64> {
        let pair = self.pending_legs();
        self.is_pair_leg(order_id).then(|| pair.start + pair.end - 1 - order_id)
    }

    /// Whether the quantity of this order is what its working order bought.
    pub fn sells_proceeds(&self) -> bool {
        self.kind.sells_proceeds()
    }
}

/// What each order of a list holds: one of a pair in full, the other only what it needs beyond that.
fn pair_holds(kinds: [OrderType; 2], needs: [i128; 2]) -> [i128; 2] {
    if kinds[1] == OrderType::LimitMaker {
        [(needs[0] - needs[1]).max(0), needs[1]]
    } else {
        [needs[0], (needs[1] - needs[0]).max(0)]
    }
}

impl Exchange {
    pub(crate) fn place_list(&mut self, list: &PlaceList) -> Result<(), Rejection> {
        let seat = self.seat(list.account, list.instrument)?;
        if self.answer_repeated_list(list)? {
            return Ok(());
        }
        self.check_list_static(list)?;
        let holds = self.check_list_state(seat, list)?;
        self.accept_list(seat, list, &holds); // from here on nothing can be refused
        Ok(())
    }

    /// True if the list was sent before, and the answer says so.
    fn answer_repeated_list(&mut self, list: &PlaceList) -> Result<bool, Rejection> {
        let named: Vec<&NewOrder> = list.legs.iter().filter(|leg| !leg.client_id.is_empty()).collect();
        let ids = &self.open.client_ids;
        for (position, leg) in named.iter().enumerate() {
            if leg.client_id_reusable {
                if ids.find_open(leg.account, leg.client_id).is_some() {
                    return Err(Rejection::DuplicateClientOrderId);
                }
            } else if let Some(seen) = ids.find_seen(leg.account, leg.client_id, self.time_us) {
                if position != 0 || seen.parameters != Some(Parameters::of_leg(leg, list.bytes)) {
                    return Err(Rejection::DuplicateClientOrderId);
                }
                self.events.order_repeated(seen.order_id, leg, seen.sequence);
                return Ok(true);
            }
            if named[..position].iter().any(|earlier| earlier.client_id == leg.client_id) {
                return Err(Rejection::DuplicateClientOrderId);
            }
        }
        if self.list_client_ids.contains_key(&(list.account, list.client_id.to_vec())) {
            return Err(Rejection::DuplicateListClientOrderId);
        }
        Ok(false)
    }

    fn check_list_static(&self, list: &PlaceList) -> Result<(), Rejection> {
        let listing = &self.listings[at(list.instrument)];
        if listing.status != InstrumentStatus::Trading {
            return Err(Rejection::MarketClosed);
        }
        let (kind, definition) = (list.kind, &listing.definition);
        if kind.has_working() && !definition.has(feature::OTO) {
            return Err(Rejection::OtoNotAllowed);
        }
        if kind.sells_proceeds() && !definition.has(feature::OPO) {
            return Err(Rejection::OpoNotAllowed);
        }
        if kind.has_pair() && !definition.has(feature::OCO) {
            return Err(Rejection::OcoNotAllowed);
        }
        if !are_legs_of(kind, &list.legs) {
            return Err(Rejection::ListLegs);
        }
        for (position, leg) in list.legs.iter().enumerate() {
            let is_sized = position == 0 || !kind.sells_proceeds();
            definition.check(leg, self.time_us, is_sized)?;
            self.check_asset_limits(leg)?;
        }
        Ok(())
    }

    /// What each order will hold.
    fn check_list_state(&mut self, seat: u32, list: &PlaceList) -> Result<Vec<i128>, Rejection> {
        let kind = list.kind;
        self.check_list_prices(list)?;
        self.check_list_counts(seat, list)?;
        let mut ahead = Ahead::default();
        let mut needs = vec![0; list.legs.len()];
        for (position, leg) in list.legs.iter().enumerate() {
            let is_live = position == 0 || !kind.has_working();
            if is_live {
                let price_ticks = self.check_prices(leg)?;
                self.check_counts(seat, leg, leg.quantity_lots, &ahead)?;
                self.check_trigger(leg)?;
                self.check_take(leg, price_ticks)?;
                needs[position] = self.need(leg, leg.quantity_lots, price_ticks);
                if kind.has_working() {
                    self.check_affordable(seat, leg.side, needs[position])?;
                }
            } else {
                self.check_counts(seat, leg, leg.quantity_lots, &ahead)?;
            }
            ahead.add(leg);
        }
        if !kind.has_working() {
            let kinds = [list.legs[0].kind, list.legs[1].kind];
            needs = pair_holds(kinds, [needs[0], needs[1]]).to_vec();
            self.check_affordable(seat, list.legs[0].side, needs.iter().sum())?;
        }
        Ok(needs)
    }

    /// Above the last price stands the one, below it the other.
    fn check_list_prices(&self, list: &PlaceList) -> Result<(), Rejection> {
        if !list.kind.has_pair() {
            return Ok(());
        }
        let pair = &list.legs[list.legs.len() - 2..];
        let [above, below] = [&pair[0], &pair[1]].map(reference_of);
        let last = self.listings[at(list.instrument)].reference.last_price_ticks;
        let is_placed_now = list.kind == OrderListType::Oco && last > 0;
        let is_wrong = matches!((above, below), (Some(above), Some(below)) if above <= below)
            || is_placed_now
                && (above.is_some_and(|above| above <= last) || below.is_some_and(|b| b >= last));
        if is_wrong {
            Err(Rejection::ListPrices)
        } else {
            Ok(())
        }
    }

    fn check_list_counts(&self, seat: u32, list: &PlaceList) -> Result<(), Rejection> {
        let max = self.listings[at(list.instrument)].definition.max_num_order_lists;
        if max != 0 && self.open.seats[at(seat)].open_lists >= max {
            return Err(Rejection::MaxNumOrderLists);
        }
        let max = self.limits.order_lists;
        if max != 0 && self.sum_of_seats(list.account, |seat| seat.open_lists) >= max {
            return Err(Rejection::ExchangeMaxNumOrderLists);
        }
        if self.lists.len() >= ORDER_LISTS_MAX {
            return Err(Rejection::LimitReached);
        }
        Ok(())
    }

    fn accept_list(&mut self, seat: u32, list: &PlaceList, holds: &[i128]) {
        let id = self.enter_list(seat, list);
        let mut numbers = Vec::with_capacity(list.legs.len());
        for (leg, &held) in list.legs.iter().zip(holds) {
            numbers.push(self.enter_leg(seat, id, leg, held, list.bytes));
        }
        if list.kind.has_working() {
            return self.work(numbers[0]);
        }
        for number in numbers {
            self.start_leg(number);
        }
    }

    fn enter_list(&mut self, seat: u32, list: &PlaceList) -> u64 {
        self.last_list_id += 1;
        let id = self.last_list_id;
        let leg_count = u8::try_from(list.legs.len()).expect("at most three");
        let first_order_id = self.last_order_id + 1;
        let &PlaceList { account, instrument, kind, client_id, .. } = list;
        self.events.order_list_placed(&ListFacts {
            list: id,
            account,
            instrument,
            kind,
            first_order_id,
            leg_count,
            client_id,
        });
        let client_id = client_id.to_vec();
        self.add_list(
            id,
            OrderList { kind, account, instrument, seat, first_order_id, leg_count, proceeds: 0, client_id },
        );
        id
    }

    pub(crate) fn add_list(&mut self, id: u64, list: OrderList) {
        self.open.seats[at(list.seat)].open_lists += 1;
        if !list.client_id.is_empty() {
            self.list_client_ids.insert((list.account, list.client_id.clone()), id);
        }
        self.lists.insert(id, list);
    }

    /// One order of a list is the exchange's now; it waits for its turn.
    fn enter_leg(&mut self, seat: u32, list: u64, leg: &NewOrder, held: i128, list_bytes: &[u8]) -> u32 {
        self.last_order_id += 1;
        let id = self.last_order_id;
        let is_pending = self.lists[&list].kind.has_working() && id != self.lists[&list].first_order_id;
        let client_id = self.remember_client_id(leg, id, || Parameters::of_leg(leg, list_bytes));
        self.ledger.hold(self.open.seats[at(seat)].paying(leg.side), held);
        self.events.order_placed(id, leg, leg.quantity_lots, held);
        let instructions = leg.instructions();
        let mut details = Details::new(instructions, leg.time_in_force, list);
        details.held = held;
        details.stage = if is_pending { Stage::Pending } else { Stage::Working };
        let order = Order { client_id, ..self.resting(id, seat, leg, leg.quantity_lots) };
        let number = self.open.add_special(order, details);
        if !is_pending && !leg.kind.is_conditional() {
            self.peg_now(number);
        }
        number
    }

    /// An order of a list starts: a conditional one waits, a pair's limit maker rests.
    fn start_leg(&mut self, number: u32) {
        if self.open.get(number).kind.is_conditional() {
            self.wait(number);
        } else {
            self.rest_special(number);
        }
    }

    /// The working order is filled: the pending ones take its place, all or none.
    pub(crate) fn release(&mut self, list_id: u64) {
        let Some(list) = self.lists.get(&list_id) else { return };
        let (instrument, legs, is_opo) = (list.instrument, list.pending_legs(), list.sells_proceeds());
        if self.listings[at(instrument)].status != InstrumentStatus::Trading {
            self.parked.insert(list_id);
            return;
        }
        let numbers: Vec<u32> = legs.filter_map(|id| self.open.find(id)).collect();
        let proceeds = self.release_proceeds(list_id);
        let checked = if is_opo { self.size_legs(&numbers, proceeds) } else { Ok(()) }
            .and_then(|()| self.check_release(&numbers));
        match checked {
            Ok(holds) => self.activate(&numbers, &holds),
            Err(_) => {
                self.expire_pending(list_id, ExpiryReason::Rejected);
                self.end_list_if_done(list_id);
            }
        }
    }

    /// The orders are for what the working one bought.
    fn size_legs(&mut self, numbers: &[u32], proceeds: i128) -> Result<(), Rejection> {
        for &number in numbers {
            let order = &mut self.open.orders[at(number)];
            let definition = &self.listings[at(self.open.seats[at(order.seat)].instrument)].definition;
            let lots =
                i64::try_from(proceeds / i128::from(definition.base_units_per_lot)).unwrap_or(i64::MAX);
            let step = if order.kind.is_market() { definition.market_step_lots.max(1) } else { 1 };
            order.quantity_lots = lots - lots % step;
            order.remaining_lots = order.quantity_lots;
        }
        for &number in numbers {
            let order = self.open.get(number);
            let definition = &self.listings[at(self.open.seats[at(order.seat)].instrument)].definition;
            let iceberg_lots = self.open.details(order.id).instructions.iceberg_lots;
            definition.check_size(order.kind, order.price_ticks, order.quantity_lots, iceberg_lots)?;
        }
        Ok(())
    }

    /// What each pending order has to hold, if all of them can be placed.
    fn check_release(&mut self, numbers: &[u32]) -> Result<Vec<i128>, Rejection> {
        let mut needs = Vec::new();
        for &number in numbers {
            needs.push(self.check_activation(number)?);
        }
        if let [first, second] = numbers {
            let kinds = [self.open.get(*first).kind, self.open.get(*second).kind];
            needs = pair_holds(kinds, [needs[0], needs[1]]).to_vec();
        }
        let order = self.open.get(numbers[0]);
        self.check_affordable(order.seat, order.side, needs.iter().sum())?;
        Ok(needs)
    }

    fn check_affordable(&self, seat: u32, side: Side, amount: i128) -> Result<(), Rejection> {
        self.ledger.check_free(self.open.seats[at(seat)].paying(side), amount)
    }

    /// What one pending order needs, if its turn has come well.
    fn check_activation(&mut self, number: u32) -> Result<i128, Rejection> {
        let order = *self.open.get(number);
        let seat = self.open.seats[at(order.seat)];
        let details = *self.open.details(order.id);
        let leg = NewOrder {
            account: seat.account,
            instrument: seat.instrument,
            side: order.side,
            kind: order.kind,
            time_in_force: details.time_in_force,
            stp: order.stp,
            client_id_reusable: false,
            price_ticks: order.price_ticks,
            quantity_lots: order.remaining_lots,
            quote_amount: 0,
            client_id: &[],
            instructions: None,
        };
        if order.kind == OrderType::Market {
            self.check_market_quantity(seat.instrument, order.remaining_lots)?;
            return Ok(self.market_hold(order.seat, order.side, order.stp, order.remaining_lots));
        }
        let price_ticks = self.check_prices_with(&leg, &details.instructions)?;
        self.check_trigger_with(&leg, &details.instructions)?;
        self.check_take(&leg, price_ticks)?;
        Ok(self.need_with(&leg, &details.instructions, order.remaining_lots, price_ticks))
    }

    fn activate(&mut self, numbers: &[u32], holds: &[i128]) {
        for (&number, &held) in numbers.iter().zip(holds) {
            let order = *self.open.get(number);
            self.ledger.hold(self.open.seats[at(order.seat)].paying(order.side), held);
            let details = self.open.details_mut(order.id);
            (details.held, details.stage) = (held, Stage::Working);
            let is_now = !order.kind.is_conditional();
            let pegged = if is_now { self.pegged_price_of(number) } else { None };
            if let Some(price_ticks) = pegged {
                self.open.orders[at(number)].price_ticks = price_ticks;
            }
            let facts = self.open.facts(self.open.get(number));
            self.events.order_activated(&facts, held);
            if pegged.is_some() {
                self.tell_peg(number);
            }
        }
        match numbers {
            [single] if !self.open.get(*single).kind.is_conditional() => self.work(*single),
            _ => numbers.iter().for_each(|&number| self.start_leg(number)),
        }
    }

    pub(crate) fn cancel_list(&mut self, cancel: &CancelList) -> Result<(), Rejection> {
        if !self.accounts.contains_key(&cancel.account) {
            return Err(Rejection::UnknownAccount);
        }
        let listing = self.listings.get(at(cancel.instrument)).ok_or(Rejection::UnknownInstrument)?;
        if listing.is_frozen() {
            return Err(Rejection::MarketClosed);
        }
        let by_client_id = || self.list_client_ids.get(&(cancel.account, cancel.client_id.to_vec())).copied();
        let id = if cancel.list == 0 { by_client_id() } else { Some(cancel.list) };
        let found = id.and_then(|id| Some((id, self.lists.get(&id)?)));
        let (id, list) = found.ok_or(Rejection::UnknownOrderList)?;
        if list.account != cancel.account || list.instrument != cancel.instrument {
            return Err(Rejection::UnknownOrderList);
        }
        if cancel.list != 0 && !cancel.client_id.is_empty() && by_client_id() != Some(id) {
            return Err(Rejection::ClientOrderIdMismatch);
        }
        self.cancel_whole_list(id, None, cancel.cancel_id);
        Ok(())
    }
}

/// The price by which a leg of a pair is told to stand above or below.
fn reference_of(leg: &NewOrder) -> Option<i64> {
    let ticks = if leg.kind.is_conditional() { leg.instructions().stop_price_ticks } else { leg.price_ticks };
    (ticks != 0).then_some(ticks)
}

/// Whether these orders make such a list.
fn are_legs_of(kind: OrderListType, legs: &[NewOrder]) -> bool {
    if legs.len() != kind.leg_count() || legs.iter().any(|leg| leg.instructions().good_till_us != 0) {
        return false;
    }
    let works = matches!(legs[0].kind, OrderType::Limit | OrderType::LimitMaker);
    let pending = &legs[usize::from(kind.has_working())..];
    let sells = |leg: &NewOrder| leg.side == Side::Sell && leg.quantity_lots == 0;
    let is_opo = legs[0].side == Side::Buy && pending.iter().all(sells);
    (!kind.has_working() || works)
        && (!kind.sells_proceeds() || is_opo)
        && (!kind.has_pair() || is_pair(&pending[0], &pending[1]))
}

fn is_pair(above: &NewOrder, below: &NewOrder) -> bool {
    use OrderType::{LimitMaker, StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit};
    let stops = |leg: &NewOrder| matches!(leg.kind, StopLoss | StopLossLimit);
    let gains = |leg: &NewOrder| matches!(leg.kind, LimitMaker | TakeProfit | TakeProfitLimit);
    let are_kinds = match above.side {
        Side::Sell => gains(above) && stops(below),
        Side::Buy => stops(above) && gains(below),
    };
    above.side == below.side && above.quantity_lots == below.quantity_lots && are_kinds
}
