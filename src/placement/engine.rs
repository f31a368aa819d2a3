//! The engine: events in, decisions and explanations out.
//!
//! One task is placed at a time, in ECS's four steps: nodes that have enough left, that satisfy all constraints, that the
//! strategies prefer, one after the other; and of these one. Nodes that are equal in everything are taken in the order in
//! which the engine came to know them, see [`Engine::set_nodes`].
//!
//! Source: developer guide, "Task placement"; what it leaves open is said at [`Class`], [`Strategy`](super::task::Strategy)
//! and in `docs/placement.md`.

mod bits;
mod block;
mod class;
mod daemon;
mod eligible;
mod front;
mod index;
mod inside;
mod layout;
mod on_node;
mod pace;
mod register;
mod rest;
mod scan;
mod stop;
mod tree;
mod undo;
mod view;
mod why;

use std::sync::Arc;

pub use daemon::Daemon;
pub use inside::{Memory, Placed};
pub use undo::Mark;

use self::class::Prepared;
use self::index::{Found, Index};
use self::layout::Layout;
use self::pace::{Cost, Way};
use self::undo::Inverse;
use self::view::View;
use super::node::Node;
use super::table::{NONE, Table};
use super::task::{Class, Demand, Group};
use super::uid::{Map, Uid, lot};

/// The number of a class in its engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(u32);

/// How decisions are made. All ways decide alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// By whatever is faster, as far as that can be known from the number of nodes and events.
    #[default]
    Automatic,
    /// By looking at every node.
    Scan,
    /// By indexes wherever one can serve a class.
    Index,
}

/// Bytes that indexes may take: enough for 64 classes on a million nodes.
const BUDGET: usize = 640 << 20;

/// Nodes, tasks, and where the next task goes.
///
/// It has no clock, and no randomness but its seed: the same events give the same decisions.
#[derive(Clone, Debug)]
pub struct Engine {
    seed: u64,
    table: Table,
    classes: Vec<Prepared>,
    /// Numbers of classes by a hash of what they say.
    known: Map<u64, Vec<u32>>,
    layouts: Vec<Layout>,
    mode: Mode,
    budget: usize,
    /// Bytes of all indexes.
    taken: usize,
    /// For each class, when it was last asked for.
    asked: Vec<u64>,
    /// Classes that are kept, at most.
    most: usize,
    now: u64,
    undo: Option<Vec<Inverse>>,
}

