//! Which task of a group is stopped when there are to be fewer.
//!
//! Source: developer guide, "Task placement strategies"; `UpdateService` in the API reference for services without.

use super::{ClassId, Engine};
use crate::placement::task::{Field, Resource, Strategy};
use crate::placement::uid::{Uid, lot};

impl Engine {
    /// The task of the class's group to stop next, of those that may be; `None` if there is none. Nothing is changed.
    ///
    /// What the strategies spread is taken where there is most of it: the value, the instance with the most tasks. What they
    /// pack is taken where its going leaves the most of the resource, so that instances become empty. Between tasks that
    /// are equal, and for `random`, lots decide. Who is unhealthy or protected is for the caller to say, who asks again
    /// with more tasks where the first ones were not enough.
    #[must_use]
    pub fn stop(&self, class: ClassId, among: impl Fn(Uid) -> bool) -> Option<Uid> {
        let view = self.view(class);
        let known = view.group.tasks.iter().map(|&id| self.table.task(id));
        let mut left: Vec<_> = known.filter(|record| among(record.uid)).collect();
        // Tasks on instances that are being drained go first.
        let draining = |slot: u32| self.table.node(slot as usize).is_some_and(|node| node.unschedulable);
        if left.iter().any(|record| draining(record.slot)) {
            left.retain(|record| draining(record.slot));
        }
        for strategy in view.class.class.strategies_in_force() {
            if strategy == Strategy::Random {
                break;
            }
            let number = |slot: u32, demand: u32| {
                let slot = slot as usize;
                let demand = &self.table.demands[demand as usize];
                let number = u64::from(super::why::number(&view, &strategy, slot));
                match strategy {
                    Strategy::Spread(Field::InstanceId | Field::Attribute(_)) => number,
                    Strategy::Binpack(Resource::Cpu) => number + u64::from(demand.cpu),
                    Strategy::Binpack(Resource::Memory) => number + u64::from(demand.memory),
                    Strategy::Random => 0,
                }
            };
            let numbers: Vec<u64> = left.iter().map(|record| number(record.slot, record.demand)).collect();
            let most = *numbers.iter().max()?;
            let mut numbers = numbers.into_iter();
            left.retain(|_| numbers.next() == Some(most));
        }
        left.iter().map(|record| record.uid).min_by_key(|&uid| (lot(self.seed, uid), uid))
    }
}
