//! All open orders: a slab, found by order id, by client order id, and by seat.
//!
//! A *seat* is the place of one account at one instrument: its balances there, and its open orders in the order of
//! their ids. Finding it once tells a command everything about its owner.

use std::collections::{BTreeMap, BTreeSet};

use crate::client_order_ids::ClientOrderIds;
use crate::command::Hint;
use crate::details::Details;
use crate::event::OrderFacts;
use crate::hash_index::{hash_pair, HashIndex};
use crate::limits::OPEN_ORDERS_MAX;
use crate::number::{at, slot};
use crate::order::{Order, Side, NONE};
use crate::order_index::OrderIndex;

#[derive(Clone, Copy)]
pub struct Seat {
    pub account: u32,
    pub instrument: u32,
    /// Numbers of the balances in the ledger.
    pub base: u32,
    pub quote: u32,
    pub commission_tier: u32,
    pub trade_group: u32,
    pub open_orders: u32,
    pub open_algo_orders: u32,
    pub open_iceberg_orders: u32,
    pub open_lists: u32,
    pub open_buy_lots: i64,
    pub first: u32,
    last: u32,
    next_of_account: u32,
}

impl Seat {
    /// The balance an order of this side pays from.
    #[inline]
    pub fn paying(&self, side: Side) -> u32 {
        match side {
            Side::Buy => self.quote,
            Side::Sell => self.base,
        }
    }

    /// What events tell of an order of this seat.
    #[inline(always)]
    pub fn facts(&self, order: &Order) -> OrderFacts {
        OrderFacts {
            order_id: order.id,
            account: self.account,
            instrument: self.instrument,
            side: order.side,
            price_ticks: order.price_ticks,
            remaining_lots: order.remaining_lots,
        }
    }
}

#[derive(Default)]
pub struct OpenOrders {
    pub orders: Vec<Order>,
    free: Vec<u32>,
    by_id: OrderIndex,
    pub seats: Vec<Seat>,
    seat_index: HashIndex,
    pub client_ids: ClientOrderIds,
    /// By order id, of orders that are special.
    pub details: BTreeMap<u64, Details>,
    /// (good till, order id)
    pub expiries: BTreeSet<(u64, u64)>,
}

impl OpenOrders {
    #[inline]
    pub fn get(&self, number: u32) -> &Order {
        &self.orders[at(number)]
    }

    #[inline(always)]
    pub fn find(&self, order_id: u64) -> Option<u32> {
        self.by_id.find(&self.orders, order_id)
    }

    pub fn is_full(&self) -> bool {
        self.len() >= OPEN_ORDERS_MAX
    }

