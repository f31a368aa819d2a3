//! Application Auto Scaling: bounds, policies and scheduled actions of a service.

use super::predictive::PredictiveScalingPolicyConfiguration;
use super::scalar::Timestamp;
use super::target_tracking::TargetTrackingScalingPolicyConfiguration;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The bounds of a service's desired count: a RegisterScalableTarget request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTarget {
    /// Always `ecs`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// `service/CLUSTER/SERVICE`. May be left out; where it stands it has to name this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Always `ecs:service:DesiredCount`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// Lowest count that scaling sets; 0 is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<i32>,
    /// Highest count that scaling sets; not below `MinCapacity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<i32>,
    /// ARN of the role with which the count is changed; for ECS the service-linked one.
    #[serde(rename = "RoleARN", skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// Kinds of scaling that are switched off for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_state: Option<SuspendedState>,
    /// Tags of the scalable target.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Kinds of scaling that are switched off for now. What they miss is not made up for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SuspendedState {
    /// Whether policies may not lower the count. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_scaling_in_suspended: Option<bool>,
    /// Whether policies may not raise the count. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic_scaling_out_suspended: Option<bool>,
    /// Whether scheduled actions do not run. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_scaling_suspended: Option<bool>,
}

/// A change of the bounds at points in time: a PutScheduledAction request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScheduledAction {
    /// Always `ecs`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// `at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)` or `cron(minutes hours day-of-month month day-of-week
    /// year)`. One of the two days has to be `?`; day of week 1 is Sunday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// IANA time zone of `at` and `cron`, for example `Europe/Berlin`. Default UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Name of the action, unique in the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub scheduled_action_name: Option<String>,
    /// `service/CLUSTER/SERVICE`. May be left out; where it stands it has to name this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Always `ecs:service:DesiredCount`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// When the action begins to run: RFC 3339 text or seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When the action no longer runs: RFC 3339 text or seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// The bounds to set. A count outside of them is moved to the nearest one at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_target_action: Option<ScalableTargetAction>,
}

/// The bounds that a scheduled action sets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalableTargetAction {
    /// New lower bound; unchanged without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_capacity: Option<i32>,
    /// New upper bound; unchanged without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_capacity: Option<i32>,
}

/// A rule by which the count follows a metric: a PutScalingPolicy request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingPolicy {
    /// Name of the policy, unique in the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub policy_name: Option<String>,
    /// Always `ecs`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_namespace: Option<ServiceNamespace>,
    /// `service/CLUSTER/SERVICE`. May be left out; where it stands it has to name this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Always `ecs:service:DesiredCount`; may be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scalable_dimension: Option<ScalableDimension>,
    /// Kind of policy; the configuration of the same kind has to be given with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_type: Option<PolicyType>,
    /// Steps by which the count changes when a CloudWatch alarm goes off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_scaling_policy_configuration: Option<StepScalingPolicyConfiguration>,
    /// A metric that is kept near a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_tracking_scaling_policy_configuration: Option<TargetTrackingScalingPolicyConfiguration>,
    /// Scaling ahead of a forecast load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predictive_scaling_policy_configuration: Option<PredictiveScalingPolicyConfiguration>,
}

/// Steps by which the count changes when a CloudWatch alarm goes off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct StepScalingPolicyConfiguration {
    /// What `ScalingAdjustment` is: ChangeInCapacity tasks more or less, PercentChangeInCapacity of the
    /// count, or ExactCapacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustment_type: Option<AdjustmentType>,
    /// The steps; without gaps and overlaps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub step_adjustments: Vec<StepAdjustment>,
    /// Fewest tasks to add or remove. Only with PercentChangeInCapacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_adjustment_magnitude: Option<i32>,
    /// Seconds after a change during which only a larger one of the same direction counts; default 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown: Option<i32>,
    /// How values of the metric are combined: Average (the default), Minimum or Maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_aggregation_type: Option<MetricAggregationType>,
}

/// One step: how far the metric is from the alarm's threshold, and what happens then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct StepAdjustment {
    /// Lower end of the distance from the threshold; minus infinity without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_lower_bound: Option<f64>,
    /// Upper end of the distance from the threshold; infinity without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_interval_upper_bound: Option<f64>,
    /// The change, in the unit of `AdjustmentType`; negative to scale in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub scaling_adjustment: Option<i32>,
}

ecs_enum! {
    /// AWS services that can be scaled; here ECS alone.
    ServiceNamespace { Ecs = "ecs" }
}

ecs_enum! {
    /// Counts that can be scaled; here the desired count alone.
    ScalableDimension { DesiredCount = "ecs:service:DesiredCount" }
}

ecs_enum! {
    /// Kinds of scaling policies.
    PolicyType {
        StepScaling = "StepScaling",
        TargetTrackingScaling = "TargetTrackingScaling",
        PredictiveScaling = "PredictiveScaling",
    }
}

ecs_enum! {
    /// What a step adjustment is.
    AdjustmentType {
        ChangeInCapacity = "ChangeInCapacity",
        PercentChangeInCapacity = "PercentChangeInCapacity",
        ExactCapacity = "ExactCapacity",
    }
}

ecs_enum! {
    /// How values of a metric are combined.
    MetricAggregationType { Average = "Average", Minimum = "Minimum", Maximum = "Maximum" }
}
