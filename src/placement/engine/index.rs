//! The index of a class, kept up to date from the change log when it is asked: its best few nodes, or where that will not do
//! a tournament of all nodes for each cell of its layout.

use std::cmp::Ordering;

use super::bits::Bits;
use super::class::Rest;
use super::front::{self, Fronts};
use super::layout::Layout;
use super::pace::Cost;
use super::tree::{Key, Tree};
use super::view::View;
use crate::placement::table::{NONE, number};
use crate::placement::uid::drawn;

/// Cells that are always worth looking at one after the other.
const FEW: usize = 64;
/// Nodes to each cell, above that.
const PER_CELL: usize = 64;

/// What is known for a class, as of a position in the change log.
#[derive(Clone, Debug)]
pub(super) struct Index {
    trees: Trees,
    seen: u64,
    version: u64,
    epoch: u64,
}

#[derive(Clone, Debug)]
enum Trees {
    /// One number is in the key, or none.
    Narrow(Vec<Tree<u32>>),
    /// Two.
    Wide(Vec<Tree<u64>>),
    /// None, and a lot decides between all candidates.
    Drawn(Vec<Bits>),
    /// The best few nodes are all that is needed, and no tree.
    Few(Fronts),
}

/// What an index found.
#[derive(Debug)]
pub(super) enum Found {
    /// The best node; `None` if there is none.
    Best(Option<usize>),
    /// All nodes that are equal so far, in order.
    Equal(Vec<u32>),
    /// Too many nodes are equal so far to go through them here.
    TooMany,
}

/// Whether an index can serve a class.
pub(super) fn serves(view: &View<'_>) -> bool {
    if front::serves(view) {
        return true;
    }
    let cells = view.layout.map_or(1, |layout| layout.cells().len());
    cells <= FEW.max(view.table.slots() / PER_CELL)
}

/// What an index of a class takes.
pub(super) fn cost(view: &View<'_>) -> Cost {
    if front::serves(view) { Cost::FEW } else { Cost::TREES }
}

impl Index {
    /// Looks at every node, unless a few will do. If not, the layout has to know its places.
    pub(super) fn build(view: &View<'_>) -> Self {
        let plan = &view.class.plan;
        let trees = if front::serves(view) {
            Trees::Few(Fronts::default())
        } else if plan.parts.is_empty() && plan.rest.first() == Some(&Rest::Random) {
            Trees::Drawn(planted(view))
        } else if plan.parts.len() < 2 {
            Trees::Narrow(planted(view))
        } else {
            Trees::Wide(planted(view))
        };
        let version = view.layout.map_or(0, Layout::version);
        Self { trees, seen: view.table.changes.end(), version, epoch: view.table.epoch }
    }

    /// How many changes it has not seen; `None` if it is of no use any more.
    pub(super) fn pending(&self, view: &View<'_>) -> Option<u64> {
        let same = match &self.trees {
            Trees::Few(_) => front::serves(view),
            _ => view.layout.map_or(0, Layout::version) == self.version,
        };
        let current = same && view.table.epoch == self.epoch && view.table.changes.since(self.seen).is_some();
        current.then(|| view.table.changes.end() - self.seen)
    }

    /// Sees all changes.
    pub(super) fn refresh(&mut self, view: &View<'_>) {
        match &mut self.trees {
            Trees::Narrow(trees) => replay(trees, view, self.seen),
            Trees::Wide(trees) => replay(trees, view, self.seen),
            Trees::Drawn(trees) => replay(trees, view, self.seen),
            // Each of them looks for itself, when it is asked.
            Trees::Few(_) => {}
        }
        self.seen = view.table.changes.end();
    }

    /// The best node.
    pub(super) fn find(&mut self, view: &View<'_>, lot: u64) -> Found {
        match &mut self.trees {
            Trees::Narrow(trees) => find(trees, view, lot),
            Trees::Wide(trees) => find(trees, view, lot),
            Trees::Drawn(trees) => find(trees, view, lot),
            Trees::Few(fronts) => Found::Best(fronts.find(view)),
        }
    }

    /// Whether scans would have been cheaper.
    pub(super) const fn is_a_loss(&self) -> bool {
        matches!(&self.trees, Trees::Few(fronts) if fronts.is_a_loss())
    }

    pub(super) fn bytes(&self) -> usize {
        match &self.trees {
            Trees::Narrow(trees) => trees.iter().map(Tree::bytes).sum(),
            Trees::Wide(trees) => trees.iter().map(Tree::bytes).sum(),
            Trees::Drawn(trees) => trees.iter().map(Bits::bytes).sum(),
            Trees::Few(fronts) => fronts.bytes(),
        }
    }
}

/// What is known of the nodes of one cell.
trait Cell: Clone {
    type Key: Ord + Copy;

    fn new(keys: impl Iterator<Item = Option<u64>>) -> Self;
    fn set(&mut self, place: usize, key: Option<u64>);
    /// The least key; `None` if there is no candidate.
    fn least(&self) -> Option<Self::Key>;
    /// The first node that has it, if that decides.
    fn first(&self, key: Self::Key) -> usize;
    /// All nodes that have it; `false` if they are too many.
    fn all(&self, key: Self::Key, most: usize, found: &mut impl FnMut(usize)) -> bool;
    /// The node that a lot draws of those that have it, if that can be told at once.
    fn draw(&self, _lot: u64) -> Option<usize> {
        None
    }
}

/// Keys as wide as a class needs them.
trait Packed: Key {
    fn packed(key: Option<u64>) -> Self;
}

