//! The node table: what every decision reads, one column per fact, one slot per node.
//!
//! Slots are given in the order in which nodes become known, and that order decides between nodes that are equal otherwise.
//! Events may come in any order: a task whose node is not known waits for it.

mod arrival;
mod changes;
mod column;
mod log;
mod memory;
mod presence;
mod tasks;

use std::sync::Arc;

pub(super) use changes::{Change, Changes};
pub(super) use column::Column;
pub(super) use log::Log;
pub(super) use presence::Presence;
pub(super) use tasks::{GroupTable, Record};

use super::node::{Effect, Node};
use super::task::{Demand, Group, Port};
use super::uid::{Map, Uid};

/// No slot, no group, no cell.
pub(super) const NONE: u32 = u32::MAX;
/// Nodes are looked at in blocks of one word of bits.
pub(super) const BLOCK: usize = 64;
/// The change log is worth its memory up to a part of the table.
const LOG_PART: usize = 8;
const LOG_LEAST: usize = 1024;

/// What is left on a node, as the columns have it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Free {
    pub(super) cpu: u32,
    pub(super) memory: u32,
    pub(super) gpu: u16,
    pub(super) pods: u16,
}

/// Sums of what the tasks of a node reserve.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    cpu: u64,
    memory: u64,
    gpu: u64,
    pods: u64,
}

/// The node table.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// What is left on each node, filled up with zeros to whole blocks.
    pub(super) cpu: Vec<u32>,
    pub(super) memory: Vec<u32>,
    pub(super) gpu: Vec<u16>,
    pub(super) pods: Vec<u16>,
    /// `None` in the slot of a node that has left.
    nodes: Vec<Option<Arc<Node>>>,
    /// The first one of the list of tasks of each node.
    first: Vec<u32>,
    /// Sums, where they are more than the node has: all others follow from what is left.
    over: Map<u32, Used>,
    /// Nodes that are ready and without cordon or taint, one bit each.
    plain: Vec<u64>,
    /// Nodes that have a slot for another pod, one bit each.
    roomy: Vec<u64>,
    /// Attributes that tasks are spread over.
    pub(super) columns: Vec<Column>,
    /// Labels that selectors and expressions ask for.
    pub(super) labels: Vec<Column>,
    pub(super) groups: Vec<GroupTable>,
    pub(super) ports: Vec<Presence>,
    /// Where tasks are that keep a group off their nodes, for each such group.
    pub(super) closed: Vec<Presence>,
    pub(super) demands: Vec<Demand>,
    /// Every change of what is left, of where groups and ports are, and of nodes themselves.
    pub(super) changes: Changes,
    /// Slots whose node came, went, or became another.
    pub(super) changed: Log<u32>,
    /// Goes up when slots get new numbers.
    pub(super) epoch: u64,
    /// Whether slots have to keep their numbers, because something may be undone.
    pub(super) pinned: bool,
    live: usize,
    by_name: Map<Arc<str>, u32>,
    records: Vec<Record>,
    vacant: Vec<u32>,
    by_uid: Map<Uid, u32>,
    waiting: Map<Arc<str>, Vec<u32>>,
    group_ids: Map<Group, u32>,
    port_ids: Map<Port, u32>,
    /// Groups as the labels of their pods tell them.
    closed_ids: Map<Group, u32>,
    demand_ids: Map<Demand, u32>,
}

impl Table {
    pub(super) const fn slots(&self) -> usize {
        self.nodes.len()
    }

    /// Nodes that are there.
    pub(super) const fn live(&self) -> usize {
        self.live
    }

