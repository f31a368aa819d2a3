//! Desired + observed + previous status + now → status and transition events.

mod deployments;
mod events;

use crate::api::EcsServiceStatus;
use crate::api::condition::{self, reasons};
use crate::api::ecs_service::{FailedDeployment, Failures, RolloutState, ScalingStatus};
use crate::api::labels;
use crate::desired::{Desired, Observed, Waiting, World, conditions};
use crate::finding::{Finding, any_error};
use crate::model::name;
use crate::rollout::cause::Cause;
use crate::rollout::count::{self, Before};
use crate::rollout::observed::TaskState;

use deployments::Deployments;

/// Most findings that a status lists; the rest is counted.
const LISTED: usize = 64;

/// The status to publish, and the events of the transitions that lead to it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The status as it should be.
    pub status: EcsServiceStatus,
    /// Events to create before the status is written, so that a crash between the two repeats nothing.
    pub events: Vec<Event>,
    /// Whether the objects were made for another state of the deployment than this status says, so that the service
    /// has to be looked at once more.
    pub again: bool,
}

/// An event about an object. Created once under its name; AlreadyExists means that it was told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name of the Event object: hash of the transition.
    pub name: String,
    /// Whether its type is Warning; Normal otherwise.
    pub warning: bool,
    /// Machine-readable reason, CamelCase.
    pub reason: &'static str,
    /// The sentence, in ECS's words where ECS has some.
    pub message: String,
}

impl Event {
    /// A Normal event. `transition` identifies it: the same parts give the same name, so that telling it again
    /// after a crash changes nothing.
    #[must_use]
    pub fn new(transition: &[&str], reason: &'static str, message: String) -> Self {
        Self {
            name: format!("ecs-{}", name::hash(transition.join("\n"), 32)),
            warning: false,
            reason,
            message,
        }
    }

    /// The same as a Warning.
    #[must_use]
    pub fn as_warning(mut self) -> Self {
        self.warning = true;
        self
    }
}

/// At most 64 findings, the gravest first, and how many were left out.
#[must_use]
pub fn capped(mut findings: Vec<Finding>) -> (Vec<Finding>, Option<i64>) {
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    findings.dedup();
    let omitted = findings.len().saturating_sub(LISTED);
    findings.truncate(LISTED);
    (findings, (omitted > 0).then(|| i64::try_from(omitted).unwrap_or(i64::MAX)))
}

/// The status of a service, and the events that lead to it.
#[must_use]
pub fn service(world: &World, desired: &Desired, observed: &Observed) -> Outcome {
    let previous = &world.status;
    // What is waited for leaves counts alone; a change of them is taken over when the wait ends.
    let follows = !matches!(desired.waiting, Some(Waiting::Paused | Waiting::Namesake(_)));
    let today = count::declared(&world.spec);
    let declared = if follows { today } else { previous.declared_count };
    let taken_over = if follows { previous.declared_count } else { today };
    let before = Before { declared: taken_over, in_force: previous.desired_count };
    let before = previous.observed_generation.map(|_| before);
    let auto_scaling = match &desired.scaling {
        Some(decision) => decision.state.clone(),
        None => previous.auto_scaling.clone(),
    };
    let bounds = auto_scaling.as_ref().map(ScalingStatus::in_force);
    let in_force = count::in_force(&world.spec, before, bounds);
    let daemon: i32 = observed.workloads.iter().filter(|w| w.kind == "DaemonSet").map(|w| w.desired).sum();
    let desired_count = in_force.map_or(daemon, |c| c.in_force);
    let tasks = |state: TaskState| number(world.tasks.iter().filter(|t| t.state == state).count());
    let Deployments { list: deployments, steady } = deployments::of(world, desired, observed, desired_count);
    let primary = deployments.first();
    let mut status = EcsServiceStatus {
        observed_generation: Some(world.generation),
        conditions: Vec::new(),
        desired_count,
        running_count: tasks(TaskState::Running),
        pending_count: tasks(TaskState::Pending) + tasks(TaskState::Failing),
        task_definition: primary.map(|d| d.task_definition.clone()),
        rollout_state: primary.map(|d| d.rollout_state),
        declared_count: declared,
        auto_scaling,
        replicas: number(world.tasks.iter().filter(|task| task.state.counts()).count()),
        selector: Some(format!("{}={}", labels::SERVICE, world.context.name)),
        failed_deployment: failed(world, desired),
        deployments,
        ..EcsServiceStatus::default()
    };
    let (told, troubles) = events::troubles(world, desired, observed);
    let failures = Failures { told, ..desired.failures.clone() };
    let anything = failures.failed_tasks > 0 || !failures.told.is_empty() || !failures.counted.is_empty();
    status.failures = anything.then_some(failures);
    let wanted = summary(world, desired, observed, &status, steady);
    let wanted = match desired.waiting {
        None => conditions::with_fidelity(wanted, &desired.findings),
        Some(_) => conditions::with_unknown_fidelity(wanted),
    };
    let mut events = events::of(world, &status, &wanted);
    events.extend(events::scheduled(world, desired, &status));
    events.extend(troubles);
    status.conditions = condition::merge(&previous.conditions, wanted, world.generation, world.now);
    (status.findings, status.findings_omitted) = capped(desired.findings.clone());
    events.extend(events::conflicts(world, &status));
    let rolling = desired.target.as_ref().map(|target| status.is_rolling(&target.id));
    let again = desired.scale_in_held.is_some() && desired.scale_in_held != rolling;
    Outcome { status, events, again }
}

