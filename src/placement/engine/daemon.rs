//! Daemon services: one task on every instance.

use std::sync::Arc;

use super::{ClassId, Engine, why};
use crate::placement::explain::Reason;
use crate::placement::uid::Uid;

/// What a daemon service has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Daemon {
    /// Nodes that are to get a task, in the order in which the engine came to know them.
    pub start: Vec<Arc<str>>,
    /// Tasks on nodes that no longer satisfy the constraints.
    pub stop: Vec<Uid>,
    /// Nodes that are to have a task and cannot take it now, and why.
    pub short: Vec<(Arc<str>, Reason)>,
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
            let on = view.group.on.has(slot);
            let selected = view.class.eligible.has(slot) && view.class.moved_to(&self.table, slot);
            if !on && selected {
                if view.fits(self.table.free(slot)) && view.open(slot) {
                    daemon.start.push(node.name.clone());
                } else if let Some(reason) = why::against(&view, slot, node) {
                    daemon.short.push((node.name.clone(), reason));
                }
            } else if on && !selected && node.ready && !node.unschedulable {
                let own = self.table.tasks_on(slot).map(|id| self.table.task(id));
                daemon.stop.extend(own.filter(|task| task.group == view.class.group).map(|task| task.uid));
            }
        }
        daemon.stop.sort_unstable();
        daemon
    }
}
