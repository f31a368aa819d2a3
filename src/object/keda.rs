//! What we write of KEDA's API (keda.sh/v1alpha1): the members that we set and no others.

use std::collections::BTreeMap;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use kube::CustomResource;
use serde::{Deserialize, Serialize};

use super::external_secrets::NameRef;

/// The API group.
pub const GROUP: &str = "keda.sh";

/// An autoscaler that KEDA makes, with metrics that it reads.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "keda.sh",
    version = "v1alpha1",
    kind = "ScaledObject",
    plural = "scaledobjects",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "An autoscaler that KEDA makes."
)]
#[serde(rename_all = "camelCase")]
pub struct ScaledObjectSpec {
    /// What is scaled.
    pub scale_target_ref: ScaleTarget,
    /// Least count; with 0 KEDA starts and stops the last replica by itself.
    pub min_replica_count: i32,
    /// Greatest count.
    pub max_replica_count: i32,
    /// How the autoscaler acts.
    pub advanced: Advanced,
    /// What it goes by.
    pub triggers: Vec<Trigger>,
}

/// An object with a `scale` subresource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTarget {
    /// Its API.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// How the autoscaler acts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Advanced {
    /// The HorizontalPodAutoscaler that KEDA makes.
    pub horizontal_pod_autoscaler_config: AutoscalerConfig,
    /// One metric that is made of those of all triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling_modifiers: Option<ScalingModifiers>,
}

/// One metric that is made of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingModifiers {
    /// An expression (expr-lang) over the names of triggers.
    pub formula: String,
    /// The value to keep, as a number.
    pub target: String,
    /// `Value` (compared as it is) or `AverageValue` (divided by the replicas first).
    pub metric_type: String,
}

/// The HorizontalPodAutoscaler that KEDA makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AutoscalerConfig {
    /// As in its own API; without `tolerance`, which not every release of KEDA knows.
    pub behavior: HorizontalPodAutoscalerBehavior,
}

/// One metric, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Its name in a formula.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name of the scaler.
    #[serde(rename = "type")]
    pub type_: String,
    /// `Utilization`, `Value` (compared as it is) or `AverageValue` (divided by the replicas first).
    pub metric_type: String,
    /// Parameters of the scaler.
    pub metadata: BTreeMap<String, String>,
    /// As whom it reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_ref: Option<NameRef>,
}

/// As whom KEDA reads metrics.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[kube(
    group = "keda.sh",
    version = "v1alpha1",
    kind = "TriggerAuthentication",
    plural = "triggerauthentications",
    namespaced,
    schema = "disabled",
    derive = "PartialEq",
    doc = "As whom KEDA reads metrics."
)]
#[serde(rename_all = "camelCase")]
pub struct TriggerAuthenticationSpec {
    /// The identity of KEDA's own pods.
    pub pod_identity: PodIdentity,
}

/// An identity of pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodIdentity {
    /// `aws`.
    pub provider: String,
}
