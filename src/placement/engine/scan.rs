//! The plain way to decide: look at every node, in the order of the table.
//!
//! Nodes are compared in blocks of 64, by one column at a time and without branches, so that the compiler can compare many
//! at once; only where a block may hold something better is it looked at node by node. This is what an index has to beat,
//! and what stands in where there is none.

use super::class::Part;
use super::view::View;
use crate::placement::table::{BLOCK, NONE, number};

/// The best nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Best {
    /// The first of them.
    pub(super) slot: usize,
    key: u64,
    rank: u32,
}

/// Which cells are looked at.
#[derive(Clone, Copy)]
enum Cells<'a> {
    All,
    /// Up to four; fewer are written more than once.
    Some([u32; 4]),
    /// All that have a rank, which counts before the key.
    Ranked(&'a [u32]),
}

/// The first of the best nodes.
pub(super) fn best(view: &View<'_>) -> Option<Best> {
    if view.layout.is_none() {
        return by_tasks(view, Cells::All);
    }
    // Mostly all values have the same number of tasks, or a few have one task less than the others.
    if let Some(cells) = fewest(view) {
        let found = by_tasks(view, cells);
        if found.is_some() || matches!(cells, Cells::All) {
            return found;
        }
    }
    by_tasks(view, Cells::Ranked(&ranks(view)))
}

/// The cells with the fewest tasks, if they are all, or no more than four.
fn fewest(view: &View<'_>) -> Option<Cells<'static>> {
    let cells = view.layout?.cells();
    let mut least = 0;
    let mut found = [0; 4];
    let mut count = 0;
    for (cell, codes) in cells.iter().enumerate() {
        let order = view.counts(codes).cmp(view.counts(cells.get(least)?));
        if order.is_lt() {
            (least, count) = (cell, 0);
        }
        if order.is_le() {
            // What is not filled yet repeats the last one.
            if let Some(rest) = found.get_mut(count..) {
                rest.fill(number(cell));
            }
            count += 1;
        }
    }
    match count {
        _ if count == cells.len() => Some(Cells::All),
        1..=4 => Some(Cells::Some(found)),
        _ => None,
    }
}

/// All nodes that are as good as the best one, in order.
pub(super) fn equal(view: &View<'_>, best: &Best) -> Vec<u32> {
    let ranks = view.layout.map(|_| ranks(view));
    let rank = |slot: usize| match (view.layout, &ranks) {
        (Some(layout), Some(ranks)) => ranks.get(layout.cell(slot) as usize).copied(),
        _ => Some(0),
    };
    let wanted = rank(best.slot);
    let mut equal = Vec::new();
    for word in 0..view.table.slots().div_ceil(BLOCK) {
        let mut open = view.word(word);
        while open != 0 {
            let slot = word * BLOCK + open.trailing_zeros() as usize;
            open &= open - 1;
            if view.key(slot, view.table.free(slot)) == Some(best.key) && rank(slot) == wanted {
                equal.push(number(slot));
            }
        }
    }
    equal
}

/// The place of each cell in the order of the strategies; cells with equal counts share one.
fn ranks(view: &View<'_>) -> Vec<u32> {
    let Some(layout) = view.layout else { return Vec::new() };
    let counts: Vec<Vec<u32>> = layout.cells().iter().map(|codes| view.counts(codes).collect()).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|&a, &b| counts[a].cmp(&counts[b]));
    let mut ranks = vec![0; counts.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        if counts[pair[0]] != counts[pair[1]] {
            rank += 1;
        }
        ranks[pair[1]] = rank;
    }
    ranks
}

/// Where tasks of the group count first, nodes without any of them are the best there can be.
fn by_tasks(view: &View<'_>, cells: Cells<'_>) -> Option<Best> {
    if view.class.plan.parts.first() != Some(&Part::Tasks) {
        return pass(view, cells, |_| u64::MAX, view.class.plan.parts.first());
    }
    let without = |word: usize| !view.group.on.word(word);
    // Ranks count more than tasks do.
    if matches!(cells, Cells::Ranked(_)) {
        return pass(view, cells, |_| u64::MAX, None);
    }
    pass(view, cells, without, view.class.plan.parts.get(1))
        .or_else(|| pass(view, cells, |word| view.group.on.word(word), None))
}

