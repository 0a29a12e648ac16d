//! The machine. READ FIRST: `apply` takes commands in and gives events out, and nothing else goes in or out.
//!
//! A command is stamped with its sequence and time before it gets here. It is checked completely before anything
//! changes, and a refusal is an event too. The flow of an order is in trading.rs: check, hold, match, settle, release.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::auction::Opening;
use crate::book::Book;
use crate::command::{self, AdvanceTime, CommandFrame, ExchangeLimits, MalformedBatch, Refusable};
use crate::command_ids::CommandIds;
use crate::commission::RateTable;
use crate::consequence::Mark;
use crate::event::{Events, Refused};
use crate::follow_up::Due;
use crate::instrument::Definition;
use crate::ledger::Ledger;
use crate::number::at;
use crate::open_orders::{OpenOrders, Touched};
use crate::order::{InstrumentStatus, Order, Side, NONE};
use crate::order_list::OrderList;
use crate::reference_price::ReferencePrice;
use crate::rejection::Rejection;
use crate::trigger::Triggers;

/// Accounts that are not a user's, in lists of balances.
pub const EXTERNAL: u32 = 0;
pub const COMMISSION: u32 = u32::MAX;

/// Commands whose memory is touched ahead of their turn.
const LOOK_AHEAD: usize = 16;
/// A batch of one or two has nothing to look ahead to.
const LOOK_AHEAD_BYTES_MIN: usize = 256;
/// So many open orders, and all that belongs to them, are in the cache anyway.
const CACHED_ORDERS_MAX: usize = 8_192;

pub struct Asset {
    pub decimals: u8,
    pub symbol: Vec<u8>,
    /// The most that one order may move of it; 0: no limit.
    pub limit: i128,
}

/// An instrument with everything that belongs to it.
pub struct Listing {
    pub definition: Definition,
    pub status: InstrumentStatus,
    pub rates: RateTable,
    pub reference: ReferencePrice,
    pub book: Book,
    pub triggers: Box<Triggers>,
    /// The auction that is being traded through.
    pub opening: Option<Opening>,
    /// MAX_ASSET of base and quote, 0 where none; None where neither has one.
    pub asset_limits: Option<(i128, i128)>,
}

impl Listing {
    /// Whether orders that cross trade at once.
    #[inline(always)]
    pub fn matches(&self) -> bool {
        self.status == InstrumentStatus::Trading
    }
}

#[derive(Clone, Copy)]
pub struct Account {
    pub commission_tier: u32,
    /// Accounts of one group do not trade with one another; 0: in none.
    pub trade_group: u32,
    /// Newest of its seats, or NONE.
    pub first_seat: u32,
}

