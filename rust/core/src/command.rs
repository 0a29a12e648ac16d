//! Commands, and how they are read from their frames (messages/commands.py and codec.py write them).

use crate::event::Refused;
use crate::instructions::{InstructionBytes, Instructions, INSTRUCTIONS_BYTES};
use crate::instrument::Definition;
use crate::limits::CLIENT_ORDER_ID_BYTES_MAX;
use crate::order::{
    CancelRestriction, InstrumentStatus, NewOrder, OrderListType, OrderType, ReplaceMode, Side, StpMode,
    TimeInForce,
};

pub const HEADER_BYTES: usize = 16;
pub const PLACE_ORDER: u8 = 16;
pub const CANCEL_ORDER: u8 = 17;
pub const CANCEL_ALL_ORDERS: u8 = 18;
pub const REPLACE_ORDER: u8 = 19;
pub const AMEND_ORDER: u8 = 20;
pub const PLACE_ORDER_LIST: u8 = 21;
pub const CANCEL_ORDER_LIST: u8 = 22;
pub const ADVANCE_TIME: u8 = 23;
/// Orders of the largest list.
pub const LEGS_MAX: usize = 3;
/// Where a cancel, a replace or an amend has the id of the order it is about.
const ORDER_ID_AT: usize = HEADER_BYTES + 8;

/// A frame whose length is right; what is in it has not been looked at yet.
#[derive(Clone, Copy)]
pub struct CommandFrame<'a> {
    pub kind: u8,
    pub origin: u32,
    pub number: u64,
    bytes: &'a [u8],
}

/// Find an open order of an account: by id, by client id, or by both.
#[derive(Clone, Copy)]
pub struct OrderKey<'a> {
    pub account: u32,
    pub instrument: u32,
    pub order_id: u64,
    pub client_id: &'a [u8],
}

pub struct Cancel<'a> {
    pub order: OrderKey<'a>,
    pub restriction: CancelRestriction,
    pub cancel_id: &'a [u8],
}

pub struct Replace<'a> {
    pub cancel: Cancel<'a>,
    pub mode: ReplaceMode,
    pub order: NewOrder<'a>,
}

pub struct Amend<'a> {
    pub order: OrderKey<'a>,
    pub quantity_lots: i64,
    pub new_client_id: &'a [u8],
}

/// Two or three orders that depend on one another.
pub struct PlaceList<'a> {
    pub account: u32,
    pub instrument: u32,
    pub kind: OrderListType,
    pub client_id: &'a [u8],
    /// Each as if it were sent alone.
    pub legs: Vec<NewOrder<'a>>,
    /// What makes a repeated list the same list.
    pub bytes: &'a [u8],
}

pub struct CancelList<'a> {
    pub account: u32,
    pub instrument: u32,
    pub list: u64,
    pub client_id: &'a [u8],
    pub cancel_id: &'a [u8],
}

pub struct AdvanceTime;

pub struct Funds {
    pub account: u32,
    pub asset: u32,
    pub amount: i128,
}

pub struct CancelAll {
    pub account: u32,
    /// Or all of them: u32::MAX.
    pub instrument: u32,
}

/// Everything that is not about an order.
#[allow(clippy::large_enum_variant)] // lives on the stack for one command
pub enum Administration<'a> {
    AddAsset { decimals: u8, symbol: &'a [u8] },
    ListInstrument(Definition),
    SetInstrumentStatus { instrument: u32, status: InstrumentStatus },
    OpenAccount { account: u32 },
    SetCommissionRates { instrument: u32, tier: u32, maker_ppm: u32, taker_ppm: u32 },
    SetCommissionTier { account: u32, tier: u32 },
    Deposit(Funds),
    HoldWithdrawal { withdrawal: u64, funds: Funds },
    SettleWithdrawal { withdrawal: u64 },
    ReleaseWithdrawal { withdrawal: u64 },
    Transfer { target: u32, funds: Funds },
    SetTradeGroup { account: u32, trade_group: u32 },
    SetReferencePrice { instrument: u32, price_ticks: i64 },
    SetExchangeLimits(ExchangeLimits),
    SetAssetLimit { asset: u32, amount: i128 },
}

