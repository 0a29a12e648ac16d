//! Command frames, as rialto.messages.codec writes them, for the few commands that a workload needs.

/// A frame under construction.
pub struct Frame(Vec<u8>);

impl Frame {
    pub fn new(kind: u8, number: u64) -> Self {
        let mut bytes = vec![0, 0, kind, 0];
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        bytes.extend_from_slice(&number.to_le_bytes());
        Self(bytes)
    }
    pub fn u8(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }
    pub fn u32(mut self, value: u32) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    pub fn u64(mut self, value: u64) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    pub fn i64(self, value: i64) -> Self {
        self.u64(value.cast_unsigned())
    }
    pub fn i128(mut self, value: i128) -> Self {
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }
    pub fn text(mut self, text: &[u8]) -> Self {
        self.0.extend_from_slice(text);
        self
    }
    pub fn close(mut self) -> Vec<u8> {
        let length = self.0.len().next_multiple_of(8);
        self.0.resize(length, 0);
        let length = u16::try_from(length).expect("frames are small");
        self.0[..2].copy_from_slice(&length.to_le_bytes());
        self.0
    }
}

pub fn add_asset(number: u64, symbol: &str) -> Vec<u8> {
    let length = u8::try_from(symbol.len()).expect("short");
    Frame::new(1, number).u8(8).u8(length).text(symbol.as_bytes()).close()
}

pub fn open_account(number: u64, account: u32) -> Vec<u8> {
    Frame::new(4, number).u32(account).close()
}

pub fn deposit(number: u64, account: u32, asset: u32, amount: i128) -> Vec<u8> {
    Frame::new(7, number).u32(account).u32(asset).i128(amount).close()
}

/// Every filter is on, wide enough for the workloads; commission is a tenth of a percent for both.
pub fn list_instrument(number: u64, base: u32, quote: u32, symbol: &str) -> Vec<u8> {
    let mut frame = Frame::new(2, number).u32(base).u32(quote).i64(10).i64(1_000);
    for bound in [1, 1 << 30, 1, 1 << 40, 1, 1 << 40, 1] {
        frame = frame.i64(bound);
    }
    for amount in [1, 1, 1 << 90, 1 << 90] {
        frame = frame.i128(amount);
    }
    for multiplier in [50_000, 2_000, 50_000, 2_000] {
        frame = frame.u32(multiplier);
    }
    let length = u8::try_from(symbol.len()).expect("short");
    frame
        .u32(5)
        .u32(1_000_000)
        .u32(1_000)
        .u32(1_000)
        .u8(1)
        .u8(1)
        .u8(1)
        .u8(0)
        .u8(31)
        .u8(0)
        .u8(length)
        .text(&[0; 68])
        .u8(127)
        .text(&511_u16.to_le_bytes())
        .text(symbol.as_bytes())
        .close()
}

/// What all orders of a workload have in common is filled in: no self-trade prevention, no client order id.
pub struct Order {
    pub account: u32,
    pub instrument: u32,
    pub is_sell: bool,
    pub is_market: bool,
    pub time_in_force: u8,
    pub price: i64,
    pub quantity: i64,
}

impl Order {
    fn words(&self, frame: Frame) -> Frame {
        let time_in_force = if self.is_market { 0 } else { self.time_in_force };
        frame
            .u8(u8::from(self.is_sell))
            .u8(u8::from(self.is_market))
            .u8(time_in_force)
            .u8(0)
            .u8(0)
            .i64(self.price)
            .i64(self.quantity)
            .i128(0)
    }

    pub fn place(&self, number: u64) -> Vec<u8> {
        self.words(Frame::new(16, number).u32(self.account).u32(self.instrument)).u8(0).u8(0).close()
    }

    pub fn replace(&self, number: u64, cancel: u64) -> Vec<u8> {
        let frame = Frame::new(19, number).u32(self.account).u32(self.instrument).u64(cancel);
        self.words(frame.u8(0).u8(0)).u8(0).u8(0).u8(0).u8(0).close()
    }
}

pub fn cancel(number: u64, account: u32, instrument: u32, order: u64) -> Vec<u8> {
    let frame = Frame::new(17, number).u32(account).u32(instrument).u64(order);
    frame.u8(0).u8(0).u8(0).close()
}

pub fn amend(number: u64, account: u32, instrument: u32, order: u64, quantity: i64) -> Vec<u8> {
    let frame = Frame::new(20, number).u32(account).u32(instrument).u64(order);
    frame.i64(quantity).u8(0).u8(0).close()
}
