//! Orders and order lists in a snapshot (snapshot.rs).

use crate::bytes::{Reader, Writer};
use crate::details::{Details, Stage};
use crate::exchange::{Exchange, Listing};
use crate::follow_up::Due;
use crate::instructions::Instructions;
use crate::number::at;
use crate::order::{Order, OrderListType, OrderType, PegPriceType, Side, StpMode, TimeInForce, NONE};
use crate::order_list::OrderList;
use crate::trigger::Direction;

/// An order as a snapshot has it.
#[derive(Clone, Copy)]
pub struct Kept {
    instrument: u32,
    account: u32,
    /// Without its places.
    order: Order,
    /// Where it stands in a ladder of triggers.
    trigger_ticks: i64,
    details: Option<Details>,
}

impl Exchange {
    /// By instrument, the orders that stand in no ladder: trailing and pending ones, by id.
    pub(crate) fn orders_aside(&self) -> Vec<Vec<&Order>> {
        let mut aside = vec![Vec::new(); self.listings.len()];
        for (&id, details) in &self.open.details {
            if matches!(details.stage, Stage::Trailing | Stage::Pending) {
                let order = self.open.get(self.open.find(id).expect("an open order is indexed by its id"));
                aside[at(self.open.seats[at(order.seat)].instrument)].push(order);
            }
        }
        aside
    }

    /// Enter the orders by id, so that seats list them as before, and queue them as they stood.
    pub(crate) fn place_again(&mut self, orders: &[Kept]) -> Option<()> {
        let mut by_id: Vec<usize> = (0..orders.len()).collect();
        by_id.sort_unstable_by_key(|&i| orders[i].order.id);
        let mut numbers = vec![NONE; orders.len()];
        for i in by_id {
            let Kept { instrument, account, order, details, .. } = orders[i];
            let order = Order { seat: self.seat(account, instrument).ok()?, ..order };
            numbers[i] = match details {
                Some(details) => self.open.add_special(order, details),
                None => self.open.add(order),
            };
        }
        for (&number, kept) in numbers.iter().zip(orders) {
            let Listing { book, triggers, .. } = &mut self.listings[at(kept.instrument)];
            match kept.details.map_or(Stage::Working, |details| details.stage) {
                Stage::Working => {
                    let is_hiding = kept.details.is_some_and(|details| details.hidden_lots > 0);
                    book.icebergs[kept.order.side.index()] += u32::from(is_hiding);
                    book.rest(&mut self.open.orders, number);
                }
                Stage::Waiting => triggers.restore(&mut self.open, number, kept.trigger_ticks),
                Stage::Trailing => triggers.trailing.push(kept.order.id),
                Stage::Pending => {}
            }
        }
        Some(())
    }

    pub(crate) fn write_order(&self, order: &Order, trigger_ticks: i64, w: &mut Writer) {
        w.u64(order.id);
        w.u32(self.open.seats[at(order.seat)].account);
        w.i64(order.price_ticks);
        w.i64(order.quantity_lots);
        w.i64(order.remaining_lots);
        w.u8(order.side.byte());
        w.u8(order.kind.byte());
        w.u8(order.stp.byte());
        w.u8(u8::from(order.is_special));
        if order.is_special {
            w.i64(trigger_ticks);
            write_details(self.open.details(order.id), w);
        }
    }

    pub(crate) fn write_lists(&self, w: &mut Writer) {
        w.u64(self.last_list_id);
        w.count(self.lists.len());
        for (&id, list) in &self.lists {
            w.u64(id);
            w.u8(list.kind.byte());
            w.u32(list.account);
            w.u32(list.instrument);
            w.u64(list.first_order_id);
            w.u8(list.leg_count);
            w.i128(list.proceeds);
            w.text(&list.client_id);
        }
        w.count(self.parked.len());
        self.parked.iter().for_each(|&list| w.u64(list));
        w.count(self.due.len());
        for due in &self.due {
            let (kind, what) = match *due {
                Due::Sweep { instrument, direction: Direction::Rise } => (0, u64::from(instrument)),
                Due::Sweep { instrument, direction: Direction::Fall } => (1, u64::from(instrument)),
                Due::Release { list } => (2, list),
                Due::Open { instrument } => (3, u64::from(instrument)),
            };
            w.u8(kind);
            w.u64(what);
        }
    }