/// Of one account over all instruments; 0 switches off.
#[derive(Clone, Copy, Default)]
pub struct ExchangeLimits {
    pub orders: u32,
    pub algo_orders: u32,
    pub iceberg_orders: u32,
    pub order_lists: u32,
    /// Whether there is one at all.
    pub are_set: bool,
}

impl ExchangeLimits {
    pub fn new([orders, algo_orders, iceberg_orders, order_lists]: [u32; 4]) -> Self {
        let are_set = orders | algo_orders | iceberg_orders | order_lists != 0;
        Self { orders, algo_orders, iceberg_orders, order_lists, are_set }
    }
}

/// A command that can say whom and what its refusal names.
pub trait Refusable<'a> {
    fn refused(&self) -> Refused<'a>;
}

/// Where the batch stops being a run of whole frames.
#[derive(Debug, PartialEq, Eq)]
pub struct MalformedBatch {
    pub byte: usize,
}

/// Whether a batch is a run of whole frames. Nothing else is looked at.
#[inline]
pub fn check_framing(batch: &[u8]) -> Result<(), MalformedBatch> {
    let mut start = 0;
    while start < batch.len() {
        let length = frame_length(batch, start);
        let is_whole = length.is_some_and(|n| n >= HEADER_BYTES && n % 8 == 0 && n <= batch.len() - start);
        start += length.filter(|_| is_whole).ok_or(MalformedBatch { byte: start })?;
    }
    Ok(())
}

#[inline(always)]
fn frame_length(batch: &[u8], start: usize) -> Option<usize> {
    let length: &[u8; 2] = batch.get(start..)?.first_chunk()?;
    Some(usize::from(u16::from_le_bytes(*length)))
}

/// The frames of a batch whose framing was checked.
pub fn frames(batch: &[u8]) -> impl Iterator<Item = CommandFrame<'_>> {
    let mut rest = batch;
    std::iter::from_fn(move || {
        let frame = CommandFrame::read(rest)?;
        rest = &rest[frame.bytes.len()..];
        Some(frame)
    })
}

/// What a frame is about, read before its turn.
#[derive(Clone, Copy, Default)]
pub struct Hint {
    pub account: u32,
    pub instrument: u32,
    /// Of the order it looks for; 0 if it places one.
    pub order_id: u64,
}

/// Hints of the next frames from a byte on, 0s behind the last; and the byte behind those frames.
#[inline]
pub fn hints<const N: usize>(batch: &[u8], start: usize) -> ([Hint; N], usize) {
    let (mut hints, mut start) = ([Hint::default(); N], start);
    for hint in &mut hints {
        let Some(head) = batch.get(start..).and_then(|rest| rest.first_chunk::<{ ORDER_ID_AT + 8 }>()) else {
            break;
        };
        if (PLACE_ORDER..=AMEND_ORDER).contains(&head[2]) {
            hint.account = u32_at(head, HEADER_BYTES);
            hint.instrument = u32_at(head, HEADER_BYTES + 4);
            hint.order_id = if head[2] == PLACE_ORDER { 0 } else { u64_at(head, ORDER_ID_AT) };
        }
        start += usize::from(u16::from_le_bytes([head[0], head[1]]));
    }
    (hints, start)
}

impl<'a> CommandFrame<'a> {
    #[inline(always)]
    fn read(rest: &'a [u8]) -> Option<Self> {
        let header: &[u8; HEADER_BYTES] = rest.first_chunk()?;
        let length = usize::from(u16::from_le_bytes([header[0], header[1]]));
        Some(Self {
            kind: header[2],
            origin: u32_at(header, 4),
            number: u64_at(header, 8),
            bytes: rest.get(..length)?,
        })
    }

