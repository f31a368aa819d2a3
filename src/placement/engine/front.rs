//! The best few nodes of a class, kept up to date from the change log when they are asked for.
//!
//! Of each cell all nodes are known up to some candidate. What is no longer as good as that is left out, what has become so
//! stands in the log: looking through the log is far less than bringing every change into a tree, and nodes that are filled up
//! or become free come and go in the same list. Only when all of it is used up are the nodes looked at again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::block::Wanted;
use super::layout::Layout;
use super::scan::{self, Candidate, LAST};
use super::view::View;
use crate::placement::table::{Change, NONE};

/// How many nodes are looked for.
const FEW: usize = 256;
/// How many entries there may be before the worst of them are left out.
const MANY: usize = 8 * FEW;
/// Scans in the time in which nodes are looked for.
const COST: i32 = 3;
/// What may be owed, and what may be saved, in scans.
const DEBT: i32 = 12;
const SAVINGS: i32 = 12;

/// The best nodes of each cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Fronts {
    cells: Vec<Option<Front>>,
    generation: u64,
    /// The position in the change log.
    seen: u64,
    /// Scans that were saved, without those that it took.
    balance: i32,
}

/// All nodes of a cell up to a candidate.
#[derive(Clone, Debug)]
struct Front {
    /// The best one first. A node has an entry for what it is now, and may have others for what it was.
    heap: BinaryHeap<Reverse<Candidate>>,
    last: Candidate,
}

/// Whether this is a way to decide for a class.
pub(super) fn serves(view: &View<'_>) -> bool {
    view.class.plan.rest.is_empty() && view.layout.is_none_or(|layout| layout.members().is_some())
}

impl Fronts {
    /// The best node.
    pub(super) fn find(&mut self, view: &View<'_>) -> Option<usize> {
        let before = self.balance;
        let generation = view.layout.map_or(0, Layout::generation);
        if self.generation != generation {
            self.cells.clear();
            self.generation = generation;
        }
        self.refresh(view);
        let best = match view.layout {
            None => self.best(view, 0),
            Some(layout) => {
                let cells = layout.cells().len();
                scan::fewest_first(view, layout, |equal| {
                    (0..cells)
                        .filter(|cell| equal >> cell & 1 == 1)
                        .filter_map(|cell| self.best(view, cell))
                        .min()
                })
            }
        };
        if self.balance == before {
            self.balance = (before + 1).min(SAVINGS);
        }
        best.map(|(_, slot)| slot as usize)
    }

    /// Whether scans would have been cheaper.
    pub(super) const fn is_a_loss(&self) -> bool {
        self.balance < -DEBT
    }

    pub(super) fn bytes(&self) -> usize {
        let lists = self.cells.iter().flatten().map(|front| front.heap.capacity() * size_of::<Candidate>());
        self.cells.capacity() * size_of::<Option<Front>>() + lists.sum::<usize>()
    }

    /// Sees all changes: once for all cells, as most changes are of no interest to any.
    fn refresh(&mut self, view: &View<'_>) {
        let Self { cells, seen, .. } = self;
        let since = std::mem::replace(seen, view.table.changes.end());
        let Some(changes) = view.table.changes.since(since) else {
            cells.clear();
            return;
        };
        let Some(worst) = cells.iter().flatten().map(|front| front.last).max() else { return };
        let Some(wanted) = Wanted::up_to(view, worst.0) else { return };
        // Where the least key of all is the last one that is known, only the order of nodes decides.
        let last = if worst.0 == 0 { worst.1 } else { NONE };
        let is_wanted = |slot: u32, cpu: u32, memory: u32| !wanted.misses(cpu, memory) & (slot <= last);
        changes.each_of(is_wanted, |Change { slot, free }| {
            // What the node has become after this change stands behind it in the log.
            let Some(key) = view.key(slot as usize, free).filter(|&key| (key, slot) <= worst) else { return };
            let cell = view.layout.map_or(0, |layout| layout.cell(slot as usize));
            if let Some(Some(front)) = cells.get_mut(cell as usize)
                && (key, slot) <= front.last
            {
                front.add(view, cell as usize, (key, slot));
            }
        });
    }

