//! DOC module asg_provider

use super::toggle::Toggle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC AutoScalingGroupProvider
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoScalingGroupProvider {
    /// DOC AutoScalingGroupProvider.autoScalingGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub auto_scaling_group_arn: Option<String>,
    /// DOC AutoScalingGroupProvider.managedScaling
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_scaling: Option<ManagedScaling>,
    /// DOC AutoScalingGroupProvider.managedTerminationProtection
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_termination_protection: Option<Toggle>,
    /// DOC AutoScalingGroupProvider.managedDraining
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_draining: Option<Toggle>,
}

/// DOC ManagedScaling
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedScaling {
    /// DOC ManagedScaling.status
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Toggle>,
    /// DOC ManagedScaling.targetCapacity
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub target_capacity: Option<i32>,
    /// DOC ManagedScaling.minimumScalingStepSize
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub minimum_scaling_step_size: Option<i32>,
    /// DOC ManagedScaling.maximumScalingStepSize
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub maximum_scaling_step_size: Option<i32>,
    /// DOC ManagedScaling.instanceWarmupPeriod
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10000))]
    pub instance_warmup_period: Option<i32>,
}
