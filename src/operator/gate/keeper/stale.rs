//! Pods whose node does not take them are replaced by others.

use std::time::Duration;

use tokio::time::Instant;

use super::books::{Action, Order, deployment, order};
use super::{Keeper, LOOK, REMEMBERED, pin};

/// How long a pod may be unschedulable on the node that it was given, before another one takes its place.
pub(super) const STALE: Duration = Duration::from_secs(30);
/// The same where the node is gone.
pub(super) const GONE: Duration = Duration::from_secs(5);
/// Pods that are replaced at one look, at most.
pub(super) const DROPS: usize = 4;

impl Keeper {
    /// Replaces a pod whose node does not take it, or is gone.
    pub(super) fn replace(&mut self, now: Instant) -> Option<Order> {
        if self.looked.is_some_and(|at| now < at + LOOK) {
            return None;
        }
        for uid in &self.pinned {
            let Some(ours) = self.pods.get_mut(uid).and_then(|known| known.ours.as_mut()) else { continue };
            let is_there = pin::pinned(&ours.pod).is_some_and(|node| self.nodes.contains_key(node));
            ours.homeless = (!is_there).then(|| ours.homeless.unwrap_or(now));
            let since = |since: Option<Instant>, patience| since.is_some_and(|since| now >= since + patience);
            let stale = since(ours.refused, STALE);
            let dropped = ours.dropped.is_some_and(|until| now < until);
            if ours.busy || dropped || ours.pod.is_deleting() || !ours.pod.is_replaced() {
                continue;
            }
            if stale || since(ours.homeless, GONE) {
                ours.busy = true;
                if stale {
                    let refused = self.refusals.entry(deployment(&ours.pod)).or_insert((0, now));
                    *refused = (refused.0 + 1, now);
                }
                let version = ours.pod.0.metadata.resource_version.clone();
                self.drops += 1;
                if self.drops >= DROPS {
                    (self.drops, self.looked) = (0, Some(now));
                }
                return Some(order(uid, &ours.pod, Action::Delete { version }));
            }
        }
        (self.drops, self.looked) = (0, Some(now));
        self.refusals.retain(|_, (_, last)| now < *last + REMEMBERED);
        None
    }
}
