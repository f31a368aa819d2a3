//! The plain way to decide: look at every node, in the order of the table.
//!
//! Nodes are looked at in blocks of 64 (`block`); only where one has something better than what was found so far is it
//! looked at node by node. This is what an index has to beat, and what stands in where there is none.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::block::{Wanted, lead_of};
use super::class::Part;
use super::layout::Layout;
use super::view::View;
use crate::placement::table::{BLOCK, NONE, number};

/// The best nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    /// The first of them.
    pub(super) slot: usize,
    key: u64,
}

/// The first of the best nodes.
pub(super) fn best(view: &View<'_>) -> Option<Best> {
    let first = |members: &[&[u64]]| {
        let (list, _) = top(view, members, 1);
        list.first().map(|&(key, slot)| Best { slot: slot as usize, key })
    };
    let Some(layout) = view.layout else { return first(&[]) };
    let cells = layout.cells();
    if let Some(members) = layout.members() {
        return fewest_first(view, layout, |equal| {
            if equal.count_ones() as usize == cells.len() {
                return first(&[]);
            }
            let of =
                (0..cells.len()).filter(|cell| equal >> cell & 1 == 1).map(|cell| members[cell].as_slice());
            first(&of.collect::<Vec<_>>())
        });
    }
    let one = cells.first()?;
    if cells.iter().all(|codes| view.counts(codes).eq(view.counts(one))) { first(&[]) } else { ranked(view) }
}

/// Asks about the few cells with the fewest tasks, then about those with the next number, until there is an answer. Cells
/// are given as bits.
pub(super) fn fewest_first<T>(
    view: &View<'_>,
    layout: &Layout,
    mut ask: impl FnMut(u32) -> Option<T>,
) -> Option<T> {
    let cells = layout.cells();
    let mut left: u32 = (1 << cells.len()) - 1;
    while left != 0 {
        let mut equal = 0;
        let mut least = left.trailing_zeros() as usize;
        for cell in (least..cells.len()).filter(|cell| left >> cell & 1 == 1) {
            match view.counts(&cells[cell]).cmp(view.counts(&cells[least])) {
                Ordering::Less => (least, equal) = (cell, 1 << cell),
                Ordering::Equal => equal |= 1 << cell,
                Ordering::Greater => {}
            }
        }
        if let Some(answer) = ask(equal) {
            return Some(answer);
        }
        left &= !equal;
    }
    None
}

/// All nodes that are as good as the best one, in order.
pub(super) fn equal(view: &View<'_>, best: &Best) -> Vec<u32> {
    let ranks = ranks(view);
    let wanted = rank(view, &ranks, best.slot);
    let mut equal = Vec::new();
    for slot in open(view) {
        if view.key(slot, view.table.free(slot)) == Some(best.key) && rank(view, &ranks, slot) == wanted {
            equal.push(number(slot));
        }
    }
    equal
}

/// Nodes that can be candidates, as far as bits say.
fn open(view: &View<'_>) -> impl Iterator<Item = usize> {
    (0..view.table.slots().div_ceil(BLOCK)).flat_map(move |word| {
        let mut open = view.word(word);
        std::iter::from_fn(move || {
            let slot = word * BLOCK + open.trailing_zeros() as usize;
            let some = open != 0;
            open &= open.wrapping_sub(1);
            some.then_some(slot)
        })
    })
}

/// The best node where there are many cells, with unequal numbers of tasks: these count before the key.
fn ranked(view: &View<'_>) -> Option<Best> {
    let ranks = ranks(view);
    let mut best: Option<(u32, Best)> = None;
    for slot in open(view) {
        let rank = rank(view, &ranks, slot);
        if best.is_some_and(|(least, _)| least < rank) {
            continue;
        }
        let Some(key) = view.key(slot, view.table.free(slot)) else { continue };
        if best.is_none_or(|(least, best)| (rank, key) < (least, best.key)) {
            best = Some((rank, Best { slot, key }));
        }
    }
    best.map(|(_, best)| best)
}

fn rank(view: &View<'_>, ranks: &[u32], slot: usize) -> u32 {
    view.layout.map_or(0, |layout| ranks.get(layout.cell(slot) as usize).copied().unwrap_or(NONE))
}

