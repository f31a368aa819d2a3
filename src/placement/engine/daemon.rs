//! Daemon services: one task on every instance.

use std::sync::Arc;

use super::{ClassId, Engine};
use crate::placement::uid::Uid;

/// What a daemon service has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daemon {
    /// Nodes that are to get a task, in the order in which the engine came to know them.
    pub start: Vec<Arc<str>>,
    /// Tasks on nodes that no longer satisfy the constraints.
    pub stop: Vec<Uid>,
}

impl Engine {
    /// Which nodes lack a task of a daemon service, and which tasks are to stop. Constraints hold at all times, and
    /// `distinctInstance` is implied; strategies are not looked at. Nothing is changed: what is started is told by
    /// [`Engine::set_task`].
    ///
    /// Source: `schedulingStrategy` in the API reference.
    pub fn daemon(&mut self, class: ClassId) -> Daemon {
        self.refresh(class);
        let view = self.view(class);
        let mut daemon = Daemon::default();
        for (slot, node) in self.table.nodes() {
            let selected = view.class.eligible.has(slot) && view.class.moved_to(&self.table, slot);
            if !view.group.on.has(slot) {
                if selected && view.fits(self.table.free(slot)) && view.open(slot) {
                    daemon.start.push(node.name.clone());
                }
            } else if !selected && node.ready && !node.unschedulable {
                let own = self.table.tasks_on(slot).map(|id| self.table.task(id));
                daemon.stop.extend(own.filter(|task| task.group == view.class.group).map(|task| task.uid));
            }
        }
        daemon.stop.sort_unstable();
        daemon
    }
}
