//! Step scaling.

use crate::api::ecs::{AdjustmentType, ScalingPolicy, StepAdjustment, StepScalingPolicyConfiguration};
use crate::finding::{Code, Path};
use crate::model::validate::Report;

/// Steps that a policy may have (service quotas).
const MOST_STEPS: usize = 20;

/// The configuration, where nothing is wrong with it.
pub(super) fn validate<'p>(
    policy: &'p ScalingPolicy,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<&'p StepScalingPolicyConfiguration> {
    let configuration = policy.step_scaling_policy_configuration.as_ref()?;
    let known = report.findings.len();
    let path = path.member("StepScalingPolicyConfiguration");
    let kind = configuration.adjustment_type;
    if kind.is_none() {
        report.add(Code::MissingMember, path.member("AdjustmentType"), "AdjustmentType is required.");
    }
    let magnitude = path.member("MinAdjustmentMagnitude");
    match configuration.min_adjustment_magnitude {
        Some(_) if kind.is_some_and(|kind| kind != AdjustmentType::PercentChangeInCapacity) => {
            let message = "MinAdjustmentMagnitude goes with PercentChangeInCapacity only.";
            report.add(Code::InvalidValue, magnitude, message);
        }
        value => report.within(value, 1..=i32::MAX, magnitude),
    }
    report.within(configuration.cooldown, 0..=i32::MAX, path.member("Cooldown"));
    let list = path.member("StepAdjustments");
    let steps = &configuration.step_adjustments;
    if steps.is_empty() {
        report.add(Code::MissingMember, list, "StepAdjustments has at least one step.");
    } else if steps.len() > MOST_STEPS {
        let message =
            format!("There are {} steps; Application Auto Scaling takes at most {MOST_STEPS}.", steps.len());
        report.add(Code::InvalidValue, list, message);
    }
    let mut whole = true;
    for (i, step) in steps.iter().enumerate() {
        whole &= one(step, kind, list.index(i), report);
    }
    if whole && let Some(fault) = fault(steps) {
        report.add(Code::InvalidValue, list, fault);
    }
    (report.findings.len() == known).then_some(configuration)
}

/// Whether a step is one by itself.
fn one(step: &StepAdjustment, kind: Option<AdjustmentType>, path: Path<'_>, report: &mut Report<'_>) -> bool {
    let adjustment = path.member("ScalingAdjustment");
    match step.scaling_adjustment {
        None => report.add(Code::MissingMember, adjustment, "ScalingAdjustment is required."),
        Some(count) if count < 0 && kind == Some(AdjustmentType::ExactCapacity) => {
            report.add(Code::InvalidValue, adjustment, "ExactCapacity cannot be negative.");
        }
        Some(_) => {}
    }
    let (lower, upper) = (step.metric_interval_lower_bound, step.metric_interval_upper_bound);
    let fault = match (lower, upper) {
        (None, None) => "A step has a lower or an upper bound.",
        (Some(lower), Some(upper)) if upper <= lower => {
            "The upper bound of a step is greater than its lower one."
        }
        _ => return true,
    };
    report.add(Code::InvalidValue, path, fault);
    false
}

/// What is wrong with all steps together. They touch each other, and cover all that one of them begins.
fn fault(steps: &[StepAdjustment]) -> Option<String> {
    let lower = |step: &StepAdjustment| step.metric_interval_lower_bound.unwrap_or(f64::NEG_INFINITY);
    let upper = |step: &StepAdjustment| step.metric_interval_upper_bound.unwrap_or(f64::INFINITY);
    let mut sorted: Vec<&StepAdjustment> = steps.iter().collect();
    sorted.sort_by(|a, b| lower(a).total_cmp(&lower(b)));
    let open =
        |bound: fn(&StepAdjustment) -> Option<f64>| steps.iter().filter(|step| bound(step).is_none()).count();
    if open(|step| step.metric_interval_lower_bound) > 1 {
        return Some("At most one step has no lower bound.".to_owned());
    }
    if open(|step| step.metric_interval_upper_bound) > 1 {
        return Some("At most one step has no upper bound.".to_owned());
    }
    for pair in sorted.windows(2) {
        let (end, start) = (upper(pair[0]), lower(pair[1]));
        if end < start {
            return Some(format!("There is a gap between {end} and {start}."));
        }
        if end > start {
            return Some(format!(
                "Two steps cover what lies between {start} and {}.",
                end.min(upper(pair[1]))
            ));
        }
    }
    let (first, last) = (sorted.first().map(|step| lower(step))?, sorted.last().map(|step| upper(step))?);
    if first < 0.0 && first.is_finite() {
        return Some(
            "A step below the threshold has no lower bound: otherwise nothing happens farther down."
                .to_owned(),
        );
    }
    if last > 0.0 && last.is_finite() {
        return Some(
            "A step above the threshold has no upper bound: otherwise nothing happens farther up.".to_owned(),
        );
    }
    None
}
