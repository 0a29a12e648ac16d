//! The only conversions between number types that the compiler does not prove by itself.

/// A 32-bit slot as an index.
#[inline(always)]
#[allow(clippy::as_conversions)]
pub const fn at(slot: u32) -> usize {
    slot as usize
}

/// The length of a slab as its next slot.
#[inline(always)]
pub fn slot(length: usize) -> u32 {
    u32::try_from(length).expect("slabs are bounded far below 2^32")
}

/// The low half of a hash.
#[inline(always)]
#[allow(clippy::as_conversions)]
pub const fn low_u32(value: u64) -> u32 {
    value as u32
}

/// A price of the book (0 .. 2^42) as a key of the tree, and back.
#[inline(always)]
#[allow(clippy::as_conversions)]
pub const fn price_key(price_ticks: i64) -> u64 {
    price_ticks as u64
}
