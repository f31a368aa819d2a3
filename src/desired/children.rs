//! What the children of a service may do next, from what they are.

use std::collections::BTreeMap;

use serde_json::Value;

use super::World;
use crate::model;
use crate::model::service::Scheduling;
use crate::rollout::ServiceRevision;
use crate::rollout::arithmetic::rolling;
use crate::rollout::budget::{self, Child, Failed, Live, State, Step};
use crate::rollout::observed::Workload;
use crate::translate::{self, Steps};

/// Templates and steps of all children.
pub(super) struct Children {
    /// Pod templates, by capacity provider label: the target's, or the one that a child keeps.
    pub(super) templates: BTreeMap<String, Value>,
    /// What each child may do next.
    pub(super) steps: Steps,
    /// Names of the workloads that ECS's percentages keep from going on.
    pub(super) held: Vec<String>,
    /// Whether some child has not as many tasks yet as it is to have.
    pub(super) moves: bool,
}

/// Decides for every child of `target`. With no task to stop and no task to start a deployment waits until the
/// configuration or the count changes; one that the circuit breaker has `stopped` after so many failed tasks waits for
/// another one.
pub(super) fn children(
    world: &World,
    target: &ServiceRevision,
    model: &model::Service,
    count: Option<i32>,
    stopped: Option<i32>,
) -> Children {
    let mut templates = target.templates.clone();
    let daemon = matches!(model.scheduling, Scheduling::Daemon { .. });
    let kind = if daemon { "DaemonSet" } else { "Deployment" };
    let live: Vec<Option<&Workload>> = model
        .capacity
        .iter()
        .map(|capacity| world.workloads.iter().find(|w| w.provider == capacity.label && w.kind == kind))
        .collect();
    let in_force = count.unwrap_or(model.desired_count).max(0);
    let counts = if daemon {
        live.iter().map(|w| w.map_or(0, |w| w.desired.max(0).unsigned_abs())).collect()
    } else {
        translate::counts(model, in_force)
    };
    let children: Vec<Child> = live
        .iter()
        .zip(counts)
        .map(|(live, count)| match live {
            Some(live) => child(world, target, live, count),
            None => Child { count, state: State::New, live: Live::default() },
        })
        .collect();
    let mut steps = match model.scheduling {
        Scheduling::Replica { minimum, maximum } => budget::replica(in_force, minimum, maximum, &children),
        Scheduling::Daemon { minimum } => budget::daemon(minimum, count.is_some(), &children),
    };
    if let Some(tasks) = stopped {
        budget::stop(&mut steps, &children, &Failed { deployment: target.id.clone(), tasks });
    }
    // One that waits for another child has its turn as soon as that one is done.
    let goes_on = |(child, step): (&Child, &Step)| child.count > 0 && !child.is_done() && !step.is_held();
    let somebody_goes_on = children.iter().zip(&steps).any(goes_on);
    // Where nothing may stop and nothing may start, tasks stay where they are as well.
    let blocked = match model.scheduling {
        Scheduling::Replica { minimum, maximum } => rolling(in_force, minimum, maximum).blocked,
        Scheduling::Daemon { .. } => false,
    };
    let apart = |(child, step): (&Child, &Step)| child.count != step.count;
    let moves = children.iter().zip(&steps).any(apart);
    let mut held = Vec::new();
    let mut named = Steps::new();
    for (((step, child), live), capacity) in steps.into_iter().zip(&children).zip(live).zip(&model.capacity) {
        if let Some(live) = live {
            keep(world, &step, live, &mut templates);
            let stays = blocked && apart((child, &step));
            if stays || step.is_held() && !somebody_goes_on {
                held.push(live.name.clone());
            }
        }
        named.insert(capacity.label.clone(), step);
    }
    Children { templates, steps: named, held, moves }
}

/// Puts back the template that a child has. Whose record is gone is left out, and so left as it is.
fn keep(world: &World, step: &Step, live: &Workload, templates: &mut BTreeMap<String, Value>) {
    if !step.keeps {
        return;
    }
    let running = world.recorded.iter().find(|r| r.deployment_id() == live.deployment_id);
    match running.and_then(|r| r.templates.get(&live.provider)) {
        Some(old) => drop(templates.insert(live.provider.clone(), old.clone())),
        None => drop(templates.remove(&live.provider)),
    }
}

/// Pods tell whether a rollout is under way and who serves: what a controller says of itself may be older than what we
/// wrote last, and older than the pods that we see.
fn child(world: &World, target: &ServiceRevision, live: &Workload, count: u32) -> Child {
    let own = world.tasks.iter().filter(|task| task.provider == live.provider && task.state.counts());
    let number = |tasks: usize| u32::try_from(tasks).unwrap_or(u32::MAX);
    let settled = own.clone().all(|task| task.deployment_id == live.deployment_id);
    let ready = number(own.clone().filter(|task| task.ready_since.is_some()).count());
    let healthy = ready.min(live.available.max(0).unsigned_abs());
    let has = live.desired.max(0).unsigned_abs();
    let state = if live.deployment_id == target.id {
        State::Current { settled, healthy: healthy >= count.max(has) }
    } else {
        State::Old { settled }
    };
    let total = number(own.count()).max(live.total.max(0).unsigned_abs());
    Child { count, state, live: Live { count: has, total, healthy } }
}
