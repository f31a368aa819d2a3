//! `CapacityProvider`: a CreateCapacityProvider request.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ecs::{AutoScalingGroupProvider, ManagedInstancesProvider, Tag};
use crate::finding::Finding;

/// The CreateCapacityProvider request, and what only Kubernetes has a word for.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "ecs-bridge.dev",
    version = "v1alpha1",
    kind = "CapacityProvider",
    plural = "capacityproviders",
    shortname = "ecscp",
    category = "ecs",
    status = "CapacityProviderStatus",
    printcolumn(name = "Provider", type_ = "string", json_path = ".spec.name"),
    printcolumn(name = "Nodes", type_ = "integer", json_path = ".status.registeredContainerInstancesCount"),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = r#".status.conditions[?(@.type=="Ready")].status"#
    ),
    printcolumn(
        name = "Fidelity",
        type_ = "string",
        priority = 1,
        json_path = r#".status.conditions[?(@.type=="Fidelity")].reason"#
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    doc = "An Amazon ECS capacity provider: the nodes that its services run on."
)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::duplicated_attributes, reason = "each column has a type and a path")]
pub struct CapacityProviderSpec {
    /// Name of the provider, 1 to 255 letters, digits, `-` and `_`; names that start with `aws`, `ecs` or
    /// `fargate` are reserved, but FARGATE and FARGATE_SPOT themselves can be configured. It cannot be
    /// changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// Name of the cluster that the provider belongs to. Managed Instances only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Nodes of an EC2 Auto Scaling group. Exclusive with `managedInstancesProvider`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_scaling_group_provider: Option<AutoScalingGroupProvider>,
    /// EC2 instances that ECS launches itself. Exclusive with `autoScalingGroupProvider`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_instances_provider: Option<ManagedInstancesProvider>,
    /// Tags of the provider, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub tags: Vec<Tag>,
    /// What ECS has no word for. Optional: an ECS definition without it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<CapacityProviderKubernetes>,
}

/// Options of a capacity provider that ECS has no word for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CapacityProviderKubernetes {
    /// Labels of the nodes that belong to the provider. Without it: `ecs-bridge.dev/capacity-provider:
    /// <name>`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_selector: BTreeMap<String, String>,
    /// Taints of these nodes that the provider's tasks tolerate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<Toleration>,
    /// Name of the EKS Fargate profile that runs the provider's tasks; EKS Fargate's own rules apply then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fargate_profile: Option<String>,
    /// Namespaces whose services may use the provider; none means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub namespaces: Vec<String>,
    /// The object with a `scale` subresource whose count is the number of the provider's nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_target: Option<ScaleTarget>,
}

/// A taint that tasks tolerate, in Kubernetes' own shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Toleration {
    /// Key of the taint; none, with operator Exists, means every key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Exists or Equal (the default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<TolerationOperator>,
    /// Value of the taint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Effect of the taint; none means every effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
    /// For NoExecute: seconds for which the taint is tolerated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

/// How a toleration is compared with a taint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum TolerationOperator {
    Exists,
    Equal,
}

/// What a taint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum TaintEffect {
    NoSchedule,
    PreferNoSchedule,
    NoExecute,
}

/// An object with a `scale` subresource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTarget {
    /// For example `cluster.x-k8s.io/v1beta2`.
    pub api_version: String,
    /// For example `MachineDeployment`.
    pub kind: String,
    /// Name of the object.
    pub name: String,
    /// Its namespace, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// What is known of a capacity provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CapacityProviderStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`, `Reconciling`, `Stalled`, `Fidelity`.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// Nodes that the provider selects.
    pub registered_container_instances_count: i32,
    /// What cannot be translated exactly; at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub findings: Vec<Finding>,
    /// Findings beyond the 64 that are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_omitted: Option<i64>,
}
