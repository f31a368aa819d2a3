//! Tasks in the node table: where each is, what it reserves, and the counts that strategies and constraints go by.

use std::sync::Arc;

use super::{NONE, Presence, Table, Used, grow, number};
use crate::placement::task::{Demand, Group, Port};
use crate::placement::uid::Uid;

/// A task that is on a node, or waits for a node that is not known.
#[derive(Clone, Debug)]
pub(in crate::placement) struct Record {
    pub(in crate::placement) uid: Uid,
    /// `NONE` while its node is not known.
    pub(in crate::placement) slot: u32,
    /// `NONE` for one that belongs to no group.
    pub(in crate::placement) group: u32,
    pub(in crate::placement) demand: u32,
    /// Its neighbours in the list of its node.
    previous: u32,
    next: u32,
    /// Where it stands in the list of its group.
    in_group: u32,
    /// The node that it waits for.
    awaited: Option<Arc<str>>,
}

/// The tasks of one group.
#[derive(Clone, Debug)]
pub(in crate::placement) struct GroupTable {
    pub(in crate::placement) group: Group,
    pub(in crate::placement) on: Presence,
    /// Tasks on known nodes.
    pub(in crate::placement) tasks: Vec<u32>,
    /// Number of the nodes that it is kept off, once there is a task that does.
    closed: Option<u32>,
    /// For the attributes that its classes spread over: the column, and tasks by value.
    counts: Vec<(u32, Vec<u32>)>,
}

impl GroupTable {
    /// Tasks of the group on nodes with a value of an attribute that one of its classes spreads over.
    pub(in crate::placement) fn count(&self, column: u32, code: u32) -> u32 {
        let counts = self.counts.iter().find(|(id, _)| *id == column);
        counts.and_then(|(_, counts)| counts.get(code as usize)).copied().unwrap_or_default()
    }

    /// Nodes that it is kept off by tasks of others.
    pub(in crate::placement) fn closed<'a>(&self, table: &'a Table) -> Option<&'a Presence> {
        table.closed.get(self.closed? as usize)
    }

    pub(super) fn moved(&mut self, column: u32, before: u32, after: u32) {
        if let Some((_, counts)) = self.counts.iter_mut().find(|(id, _)| *id == column) {
            grow(counts, before.max(after) as usize + 1);
            counts[before as usize] = counts[before as usize].saturating_sub(1);
            counts[after as usize] += 1;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.on.bytes() + self.counts.iter().map(|(_, counts)| counts.capacity() * 4).sum::<usize>()
    }
}

impl Table {
    /// The number of a group.
    pub(in crate::placement) fn group(&mut self, group: &Group) -> u32 {
        if let Some(&known) = self.group_ids.get(group) {
            return known;
        }
        let id = number(self.groups.len());
        self.group_ids.insert(group.clone(), id);
        let empty = GroupTable {
            group: group.clone(),
            on: Presence::default(),
            tasks: Vec::new(),
            closed: self.closed_ids.get(&group.labelled()).copied(),
            counts: Vec::new(),
        };
        self.groups.push(empty);
        id
    }

    /// The number of a port.
    pub(in crate::placement) fn port(&mut self, port: Port) -> u32 {
        if let Some(&known) = self.port_ids.get(&port) {
            return known;
        }
        let id = number(self.ports.len());
        self.port_ids.insert(port, id);
        self.ports.push(Presence::default());
        id
    }

    /// The number of the nodes that a group is kept off.
    fn close(&mut self, group: &Group) -> u32 {
        let group = group.labelled();
        if let Some(&known) = self.closed_ids.get(&group) {
            return known;
        }
        let id = number(self.closed.len());
        self.closed.push(Presence::default());
        for table in self.groups.iter_mut().filter(|table| table.group.labelled() == group) {
            table.closed = Some(id);
        }
        self.closed_ids.insert(group, id);
        id
    }

    /// The number of a demand.
    pub(in crate::placement) fn demand(&mut self, demand: &Demand) -> u32 {
        if let Some(&known) = self.demand_ids.get(demand) {
            return known;
        }
        for &port in &demand.ports {
            self.port(port);
        }
        for group in &demand.apart {
            self.close(group);
        }
        let id = number(self.demands.len());
        self.demand_ids.insert(demand.clone(), id);
        self.demands.push(demand.clone());
        id
    }