/// One pass over the nodes whose bits are set. `lead` is the number that decides first, if it is in a column and all
/// before it are equal.
fn pass(view: &View<'_>, cells: Cells<'_>, bits: impl Fn(usize) -> u64, lead: Option<&Part>) -> Option<Best> {
    // Whether nothing comes after it.
    let alone = lead == view.class.plan.parts.last();
    let column = match lead {
        Some(Part::Cpu) => Some(&view.table.cpu),
        Some(Part::Memory) => Some(&view.table.memory),
        Some(Part::Tasks) | None => None,
    };
    let mut best: Option<Best> = None;
    // The lead of the best node, above which nothing is of interest.
    let mut bound = NONE;
    for word in 0..view.table.slots().div_ceil(BLOCK) {
        let open = view.word(word) & bits(word);
        if open == 0 {
            continue;
        }
        let from = word * BLOCK;
        let mut lanes = [NONE; BLOCK];
        let least = block(view, from, open, cells, column, &mut lanes);
        if least == NONE || least > bound {
            continue;
        }
        let mut left = open;
        while left != 0 {
            let lane = left.trailing_zeros() as usize;
            left &= left - 1;
            if lanes[lane] == NONE || lanes[lane] > bound {
                continue;
            }
            let slot = from + lane;
            let Some(key) = view.key(slot, view.table.free(slot)) else { continue };
            let rank = match (cells, view.layout) {
                (Cells::Ranked(ranks), Some(layout)) => {
                    ranks.get(layout.cell(slot) as usize).copied().unwrap_or(NONE)
                }
                _ => 0,
            };
            if best.is_none_or(|best| (rank, key) < (best.rank, best.key)) {
                best = Some(Best { slot, key, rank });
                // Ranks count more than all numbers do.
                if !matches!(cells, Cells::Ranked(_)) {
                    if key == 0 {
                        return best;
                    }
                    if column.is_some() {
                        bound = if alone { lanes[lane] - 1 } else { lanes[lane] };
                    }
                }
            }
        }
    }
    best
}

/// Writes what counts first of each node of a block that is open and has enough left, and returns the least of it. Arrays
/// of a known length are what the compiler compares many at once of.
fn block(
    view: &View<'_>,
    from: usize,
    open: u64,
    cells: Cells<'_>,
    lead: Option<&Vec<u32>>,
    lanes: &mut [u32; BLOCK],
) -> u32 {
    let table = view.table;
    let need = view.class.need;
    let (Some(cpu), Some(memory), Some(pods)) =
        (array(&table.cpu, from), array(&table.memory, from), array(&table.pods, from))
    else {
        return NONE;
    };
    let lead = lead.and_then(|column| array(column, from)).unwrap_or(&[0; BLOCK]);
    for lane in 0..BLOCK {
        let enough = (cpu[lane] >= need.cpu) & (memory[lane] >= need.memory);
        lanes[lane] = if enough { lead[lane] } else { NONE };
    }
    for lane in 0..BLOCK {
        lanes[lane] = if pods[lane] > 0 { lanes[lane] } else { NONE };
    }
    if need.gpu > 0
        && let Some(gpu) = array(&table.gpu, from)
    {
        for lane in 0..BLOCK {
            lanes[lane] = if gpu[lane] >= need.gpu { lanes[lane] } else { NONE };
        }
    }
    if let (Cells::Some([a, b, c, d]), Some(layout)) = (cells, view.layout) {
        for (lane, &cell) in lanes.iter_mut().zip(layout.from(from)) {
            let inside = (cell == a) | (cell == b) | (cell == c) | (cell == d);
            *lane = if inside { *lane } else { NONE };
        }
    }
    if open != u64::MAX {
        for (lane, value) in lanes.iter_mut().enumerate() {
            *value = if open >> lane & 1 == 1 { *value } else { NONE };
        }
    }
    lanes.iter().fold(NONE, |least, &lane| least.min(lane))
}

fn array<T>(column: &[T], from: usize) -> Option<&[T; BLOCK]> {
    column.get(from..)?.first_chunk()
}
