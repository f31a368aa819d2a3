//! What KEDA and an autoscaler make of an alarm.

use crate::api::ecs::{ComparisonOperator, MetricAlarm};
use crate::finding::{Code, Path};
use crate::model::scaling::Alarm;
use crate::model::validate::Report;
use crate::model::validate::scaling::source;
use crate::model::validate::scaling::tracking::readable;

/// Most seconds that an autoscaler looks back.
const LONGEST_WINDOW: i32 = 3600;
/// The period of CloudWatch that KEDA does not know, and the next one that it does.
const UNKNOWN_PERIOD: i32 = 20;
const NEXT_PERIOD: i32 = 30;

/// What KEDA reads for an alarm, without zones yet; `None` where it cannot.
pub(super) fn read(
    alarm: &MetricAlarm,
    path: Path<'_>,
    region: Option<&str>,
    report: &mut Report<'_>,
) -> Option<Alarm> {
    let (source, period) = match source::of_alarm(alarm) {
        Ok(found) => found,
        Err(why) => {
            let message = format!("Nothing scales by this alarm: {why}.");
            report.advise(Code::StepScalingNotApplied, path, message, Code::StepScalingNotApplied.remedy());
            return None;
        }
    };
    let region = readable(path, "on the quiet side of the threshold", region, report)?;
    let threshold = alarm.threshold?;
    let above = matches!(
        alarm.comparison_operator?,
        ComparisonOperator::GreaterThanThreshold | ComparisonOperator::GreaterThanOrEqualToThreshold
    );
    let beyond = |on: bool| if on == above { threshold + 1.0 } else { threshold - 1.0 };
    let missing = match alarm.treat_missing_data.as_deref() {
        Some("breaching") => Some(beyond(true)),
        Some("notBreaching") => Some(beyond(false)),
        _ => None,
    };
    if alarm.treat_missing_data.as_deref() == Some("ignore") {
        report.add(
            Code::AlarmApproximated,
            path.member("TreatMissingData"),
            "While there is no data nothing scales; an alarm that is on would go on acting.",
        );
    }
    let taken = if period == UNKNOWN_PERIOD { NEXT_PERIOD } else { period };
    if taken != period {
        report.add(
            Code::AlarmApproximated,
            path.member("Period"),
            format!("KEDA knows no values of {period} seconds; it reads those of {taken}."),
        );
    }
    let region = region.to_owned();
    Some(Alarm { source, region, period: taken, threshold, missing, out: Vec::new(), back: Vec::new() })
}

/// Seconds for which values have to be beyond the threshold after the first one is.
pub(super) fn window(alarm: &MetricAlarm, period: i32, path: Path<'_>, report: &mut Report<'_>) -> i32 {
    let all = alarm.evaluation_periods.unwrap_or(1);
    let points = alarm.datapoints_to_alarm.unwrap_or(all);
    let wanted = points.saturating_sub(1).saturating_mul(period);
    let window = wanted.clamp(0, LONGEST_WINDOW);
    if points < all {
        report.add(
            Code::AlarmApproximated,
            path.member("DatapointsToAlarm"),
            format!(
                "{points} of {all} periods are {points} periods in a row: an autoscaler has a window, and does not count."
            ),
        );
    }
    if window < wanted {
        report.add(
            Code::AlarmApproximated,
            path.member("EvaluationPeriods"),
            format!("An autoscaler looks back over {window} seconds at most, not {wanted}."),
        );
    }
    window
}