impl Engine {
    /// An engine that knows nothing yet. The seed decides what `random` draws.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            table: Table::default(),
            classes: Vec::new(),
            known: Map::default(),
            layouts: Vec::new(),
            mode: Mode::default(),
            budget: BUDGET,
            taken: 0,
            asked: Vec::new(),
            most: usize::MAX,
            now: 0,
            undo: None,
        }
    }

    /// An engine that begins with these nodes, in the order of [`Engine::set_nodes`].
    #[must_use]
    pub fn with_nodes(seed: u64, nodes: impl IntoIterator<Item = Node>) -> Self {
        let mut engine = Self::new(seed);
        engine.set_nodes(nodes);
        engine
    }

    /// Says how decisions are made; for tests and benches.
    pub const fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Says how many bytes indexes may take together. What was not asked for the longest time is dropped first.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
        self.evict(None);
    }

    /// Adds a node, or says what a known one has become. Its place in the order of nodes stays.
    pub fn set_node(&mut self, node: Node) {
        let name = node.name.clone();
        let before = self.table.set_node(node);
        self.remember(|| before.map_or(Inverse::RemoveNode(name), Inverse::SetNode));
    }

    /// Adds many nodes, the oldest first and by name where age does not decide. As nodes that join later are younger, a
    /// restarted engine decides between equal nodes as the one before did. It takes the least time where classes are known
    /// before.
    pub fn set_nodes(&mut self, nodes: impl IntoIterator<Item = Node>) {
        let Self { table, undo, .. } = self;
        table.set_nodes(nodes.into_iter(), |node, before| {
            if let Some(log) = undo.as_mut() {
                log.push(before.map_or_else(|| Inverse::RemoveNode(node.name.clone()), Inverse::SetNode));
            }
        });
    }

    /// Takes a node out. Its tasks are counted again when a node of that name comes back, unless they are removed; it
    /// then is the youngest. Returns whether it was known.
    pub fn remove_node(&mut self, name: &str) -> bool {
        let Some((slot, node)) = self.table.remove_node(name) else { return false };
        self.remember(|| Inverse::Return { slot, node });
        true
    }

    /// Says where a task runs, what it reserves there, and in which group it is: `None` for pods that are no tasks, and
    /// for tasks that were told to stop, which no longer count for spreading or `distinctInstance`. The node may
    /// become known later. A task of this uid that is known already is replaced.
    pub fn set_task(&mut self, uid: impl Into<Uid>, node: &str, group: Option<&Group>, demand: &Demand) {
        let uid = uid.into();
        let group = group.map_or(NONE, |group| self.table.group(group));
        let demand = self.table.demand(demand);
        if let Some(known) = self.table.record(uid) {
            let same = known.group == group && known.demand == demand;
            if same && self.table.node_of(known).is_some_and(|name| &*name == node) {
                return;
            }
            self.remove_task(uid);
        }
        self.table.add_task_on(uid, node, group, demand);
        self.remember(|| Inverse::RemoveTask(uid));
    }

    /// Takes a task out. Returns whether it was known.
    pub fn remove_task(&mut self, uid: impl Into<Uid>) -> bool {
        let uid = uid.into();
        let node = self.undo.as_ref().and_then(|_| self.table.node_of(self.table.record(uid)?));
        let Some(record) = self.table.remove_task(uid) else { return false };
        if let Some(node) = node {
            let (group, demand) = (record.group, record.demand);
            self.remember(|| Inverse::AddTask { uid, node, group, demand });
        }
        true
    }

    /// The class of a number.
    #[must_use]
    pub fn class_of(&self, class: ClassId) -> &Class {
        &self.classes[class.0 as usize].class
    }

    /// Where a task of the class would go now; `None` if no node can take it. Nothing is changed.
    pub fn decide(&mut self, class: ClassId, uid: impl Into<Uid>) -> Option<Arc<str>> {
        let slot = self.choose(class, uid.into())?;
        self.table.node(slot).map(|node| node.name.clone())
    }

    /// Decides where a task of the class goes, and puts it there; `None` if no node can take it. A task of this uid that
    /// is known already is taken out first.
    pub fn place(&mut self, class: ClassId, uid: impl Into<Uid>) -> Option<Arc<str>> {
        let uid = uid.into();
        if self.table.record(uid).is_some() {
            self.remove_task(uid);
        }
        let slot = self.choose(class, uid)?;
        let prepared = &self.classes[class.0 as usize];
        self.table.add_task(uid, slot, prepared.group, prepared.demand);
        self.remember(|| Inverse::RemoveTask(uid));
        self.table.node(slot).map(|node| node.name.clone())
    }

    fn choose(&mut self, class: ClassId, uid: Uid) -> Option<usize> {
        let id = class.0 as usize;
        self.now += 1;
        self.asked[id] = self.now;
        self.refresh(class);
        let Self { seed, table, classes, layouts, mode, .. } = self;
        let (lot, mode) = (lot(*seed, uid), *mode);
        let layout = classes[id].layout.and_then(|layout| layouts.get_mut(layout));
        let mut index = classes[id].index.take();
        let mut pace = classes[id].pace;
        let before = index.as_ref().map_or(0, Index::bytes);
        let (way, cost) = {
            let view = view(table, &classes[id], layout.as_deref());
            let pending = index.as_ref().and_then(|index| index.pending(&view));
            let cost = index::cost(&view);
            let way = match mode {
                Mode::Scan => Way::Scan,
                _ if !index::serves(&view) => Way::Scan,
                Mode::Index => pending.map_or(Way::Build, |_| Way::Index),
                Mode::Automatic => pace.next(cost, table.changes.end(), table.slots(), pending),
            };
            (way, cost)
        };
        let found = match (way, layout) {
            (Way::Scan, _) => Found::TooMany,
            (Way::Build, layout) => {
                let layout = layout.map(|layout| {
                    if cost == Cost::TREES {
                        layout.arrange();
                    }
                    &*layout
                });
                let view = view(table, &classes[id], layout);
                index.insert(Index::build(&view)).find(&view, lot)
            }
            (Way::Index, layout) => {
                let view = view(table, &classes[id], layout.as_deref());
                index.as_mut().map_or(Found::TooMany, |index| {
                    index.refresh(&view);
                    index.find(&view, lot)
                })
            }
        };
        if mode == Mode::Automatic && index.as_ref().is_some_and(Index::is_a_loss) {
            index = None;
            pace.in_vain();
        }
        let after = index.as_ref().map_or(0, Index::bytes);
        self.taken = self.taken + after - before;
        self.classes[id].index = index;
        self.classes[id].pace = pace;
        if after > before {
            self.evict(Some(id));
        }
        let view = self.view(class);
        match found {
            Found::Best(slot) => slot,
            Found::Equal(equal) => rest::decide(&view, equal, lot),
            Found::TooMany => {
                let best = scan::best(&view)?;
                if view.class.plan.rest.is_empty() {
                    return Some(best.slot);
                }
                rest::decide(&view, scan::equal(&view, &best), lot)
            }
        }
    }

    /// Brings up to date what a class and its layout know of nodes.
    fn refresh(&mut self, class: ClassId) {
        let prepared = &mut self.classes[class.0 as usize];
        prepared.refresh(&self.table);
        if let Some(layout) = prepared.layout.and_then(|layout| self.layouts.get_mut(layout)) {
            layout.refresh(&self.table);
        }
    }

    fn view(&self, class: ClassId) -> View<'_> {
        let class = &self.classes[class.0 as usize];
        let layout = class.layout.and_then(|layout| self.layouts.get(layout));
        view(&self.table, class, layout)
    }

    /// Drops what was not asked for the longest time, until the rest is within the budget; what was built last is dropped
    /// only if it is too large by itself.
    fn evict(&mut self, newest: Option<usize>) {
        while self.taken > self.budget {
            let with_index = |&id: &usize| self.classes[id].index.is_some() && Some(id) != newest;
            let oldest = (0..self.classes.len()).filter(with_index).min_by_key(|&id| self.asked[id]);
            let Some(id) = oldest.or(newest) else { return };
            let Some(index) = self.classes[id].index.take() else { return };
            if Some(id) != newest {
                self.classes[id].eligible.clear();
            }
            self.taken = self.taken.saturating_sub(index.bytes());
        }
    }
}

fn view<'a>(table: &'a Table, class: &'a Prepared, layout: Option<&'a Layout>) -> View<'a> {
    View { table, class, group: &table.groups[class.group as usize], layout }
}

#[cfg(test)]
mod tests;
