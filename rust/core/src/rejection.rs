//! Why a command was refused. The values are on disk: never reuse one (messages/rejections.py is the other half).

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Rejection {
    Malformed = 1,
    DuplicateCommand = 2,
    UnknownAccount = 3,
    UnknownAsset = 4,
    UnknownInstrument = 5,
    AlreadyExists = 6,
    InvalidDefinition = 7,
    LimitReached = 8,
    AmountOutOfRange = 9,
    InsufficientBalance = 10,
    UnknownWithdrawal = 11,

    MarketClosed = 20,
    UnsupportedCombination = 21,
    StpModeNotAllowed = 22,
    PriceFilter = 23,
    LotSize = 24,
    MarketLotSize = 25,
    MinNotional = 26,
    Notional = 27,
    PercentPriceBySide = 28,
    MaxNumOrders = 29,
    MaxPosition = 30,
    WouldTake = 31,
    DuplicateClientOrderId = 32,
    NoLiquidity = 33,
    QuoteQuantityBelowLot = 34,

    UnknownOrder = 40,
    ClientOrderIdMismatch = 41,
    CancelRestricted = 42,
    AmendIncreasesQuantity = 43,
    AmendChangesNothing = 44,
}

impl Rejection {
    #[inline]
    #[allow(clippy::as_conversions)]
    pub fn byte(self) -> u8 {
        self as u8
    }
}
