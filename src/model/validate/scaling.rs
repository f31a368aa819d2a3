//! Service auto scaling.

use super::Report;
use crate::api::EcsServiceSpec;
use crate::api::ecs::{PredefinedMetricType, ScalableTarget, ScalingPolicy};
use crate::finding::{Code, Path};
use crate::model::service::{Resource, Scaling, Target};

/// What Application Auto Scaling waits for by default after a scale-in.
const COOLDOWN: i32 = 300;
/// Longest stabilization window of a HorizontalPodAutoscaler.
const LONGEST_WINDOW: i32 = 3600;

pub(super) fn validate(spec: &EcsServiceSpec, daemon: bool, report: &mut Report<'_>) -> Option<Scaling> {
    let auto = spec.auto_scaling.as_ref()?;
    let root = Path::ROOT.member("autoScaling");
    if daemon {
        report.add(Code::InvalidValue, root, "DAEMON services cannot be scaled.");
    }
    let path = root.member("scalableTarget");
    let Some(target) = &auto.scalable_target else {
        if !auto.scaling_policies.is_empty() {
            report.add(
                Code::MissingMember,
                path,
                "Scaling policies need a scalable target with MinCapacity and MaxCapacity.",
            );
        }
        return None;
    };
    let (min, max) = bounds(target, path, report);
    resource_id(spec, target, path, report);
    let list = root.member("scalingPolicies");
    let (mut targets, mut window, mut disabled) = (Vec::new(), 0, Vec::new());
    for (i, policy) in auto.scaling_policies.iter().enumerate() {
        let Some(tracked) = tracked(policy, list.index(i), report) else {
            continue;
        };
        targets.push(tracked.target);
        disabled.push(tracked.scale_in_disabled);
        window = window.max(tracked.cooldown);
    }
    if targets.is_empty() {
        return None;
    }
    let all_disabled = disabled.iter().all(|d| *d);
    if !all_disabled && disabled.contains(&true) {
        report.advise(
            Code::DisableScaleInIgnored,
            list,
            "DisableScaleIn of some policies is not applied: an autoscaler has it for all metrics or for none.",
            "Set it on every target tracking policy, or on none.",
        );
    }
    let suspended = target.suspended_state.as_ref();
    let is = |member: Option<bool>| member == Some(true);
    Some(Scaling {
        min,
        max,
        targets,
        scale_in_window: window,
        scale_in_disabled: all_disabled || is(suspended.and_then(|s| s.dynamic_scaling_in_suspended)),
        scale_out_disabled: is(suspended.and_then(|s| s.dynamic_scaling_out_suspended)),
    })
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
    let (min, max) = (target.min_capacity.unwrap_or_default(), target.max_capacity.unwrap_or_default());
    if max < min {
        report.add(Code::InvalidValue, most, format!("MaxCapacity {max} is less than MinCapacity {min}."));
    } else if max == 0 && target.max_capacity.is_some() {
        report.add(Code::InvalidValue, most, "An autoscaler needs a maximum of at least 1.");
    } else if min == 0 && target.min_capacity.is_some() {
        report.advise(
            Code::MinCapacityRaised,
            least,
            "The count is kept at 1 or more: with no task there is no utilization to go by.",
            "Set MinCapacity to 1.",
        );
    }
    (min.max(1), max)
}

fn resource_id(spec: &EcsServiceSpec, target: &ScalableTarget, path: Path<'_>, report: &mut Report<'_>) {
    let service = spec.service_name.as_deref().unwrap_or_default();
    let id = target.resource_id.as_deref().filter(|id| !id.is_empty());
    if let Some(id) = id.filter(|id| id.rsplit('/').next() != Some(service)) {
        report.add(
            Code::InvalidReference,
            path.member("ResourceId"),
            format!("{id:?} is not the service {service:?}."),
        );
    }
}

struct Tracked {
    target: Target,
    cooldown: i32,
    scale_in_disabled: bool,
}

/// What a policy becomes, or `None` for a kind that nothing here scales by.
fn tracked(policy: &ScalingPolicy, path: Path<'_>, report: &mut Report<'_>) -> Option<Tracked> {
    let configuration = policy.target_tracking_scaling_policy_configuration.as_ref()?;
    let path = path.member("TargetTrackingScalingPolicyConfiguration");
    let predefined = configuration.predefined_metric_specification.as_ref()?;
    let resource = match predefined.predefined_metric_type {
        Some(
            PredefinedMetricType::EcsServiceAverageCpuUtilization
            | PredefinedMetricType::EcsServiceAverageCpuUtilizationHighResolution,
        ) => Resource::Cpu,
        Some(
            PredefinedMetricType::EcsServiceAverageMemoryUtilization
            | PredefinedMetricType::EcsServiceAverageMemoryUtilizationHighResolution,
        ) => Resource::Memory,
        Some(PredefinedMetricType::AlbRequestCountPerTarget) => {
            report.advise(
                Code::CustomMetricNotApplied,
                path.member("PredefinedMetricSpecification"),
                "Nothing scales by the requests of a target group.",
                "Track CPU or memory as well.",
            );
            return None;
        }
        None => {
            let metric = path.member("PredefinedMetricSpecification");
            let metric = metric.member("PredefinedMetricType");
            report.add(Code::MissingMember, metric, "PredefinedMetricType is required.");
            return None;
        }
    };
    let Some(value) = configuration.target_value.filter(|v| *v > 0.0 && *v <= 10_000.0) else {
        report.add(
            Code::InvalidValue,
            path.member("TargetValue"),
            "TargetValue has to be a percentage greater than 0.",
        );
        return None;
    };
    if configuration.scale_out_cooldown.is_some() {
        report.add(
            Code::ScaleOutCooldownApproximated,
            path.member("ScaleOutCooldown"),
            "An autoscaler has no such pause; it waits a minute for a higher count to be right.",
        );
    }
    let cooldown = configuration.scale_in_cooldown.unwrap_or(COOLDOWN);
    if cooldown > LONGEST_WINDOW {
        report.add(
            Code::CooldownClamped,
            path.member("ScaleInCooldown"),
            format!("An autoscaler waits at most {LONGEST_WINDOW} seconds."),
        );
    }
    Some(Tracked {
        target: Target {
            resource,
            // At most 10,000, at least 1: Kubernetes counts whole percents.
            percent: value.round().max(1.0) as i32,
        },
        cooldown: cooldown.clamp(COOLDOWN, LONGEST_WINDOW),
        scale_in_disabled: configuration.disable_scale_in == Some(true),
    })
}
