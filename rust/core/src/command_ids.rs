//! Command ids seen: a command that arrives twice acts once.
//!
//! An id is (origin, number), and each origin counts upward, so a window of the last numbers is enough: the manner of
//! the anti-replay window of RFC 6479. What is older than the window counts as seen. The cost is one bit a command.

use crate::limits::{COMMAND_ID_WINDOW, ORIGINS_MAX};
use crate::number::{at, low_u32};

const WORDS: usize = 16;
const _: () = assert!(WORDS * 64 == 1_024 && COMMAND_ID_WINDOW == 1_024);

#[derive(Clone)]
pub struct Origin {
    pub origin: u32,
    pub highest: u64,
    pub last_sequence: u64,
    pub seen: [u64; WORDS],
}

#[derive(Default)]
pub struct CommandIds {
    pub origins: Vec<Origin>,
    latest: usize,
}

#[inline]
fn place(number: u64) -> (usize, u64) {
    (at(low_u32(number / 64 % 16)), 1 << (number % 64))
}

impl Origin {
    fn new(origin: u32) -> Self {
        Self { origin, highest: 0, last_sequence: 0, seen: [0; WORDS] }
    }

    #[inline]
    fn is_seen(&self, number: u64) -> bool {
        if number > self.highest {
            return false;
        }
        let (word, bit) = place(number);
        self.highest - number >= COMMAND_ID_WINDOW || self.seen[word] & bit != 0
    }

    #[inline(always)]
    fn mark(&mut self, number: u64) {
        if number > self.highest {
            if number - self.highest > 1 {
                self.skip_to(number);
            }
            self.highest = number;
        }
        let (word, bit) = place(number);
        self.seen[word] |= bit;
    }

    /// The numbers between the highest and this one have not been seen.
    #[cold]
    fn skip_to(&mut self, number: u64) {
        for skipped in self.highest.max(number.saturating_sub(COMMAND_ID_WINDOW)) + 1..number {
            let (word, bit) = place(skipped);
            self.seen[word] &= !bit;
        }
    }
}

impl CommandIds {
    /// Whether this id is new; from now on it is not. Origin 0 is never checked.
    #[inline(always)]
    pub fn is_new(&mut self, origin: u32, number: u64, sequence: u64) -> bool {
        if origin == 0 {
            return true;
        }
        if self.origins.get(self.latest).is_none_or(|known| known.origin != origin) {
            self.latest = self.find_or_add(origin);
        }
        let known = &mut self.origins[self.latest];
        known.last_sequence = sequence;
        if known.is_seen(number) {
            return false;
        }
        known.mark(number);
        true
    }

    fn find_or_add(&mut self, origin: u32) -> usize {
        if let Some(found) = self.origins.iter().position(|known| known.origin == origin) {
            return found;
        }
        if self.origins.len() < ORIGINS_MAX {
            self.origins.push(Origin::new(origin));
            return self.origins.len() - 1;
        }
        let oldest = (0..ORIGINS_MAX).min_by_key(|&i| self.origins[i].last_sequence);
        let oldest = oldest.expect("there is at least one origin");
        self.origins[oldest] = Origin::new(origin);
        oldest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_once_and_what_is_too_old_counts_as_seen() {
        let mut ids = CommandIds::default();
        for (number, new) in [
            (5, true),
            (5, false),
            (3, true),
            (3, false),
            (1_028, true),
            (5, false),
            (4, false),
            (6, true),
            (6, false),
            (1_027, true),
            (9_000, true),
            (7_976, false),
            (7_977, true),
            (0, false),
        ] {
            assert_eq!(ids.is_new(7, number, 1), new, "{number}");
        }
        assert!(ids.is_new(8, 5, 1) && ids.is_new(0, 5, 1) && ids.is_new(0, 5, 1));
    }
}
