//! One side of one book: levels by price, best price at hand.
//!
//! A radix tree over the ticks, 64 children a node and one bitmap a node, so the next level is a count of zeros away
//! and memory follows the levels that exist, however far apart they are. Its height follows the largest price. Most
//! operations meet the leaf of the one before, which is remembered.

use crate::number::{at, price_key, slot};
use crate::order::{Side, NONE};

const DIGIT_BITS: u32 = 6;
const HEIGHT_MAX: u32 = 7;

/// All orders at one price: a queue over the slab of orders.
#[derive(Clone, Copy)]
pub struct Level {
    pub price_ticks: i64,
    pub total_lots: i64,
    pub head: u32,
    pub tail: u32,
    leaf: u32,
}

#[derive(Clone)]
struct Node {
    /// Which children there are. In a leaf it alone says so; above, a child that is not there is NONE too.
    present: u64,
    child: [u32; 64],
}

const EMPTY_NODE: Node = Node { present: 0, child: [NONE; 64] };

pub struct Ladder {
    side: Side,
    levels: Vec<Level>,
    free_levels: Vec<u32>,
    nodes: Vec<Node>,
    free_nodes: Vec<u32>,
    height: u32,
    root: u32,
    best: u32,
    hot_key: u64,
    hot_leaf: u32,
}

/// The nodes from the root (last) to the leaf (first) that a key passes.
type Path = [u32; 7];

/// Which child of a node this many steps above the leaves.
#[inline(always)]
fn digit(key: u64, depth: u32) -> usize {
    at(crate::number::low_u32((key >> (DIGIT_BITS * depth)) & 63))
}

impl Ladder {
    pub fn new(side: Side) -> Self {
        Self {
            side,
            levels: Vec::new(),
            free_levels: Vec::new(),
            nodes: vec![EMPTY_NODE],
            free_nodes: Vec::new(),
            height: 1,
            root: 0,
            best: NONE,
            hot_key: u64::MAX,
            hot_leaf: NONE,
        }
    }

    /// The best level, if any order rests on this side.
    #[inline]
    pub fn best(&self) -> Option<u32> {
        if self.best == NONE {
            None
        } else {
            Some(self.best)
        }
    }

    #[inline]
    pub fn best_price(&self) -> Option<i64> {
        self.best().map(|level| self.level(level).price_ticks)
    }

    #[inline]
    pub fn level(&self, level: u32) -> &Level {
        &self.levels[at(level)]
    }

    /// Load a level that may be needed soon.
    #[inline]
    pub fn touch(&self, level: u32) -> i64 {
        self.levels.get(at(level)).map_or(0, |level| level.total_lots)
    }

    #[inline]
    pub fn level_mut(&mut self, level: u32) -> &mut Level {
        &mut self.levels[at(level)]
    }

    /// The level at this price, made if it is not there.
    #[inline(always)]
    pub fn level_at(&mut self, price_ticks: i64) -> u32 {
        let key = price_key(price_ticks);
        let leaf = self.leaf(key);
        let place = digit(key, 0);
        let node = &self.nodes[at(leaf)];
        if node.present & (1 << place) != 0 {
            return node.child[place];
        }
        self.add_level(leaf, place, price_ticks)
    }

    fn add_level(&mut self, leaf: u32, place: usize, price_ticks: i64) -> u32 {
        let empty = Level { price_ticks, total_lots: 0, head: NONE, tail: NONE, leaf };
        let level = match self.free_levels.pop() {
            Some(level) => {
                self.levels[at(level)] = empty;
                level
            }
            None => {
                self.levels.push(empty);
                slot(self.levels.len() - 1)
            }
        };
        let node = &mut self.nodes[at(leaf)];
        node.present |= 1 << place;
        node.child[place] = level;
        if self.best == NONE || self.is_better(price_ticks, self.level(self.best).price_ticks) {
            self.best = level;
        }
        level
    }

    #[inline]
    fn is_better(&self, price_ticks: i64, than_ticks: i64) -> bool {
        match self.side {
            Side::Buy => price_ticks > than_ticks,
            Side::Sell => price_ticks < than_ticks,
        }
    }

    /// Drop a level that has become empty.
    pub fn remove_level(&mut self, level: u32) {
        let price_ticks = self.level(level).price_ticks;
        assert!(self.level(level).head == NONE, "a level with orders is not empty");
        let key = price_key(price_ticks);
        if self.best == level {
            self.best = self.next(level).unwrap_or(NONE);
        }
        let leaf = self.level(level).leaf;
        let node = &mut self.nodes[at(leaf)];
        node.present &= !(1 << digit(key, 0));
        let is_empty = node.present == 0;
        self.free_levels.push(level);
        if is_empty && self.height > 1 {
            self.prune(key);
        }
    }

    /// The next level away from the touch.
    #[inline]
    pub fn next(&self, level: u32) -> Option<u32> {
        let key = price_key(self.level(level).price_ticks);
        let leaf = &self.nodes[at(self.level(level).leaf)];
        let present = self.beyond(leaf.present, digit(key, 0));
        if present != 0 {
            return Some(leaf.child[self.nearest(present)]);
        }
        self.next_beyond_leaf(key)
    }

