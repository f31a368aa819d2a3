//! Counts of workloads whose record says nothing to this release, as after going back to an earlier one.
//!
//! Traffic does not wait until somebody has mended that: what scales the service goes on, and all that is needed for a
//! count is in the workloads themselves.

use std::collections::BTreeMap;

use super::World;
use crate::capacity::strategy::apportion;
use crate::rollout::observed::Workload;

/// The counts that Deployments should get, by name, those that have theirs left out: `count` tasks in the proportion
/// in which they have them. While one deployment replaces another nobody knows which of them should get more: then
/// all stay as they are.
pub(super) fn follow(world: &World, count: Option<i32>) -> BTreeMap<String, i32> {
    let live: Vec<&Workload> = world.workloads.iter().filter(|w| w.kind == "Deployment").collect();
    let rolls = live.windows(2).any(|pair| pair[0].deployment_id != pair[1].deployment_id);
    let Some(count) = count.filter(|_| !rolls) else {
        return BTreeMap::new();
    };
    let parts: Vec<u32> = live.iter().map(|workload| workload.desired.max(0).unsigned_abs()).collect();
    let shares = apportion(count.max(0).unsigned_abs(), &parts);
    let wanted = live.iter().zip(shares).map(|(workload, share)| (workload, share.cast_signed()));
    let changed = wanted.filter(|(workload, share)| workload.desired != *share);
    changed.map(|(workload, share)| (workload.name.clone(), share)).collect()
}