    pub(super) fn slot(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).map(|&slot| slot as usize)
    }

    pub(super) fn node(&self, slot: usize) -> Option<&Arc<Node>> {
        self.nodes.get(slot)?.as_ref()
    }

    /// Nodes in the order in which they became known.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &Arc<Node>)> {
        self.nodes.iter().enumerate().filter_map(|(slot, node)| Some((slot, node.as_ref()?)))
    }

    /// Nodes `64 * word` and following that are ready and without cordon or taint, one bit each.
    pub(super) fn plain(&self, word: usize) -> u64 {
        self.plain.get(word).copied().unwrap_or_default()
    }

    /// Nodes `64 * word` and following that have a slot for another pod, one bit each.
    pub(super) fn roomy(&self, word: usize) -> u64 {
        self.roomy.get(word).copied().unwrap_or_default()
    }

    /// Adds a node, or says what a known one has become; gives what it was before.
    pub(super) fn set_node(&mut self, node: Node) -> Option<Arc<Node>> {
        self.put(&Arc::new(node), None)
    }

    /// The same where the numbers of its values, of labels and then of attributes, may be known already.
    fn put(&mut self, node: &Arc<Node>, codes: Option<&[u32]>) -> Option<Arc<Node>> {
        if let Some(slot) = self.slot(&node.name) {
            let used = self.used(slot);
            let before = self.nodes[slot].replace(node.clone());
            self.recode(slot, node, None);
            self.set_used(slot, used);
            self.note(slot);
            return before;
        }
        if !self.pinned && self.slots() > 2 * self.live + BLOCK {
            self.compact();
        }
        let slot = self.slots();
        self.reserve(slot + 1);
        self.occupy(slot, node, codes);
        None
    }

    /// Puts a node into an empty slot, and with it the tasks that wait for it.
    pub(super) fn occupy(&mut self, slot: usize, node: &Arc<Node>, codes: Option<&[u32]>) {
        self.by_name.insert(node.name.clone(), number(slot));
        self.live += 1;
        self.nodes[slot] = Some(node.clone());
        self.recode(slot, node, codes);
        self.set_used(slot, Used::default());
        for record in self.waiting.remove(&node.name).unwrap_or_default() {
            self.attach(record, slot);
        }
        self.note(slot);
    }

    /// Takes a node out. Its tasks wait for it to come back.
    pub(super) fn remove_node(&mut self, name: &str) -> Option<(usize, Arc<Node>)> {
        let slot = self.by_name.remove(name)? as usize;
        self.unload(slot);
        self.live -= 1;
        let node = self.nodes[slot].take()?;
        self.set_used(slot, Used::default());
        self.note(slot);
        Some((slot, node))
    }

    /// Lets the tasks of a node wait for it.
    fn unload(&mut self, slot: usize) {
        let Some(name) = self.node(slot).map(|node| node.name.clone()) else { return };
        let tasks: Vec<u32> = self.tasks_on(slot).collect();
        for task in tasks {
            self.detach(task);
            self.wait(task, name.clone());
        }
    }

    fn reserve(&mut self, slots: usize) {
        let padded = slots.next_multiple_of(BLOCK);
        grow(&mut self.cpu, padded);
        grow(&mut self.memory, padded);
        grow(&mut self.gpu, padded);
        grow(&mut self.pods, padded);
        grow(&mut self.plain, padded / BLOCK);
        grow(&mut self.roomy, padded / BLOCK);
        grow(&mut self.nodes, slots);
        grow(&mut self.first, slots);
        self.first[slots - 1] = NONE;
    }

    /// The column of an attribute, made when it is asked for the first time.
    pub(super) fn column(&mut self, attribute: &str) -> u32 {
        find_or_add(&mut self.columns, &self.nodes, attribute, Column::of_attribute)
    }

    /// The column of a label, made when it is asked for the first time.
    pub(super) fn label(&mut self, key: &str) -> u32 {
        find_or_add(&mut self.labels, &self.nodes, key, Column::of_label)
    }

    /// What a node has left, as far as the columns can hold it.
    pub(super) fn free(&self, slot: usize) -> Free {
        Free { cpu: self.cpu[slot], memory: self.memory[slot], gpu: self.gpu[slot], pods: self.pods[slot] }
    }

    /// What a node has before any task comes, as far as columns can hold it. The greatest numbers are kept: for keys of no
    /// candidate, and for needs that nothing meets.
    fn whole(&self, slot: usize) -> Free {
        let has = self.node(slot).map(|node| node.allocatable).unwrap_or_default();
        let narrow = |amount: u32| u16::try_from(amount).unwrap_or(u16::MAX).min(u16::MAX - 1);
        Free {
            cpu: has.cpu.min(u32::MAX - 1),
            memory: has.memory.min(u32::MAX - 1),
            gpu: narrow(has.gpu),
            pods: narrow(has.pods),
        }
    }

    /// What the tasks of a node reserve.
    fn used(&self, slot: usize) -> Used {
        if let Some(used) = self.over.get(&number(slot)) {
            return *used;
        }
        let (whole, free) = (self.whole(slot), self.free(slot));
        Used {
            cpu: u64::from(whole.cpu - free.cpu),
            memory: u64::from(whole.memory - free.memory),
            gpu: u64::from(whole.gpu - free.gpu),
            pods: u64::from(whole.pods - free.pods),
        }
    }

    /// Writes the columns of a node whose tasks reserve this.
    fn set_used(&mut self, slot: usize, used: Used) {
        let whole = self.whole(slot);
        let wide = |has: u32, used: u64| u32::try_from(u64::from(has).saturating_sub(used)).unwrap_or(has);
        let narrow = |has: u16, used: u64| u16::try_from(u64::from(has).saturating_sub(used)).unwrap_or(has);
        self.cpu[slot] = wide(whole.cpu, used.cpu);
        self.memory[slot] = wide(whole.memory, used.memory);
        self.gpu[slot] = narrow(whole.gpu, used.gpu);
        self.pods[slot] = narrow(whole.pods, used.pods);
        self.has_room(slot);
        let more = used.cpu > u64::from(whole.cpu)
            || used.memory > u64::from(whole.memory)
            || used.gpu > u64::from(whole.gpu)
            || used.pods > u64::from(whole.pods);
        if more {
            self.over.insert(number(slot), used);
        } else if !self.over.is_empty() {
            self.over.remove(&number(slot));
        }
    }

    /// Writes down whether a node has a slot for another pod.
    fn has_room(&mut self, slot: usize) {
        set_bit(&mut self.roomy, slot, self.pods[slot] > 0);
    }

    /// Writes down that what is left on a node changed, or what runs there.
    fn touch(&mut self, slot: usize) {
        let most = LOG_LEAST.max(self.slots() / LOG_PART);
        self.changes.push(Change { slot: number(slot), free: self.free(slot) }, most);
    }

    /// Writes down that a node itself changed.
    fn note(&mut self, slot: usize) {
        let plain = self.node(slot).is_some_and(|node| {
            let soft = node.taints.iter().all(|taint| taint.effect == Effect::PreferNoSchedule);
            node.ready && !node.unschedulable && soft
        });
        set_bit(&mut self.plain, slot, plain);
        self.changed.push(number(slot), LOG_LEAST.max(self.slots() / LOG_PART));
        self.touch(slot);
    }

    /// Reads the labels of a node again, unless the numbers of its values are known; what was counted for old values counts
    /// for the new ones.
    fn recode(&mut self, slot: usize, node: &Node, codes: Option<&[u32]>) {
        let mut known = codes.unwrap_or_default().iter();
        let mut set = |column: &mut Column| {
            let code = known.next().copied().unwrap_or_else(|| column.code(node));
            (column.set(slot, code), code)
        };
        for column in &mut self.labels {
            set(column);
        }
        let on = |slot: usize| self.first.get(slot).is_some_and(|&first| first != NONE);
        let tasks: Vec<u32> = if on(slot) { self.tasks_on(slot).collect() } else { Vec::new() };
        for (id, column) in self.columns.iter_mut().enumerate() {
            let (before, after) = set(column);
            if before != after {
                for &task in &tasks {
                    let group = self.records[task as usize].group;
                    if let Some(group) = self.groups.get_mut(group as usize) {
                        group.moved(number(id), before, after);
                    }
                }
            }
        }
    }

    /// Gives slots new numbers without gaps, in the same order.
    fn compact(&mut self) {
        for slot in 0..self.slots() {
            self.unload(slot);
        }
        let nodes: Vec<_> = self.nodes().map(|(_, node)| node.clone()).collect();
        self.by_name.clear();
        self.live = 0;
        (self.cpu, self.memory, self.gpu, self.pods) = Default::default();
        (self.nodes, self.first, self.plain, self.roomy) = Default::default();
        self.over.clear();
        for column in self.columns.iter_mut().chain(&mut self.labels) {
            column.codes.clear();
        }
        self.epoch += 1;
        for (slot, node) in nodes.into_iter().enumerate() {
            self.reserve(slot + 1);
            self.occupy(slot, &node, None);
        }
        self.changes.forget();
        self.changed.forget();
    }
}

fn find_or_add(
    columns: &mut Vec<Column>,
    nodes: &[Option<Arc<Node>>],
    key: &str,
    new: fn(&str) -> Column,
) -> u32 {
    if let Some(known) = columns.iter().position(|column| column.key() == key) {
        return number(known);
    }
    let mut column = new(key);
    column.read(nodes);
    columns.push(column);
    number(columns.len() - 1)
}

/// A number of few bits for an index that is far from needing more.
#[allow(
    clippy::cast_possible_truncation,
    reason = "four thousand million of anything do not fit into memory"
)]
pub(super) const fn number(index: usize) -> u32 {
    index as u32
}

fn set_bit(words: &mut [u64], slot: usize, is_set: bool) {
    let bit = 1 << (slot % BLOCK);
    words[slot / BLOCK] = words[slot / BLOCK] & !bit | if is_set { bit } else { 0 };
}

/// Longer by zeros, without reserving twice as much.
fn grow<T: Clone + Default>(column: &mut Vec<T>, length: usize) {
    if column.len() < length {
        if column.capacity() < length {
            column.reserve_exact(length + length / 16 - column.len());
        }
        column.resize(length, T::default());
    }
}