/// The deployment that the circuit breaker has ended; what the status says of it stays as it was said first.
fn failed(world: &World, desired: &Desired) -> Option<FailedDeployment> {
    let id = desired.failed.as_deref()?;
    let said = world.status.failed_deployment.as_ref().filter(|failed| failed.id == id);
    let record = || world.recorded.iter().find(|record| record.id == id);
    let back = || world.recorded.iter().filter_map(|r| r.rollback.as_ref()).find(|back| back.from == id);
    let told = || {
        let family = record().and_then(|r| r.inputs.task_definition.family.clone()).unwrap_or_default();
        let before = world.status.deployments.iter().find(|d| d.id == id).map_or(0, |d| d.failed_tasks);
        let counted = (desired.failures.deployment_id == id).then_some(desired.failures.failed_tasks);
        FailedDeployment {
            id: id.to_owned(),
            task_definition: format!("{family}:{}", record().map_or(0, |r| r.inputs.revision)),
            failed_tasks: back().map_or_else(|| counted.unwrap_or(before), |back| back.failed_tasks),
            reason: back().map_or_else(
                || desired.causes.first().map(Cause::text).unwrap_or_default(),
                |back| back.reason.clone(),
            ),
        }
    };
    Some(said.cloned().unwrap_or_else(told))
}