    /// The best node of a cell.
    fn best(&mut self, view: &View<'_>, cell: usize) -> Option<Candidate> {
        if self.cells.len() <= cell {
            self.cells.resize(cell + 1, None);
        }
        let known = &mut self.cells[cell];
        if !known.as_mut().is_some_and(|front| front.settle(view, cell)) {
            self.balance -= COST;
            *known = Some(Front::new(view, cell));
        }
        known.as_ref()?.heap.peek().map(|best| best.0)
    }
}

impl Front {
    fn new(view: &View<'_>, cell: usize) -> Self {
        let members = view.layout.and_then(|layout| layout.members()?.get(cell));
        let (list, last) = match members {
            Some(members) => scan::top(view, &[members.as_slice()], FEW),
            None => scan::top(view, &[], FEW),
        };
        Self { heap: list.into_iter().map(Reverse).collect(), last }
    }

    /// Takes a candidate in. Where there are many by now, the worst of those that still are some are left out.
    fn add(&mut self, view: &View<'_>, cell: usize, candidate: Candidate) {
        self.heap.push(Reverse(candidate));
        if self.heap.len() <= MANY {
            return;
        }
        let mut list: Vec<Candidate> = std::mem::take(&mut self.heap).into_iter().map(|one| one.0).collect();
        list.retain(|known| is_so(view, cell, known));
        list.sort_unstable();
        list.dedup();
        if let Some(worst) = list.get(MANY / 2) {
            self.last = *worst;
            list.truncate(MANY / 2 + 1);
        }
        self.heap = list.into_iter().map(Reverse).collect();
    }

    /// Whether it can still say which node is the best.
    fn settle(&mut self, view: &View<'_>, cell: usize) -> bool {
        while self.heap.peek().is_some_and(|best| !is_so(view, cell, &best.0)) {
            self.heap.pop();
        }
        !self.heap.is_empty() || self.last == LAST
    }
}

/// Whether a node still is what an entry says.
fn is_so(view: &View<'_>, cell: usize, &(key, slot): &Candidate) -> bool {
    let slot = slot as usize;
    view.layout.is_none_or(|layout| layout.cell(slot) as usize == cell)
        && view.key(slot, view.table.free(slot)) == Some(key)
}

#[cfg(test)]
mod tests {
    use crate::placement::node::{Node, Resources};
    use crate::placement::task::{Class, Demand, Group, Resource, Strategy};
    use crate::placement::{Engine, Mode, Uid};

    /// More nodes than are known at a time, each with room for one task.
    #[test]
    fn what_is_used_up_is_looked_for_again_and_what_becomes_free_comes_back() {
        let mut engine = Engine::new(1);
        engine.set_mode(Mode::Index);
        let nodes = 1_030;
        let memory = |number: u32| 2000 + number * 7 % nodes;
        for number in 0..nodes {
            engine.set_node(Node {
                name: format!("n{number}").into(),
                ready: true,
                allocatable: Resources { memory: memory(number), pods: 110, ..Resources::default() },
                ..Node::default()
            });
        }
        let demand = Demand { memory: 2000, ..Demand::default() };
        let strategies = vec![Strategy::Binpack(Resource::Memory)];
        let class =
            engine.class(Class { strategies, ..Class::new(Group::new("prod", "service:web"), demand) });
        let mut expected: Vec<u32> = (0..nodes).collect();
        expected.sort_by_key(|&number| memory(number));
        for (uid, number) in (0..).zip(&expected) {
            assert_eq!(engine.place(class, Uid(uid)), Some(format!("n{number}").into()));
        }
        assert_eq!(engine.place(class, Uid(10_000)), None);
        for uid in [40, 3, 17] {
            engine.remove_task(Uid(uid));
        }
        for uid in [3, 17, 40] {
            let number = expected[usize::try_from(uid).unwrap()];
            assert_eq!(engine.place(class, Uid(uid)), Some(format!("n{number}").into()));
        }
    }
}
