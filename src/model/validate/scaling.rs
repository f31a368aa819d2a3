//! Service auto scaling: the rules of Application Auto Scaling, and what an autoscaler makes of it.

mod alarm;
mod metric;
mod policy;
mod schedule;
mod source;
mod step;
mod steps;
mod tracking;

use super::{Report, home, set};
use crate::api::EcsServiceSpec;
use crate::api::ecs::ScalableTarget;
use crate::ecs::arn;
use crate::finding::{Code, Path};
use crate::model::scaling::{Scaling, Watched};
use crate::rollout::Inputs;

/// Policies that a scalable target may have, and scheduled actions (service quotas).
const MOST_POLICIES: usize = 50;
const MOST_ACTIONS: usize = 200;

pub(super) fn validate(inputs: &Inputs, daemon: bool, report: &mut Report<'_>) -> Option<Scaling> {
    let spec = &inputs.service;
    let auto = spec.auto_scaling.as_ref()?;
    let root = Path::ROOT.member("autoScaling");
    if daemon {
        report.add(Code::InvalidValue, root, "DAEMON services cannot be scaled.");
    }
    let list = root.member("scalingPolicies");
    let actions = root.member("scheduledActions");
    for (count, most, path, what) in [
        (auto.scaling_policies.len(), MOST_POLICIES, list, "scaling policies"),
        (auto.scheduled_actions.len(), MOST_ACTIONS, actions, "scheduled actions"),
    ] {
        if count > most {
            let message = format!("There are {count} {what}; Application Auto Scaling takes at most {most}.");
            report.advise(Code::InvalidValue, path, message, "Take some of them out.");
        }
    }
    let service = Service::of(spec);
    let region = home::of(&inputs.task_definition, Some(spec)).region;
    let tracked = policy::all(&auto.scaling_policies, &service, list, region.as_deref(), report);
    schedule::all(&auto.scheduled_actions, &service, actions, report);
    let names: Vec<&str> = auto.scaling_policies.iter().filter_map(|p| p.policy_name.as_deref()).collect();
    let known = report.findings.len();
    alarm::all(&auto.alarms, &names, root.member("alarms"), report);
    let alarms_are_right = !crate::finding::any_error(&report.findings[known..]);
    let path = root.member("scalableTarget");
    let Some(target) = &auto.scalable_target else {
        if !(auto.scaling_policies.is_empty() && auto.scheduled_actions.is_empty()) {
            report.advise(
                Code::MissingMember,
                path,
                "Scaling policies and scheduled actions need a scalable target.",
                "Write MinCapacity and MaxCapacity under autoScaling.scalableTarget, or import what describe-scalable-targets answers with the service.",
            );
        }
        return None;
    };
    let (min, max) = bounds(target, path, report);
    service.check(target.resource_id.as_deref(), path, report);
    let tracks = !(tracked.targets.is_empty() && tracked.triggers.is_empty());
    let steps = if tracks {
        beside(&tracked.steps, list, report);
        None
    } else if alarms_are_right {
        steps::of(&tracked.steps, auto, &service, (min, max), region.as_deref(), report)
    } else {
        None
    };
    if !tracks && steps.is_none() {
        return None;
    }
    if min == 0 && tracked.triggers.is_empty() && target.min_capacity.is_some() {
        let by_alarms = steps.as_ref().is_some_and(|steps| matches!(steps.watched, Watched::Alarms(_)));
        let message = if by_alarms {
            "KEDA leaves at least one task: it has no steps to the last one, and would stop all tasks at once. A count \
             of 0 becomes 1, unless MaxCapacity is 0 as well."
        } else {
            "The autoscaler leaves at least one task: with none there is no utilization to go by. A count of 0 that \
             is set by hand or by a scheduled action stays."
        };
        report.advise(Code::MinCapacityRaised, path.member("MinCapacity"), message, "Set MinCapacity to 1.");
    }
    let suspended = target.suspended_state.as_ref();
    let is = |member: Option<bool>| member == Some(true);
    Some(Scaling {
        min,
        max,
        scale_in_window: tracked.window,
        scale_in_disabled: tracked.scale_in_disabled
            || is(suspended.and_then(|s| s.dynamic_scaling_in_suspended)),
        scale_out_disabled: is(suspended.and_then(|s| s.dynamic_scaling_out_suspended)),
        targets: tracked.targets,
        triggers: tracked.triggers,
        steps,
    })
}

