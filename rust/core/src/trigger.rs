//! Orders that wait for a price: two ladders by stop price, and the trailing ones.
//!
//! A trade at a price sets the bounds up to which the ladders are swept. Sweeping itself is a follow-up (follow_up.rs),
//! so that a crowd of stops at one price cannot hold up a command.

use crate::book::{join, leave};
use crate::details::Stage;
use crate::event::{Events, TRAILING_STARTED};
use crate::ladder::Ladder;
use crate::limits::PERCENT_SCALE;
use crate::open_orders::OpenOrders;
use crate::order::{Order, Side};

/// Which way the price must go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Rise,
    Fall,
}

impl Direction {
    pub const BOTH: [Self; 2] = [Self::Rise, Self::Fall];

    pub fn of(rises: bool) -> Self {
        if rises {
            Self::Rise
        } else {
            Self::Fall
        }
    }

    /// Whether a price is at a stop, or beyond it.
    pub fn meets(self, price_ticks: i64, stop_ticks: i64) -> bool {
        match self {
            Self::Rise => price_ticks >= stop_ticks,
            Self::Fall => price_ticks <= stop_ticks,
        }
    }

    pub fn index(self) -> usize {
        usize::from(self == Self::Fall)
    }
}

pub struct Triggers {
    ladders: [Ladder; 2],
    /// Order ids, ascending.
    pub trailing: Vec<u64>,
    /// Highest and lowest price still to be swept, 0 where none.
    pub bounds: [i64; 2],
}

impl Default for Triggers {
    fn default() -> Self {
        Self {
            ladders: [Ladder::new(Side::Sell), Ladder::new(Side::Buy)],
            trailing: Vec::new(),
            bounds: [0; 2],
        }
    }
}

/// Where a trailing order triggers now.
pub fn trailing_trigger(side: Side, extreme_ticks: i64, delta: u32, max_price_ticks: i64) -> i64 {
    let (scale, delta) = (i128::from(PERCENT_SCALE), i128::from(delta));
    let extreme = i128::from(extreme_ticks);
    let ticks = match side {
        Side::Buy => (extreme * (scale + delta) + scale - 1) / scale,
        Side::Sell => extreme * (scale - delta) / scale,
    };
    i64::try_from(ticks).unwrap_or(max_price_ticks).clamp(1, max_price_ticks)
}

/// The direction in which a trailing order triggers, whatever it waited for before it started to follow.
fn trailing_direction(side: Side) -> Direction {
    Direction::of(side == Side::Buy)
}

impl Triggers {
    #[inline(always)]
    pub fn is_idle(&self) -> bool {
        self.ladders[0].best().is_none() && self.ladders[1].best().is_none() && self.trailing.is_empty()
    }

    pub fn ladder(&self, direction: Direction) -> &Ladder {
        &self.ladders[direction.index()]
    }

    /// Whether this price, or one that is still being swept, meets the stop.
    pub fn would_trigger(&self, direction: Direction, stop_ticks: i64, last_ticks: i64) -> bool {
        let bound = self.bounds[direction.index()];
        (last_ticks > 0 && direction.meets(last_ticks, stop_ticks))
            || (bound > 0 && direction.meets(bound, stop_ticks))
    }

    /// The order that fires next in this direction, if the bound reaches it.
    pub fn due(&self, direction: Direction) -> Option<u32> {
        let bound = self.bounds[direction.index()];
        let ladder = self.ladder(direction);
        let level = ladder.level(ladder.best()?);
        (bound > 0 && direction.meets(bound, level.price_ticks)).then_some(level.head)
    }

    /// Enter an order that waits: a trailing one among those, any other by its stop price.
    pub fn add(&mut self, open: &mut OpenOrders, number: u32) {
        let order = *open.get(number);
        let details = open.details_mut(order.id);
        let stop_ticks = details.instructions.stop_price_ticks;
        if details.instructions.trailing_delta != 0 {
            details.stage = Stage::Trailing;
            let place = self.trailing.partition_point(|&id| id < order.id);
            self.trailing.insert(place, order.id);
        } else {
            details.stage = Stage::Waiting;
            self.enter(open, number, Direction::of(order.kind.rises(order.side)), stop_ticks);
        }
    }