    /// Counts tasks of a group by the values of an attribute, from now on.
    pub(in crate::placement) fn spread(&mut self, group: u32, column: u32) {
        let Some(table) = self.groups.get_mut(group as usize) else { return };
        if table.counts.iter().any(|(id, _)| *id == column) {
            return;
        }
        let mut counts = Vec::new();
        for &task in &table.tasks {
            let slot = self.records[task as usize].slot as usize;
            let code = self.columns[column as usize].codes[slot] as usize;
            grow(&mut counts, code + 1);
            counts[code] += 1;
        }
        table.counts.push((column, counts));
    }

    /// The task of this uid.
    pub(in crate::placement) fn record(&self, uid: Uid) -> Option<&Record> {
        self.by_uid.get(&uid).map(|&id| &self.records[id as usize])
    }

    /// Tasks by their number.
    pub(in crate::placement) fn task(&self, id: u32) -> &Record {
        &self.records[id as usize]
    }

    /// The name of the node that a task is on, or waits for.
    pub(in crate::placement) fn node_of(&self, record: &Record) -> Option<Arc<str>> {
        record.awaited.clone().or_else(|| self.node(record.slot as usize).map(|node| node.name.clone()))
    }

    /// Puts a new task onto a known node.
    pub(in crate::placement) fn add_task(&mut self, uid: Uid, slot: usize, group: u32, demand: u32) {
        let id = self.insert(uid, group, demand);
        self.attach(id, slot);
        self.touch(slot);
    }

    /// Puts a new task onto the node of this name, or lets it wait for it.
    pub(in crate::placement) fn add_task_on(&mut self, uid: Uid, node: &str, group: u32, demand: u32) {
        if let Some(slot) = self.slot(node) {
            self.add_task(uid, slot, group, demand);
        } else {
            let id = self.insert(uid, group, demand);
            self.wait(id, node.into());
        }
    }

    /// Takes a task out, and gives what it was.
    pub(in crate::placement) fn remove_task(&mut self, uid: Uid) -> Option<Record> {
        let id = self.by_uid.remove(&uid)?;
        let record = self.records[id as usize].clone();
        self.vacant.push(id);
        match &record.awaited {
            Some(name) => {
                if let Some(all) = self.waiting.get_mut(name) {
                    all.retain(|&other| other != id);
                    if all.is_empty() {
                        self.waiting.remove(name);
                    }
                }
            }
            None => {
                self.detach(id);
                self.touch(record.slot as usize);
            }
        }
        Some(record)
    }

    fn insert(&mut self, uid: Uid, group: u32, demand: u32) -> u32 {
        let record =
            Record { uid, slot: NONE, group, demand, previous: NONE, next: NONE, in_group: 0, awaited: None };
        let id = match self.vacant.pop() {
            Some(id) => {
                self.records[id as usize] = record;
                id
            }
            None => {
                self.records.push(record);
                number(self.records.len() - 1)
            }
        };
        self.by_uid.insert(uid, id);
        id
    }

    pub(super) fn wait(&mut self, id: u32, node: Arc<str>) {
        self.records[id as usize].awaited = Some(node.clone());
        self.waiting.entry(node).or_default().push(id);
    }

    /// The tasks on a node, the last one that came first.
    pub(in crate::placement) fn tasks_on(&self, slot: usize) -> impl Iterator<Item = u32> {
        let known = |id: u32| (id != NONE).then_some(id);
        let first = self.first.get(slot).copied().and_then(known);
        std::iter::successors(first, move |&id| known(self.records[id as usize].next))
    }

