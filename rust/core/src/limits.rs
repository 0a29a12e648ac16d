//! Everything that can grow has a named maximum.

pub const ASSETS_MAX: usize = 65_536;
pub const INSTRUMENTS_MAX: usize = 65_536;
pub const SYMBOL_BYTES_MAX: usize = 32;
pub const DECIMALS_MAX: u8 = 18;
pub const COMMISSION_TIERS_MAX: u32 = 64;
pub const PPM_SCALE: u32 = 1_000_000;
pub const PERCENT_SCALE: i64 = 10_000;
pub const AVERAGE_PRICE_MINUTES_MAX: u32 = 60;

/// Prices are keys of a radix tree of seven 6-bit digits.
pub const PRICE_TICKS_MAX: i64 = (1 << 42) - 1;
pub const QUANTITY_LOTS_MAX: i64 = 1 << 52;
/// Of one movement of money. The largest notional of an instrument must not exceed it either.
pub const AMOUNT_MAX: i128 = 1 << 100;
/// Of one asset over all accounts, so that no sum of balances can overflow.
pub const SUPPLY_MAX: i128 = 1 << 120;

pub const WITHDRAWALS_HELD_MAX: usize = 1_000_000;
pub const CLIENT_ORDER_ID_BYTES_MAX: usize = 36;
pub const CLIENT_ORDER_IDS_MAX: usize = 4_194_304;
pub const CLIENT_ORDER_ID_WINDOW_US: u64 = 24 * 60 * 60 * 1_000_000;
pub const ORIGINS_MAX: usize = 64;
pub const COMMAND_ID_WINDOW: u64 = 1_024;
/// Over all instruments and accounts; slots are 32-bit.
pub const OPEN_ORDERS_MAX: usize = 1 << 30;

pub const TRAILING_ORDERS_MAX: usize = 8_192;
pub const ORDER_LISTS_MAX: usize = 1 << 24;
/// A taker meets them one by one. An instrument may allow fewer.
pub const ICEBERG_PARTS_MAX: u32 = 100;
pub const PEG_OFFSET_MAX: u8 = 100;
pub const REFERENCE_BUCKETS_MAX: u32 = 1_000;
/// Units of work beside its own that a command does at its end: stops fired, pending orders placed, auction trades.
pub const FOLLOW_UPS_MAX: u32 = 128;
/// Orders past their time that one AdvanceTime expires.
pub const EXPIRIES_MAX: usize = 128;
