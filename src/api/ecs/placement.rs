//! DOC module placement

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC TaskDefinitionPlacementConstraint
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinitionPlacementConstraint {
    /// DOC TaskDefinitionPlacementConstraint.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<TaskPlacementConstraintType>,
    /// DOC TaskDefinitionPlacementConstraint.expression
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// DOC PlacementConstraint
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacementConstraint {
    /// DOC PlacementConstraint.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<PlacementConstraintType>,
    /// DOC PlacementConstraint.expression
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// DOC PlacementStrategy
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacementStrategy {
    /// DOC PlacementStrategy.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<PlacementStrategyType>,
    /// DOC PlacementStrategy.field
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// DOC CapacityProviderStrategyItem
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityProviderStrategyItem {
    /// DOC CapacityProviderStrategyItem.capacityProvider
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub capacity_provider: Option<String>,
    /// DOC CapacityProviderStrategyItem.weight
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1000))]
    pub weight: Option<i32>,
    /// DOC CapacityProviderStrategyItem.base
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100000))]
    pub base: Option<i32>,
}

ecs_enum! {
    /// DOC enum TaskPlacementConstraintType
    TaskPlacementConstraintType { MemberOf = "memberOf" }
}

ecs_enum! {
    /// DOC enum PlacementConstraintType
    PlacementConstraintType { DistinctInstance = "distinctInstance", MemberOf = "memberOf" }
}

ecs_enum! {
    /// DOC enum PlacementStrategyType
    PlacementStrategyType { Random = "random", Spread = "spread", Binpack = "binpack" }
}
