//! Capacity providers on an EC2 Auto Scaling group.

use super::toggle::Toggle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A capacity provider whose nodes are those of an EC2 Auto Scaling group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoScalingGroupProvider {
    /// ARN or name of the Auto Scaling group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub auto_scaling_group_arn: Option<String>,
    /// How the number of nodes follows the tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_scaling: Option<ManagedScaling>,
    /// Whether nodes with tasks are kept when the group shrinks; default DISABLED. Needs managed scaling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_termination_protection: Option<Toggle>,
    /// Whether a node is drained before it goes; default ENABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_draining: Option<Toggle>,
}

/// How the number of nodes follows the tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManagedScaling {
    /// Whether the number of nodes is managed; default ENABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Toggle>,
    /// Share of the nodes that should be in use, in percent, 1 to 100; default 100. Below 100 some are kept
    /// spare.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub target_capacity: Option<i32>,
    /// Fewest nodes to add at once, 1 to 10000; default 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub minimum_scaling_step_size: Option<i32>,
    /// Most nodes to add at once, 1 to 10000; default 10000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub maximum_scaling_step_size: Option<i32>,
    /// Seconds before a new node counts, 0 to 10000; default 300.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10000))]
    pub instance_warmup_period: Option<i32>,
}
