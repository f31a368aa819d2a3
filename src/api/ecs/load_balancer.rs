//! DOC module load_balancer

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC LoadBalancer
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// DOC LoadBalancer.targetGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<String>,
    /// DOC LoadBalancer.loadBalancerName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_name: Option<String>,
    /// DOC LoadBalancer.containerName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<String>,
    /// DOC LoadBalancer.containerPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
    /// DOC LoadBalancer.advancedConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_configuration: Option<AdvancedConfiguration>,
}

/// DOC AdvancedConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdvancedConfiguration {
    /// DOC AdvancedConfiguration.alternateTargetGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_target_group_arn: Option<String>,
    /// DOC AdvancedConfiguration.productionListenerRule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_listener_rule: Option<String>,
    /// DOC AdvancedConfiguration.testListenerRule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_listener_rule: Option<String>,
    /// DOC AdvancedConfiguration.roleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// DOC ServiceRegistry
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRegistry {
    /// DOC ServiceRegistry.registryArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_arn: Option<String>,
    /// DOC ServiceRegistry.port
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
    /// DOC ServiceRegistry.containerName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<String>,
    /// DOC ServiceRegistry.containerPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
}

/// DOC VpcLatticeConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcLatticeConfiguration {
    /// DOC VpcLatticeConfiguration.roleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub role_arn: Option<String>,
    /// DOC VpcLatticeConfiguration.targetGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_group_arn: Option<String>,
    /// DOC VpcLatticeConfiguration.portName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// DOC VpcLatticeConfiguration.advancedConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_configuration: Option<VpcLatticeAdvancedConfiguration>,
}

/// DOC VpcLatticeAdvancedConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcLatticeAdvancedConfiguration {
    /// DOC VpcLatticeAdvancedConfiguration.alternateTargetGroupArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_target_group_arn: Option<String>,
    /// DOC VpcLatticeAdvancedConfiguration.productionListenerRule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_listener_rule: Option<String>,
    /// DOC VpcLatticeAdvancedConfiguration.testListenerRule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_listener_rule: Option<String>,
}
