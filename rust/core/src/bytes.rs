//! Little-endian numbers to and from a run of bytes, for snapshots.

/// Bytes being written.
#[derive(Default)]
pub struct Writer {
    pub bytes: Vec<u8>,
}

macro_rules! writes {
    ($($name:ident: $type:ty),+) => {
        $(pub fn $name(&mut self, value: $type) {
            self.bytes.extend_from_slice(&value.to_le_bytes());
        })+
    };
}

impl Writer {
    writes!(u8: u8, u32: u32, u64: u64, i64: i64, i128: i128);

    pub fn count(&mut self, count: usize) {
        self.u64(u64::try_from(count).expect("a count fits 64 bits"));
    }

    pub fn text(&mut self, text: &[u8]) {
        self.count(text.len());
        self.bytes.extend_from_slice(text);
    }
}

/// Bytes being read; None when they run out.
pub struct Reader<'a> {
    rest: &'a [u8],
}

macro_rules! reads {
    ($($name:ident: $type:ty),+) => {
        $(pub fn $name(&mut self) -> Option<$type> {
            let (head, rest) = self.rest.split_first_chunk()?;
            self.rest = rest;
            Some(<$type>::from_le_bytes(*head))
        })+
    };
}

impl<'a> Reader<'a> {
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    reads!(u8: u8, u32: u32, u64: u64, i64: i64, i128: i128);

    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(self.u64()?).ok()
    }

    pub fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.count()?;
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(head)
    }

    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}
