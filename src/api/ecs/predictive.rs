//! Predictive scaling policies: scaling ahead of a forecast load.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Scaling ahead of a forecast load. It only ever raises the count; other policies lower it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPolicyConfiguration {
    /// The metrics to forecast and the value to keep; exactly one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required)]
    pub metric_specifications: Vec<PredictiveScalingMetricSpecification>,
    /// ForecastOnly (the default) forecasts, ForecastAndScale also scales.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<PredictiveMode>,
    /// Seconds by which the count rises ahead of the load, 0 to 3600; default 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub scheduling_buffer_time: Option<i32>,
    /// What happens when the forecast needs more than `MaxCapacity`: HonorMaxCapacity (the default) or
    /// IncreaseMaxCapacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity_breach_behavior: Option<MaxCapacityBreachBehavior>,
    /// How far above the forecast the maximum may be raised, in percent, 0 to 100. Needed for
    /// IncreaseMaxCapacity, and only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub max_capacity_buffer: Option<i32>,
}

/// The metrics of a forecast: a pair that AWS defines, or a scaling and a load metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricSpecification {
    /// Value of the scaling metric to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_value: Option<f64>,
    /// Scaling and load metric in one. Exclusive with the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_metric_pair_specification: Option<PredictiveScalingPredefinedMetricPairSpecification>,
    /// Scaling metric that AWS defines: what a task bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_scaling_metric_specification:
        Option<PredictiveScalingPredefinedScalingMetricSpecification>,
    /// Load metric that AWS defines: what the whole service bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_load_metric_specification: Option<PredictiveScalingPredefinedLoadMetricSpecification>,
    /// Scaling metric of one's own: what a task bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_scaling_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
    /// Load metric of one's own: what the whole service bears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_load_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
    /// Capacity metric of one's own: how many tasks run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_capacity_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
}

/// A scaling and a load metric that AWS defines together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedMetricPairSpecification {
    /// Name of the pair, for example `ECSServiceCPUUtilization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// Load balancer and target group, for pairs that count requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// A scaling metric that AWS defines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedScalingMetricSpecification {
    /// Name of the metric, for example `ECSServiceAverageCPUUtilization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// Load balancer and target group, for metrics that count requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// A load metric that AWS defines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedLoadMetricSpecification {
    /// Name of the metric, for example `ECSServiceTotalCPUUtilization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// Load balancer and target group, for metrics that count requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// A metric of one's own for a forecast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingCustomizedMetricSpecification {
    /// Metrics and expressions, of which exactly one returns its data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required)]
    pub metric_data_queries: Vec<PredictiveScalingMetricDataQuery>,
}

/// A metric, or an expression over others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricDataQuery {
    /// Name by which expressions refer to this query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub id: Option<String>,
    /// Expression over the ids of other queries. Exclusive with `MetricStat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The metric. Exclusive with `Expression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<PredictiveScalingMetricStat>,
    /// Text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether this query gives the metric; default true. Exactly one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
}

/// A metric and its statistic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricStat {
    /// The metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub metric: Option<PredictiveScalingMetric>,
    /// The statistic, for example `Sum` or `p90`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub stat: Option<String>,
    /// Unit of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A CloudWatch metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetric {
    /// Dimensions of the metric, all that it was published with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<PredictiveScalingMetricDimension>,
    /// Name of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// Namespace of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// A dimension of a CloudWatch metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricDimension {
    /// Name of the dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// Value of the dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

ecs_enum! {
    /// Whether a forecast is also acted on.
    PredictiveMode { ForecastOnly = "ForecastOnly", ForecastAndScale = "ForecastAndScale" }
}

ecs_enum! {
    /// What happens when a forecast exceeds the maximum.
    MaxCapacityBreachBehavior {
        HonorMaxCapacity = "HonorMaxCapacity",
        IncreaseMaxCapacity = "IncreaseMaxCapacity",
    }
}
