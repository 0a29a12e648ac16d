//! Orders, and the words they are described with (messages/orders.py is the other half).

use crate::instructions::{InstructionBytes, Instructions};

/// No slot: the end of a list, or "has none".
pub const NONE: u32 = u32::MAX;

macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $value:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name { $($variant = $value),+ }

        impl $name {
            #[inline]
            pub fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($value => Some(Self::$variant),)+ _ => None }
            }
            #[inline]
            #[allow(clippy::as_conversions)]
            pub fn byte(self) -> u8 { self as u8 }
        }
    };
}

wire_enum!(Side { Buy = 0, Sell = 1 });
wire_enum!(OrderType {
    Limit = 0,
    Market = 1,
    LimitMaker = 2,
    StopLoss = 3,
    StopLossLimit = 4,
    TakeProfit = 5,
    TakeProfitLimit = 6,
});
wire_enum!(TimeInForce { Gtc = 0, Ioc = 1, Fok = 2 });
wire_enum!(
    /// Self-trade prevention; the taker's mode decides.
    StpMode { None = 0, ExpireTaker = 1, ExpireMaker = 2, ExpireBoth = 3, Decrement = 4, Transfer = 5 }
);
wire_enum!(ExpiryReason {
    UnfilledIocQuantity = 1,
    UnfilledFokOrder = 2,
    InsufficientLiquidity = 3,
    Stp = 4,
    AmendedToNothing = 5,
    Rejected = 6,
    OcoTrigger = 7,
    OtoPhaseOne = 8,
    PriceRange = 9,
    GoodTillTime = 10,
});
wire_enum!(InstrumentStatus { Trading = 0, Halt = 1, CancelOnly = 2, Auction = 3 });
wire_enum!(CancelRestriction { None = 0, OnlyNew = 1, OnlyPartiallyFilled = 2 });
wire_enum!(OrderListType { Oco = 0, Oto = 1, Otoco = 2, Opo = 3, Opoco = 4 });
wire_enum!(
    /// Where a pegged order takes its price from: the best of its own side, or of the other.
    PegPriceType { None = 0, Primary = 1, Market = 2 }
);
wire_enum!(ReplaceMode { StopOnFailure = 0, AllowFailure = 1 });

impl OrderType {
    /// Waits for a trigger before it goes to the book.
    #[inline]
    pub fn is_conditional(self) -> bool {
        self.byte() >= Self::StopLoss.byte()
    }

    /// Has no limit once it meets the book.
    #[inline]
    pub fn is_market(self) -> bool {
        matches!(self, Self::Market | Self::StopLoss | Self::TakeProfit)
    }

    /// Whether a conditional order of this side waits for the price to rise to its stop, or to fall.
    pub fn rises(self, side: Side) -> bool {
        matches!(self, Self::StopLoss | Self::StopLossLimit) == (side == Side::Buy)
    }
}

impl Side {
    /// 0 of a buy, 1 of a sell.
    #[inline(always)]
    pub fn index(self) -> usize {
        usize::from(self.byte())
    }

    #[inline]
    pub fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

/// An order on the book: one cache line. `next`/`prev` queue it in its level, `seat_next`/`seat_prev` in its seat.
#[derive(Clone, Copy)]
pub struct Order {
    pub id: u64,
    pub price_ticks: i64,
    pub quantity_lots: i64,
    pub remaining_lots: i64,
    pub level: u32,
    pub next: u32,
    pub prev: u32,
    pub seat: u32,
    pub seat_next: u32,
    pub seat_prev: u32,
    /// Slot of its client order id, or NONE.
    pub client_id: u32,
    pub side: Side,
    pub kind: OrderType,
    pub stp: StpMode,
    /// Has details (details.rs): it waits, is pending, has a hidden part, belongs to a list, ...
    pub is_special: bool,
}

const _: () = assert!(std::mem::size_of::<Order>() == 64);

/// An order that arrives: what its owner asked for.
#[derive(Clone, Copy)]
pub struct NewOrder<'a> {
    pub account: u32,
    pub instrument: u32,
    pub side: Side,
    pub kind: OrderType,
    pub time_in_force: TimeInForce,
    pub stp: StpMode,
    /// Binance's looser rule: a client order id is free again once its order is closed.
    pub client_id_reusable: bool,
    pub price_ticks: i64,
    pub quantity_lots: i64,
    pub quote_amount: i128,
    pub client_id: &'a [u8],
    /// As they stand in the frame; None of a plain order.
    pub instructions: Option<&'a InstructionBytes>,
}

impl NewOrder<'_> {
    /// All zero of a plain order.
    pub fn instructions(&self) -> Instructions {
        self.instructions.and_then(Instructions::read).unwrap_or_default()
    }
}
