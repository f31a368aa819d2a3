//! Service events in ECS's wording, one per transition from the previous status to the new one.

use std::collections::BTreeMap;

use super::Event;
use crate::api::EcsServiceStatus;
use crate::api::condition::{self, reasons, types};
use crate::api::ecs_service::{Deployment, RolloutState};
use crate::desired::{Desired, Observed, World, conditions};
use crate::finding::{Code, Finding, Severity};
use crate::model::name;
use crate::rollout::observed::Task;
use crate::rollout::placing;

/// The events of what has changed since the previous status. Each is identified by the state that it leaves and
/// the one that it reaches, both of which survive a crash between the event and the status.
pub(super) fn of(world: &World, status: &EcsServiceStatus, wanted: &[condition::Desired]) -> Vec<Event> {
    let service = ecs_name(world);
    let previous = &world.status;
    let mut events = Vec::new();
    for deployment in &status.deployments {
        let before = previous.deployments.iter().find(|d| d.id == deployment.id);
        events.extend(counts(world, before, deployment));
        if deployment.rollout_state == RolloutState::Completed
            && before.is_none_or(|b| {
                b.rollout_state != RolloutState::Completed || b.created_at != deployment.created_at
            })
        {
            events.push(Event::new(
                &[&world.uid, "completed", &deployment.id, &deployment.created_at],
                "ServiceDeploymentCompleted",
                format!("(service {service}) (deployment {}) deployment completed.", deployment.id),
            ));
        }
    }
    for gone in previous.deployments.iter().filter(|d| status.deployments.iter().all(|n| n.id != d.id)) {
        events.extend(counts(
            world,
            Some(gone),
            &Deployment { id: gone.id.clone(), ..Deployment::default() },
        ));
    }
    let told = previous.failed_deployment.as_ref().map(|failed| failed.id.as_str());
    if let Some(failed) = status.failed_deployment.as_ref().filter(|failed| told != Some(&failed.id)) {
        let event = Event::new(
            &[&world.uid, "failed", &failed.id],
            "ServiceDeploymentFailed",
            format!(
                "(service {service}) (deployment {}) deployment failed: tasks failed to start.",
                failed.id
            ),
        );
        events.push(event.as_warning());
        // Where the pass that gave it up came to no status, its tasks are not asked any more: the record tells.
        if status.failures.as_ref().is_none_or(|counted| counted.deployment_id != failed.id)
            && !failed.reason.is_empty()
        {
            let since = begun(world, &failed.id).unwrap_or_default();
            events.push(task_failed(world, &failed.id, since, &failed.reason));
        }
    }
    let is_steady = |reason: &str| [reasons::STEADY_STATE, reasons::ROLLED_BACK].contains(&reason);
    let ready = previous.conditions.iter().find(|c| c.type_ == types::READY);
    let steady = wanted.iter().any(|c| c.type_ == types::READY && is_steady(c.reason));
    if steady && !ready.is_some_and(|before| is_steady(&before.reason)) {
        let since = ready.map(|c| c.last_transition_time.0.to_string()).unwrap_or_default();
        let primary = status.deployments.first().map(|d| d.id.as_str()).unwrap_or_default();
        events.push(Event::new(
            &[&world.uid, "steady", &since, primary, &status.desired_count.to_string()],
            "ServiceSteadyState",
            format!("(service {service}) has reached a steady state."),
        ));
    }
    events.extend(conditions::stalled_event(&world.uid, world.generation, &previous.conditions, wanted));
    events
}

/// Why tasks of a deployment fail. Named by the words, so that the record of a failure tells the same event.
fn task_failed(world: &World, deployment: &str, since: &str, text: &str) -> Event {
    let message = format!("(service {}) (deployment {deployment}) {text}", ecs_name(world));
    Event::new(&[&world.uid, "failing", deployment, since, text], "TaskFailed", message).as_warning()
}

/// When a deployment was recorded the last time; `None` where its record is not there.
fn begun<'a>(world: &'a World, id: &str) -> Option<&'a str> {
    let records = world.recorded.iter().filter(|r| r.deployment_id() == id);
    records.max_by_key(|r| r.counter).map(|r| r.created_at.as_str())
}

/// That a scheduled action was carried out, in Application Auto Scaling's wording.
pub(super) fn scheduled(world: &World, desired: &Desired, status: &EcsServiceStatus) -> Option<Event> {
    let applied = desired.scaling.as_ref()?.applied.as_ref()?;
    let bounds = status.auto_scaling.as_ref()?;
    let service = ecs_name(world);
    Some(Event::new(
        &[&world.uid, "scheduled", &applied.name, &applied.due.to_string()],
        "ScheduledAction",
        format!(
            "(service {service}) scheduled action name {} was triggered: minimum capacity was set to {} and maximum capacity was set to {}.",
            applied.name, bounds.min_capacity, bounds.max_capacity
        ),
    ))
}

/// Autoscalers that are in the way, each once: the status lists what was told.
pub(super) fn conflicts(world: &World, status: &EcsServiceStatus) -> Vec<Event> {
    let service = ecs_name(world);
    let is_one =
        |f: &&Finding| f.code == Code::AutoscalerConflict.as_str() && f.severity == Severity::Warning;
    let new = status.findings.iter().filter(is_one).filter(|found| !world.status.findings.contains(found));
    let tell = |found: &Finding| {
        let message = format!("(service {service}) {} {}", found.message, found.remedy);
        Event::new(&[&world.uid, "conflict", &found.message], "ServiceAutoscalerConflict", message)
            .as_warning()
    };
    new.map(tell).collect()
}

