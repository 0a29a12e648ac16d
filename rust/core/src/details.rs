//! What an order has beyond a plain one on the book. Kept by order id, so plain orders pay nothing for it.

use crate::instructions::Instructions;
use crate::order::TimeInForce;

/// Where an open order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stage {
    /// On the book, or on its way to it.
    Working = 0,
    /// In a ladder of triggers.
    Waiting = 1,
    /// A trailing order; it follows the market once it has an extreme.
    Trailing = 2,
    /// The part of an order list whose turn has not come.
    Pending = 3,
}

impl Stage {
    pub fn from_byte(byte: u8) -> Option<Self> {
        [Self::Working, Self::Waiting, Self::Trailing, Self::Pending].get(usize::from(byte)).copied()
    }

    #[allow(clippy::as_conversions)]
    pub fn byte(self) -> u8 {
        self as u8
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Details {
    pub instructions: Instructions,
    pub time_in_force: TimeInForce,
    pub stage: Stage,
    /// What it holds while it does not work.
    pub held: i128,
    /// The price by which a waiting buy holds.
    pub hold_price_ticks: i64,
    /// Highest price seen by a trailing sell, lowest by a trailing buy; 0 before it follows the market.
    pub extreme_ticks: i64,
    /// The part of a resting iceberg that its level does not show.
    pub hidden_lots: i64,
    pub amends: u32,
    /// Its order list, or 0.
    pub list: u64,
}

impl Details {
    pub fn new(instructions: Instructions, time_in_force: TimeInForce, list: u64) -> Self {
        Self {
            instructions,
            time_in_force,
            stage: Stage::Working,
            held: 0,
            hold_price_ticks: 0,
            extreme_ticks: 0,
            hidden_lots: 0,
            amends: 0,
            list,
        }
    }
}