/// What to say about a deployment that has failed.
fn failure(
    failed: &FailedDeployment,
    status: &EcsServiceStatus,
    rolled_back: bool,
    complete: bool,
) -> String {
    let primary = status.deployments.first();
    let primary = primary.map(|d| format!("{} ({})", d.id, d.task_definition)).unwrap_or_default();
    let then = match (rolled_back, complete) {
        (false, _) => "Nothing further is launched.".to_owned(),
        (true, false) => format!("Rolling back to deployment {primary}."),
        (true, true) => format!("Rolled back to deployment {primary}."),
    };
    let reason = if failed.reason.is_empty() { String::new() } else { format!(" {}", failed.reason) };
    format!(
        "Deployment {} ({}) failed: tasks failed to start.{reason} {then} Change the definition, or set \
         kubernetes.forceNewDeployment to another value to try again.",
        failed.id, failed.task_definition
    )
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// `Ready`, `Reconciling` and `Stalled`: the first of these that holds.
fn summary(
    world: &World,
    desired: &Desired,
    observed: &Observed,
    status: &EcsServiceStatus,
    steady: bool,
) -> Vec<condition::Desired> {
    match &desired.waiting {
        Some(Waiting::Namesake(older)) => {
            return conditions::stalled(
                reasons::NAME_COLLISION,
                format!(
                    "The service name is already taken by the older EcsService {older}; remove one of the two."
                ),
            );
        }
        Some(Waiting::Paused) => {
            return conditions::reconciling(
                reasons::PAUSED,
                "kubernetes.paused is set: nothing is changed until it is removed.".to_owned(),
            );
        }
        Some(Waiting::TaskDefinition(reference)) => {
            return conditions::reconciling(
                reasons::TASK_DEFINITION_MISSING,
                format!(
                    "Waiting for task definition {reference}: no such (active) revision in this namespace. If its TaskDefinition is refused, that one's status says why."
                ),
            );
        }
        Some(Waiting::CapacityProvider(name)) => {
            return conditions::reconciling(
                reasons::CAPACITY_PROVIDER_MISSING,
                format!("Waiting for capacity provider {name}: no CapacityProvider has this name."),
            );
        }
        Some(Waiting::Record(name)) => {
            return conditions::stalled(
                reasons::UNREADABLE_RECORD,
                format!(
                    "The ControllerRevision {name}, a recorded deployment of the service, cannot be read by this release: \
                     nothing but the count is changed. Run the release that wrote it, or start anew from the \
                     definition: kubectl -n {} delete controllerrevision {name}",
                    world.context.namespace
                ),
            );
        }
        None => {}
    }
    if any_error(&desired.findings) {
        let kept = if desired.target.is_some() { " The last good deployment keeps running." } else { "" };
        let message = format!("{}{kept}", conditions::first_error(&desired.findings));
        return conditions::stalled(reasons::INVALID, message);
    }
    if let Some(refused) = observed.refused.first() {
        let message = refused.text();
        return if refused.foreign {
            conditions::stalled(reasons::FOREIGN_OBJECT, message)
        } else {
            conditions::reconciling(reasons::API_ERROR, message)
        };
    }
    if let Some(failed) = &status.failed_deployment {
        let came_back = desired.rolled_back && !desired.stopped;
        // Once it is back it stays so, however its count changes: the same is not told again.
        let complete = status.rollout_state == Some(RolloutState::Completed);
        let message = failure(failed, status, came_back, complete);
        return match (came_back, complete) {
            (false, _) => conditions::stalled(reasons::DEPLOYMENT_FAILED, message),
            (true, false) => conditions::reconciling(reasons::ROLLING_BACK, message),
            (true, true) => conditions::stalled(reasons::ROLLED_BACK, message),
        };
    }
    if !desired.held.is_empty() {
        let message = format!("The service was {}", events::BLOCKED);
        return conditions::reconciling(reasons::DEPLOYMENT_CONFIGURATION, message);
    }
    if let Some(cause) = desired.causes.first().filter(|_| !steady) {
        return conditions::reconciling(reasons::TASKS_FAILING, cause.text());
    }
    if let Some((_, reason)) =
        events::unplaced(world, desired, observed).first_key_value().filter(|_| !steady)
    {
        return conditions::reconciling(reasons::UNABLE_TO_PLACE, format!("The service {reason}"));
    }
    let mut counts = format!(
        "{} desired, {} running, {} pending.",
        status.desired_count, status.running_count, status.pending_count
    );
    if !steady && status.deployments.first().is_some_and(|d| d.running_count >= d.desired_count) {
        counts.push_str(" Waiting until every task counts as healthy.");
    }
    if !steady && world.workloads.iter().any(|workload| workload.stuck) {
        counts.push_str(
            " Nothing has become healthy for longer than a start may take: look at health checks and logs of the tasks.",
        );
    }
    if steady {
        conditions::ready(reasons::STEADY_STATE, counts)
    } else if status.deployments.len() > 1 {
        conditions::reconciling(reasons::DEPLOYMENT_IN_PROGRESS, counts)
    } else {
        conditions::reconciling(reasons::SCALING, counts)
    }
}