    fn enter(&mut self, open: &mut OpenOrders, number: u32, direction: Direction, price_ticks: i64) {
        join(&mut self.ladders[direction.index()], &mut open.orders, number, price_ticks);
    }

    /// Take an order out, wherever it waits.
    pub fn remove(&mut self, open: &mut OpenOrders, number: u32) {
        let order = *open.get(number);
        let details = open.details(order.id);
        if details.stage == Stage::Trailing {
            self.trailing.retain(|&id| id != order.id);
            return;
        }
        let direction = waiting_direction(&order, details.instructions.trailing_delta);
        leave(&mut self.ladders[direction.index()], &mut open.orders, number);
    }

    /// Lower what a waiting order is for; it keeps its place.
    pub fn reduce(&mut self, order: &Order, trailing_delta: u32, lots: i64) {
        let ladder = &mut self.ladders[waiting_direction(order, trailing_delta).index()];
        ladder.level_mut(order.level).total_lots -= lots;
    }

    /// Put back what a snapshot says: a waiting order at the price where it stood.
    pub fn restore(&mut self, open: &mut OpenOrders, number: u32, price_ticks: i64) {
        let order = *open.get(number);
        let direction = waiting_direction(&order, open.details(order.id).instructions.trailing_delta);
        self.enter(open, number, direction, price_ticks);
    }

    /// One price was traded at: trailing orders follow it or enter their ladder.
    pub fn follow(
        &mut self,
        open: &mut OpenOrders,
        price_ticks: i64,
        max_price_ticks: i64,
        events: &mut Events,
    ) {
        let mut triggered = Vec::new();
        for &id in &self.trailing {
            let number = open.find(id).expect("an open order is indexed by its id");
            let order = *open.get(number);
            let details = open.details_mut(id);
            let (delta, stop) = (details.instructions.trailing_delta, details.instructions.stop_price_ticks);
            if details.extreme_ticks == 0 {
                if Direction::of(order.kind.rises(order.side)).meets(price_ticks, stop) {
                    details.extreme_ticks = price_ticks;
                    let facts = open.facts(&order);
                    events.order_priced(TRAILING_STARTED, &crate::event::OrderFacts { price_ticks, ..facts });
                }
                continue;
            }
            let trigger = trailing_trigger(order.side, details.extreme_ticks, delta, max_price_ticks);
            if trailing_direction(order.side).meets(price_ticks, trigger) {
                details.stage = Stage::Waiting;
                triggered.push((number, order.side, trigger));
            } else if order.side == Side::Buy {
                details.extreme_ticks = details.extreme_ticks.min(price_ticks);
            } else {
                details.extreme_ticks = details.extreme_ticks.max(price_ticks);
            }
        }
        for (number, side, trigger) in triggered {
            self.enter(open, number, trailing_direction(side), trigger);
        }
        self.trailing.retain(|&id| open.details(id).stage == Stage::Trailing);
    }

    /// Widen a bound to a price if an order waits within it. Whether the direction has to be swept from now on.
    pub fn widen(&mut self, direction: Direction, price_ticks: i64) -> bool {
        let Some(best) = self.ladder(direction).best_price() else { return false };
        if !direction.meets(price_ticks, best) {
            return false;
        }
        let bound = &mut self.bounds[direction.index()];
        let was_set = *bound != 0;
        let is_beyond = !was_set || direction.meets(price_ticks, *bound);
        if is_beyond {
            *bound = price_ticks;
        }
        !was_set
    }
}

/// The ladder in which an order waits.
fn waiting_direction(order: &Order, trailing_delta: u32) -> Direction {
    if trailing_delta == 0 {
        Direction::of(order.kind.rises(order.side))
    } else {
        trailing_direction(order.side)
    }
}
