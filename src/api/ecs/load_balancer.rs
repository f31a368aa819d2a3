//! Load balancers, service discovery and VPC Lattice.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A target group or Classic Load Balancer that the tasks of a service are registered with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// ARN of the target group of an Application or Network Load Balancer: target type `ip` with network mode
    /// `awsvpc`, else `instance`. Exclusive with `loadBalancerName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_group_arn: Option<String>,
    /// Name of a Classic Load Balancer. Not with network mode `awsvpc`, so never on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_balancer_name: Option<String>,
    /// Name of the container that takes the traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<String>,
    /// Port of the container that takes the traffic; one of its `portMappings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
    /// Second target group and listener rules that strategies BLUE_GREEN, LINEAR and CANARY shift traffic
    /// with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_configuration: Option<AdvancedConfiguration>,
}

/// What a traffic shift on a load balancer needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdvancedConfiguration {
    /// ARN of the second target group, for the new version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_target_group_arn: Option<String>,
    /// ARN of the listener rule (for a Network Load Balancer the listener) that production traffic takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_listener_rule: Option<String>,
    /// ARN of the listener rule that test traffic takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_listener_rule: Option<String>,
    /// ARN of the role with which ECS changes the load balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// The AWS Cloud Map service in which the addresses of the tasks are listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRegistry {
    /// ARN of the Cloud Map service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_arn: Option<String>,
    /// Port for SRV records. With `awsvpc`, in place of container name and port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
    /// Name of the container to list. Needed for SRV records with network modes `bridge` and `host`, together
    /// with `containerPort`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_name: Option<String>,
    /// Port of the container to list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
}

/// A VPC Lattice target group that the tasks of a service are registered with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcLatticeConfiguration {
    /// ARN of the role with which ECS registers tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub role_arn: Option<String>,
    /// ARN of the VPC Lattice target group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub target_group_arn: Option<String>,
    /// Name of the port mapping that takes the traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// Second target group and listener rules that a traffic shift needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced_configuration: Option<VpcLatticeAdvancedConfiguration>,
}

/// What a traffic shift on VPC Lattice needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VpcLatticeAdvancedConfiguration {
    /// ARN of the second target group, for the new version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternate_target_group_arn: Option<String>,
    /// ARN of the listener rule that production traffic takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production_listener_rule: Option<String>,
    /// ARN of the listener rule that test traffic takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_listener_rule: Option<String>,
}
