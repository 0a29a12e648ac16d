//! An open-addressing index from a 32-bit hash to a slot of some slab. The keys stay in the slab.
//!
//! Linear probing with backward-shift deletion, so there are no tombstones and nothing degrades with age. It is
//! only ever probed, never iterated, so its order cannot leak into the outcome of a command.

use crate::number::at;

const EMPTY: u32 = u32::MAX;
const CAPACITY_MIN: usize = 16;

#[derive(Clone, Copy)]
struct Bucket {
    hash: u32,
    slot: u32,
}

const FREE: Bucket = Bucket { hash: 0, slot: EMPTY };

pub struct HashIndex {
    buckets: Vec<Bucket>,
    mask: u32,
    len: usize,
}

impl Default for HashIndex {
    fn default() -> Self {
        Self { buckets: vec![FREE; CAPACITY_MIN], mask: 15, len: 0 }
    }
}

impl HashIndex {
    /// The slot with this hash for which `is_key` holds.
    #[inline]
    pub fn find(&self, hash: u32, is_key: impl Fn(u32) -> bool) -> Option<u32> {
        let mut position = hash & self.mask;
        loop {
            let bucket = self.buckets[at(position)];
            if bucket.slot == EMPTY {
                return None;
            }
            if bucket.hash == hash && is_key(bucket.slot) {
                return Some(bucket.slot);
            }
            position = (position + 1) & self.mask;
        }
    }

    /// The slot that is probably meant: a hint to touch memory early, not an answer.
    #[inline]
    pub fn guess(&self, hash: u32) -> u32 {
        self.buckets[at(hash & self.mask)].slot
    }

    /// The key must not be there yet.
    pub fn insert(&mut self, hash: u32, slot: u32) {
        assert!(slot != EMPTY, "a slot number that means empty");
        if (self.len + 1) * 2 > self.buckets.len() {
            self.grow();
        }
        self.put(Bucket { hash, slot });
        self.len += 1;
    }

    /// The pair must be there.
    pub fn remove(&mut self, hash: u32, slot: u32) {
        let mut hole = hash & self.mask;
        while self.buckets[at(hole)].slot != slot {
            assert!(self.buckets[at(hole)].slot != EMPTY, "removing what is not indexed");
            hole = (hole + 1) & self.mask;
        }
        let mut next = (hole + 1) & self.mask;
        loop {
            let bucket = self.buckets[at(next)];
            if bucket.slot == EMPTY {
                break;
            }
            let distance = next.wrapping_sub(bucket.hash & self.mask) & self.mask;
            if distance >= (next.wrapping_sub(hole) & self.mask) {
                self.buckets[at(hole)] = bucket;
                hole = next;
            }
            next = (next + 1) & self.mask;
        }
        self.buckets[at(hole)] = FREE;
        self.len -= 1;
    }

    fn put(&mut self, bucket: Bucket) {
        let mut position = bucket.hash & self.mask;
        while self.buckets[at(position)].slot != EMPTY {
            position = (position + 1) & self.mask;
        }
        self.buckets[at(position)] = bucket;
    }

    fn grow(&mut self) {
        let doubled = vec![FREE; self.buckets.len() * 2];
        let old = std::mem::replace(&mut self.buckets, doubled);
        self.mask = self.mask * 2 + 1;
        for bucket in old {
            if bucket.slot != EMPTY {
                self.put(bucket);
            }
        }
    }
}

/// Order ids rise by one, so sixteen neighbours share a cache line; the groups are scattered.
#[inline]
pub fn hash_order_id(id: u64) -> u32 {
    let group = crate::number::low_u32(id >> 4).wrapping_mul(0x9E37_79B1);
    ((group ^ (group >> 15)) << 4) | crate::number::low_u32(id & 15)
}

/// Fibonacci hashing of a pair of small ids.
#[inline]
pub fn hash_pair(left: u32, right: u32) -> u32 {
    let mixed = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    crate::number::low_u32((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32)
}

/// FNV-1a over bytes; collisions only cost a comparison.
pub fn hash_bytes(seed: u32, bytes: &[u8]) -> u32 {
    let start = 0xcbf2_9ce4_8422_2325 ^ u64::from(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let hash = bytes.iter().fold(start, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3));
    crate::number::low_u32(hash ^ (hash >> 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn agrees_with_a_map_through_random_inserts_and_removals() {
        let mut index = HashIndex::default();
        let mut model: BTreeMap<u64, u32> = BTreeMap::new();
        let mut keys: Vec<u64> = vec![u64::MAX; 4096];
        let mut random = 88_172_645_463_325_252_u64;
        for _ in 0..200_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let slot = crate::number::low_u32(random % 4096);
            let key = keys[at(slot)];
            if key == u64::MAX {
                let key = (random >> 12) % 100_000;
                if model.contains_key(&key) {
                    continue;
                }
                keys[at(slot)] = key;
                index.insert(hash_order_id(key), slot);
                model.insert(key, slot);
            } else {
                index.remove(hash_order_id(key), slot);
                model.remove(&key);
                keys[at(slot)] = u64::MAX;
            }
        }
        for key in 0..100_000 {
            let found = index.find(hash_order_id(key), |slot| keys[at(slot)] == key);
            assert_eq!(found, model.get(&key).copied());
        }
    }
}
