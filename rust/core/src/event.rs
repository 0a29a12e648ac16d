//! Events, written straight into the frames that leave the machine (messages/events.py and codec.py read them).

use crate::command::ExchangeLimits;
use crate::instructions::InstructionBytes;
use crate::instrument::Definition;
use crate::order::{ExpiryReason, NewOrder, OrderListType, Side, StpMode};
use crate::rejection::Rejection;

pub const ASSET_ADDED: u8 = 1;
pub const INSTRUMENT_LISTED: u8 = 2;
pub const INSTRUMENT_STATUS_SET: u8 = 3;
pub const ACCOUNT_OPENED: u8 = 4;
pub const COMMISSION_RATES_SET: u8 = 5;
pub const COMMISSION_TIER_SET: u8 = 6;
pub const DEPOSITED: u8 = 7;
pub const WITHDRAWAL_HELD: u8 = 8;
pub const WITHDRAWAL_SETTLED: u8 = 9;
pub const WITHDRAWAL_RELEASED: u8 = 10;
pub const TRANSFERRED: u8 = 11;
pub const TRADE_GROUP_SET: u8 = 12;
pub const REFERENCE_PRICE_SET: u8 = 13;
pub const EXCHANGE_LIMITS_SET: u8 = 14;
pub const ASSET_LIMIT_SET: u8 = 15;
pub const ORDER_PLACED: u8 = 16;
pub const TRADE_EXECUTED: u8 = 17;
pub const ORDER_RESTED: u8 = 18;
pub const ORDER_CANCELED: u8 = 19;
pub const ORDER_EXPIRED: u8 = 20;
pub const ORDER_AMENDED: u8 = 21;
pub const MATCH_PREVENTED: u8 = 22;
pub const ORDER_REPEATED: u8 = 23;
pub const ORDER_REJECTED: u8 = 24;
pub const ORDER_TRIGGERED: u8 = 25;
pub const ORDER_ACTIVATED: u8 = 26;
pub const ORDER_PEGGED: u8 = 27;
pub const TRAILING_STARTED: u8 = 28;
pub const ICEBERG_REFRESHED: u8 = 29;
pub const ORDER_LIST_PLACED: u8 = 30;
pub const ORDER_LIST_DONE: u8 = 31;
pub const COMMAND_REJECTED: u8 = 32;
pub const PROCEEDS_HELD: u8 = 33;
pub const TIME_ADVANCED: u8 = 34;
pub const AUCTION_PRICED: u8 = 35;

pub const HEADER_BYTES: usize = 24;

/// A frame of N bytes being filled from left to right, in its place behind the other events.
struct Frame<'a, const N: usize> {
    bytes: &'a mut [u8; N],
    at: usize,
}

impl<const N: usize> Frame<'_, N> {
    #[inline(always)]
    fn put<const M: usize>(self, bytes: [u8; M]) -> Self {
        self.bytes[self.at..self.at + M].copy_from_slice(&bytes);
        Self { at: self.at + M, ..self }
    }
    #[inline(always)]
    fn u8(self, value: u8) -> Self {
        self.put([value])
    }
    #[inline(always)]
    fn u32(self, value: u32) -> Self {
        self.put(value.to_le_bytes())
    }
    fn pair(self, (first, second): (u32, u32)) -> Self {
        self.u32(first).u32(second)
    }
    #[inline(always)]
    fn u64(self, value: u64) -> Self {
        self.put(value.to_le_bytes())
    }
    #[inline(always)]
    fn i64(self, value: i64) -> Self {
        self.put(value.to_le_bytes())
    }
    #[inline(always)]
    fn i128(self, value: i128) -> Self {
        self.put(value.to_le_bytes())
    }
    /// What most events of an order have first.
    fn order(self, order: &OrderFacts) -> Self {
        self.u64(order.order_id)
            .u32(order.account)
            .u32(order.instrument)
            .u8(order.side.byte())
            .i64(order.price_ticks)
    }
    /// How many bytes are filled. The rest stays zero.
    #[inline(always)]
    fn end(self) -> usize {
        self.at
    }
}

/// Length byte of a text.
#[inline(always)]
fn length(text: &[u8]) -> u8 {
    u8::try_from(text.len()).expect("texts are at most 36 bytes")
}

