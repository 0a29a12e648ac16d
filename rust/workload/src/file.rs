//! The workload file: a 128-byte header and 40-byte records, little-endian (benchmarks/workload says what they mean).

const HEADER_BYTES: usize = 128;
const RECORD_BYTES: usize = 40;
const MAGIC: &[u8] = b"XCHWL001";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    New,
    Cancel,
    Move,
    Reduce,
}

#[derive(Clone, Copy)]
pub struct Record {
    pub operation: Operation,
    pub is_sell: bool,
    pub is_market: bool,
    pub time_in_force: u8,
    pub symbol: u32,
    pub account: u32,
    pub order_id: u32,
    pub price: i64,
    pub quantity: i64,
}

pub struct Workload {
    pub records: Vec<Record>,
    /// Leading records that set the book up and are not timed.
    pub prefill: usize,
    pub symbols: u32,
    pub accounts: u32,
    pub order_id_max: u32,
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn small(value: u64, what: &str) -> Result<u32, String> {
    u32::try_from(value).map_err(|_| format!("{what} {value} is too large"))
}

impl Workload {
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
            return Err("not a workload file".into());
        }
        let (count, prefill) = (u64_at(bytes, 16), u64_at(bytes, 24));
        let body = &bytes[HEADER_BYTES..];
        if u64::try_from(body.len() / RECORD_BYTES) != Ok(count) || prefill > count {
            return Err(format!("the file says {count} records and holds {}", body.len() / RECORD_BYTES));
        }
        let workload = Self {
            records: body.chunks_exact(RECORD_BYTES).map(record).collect::<Result<_, _>>()?,
            prefill: usize::try_from(prefill).map_err(|error| error.to_string())?,
            symbols: u32_at(bytes, 32),
            accounts: u32_at(bytes, 36),
            order_id_max: small(u64_at(bytes, 64), "order id")?,
        };
        let is_known = |r: &Record| {
            r.symbol < workload.symbols
                && (1..=workload.accounts).contains(&r.account)
                && (1..=workload.order_id_max).contains(&r.order_id)
        };
        match workload.records.iter().position(|record| !is_known(record)) {
            Some(bad) => Err(format!("record {bad} names an unknown symbol, account or order")),
            None => Ok(workload),
        }
    }
}

fn record(bytes: &[u8]) -> Result<Record, String> {
    let operation = match bytes[0] {
        1 => Operation::New,
        2 => Operation::Cancel,
        3 => Operation::Move,
        4 => Operation::Reduce,
        other => return Err(format!("unknown operation {other}")),
    };
    Ok(Record {
        operation,
        is_sell: bytes[1] == 1,
        is_market: bytes[2] == 1,
        time_in_force: bytes[3],
        symbol: u32_at(bytes, 4),
        account: u32_at(bytes, 8),
        order_id: small(u64_at(bytes, 16), "order id")?,
        price: u64_at(bytes, 24).cast_signed(),
        quantity: u64_at(bytes, 32).cast_signed(),
    })
}
