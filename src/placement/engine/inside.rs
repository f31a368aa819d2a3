//! What an engine knows, for those who show it.

use std::sync::Arc;

use super::Engine;
use super::index::Index;
use super::layout::Layout;
use crate::placement::node::{Node, Resources};
use crate::placement::task::{Demand, Group};
use crate::placement::uid::Uid;

/// A task on a node.
#[derive(Clone, Copy, Debug)]
pub struct Placed<'a> {
    /// Its uid.
    pub uid: Uid,
    /// Its group; `None` for pods that are no tasks.
    pub group: Option<&'a Group>,
    /// What it reserves.
    pub demand: &'a Demand,
}

/// Bytes that an engine takes, without names, labels and tasks, which are kept as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Columns, counts and the change log.
    pub table: usize,
    /// Cells of all lists of attributes that tasks are spread over.
    pub layouts: usize,
    /// Indexes and what is known of nodes for each class.
    pub classes: usize,
    /// Classes that have an index.
    pub indexed: usize,
}

impl Engine {
    /// All nodes, in the order that decides between equal ones.
    pub fn nodes(&self) -> impl Iterator<Item = &Arc<Node>> {
        self.table.nodes().map(|(_, node)| node)
    }

    /// What a node has left; `None` if it is not known.
    #[must_use]
    pub fn free(&self, node: &str) -> Option<Resources> {
        let free = self.table.free(self.table.slot(node)?);
        Some(Resources {
            cpu: free.cpu,
            memory: free.memory,
            gpu: u32::from(free.gpu),
            pods: u32::from(free.pods),
        })
    }

    /// The tasks on a node, in no order.
    pub fn tasks(&self, node: &str) -> impl Iterator<Item = Placed<'_>> {
        let slot = self.table.slot(node);
        slot.into_iter().flat_map(|slot| self.table.tasks_on(slot)).map(|id| {
            let task = self.table.task(id);
            Placed {
                uid: task.uid,
                group: self.table.groups.get(task.group as usize).map(|group| &group.group),
                demand: &self.table.demands[task.demand as usize],
            }
        })
    }

    /// The node that a task is on, or waits for.
    #[must_use]
    pub fn node_of(&self, uid: impl Into<Uid>) -> Option<Arc<str>> {
        self.table.node_of(self.table.record(uid.into())?)
    }

    /// A number that goes up with everything that happens to nodes and tasks: while it stays, so does every decision.
    pub(in crate::placement) fn state(&self) -> u64 {
        self.table.changes.end()
    }

    /// Bytes, about, of what is never forgotten of classes, whatever becomes of these: columns of labels and attributes, cells,
    /// groups, demands and ports. Names are not counted. It takes no time.
    #[must_use]
    pub fn kept(&self) -> usize {
        let layouts = self.layouts.len() * (size_of::<Layout>() + self.table.slots() * size_of::<u32>());
        self.table.kept() + layouts
    }

    /// How much memory is taken for what.
    #[must_use]
    pub fn memory(&self) -> Memory {
        Memory {
            table: self.table.bytes(),
            layouts: self.layouts.iter().map(Layout::bytes).sum(),
            classes: self
                .classes
                .iter()
                .map(|class| class.eligible.bytes() + class.index.as_ref().map_or(0, Index::bytes))
                .sum(),
            indexed: self.classes.iter().filter(|class| class.index.is_some()).count(),
        }
    }
}
