//! Target tracking.

use std::ops::RangeInclusive;

use super::metric::{self, Metric};
use crate::api::ecs::ScalingPolicy;
use crate::finding::{Code, Path};
use crate::model::scaling::{Source, Target, Trigger};
use crate::model::validate::Report;
use crate::object::keda::GROUP;

/// Seconds after a change, where a policy does not say; the alarms of ECS look back over no less.
const COOLDOWN: i32 = 300;
/// Longest stabilization window of a HorizontalPodAutoscaler.
const LONGEST_WINDOW: i32 = 3600;
/// Highest utilization that an autoscaler is given, in percent.
const HIGHEST: f64 = 10_000.0;
/// Most messages for each task.
const MOST_MESSAGES: f64 = 1e9;

/// What a policy asks of an autoscaler.
pub(super) struct Tracked {
    pub(super) follows: Follows,
    /// Seconds for which a lower count has to be right.
    pub(super) window: i32,
    pub(super) scale_in_disabled: bool,
}

/// What the count follows.
pub(super) enum Follows {
    Utilization(Target),
    Metric(Trigger),
}

/// What a policy becomes, or `None` for a metric that nothing here scales by.
pub(super) fn validate(
    policy: &ScalingPolicy,
    path: Path<'_>,
    region: Option<&str>,
    report: &mut Report<'_>,
) -> Option<Tracked> {
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
    let follows = match metric {
        Metric::Utilization(resource) => {
            let percent = whole(value, 1.0..=HIGHEST, path.member("TargetValue"), report);
            Follows::Utilization(Target { resource, percent: percent as i32 })
        }
        Metric::Outside { source, place } => {
            let target = match &source {
                Source::Queue(_) => whole(value, 1.0..=MOST_MESSAGES, path.member("TargetValue"), report),
                Source::Metric(_) | Source::Query(_) => value,
            };
            let region = readable(path.member(place), "within 10 % of the target", region, report)?;
            Follows::Metric(Trigger { source, region: region.to_owned(), target: target.to_string() })
        }
    };
    if configuration.scale_out_cooldown.is_some_and(|seconds| seconds >= 0) {
        report.add(
            Code::ScaleOutCooldownApproximated,
            out,
            "An autoscaler has no such pause; it waits a minute for a higher count to be right.",
        );
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
    Some(Tracked { follows, window, scale_in_disabled: configuration.disable_scale_in == Some(true) })
}

/// A target that is counted in whole numbers.
fn whole(value: f64, within: RangeInclusive<f64>, path: Path<'_>, report: &mut Report<'_>) -> f64 {
    let kept = value.round().clamp(*within.start(), *within.end());
    if (kept - value).abs() > f64::EPSILON {
        let (least, most) = (within.start(), within.end());
        let message =
            format!("The autoscaler keeps {kept}: it knows whole numbers from {least} to {most} here.");
        report.add(Code::TargetValueRounded, path, message);
    }
    kept
}

/// The Region of a metric, where KEDA is there to read it; values that are `within` something change nothing.
pub(super) fn readable<'a>(
    path: Path<'_>,
    within: &str,
    region: Option<&'a str>,
    report: &mut Report<'_>,
) -> Option<&'a str> {
    if !report.context.capabilities.apis.contains(GROUP) {
        let message = "Nothing scales by this metric: KEDA would read it from CloudWatch.";
        report.advise(Code::KedaMissing, path, message, Code::KedaMissing.remedy());
        return None;
    }
    if region.is_none() {
        report.advise(
            Code::CustomMetricNotApplied,
            path,
            "Nothing scales by this metric: KEDA has to know its Region, and nothing here says which one that is.",
            "Write the cluster or the task definition as an ARN.",
        );
        return None;
    }
    report.advise(
        Code::MetricReadByKeda,
        path,
        format!(
            "KEDA reads this metric every 30 seconds and scales by it. A value that is {within} changes nothing."
        ),
        "Give KEDA's operator a role that allows cloudwatch:GetMetricData, and for queues sqs:GetQueueAttributes.",
    );
    region
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
