//! The whole state as bytes, and back. Canonical: equal states give equal bytes, whatever way led there.
//!
//! Slots, hash tables and free lists are left out; orders stand in the order in which they would trade.

use crate::auction::Opening;
use crate::book::queue;
use crate::bytes::{Reader, Writer};
use crate::client_order_ids::{ClientOrderId, Parameters, Use};
use crate::command::{frames, ExchangeLimits};
use crate::command_ids::Origin;
use crate::commission::Rates;
use crate::event::{Events, HEADER_BYTES};
use crate::exchange::{Account, Asset, Exchange, Listing, Withdrawal};
use crate::instrument::Definition;
use crate::ledger::Balance;
use crate::mean_price::PriceBucket;
use crate::number::{at, slot};
use crate::order::{InstrumentStatus, OrderType, Side, StpMode, TimeInForce, NONE};
use crate::reference_price::{Bucket, ReferencePrice};
use crate::snapshot_orders::read_orders;
use crate::trigger::Direction;

const MAGIC: u64 = u64::from_le_bytes(*b"RIALTO\x00\x02");
const HASH_BYTES: usize = 32;
const DEFINITION_IN_EVENT: usize = HEADER_BYTES + 4;
const LIST_INSTRUMENT: u8 = 2;

/// The bytes are not a whole, undamaged snapshot of this format.
#[derive(Debug, PartialEq, Eq)]
pub struct Damaged;

impl Exchange {
    pub fn snapshot(&self) -> Vec<u8> {
        assert!(self.ledger.is_balanced(), "each asset sums to zero");
        let mut w = Writer::default();
        w.u64(MAGIC);
        w.u64(self.sequence);
        w.u64(self.time_us);
        w.u64(self.last_order_id);
        self.write_assets_and_accounts(&mut w);
        self.write_listings(&mut w);
        self.write_lists(&mut w);
        self.write_client_ids(&mut w);
        let hash = blake3::hash(&w.bytes);
        w.bytes.extend_from_slice(hash.as_bytes());
        w.bytes
    }

    /// 32 bytes, equal for equal states.
    pub fn state_hash(&self) -> [u8; HASH_BYTES] {
        let snapshot = self.snapshot();
        *snapshot.last_chunk().expect("a snapshot ends with its hash")
    }

    pub fn restore(snapshot: &[u8]) -> Result<Self, Damaged> {
        let (body, hash) = snapshot.split_last_chunk::<HASH_BYTES>().ok_or(Damaged)?;
        if blake3::hash(body).as_bytes() != hash {
            return Err(Damaged);
        }
        let mut reader = Reader::new(body);
        Self::read(&mut reader).filter(|_| reader.is_done()).ok_or(Damaged)
    }

    fn read(r: &mut Reader) -> Option<Self> {
        if r.u64()? != MAGIC {
            return None;
        }
        let mut exchange =
            Self { sequence: r.u64()?, time_us: r.u64()?, last_order_id: r.u64()?, ..Self::default() };
        exchange.read_assets_and_accounts(r)?;
        exchange.read_listings(r)?;
        exchange.read_lists(r)?;
        exchange.read_client_ids(r)?;
        Some(exchange)
    }

    fn write_assets_and_accounts(&self, w: &mut Writer) {
        w.count(self.assets.len());
        for (asset, (commission, external)) in self.assets.iter().zip(self.ledger.totals()) {
            w.u8(asset.decimals);
            w.text(&asset.symbol);
            w.i128(asset.limit);
            w.i128(commission);
            w.i128(external);
        }
        w.count(self.accounts.len());
        for (&account, state) in &self.accounts {
            w.u32(account);
            w.u32(state.commission_tier);
            w.u32(state.trade_group);
        }
        let ExchangeLimits { orders, algo_orders, iceberg_orders, order_lists, .. } = self.limits;
        [orders, algo_orders, iceberg_orders, order_lists].into_iter().for_each(|limit| w.u32(limit));
        let rows = self.ledger.rows();
        w.count(rows.len());
        for (account, asset, balance) in rows {
            w.u32(account);
            w.u32(asset);
            w.i128(balance.free);
            w.i128(balance.locked);
        }
        w.count(self.withdrawals.len());
        for (&id, held) in &self.withdrawals {
            w.u64(id);
            w.u32(held.account);
            w.u32(held.asset);
            w.i128(held.amount);
        }
        let mut origins: Vec<&Origin> = self.command_ids.origins.iter().collect();
        origins.sort_unstable_by_key(|origin| origin.origin);
        w.count(origins.len());
        for origin in origins {
            w.u32(origin.origin);
            w.u64(origin.highest);
            w.u64(origin.last_sequence);
            origin.seen.iter().for_each(|&word| w.u64(word));
        }
    }

