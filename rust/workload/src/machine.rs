//! The whole core on a workload: checks, holds, matching, settlement, commission, deduplication and complete events.
//!
//! The machine gives out order ids itself, so a first run translates the file's ids into its own; the timed rounds
//! then apply the same bytes to a fresh machine in batches, and must end in the same state.

use std::time::Instant;

use rialto_core::command::u64_at;
use rialto_core::event::{COMMAND_REJECTED, HEADER_BYTES, ORDER_PLACED, ORDER_REJECTED, TRADE_EXECUTED};
use rialto_core::order::Side;
use rialto_core::Exchange;

use crate::checksum::Checksum;
use crate::command::{self, Order};
use crate::file::{Operation, Record, Workload};
use crate::report::Report;

const ROUNDS: usize = 5;
const BATCH_COMMANDS: usize = 1_000;
const TIME_US: u64 = 1_700_000_000_000_000;
const FUNDS: i128 = 1 << 70;

/// The commands of a run: one buffer, and where each begins.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    starts: Vec<usize>,
}

impl Script {
    fn push(&mut self, frame: &[u8]) {
        self.starts.push(self.bytes.len());
        self.bytes.extend_from_slice(frame);
    }

    /// Frames `from..to` back to back.
    fn frames(&self, from: usize, to: usize) -> &[u8] {
        let end = self.starts.get(to).copied().unwrap_or(self.bytes.len());
        &self.bytes[self.starts[from]..end]
    }

    fn apply(&self, exchange: &mut Exchange, from: usize, to: usize, batch: usize) -> usize {
        let (mut at, mut event_bytes) = (from, 0);
        while at < to {
            let next = (at + batch).min(to);
            let first = exchange.sequence() + 1;
            exchange.apply(first, TIME_US, self.frames(at, next)).expect("the frames are whole");
            event_bytes += exchange.events().len();
            at = next;
        }
        event_bytes
    }
}

/// The file's order ids and the machine's.
struct Translation {
    script: Script,
    exchange: Exchange,
    machine_ids: Vec<u64>,
    file_ids: Vec<u32>,
    checksum: Checksum,
}

fn set_up(workload: &Workload) -> Script {
    let mut script = Script::default();
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    script.push(&command::add_asset(next(), "QUOTE"));
    for symbol in 0..workload.symbols {
        script.push(&command::add_asset(next(), &format!("BASE{symbol}")));
        script.push(&command::list_instrument(next(), symbol + 1, 0, &format!("SYMBOL{symbol}")));
    }
    for account in 1..=workload.accounts {
        script.push(&command::open_account(next(), account));
        for asset in 0..=workload.symbols {
            script.push(&command::deposit(next(), account, asset, FUNDS));
        }
    }
    script
}

impl Translation {
    fn new(workload: &Workload) -> Self {
        let script = set_up(workload);
        let mut exchange = Exchange::default();
        script.apply(&mut exchange, 0, script.starts.len(), BATCH_COMMANDS);
        let machine_ids = vec![0; usize::try_from(workload.order_id_max).expect("32 bits") + 1];
        Self { script, exchange, machine_ids, file_ids: vec![0], checksum: Checksum::default() }
    }

    fn record(&mut self, record: &Record) {
        let frame = self.frame(record);
        self.script.push(&frame);
        let first = self.exchange.sequence() + 1;
        self.exchange.apply(first, TIME_US, &frame).expect("the frame is whole");
        self.read_events(record.order_id);
    }

    fn frame(&self, record: &Record) -> Vec<u8> {
        let number = self.exchange.sequence() + 1;
        let known = self.machine_ids[usize::try_from(record.order_id).expect("32 bits")];
        let order = Order {
            account: record.account,
            instrument: record.symbol,
            is_sell: record.is_sell,
            is_market: record.is_market,
            time_in_force: record.time_in_force,
            price: record.price,
            quantity: record.quantity,
        };
        match record.operation {
            Operation::New => order.place(number),
            Operation::Cancel => command::cancel(number, record.account, record.symbol, known),
            Operation::Move => order.replace(number, known),
            Operation::Reduce => self.reduce(record, number, known),
        }
    }

