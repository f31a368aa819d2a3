//! CloudWatch alarms: what makes a step scaling policy act. They are no part of Application Auto Scaling, but without
//! one a step scaling policy knows neither metric nor threshold.

use std::collections::BTreeMap;

use super::target_tracking::{MetricDimension, MetricStatistic, TargetTrackingMetric};
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A CloudWatch alarm that makes step scaling policies act: a PutMetricAlarm request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MetricAlarm {
    /// Name of the alarm, unique in the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub alarm_name: Option<String>,
    /// Text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_description: Option<String>,
    /// Whether the alarm's actions are carried out. Default true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions_enabled: Option<bool>,
    /// What CloudWatch does when the alarm goes back to OK, at most five.
    #[serde(rename = "OKActions", default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub ok_actions: Vec<String>,
    /// What happens when the alarm goes off, at most five: ARNs of the scaling policies, or their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub alarm_actions: Vec<String>,
    /// What CloudWatch does when there is too little data, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub insufficient_data_actions: Vec<String>,
    /// Name of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// Namespace of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Statistic of the metric. Exclusive with `ExtendedStatistic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<MetricStatistic>,
    /// Percentile or trimmed statistic of the metric, for example `p90`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_statistic: Option<String>,
    /// Dimensions of the metric, all that it was published with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 30))]
    pub dimensions: Vec<MetricDimension>,
    /// Seconds that one value speaks of: 10, 20, 30 or a multiple of 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<i32>,
    /// Unit of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<StandardUnit>,
    /// Periods that are looked back over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_periods: Option<i32>,
    /// How many of these periods have to be beyond the threshold; default all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datapoints_to_alarm: Option<i32>,
    /// What values are compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Which side of the threshold sets the alarm off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison_operator: Option<ComparisonOperator>,
    /// What a period without data is: `breaching`, `notBreaching`, `ignore`, or `missing` (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treat_missing_data: Option<String>,
    /// Whether percentiles of few values count: `evaluate` (the default) or `ignore`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluate_low_sample_count_percentile: Option<String>,
    /// Metrics and expressions, of which one is compared. In place of `MetricName` and what belongs to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<AlarmMetricDataQuery>,
    /// Tags of the alarm.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<AlarmTag>,
    /// Id of the expression that is the threshold of an anomaly detection alarm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold_metric_id: Option<String>,
    /// How periods are cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_window: Option<EvaluationWindow>,
    /// How long the alarm waits after it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up_configuration: Option<WarmUpConfiguration>,
    /// A condition in another language, in place of metric and threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_criteria: Option<EvaluationCriteria>,
    /// Seconds between two evaluations of such a condition, 10 to 3600.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 10, max = 3600))]
    pub evaluation_interval: Option<i32>,
    /// What actions are told besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_configuration: Option<ActionConfiguration>,
}

/// A metric of an alarm, or an expression over others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmMetricDataQuery {
    /// Name by which expressions refer to this query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub id: Option<String>,
    /// The metric. Exclusive with `Expression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<AlarmMetricStat>,
    /// Expression over the ids of other queries, or a query of Metrics Insights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether this query is compared with the threshold; default true. Exactly one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
    /// Seconds that one value of the expression speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<i32>,
    /// Account that has the metric; the alarm's own without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
}

/// A metric of an alarm and its statistic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmMetricStat {
    /// The metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub metric: Option<TargetTrackingMetric>,
    /// Seconds that one value speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub period: Option<i32>,
    /// The statistic, for example `Sum` or `p90`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub stat: Option<String>,
    /// Unit of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<StandardUnit>,
}

/// A tag of an alarm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmTag {
    /// Its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub key: Option<String>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

/// How periods are cut: one of both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationWindow {
    /// By the clock of a time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_clock_window: Option<WallClockWindow>,
    /// Back from the moment of the evaluation; it has no members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sliding_window: Option<BTreeMap<String, Value>>,
}

/// Periods by the clock of a time zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct WallClockWindow {
    /// IANA time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// How long an alarm waits after it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct WarmUpConfiguration {
    /// Minutes, 1 to 2880.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 1, max = 2880))]
    pub warm_up_period_duration_in_minutes: Option<i32>,
    /// Whether nothing is evaluated until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_start_evaluating_after_warm_up_period_ends: Option<bool>,
}

/// A condition in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EvaluationCriteria {
    /// A condition in PromQL.
    #[serde(rename = "PromQLCriteria", skip_serializing_if = "Option::is_none")]
    pub promql_criteria: Option<AlarmPromQlCriteria>,
}

/// A condition in PromQL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmPromQlCriteria {
    /// The query; whatever it returns is beyond the threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub query: Option<String>,
    /// Seconds for which it has to return something before the alarm goes off, at most a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 86400))]
    pub pending_period: Option<i32>,
    /// Seconds for which it has to return nothing before the alarm is over, at most a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 86400))]
    pub recovery_period: Option<i32>,
}

/// What actions are told besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ActionConfiguration {
    /// Which tags of the alarm they are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_tags_propagation: Option<AlarmTagsPropagation>,
}

/// Which tags of an alarm its actions are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct AlarmTagsPropagation {
    /// Whether any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enabled: Option<bool>,
    /// Keys of those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub included_tag_keys: Vec<String>,
    /// Keys of all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub excluded_tag_keys: Vec<String>,
}

ecs_enum! {
    /// Which side of the threshold sets an alarm off.
    ComparisonOperator {
        GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold",
        GreaterThanThreshold = "GreaterThanThreshold",
        LessThanThreshold = "LessThanThreshold",
        LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold",
        LessThanLowerOrGreaterThanUpperThreshold = "LessThanLowerOrGreaterThanUpperThreshold",
        LessThanLowerThreshold = "LessThanLowerThreshold",
        GreaterThanUpperThreshold = "GreaterThanUpperThreshold",
    }
}

ecs_enum! {
    /// Units of CloudWatch metrics.
    StandardUnit {
        Seconds = "Seconds",
        Microseconds = "Microseconds",
        Milliseconds = "Milliseconds",
        Bytes = "Bytes",
        Kilobytes = "Kilobytes",
        Megabytes = "Megabytes",
        Gigabytes = "Gigabytes",
        Terabytes = "Terabytes",
        Bits = "Bits",
        Kilobits = "Kilobits",
        Megabits = "Megabits",
        Gigabits = "Gigabits",
        Terabits = "Terabits",
        Percent = "Percent",
        Count = "Count",
        BytesPerSecond = "Bytes/Second",
        KilobytesPerSecond = "Kilobytes/Second",
        MegabytesPerSecond = "Megabytes/Second",
        GigabytesPerSecond = "Gigabytes/Second",
        TerabytesPerSecond = "Terabytes/Second",
        BitsPerSecond = "Bits/Second",
        KilobitsPerSecond = "Kilobits/Second",
        MegabitsPerSecond = "Megabits/Second",
        GigabitsPerSecond = "Gigabits/Second",
        TerabitsPerSecond = "Terabits/Second",
        CountPerSecond = "Count/Second",
        None = "None",
    }
}