    fn read_assets_and_accounts(&mut self, r: &mut Reader) -> Option<()> {
        for asset in 0..r.count()? {
            let decimals = r.u8()?;
            let symbol = r.text()?.to_vec();
            self.enter_asset(Asset { decimals, symbol, limit: r.i128()? });
            self.ledger.restore_totals(slot(asset), r.i128()?, r.i128()?);
        }
        for _ in 0..r.count()? {
            self.accounts.insert(r.u32()?, Account::new(r.u32()?, r.u32()?));
        }
        self.limits = ExchangeLimits::new([r.u32()?, r.u32()?, r.u32()?, r.u32()?]);
        for _ in 0..r.count()? {
            let (account, asset) = (r.u32()?, r.u32()?);
            let balance = Balance { free: r.i128()?, locked: r.i128()? };
            self.ledger.restore(account, asset, balance);
        }
        for _ in 0..r.count()? {
            let id = r.u64()?;
            let held = Withdrawal { account: r.u32()?, asset: r.u32()?, amount: r.i128()? };
            self.withdrawals.insert(id, held);
        }
        for _ in 0..r.count()? {
            let (origin, highest, last_sequence) = (r.u32()?, r.u64()?, r.u64()?);
            let mut seen = [0; 16];
            for word in &mut seen {
                *word = r.u64()?;
            }
            self.command_ids.origins.push(Origin { origin, highest, last_sequence, seen });
        }
        Some(())
    }

    fn write_listings(&self, w: &mut Writer) {
        w.count(self.listings.len());
        let aside = self.orders_aside();
        for (listing, aside) in self.listings.iter().zip(aside) {
            w.text(&definition_bytes(&listing.definition));
            w.u8(listing.status.byte());
            w.u64(listing.book.last_update_id);
            w.u64(listing.book.last_trade_id);
            w.u64(listing.book.last_prevented_match_id);
            write_rates(listing, w);
            write_reference(&listing.reference, w);
            let opening = listing.opening.unwrap_or(Opening { price_ticks: 0, left_lots: 0 });
            w.i64(opening.price_ticks);
            w.i64(opening.left_lots);
            for side in [Side::Buy, Side::Sell] {
                w.count(listing.book.queue(&self.open.orders, side).count());
                for order in listing.book.queue(&self.open.orders, side) {
                    self.write_order(order, 0, w);
                }
            }
            for direction in Direction::BOTH {
                w.i64(listing.triggers.bounds[direction.index()]);
                let ladder = listing.triggers.ladder(direction);
                w.count(queue(ladder, &self.open.orders).count());
                for order in queue(ladder, &self.open.orders) {
                    self.write_order(order, ladder.level(order.level).price_ticks, w);
                }
            }
            w.count(aside.len());
            for order in aside {
                self.write_order(order, 0, w);
            }
        }
    }

    fn read_listings(&mut self, r: &mut Reader) -> Option<()> {
        let mut orders = Vec::new();
        for instrument in 0..slot(r.count()?) {
            self.enter_listing(read_definition(r.text()?)?);
            let listing = self.listings.last_mut()?;
            listing.status = InstrumentStatus::from_byte(r.u8()?)?;
            listing.book.last_update_id = r.u64()?;
            listing.book.last_trade_id = r.u64()?;
            listing.book.last_prevented_match_id = r.u64()?;
            read_rates(listing, r)?;
            read_reference(&mut listing.reference, r)?;
            let opening = Opening { price_ticks: r.i64()?, left_lots: r.i64()? };
            listing.opening = (opening.price_ticks != 0).then_some(opening);
            for _ in [Side::Buy, Side::Sell] {
                read_orders(instrument, &mut orders, r)?;
            }
            for direction in Direction::BOTH {
                listing.triggers.bounds[direction.index()] = r.i64()?;
                read_orders(instrument, &mut orders, r)?;
            }
            read_orders(instrument, &mut orders, r)?;
        }
        self.place_again(&orders)
    }

    fn write_client_ids(&self, w: &mut Writer) {
        let kept = self.open.client_ids.kept();
        w.count(kept.len());
        for entry in kept {
            w.u32(entry.account);
            w.text(entry.text());
            w.u64(entry.accepted_us);
            w.u64(entry.sequence);
            w.u64(entry.order_id);
            w.u8(u8::from(entry.is_remembered));
            w.u8(u8::from(entry.order != NONE));
            write_parameters(entry, w);
        }
    }