    /// A reduction to nothing is a cancel.
    fn reduce(&self, record: &Record, number: u64, known: u64) -> Vec<u8> {
        match self.exchange.open_order(known) {
            Some(order) if record.quantity < order.remaining_lots => {
                let quantity = order.quantity_lots - record.quantity;
                command::amend(number, record.account, record.symbol, known, quantity)
            }
            _ => command::cancel(number, record.account, record.symbol, known),
        }
    }

    fn read_events(&mut self, order_id: u32) {
        let mut events = self.exchange.events();
        while !events.is_empty() {
            let length = usize::from(u16::from_le_bytes([events[0], events[1]]));
            let body = &events[HEADER_BYTES..length];
            match events[2] {
                ORDER_PLACED => {
                    let machine_id = u64_at(body, 0);
                    self.machine_ids[usize::try_from(order_id).expect("32 bits")] = machine_id;
                    self.file_ids.push(order_id);
                }
                TRADE_EXECUTED => {
                    let file_id = |at| self.file_ids[usize::try_from(u64_at(body, at)).expect("64 bits")];
                    let price = u64_at(body, 37).cast_signed();
                    let quantity = u64_at(body, 45).cast_signed();
                    self.checksum.trade(file_id(13), file_id(21), price, quantity);
                }
                COMMAND_REJECTED | ORDER_REJECTED => self.checksum.rejects += 1,
                _ => {}
            }
            events = &events[length..];
        }
    }

    fn read_book(&mut self, symbols: u32) {
        for symbol in 0..symbols {
            for side in [Side::Buy, Side::Sell] {
                for (order, _) in self.exchange.queue(symbol, side) {
                    let file_id = self.file_ids[usize::try_from(order.id).expect("64 bits")];
                    let is_sell = side == Side::Sell;
                    self.checksum.rest(is_sell, file_id, order.price_ticks, order.remaining_lots);
                }
            }
        }
    }
}

/// The same commands as bytes: those that set up and fill the book, and those that are timed.
pub fn commands(workload: &Workload) -> (Vec<u8>, Vec<u8>) {
    let (translation, first) = translate(workload);
    let script = translation.script;
    (script.frames(0, first).to_vec(), script.frames(first, script.starts.len()).to_vec())
}

/// The whole file told to a machine; and the number of its first timed command.
fn translate(workload: &Workload) -> (Translation, usize) {
    let mut translation = Translation::new(workload);
    let first = translation.script.starts.len() + workload.prefill;
    workload.records.iter().for_each(|record| translation.record(record));
    (translation, first)
}

pub fn run(workload: &Workload) -> Result<Report, String> {
    let (mut translation, first) = translate(workload);
    translation.read_book(workload.symbols);
    let Translation { script, exchange, checksum, .. } = translation;
    let state_hash = exchange.state_hash();
    drop(exchange);
    let (mut rounds, mut event_bytes, end) = (Vec::new(), 0, script.starts.len());
    for _ in 0..ROUNDS {
        let mut exchange = Exchange::default();
        script.apply(&mut exchange, 0, first, BATCH_COMMANDS);
        let start = Instant::now();
        event_bytes = script.apply(&mut exchange, first, end, BATCH_COMMANDS);
        rounds.push(start.elapsed());
        check_end(&exchange, &state_hash)?;
    }
    let (latencies_ns, last) = latencies(&script, first);
    check_end(&last, &state_hash)?;
    Ok(Report {
        engine: "core",
        operations: end - first,
        rounds,
        latencies_ns,
        checksum,
        event_bytes,
        state_hash: state_hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// However the commands are cut into batches, they must end in the same state.
fn check_end(exchange: &Exchange, state_hash: &[u8; 32]) -> Result<(), String> {
    if exchange.state_hash() == *state_hash {
        Ok(())
    } else {
        Err("the same commands ended in another state".into())
    }
}

/// One command a batch, each timed by itself.
fn latencies(script: &Script, first: usize) -> (Vec<u64>, Exchange) {
    let mut exchange = Exchange::default();
    script.apply(&mut exchange, 0, first, BATCH_COMMANDS);
    let mut latencies = Vec::with_capacity(script.starts.len() - first);
    for at in first..script.starts.len() {
        let frame = script.frames(at, at + 1);
        let sequence = exchange.sequence() + 1;
        let start = Instant::now();
        exchange.apply(sequence, TIME_US, frame).expect("the frame is whole");
        latencies.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    (latencies, exchange)
}
