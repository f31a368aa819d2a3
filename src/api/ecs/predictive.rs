//! DOC module predictive

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC PredictiveScalingPolicyConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPolicyConfiguration {
    /// DOC PredictiveScalingPolicyConfiguration.MetricSpecifications
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub metric_specifications: Vec<PredictiveScalingMetricSpecification>,
    /// DOC PredictiveScalingPolicyConfiguration.Mode
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<PredictiveMode>,
    /// DOC PredictiveScalingPolicyConfiguration.SchedulingBufferTime
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub scheduling_buffer_time: Option<i32>,
    /// DOC PredictiveScalingPolicyConfiguration.MaxCapacityBreachBehavior
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity_breach_behavior: Option<MaxCapacityBreachBehavior>,
    /// DOC PredictiveScalingPolicyConfiguration.MaxCapacityBuffer
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub max_capacity_buffer: Option<i32>,
}

/// DOC PredictiveScalingMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricSpecification {
    /// DOC PredictiveScalingMetricSpecification.TargetValue
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_value: Option<f64>,
    /// DOC PredictiveScalingMetricSpecification.PredefinedMetricPairSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_metric_pair_specification: Option<PredictiveScalingPredefinedMetricPairSpecification>,
    /// DOC PredictiveScalingMetricSpecification.PredefinedScalingMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_scaling_metric_specification:
        Option<PredictiveScalingPredefinedScalingMetricSpecification>,
    /// DOC PredictiveScalingMetricSpecification.PredefinedLoadMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predefined_load_metric_specification: Option<PredictiveScalingPredefinedLoadMetricSpecification>,
    /// DOC PredictiveScalingMetricSpecification.CustomizedScalingMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_scaling_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
    /// DOC PredictiveScalingMetricSpecification.CustomizedLoadMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_load_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
    /// DOC PredictiveScalingMetricSpecification.CustomizedCapacityMetricSpecification
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customized_capacity_metric_specification: Option<PredictiveScalingCustomizedMetricSpecification>,
}

/// DOC PredictiveScalingPredefinedMetricPairSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedMetricPairSpecification {
    /// DOC PredictiveScalingPredefinedMetricPairSpecification.PredefinedMetricType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// DOC PredictiveScalingPredefinedMetricPairSpecification.ResourceLabel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// DOC PredictiveScalingPredefinedScalingMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedScalingMetricSpecification {
    /// DOC PredictiveScalingPredefinedScalingMetricSpecification.PredefinedMetricType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// DOC PredictiveScalingPredefinedScalingMetricSpecification.ResourceLabel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// DOC PredictiveScalingPredefinedLoadMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingPredefinedLoadMetricSpecification {
    /// DOC PredictiveScalingPredefinedLoadMetricSpecification.PredefinedMetricType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub predefined_metric_type: Option<String>,
    /// DOC PredictiveScalingPredefinedLoadMetricSpecification.ResourceLabel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_label: Option<String>,
}

/// DOC PredictiveScalingCustomizedMetricSpecification
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingCustomizedMetricSpecification {
    /// DOC PredictiveScalingCustomizedMetricSpecification.MetricDataQueries
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub metric_data_queries: Vec<PredictiveScalingMetricDataQuery>,
}

/// DOC PredictiveScalingMetricDataQuery
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricDataQuery {
    /// DOC PredictiveScalingMetricDataQuery.Id
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub id: Option<String>,
    /// DOC PredictiveScalingMetricDataQuery.Expression
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// DOC PredictiveScalingMetricDataQuery.MetricStat
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_stat: Option<PredictiveScalingMetricStat>,
    /// DOC PredictiveScalingMetricDataQuery.Label
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// DOC PredictiveScalingMetricDataQuery.ReturnData
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_data: Option<bool>,
}

/// DOC PredictiveScalingMetricStat
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricStat {
    /// DOC PredictiveScalingMetricStat.Metric
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub metric: Option<PredictiveScalingMetric>,
    /// DOC PredictiveScalingMetricStat.Stat
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub stat: Option<String>,
    /// DOC PredictiveScalingMetricStat.Unit
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// DOC PredictiveScalingMetric
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetric {
    /// DOC PredictiveScalingMetric.Dimensions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<PredictiveScalingMetricDimension>,
    /// DOC PredictiveScalingMetric.MetricName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_name: Option<String>,
    /// DOC PredictiveScalingMetric.Namespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// DOC PredictiveScalingMetricDimension
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct PredictiveScalingMetricDimension {
    /// DOC PredictiveScalingMetricDimension.Name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC PredictiveScalingMetricDimension.Value
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
}

ecs_enum! {
    /// DOC enum PredictiveMode
    PredictiveMode { ForecastOnly = "ForecastOnly", ForecastAndScale = "ForecastAndScale" }
}

ecs_enum! {
    /// DOC enum MaxCapacityBreachBehavior
    MaxCapacityBreachBehavior { HonorMaxCapacity = "HonorMaxCapacity", IncreaseMaxCapacity = "IncreaseMaxCapacity" }
}