    pub fn len(&self) -> usize {
        self.orders.len() - self.free.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Give an order that is about to rest a slot, and enter it everywhere but in the book.
    #[inline(always)]
    pub fn add(&mut self, order: Order) -> u32 {
        let number = match self.free.pop() {
            Some(number) => {
                self.orders[at(number)] = order;
                number
            }
            None => {
                self.orders.push(order);
                slot(self.orders.len() - 1)
            }
        };
        self.by_id.insert(&self.orders, order.id, number);
        self.enter_seat(number);
        if order.client_id != NONE {
            self.client_ids.open(order.client_id, number);
        }
        number
    }

    #[inline(always)]
    fn enter_seat(&mut self, number: u32) {
        let Order { seat, side, remaining_lots, .. } = self.orders[at(number)];
        let seat = &mut self.seats[at(seat)];
        let last = std::mem::replace(&mut seat.last, number);
        seat.open_orders += 1;
        if side == Side::Buy {
            seat.open_buy_lots += remaining_lots;
        }
        if last == NONE {
            seat.first = number;
        } else {
            self.orders[at(last)].seat_next = number;
        }
        self.orders[at(number)].seat_prev = last;
        self.orders[at(number)].seat_next = NONE;
    }

    /// The same for one that is more than a plain order.
    pub fn add_special(&mut self, order: Order, details: Details) -> u32 {
        let number = self.add(Order { is_special: true, ..order });
        let seat = &mut self.seats[at(order.seat)];
        seat.open_algo_orders += u32::from(order.kind.is_conditional());
        seat.open_iceberg_orders += u32::from(details.instructions.iceberg_lots != 0);
        if order.side == Side::Buy {
            seat.open_buy_lots += details.hidden_lots;
        }
        if details.instructions.good_till_us != 0 {
            self.expiries.insert((details.instructions.good_till_us, order.id));
        }
        self.details.insert(order.id, details);
        number
    }

    /// Make a plain open order a special one.
    pub fn make_special(&mut self, order_id: u64, details: Details) {
        let number = self.find(order_id).expect("an open order is indexed by its id");
        self.orders[at(number)].is_special = true;
        self.details.insert(order_id, details);
    }

    #[cold]
    fn remove_details(&mut self, order: &Order) {
        let details = self.details.remove(&order.id).expect("a special order has details");
        let seat = &mut self.seats[at(order.seat)];
        seat.open_algo_orders -= u32::from(order.kind.is_conditional());
        seat.open_iceberg_orders -= u32::from(details.instructions.iceberg_lots != 0);
        if order.side == Side::Buy {
            seat.open_buy_lots -= details.hidden_lots;
        }
        if details.instructions.good_till_us != 0 {
            self.expiries.remove(&(details.instructions.good_till_us, order.id));
        }
    }

    /// Of a special order.
    pub fn details(&self, order_id: u64) -> &Details {
        self.details.get(&order_id).expect("a special order has details")
    }

    pub fn details_mut(&mut self, order_id: u64) -> &mut Details {
        self.details.get_mut(&order_id).expect("a special order has details")
    }

    /// What an order has left that its level does not show.
    #[inline(always)]
    pub fn hidden_lots(&self, order: &Order) -> i64 {
        if order.is_special {
            self.details(order.id).hidden_lots
        } else {
            0
        }
    }

    /// All that an order has left.
    #[inline(always)]
    pub fn total_lots(&self, order: &Order) -> i64 {
        order.remaining_lots + self.hidden_lots(order)
    }

    /// What events tell of an open order.
    #[inline(always)]
    pub fn facts(&self, order: &Order) -> OrderFacts {
        let seat = &self.seats[at(order.seat)];
        OrderFacts { remaining_lots: self.total_lots(order), ..seat.facts(order) }
    }

    /// Leave every index; the order is off the book already, or is taken off next. Its slot is free afterwards.
    #[inline(always)]
    pub fn remove(&mut self, number: u32) {
        let order = self.orders[at(number)];
        self.by_id.remove(order.id, number);
        if order.is_special {
            self.remove_details(&order);
        }
        let seat = &mut self.seats[at(order.seat)];
        seat.open_orders -= 1;
        if order.side == Side::Buy {
            seat.open_buy_lots -= order.remaining_lots;
        }
        if order.seat_prev == NONE {
            seat.first = order.seat_next;
        }
        if order.seat_next == NONE {
            seat.last = order.seat_prev;
        }
        if order.seat_prev != NONE {
            self.orders[at(order.seat_prev)].seat_next = order.seat_next;
        }
        if order.seat_next != NONE {
            self.orders[at(order.seat_next)].seat_prev = order.seat_prev;
        }
        if order.client_id != NONE {
            self.client_ids.close(order.client_id);
        }
        self.free.push(number);
    }

    /// What an order has left has gone down by this much.
    #[inline]
    pub fn reduce_seat(&mut self, seat: u32, side: Side, lots: i64) {
        if side == Side::Buy {
            self.seats[at(seat)].open_buy_lots -= lots;
        }
    }

    #[inline]
    pub fn find_seat(&self, account: u32, instrument: u32) -> Option<u32> {
        self.seat_index.find(hash_pair(account, instrument), |number| {
            let seat = &self.seats[at(number)];
            seat.account == account && seat.instrument == instrument
        })
    }

    /// Seats of one account are chained from `first_of_account`, the number of its newest.
    pub fn add_seat(&mut self, seat: NewSeat, first_of_account: u32) -> u32 {
        let number = slot(self.seats.len());
        let NewSeat { account, instrument, base, quote, commission_tier, trade_group } = seat;
        self.seats.push(Seat {
            account,
            instrument,
            base,
            quote,
            commission_tier,
            trade_group,
            open_orders: 0,
            open_algo_orders: 0,
            open_iceberg_orders: 0,
            open_lists: 0,
            open_buy_lots: 0,
            first: NONE,
            last: NONE,
            next_of_account: first_of_account,
        });
        self.seat_index.insert(hash_pair(account, instrument), number);
        number
    }

    /// The seats of one account, newest first.
    pub fn seats_of(&self, first_of_account: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = first_of_account;
        std::iter::from_fn(move || {
            let seat = self.seats.get(at(next))?;
            Some(std::mem::replace(&mut next, seat.next_of_account))
        })
    }

    /// The ids of a seat's open orders, ascending.
    pub fn order_ids(&self, seat: u32) -> Vec<u64> {
        let mut ids = Vec::new();
        let mut number = self.seats[at(seat)].first;
        while number != NONE {
            ids.push(self.get(number).id);
            number = self.get(number).seat_next;
        }
        ids
    }

    /// Touch the orders and seats that the next commands will need. Per command its seat and the level of its order,
    /// NONE where there is none yet.
    #[inline]
    pub fn touch<const N: usize>(&self, hints: &[Hint; N]) -> [Touched; N] {
        let numbers = hints.map(|hint| match hint.order_id {
            0 => self.seat_index.guess(hash_pair(hint.account, hint.instrument)),
            order_id => self.by_id.guess(order_id),
        });
        let mut touched = numbers.map(|seat| Touched { seat, side: Side::Buy, level: NONE });
        for (touched, _) in touched.iter_mut().zip(hints).filter(|(_, hint)| hint.order_id != 0) {
            let order = self.orders.get(at(touched.seat));
            let none = Touched { seat: NONE, ..*touched };
            *touched = order.map_or(none, |o| Touched { seat: o.seat, side: o.side, level: o.level });
        }
        touched
    }
}

/// What `touch` found on the way.
#[derive(Clone, Copy)]
pub struct Touched {
    pub seat: u32,
    pub side: Side,
    pub level: u32,
}

pub struct NewSeat {
    pub account: u32,
    pub instrument: u32,
    pub base: u32,
    pub quote: u32,
    pub commission_tier: u32,
    pub trade_group: u32,
}
