//! Service events in ECS's wording, one per transition from the previous status to the new one.

use super::Event;
use crate::api::EcsServiceStatus;
use crate::api::condition::{self, reasons, types};
use crate::api::ecs_service::{Deployment, RolloutState};
use crate::desired::{Desired, World, conditions};

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
            && before.is_none_or(|b| b.rollout_state != RolloutState::Completed)
        {
            events.push(Event::new(
                &[&world.uid, "completed", &deployment.id],
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
    let steady = |conditions: &[(&str, &str)]| conditions.contains(&(types::READY, reasons::STEADY_STATE));
    let before: Vec<_> = previous.conditions.iter().map(|c| (c.type_.as_str(), c.reason.as_str())).collect();
    let after: Vec<_> = wanted.iter().map(|c| (c.type_, c.reason)).collect();
    if steady(&after) && !steady(&before) {
        let since = previous.conditions.iter().find(|c| c.type_ == types::READY);
        let since = since.map(|c| c.last_transition_time.0.to_string()).unwrap_or_default();
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

/// What ECS calls the service.
fn ecs_name(world: &World) -> &str {
    world.spec.get("serviceName").and_then(serde_json::Value::as_str).unwrap_or(&world.context.name)
}

/// `has started N tasks` or `has stopped N running tasks`, for one deployment.
fn counts(world: &World, before: Option<&Deployment>, after: &Deployment) -> Option<Event> {
    let service = ecs_name(world);
    let had = before.map_or(0, |d| d.running_count + d.pending_count);
    let has = after.running_count + after.pending_count;
    let since = before.map(|d| d.updated_at.clone()).unwrap_or_default();
    let transition = [&world.uid, "count", &after.id, &since, &had.to_string(), &has.to_string()];
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
