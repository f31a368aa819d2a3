//! `TaskDefinition`: a RegisterTaskDefinition request, one object per family.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ecs::{
    ContainerDefinition, EphemeralStorage, InferenceAccelerator, IpcMode, LaunchType, NetworkMode, PidMode,
    ProxyConfiguration, RuntimePlatform, Size, Tag, TaskDefinitionPlacementConstraint,
    TrustedExecutionConfiguration, Volume,
};
use crate::finding::Finding;

/// The RegisterTaskDefinition request of one family, and what only Kubernetes has a word for.
///
/// Every change of it registers the next revision, as a ControllerRevision.
#[derive(CustomResource, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "ecs-bridge.dev",
    version = "v1alpha1",
    kind = "TaskDefinition",
    plural = "taskdefinitions",
    shortname = "taskdef",
    category = "ecs",
    namespaced,
    status = "TaskDefinitionStatus",
    printcolumn(name = "Family", type_ = "string", json_path = ".spec.family"),
    printcolumn(name = "Revision", type_ = "integer", json_path = ".status.revision"),
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
    doc = "An Amazon ECS task definition family. Each change of its spec registers the next revision."
)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::duplicated_attributes, reason = "each column has a type and a path")]
pub struct TaskDefinitionSpec {
    /// Name of the family, 1 to 255 letters, digits, `-` and `_`. Revisions of it are counted up from 1; it
    /// cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub family: Option<String>,
    /// Name or ARN of the role that the containers use to call AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_role_arn: Option<String>,
    /// Name or ARN of the role with which images are pulled, secrets read and logs sent before and around the
    /// containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_role_arn: Option<String>,
    /// How the containers are connected: `awsvpc` (an address per task; the only mode on Fargate), `bridge`
    /// (the default for Linux on EC2), `host` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<NetworkMode>,
    /// The containers of a task, 1 to 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required, length(min = 1, max = 10))]
    pub container_definitions: Vec<ContainerDefinition>,
    /// Volumes that the containers may mount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    // A task definition is at most 64 KiB of JSON, so never more than this; the bound keeps the rule on
    // volumes cheap.
    #[schemars(length(max = 5000))]
    pub volumes: Vec<Volume>,
    /// Rules about the nodes that tasks may run on, at most 10 together with the service's. Not on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub placement_constraints: Vec<TaskDefinitionPlacementConstraint>,
    /// Launch types that the definition has to be valid for; it is checked against the rules of each. Without
    /// it nothing is checked in advance.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires_compatibilities: Vec<LaunchType>,
    /// CPU of the whole task, a hard limit: CPU units (`1024`) or vCPUs (`1 vCPU`). Needed on Fargate, in one
    /// of its sizes; 128 to 196608 units on EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Size>,
    /// Memory of the whole task, a hard limit: MiB (`2048`) or GB (`2 GB`). Needed on Fargate, in one of the
    /// sizes that go with `cpu`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Size>,
    /// Tags of the task definition, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub tags: Vec<Tag>,
    /// Processes that the containers see: `task` those of each other, `host` those of the node (not on
    /// Fargate). Without it each sees its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid_mode: Option<PidMode>,
    /// Shared memory and message queues of the containers: `task` shares them within the task, `host` with
    /// the node, `none` with nobody. Not on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipc_mode: Option<IpcMode>,
    /// The App Mesh proxy of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_configuration: Option<ProxyConfiguration>,
    /// Elastic Inference accelerators of the task, which AWS has discontinued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inference_accelerators: Vec<InferenceAccelerator>,
    /// Disk space of the task. Fargate only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<EphemeralStorage>,
    /// Processor architecture and operating system that the task needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_platform: Option<RuntimePlatform>,
    /// Whether containers of the task may ask for faults to be injected, for tests. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_fault_injection: Option<bool>,
    /// How strictly the task is isolated from others on its instance. Managed Instances only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_execution_configuration: Option<TrustedExecutionConfiguration>,
    /// What ECS has no word for. Optional: an ECS definition without it works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<TaskDefinitionKubernetes>,
}

/// Options of a task definition that ECS has no word for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDefinitionKubernetes {
    /// The lowest number that the next registered revision may get. An import writes the number that the
    /// family has on ECS, so that `web:42` is 42 in a new cluster as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub revision: Option<i64>,
    /// Revisions that are deregistered: what runs them keeps running, nothing new may reference them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "set"))]
    pub deregistered: Vec<i64>,
    /// Options by container name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub containers: BTreeMap<String, ContainerKubernetes>,
    /// What happens when an essential container exits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essential_exit: Option<EssentialExit>,
    /// Where the content of each `environmentFiles` entry is found in the cluster.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(
        length(max = 100),
        extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["arn"])
    )]
    pub environment_files: Vec<EnvironmentFileMapping>,
}

/// Options of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerKubernetes {
    /// When the image is pulled; without it `IfNotPresent` for digests and fixed tags, `Always` for no tag
    /// and `latest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<ImagePullPolicy>,
    /// How a non-essential container that ends by itself is run inside a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_shot: Option<OneShot>,
    /// Wrap the command so that a COMPLETE dependency is met by any exit code. Needs a shell in the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrap_complete: Option<bool>,
}

/// When the kubelet pulls an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum ImagePullPolicy {
    Always,
    IfNotPresent,
    Never,
}

impl ImagePullPolicy {
    /// The spelling in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::IfNotPresent => "IfNotPresent",
            Self::Never => "Never",
        }
    }
}

/// How a container that ends by itself is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member that uses it")]
pub enum OneShot {
    Init,
    Job,
    Shim,
}

/// What happens when an essential container exits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "explained on the member that uses it")]
pub enum EssentialExit {
    RestartContainer,
    RestartTaskInPlace,
    ReplaceTask,
}

/// Says which ConfigMap or Secret holds what an S3 environment file holds on ECS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentFileMapping {
    /// ARN of the S3 object, as `environmentFiles[].value` has it.
    pub arn: String,
    /// Name of a ConfigMap in the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<String>,
    /// Name of a Secret in the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<String>,
}

/// What is known of a family: its registered revisions and what its definition lost in translation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskDefinitionStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// `Ready`, `Reconciling`, `Stalled`, `Fidelity`.
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// Newest registered revision, as `family:revision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Number of the newest registered revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// Hash of the definition that it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec_hash: Option<String>,
    /// What cannot be translated exactly; at most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub findings: Vec<Finding>,
    /// Findings beyond the 64 that are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub findings_omitted: Option<i64>,
}
