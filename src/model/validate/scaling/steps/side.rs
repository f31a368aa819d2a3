//! Which steps of a policy are due where an alarm is on.

use super::{Policy, Size};
use crate::api::ecs::{
    AdjustmentType, ComparisonOperator, MetricAlarm, ScalableTargetAction, StepAdjustment,
};
use crate::api::ecs_service::AutoScaling;
use crate::finding::{Code, Path};
use crate::model::scaling::Zone;
use crate::model::validate::Report;

/// Whether the operator's clock moves a bound: then it is not the count that a step names.
fn moved(auto: &AutoScaling, which: fn(&ScalableTargetAction) -> Option<i32>) -> bool {
    let mut bounds = auto.scheduled_actions.iter().filter_map(|a| a.scalable_target_action.as_ref());
    bounds.any(|bounds| which(bounds).is_some())
}

/// Sizes of steps, and where the metric has to be for them.
pub(super) type Side = Vec<(Size, Zone)>;

/// The steps that are on the side of the threshold where the alarm is on: those that raise the count, and those that
/// lower it.
pub(super) fn sides(
    policy: &Policy<'_>,
    alarm: &MetricAlarm,
    auto: &AutoScaling,
    (min, max): (i32, i32),
    path: Path<'_>,
    report: &mut Report<'_>,
) -> (Side, Side) {
    let (mut out, mut back) = (Vec::new(), Vec::new());
    let (Some(operator), Some(threshold)) = (alarm.comparison_operator, alarm.threshold) else {
        return (out, back);
    };
    let configuration = policy.configuration;
    let list = path.member("StepAdjustments");
    let mut steps: Vec<(usize, &StepAdjustment)> =
        configuration.step_adjustments.iter().enumerate().collect();
    steps.sort_by(|(_, a), (_, b)| lower(a).total_cmp(&lower(b)));
    let mut reached = false;
    for (i, step) in steps {
        let Some(zone) = zone(operator, threshold, step) else { continue };
        reached = true;
        let by = step.scaling_adjustment.unwrap_or_default();
        let magnitude = configuration.min_adjustment_magnitude;
        let size = match configuration.adjustment_type {
            Some(AdjustmentType::ExactCapacity) => Size::Bound,
            Some(AdjustmentType::PercentChangeInCapacity) => Size::Percent(by.saturating_abs(), magnitude),
            Some(AdjustmentType::ChangeInCapacity) | None => Size::Tasks(by.saturating_abs()),
        };
        let (up, down) = match size {
            Size::Bound => {
                let up = by >= max && !moved(auto, |bounds| bounds.max_capacity);
                (up, !up && by <= min && !moved(auto, |bounds| bounds.min_capacity))
            }
            _ => (by > 0, by < 0),
        };
        if up {
            out.push((size, zone));
        } else if down {
            back.push((size, zone));
        } else if size == Size::Bound {
            report.advise(
                Code::StepScalingNotApplied,
                list.index(i).member("ScalingAdjustment"),
                format!(
                    "Nothing scales by this step: an autoscaler can be sent to a bound of the service that no \
                     scheduled action moves, here {min} or {max}, not to {by}."
                ),
                "Make it a change of the count.",
            );
        }
    }
    if !reached {
        report.add(
            Code::StepScalingNotApplied,
            list,
            "None of the steps is on the side of the threshold where the alarm goes off.",
        );
    }
    (out, back)
}

fn lower(step: &StepAdjustment) -> f64 {
    step.metric_interval_lower_bound.unwrap_or(f64::NEG_INFINITY)
}

/// The values that belong to a step while the alarm is on. Above the threshold its lower end belongs to it, below the
/// upper one.
fn zone(operator: ComparisonOperator, threshold: f64, step: &StepAdjustment) -> Option<Zone> {
    use ComparisonOperator as Is;
    let (low, high) = (step.metric_interval_lower_bound, step.metric_interval_upper_bound);
    match operator {
        Is::GreaterThanOrEqualToThreshold | Is::GreaterThanThreshold => {
            let from = low.unwrap_or(0.0).max(0.0);
            let closed = from > 0.0 || operator == Is::GreaterThanOrEqualToThreshold;
            let upper = high.map(|high| (threshold + high, false));
            let lower = Some((threshold + from, closed));
            high.is_none_or(|high| high > 0.0).then_some(Zone { lower, upper })
        }
        Is::LessThanOrEqualToThreshold | Is::LessThanThreshold => {
            let to = high.unwrap_or(0.0).min(0.0);
            let closed = to < 0.0 || operator == Is::LessThanOrEqualToThreshold;
            let lower = low.map(|low| (threshold + low, false));
            let upper = Some((threshold + to, closed));
            low.is_none_or(|low| low < 0.0).then_some(Zone { lower, upper })
        }
        Is::LessThanLowerOrGreaterThanUpperThreshold
        | Is::LessThanLowerThreshold
        | Is::GreaterThanUpperThreshold => None,
    }
}
