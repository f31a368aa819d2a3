//! On which nodes something is, and how often: tasks of a group, users of a port.

use crate::placement::uid::Map;

/// How often something is on each node. Most often it is there once or not at all: that is one bit a node.
#[derive(Clone, Debug, Default)]
pub(in crate::placement) struct Presence {
    words: Vec<u64>,
    /// Counts of two and more.
    more: Map<u32, u32>,
}

impl Presence {
    /// Nodes `64 * word` and following that have it, one bit each.
    pub(in crate::placement) fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or_default()
    }

    pub(in crate::placement) fn has(&self, slot: usize) -> bool {
        self.word(slot / 64) >> (slot % 64) & 1 == 1
    }

    pub(in crate::placement) fn count(&self, slot: usize) -> u32 {
        if !self.has(slot) {
            return 0;
        }
        if self.more.is_empty() { 1 } else { self.more.get(&key(slot)).copied().unwrap_or(1) }
    }

    pub(super) fn add(&mut self, slot: usize) {
        if self.has(slot) {
            *self.more.entry(key(slot)).or_insert(1) += 1;
            return;
        }
        let word = slot / 64;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (slot % 64);
    }

    pub(super) fn remove(&mut self, slot: usize) {
        match self.more.get_mut(&key(slot)) {
            Some(2) => {
                self.more.remove(&key(slot));
            }
            Some(count) => *count -= 1,
            None => {
                if let Some(word) = self.words.get_mut(slot / 64) {
                    *word &= !(1 << (slot % 64));
                }
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * 8 + self.more.capacity() * 9
    }
}

#[allow(clippy::cast_possible_truncation, reason = "slots are numbered in 32 bits")]
const fn key(slot: usize) -> u32 {
    slot as u32
}
