//! The table as one class sees it.

use super::class::{Part, Prepared};
use super::layout::Layout;
use crate::placement::table::{Free, GroupTable, Table};

/// A class, and what its decisions read.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) table: &'a Table,
    pub(super) class: &'a Prepared,
    pub(super) group: &'a GroupTable,
    /// For classes that spread over attributes.
    pub(super) layout: Option<&'a Layout>,
}

impl View<'_> {
    /// Whether what a node has left is enough.
    pub(super) const fn fits(&self, free: Free) -> bool {
        let need = &self.class.need;
        free.cpu >= need.cpu && free.memory >= need.memory && free.gpu >= need.gpu && free.pods > 0
    }

    /// Whether a node that is eligible and has enough left can take a task, as things are.
    pub(super) fn open(&self, slot: usize) -> bool {
        let taken = self.class.distinct && self.group.on.has(slot)
            || self.class.ports.iter().any(|&port| self.table.ports[port as usize].has(slot))
            || self.group.closed(self.table).is_some_and(|closed| closed.has(slot));
        !taken && self.class.moved_to(self.table, slot)
    }

    /// The key of a node that has this left: of two nodes the one with the lower key is better. `None` is no candidate.
    pub(super) fn key(&self, slot: usize, free: Free) -> Option<u64> {
        (self.fits(free) && self.class.eligible.has(slot) && self.open(slot)).then(|| self.pack(slot, free))
    }

    /// Up to two numbers, the first one in the upper half.
    fn pack(&self, slot: usize, free: Free) -> u64 {
        match *self.class.plan.parts.as_slice() {
            [] => 0,
            [one] => u64::from(self.part(one, slot, free)),
            [one, two, ..] => {
                u64::from(self.part(one, slot, free)) << 32 | u64::from(self.part(two, slot, free))
            }
        }
    }

    /// A number of a node.
    pub(super) fn part(&self, part: Part, slot: usize, free: Free) -> u32 {
        match part {
            Part::Tasks => self.group.on.count(slot),
            Part::Cpu => free.cpu,
            Part::Memory => free.memory,
        }
    }

    /// Tasks of the group by each value of a cell, in the order of the strategies.
    pub(super) fn counts<'b>(&'b self, codes: &'b [u32]) -> impl Iterator<Item = u32> + 'b {
        self.class.plan.levels.iter().zip(codes).map(|(&column, &code)| self.group.count(column, code))
    }

    /// Nodes `64 * word` and following that are eligible, have a slot for a pod, and are not taken by the group, for ports, or by
    /// tasks that keep the group off, one bit each.
    pub(super) fn word(&self, word: usize) -> u64 {
        let mut open = self.class.eligible.word(word) & self.table.roomy(word);
        if self.class.distinct {
            open &= !self.group.on.word(word);
        }
        for &port in &self.class.ports {
            open &= !self.table.ports[port as usize].word(word);
        }
        if let Some(closed) = self.group.closed(self.table) {
            open &= !closed.word(word);
        }
        open
    }
}