    #[inline(always)]
    fn fixed<const N: usize>(&self) -> Option<&'a [u8; N]> {
        self.bytes[HEADER_BYTES..].first_chunk()
    }

    /// Texts one after the other behind `fixed` bytes of fields.
    #[inline(always)]
    fn texts<const N: usize>(&self, fixed: usize, lengths: [u8; N]) -> Option<[&'a [u8]; N]> {
        let mut texts: [&'a [u8]; N] = [&[]; N];
        if lengths == [0; N] {
            return Some(texts);
        }
        let mut start = HEADER_BYTES + fixed;
        for (text, length) in texts.iter_mut().zip(lengths) {
            if length == 0 {
                continue;
            }
            let length = usize::from(length);
            *text = self.bytes.get(start..start + length)?;
            if length > CLIENT_ORDER_ID_BYTES_MAX || std::str::from_utf8(text).is_err() {
                return None;
            }
            start += length;
        }
        Some(texts)
    }

    /// The instructions behind `fixed` bytes of fields, if the flag says that there are some, and where texts start.
    #[inline(always)]
    fn instructions(&self, fixed: usize, has: u8) -> Option<(Option<&'a InstructionBytes>, usize)> {
        if has == 0 {
            return Some((None, fixed));
        }
        let bytes: &InstructionBytes = self.bytes.get(HEADER_BYTES + fixed..)?.first_chunk()?;
        (has == 1 && Instructions::read(bytes).is_some()).then_some((Some(bytes), fixed + INSTRUCTIONS_BYTES))
    }

    #[inline(always)]
    pub fn place_order(&self) -> Option<NewOrder<'a>> {
        let b: &[u8; 47] = self.fixed()?;
        let (instructions, fixed) = self.instructions(47, b[46])?;
        let [client_id] = self.texts(fixed, [b[45]])?;
        Some(NewOrder {
            account: u32_at(b, 0),
            instrument: u32_at(b, 4),
            side: Side::from_byte(b[8])?,
            kind: OrderType::from_byte(b[9])?,
            time_in_force: TimeInForce::from_byte(b[10])?,
            stp: StpMode::from_byte(b[11])?,
            client_id_reusable: flag(b[12])?,
            price_ticks: i64_at(b, 13),
            quantity_lots: i64_at(b, 21),
            quote_amount: i128_at(b, 29),
            client_id,
            instructions,
        })
    }

    #[inline(always)]
    pub fn cancel_order(&self) -> Option<Cancel<'a>> {
        let b: &[u8; 19] = self.fixed()?;
        let [client_id, cancel_id] = self.texts(19, [b[17], b[18]])?;
        let (account, instrument, order_id) = (u32_at(b, 0), u32_at(b, 4), u64_at(b, 8));
        Some(Cancel {
            order: OrderKey { account, instrument, order_id, client_id },
            restriction: CancelRestriction::from_byte(b[16])?,
            cancel_id,
        })
    }

    #[inline(always)]
    pub fn replace_order(&self) -> Option<Replace<'a>> {
        let b: &[u8; 59] = self.fixed()?;
        let (instructions, fixed) = self.instructions(59, b[58])?;
        let [new_id, canceled_id, cancel_id] = self.texts(fixed, [b[55], b[56], b[57]])?;
        let (account, instrument) = (u32_at(b, 0), u32_at(b, 4));
        let order = NewOrder {
            account,
            instrument,
            side: Side::from_byte(b[18])?,
            kind: OrderType::from_byte(b[19])?,
            time_in_force: TimeInForce::from_byte(b[20])?,
            stp: StpMode::from_byte(b[21])?,
            client_id_reusable: flag(b[22])?,
            price_ticks: i64_at(b, 23),
            quantity_lots: i64_at(b, 31),
            quote_amount: i128_at(b, 39),
            client_id: new_id,
            instructions,
        };
        Some(Replace {
            cancel: Cancel {
                order: OrderKey { account, instrument, order_id: u64_at(b, 8), client_id: canceled_id },
                restriction: CancelRestriction::from_byte(b[17])?,
                cancel_id,
            },
            mode: ReplaceMode::from_byte(b[16])?,
            order,
        })
    }

    #[inline(always)]
    pub fn amend_order(&self) -> Option<Amend<'a>> {
        let b: &[u8; 26] = self.fixed()?;
        let [client_id, new_client_id] = self.texts(26, [b[24], b[25]])?;
        let (account, instrument, order_id) = (u32_at(b, 0), u32_at(b, 4), u64_at(b, 8));
        Some(Amend {
            order: OrderKey { account, instrument, order_id, client_id },
            quantity_lots: i64_at(b, 16),
            new_client_id,
        })
    }

    pub fn cancel_all(&self) -> Option<CancelAll> {
        let b: &[u8; 8] = self.fixed()?;
        Some(CancelAll { account: u32_at(b, 0), instrument: u32_at(b, 4) })
    }

    #[inline(never)]
    pub fn place_list(&self) -> Option<PlaceList<'a>> {
        const FIXED: usize = 13;
        let b: &[u8; FIXED] = self.fixed()?;
        let (account, instrument) = (u32_at(b, 0), u32_at(b, 4));
        let stp = StpMode::from_byte(b[9])?;
        let client_id_reusable = flag(b[10])?;
        let mut start = HEADER_BYTES + FIXED;
        let mut legs = Vec::with_capacity(LEGS_MAX);
        if usize::from(b[12]) > LEGS_MAX {
            return None;
        }
        for _ in 0..b[12] {
            let (mut leg, end) = self.leg(start)?;
            (leg.account, leg.instrument) = (account, instrument);
            (leg.stp, leg.client_id_reusable) = (stp, client_id_reusable);
            legs.push(leg);
            start = end;
        }
        let [client_id] = self.texts(start - HEADER_BYTES, [b[11]])?;
        let kind = OrderListType::from_byte(b[8])?;
        Some(PlaceList { account, instrument, kind, client_id, legs, bytes: &self.bytes[HEADER_BYTES + 8..] })
    }

    /// One leg, without what it shares with the others, and where it ends.
    fn leg(&self, start: usize) -> Option<(NewOrder<'a>, usize)> {
        const FIXED: usize = 21;
        let b: &[u8; FIXED] = self.bytes.get(start..)?.first_chunk()?;
        let (instructions, texts_at) = self.instructions(start + FIXED - HEADER_BYTES, b[20])?;
        let [client_id] = self.texts(texts_at, [b[19]])?;
        let order = NewOrder {
            account: 0,
            instrument: 0,
            side: Side::from_byte(b[0])?,
            kind: OrderType::from_byte(b[1])?,
            time_in_force: TimeInForce::from_byte(b[2])?,
            stp: StpMode::None,
            client_id_reusable: false,
            price_ticks: i64_at(b, 3),
            quantity_lots: i64_at(b, 11),
            quote_amount: 0,
            client_id,
            instructions,
        };
        Some((order, HEADER_BYTES + texts_at + usize::from(b[19])))
    }

    pub fn cancel_list(&self) -> Option<CancelList<'a>> {
        let b: &[u8; 18] = self.fixed()?;
        let [client_id, cancel_id] = self.texts(18, [b[16], b[17]])?;
        let (account, instrument, list) = (u32_at(b, 0), u32_at(b, 4), u64_at(b, 8));
        Some(CancelList { account, instrument, list, client_id, cancel_id })
    }

    #[inline(never)]
    pub fn administration(&self) -> Option<Administration<'a>> {
        Some(match self.kind {
            1 => {
                let b: &[u8; 2] = self.fixed()?;
                let [symbol] = self.texts(2, [b[1]])?;
                Administration::AddAsset { decimals: b[0], symbol }
            }
            2 => Administration::ListInstrument(self.definition()?),
            3 => {
                let b: &[u8; 5] = self.fixed()?;
                let status = InstrumentStatus::from_byte(b[4])?;
                Administration::SetInstrumentStatus { instrument: u32_at(b, 0), status }
            }
            4 => Administration::OpenAccount { account: u32_at(self.fixed::<4>()?, 0) },
            5 => {
                let b: &[u8; 16] = self.fixed()?;
                let [instrument, tier, maker_ppm, taker_ppm] = [0, 4, 8, 12].map(|at| u32_at(b, at));
                Administration::SetCommissionRates { instrument, tier, maker_ppm, taker_ppm }
            }
            6 => {
                let b: &[u8; 8] = self.fixed()?;
                Administration::SetCommissionTier { account: u32_at(b, 0), tier: u32_at(b, 4) }
            }
            7 => {
                let b: &[u8; 24] = self.fixed()?;
                Administration::Deposit(funds(b, 8))
            }
            8 => {
                let b: &[u8; 32] = self.fixed()?;
                Administration::HoldWithdrawal { withdrawal: u64_at(b, 8), funds: funds(b, 16) }
            }
            9 => Administration::SettleWithdrawal { withdrawal: u64_at(self.fixed::<8>()?, 0) },
            10 => Administration::ReleaseWithdrawal { withdrawal: u64_at(self.fixed::<8>()?, 0) },
            11 => {
                let b: &[u8; 28] = self.fixed()?;
                let funds = Funds { account: u32_at(b, 0), asset: u32_at(b, 8), amount: i128_at(b, 12) };
                Administration::Transfer { target: u32_at(b, 4), funds }
            }
            12 => {
                let b: &[u8; 8] = self.fixed()?;
                Administration::SetTradeGroup { account: u32_at(b, 0), trade_group: u32_at(b, 4) }
            }
            13 => {
                let b: &[u8; 12] = self.fixed()?;
                Administration::SetReferencePrice { instrument: u32_at(b, 0), price_ticks: i64_at(b, 4) }
            }
            14 => {
                let b: &[u8; 16] = self.fixed()?;
                let limits = ExchangeLimits::new([0, 4, 8, 12].map(|at| u32_at(b, at)));
                Administration::SetExchangeLimits(limits)
            }
            15 => {
                let b: &[u8; 20] = self.fixed()?;
                Administration::SetAssetLimit { asset: u32_at(b, 0), amount: i128_at(b, 4) }
            }
            _ => return None,
        })
    }

    pub(crate) fn definition(&self) -> Option<Definition> {
        const FIXED: usize = 254;
        let b: &[u8; FIXED] = self.fixed()?;
        let [symbol] = self.texts(FIXED, [b[182]])?;
        let pair = |at| (u32_at(b, at), u32_at(b, at + 4));
        Some(Definition {
            base: u32_at(b, 0),
            quote: u32_at(b, 4),
            quote_units_per_tick_lot: i64_at(b, 8),
            base_units_per_lot: i64_at(b, 16),
            min_price_ticks: i64_at(b, 24),
            max_price_ticks: i64_at(b, 32),
            min_lots: i64_at(b, 40),
            max_lots: i64_at(b, 48),
            market_min_lots: i64_at(b, 56),
            market_max_lots: i64_at(b, 64),
            market_step_lots: i64_at(b, 72),
            min_notional: i128_at(b, 80),
            notional_min: i128_at(b, 96),
            notional_max: i128_at(b, 112),
            max_position: i128_at(b, 128),
            bid_multiplier_up: u32_at(b, 144),
            bid_multiplier_down: u32_at(b, 148),
            ask_multiplier_up: u32_at(b, 152),
            ask_multiplier_down: u32_at(b, 156),
            average_price_minutes: u32_at(b, 160),
            max_num_orders: u32_at(b, 164),
            maker_ppm: u32_at(b, 168),
            taker_ppm: u32_at(b, 172),
            min_notional_applies_to_market: flag(b[176])?,
            notional_min_applies_to_market: flag(b[177])?,
            notional_max_applies_to_market: flag(b[178])?,
            default_stp: StpMode::from_byte(b[179])?,
            allowed_stp_mask: b[180],
            status: InstrumentStatus::from_byte(b[181])?,
            symbol: symbol.to_vec(),
            percent_price: pair(183),
            bid_limit: pair(191),
            ask_limit: pair(199),
            reference_bucket_count: u32_at(b, 207),
            reference_bucket_width_ms: u32_at(b, 211),
            iceberg_parts: u32_at(b, 215),
            max_num_algo_orders: u32_at(b, 219),
            max_num_iceberg_orders: u32_at(b, 223),
            max_num_order_lists: u32_at(b, 227),
            max_num_order_amends: u32_at(b, 231),
            trailing_above: pair(235),
            trailing_below: pair(243),
            allowed_order_types: b[251],
            features: u16::from_le_bytes([b[252], b[253]]),
        })
    }
}