impl Account {
    pub fn new(commission_tier: u32, trade_group: u32) -> Self {
        Self { commission_tier, trade_group, first_seat: NONE }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Withdrawal {
    pub account: u32,
    pub asset: u32,
    pub amount: i128,
}

#[derive(Default)]
pub struct Exchange {
    pub(crate) sequence: u64,
    pub(crate) time_us: u64,
    pub(crate) last_order_id: u64,
    pub(crate) assets: Vec<Asset>,
    pub(crate) listings: Vec<Listing>,
    pub(crate) accounts: BTreeMap<u32, Account>,
    pub(crate) limits: ExchangeLimits,
    pub(crate) lists: BTreeMap<u64, OrderList>,
    /// Of open lists.
    pub(crate) list_client_ids: BTreeMap<(u32, Vec<u8>), u64>,
    pub(crate) last_list_id: u64,
    pub(crate) due: VecDeque<Due>,
    /// Lists whose pending orders are due once their instrument trades again.
    pub(crate) parked: BTreeSet<u64>,
    /// What one command remembers while it is applied.
    pub(crate) marks: Vec<Mark>,
    pub(crate) path: Vec<i64>,
    pub(crate) withdrawals: BTreeMap<u64, Withdrawal>,
    pub(crate) ledger: Ledger,
    pub(crate) open: OpenOrders,
    pub(crate) command_ids: CommandIds,
    pub(crate) events: Events,
}

/// Why a batch was not applied at all.
#[derive(Debug, PartialEq, Eq)]
pub enum Unapplied {
    Malformed(MalformedBatch),
    /// The batch does not follow on the last command.
    Gap {
        expected: u64,
    },
}

impl Exchange {
    /// Apply command frames (command.rs), stamped `first_sequence`, +1, ... and `time_us`; the events are in `events()`.
    pub fn apply(&mut self, first_sequence: u64, time_us: u64, batch: &[u8]) -> Result<(), Unapplied> {
        if first_sequence != self.sequence + 1 {
            return Err(Unapplied::Gap { expected: self.sequence + 1 });
        }
        command::check_framing(batch).map_err(Unapplied::Malformed)?;
        self.time_us = self.time_us.max(time_us);
        self.events.bytes.clear();
        let mut ahead = 0;
        let looks_ahead = batch.len() > LOOK_AHEAD_BYTES_MIN && self.open.len() > CACHED_ORDERS_MAX;
        for (position, frame) in command::frames(batch).enumerate() {
            if looks_ahead && position % LOOK_AHEAD == 0 {
                ahead = self.touch(batch, ahead);
            }
            self.sequence += 1;
            self.events.begin(self.sequence, self.time_us);
            self.apply_frame(&frame);
            if !self.due.is_empty() {
                self.follow_up();
            }
            assert!(self.events.count() > 0, "every command has an outcome");
        }
        Ok(())
    }

    /// The event frames of the last batch.
    pub fn events(&self) -> &[u8] {
        &self.events.bytes
    }

    /// Sequence of the last command applied.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    pub fn time_us(&self) -> u64 {
        self.time_us
    }

    /// (account, asset, free, locked) of all that is not zero: users, external (account 0) and commission (2^32 - 1).
    pub fn balance_rows(&self) -> Vec<(u32, u32, i128, i128)> {
        let totals = (0..).zip(self.ledger.totals());
        let (mut outside, mut earned) = (Vec::new(), Vec::new());
        for (asset, (commission, external)) in totals {
            outside.push((EXTERNAL, asset, external, 0));
            earned.push((COMMISSION, asset, commission, 0));
        }
        let users = self.ledger.rows().into_iter();
        let users = users.map(|(account, asset, balance)| (account, asset, balance.free, balance.locked));
        let rows = outside.into_iter().chain(users).chain(earned);
        rows.filter(|&(_, _, free, locked)| free != 0 || locked != 0).collect()
    }

    /// An open order, without looking at whose it is.
    pub fn open_order(&self, order_id: u64) -> Option<Order> {
        self.open.find(order_id).map(|number| *self.open.get(number))
    }

    /// (order, account) of one side of one book, in the order in which they would trade; all that an iceberg has left.
    pub fn queue(&self, instrument: u32, side: Side) -> Vec<(Order, u32)> {
        let Some(listing) = self.listings.get(at(instrument)) else { return Vec::new() };
        let orders = listing.book.queue(&self.open.orders, side);
        let whole = |order: &Order| Order { remaining_lots: self.open.total_lots(order), ..*order };
        orders.map(|order| (whole(order), self.open.seats[at(order.seat)].account)).collect()
    }

    /// Loads that do not wait for one another: the misses of several commands overlap.
    #[inline]
    fn touch(&self, batch: &[u8], from: usize) -> usize {
        let (hints, next) = command::hints::<LOOK_AHEAD>(batch, from);
        let touched = self.open.touch(&hints);
        std::hint::black_box(touched.iter().fold(0, |sum, &touched| sum ^ self.touch_rest(touched)));
        next
    }

    #[inline]
    fn touch_rest(&self, touched: Touched) -> i128 {
        let Some(seat) = self.open.seats.get(at(touched.seat)) else { return 0 };
        let ladder = self.listings[at(seat.instrument)].book.ladder(touched.side);
        let balances = self.ledger.balance(seat.base).free ^ self.ledger.balance(seat.quote).free;
        balances ^ i128::from(ladder.touch(touched.level))
    }

    #[inline(always)]
    fn apply_frame(&mut self, frame: &CommandFrame) {
        match frame.kind {
            command::PLACE_ORDER => self.take(frame, frame.place_order(), Self::place_order),
            command::CANCEL_ORDER => self.take(frame, frame.cancel_order(), Self::cancel_order),
            command::REPLACE_ORDER => self.take(frame, frame.replace_order(), Self::replace_order),
            command::AMEND_ORDER => self.take(frame, frame.amend_order(), Self::amend_order),
            command::CANCEL_ALL_ORDERS => self.take(frame, frame.cancel_all(), Self::cancel_all),
            command::PLACE_ORDER_LIST => self.take(frame, frame.place_list(), Self::place_list),
            command::CANCEL_ORDER_LIST => self.take(frame, frame.cancel_list(), Self::cancel_list),
            command::ADVANCE_TIME => self.take(frame, Some(AdvanceTime), Self::advance_time),
            _ => self.take(frame, frame.administration(), Self::administer),
        }
    }

    /// One command: refused if it cannot be read or was seen before, else acted on.
    #[inline(always)]
    fn take<'a, C: Refusable<'a>>(
        &mut self,
        frame: &CommandFrame<'a>,
        command: Option<C>,
        act: impl FnOnce(&mut Self, &C) -> Result<(), Rejection>,
    ) {
        let is_new = self.command_ids.is_new(frame.origin, frame.number, self.sequence);
        let outcome = match &command {
            None => Err(Rejection::Malformed),
            Some(_) if !is_new => Err(Rejection::DuplicateCommand),
            Some(command) => act(self, command),
        };
        if let Err(rejection) = outcome {
            self.refuse(frame.kind, command.map(|command| command.refused()), rejection);
        }
    }

    #[cold]
    fn refuse(&mut self, command_kind: u8, refused: Option<Refused>, rejection: Rejection) {
        let refused = Refused { command_kind, ..refused.unwrap_or_default() };
        self.events.command_rejected(rejection, &refused);
    }
}
