//! DOC module scaling

use super::predictive::PredictiveScalingPolicyConfiguration;
use super::scalar::Timestamp;
use super::target_tracking::TargetTrackingScalingPolicyConfiguration;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// DOC ScalableTarget
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget {
    /// DOC ScalableTarget.ServiceNamespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// DOC ScalableTarget.ResourceId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// DOC ScalableTarget.ScalableDimension
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// DOC ScalableTarget.MinCapacity
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<i32>,
    /// DOC ScalableTarget.MaxCapacity
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<i32>,
    /// DOC ScalableTarget.RoleARN
    #[serde(rename = "RoleARN", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// DOC ScalableTarget.SuspendedState
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_state: Option<SuspendedState>,
    /// DOC ScalableTarget.Tags
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// DOC SuspendedState
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SuspendedState {
    /// DOC SuspendedState.DynamicScalingInSuspended
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_scaling_in_suspended: Option<bool>,
    /// DOC SuspendedState.DynamicScalingOutSuspended
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_scaling_out_suspended: Option<bool>,
    /// DOC SuspendedState.ScheduledScalingSuspended
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_scaling_suspended: Option<bool>,
}

/// DOC ScheduledAction
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction {
    /// DOC ScheduledAction.ServiceNamespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// DOC ScheduledAction.Schedule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// DOC ScheduledAction.Timezone
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// DOC ScheduledAction.ScheduledActionName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub scheduled_action_name: Option<String>,
    /// DOC ScheduledAction.ResourceId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// DOC ScheduledAction.ScalableDimension
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// DOC ScheduledAction.StartTime
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// DOC ScheduledAction.EndTime
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// DOC ScheduledAction.ScalableTargetAction
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_target_action: Option<ScalableTargetAction>,
}

/// DOC ScalableTargetAction
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTargetAction {
    /// DOC ScalableTargetAction.MinCapacity
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<i32>,
    /// DOC ScalableTargetAction.MaxCapacity
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<i32>,
}

/// DOC ScalingPolicy
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy {
    /// DOC ScalingPolicy.PolicyName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub policy_name: Option<String>,
    /// DOC ScalingPolicy.ServiceNamespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// DOC ScalingPolicy.ResourceId
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// DOC ScalingPolicy.ScalableDimension
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// DOC ScalingPolicy.PolicyType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_type: Option<PolicyType>,
    /// DOC ScalingPolicy.StepScalingPolicyConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_scaling_policy_configuration: Option<StepScalingPolicyConfiguration>,
    /// DOC ScalingPolicy.TargetTrackingScalingPolicyConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_tracking_scaling_policy_configuration: Option<TargetTrackingScalingPolicyConfiguration>,
    /// DOC ScalingPolicy.PredictiveScalingPolicyConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predictive_scaling_policy_configuration: Option<PredictiveScalingPolicyConfiguration>,
}

/// DOC StepScalingPolicyConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct StepScalingPolicyConfiguration {
    /// DOC StepScalingPolicyConfiguration.AdjustmentType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustment_type: Option<AdjustmentType>,
    /// DOC StepScalingPolicyConfiguration.StepAdjustments
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step_adjustments: Vec<StepAdjustment>,
    /// DOC StepScalingPolicyConfiguration.MinAdjustmentMagnitude
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_adjustment_magnitude: Option<i32>,
    /// DOC StepScalingPolicyConfiguration.Cooldown
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<i32>,
    /// DOC StepScalingPolicyConfiguration.MetricAggregationType
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_aggregation_type: Option<MetricAggregationType>,
}

/// DOC StepAdjustment
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct StepAdjustment {
    /// DOC StepAdjustment.MetricIntervalLowerBound
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_lower_bound: Option<f64>,
    /// DOC StepAdjustment.MetricIntervalUpperBound
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_upper_bound: Option<f64>,
    /// DOC StepAdjustment.ScalingAdjustment
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub scaling_adjustment: Option<i32>,
}

ecs_enum! {
    /// DOC enum ServiceNamespace
    ServiceNamespace { Ecs = "ecs" }
}

ecs_enum! {
    /// DOC enum ScalableDimension
    ScalableDimension { DesiredCount = "ecs:service:DesiredCount" }
}

ecs_enum! {
    /// DOC enum PolicyType
    PolicyType { StepScaling = "StepScaling", TargetTrackingScaling = "TargetTrackingScaling", PredictiveScaling = "PredictiveScaling" }
}

ecs_enum! {
    /// DOC enum AdjustmentType
    AdjustmentType { ChangeInCapacity = "ChangeInCapacity", PercentChangeInCapacity = "PercentChangeInCapacity", ExactCapacity = "ExactCapacity" }
}

ecs_enum! {
    /// DOC enum MetricAggregationType
    MetricAggregationType { Average = "Average", Minimum = "Minimum", Maximum = "Maximum" }
}