impl<'a> Refusable<'a> for NewOrder<'a> {
    fn refused(&self) -> Refused<'a> {
        let &Self { account, instrument, client_id, .. } = self;
        Refused { account, instrument, client_id, ..Refused::default() }
    }
}

impl<'a> Refusable<'a> for OrderKey<'a> {
    fn refused(&self) -> Refused<'a> {
        let &Self { account, instrument, order_id, client_id } = self;
        Refused { account, instrument, order_id, client_id, ..Refused::default() }
    }
}

impl<'a> Refusable<'a> for Cancel<'a> {
    fn refused(&self) -> Refused<'a> {
        self.order.refused()
    }
}

impl<'a> Refusable<'a> for Replace<'a> {
    fn refused(&self) -> Refused<'a> {
        self.cancel.order.refused()
    }
}

impl<'a> Refusable<'a> for Amend<'a> {
    fn refused(&self) -> Refused<'a> {
        self.order.refused()
    }
}

impl<'a> Refusable<'a> for PlaceList<'a> {
    fn refused(&self) -> Refused<'a> {
        let &Self { account, instrument, client_id, .. } = self;
        Refused { account, instrument, client_id, ..Refused::default() }
    }
}

impl<'a> Refusable<'a> for CancelList<'a> {
    fn refused(&self) -> Refused<'a> {
        let &Self { account, instrument, list, client_id, .. } = self;
        Refused { account, instrument, order_id: list, client_id, ..Refused::default() }
    }
}

