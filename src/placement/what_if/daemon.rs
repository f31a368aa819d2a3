//! Daemons: one task on every node that they select, before all others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Step, Task, Uid, WhatIf};
use crate::placement::explain::{Counted, Explanation};

impl WhatIf {
    /// Starts what daemons lack and can have, and stops what they no longer select. `tell` also tells of the nodes that
    /// have no room.
    pub(super) fn daemons(&mut self, tell: bool) -> Vec<Step> {
        let mut steps = Vec::new();
        for number in 0..self.services.len() {
            if self.services.get(number).is_some_and(|known| known.service.daemon) {
                self.daemon(number, tell, &mut steps);
            }
        }
        steps
    }

    fn daemon(&mut self, number: usize, tell: bool, steps: &mut Vec<Step>) {
        let classes = self.services.get(number).map(|known| known.classes.clone()).unwrap_or_default();
        let mut short = BTreeSet::new();
        for (child, class) in classes.into_iter().enumerate() {
            let decided = self.engine.daemon(class);
            for uid in decided.stop {
                // What another child has is not for this one to judge.
                let own = self.services.get(number).is_some_and(|known| {
                    known.tasks.iter().any(|task| task.uid == uid && task.child == child)
                });
                steps.extend(own.then(|| self.gone(number, uid)).flatten());
            }
            let Some(known) = self.services.get_mut(number) else { return };
            let group = known.service.group.clone();
            let demand = self.engine.class_of(class).demand.clone();
            for node in decided.start {
                let name = known.name();
                let uid = Uid::from(&format!("{}/{name}", group.cluster));
                self.engine.set_task(uid, &node, Some(&group), &demand);
                let to = Some(Arc::clone(&node));
                steps.push(Step {
                    service: number,
                    task: name.clone(),
                    tasks: 1,
                    from: None,
                    to,
                    only: None,
                    why: None,
                });
                known.tasks.push(Task { name, child, node, uid });
            }
            for (node, reason) in decided.short {
                if short.insert(Arc::clone(&node)) && tell {
                    let reasons = vec![Counted { nodes: 1, reason }];
                    let why =
                        Explanation { nodes: 1, fitting: 0, needs: demand.amounts(), chosen: None, reasons };
                    let task = known.service.name.as_str().into();
                    let only = Some(node);
                    steps.push(Step {
                        service: number,
                        task,
                        tasks: 1,
                        from: None,
                        to: None,
                        only,
                        why: Some(why),
                    });
                }
            }
            // One child may have what another one lacks.
            short.retain(|node: &Arc<str>| !known.tasks.iter().any(|task| task.node == *node));
            known.short = u32::try_from(short.len()).unwrap_or(u32::MAX);
        }
    }
}
