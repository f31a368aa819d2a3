//! Target tracking.

use super::metric::{self, Metric};
use crate::api::ecs::ScalingPolicy;
use crate::finding::{Code, Path};
use crate::model::scaling::Target;
use crate::model::validate::Report;

/// Seconds after a change, where a policy does not say; the alarms of ECS look back over no less.
const COOLDOWN: i32 = 300;
/// Longest stabilization window of a HorizontalPodAutoscaler.
const LONGEST_WINDOW: i32 = 3600;
/// Highest utilization that an autoscaler is given, in percent.
const HIGHEST: f64 = 10_000.0;

/// What a policy asks of an autoscaler.
pub(super) struct Tracked {
    pub(super) target: Target,
    /// Seconds for which a lower count has to be right.
    pub(super) window: i32,
    pub(super) scale_in_disabled: bool,
}

/// What a policy becomes, or `None` for a metric that nothing here scales by.
pub(super) fn validate(policy: &ScalingPolicy, path: Path<'_>, report: &mut Report<'_>) -> Option<Tracked> {
    let configuration = policy.target_tracking_scaling_policy_configuration.as_ref()?;
    let path = path.member("TargetTrackingScalingPolicyConfiguration");
    let metric = metric::validate(configuration, path, report);
    let value = target(configuration.target_value, path.member("TargetValue"), report);
    let (out, back) = (path.member("ScaleOutCooldown"), path.member("ScaleInCooldown"));
    for (cooldown, path) in [(configuration.scale_out_cooldown, out), (configuration.scale_in_cooldown, back)]
    {
        report.within(cooldown, 0..=i32::MAX, path);
    }
    let (metric, value) = (metric?, value?);
    let Metric::Utilization(resource) = metric;
    if configuration.scale_out_cooldown.is_some_and(|seconds| seconds >= 0) {
        report.add(
            Code::ScaleOutCooldownApproximated,
            out,
            "An autoscaler has no such pause; it waits a minute for a higher count to be right.",
        );
    }
    let percent = value.round().clamp(1.0, HIGHEST);
    if (percent - value).abs() > f64::EPSILON {
        let message =
            format!("The autoscaler keeps {percent} %: it knows whole percents from 1 to {HIGHEST}.");
        report.add(Code::TargetValueRounded, path.member("TargetValue"), message);
    }
    let cooldown = configuration.scale_in_cooldown.filter(|seconds| *seconds >= 0).unwrap_or(COOLDOWN);
    let window = cooldown.clamp(COOLDOWN, LONGEST_WINDOW);
    if window != cooldown {
        let why = if cooldown > window {
            "longer than an autoscaler can"
        } else {
            "shorter than the alarms of ECS look back"
        };
        report.add(
            Code::CooldownClamped,
            back,
            format!("A lower count has to be right for {window} seconds: {cooldown} are {why}."),
        );
    }
    Some(Tracked {
        target: Target { resource, percent: percent as i32 },
        window,
        scale_in_disabled: configuration.disable_scale_in == Some(true),
    })
}

fn target(value: Option<f64>, path: Path<'_>, report: &mut Report<'_>) -> Option<f64> {
    match value {
        None => {
            report.add(Code::MissingMember, path, "TargetValue is required.");
            None
        }
        Some(value) if value > 0.0 && value.is_finite() => Some(value),
        Some(_) => {
            report.add(Code::InvalidValue, path, "TargetValue has to be greater than 0.");
            None
        }
    }
}
