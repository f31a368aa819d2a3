//! What a service may say that ECS has no word for.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::task_definition::ImagePullPolicy;

/// Options of a service that ECS has no word for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EcsServiceKubernetes {
    /// The count that is in force: what the `scale` subresource reads and writes. Written by autoscalers,
    /// `kubectl scale` and the operator; leave it out of manifests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub scaled_count: Option<i32>,
    /// While true the operator changes nothing of this service but its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
    /// Seconds for which a task has to run before it counts as healthy, where no health check says so.
    /// Without it 40, as on ECS.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub min_ready_seconds: Option<i32>,
    /// When images are pulled, for every container that does not say otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// An existing ServiceAccount to run as; it is used as it is. Without it the service gets one of its own
    /// name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub service_account_name: Option<String>,
    /// Who decides on nodes. `Native`, or without it: kube-scheduler, from rules that approximate constraints and
    /// strategies. `Exact`: the operator, one task after the other as ECS does; kube-scheduler confirms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement: Option<PlacementMode>,
    /// What becomes of `awsvpcConfiguration.securityGroups`: `Enforce` gives them to the pods, where the VPC CNI can
    /// do that; with `Ignore`, or without it, they are not applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_groups: Option<SecurityGroups>,
    /// A new load balancer through an Ingress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress: Option<IngressOptions>,
    /// A new load balancer through a Gateway API route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayOptions>,
    /// Any new value starts a new deployment of what is unchanged, as `--force-new-deployment` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub force_new_deployment: Option<String>,
    /// What to do where a deployment strategy cannot be had: `Rolling` rolls instead of refusing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_fallback: Option<DeploymentFallback>,
    /// Codes of findings that are known and accepted: reported as Info from then on. Errors cannot be
    /// accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub accept_findings: Vec<String>,
    /// A PodTemplateSpec that is merged last into the rendered one (strategic merge; containers by name).
    /// Labels, selector and scheduling gates of the operator cannot be changed by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "any_object")]
    pub pod_template: Option<Value>,
}

/// Who decides on nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum PlacementMode {
    #[default]
    Native,
    Exact,
}

/// What becomes of security groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum SecurityGroups {
    Enforce,
    Ignore,
}

/// What to do where a deployment strategy cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member")]
pub enum DeploymentFallback {
    Rolling,
}

/// A new load balancer through an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct IngressOptions {
    /// The IngressClass, for example `alb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingress_class_name: Option<String>,
    /// Host name to answer; without it every host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Path prefix to answer; without it `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Port of a container to send requests to; without it that of the first of `loadBalancers`, else the first
    /// that is mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i32>,
    /// Annotations of the Ingress. For class `alb`, and where the AWS Load Balancer Controller is, it has those that
    /// make tasks targets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

/// A route of an existing Gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayOptions {
    /// Name of the Gateway.
    pub name: String,
    /// Namespace of the Gateway; without it the service's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Host names to answer; none means every host.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hostnames: Vec<String>,
    /// Path prefix to answer; without it `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Port of a container to send requests to; without it that of the first of `loadBalancers`, else the first
    /// that is mapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<i32>,
}

// The API server has no schema of a PodTemplateSpec at hand; the operator checks what it renders.
fn any_object(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}