/// A resting or arriving order, as far as most events tell of it.
#[derive(Clone, Copy)]
pub struct OrderFacts {
    pub order_id: u64,
    pub account: u32,
    pub instrument: u32,
    pub side: Side,
    pub price_ticks: i64,
    pub remaining_lots: i64,
}

pub struct Trade {
    pub trade_id: u64,
    pub instrument: u32,
    pub taker_side: Side,
    pub taker_order_id: u64,
    pub maker_order_id: u64,
    pub taker_account: u32,
    pub maker_account: u32,
    pub price_ticks: i64,
    pub quantity_lots: i64,
    pub taker_remaining_lots: i64,
    pub maker_remaining_lots: i64,
    pub update_id: u64,
    pub buyer_commission: i128,
    pub seller_commission: i128,
    pub buyer_release: i128,
}

pub struct Prevented {
    pub prevented_match_id: u64,
    pub instrument: u32,
    pub taker_side: Side,
    pub mode: StpMode,
    pub account: u32,
    pub taker_order_id: u64,
    pub maker_order_id: u64,
    pub price_ticks: i64,
    pub taker_prevented_lots: i64,
    pub maker_prevented_lots: i64,
    pub taker_remaining_lots: i64,
    pub maker_remaining_lots: i64,
    pub taker_released: i128,
    pub maker_released: i128,
    pub update_id: u64,
    pub maker_account: u32,
}

/// An order list, as far as its first event tells of it.
pub struct ListFacts<'a> {
    pub list: u64,
    pub account: u32,
    pub instrument: u32,
    pub kind: OrderListType,
    pub first_order_id: u64,
    pub leg_count: u8,
    pub client_id: &'a [u8],
}

/// A command that was refused, as far as it says whom and what it meant.
#[derive(Clone, Copy, Default)]
pub struct Refused<'a> {
    pub command_kind: u8,
    pub account: u32,
    pub instrument: u32,
    pub order_id: u64,
    pub client_id: &'a [u8],
}

/// The events of a batch, and the stamp of the command that is being applied.
#[derive(Default)]
pub struct Events {
    pub bytes: Vec<u8>,
    pub sequence: u64,
    pub time_us: u64,
    index: u32,
}

impl Events {
    pub fn begin(&mut self, sequence: u64, time_us: u64) {
        self.sequence = sequence;
        self.time_us = time_us;
        self.index = 0;
    }

    /// How many events the command has so far.
    pub fn count(&self) -> u32 {
        self.index
    }