    pub(crate) fn read_lists(&mut self, r: &mut Reader) -> Option<()> {
        self.last_list_id = r.u64()?;
        for _ in 0..r.count()? {
            let (id, kind) = (r.u64()?, OrderListType::from_byte(r.u8()?)?);
            let (account, instrument) = (r.u32()?, r.u32()?);
            let seat = self.seat(account, instrument).ok()?;
            let (first_order_id, leg_count) = (r.u64()?, r.u8()?);
            let (proceeds, client_id) = (r.i128()?, r.text()?.to_vec());
            let list =
                OrderList { kind, account, instrument, seat, first_order_id, leg_count, proceeds, client_id };
            self.add_list(id, list);
        }
        for _ in 0..r.count()? {
            self.parked.insert(r.u64()?);
        }
        for _ in 0..r.count()? {
            let (kind, what) = (r.u8()?, r.u64()?);
            let instrument = u32::try_from(what);
            self.due.push_back(match kind {
                0 => Due::Sweep { instrument: instrument.ok()?, direction: Direction::Rise },
                1 => Due::Sweep { instrument: instrument.ok()?, direction: Direction::Fall },
                2 => Due::Release { list: what },
                3 => Due::Open { instrument: instrument.ok()? },
                _ => return None,
            });
        }
        Some(())
    }
}

pub fn read_orders(instrument: u32, orders: &mut Vec<Kept>, r: &mut Reader) -> Option<()> {
    for _ in 0..r.count()? {
        let (id, account) = (r.u64()?, r.u32()?);
        let order = Order {
            id,
            price_ticks: r.i64()?,
            quantity_lots: r.i64()?,
            remaining_lots: r.i64()?,
            level: NONE,
            next: NONE,
            prev: NONE,
            seat: NONE,
            seat_next: NONE,
            seat_prev: NONE,
            client_id: NONE,
            side: Side::from_byte(r.u8()?)?,
            kind: OrderType::from_byte(r.u8()?)?,
            stp: StpMode::from_byte(r.u8()?)?,
            is_special: r.u8()? == 1,
        };
        let (trigger_ticks, details) =
            if order.is_special { (r.i64()?, Some(read_details(r)?)) } else { (0, None) };
        orders.push(Kept { instrument, account, order, trigger_ticks, details });
    }
    Some(())
}

fn write_details(details: &Details, w: &mut Writer) {
    let i = &details.instructions;
    w.i64(i.stop_price_ticks);
    w.u32(i.trailing_delta);
    w.i64(i.iceberg_lots);
    w.u8(i.peg_price_type.byte());
    w.u8(i.peg_offset);
    w.u64(i.good_till_us);
    w.u8(details.time_in_force.byte());
    w.u8(details.stage.byte());
    w.i128(details.held);
    w.i64(details.hold_price_ticks);
    w.i64(details.extreme_ticks);
    w.i64(details.hidden_lots);
    w.u32(details.amends);
    w.u64(details.list);
}

fn read_details(r: &mut Reader) -> Option<Details> {
    let instructions = Instructions {
        stop_price_ticks: r.i64()?,
        trailing_delta: r.u32()?,
        iceberg_lots: r.i64()?,
        peg_price_type: PegPriceType::from_byte(r.u8()?)?,
        peg_offset: r.u8()?,
        good_till_us: r.u64()?,
    };
    Some(Details {
        instructions,
        time_in_force: TimeInForce::from_byte(r.u8()?)?,
        stage: Stage::from_byte(r.u8()?)?,
        held: r.i128()?,
        hold_price_ticks: r.i64()?,
        extreme_ticks: r.i64()?,
        hidden_lots: r.i64()?,
        amends: r.u32()?,
        list: r.u64()?,
    })
}
