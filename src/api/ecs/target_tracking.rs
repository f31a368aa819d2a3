//! DOC module target_tracking

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC TargetTrackingScalingPolicyConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingScalingPolicyConfiguration {
    /// DOC TargetTrackingScalingPolicyConfiguration.TargetValue
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_value: Option<f64>,
    /// DOC TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_metric_specification: Option<PredefinedMetricSpecification>,
    /// DOC TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_metric_specification: Option<CustomizedMetricSpecification>,
    /// DOC TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_out_cooldown: Option<i32>,
    /// DOC TargetTrackingScalingPolicyConfiguration.ScaleInCooldown
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_in_cooldown: Option<i32>,
    /// DOC TargetTrackingScalingPolicyConfiguration.DisableScaleIn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_scale_in: Option<bool>,
}

/// DOC PredefinedMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredefinedMetricSpecification {
    /// DOC PredefinedMetricSpecification.PredefinedMetricType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<PredefinedMetricType>,
    /// DOC PredefinedMetricSpecification.ResourceLabel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// DOC CustomizedMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct CustomizedMetricSpecification {
    /// DOC CustomizedMetricSpecification.MetricName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// DOC CustomizedMetricSpecification.Namespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// DOC CustomizedMetricSpecification.Dimensions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<MetricDimension>,
    /// DOC CustomizedMetricSpecification.Statistic
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<MetricStatistic>,
    /// DOC CustomizedMetricSpecification.Unit
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// DOC CustomizedMetricSpecification.Metrics
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<TargetTrackingMetricDataQuery>,
}

/// DOC MetricDimension
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDimension {
    /// DOC MetricDimension.Name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC MetricDimension.Value
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

/// DOC TargetTrackingMetricDataQuery
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricDataQuery {
    /// DOC TargetTrackingMetricDataQuery.Expression
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// DOC TargetTrackingMetricDataQuery.Id
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub id: Option<String>,
    /// DOC TargetTrackingMetricDataQuery.Label
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// DOC TargetTrackingMetricDataQuery.MetricStat
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<TargetTrackingMetricStat>,
    /// DOC TargetTrackingMetricDataQuery.ReturnData
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
}

/// DOC TargetTrackingMetricStat
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricStat {
    /// DOC TargetTrackingMetricStat.Metric
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub metric: Option<TargetTrackingMetric>,
    /// DOC TargetTrackingMetricStat.Stat
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub stat: Option<String>,
    /// DOC TargetTrackingMetricStat.Unit
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// DOC TargetTrackingMetric
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetric {
    /// DOC TargetTrackingMetric.Dimensions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<TargetTrackingMetricDimension>,
    /// DOC TargetTrackingMetric.MetricName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// DOC TargetTrackingMetric.Namespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// DOC TargetTrackingMetricDimension
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTrackingMetricDimension {
    /// DOC TargetTrackingMetricDimension.Name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC TargetTrackingMetricDimension.Value
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

ecs_enum! {
    /// DOC enum PredefinedMetricType
    PredefinedMetricType { AlbRequestCountPerTarget = "ALBRequestCountPerTarget", EcsServiceAverageCpuUtilization = "ECSServiceAverageCPUUtilization", EcsServiceAverageMemoryUtilization = "ECSServiceAverageMemoryUtilization", EcsServiceAverageCpuUtilizationHighResolution = "ECSServiceAverageCPUUtilizationHighResolution", EcsServiceAverageMemoryUtilizationHighResolution = "ECSServiceAverageMemoryUtilizationHighResolution" }
}

ecs_enum! {
    /// DOC enum MetricStatistic
    MetricStatistic { Average = "Average", Minimum = "Minimum", Maximum = "Maximum", SampleCount = "SampleCount", Sum = "Sum" }
}