    /// Counts a task on a node. The caller writes down that it changed.
    pub(super) fn attach(&mut self, id: u32, slot: usize) {
        let next = std::mem::replace(&mut self.first[slot], id);
        if let Some(next) = self.records.get_mut(next as usize) {
            next.previous = id;
        }
        let record = &mut self.records[id as usize];
        record.awaited = None;
        record.slot = number(slot);
        (record.previous, record.next) = (NONE, next);
        let demand = &self.demands[record.demand as usize];
        for port in &demand.ports {
            if let Some(&port) = self.port_ids.get(port) {
                self.ports[port as usize].add(slot);
            }
        }
        for group in &demand.apart {
            if let Some(&closed) = self.closed_ids.get(&group.labelled()) {
                self.closed[closed as usize].add(slot);
            }
        }
        if let Some(group) = self.groups.get_mut(record.group as usize) {
            record.in_group = number(group.tasks.len());
            group.tasks.push(id);
            group.on.add(slot);
            for (column, counts) in &mut group.counts {
                let code = self.columns[*column as usize].codes[slot] as usize;
                grow(counts, code + 1);
                counts[code] += 1;
            }
        }
        let demand = record.demand;
        self.take(slot, demand);
    }

    /// Counts a task no longer. The caller writes down that it changed.
    pub(super) fn detach(&mut self, id: u32) {
        let record = self.records[id as usize].clone();
        let slot = record.slot as usize;
        match self.records.get_mut(record.previous as usize) {
            Some(previous) => previous.next = record.next,
            None => self.first[slot] = record.next,
        }
        if let Some(next) = self.records.get_mut(record.next as usize) {
            next.previous = record.previous;
        }
        let demand = &self.demands[record.demand as usize];
        for port in &demand.ports {
            if let Some(&port) = self.port_ids.get(port) {
                self.ports[port as usize].remove(slot);
            }
        }
        for group in &demand.apart {
            if let Some(&closed) = self.closed_ids.get(&group.labelled()) {
                self.closed[closed as usize].remove(slot);
            }
        }
        if let Some(group) = self.groups.get_mut(record.group as usize) {
            group.tasks.swap_remove(record.in_group as usize);
            if let Some(&last) = group.tasks.get(record.in_group as usize) {
                self.records[last as usize].in_group = record.in_group;
            }
            group.on.remove(slot);
            for (column, counts) in &mut group.counts {
                let code = self.columns[*column as usize].codes[slot] as usize;
                counts[code] = counts[code].saturating_sub(1);
            }
        }
        self.records[id as usize].slot = NONE;
        self.give_back(slot, record.demand);
    }

    /// Takes what a task reserves, even if it is not there.
    fn take(&mut self, slot: usize, demand: u32) {
        let demand = &self.demands[demand as usize];
        let free = self.free(slot);
        let enough = free.cpu >= demand.cpu
            && free.memory >= demand.memory
            && u32::from(free.gpu) >= demand.gpu
            && free.pods > 0
            && !self.is_over(slot);
        if enough {
            self.cpu[slot] -= demand.cpu;
            self.memory[slot] -= demand.memory;
            self.gpu[slot] -= u16::try_from(demand.gpu).unwrap_or_default();
            self.pods[slot] -= 1;
            self.has_room(slot);
            return;
        }
        let demand = demand.clone();
        let mut used = self.used(slot);
        used.cpu += u64::from(demand.cpu);
        used.memory += u64::from(demand.memory);
        used.gpu += u64::from(demand.gpu);
        used.pods += 1;
        self.set_used(slot, used);
    }

    fn give_back(&mut self, slot: usize, demand: u32) {
        let demand = &self.demands[demand as usize];
        if !self.is_over(slot) {
            self.cpu[slot] += demand.cpu;
            self.memory[slot] += demand.memory;
            self.gpu[slot] += u16::try_from(demand.gpu).unwrap_or_default();
            self.pods[slot] += 1;
            self.has_room(slot);
            return;
        }
        let demand = demand.clone();
        let Used { cpu, memory, gpu, pods } = self.used(slot);
        let used = Used {
            cpu: cpu - u64::from(demand.cpu),
            memory: memory - u64::from(demand.memory),
            gpu: gpu - u64::from(demand.gpu),
            pods: pods - 1,
        };
        self.set_used(slot, used);
    }

    fn is_over(&self, slot: usize) -> bool {
        !self.over.is_empty() && self.over.contains_key(&number(slot))
    }
}
