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

    OrderTypeNotAllowed = 50,
    IcebergNotAllowed = 51,
    TrailingStopNotAllowed = 52,
    PegNotAllowed = 53,
    OcoNotAllowed = 54,
    OtoNotAllowed = 55,
    OpoNotAllowed = 56,
    CancelReplaceNotAllowed = 57,
    AmendNotAllowed = 58,
    QuoteQuantityNotAllowed = 59,

    WouldTrigger = 60,
    IcebergQuantity = 61,
    PegOrderType = 62,
    PegPriceType = 63,
    PegLiquidity = 64,
    NoTrailingReference = 65,
    GoodTillTimePassed = 66,

    PercentPrice = 70,
    IcebergParts = 71,
    TrailingDelta = 72,
    MaxNumAlgoOrders = 73,
    MaxNumIcebergOrders = 74,
    MaxNumOrderLists = 75,
    MaxNumOrderAmends = 76,
    ExchangeMaxNumOrders = 77,
    ExchangeMaxNumAlgoOrders = 78,
    ExchangeMaxNumIcebergOrders = 79,
    ExchangeMaxNumOrderLists = 80,
    MaxAsset = 81,

    ListPrices = 90,
    ListLegs = 91,
    UnknownOrderList = 92,
    DuplicateListClientOrderId = 93,
    AmendPendingOpo = 94,
}

impl Rejection {
    #[inline]
    #[allow(clippy::as_conversions)]
    pub fn byte(self) -> u8 {
        self as u8
    }
}

#[inline(always)]
pub fn check(holds: bool, otherwise: Rejection) -> Result<(), Rejection> {
    if holds {
        Ok(())
    } else {
        Err(otherwise)
    }
}
