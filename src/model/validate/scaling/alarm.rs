//! The alarms that step scaling policies go by: the rules of CloudWatch.

use crate::api::ecs::{ComparisonOperator, MetricAlarm};
use crate::ecs::arn;
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};

/// What a period without data may be.
const MISSING: [&str; 4] = ["breaching", "notBreaching", "ignore", "missing"];

/// Looks at every alarm by itself.
pub(super) fn all(alarms: &[MetricAlarm], policies: &[&str], list: Path<'_>, report: &mut Report<'_>) {
    let mut names = Vec::new();
    for (i, alarm) in alarms.iter().enumerate() {
        let path = list.index(i);
        let member = path.member("AlarmName");
        super::name(alarm.alarm_name.as_deref(), member, "AlarmName", &mut names, |_| Ok(()), report);
        metric(alarm, path, report);
        condition(alarm, path, report);
        if !alarm.alarm_actions.iter().any(|action| policies.contains(&policy(action))) {
            report.advise(
                Code::AlarmSettingNotApplied,
                path.member("AlarmActions"),
                "No policy of this service is among the actions of the alarm.",
                "Name the policy, or take the alarm out.",
            );
        }
    }
}

/// The name of the policy that an action is, where it is one.
pub(super) fn policy(action: &str) -> &str {
    arn::scaling_policy(action).map_or(action, |(_, policy)| policy)
}

fn metric(alarm: &MetricAlarm, path: Path<'_>, report: &mut Report<'_>) {
    let single = set(alarm.metric_name.as_deref()).is_some();
    if !alarm.metrics.is_empty() || alarm.evaluation_criteria.is_some() {
        if single {
            let message = "Metrics and EvaluationCriteria take the place of MetricName.";
            report.add(Code::InvalidValue, path.member("MetricName"), message);
        }
        return;
    }
    report.required(alarm.metric_name.as_deref(), path.member("MetricName"), "MetricName");
    report.required(alarm.namespace.as_deref(), path.member("Namespace"), "Namespace");
    let extended = set(alarm.extended_statistic.as_deref()).is_some();
    match (alarm.statistic.is_some(), extended) {
        (true, true) => {
            let message = "Statistic and ExtendedStatistic exclude each other.";
            report.add(Code::InvalidValue, path.member("ExtendedStatistic"), message);
        }
        (false, false) => {
            let message = "Statistic or ExtendedStatistic is required.";
            report.add(Code::MissingMember, path.member("Statistic"), message);
        }
        _ => {}
    }
    let member = path.member("Period");
    match alarm.period {
        None => report.add(Code::MissingMember, member, "Period is required."),
        Some(10 | 20 | 30) => {}
        Some(seconds) if seconds > 0 && seconds % 60 == 0 => {}
        Some(seconds) => {
            let message = format!("A period of {seconds} seconds is none: 10, 20, 30 or a multiple of 60.");
            report.add(Code::InvalidValue, member, message);
        }
    }
}

fn condition(alarm: &MetricAlarm, path: Path<'_>, report: &mut Report<'_>) {
    if alarm.evaluation_criteria.is_some() {
        return;
    }
    let periods = path.member("EvaluationPeriods");
    match alarm.evaluation_periods {
        None => report.add(Code::MissingMember, periods, "EvaluationPeriods is required."),
        count => report.within(count, 1..=i32::MAX, periods),
    }
    let most = alarm.evaluation_periods.unwrap_or(i32::MAX).max(1);
    report.within(alarm.datapoints_to_alarm, 1..=most, path.member("DatapointsToAlarm"));
    let operator = path.member("ComparisonOperator");
    match alarm.comparison_operator {
        None => report.add(Code::MissingMember, operator, "ComparisonOperator is required."),
        Some(kind) => {
            let range = !is_threshold(kind);
            let id = set(alarm.threshold_metric_id.as_deref()).is_some();
            if range != id {
                let message =
                    format!("{kind} goes {} ThresholdMetricId.", if range { "with" } else { "without" });
                report.add(Code::InvalidValue, operator, message);
            }
            if !range && alarm.threshold.is_none() {
                report.add(Code::MissingMember, path.member("Threshold"), "Threshold is required.");
            }
        }
    }
    if let Some(other) = set(alarm.treat_missing_data.as_deref()).filter(|word| !MISSING.contains(word)) {
        let message = format!("{other:?} is none of {}.", MISSING.join(", "));
        report.add(Code::InvalidValue, path.member("TreatMissingData"), message);
    }
}

/// Whether values are compared with one number.
const fn is_threshold(operator: ComparisonOperator) -> bool {
    use ComparisonOperator as Is;
    matches!(
        operator,
        Is::GreaterThanOrEqualToThreshold
            | Is::GreaterThanThreshold
            | Is::LessThanOrEqualToThreshold
            | Is::LessThanThreshold
    )
}
