//! Scaling policies of all kinds.

use super::steps;
use super::tracking::{self, Follows};
use super::{Service, name, step};
use crate::api::ecs::{PolicyType, ScalingPolicy};
use crate::finding::{Code, Path};
use crate::model::scaling::{Target, Trigger};
use crate::model::validate::Report;

/// What all policies together ask of an autoscaler.
#[derive(Default)]
pub(super) struct Tracked<'a> {
    pub(super) targets: Vec<Target>,
    pub(super) triggers: Vec<Trigger>,
    /// Step scaling policies that are right by themselves.
    pub(super) steps: Vec<steps::Policy<'a>>,
    /// Seconds for which a lower count has to be right.
    pub(super) window: i32,
    pub(super) scale_in_disabled: bool,
}

pub(super) fn all<'a>(
    policies: &'a [ScalingPolicy],
    service: &Service<'_>,
    list: Path<'_>,
    region: Option<&str>,
    report: &mut Report<'_>,
) -> Tracked<'a> {
    let mut names = Vec::new();
    let (mut tracked, mut disabled) = (Tracked::default(), Vec::new());
    for (i, policy) in policies.iter().enumerate() {
        let path = list.index(i);
        let member = path.member("PolicyName");
        let name = name(policy.policy_name.as_deref(), member, "PolicyName", &mut names, printable, report);
        service.check(policy.resource_id.as_deref(), path, report);
        match kind(policy, path, report) {
            Some(PolicyType::TargetTrackingScaling) => {
                let Some(one) = tracking::validate(policy, path, region, report) else {
                    continue;
                };
                match one.follows {
                    Follows::Utilization(target) => tracked.targets.push(target),
                    Follows::Metric(trigger) => tracked.triggers.push(trigger),
                }
                tracked.window = tracked.window.max(one.window);
                disabled.push(one.scale_in_disabled);
            }
            Some(PolicyType::StepScaling) => {
                let right = step::validate(policy, path, report);
                if let (Some(configuration), Some(name)) = (right, name) {
                    tracked.steps.push(steps::Policy { index: i, name, configuration });
                }
            }
            // The ledger says that it is not applied.
            Some(PolicyType::PredictiveScaling) | None => {}
        }
    }
    once(policies, list, report);
    tracked.scale_in_disabled = !disabled.is_empty() && disabled.iter().all(|d| *d);
    if !tracked.scale_in_disabled && disabled.contains(&true) {
        report.advise(
            Code::DisableScaleInIgnored,
            list,
            "DisableScaleIn of some policies is not applied: an autoscaler has it for all metrics or for none.",
            "Set it on every target tracking policy, or on none.",
        );
    }
    tracked
}

/// Application Auto Scaling has one policy for each predefined metric.
fn once(policies: &[ScalingPolicy], list: Path<'_>, report: &mut Report<'_>) {
    let predefined = |policy: &ScalingPolicy| {
        let tracking = policy.target_tracking_scaling_policy_configuration.as_ref()?;
        let metric = tracking.predefined_metric_specification.as_ref()?;
        Some((metric.predefined_metric_type?, metric.resource_label.clone().unwrap_or_default()))
    };
    let all: Vec<_> = policies.iter().map(predefined).collect();
    for (i, metric) in all.iter().enumerate() {
        if metric.is_some() && all[..i].contains(metric) {
            report.advise(
                Code::InvalidValue,
                list.index(i),
                "Another target tracking policy follows the same metric.",
                "Keep the one with the lower TargetValue.",
            );
        }
    }
}

fn printable(name: &str) -> Result<(), &'static str> {
    if name.chars().any(char::is_control) { Err("it has a character that cannot be printed") } else { Ok(()) }
}

/// The kind of a policy, which has the configuration of that kind and no other.
fn kind(policy: &ScalingPolicy, path: Path<'_>, report: &mut Report<'_>) -> Option<PolicyType> {
    const TRACKING: &str = "TargetTrackingScalingPolicyConfiguration";
    const STEP: &str = "StepScalingPolicyConfiguration";
    const PREDICTIVE: &str = "PredictiveScalingPolicyConfiguration";
    let all = [
        (
            PolicyType::TargetTrackingScaling,
            TRACKING,
            policy.target_tracking_scaling_policy_configuration.is_some(),
        ),
        (PolicyType::StepScaling, STEP, policy.step_scaling_policy_configuration.is_some()),
        (PolicyType::PredictiveScaling, PREDICTIVE, policy.predictive_scaling_policy_configuration.is_some()),
    ];
    let mut given = all.iter().filter(|(.., there)| *there);
    let found = given.next();
    if let Some((_, more, _)) = given.next() {
        report.add(
            Code::InvalidValue,
            path.member(more),
            "A policy has one configuration, that of its PolicyType.",
        );
        return None;
    }
    match (policy.policy_type, found) {
        (None, Some((kind, ..))) => Some(*kind),
        (Some(kind), Some((found, ..))) if kind == *found => Some(kind),
        (Some(kind), Some((_, member, _))) => {
            report.add(
                Code::InvalidValue,
                path.member(member),
                format!("A policy of type {kind} does not have it."),
            );
            None
        }
        (kind, None) => {
            let kind = kind.unwrap_or(PolicyType::StepScaling);
            let member = all.iter().find(|(of, ..)| *of == kind).map_or(STEP, |(_, member, _)| *member);
            report.add(
                Code::MissingMember,
                path.member(member),
                format!("A policy of type {kind} needs {member}."),
            );
            None
        }
    }
}
