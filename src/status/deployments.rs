//! The deployments of a service, with the members of DescribeServices.

use crate::api::ecs_service::{Deployment, DeploymentStatus, RolloutState};
use crate::desired::{Desired, Observed, Waiting, World};
use crate::rollout::ServiceRevision;
use crate::rollout::observed::TaskState;

/// Most deployments that a status lists.
const LISTED: usize = 10;

/// The deployments of a service, and whether it is steady.
#[derive(Debug, Default)]
pub(super) struct Deployments {
    /// The PRIMARY one and, behind it, the ones that still have tasks, newest first.
    pub(super) list: Vec<Deployment>,
    /// Whether every task that is wanted runs and is available, and no other is left.
    pub(super) steady: bool,
}

/// A deployment that was COMPLETED once stays so while it is PRIMARY: that a task is replaced, or the count changes,
/// is no rollout.
pub(super) fn of(world: &World, desired: &Desired, observed: &Observed, count: i32) -> Deployments {
    if matches!(desired.waiting, Some(Waiting::Record(_))) {
        return as_before(world, count);
    }
    let Some(target) = &desired.target else {
        return Deployments::default();
    };
    let mut older: Vec<&ServiceRevision> =
        // A rollback has no tasks of its own: those of its deployment carry the id of the first record.
        world.recorded.iter().filter(|r| r.id != target.id && has_tasks(world, &r.id)).collect();
    older.sort_by_key(|r| std::cmp::Reverse(r.counter));
    let alone = older.is_empty();
    let steady = alone && !desired.moves && is_steady(world, observed, target, count);
    let before = world.status.deployments.iter().find(|d| d.id == target.id);
    // One that was returned to has another time: it has to be completed again.
    let same = before.filter(|d| d.status == DeploymentStatus::Primary && d.created_at == target.created_at);
    let was = same.map(|d| d.rollout_state);
    let completed = was == Some(RolloutState::Completed);
    // Also while nothing is decided: a deployment that has failed stays so.
    let state = if desired.stopped || was == Some(RolloutState::Failed) {
        RolloutState::Failed
    } else if steady || completed {
        RolloutState::Completed
    } else {
        RolloutState::InProgress
    };
    let mut primary = entry(world, target, DeploymentStatus::Primary, state, count);
    // In the pass that gives a deployment up its failures are known, and this one has none yet.
    primary.failed_tasks = failed_tasks(desired, &target.id).unwrap_or_default();
    if desired.rolled_back && state == RolloutState::InProgress {
        primary.rollout_state_reason =
            format!("ECS deployment circuit breaker: rolling back to deploymentId {}.", target.id);
    }
    let mut list = vec![dated(world, primary)];
    list.extend(older.into_iter().map(|record| dated(world, active(world, desired, record))));
    list.truncate(LISTED);
    Deployments { list, steady }
}

/// The deployments that the status lists, with the tasks that they have now: which of them runs, nobody can tell.
fn as_before(world: &World, count: i32) -> Deployments {
    let again = |before: &Deployment| {
        let tally = tally(world, &before.id);
        let (running_count, pending_count) = (tally.running, tally.pending + tally.failing);
        let is_primary = before.status == DeploymentStatus::Primary;
        let desired_count = if is_primary { count } else { before.desired_count };
        dated(world, Deployment { desired_count, running_count, pending_count, ..before.clone() })
    };
    Deployments { list: world.status.deployments.iter().map(again).collect(), steady: false }
}

fn has_tasks(world: &World, id: &str) -> bool {
    world.tasks.iter().any(|task| task.deployment_id == id && task.state.counts())
}

fn is_steady(world: &World, observed: &Observed, target: &ServiceRevision, count: i32) -> bool {
    let children: Vec<_> =
        observed.workloads.iter().filter(|w| target.templates.contains_key(&w.provider)).collect();
    children.len() == target.templates.len()
        && children.iter().all(|w| w.deployment_id == target.id && w.is_complete())
        && children.iter().map(|w| w.desired).sum::<i32>() == count
        && tally(world, &target.id).running >= count
}

fn active(world: &World, desired: &Desired, record: &ServiceRevision) -> Deployment {
    let before = world.status.deployments.iter().find(|d| d.id == record.id);
    let failed = desired.failed.as_deref() == Some(&record.id);
    let state = before.map_or(RolloutState::InProgress, |d| d.rollout_state);
    let state = if failed { RolloutState::Failed } else { state };
    let mut deployment = entry(world, record, DeploymentStatus::Active, state, 0);
    let ended = || {
        let back = desired.target.as_ref().and_then(|target| target.rollback.as_ref());
        back.filter(|back| back.from == record.id).map(|back| back.failed_tasks)
    };
    let counted = failed_tasks(desired, &record.id).or_else(ended);
    deployment.failed_tasks = counted.or(before.map(|d| d.failed_tasks)).unwrap_or_default();
    deployment
}

/// The failed tasks that were counted just now, if they are those of this deployment.
fn failed_tasks(desired: &Desired, id: &str) -> Option<i32> {
    (desired.failures.deployment_id == id).then_some(desired.failures.failed_tasks)
}

struct Tally {
    running: i32,
    pending: i32,
    failing: i32,
}

fn tally(world: &World, id: &str) -> Tally {
    let of = |state: TaskState| {
        super::number(world.tasks.iter().filter(|t| t.deployment_id == id && t.state == state).count())
    };
    Tally {
        running: of(TaskState::Running),
        pending: of(TaskState::Pending),
        failing: of(TaskState::Failing),
    }
}

fn entry(
    world: &World,
    record: &ServiceRevision,
    status: DeploymentStatus,
    rollout_state: RolloutState,
    desired_count: i32,
) -> Deployment {
    let tally = tally(world, &record.id);
    let reason = match rollout_state {
        RolloutState::InProgress => format!("ECS deployment {} in progress.", record.id),
        RolloutState::Completed => format!("ECS deployment {} completed.", record.id),
        RolloutState::Failed => "ECS deployment circuit breaker: task failed to start.".to_owned(),
    };
    let family = record.inputs.task_definition.family.as_deref().unwrap_or_default();
    Deployment {
        id: record.id.clone(),
        status,
        task_definition: format!("{family}:{}", record.inputs.revision),
        rollout_state,
        rollout_state_reason: reason,
        desired_count,
        running_count: tally.running,
        pending_count: tally.pending + tally.failing,
        failed_tasks: 0,
        created_at: record.created_at.clone(),
        updated_at: String::new(),
    }
}

/// The deployment with the time of its last change: now, if it differs from what the status says.
fn dated(world: &World, mut deployment: Deployment) -> Deployment {
    let before = world.status.deployments.iter().find(|d| d.id == deployment.id);
    let since = before.map(|before| before.updated_at.clone()).unwrap_or_default();
    deployment.updated_at = since;
    if before != Some(&deployment) {
        deployment.updated_at = world.now.to_string();
    }
    deployment
}