/// The place of each cell in the order of the strategies; cells with equal counts share one.
fn ranks(view: &View<'_>) -> Vec<u32> {
    let Some(layout) = view.layout else { return Vec::new() };
    let cells = layout.cells();
    let width = view.class.plan.levels.len();
    let counts: Vec<u32> = cells.iter().flat_map(|codes| view.counts(codes)).collect();
    if width == 1 {
        return counts;
    }
    let of = |cell: usize| counts.get(cell * width..(cell + 1) * width).unwrap_or_default();
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_unstable_by(|&a, &b| of(a).cmp(of(b)));
    let mut ranks = vec![0; cells.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        if of(pair[0]) != of(pair[1]) {
            rank += 1;
        }
        ranks[pair[1]] = rank;
    }
    ranks
}

/// A node by its key; of two with equal keys the one that has been known for longer is better.
pub(super) type Candidate = (u64, u32);

/// The last of all candidates that can be.
pub(super) const LAST: Candidate = (u64::MAX, NONE);

/// The best nodes, at most so many and in no order, of those that are in any of the sets, or of all where there is none;
/// and up to which candidate they are all that there are.
pub(super) fn top(view: &View<'_>, members: &[&[u64]], most: usize) -> (Vec<Candidate>, Candidate) {
    let mut top = Top { most, list: BinaryHeap::with_capacity(most) };
    let on = |word: usize| view.group.on.word(word);
    let mut last = LAST;
    match view.class.plan.parts.as_slice() {
        // Nodes without any task of the group are the best there can be, and nodes with one come next.
        [Part::Tasks, rest @ ..] => {
            let one = 1 << (32 * rest.len());
            pass(view, members, |word| !on(word), rest.first(), 0, &mut top);
            if top.list.is_empty() {
                pass(view, members, on, None, one, &mut top);
            } else {
                last = (one - 1, NONE);
            }
        }
        parts => pass(view, members, |_| u64::MAX, parts.first(), 0, &mut top),
    }
    let last = top.worst().unwrap_or(last);
    (top.list.into_vec(), last)
}

/// The worst one first.
struct Top {
    most: usize,
    list: BinaryHeap<Candidate>,
}

impl Top {
    /// The worst of them, once there are as many as there may be: what is not better is of no interest.
    fn worst(&self) -> Option<Candidate> {
        self.list.peek().copied().filter(|_| self.list.len() >= self.most)
    }

    /// Takes a candidate in, in place of the worst one where there are enough; whether the worst one is another one now.
    fn offer(&mut self, candidate: Candidate) -> bool {
        if self.list.len() < self.most {
            self.list.push(candidate);
            return self.list.len() == self.most;
        }
        match self.list.peek_mut() {
            Some(mut worst) if candidate < *worst => {
                *worst = candidate;
                true
            }
            _ => false,
        }
    }
}

/// One pass over the nodes whose bits are set. `lead` is the number that decides first, if it is in a column and all
/// before it are equal; `least` is the least key that there can be.
fn pass(
    view: &View<'_>,
    members: &[&[u64]],
    bits: impl Fn(usize) -> u64,
    lead: Option<&Part>,
    least: u64,
    top: &mut Top,
) {
    // Whether nothing comes after it.
    let alone = lead == view.class.plan.parts.last();
    let Some(mut wanted) = Wanted::new(view, lead, NONE) else { return };
    for word in 0..view.table.slots().div_ceil(BLOCK) {
        let mut open = view.word(word) & bits(word);
        if !members.is_empty() {
            open &= members.iter().fold(0, |all, words| all | words.get(word).copied().unwrap_or_default());
        }
        if open == 0 || !wanted.is_in(view, word * BLOCK, open) {
            continue;
        }
        while open != 0 {
            let slot = word * BLOCK + open.trailing_zeros() as usize;
            open &= open - 1;
            let free = view.table.free(slot);
            if wanted.misses(free.cpu, free.memory) {
                continue;
            }
            let Some(key) = view.key(slot, free) else { continue };
            if !top.offer((key, number(slot))) {
                continue;
            }
            let Some((worst, _)) = top.worst() else { continue };
            if worst <= least {
                return;
            }
            let Some(most) = lead_of(view, lead, worst) else { continue };
            // Of what is equal in the lead, later numbers may make a better one; without any, nothing can.
            match Wanted::new(view, lead, if alone { most.saturating_sub(1) } else { most }) {
                Some(better) => wanted = better,
                None => return,
            }
        }
    }
}
