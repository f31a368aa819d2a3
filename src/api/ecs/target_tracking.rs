//! Target tracking policies: a metric that is kept near a value.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A metric that is kept near a value. The count rises in proportion at once, and falls when all policies of
/// the service agree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingScalingPolicyConfiguration {
    /// The value to keep: percent for utilization, requests per task and minute for ALBRequestCountPerTarget.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_value: Option<f64>,
    /// A metric that AWS defines. Exclusive with `CustomizedMetricSpecification`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_metric_specification: Option<PredefinedMetricSpecification>,
    /// A metric of one's own; it has to fall when the count rises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_metric_specification: Option<CustomizedMetricSpecification>,
    /// Seconds after a rise during which only a larger rise counts; default 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_out_cooldown: Option<i32>,
    /// Seconds after a fall before the next one; default 300. A rise is never held up by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_cooldown: Option<i32>,
    /// Whether the policy never lowers the count. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_scale_in: Option<bool>,
}

/// A metric that AWS defines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredefinedMetricSpecification {
    /// Average CPU or memory utilization of the service (every minute, or every 20 seconds with
    /// HighResolution), or requests per target of an Application Load Balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<PredefinedMetricType>,
    /// `app/LB_NAME/LB_ID/targetgroup/TG_NAME/TG_ID`. Needed for ALBRequestCountPerTarget, and only there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// A CloudWatch metric, or an expression over several.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CustomizedMetricSpecification {
    /// Name of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// Namespace of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Dimensions of the metric, all that it was published with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<MetricDimension>,
    /// Statistic of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<MetricStatistic>,
    /// Unit of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Metrics and expressions, of which exactly one returns its data. In place of the members above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<TargetTrackingMetricDataQuery>,
}

/// A dimension of a CloudWatch metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDimension {
    /// Name of the dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// Value of the dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

/// A metric, or an expression over others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricDataQuery {
    /// Expression over the ids of other queries. Exclusive with `MetricStat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Name by which expressions refer to this query.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub id: Option<String>,
    /// Text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The metric. Exclusive with `Expression`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<TargetTrackingMetricStat>,
    /// Whether this query gives the value to keep; default true. Exactly one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
}

/// A metric and its statistic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricStat {
    /// The metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub metric: Option<TargetTrackingMetric>,
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
pub struct TargetTrackingMetric {
    /// Dimensions of the metric, all that it was published with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<TargetTrackingMetricDimension>,
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
pub struct TargetTrackingMetricDimension {
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
    /// Metrics that AWS defines for services.
    PredefinedMetricType {
        AlbRequestCountPerTarget = "ALBRequestCountPerTarget",
        EcsServiceAverageCpuUtilization = "ECSServiceAverageCPUUtilization",
        EcsServiceAverageMemoryUtilization = "ECSServiceAverageMemoryUtilization",
        EcsServiceAverageCpuUtilizationHighResolution = "ECSServiceAverageCPUUtilizationHighResolution",
        EcsServiceAverageMemoryUtilizationHighResolution = "ECSServiceAverageMemoryUtilizationHighResolution",
    }
}

ecs_enum! {
    /// Statistics of a metric.
    MetricStatistic {
        Average = "Average",
        Minimum = "Minimum",
        Maximum = "Maximum",
        SampleCount = "SampleCount",
        Sum = "Sum",
    }
}