impl<'a> Refusable<'a> for AdvanceTime {
    fn refused(&self) -> Refused<'a> {
        Refused::default()
    }
}

impl<'a> Refusable<'a> for CancelAll {
    fn refused(&self) -> Refused<'a> {
        Refused { account: self.account, instrument: self.instrument, ..Refused::default() }
    }
}

impl<'a> Refusable<'a> for Administration<'a> {
    fn refused(&self) -> Refused<'a> {
        let mut refused = Refused::default();
        match self {
            Self::SetInstrumentStatus { instrument, .. }
            | Self::SetCommissionRates { instrument, .. }
            | Self::SetReferencePrice { instrument, .. } => {
                refused.instrument = *instrument;
            }
            Self::OpenAccount { account }
            | Self::SetCommissionTier { account, .. }
            | Self::SetTradeGroup { account, .. } => {
                refused.account = *account;
            }
            Self::Deposit(funds) | Self::HoldWithdrawal { funds, .. } | Self::Transfer { funds, .. } => {
                refused.account = funds.account;
            }
            _ => {}
        }
        refused
    }
}

fn funds(b: &[u8], amount_at: usize) -> Funds {
    Funds { account: u32_at(b, 0), asset: u32_at(b, 4), amount: i128_at(b, amount_at) }
}

#[inline(always)]
fn flag(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

#[inline(always)]
fn bytes_at<const N: usize>(b: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&b[at..at + N]);
    bytes
}

#[inline(always)]
pub fn u32_at(b: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes_at(b, at))
}

#[inline(always)]
pub fn u64_at(b: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes_at(b, at))
}

#[inline(always)]
pub fn i64_at(b: &[u8], at: usize) -> i64 {
    i64::from_le_bytes(bytes_at(b, at))
}

#[inline(always)]
fn i128_at(b: &[u8], at: usize) -> i128 {
    i128::from_le_bytes(bytes_at(b, at))
}