    fn read_client_ids(&mut self, r: &mut Reader) -> Option<()> {
        for _ in 0..r.count()? {
            let (account, text) = (r.u32()?, r.text()?);
            let (now_us, sequence, order_id) = (r.u64()?, r.u64()?, r.u64()?);
            let (is_remembered, is_open) = (r.u8()? == 1, r.u8()? == 1);
            let parameters = if r.u8()? == 1 { Some(read_parameters(r)?) } else { None };
            let order = if is_open { self.open.find(order_id)? } else { NONE };
            let usage = Use { account, text, parameters, order_id, sequence, now_us };
            let number = self.open.client_ids.restore(&usage, is_remembered, order);
            if is_open {
                self.open.orders[at(order)].client_id = number;
            }
        }
        Some(())
    }
}

/// The definition as it stands in an InstrumentListed event.
fn definition_bytes(definition: &Definition) -> Vec<u8> {
    let mut events = Events::default();
    events.instrument_listed(0, definition);
    events.bytes.split_off(DEFINITION_IN_EVENT)
}

/// Read it as the ListInstrument command it came from.
fn read_definition(body: &[u8]) -> Option<Definition> {
    let length = (16 + body.len()).next_multiple_of(8);
    let mut frame = vec![0; length];
    frame[..2].copy_from_slice(&u16::try_from(length).ok()?.to_le_bytes());
    frame[2] = LIST_INSTRUMENT;
    frame[16..16 + body.len()].copy_from_slice(body);
    let first = frames(&frame).next()?;
    first.definition()
}

fn write_rates(listing: &Listing, w: &mut Writer) {
    let standard = (0, listing.rates.standard());
    let all: Vec<(u32, Rates)> = std::iter::once(standard).chain(listing.rates.special()).collect();
    w.count(all.len());
    for (tier, rates) in all {
        w.u32(tier);
        w.u32(rates.maker_ppm);
        w.u32(rates.taker_ppm);
    }
}

fn read_rates(listing: &mut Listing, r: &mut Reader) -> Option<()> {
    for _ in 0..r.count()? {
        let (tier, maker_ppm, taker_ppm) = (r.u32()?, r.u32()?, r.u32()?);
        listing.rates.set(tier, Rates { maker_ppm, taker_ppm });
    }
    Some(())
}

fn write_reference(reference: &ReferencePrice, w: &mut Writer) {
    w.i64(reference.last_price_ticks);
    w.i64(reference.set_ticks);
    w.count(reference.buckets.len());
    for bucket in &reference.buckets {
        w.u64(bucket.minute);
        w.i128(bucket.tick_lots);
        w.i128(bucket.lots);
    }
    if let Some(mean) = &reference.mean {
        w.count(mean.buckets.len());
        for bucket in &mean.buckets {
            w.u64(bucket.open_us);
            w.i128(bucket.count);
            w.i128(bucket.sum_ticks);
        }
    }
}

fn read_reference(reference: &mut ReferencePrice, r: &mut Reader) -> Option<()> {
    reference.last_price_ticks = r.i64()?;
    reference.set_ticks = r.i64()?;
    for _ in 0..r.count()? {
        let bucket = Bucket { minute: r.u64()?, tick_lots: r.i128()?, lots: r.i128()? };
        reference.buckets.push_back(bucket);
    }
    if let Some(mean) = &mut reference.mean {
        for _ in 0..r.count()? {
            let bucket = PriceBucket { open_us: r.u64()?, count: r.i128()?, sum_ticks: r.i128()? };
            mean.buckets.push_back(bucket);
        }
    }
    Some(())
}

fn write_parameters(entry: &ClientOrderId, w: &mut Writer) {
    w.u8(u8::from(entry.parameters.is_some()));
    let Some(p) = &entry.parameters else { return };
    w.u32(p.instrument);
    w.u8(p.side.byte());
    w.u8(p.kind.byte());
    w.u8(p.time_in_force.byte());
    w.u8(p.stp.byte());
    w.i64(p.price_ticks);
    w.i64(p.quantity_lots);
    w.i128(p.quote_amount);
    w.u64(p.rest);
}

fn read_parameters(r: &mut Reader) -> Option<Parameters> {
    Some(Parameters {
        instrument: r.u32()?,
        side: Side::from_byte(r.u8()?)?,
        kind: OrderType::from_byte(r.u8()?)?,
        time_in_force: TimeInForce::from_byte(r.u8()?)?,
        stp: StpMode::from_byte(r.u8()?)?,
        price_ticks: r.i64()?,
        quantity_lots: r.i64()?,
        quote_amount: r.i128()?,
        rest: r.u64()?,
    })
}
