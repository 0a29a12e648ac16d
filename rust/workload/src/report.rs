//! What a run found, as one JSON object.

use std::time::Duration;

use crate::checksum::Checksum;

pub struct Report {
    pub engine: &'static str,
    pub operations: usize,
    /// Of each round, without the prefill.
    pub rounds: Vec<Duration>,
    /// Of single operations, in nanoseconds, clock reads included.
    pub latencies_ns: Vec<u64>,
    pub checksum: Checksum,
    pub event_bytes: usize,
    pub state_hash: String,
}

#[allow(clippy::cast_precision_loss)]
fn mops(operations: usize, took: Duration) -> f64 {
    operations as f64 / took.as_secs_f64() / 1e6
}

impl Report {
    pub fn json(mut self) -> String {
        self.rounds.sort_unstable();
        self.latencies_ns.sort_unstable();
        let last = self.latencies_ns.len().saturating_sub(1);
        let at = |thousandths: usize| self.latencies_ns.get(last * thousandths / 1000).copied().unwrap_or(0);
        let (p50, p99, p999, max) = (at(500), at(990), at(999), at(1000));
        let (fastest, slowest) = (self.rounds[0], self.rounds[self.rounds.len() - 1]);
        let c = &self.checksum;
        let speed = format!(
            "\"engine\":\"{}\",\"operations\":{},\"rounds\":{},\"mops\":{:.3},\"mops_max\":{:.3},\"mops_min\":{:.3}",
            self.engine,
            self.operations,
            self.rounds.len(),
            mops(self.operations, self.rounds[self.rounds.len() / 2]),
            mops(self.operations, fastest),
            mops(self.operations, slowest),
        );
        let latency = format!(
            "\"p50_ns\":{p50},\"p99_ns\":{p99},\"p999_ns\":{p999},\"max_us\":{:.1}",
            Duration::from_nanos(max).as_secs_f64() * 1e6
        );
        let end = format!(
            "\"trades\":{},\"traded_qty\":{},\"traded_notional\":{},\"rejects\":{},\
             \"tape_hash\":\"{:016x}\",\"book_hash\":\"{:016x}\",\"resting_bids\":{},\"resting_asks\":{}",
            c.trades,
            c.traded_quantity,
            c.traded_notional,
            c.rejects,
            c.tape.0,
            c.book.0,
            c.resting_bids,
            c.resting_asks,
        );
        let state = format!("\"event_bytes\":{},\"state_hash\":\"{}\"", self.event_bytes, self.state_hash);
        format!("{{{speed},{latency},{end},{state}}}")
    }
}