    /// A frame whose padded length, without texts, is N.
    #[inline(always)]
    fn frame<const N: usize>(&mut self, kind: u8) -> Frame<'_, N> {
        let length = u16::try_from(N).expect("frames are small");
        let (index, sequence, time_us) = (self.index, self.sequence, self.time_us);
        self.index += 1;
        self.bytes.extend_from_slice(&[0; N]);
        let bytes = self.bytes.last_chunk_mut().expect("it was just added");
        Frame { bytes, at: 0 }.put(length.to_le_bytes()).put([kind, 0]).u32(index).u64(sequence).u64(time_us)
    }

    /// Put a text behind the `end` bytes of fields of the last frame, which is N long, and pad it anew.
    #[inline(always)]
    fn append<const N: usize>(&mut self, end: usize, text: &[u8]) {
        if !text.is_empty() {
            self.append_text(self.bytes.len() - N, end, text);
        }
    }

    /// The same with instructions before the text.
    #[inline(always)]
    fn append_both<const N: usize>(
        &mut self,
        end: usize,
        instructions: Option<&InstructionBytes>,
        text: &[u8],
    ) {
        match instructions {
            None => self.append::<N>(end, text),
            Some(bytes) => self.append_text(self.bytes.len() - N, end, &[&bytes[..], text].concat()),
        }
    }

    #[inline(never)]
    fn append_text(&mut self, start: usize, end: usize, text: &[u8]) {
        self.bytes.truncate(start + end);
        self.bytes.extend_from_slice(text);
        let length = (end + text.len()).next_multiple_of(8);
        self.bytes.resize(start + length, 0);
        let length = u16::try_from(length).expect("frames are small");
        self.bytes[start..start + 2].copy_from_slice(&length.to_le_bytes());
    }

    pub fn asset_added(&mut self, asset: u32, decimals: u8, symbol: &[u8]) {
        let frame = self.frame::<32>(ASSET_ADDED).u32(asset).u8(decimals).u8(length(symbol));
        let end = frame.end();
        self.append::<32>(end, symbol);
    }

    pub fn instrument_listed(&mut self, instrument: u32, d: &Definition) {
        let frame = self
            .frame::<288>(INSTRUMENT_LISTED)
            .u32(instrument)
            .u32(d.base)
            .u32(d.quote)
            .i64(d.quote_units_per_tick_lot)
            .i64(d.base_units_per_lot)
            .i64(d.min_price_ticks)
            .i64(d.max_price_ticks)
            .i64(d.min_lots)
            .i64(d.max_lots)
            .i64(d.market_min_lots)
            .i64(d.market_max_lots)
            .i64(d.market_step_lots)
            .i128(d.min_notional)
            .i128(d.notional_min)
            .i128(d.notional_max)
            .i128(d.max_position)
            .u32(d.bid_multiplier_up)
            .u32(d.bid_multiplier_down)
            .u32(d.ask_multiplier_up)
            .u32(d.ask_multiplier_down)
            .u32(d.average_price_minutes)
            .u32(d.max_num_orders)
            .u32(d.maker_ppm)
            .u32(d.taker_ppm)
            .u8(u8::from(d.min_notional_applies_to_market))
            .u8(u8::from(d.notional_min_applies_to_market))
            .u8(u8::from(d.notional_max_applies_to_market))
            .u8(d.default_stp.byte())
            .u8(d.allowed_stp_mask)
            .u8(d.status.byte())
            .u8(length(&d.symbol))
            .pair(d.percent_price)
            .pair(d.bid_limit)
            .pair(d.ask_limit)
            .u32(d.reference_bucket_count)
            .u32(d.reference_bucket_width_ms)
            .u32(d.iceberg_parts)
            .u32(d.max_num_algo_orders)
            .u32(d.max_num_iceberg_orders)
            .u32(d.max_num_order_lists)
            .u32(d.max_num_order_amends)
            .pair(d.trailing_above)
            .pair(d.trailing_below)
            .u8(d.allowed_order_types)
            .put(d.features.to_le_bytes());
        let end = frame.end();
        self.append::<288>(end, &d.symbol);
    }

    pub fn instrument_status_set(&mut self, instrument: u32, status: u8) {
        self.frame::<32>(INSTRUMENT_STATUS_SET).u32(instrument).u8(status);
    }

    pub fn account_opened(&mut self, account: u32) {
        self.frame::<32>(ACCOUNT_OPENED).u32(account);
    }

    pub fn commission_rates_set(&mut self, instrument: u32, tier: u32, maker_ppm: u32, taker_ppm: u32) {
        self.frame::<40>(COMMISSION_RATES_SET).u32(instrument).u32(tier).u32(maker_ppm).u32(taker_ppm);
    }

    pub fn commission_tier_set(&mut self, account: u32, tier: u32) {
        self.frame::<32>(COMMISSION_TIER_SET).u32(account).u32(tier);
    }

    pub fn trade_group_set(&mut self, account: u32, trade_group: u32) {
        self.frame::<32>(TRADE_GROUP_SET).u32(account).u32(trade_group);
    }

    pub fn reference_price_set(&mut self, instrument: u32, price_ticks: i64) {
        self.frame::<40>(REFERENCE_PRICE_SET).u32(instrument).i64(price_ticks);
    }

    pub fn exchange_limits_set(&mut self, limits: &ExchangeLimits) {
        let frame = self.frame::<40>(EXCHANGE_LIMITS_SET).u32(limits.orders).u32(limits.algo_orders);
        frame.u32(limits.iceberg_orders).u32(limits.order_lists);
    }

    pub fn asset_limit_set(&mut self, asset: u32, amount: i128) {
        self.frame::<48>(ASSET_LIMIT_SET).u32(asset).i128(amount);
    }

    pub fn deposited(&mut self, account: u32, asset: u32, amount: i128) {
        self.frame::<48>(DEPOSITED).u32(account).u32(asset).i128(amount);
    }

    /// `kind` is WITHDRAWAL_HELD, WITHDRAWAL_SETTLED or WITHDRAWAL_RELEASED.
    pub fn withdrawal(&mut self, kind: u8, account: u32, asset: u32, id: u64, amount: i128) {
        self.frame::<56>(kind).u32(account).u32(asset).u64(id).i128(amount);
    }

    pub fn transferred(&mut self, source: u32, target: u32, asset: u32, amount: i128) {
        self.frame::<56>(TRANSFERRED).u32(source).u32(target).u32(asset).i128(amount);
    }

    #[inline]
    pub fn order_placed(&mut self, order_id: u64, order: &NewOrder, quantity_lots: i64, held: i128) {
        let frame = self
            .frame::<96>(ORDER_PLACED)
            .u64(order_id)
            .u32(order.account)
            .u32(order.instrument)
            .put([order.side.byte(), order.kind.byte(), order.time_in_force.byte(), order.stp.byte()])
            .i64(order.price_ticks)
            .i64(quantity_lots)
            .i128(order.quote_amount)
            .i128(held)
            .u8(length(order.client_id))
            .u8(u8::from(order.instructions.is_some()));
        let end = frame.end();
        self.append_both::<96>(end, order.instructions, order.client_id);
    }

    #[inline]
    pub fn trade_executed(&mut self, trade: &Trade) {
        self.frame::<152>(TRADE_EXECUTED)
            .u64(trade.trade_id)
            .u32(trade.instrument)
            .u8(trade.taker_side.byte())
            .u64(trade.taker_order_id)
            .u64(trade.maker_order_id)
            .u32(trade.taker_account)
            .u32(trade.maker_account)
            .i64(trade.price_ticks)
            .i64(trade.quantity_lots)
            .i64(trade.taker_remaining_lots)
            .i64(trade.maker_remaining_lots)
            .u64(trade.update_id)
            .i128(trade.buyer_commission)
            .i128(trade.seller_commission)
            .i128(trade.buyer_release);
    }

    #[inline]
    pub fn order_rested(&mut self, order: &OrderFacts, update_id: u64, visible_lots: i64) {
        self.frame::<80>(ORDER_RESTED)
            .u64(order.order_id)
            .u32(order.account)
            .u32(order.instrument)
            .u8(order.side.byte())
            .i64(order.price_ticks)
            .i64(order.remaining_lots)
            .u64(update_id)
            .i64(visible_lots);
    }

    #[inline(always)]
    pub fn order_canceled(&mut self, order: &OrderFacts, released: i128, update_id: u64, cancel_id: &[u8]) {
        let frame = self
            .frame::<88>(ORDER_CANCELED)
            .u64(order.order_id)
            .u32(order.account)
            .u32(order.instrument)
            .u8(order.side.byte())
            .i64(order.price_ticks)
            .i64(order.remaining_lots)
            .i128(released)
            .u64(update_id)
            .u8(length(cancel_id));
        let end = frame.end();
        self.append::<88>(end, cancel_id);
    }

    #[inline]
    pub fn order_expired(
        &mut self,
        order: &OrderFacts,
        reason: ExpiryReason,
        released: i128,
        update_id: u64,
    ) {
        self.frame::<88>(ORDER_EXPIRED)
            .u64(order.order_id)
            .u32(order.account)
            .u32(order.instrument)
            .put([order.side.byte(), reason.byte()])
            .i64(order.price_ticks)
            .i64(order.remaining_lots)
            .i128(released)
            .u64(update_id);
    }

    /// `order.remaining_lots` is what is left after the amend.
    pub fn order_amended(
        &mut self,
        order: &OrderFacts,
        quantities: (i64, i64),
        released: i128,
        update_id: u64,
        client_id: &[u8],
    ) {
        let (old_lots, new_lots) = quantities;
        let frame = self
            .frame::<104>(ORDER_AMENDED)
            .u64(order.order_id)
            .u32(order.account)
            .u32(order.instrument)
            .u8(order.side.byte())
            .i64(order.price_ticks)
            .i64(old_lots)
            .i64(new_lots)
            .i64(order.remaining_lots)
            .i128(released)
            .u64(update_id)
            .u8(length(client_id));
        let end = frame.end();
        self.append::<104>(end, client_id);
    }

    pub fn match_prevented(&mut self, p: &Prevented) {
        self.frame::<144>(MATCH_PREVENTED)
            .u64(p.prevented_match_id)
            .u32(p.instrument)
            .put([p.taker_side.byte(), p.mode.byte()])
            .u32(p.account)
            .u64(p.taker_order_id)
            .u64(p.maker_order_id)
            .i64(p.price_ticks)
            .i64(p.taker_prevented_lots)
            .i64(p.maker_prevented_lots)
            .i64(p.taker_remaining_lots)
            .i64(p.maker_remaining_lots)
            .i128(p.taker_released)
            .i128(p.maker_released)
            .u64(p.update_id)
            .u32(p.maker_account);
    }

    pub fn order_triggered(&mut self, order: &OrderFacts, released: i128, held: i128) {
        self.frame::<88>(ORDER_TRIGGERED).order(order).i128(released).i128(held);
    }

    /// `order.remaining_lots` is its quantity.
    pub fn order_activated(&mut self, order: &OrderFacts, held: i128) {
        self.frame::<80>(ORDER_ACTIVATED).order(order).i64(order.remaining_lots).i128(held);
    }

    /// `kind` is ORDER_PEGGED or TRAILING_STARTED.
    pub fn order_priced(&mut self, kind: u8, order: &OrderFacts) {
        self.frame::<56>(kind).order(order);
    }

    pub fn iceberg_refreshed(&mut self, order: &OrderFacts, visible_lots: i64, update_id: u64) {
        self.frame::<72>(ICEBERG_REFRESHED).order(order).i64(visible_lots).u64(update_id);
    }

    pub fn order_list_placed(&mut self, list: &ListFacts) {
        let frame = self
            .frame::<56>(ORDER_LIST_PLACED)
            .u64(list.list)
            .u32(list.account)
            .u32(list.instrument)
            .u8(list.kind.byte())
            .u64(list.first_order_id)
            .u8(list.leg_count)
            .u8(length(list.client_id));
        let end = frame.end();
        self.append::<56>(end, list.client_id);
    }

    pub fn order_list_done(&mut self, list: u64, account: u32, instrument: u32) {
        self.frame::<40>(ORDER_LIST_DONE).u64(list).u32(account).u32(instrument);
    }

    pub fn proceeds_held(&mut self, list: u64, account: u32, instrument: u32, amount: i128) {
        self.frame::<56>(PROCEEDS_HELD).u64(list).u32(account).u32(instrument).i128(amount);
    }

    pub fn time_advanced(&mut self) {
        self.frame::<24>(TIME_ADVANCED);
    }

    pub fn auction_priced(&mut self, instrument: u32, price_ticks: i64, quantity_lots: i64) {
        self.frame::<48>(AUCTION_PRICED).u32(instrument).i64(price_ticks).i64(quantity_lots);
    }

    pub fn order_repeated(&mut self, order_id: u64, order: &NewOrder, original_sequence: u64) {
        let frame = self
            .frame::<56>(ORDER_REPEATED)
            .u64(order_id)
            .u32(order.account)
            .u32(order.instrument)
            .u64(original_sequence)
            .u8(length(order.client_id));
        let end = frame.end();
        self.append::<56>(end, order.client_id);
    }

    pub fn order_rejected(&mut self, order: &NewOrder, rejection: Rejection) {
        let frame = self
            .frame::<72>(ORDER_REJECTED)
            .u32(order.account)
            .u32(order.instrument)
            .put([order.side.byte(), order.kind.byte(), order.time_in_force.byte(), order.stp.byte()])
            .u8(rejection.byte())
            .i64(order.price_ticks)
            .i64(order.quantity_lots)
            .i128(order.quote_amount)
            .u8(length(order.client_id))
            .u8(u8::from(order.instructions.is_some()));
        let end = frame.end();
        self.append_both::<72>(end, order.instructions, order.client_id);
    }

    pub fn command_rejected(&mut self, rejection: Rejection, refused: &Refused) {
        let frame = self
            .frame::<48>(COMMAND_REJECTED)
            .u8(rejection.byte())
            .u8(refused.command_kind)
            .u32(refused.account)
            .u32(refused.instrument)
            .u64(refused.order_id)
            .u8(length(refused.client_id));
        let end = frame.end();
        self.append::<48>(end, refused.client_id);
    }
}
