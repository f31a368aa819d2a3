//! Where tasks may run and where they should: constraints, strategies, capacity provider strategies.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A rule about the nodes that tasks of this definition may run on. Not on Fargate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinitionPlacementConstraint {
    /// Kind of rule; a task definition knows only `memberOf`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<TaskPlacementConstraintType>,
    /// Expression of the cluster query language that a node has to meet, at most 2000 characters, for example
    /// `attribute:ecs.instance-type =~ m5.*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// A rule about the nodes that tasks of this service may run on. Not on Fargate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacementConstraint {
    /// `distinctInstance`: no two tasks of the service on one node. `memberOf`: only nodes that meet
    /// `expression`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<PlacementConstraintType>,
    /// Expression of the cluster query language that a node has to meet, at most 2000 characters. Only with
    /// `memberOf`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// A preference about the nodes that tasks run on. It decides among the nodes that fit, and never keeps a
/// task from being placed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacementStrategy {
    /// `spread`: the same number of tasks for each value of `field`. `binpack`: the node with the least of
    /// `field` left. `random`: any node.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<PlacementStrategyType>,
    /// For `spread` `instanceId`, `host` or `attribute:NAME`; for `binpack` `cpu` or `memory`; ignored for
    /// `random`. Case does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// The share of a service's tasks that a capacity provider runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityProviderStrategyItem {
    /// Name of the capacity provider; FARGATE and FARGATE_SPOT always exist. All providers of one strategy
    /// have to be of one kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub capacity_provider: Option<String>,
    /// Share of the tasks beyond `base`, relative to the other weights, 0 to 1000; default 0. Of several
    /// providers at least one needs a weight above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub weight: Option<i32>,
    /// Number of tasks that go to this provider before weights count, 0 to 100000; default 0. Only one item
    /// may have a base.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100000))]
    pub base: Option<i32>,
}

ecs_enum! {
    /// Kinds of constraints that a task definition may have.
    TaskPlacementConstraintType { MemberOf = "memberOf" }
}

ecs_enum! {
    /// Kinds of constraints that a service may have.
    PlacementConstraintType { DistinctInstance = "distinctInstance", MemberOf = "memberOf" }
}

ecs_enum! {
    /// Kinds of placement strategies.
    PlacementStrategyType { Random = "random", Spread = "spread", Binpack = "binpack" }
}