    fn next_beyond_leaf(&self, key: u64) -> Option<u32> {
        let path = self.path(key);
        for (depth, &node) in (0..self.height).zip(&path).skip(1) {
            let node = &self.nodes[at(node)];
            let present = self.beyond(node.present, digit(key, depth));
            if present != 0 {
                return Some(self.descend(node.child[self.nearest(present)], depth));
            }
        }
        None
    }

    /// The children of a node that are worse than `place`.
    #[inline(always)]
    fn beyond(&self, present: u64, place: usize) -> u64 {
        match self.side {
            Side::Buy => present & ((1 << place) - 1),
            Side::Sell => present & (u64::MAX << place << 1),
        }
    }

    /// The best of these children.
    #[inline(always)]
    fn nearest(&self, present: u64) -> usize {
        at(match self.side {
            Side::Buy => 63 - present.leading_zeros(),
            Side::Sell => present.trailing_zeros(),
        })
    }

    fn descend(&self, mut child: u32, depth: u32) -> u32 {
        for _ in 0..depth {
            let node = &self.nodes[at(child)];
            child = node.child[self.nearest(node.present)];
        }
        child
    }

    fn path(&self, key: u64) -> Path {
        let mut path = [NONE; 7];
        let mut node = self.root;
        for depth in (0..self.height).rev() {
            path[at(depth)] = node;
            if depth > 0 {
                node = self.nodes[at(node)].child[digit(key, depth)];
            }
        }
        path
    }

    /// The leaf of a key, made if it is not there.
    #[inline]
    fn leaf(&mut self, key: u64) -> u32 {
        if key >> DIGIT_BITS == self.hot_key {
            return self.hot_leaf;
        }
        let leaf = self.grown_leaf(key);
        self.hot_key = key >> DIGIT_BITS;
        self.hot_leaf = leaf;
        leaf
    }

    fn grown_leaf(&mut self, key: u64) -> u32 {
        while key >> (DIGIT_BITS * self.height) != 0 {
            assert!(self.height < HEIGHT_MAX, "a price above PRICE_TICKS_MAX");
            let below = self.root;
            self.root = self.new_node();
            if self.nodes[at(below)].present != 0 {
                let root = &mut self.nodes[at(self.root)];
                root.present = 1;
                root.child[0] = below;
            } else {
                self.free_nodes.push(below);
            }
            self.height += 1;
        }
        let (mut node, mut depth) = (self.root, self.height - 1);
        while depth > 0 {
            let place = digit(key, depth);
            let child = self.nodes[at(node)].child[place];
            node = if child == NONE { self.add_child(node, place) } else { child };
            depth -= 1;
        }
        node
    }

    #[cold]
    fn add_child(&mut self, parent: u32, place: usize) -> u32 {
        let child = self.new_node();
        let parent = &mut self.nodes[at(parent)];
        parent.present |= 1 << place;
        parent.child[place] = child;
        child
    }

    fn new_node(&mut self) -> u32 {
        match self.free_nodes.pop() {
            Some(node) => {
                self.nodes[at(node)] = EMPTY_NODE;
                node
            }
            None => {
                self.nodes.push(EMPTY_NODE);
                slot(self.nodes.len() - 1)
            }
        }
    }

    /// Free the empty nodes on a key's path, leaf first, but never the root.
    fn prune(&mut self, key: u64) {
        let path = self.path(key);
        self.hot_key = u64::MAX;
        for (depth, nodes) in (1..self.height).zip(path.windows(2)) {
            if self.nodes[at(nodes[0])].present != 0 {
                return;
            }
            self.free_nodes.push(nodes[0]);
            let (parent, place) = (&mut self.nodes[at(nodes[1])], digit(key, depth));
            parent.present &= !(1 << place);
            parent.child[place] = NONE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn walk(ladder: &Ladder) -> Vec<i64> {
        let mut prices = Vec::new();
        let mut level = ladder.best();
        while let Some(found) = level {
            prices.push(ladder.level(found).price_ticks);
            level = ladder.next(found);
        }
        prices
    }

    fn random_walk(side: Side, spread: u64) {
        let mut ladder = Ladder::new(side);
        let mut model: BTreeMap<i64, u32> = BTreeMap::new();
        let mut random = 0x2545_F491_4F6C_DD1D_u64;
        for step in 0..20_000 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let price = i64::try_from(1 + (random >> 8) % spread).expect("small");
            if let Some(level) = model.remove(&price) {
                ladder.remove_level(level);
            } else {
                let level = ladder.level_at(price);
                assert_eq!(ladder.level_at(price), level);
                model.insert(price, level);
            }
            if step % 97 == 0 {
                let mut expected: Vec<i64> = model.keys().copied().collect();
                if side == Side::Buy {
                    expected.reverse();
                }
                assert_eq!(walk(&ladder), expected);
            }
        }
    }

    #[test]
    fn agrees_with_a_sorted_map() {
        for side in [Side::Buy, Side::Sell] {
            random_walk(side, 60);
            random_walk(side, 5_000);
            random_walk(side, (1 << 42) - 1);
        }
    }
}
