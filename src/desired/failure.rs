//! Whether the deployment that runs has failed.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::World;
use crate::api::EcsServiceSpec;
use crate::api::ecs_service::{DeploymentStatus, Failures, RolloutState};
use crate::model;
use crate::rollout::ServiceRevision;
use crate::rollout::breaker::{self, Breaker};
use crate::rollout::cause::{self, Cause};
use crate::rollout::failures::{self, Rules};
use crate::rollout::plan;

/// What is to be said about the deployment that runs.
pub(super) struct Judged {
    /// Its failed tasks.
    pub(super) failures: Failures,
    /// Why its tasks fail now.
    pub(super) causes: Vec<Cause>,
    /// Whether it has failed.
    pub(super) failed: bool,
    /// Whether a failed deployment is followed by a return to the last one that completed.
    pub(super) rolls_back: bool,
    /// When to look again without a change.
    pub(super) wake: Option<Timestamp>,
}

/// Judges the deployment of a record. Once it has failed it stays so, whatever the breaker is set to afterwards: the
/// status says so, and, should that be lost, what it has stopped does. One that began with `rollback` is stopped only where
/// there is no way back, or none that could be recorded so far: that is tried again.
pub(super) fn judge(
    world: &World,
    record: &ServiceRevision,
    model: &model::Service,
    spec: &EcsServiceSpec,
    count: Option<i32>,
) -> Judged {
    let id = record.deployment_id();
    let breaker = Breaker::of(spec);
    let essential: BTreeSet<String> =
        model.task.containers.iter().filter(|c| c.essential).map(|c| c.name.label.clone()).collect();
    let own = world.tasks.iter().filter(|task| task.deployment_id == id);
    let causes = cause::of(own, |name| essential.contains(name));
    // What is known of a deployment from before it was returned to is another matter.
    let returned = record.rollback.is_some();
    let counted = world.status.failures.clone().filter(|_| !returned || state_of(world, record).is_some());
    let before = counted.unwrap_or_default();
    let rolls_back = breaker.is_some_and(|breaker| breaker.rollback);
    let stopped: Vec<_> = world.workloads.iter().filter(|w| w.failed.as_deref() == Some(id)).collect();
    if !stopped.is_empty() || state_of(world, record) == Some(RolloutState::Failed) {
        // The pass that stopped it may have come to no status.
        let noted = stopped.iter().map(|workload| workload.failed_tasks).max().unwrap_or_default();
        let kept = failures::kept(&before, id);
        let began_so = Breaker::of(&record.inputs.service).is_some_and(|breaker| breaker.rollback);
        return Judged {
            failures: Failures { failed_tasks: kept.failed_tasks.max(noted), ..kept },
            causes,
            failed: true,
            rolls_back: rolls_back && began_so,
            wake: None,
        };
    }
    if is_completed(world, record) {
        return Judged {
            failures: failures::kept(&before, id),
            causes,
            failed: false,
            rolls_back,
            wake: None,
        };
    }
    let mut templates = record.templates.values();
    let gated = templates.any(|template| template.pointer("/spec/readinessGates").is_some());
    let rules = Rules {
        essential,
        min_ready_seconds: model.healthy_after(gated),
        reset: breaker::resets(spec),
        breaker: breaker.is_some(),
        returned_at: record.created_at.parse().ok().filter(|_| returned),
    };
    let (failures, wake) = failures::account(&before, id, &world.tasks, &rules, world.now);
    let desired = count.unwrap_or(model.desired_count);
    let failed = breaker.is_some_and(|breaker| failures.failed_tasks >= breaker.threshold(desired));
    Judged { failures, causes, failed, rolls_back, wake: wake.filter(|_| !failed) }
}

/// Why tasks of a deployment that has failed did: what the status has said of it, else what they tell now.
pub(super) fn reason(world: &World, id: &str, causes: &[Cause]) -> String {
    let said = world.status.failed_deployment.as_ref().filter(|failed| failed.id == id);
    said.map(|failed| failed.reason.clone())
        .filter(|reason| !reason.is_empty())
        .or_else(|| causes.first().map(Cause::text))
        .unwrap_or_default()
}

/// Id of the newest deployment that is complete; what a new one falls back on.
pub(super) fn last_completed(world: &World) -> Option<String> {
    let newest = plan::newest(&world.recorded)?;
    if is_completed(world, newest) || is_complete_now(world, newest) {
        Some(newest.deployment_id().to_owned())
    } else {
        newest.completed.clone()
    }
}

/// Whether what runs is all of this deployment and complete, though no status may have said so yet.
fn is_complete_now(world: &World, record: &ServiceRevision) -> bool {
    let id = record.deployment_id();
    let complete = |child: &String| {
        let mut live = world.workloads.iter().filter(|w| w.provider == *child);
        live.any(|w| w.deployment_id == id && w.is_complete() && w.failed.is_none())
    };
    state_of(world, record) != Some(RolloutState::Failed)
        && record.templates.keys().all(complete)
        && world.tasks.iter().all(|task| task.deployment_id == id || !task.state.counts())
}

/// Whether the definition has asked for what a rollback restored, since that was done: the status knows the rollback,
/// and of no failure any more.
pub(super) fn gone_back(world: &World) -> bool {
    let newest = plan::newest(&world.recorded).filter(|record| record.rollback.is_some());
    newest.is_some_and(|record| state_of(world, record).is_some()) && world.status.failed_deployment.is_none()
}

fn is_completed(world: &World, record: &ServiceRevision) -> bool {
    state_of(world, record) == Some(RolloutState::Completed)
}

/// What the status says of the PRIMARY deployment, if it is the one of this record. A deployment that was returned to
/// is another one than it was at first, with the same id.
fn state_of(world: &World, record: &ServiceRevision) -> Option<RolloutState> {
    let primary = world.status.deployments.iter().find(|d| d.status == DeploymentStatus::Primary)?;
    let same = primary.id == record.deployment_id() && primary.created_at == record.created_at;
    same.then_some(primary.rollout_state)
}
