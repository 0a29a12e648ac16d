//! What an order asks for beside its price and quantity (messages/instructions.py is the other half).

use crate::command::{i64_at, u32_at, u64_at};
use crate::order::PegPriceType;

pub const INSTRUCTIONS_BYTES: usize = 42;
pub type InstructionBytes = [u8; INSTRUCTIONS_BYTES];

/// Without the labels of its owner, which only events carry. 0 stands for "not asked for".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions {
    pub stop_price_ticks: i64,
    pub trailing_delta: u32,
    pub iceberg_lots: i64,
    pub peg_price_type: PegPriceType,
    pub peg_offset: u8,
    pub good_till_us: u64,
}

impl Default for Instructions {
    fn default() -> Self {
        Self {
            stop_price_ticks: 0,
            trailing_delta: 0,
            iceberg_lots: 0,
            peg_price_type: PegPriceType::None,
            peg_offset: 0,
            good_till_us: 0,
        }
    }
}

impl Instructions {
    pub fn read(bytes: &InstructionBytes) -> Option<Self> {
        Some(Self {
            stop_price_ticks: i64_at(bytes, 0),
            trailing_delta: u32_at(bytes, 8),
            iceberg_lots: i64_at(bytes, 12),
            peg_price_type: PegPriceType::from_byte(bytes[20])?,
            peg_offset: bytes[21],
            good_till_us: u64_at(bytes, 22),
        })
    }

    pub fn is_pegged(&self) -> bool {
        self.peg_price_type != PegPriceType::None
    }

    /// Whether the order has to be remembered as more than a plain one.
    pub fn are_special(&self) -> bool {
        *self != Self::default()
    }
}