/// Step scaling next to target tracking.
fn beside(steps: &[steps::Policy<'_>], list: Path<'_>, report: &mut Report<'_>) {
    for policy in steps {
        report.advise(
            Code::StepScalingNotApplied,
            list.index(policy.index).member("StepScalingPolicyConfiguration"),
            "Nothing scales by this policy: an autoscaler has one pace, and the target tracking policies of the \
             service have another.",
            "Keep one of the two kinds.",
        );
    }
}

fn bounds(target: &ScalableTarget, path: Path<'_>, report: &mut Report<'_>) -> (i32, i32) {
    let (least, most) = (path.member("MinCapacity"), path.member("MaxCapacity"));
    for (value, path) in [(target.min_capacity, least), (target.max_capacity, most)] {
        match value {
            None => report.add(Code::MissingMember, path, "MinCapacity and MaxCapacity are required."),
            Some(value) if value < 0 => {
                report.add(Code::InvalidValue, path, "A capacity must not be negative.");
            }
            Some(_) => {}
        }
    }
    if let (Some(min), Some(max)) = (target.min_capacity, target.max_capacity)
        && max < min
    {
        report.add(Code::InvalidValue, most, format!("MaxCapacity {max} is less than MinCapacity {min}."));
    }
    (target.min_capacity.unwrap_or_default().max(0), target.max_capacity.unwrap_or_default().max(0))
}

/// The service that everything has to speak of.
struct Service<'a> {
    cluster: &'a str,
    name: &'a str,
}

impl<'a> Service<'a> {
    fn of(spec: &'a EcsServiceSpec) -> Self {
        let cluster = set(spec.cluster.as_deref()).map_or("default", arn::name);
        Self { cluster, name: spec.service_name.as_deref().unwrap_or_default() }
    }

    /// That a `ResourceId`, where there is one, is this service.
    fn check(&self, id: Option<&str>, path: Path<'_>, report: &mut Report<'_>) {
        let Some(id) = set(id) else { return };
        let Self { cluster, name } = self;
        let message = match arn::scalable_service(id) {
            None => format!("{id:?} does not name an ECS service."),
            Some((_, other)) if other != *name => format!("{id:?} is not the service {name:?}."),
            Some((other, _)) if other != *cluster => {
                format!("{id:?} is a service of another cluster than {cluster:?}.")
            }
            Some(_) => return,
        };
        let remedy = format!("Write service/{cluster}/{name}, or leave it out.");
        report.advise(Code::InvalidReference, path.member("ResourceId"), message, remedy);
    }
}

/// A name that nothing else in the list has.
fn name<'v>(
    name: Option<&'v str>,
    path: Path<'_>,
    what: &str,
    taken: &mut Vec<&'v str>,
    legal: fn(&str) -> Result<(), &'static str>,
    report: &mut Report<'_>,
) -> Option<&'v str> {
    let name = report.required(name, path, what)?;
    if name.chars().count() > 256 {
        report.add(Code::InvalidName, path, format!("{what} has at most 256 characters."));
    } else if let Err(rule) = legal(name) {
        report.add(Code::InvalidName, path, format!("{name:?} is no {what}: {rule}."));
    } else if taken.contains(&name) {
        report.add(Code::DuplicateDefinition, path, format!("{what} {name:?} is there twice."));
    }
    taken.push(name);
    Some(name)
}

#[cfg(test)]
mod tests;