/// Most things that are told of the troubles of one deployment.
const TOLD: usize = 16;

/// What is told once for a deployment, however many of its tasks it befalls: the keys of all that was told then, and
/// the events of what was not told before.
pub(super) fn troubles(world: &World, desired: &Desired, observed: &Observed) -> (Vec<String>, Vec<Event>) {
    let mut told = desired.failures.told.clone();
    let Some(target) = &desired.target else {
        return (told, Vec::new());
    };
    let service = ecs_name(world);
    let mut events = Vec::new();
    // Where a deployment is given up in this very moment, its failures still are its own.
    let failing = &desired.failures.deployment_id;
    let (failing, since) =
        begun(world, failing).map_or((&target.id, target.created_at.as_str()), |since| (failing, since));
    for cause in &desired.causes {
        if !told.contains(&cause.key) && told.len() < TOLD {
            events.push(task_failed(world, failing, since, &cause.text()));
            told.push(cause.key.clone());
        }
    }
    let mut tell = |key: String, reason: &'static str, sentence: String| {
        if told.contains(&key) || told.len() >= TOLD {
            return;
        }
        let name = [&world.uid, "told", failing, since, key.as_str()];
        events.push(Event::new(&name, reason, format!("(service {service}) {sentence}")).as_warning());
        told.push(key);
    };
    let own = || world.tasks.iter().filter(|task| task.deployment_id == *failing);
    let backs_off = |task: &Task| {
        task.trouble.as_ref().is_some_and(|trouble| trouble.containers.iter().any(|c| c.backs_off))
    };
    // The kubelet backs off where ECS throttles the service.
    if !desired.causes.is_empty() && own().any(backs_off) {
        let sentence = "is unable to consistently start tasks successfully.".to_owned();
        tell("Throttled".to_owned(), "ServiceTaskStartImpaired", sentence);
    }
    if !desired.held.is_empty() {
        let sentence = format!("was {BLOCKED}");
        tell("DeploymentConfiguration".to_owned(), "ServiceDeploymentConfigurationBlocks", sentence);
    }
    for (gist, reason) in unplaced(world, desired, observed) {
        tell(name::hash(&gist, 8), "ServiceTaskPlacementFailure", reason);
    }
    (told, events)
}

/// ECS's words for a deployment that its percentages keep from going on.
pub(super) const BLOCKED: &str = "unable to stop or start tasks during a deployment because of the service deployment \
     configuration. Update the minimumHealthyPercent or maximumPercent value and try again.";

/// Why tasks of the deployment that runs are not placed: each reason once, by what stays the same of it.
pub(super) fn unplaced(world: &World, desired: &Desired, observed: &Observed) -> BTreeMap<String, String> {
    let Some(target) = &desired.target else {
        return BTreeMap::new();
    };
    let of_node = |task: &Task| {
        let trouble = task.trouble.as_ref()?;
        if let Some(explained) = &trouble.explained {
            let sentence = format!("was unable to place a task. Reason: {explained}");
            return Some((placing::gist(explained), sentence));
        }
        let reason = placing::unplaced(trouble.unplaced.as_deref()?);
        let sentence = format!(
            "was unable to place a task because no container instance met all of its requirements. Reason: {reason}"
        );
        Some((sentence.clone(), sentence))
    };
    let own = world.tasks.iter().filter(|task| task.deployment_id == target.id);
    let refused = observed.workloads.iter().filter_map(|w| w.refusal.as_deref());
    let refused = refused.map(|words| {
        let sentence = format!("was unable to place a task. Reason: {}", placing::refused(words));
        (sentence.clone(), sentence)
    });
    own.filter_map(of_node).chain(refused).take(LOOKED_AT).collect()
}

/// Tasks without a place that are asked for their reason: they rarely differ.
const LOOKED_AT: usize = 1000;

/// What ECS calls the service.
fn ecs_name(world: &World) -> &str {
    world.spec.get("serviceName").and_then(serde_json::Value::as_str).unwrap_or(&world.context.name)
}

/// In how many parts a large count is told.
const PARTS: i32 = 16;

/// `has started N tasks` or `has stopped N running tasks`, for one deployment: once in a minute for each count that it
/// leaves, or of a large service for each sixteenth. Tasks that are replaced over and over are told no more often.
fn counts(world: &World, before: Option<&Deployment>, after: &Deployment) -> Option<Event> {
    let service = ecs_name(world);
    let had = before.map_or(0, |d| d.running_count + d.pending_count);
    let has = after.running_count + after.pending_count;
    let since = before.map(|d| minute(&d.updated_at)).unwrap_or_default();
    // One that is returned to is another one than it was at first.
    let of = before.map_or(&after.created_at, |before| &before.created_at);
    let part = i64::from(had) * i64::from(PARTS) / i64::from(world.status.desired_count.max(PARTS));
    // Not by the count that is reached: after a crash it may be another one, and the same tasks are not told again.
    let towards = if has > had { "more" } else { "fewer" };
    let transition = [&world.uid, "count", &after.id, of, since, &part.to_string(), towards];
    match has - had {
        0 => None,
        started @ 1.. => Some(Event::new(
            &transition,
            "ServiceTaskStarted",
            format!("(service {service}) has started {started} tasks."),
        )),
        stopped => Some(Event::new(
            &transition,
            "ServiceTaskStopped",
            format!("(service {service}) has stopped {} running tasks.", -stopped),
        )),
    }
}

/// The minute of a time in RFC 3339.
fn minute(time: &str) -> &str {
    time.get(.."2026-01-01T00:00".len()).unwrap_or(time)
}
