//! What we write of the APIs of the AWS Load Balancer Controller (elbv2.k8s.aws/v1beta1), of the VPC resource
//! controller (vpcresources.k8s.aws/v1beta1) and of Gateway API (gateway.networking.k8s.io/v1): the members that we set
//! and no others.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

/// API group of [`TargetGroupBinding`].
pub const ELB: &str = "elbv2.k8s.aws";
/// API group of [`SecurityGroupPolicy`].
pub const VPC: &str = "vpcresources.k8s.aws";
/// API group of [`HTTPRoute`].
pub const GATEWAY: &str = "gateway.networking.k8s.io";
/// API group of what the AWS Load Balancer Controller adds to Gateway API.
pub const AWS_GATEWAY: &str = "gateway.k8s.aws";

/// Targets of an existing target group.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "elbv2.k8s.aws",
    version = "v1beta1",
    kind = "TargetGroupBinding",
    plural = "targetgroupbindings",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "Registers what a Service leads to with an existing target group."
)]
#[serde(rename_all = "camelCase")]
pub struct TargetGroupBindingSpec {
    /// The Service.
    pub service_ref: ServiceRef,
    /// The target group.
    #[serde(rename = "targetGroupARN")]
    pub target_group_arn: String,
    /// `ip` or `instance`.
    pub target_type: String,
    /// Whether targets that the controller did not register stay: those of ECS, above all.
    pub multi_cluster_target_group: bool,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRef {
    /// Name of the Service.
    pub name: String,
    /// Number of the port.
    pub port: i32,
}

/// Security groups of pods.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "vpcresources.k8s.aws",
    version = "v1beta1",
    kind = "SecurityGroupPolicy",
    plural = "securitygrouppolicies",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "Gives pods a network interface with security groups of their own."
)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupPolicySpec {
    /// The pods.
    pub pod_selector: LabelSelector,
    /// The groups.
    pub security_groups: GroupIds,
}

/// Ids of security groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupIds {
    /// One to five.
    pub group_ids: Vec<String>,
}

/// Requests that a Gateway leads to a Service.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "gateway.networking.k8s.io",
    version = "v1",
    kind = "HTTPRoute",
    plural = "httproutes",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "Leads requests of a Gateway to a Service."
)]
#[serde(rename_all = "camelCase")]
pub struct HTTPRouteSpec {
    /// The Gateway.
    pub parent_refs: Vec<ParentRef>,
    /// Host names; without them every.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<String>,
    /// What is led where.
    pub rules: Vec<HTTPRouteRule>,
}

/// A Gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParentRef {
    /// Its name.
    pub name: String,
    /// Its namespace, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// A rule of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HTTPRouteRule {
    /// Which requests.
    pub matches: Vec<HTTPRouteMatch>,
    /// Where they go.
    pub backend_refs: Vec<ServiceRef>,
}

/// What requests have in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HTTPRouteMatch {
    /// Their path.
    pub path: HTTPPathMatch,
}

/// A path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HTTPPathMatch {
    /// `PathPrefix`.
    #[serde(rename = "type")]
    pub type_: String,
    /// The prefix.
    pub value: String,
}
