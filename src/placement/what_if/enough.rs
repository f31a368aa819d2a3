//! How many more nodes the tasks that wait would need.

use std::sync::Arc;

use super::WhatIf;
use crate::placement::ClassId;
use crate::placement::attribute::HOSTNAME;
use crate::placement::node::Node;
use crate::placement::task::{Demand, Group};
use crate::placement::uid::{BASIS, Uid, hash};

/// Most nodes that are tried.
const MOST: u32 = 1_000;
/// Most kinds of nodes that are tried.
const KINDS: usize = 16;

/// Nodes that would take all tasks that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enough {
    /// How many of them.
    pub nodes: u32,
    /// One that is like them.
    pub like: Arc<str>,
}

impl WhatIf {
    /// The fewest nodes like one that is there that would take all tasks that have none, smaller ones first where as many
    /// are needed; `None` if nothing waits, or no one kind of nodes would do, as where a daemon lacks room on a node that is
    /// there. Daemons have their tasks on the new ones too.
    pub fn enough(&mut self) -> Option<Enough> {
        let waiting: Vec<(ClassId, u32)> = (0..self.services.len())
            .flat_map(|number| {
                self.counts(number).into_iter().enumerate().map(move |(child, count)| (number, child, count))
            })
            .filter_map(|(number, child, count)| {
                let known = self.services.get(number)?;
                let missing = count.saturating_sub(known.running(child));
                Some((*known.classes.get(child)?, missing)).filter(|_| missing > 0)
            })
            .collect();
        if waiting.is_empty() || self.services.iter().any(|known| known.short > 0) {
            return None;
        }
        let mut kinds: Vec<Arc<Node>> = Vec::new();
        for node in self.engine.nodes().filter(|node| node.ready && !node.unschedulable) {
            if kinds.len() < KINDS && !kinds.iter().any(|known| is_alike(known, node)) {
                kinds.push(Arc::clone(node));
            }
        }
        let enough = kinds.into_iter().filter_map(|kind| {
            let nodes = self.of_kind(&kind, waiting.clone())?;
            let size = kind.allocatable;
            Some(((nodes, size.cpu, size.memory), Enough { nodes, like: kind.name.clone() }))
        });
        enough.min_by_key(|(order, _)| *order).map(|(_, enough)| enough)
    }

    /// How many nodes of a kind would do.
    fn of_kind(&mut self, kind: &Node, mut waiting: Vec<(ClassId, u32)>) -> Option<u32> {
        let mark = self.engine.mark();
        let mut daemons = Vec::new();
        let mut uid = hash(BASIS, "enough/");
        let mut next = || {
            uid = uid.wrapping_add(1);
            Uid(uid)
        };
        let mut enough = None;
        for number in 1..=MOST {
            let node = another(kind, number);
            let name = node.name.clone();
            self.engine.set_node(node);
            if number == 1 {
                daemons = self.daemons_on(&name);
            }
            for (group, demand) in &daemons {
                self.engine.set_task(next(), &name, Some(group), demand);
            }
            let mut placed = false;
            for (class, missing) in &mut waiting {
                while *missing > 0 && self.engine.place(*class, next()).is_some() {
                    *missing -= 1;
                    placed = true;
                }
            }
            if waiting.iter().all(|(_, missing)| *missing == 0) {
                enough = Some(number);
            }
            if enough.is_some() || !placed {
                break;
            }
        }
        self.engine.undo(&mark);
        enough
    }

    /// What daemons would start on a node.
    fn daemons_on(&mut self, name: &str) -> Vec<(Group, Demand)> {
        let mut started = Vec::new();
        for known in self.services.iter().filter(|known| known.service.daemon) {
            for &class in &known.classes {
                if self.engine.daemon(class).start.iter().any(|node| **node == *name) {
                    let class = self.engine.class_of(class);
                    started.push((class.group.clone(), class.demand.clone()));
                }
            }
        }
        started
    }
}

/// A node like another one, and without anything on it.
fn another(kind: &Node, number: u32) -> Node {
    let name = format!("{}+{number}", kind.name);
    let mut node = Node { name: name.as_str().into(), ec2_instance_id: None, ..kind.clone() };
    if node.labels.contains_key(HOSTNAME) {
        node.labels.insert(HOSTNAME.to_owned(), name);
    }
    node
}

/// Whether a task fits on one as on the other, as long as nothing runs there.
fn is_alike(one: &Node, other: &Node) -> bool {
    let labels = |node: &Node| {
        let mut labels = node.labels.clone();
        labels.remove(HOSTNAME);
        labels
    };
    one.allocatable == other.allocatable && one.taints == other.taints && labels(one) == labels(other)
}