impl Packed for u32 {
    #[allow(clippy::cast_possible_truncation, reason = "one number is in it")]
    fn packed(key: Option<u64>) -> Self {
        key.map_or(Self::NONE, |key| key as Self)
    }
}

impl Packed for u64 {
    fn packed(key: Option<u64>) -> Self {
        key.unwrap_or(Self::NONE)
    }
}

impl<K: Packed> Cell for Tree<K> {
    type Key = K;

    fn new(keys: impl Iterator<Item = Option<u64>>) -> Self {
        Self::new(keys.map(K::packed).collect())
    }

    fn set(&mut self, place: usize, key: Option<u64>) {
        self.set(place, K::packed(key));
    }

    fn least(&self) -> Option<K> {
        let least = self.min();
        (least != K::NONE).then_some(least)
    }

    fn first(&self, key: K) -> usize {
        self.first(key)
    }

    fn all(&self, key: K, most: usize, found: &mut impl FnMut(usize)) -> bool {
        self.all(key, most, found)
    }
}

impl Cell for Bits {
    type Key = ();

    fn new(keys: impl Iterator<Item = Option<u64>>) -> Self {
        let mut bits = Self::default();
        keys.enumerate().for_each(|(place, key)| bits.set(place, key.is_some()));
        bits
    }

    fn set(&mut self, place: usize, key: Option<u64>) {
        self.set(place, key.is_some());
    }

    fn least(&self) -> Option<()> {
        (self.count() > 0).then_some(())
    }

    fn first(&self, (): ()) -> usize {
        self.nth(0).unwrap_or_default()
    }

    fn all(&self, (): (), most: usize, found: &mut impl FnMut(usize)) -> bool {
        let few = self.count() <= most;
        if few {
            (0..self.count()).filter_map(|before| self.nth(before)).for_each(found);
        }
        few
    }

    fn draw(&self, lot: u64) -> Option<usize> {
        self.nth(drawn(lot, self.count()))
    }
}

fn planted<C: Cell>(view: &View<'_>) -> Vec<C> {
    let key = |slot: usize| view.key(slot, view.table.free(slot));
    let Some(layout) = view.layout else { return vec![C::new((0..view.table.slots()).map(key))] };
    let slots = layout.slots().unwrap_or_default();
    slots.iter().map(|slots| C::new(slots.iter().map(|&slot| key(slot as usize)))).collect()
}

fn replay<C: Cell>(cells: &mut Vec<C>, view: &View<'_>, from: u64) {
    let Some(changes) = view.table.changes.since(from) else { return };
    changes.each(|change| {
        let slot = change.slot as usize;
        let (cell, place) = match view.layout {
            None => (0, slot),
            // A node that came and left before anybody looked has no cell.
            Some(layout) => match (layout.cell(slot), layout.place(slot)) {
                (NONE, _) | (_, None) => return,
                (cell, Some(place)) => (cell as usize, place),
            },
        };
        if cells.len() <= cell {
            cells.resize_with(cell + 1, || C::new(std::iter::empty()));
        }
        cells[cell].set(place, view.key(slot, change.free));
    });
}

fn find<C: Cell>(cells: &[C], view: &View<'_>, lot: u64) -> Found {
    let Some((first, key)) = best(cells, view) else { return Found::Best(None) };
    let slot = |cell: usize, place: usize| match view.layout {
        Some(layout) => layout.slot(cell, place),
        None => Some(place),
    };
    let best = (first..cells.len())
        .filter(|&cell| cell == first || against(cells, view, cell, (first, key)).is_eq());
    if view.class.plan.rest.is_empty() {
        return Found::Best(best.filter_map(|cell| slot(cell, cells[cell].first(key))).min());
    }
    let best: Vec<usize> = best.collect();
    if let &[cell] = best.as_slice()
        && let Some(place) = cells[cell].draw(lot)
    {
        return Found::Best(slot(cell, place));
    }
    let mut equal = Vec::new();
    for &cell in &best {
        let left = most(view).saturating_sub(equal.len());
        if !cells[cell].all(key, left, &mut |place| equal.extend(slot(cell, place).map(number))) {
            return Found::TooMany;
        }
    }
    equal.sort_unstable();
    Found::Equal(equal)
}

/// The first of the cells whose values have the fewest tasks, of those with a candidate, and of these with the least key.
fn best<C: Cell>(cells: &[C], view: &View<'_>) -> Option<(usize, C::Key)> {
    let mut best: Option<(usize, C::Key)> = None;
    for (cell, known) in cells.iter().enumerate() {
        let Some(key) = known.least() else { continue };
        if best.is_none_or(|best| against(cells, view, cell, best).is_lt()) {
            best = Some((cell, key));
        }
    }
    best
}

/// Whether a cell is better than another one, whose least key is given. One without a candidate is the worst.
fn against<C: Cell>(cells: &[C], view: &View<'_>, cell: usize, (other, least): (usize, C::Key)) -> Ordering {
    let Some(key) = cells[cell].least() else { return Ordering::Greater };
    let counts = view.layout.map(|layout| {
        let [cell, other] = [cell, other].map(|cell| view.counts(&layout.cells()[cell]));
        cell.cmp(other)
    });
    counts.unwrap_or(Ordering::Equal).then_with(|| key.cmp(&least))
}

/// How many equal nodes cost less to go through here than in a scan.
fn most(view: &View<'_>) -> usize {
    FEW.max(view.table.slots() / PER_CELL)
}
