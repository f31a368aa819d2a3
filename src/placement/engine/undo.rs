//! Taking back what was tried: for questions of the form "what if".

use std::sync::Arc;

use super::Engine;
use crate::placement::node::Node;
use crate::placement::uid::Uid;

/// A moment to which an engine can go back.
#[derive(Debug)]
pub struct Mark(usize);

/// What has to be done to take one event back.
#[derive(Clone, Debug)]
pub(super) enum Inverse {
    RemoveTask(Uid),
    AddTask { uid: Uid, node: Arc<str>, group: u32, demand: u32 },
    SetNode(Arc<Node>),
    RemoveNode(Arc<str>),
    Return { slot: usize, node: Arc<Node> },
}

impl Engine {
    /// Remembers this moment. From now on every event can be taken back, until the outermost mark is undone or kept.
    pub fn mark(&mut self) -> Mark {
        let log = self.undo.get_or_insert_default();
        self.table.pinned = true;
        Mark(log.len())
    }

    /// Takes back everything since a mark: nodes, tasks and decisions are as they were then.
    pub fn undo(&mut self, mark: &Mark) {
        let Some(mut log) = self.undo.take() else { return };
        for inverse in log.drain(mark.0.min(log.len())..).rev() {
            match inverse {
                Inverse::RemoveTask(uid) => drop(self.table.remove_task(uid)),
                Inverse::AddTask { uid, node, group, demand } => {
                    self.table.add_task_on(uid, &node, group, demand);
                }
                Inverse::SetNode(node) => drop(self.table.set_node(Arc::unwrap_or_clone(node))),
                Inverse::RemoveNode(name) => drop(self.table.remove_node(&name)),
                Inverse::Return { slot, node } => self.table.occupy(slot, &node, None),
            }
        }
        self.close(mark, log);
    }

    /// Keeps what happened since a mark.
    pub fn keep(&mut self, mark: &Mark) {
        if let Some(log) = self.undo.take() {
            self.close(mark, log);
        }
    }

    /// The outermost mark ends the time in which anything can be taken back.
    fn close(&mut self, mark: &Mark, log: Vec<Inverse>) {
        self.table.pinned = mark.0 > 0;
        self.undo = self.table.pinned.then_some(log);
    }

    pub(super) fn remember(&mut self, inverse: impl FnOnce() -> Inverse) {
        if let Some(log) = &mut self.undo {
            log.push(inverse());
        }
    }
}
