//! Container definitions: what one container of a task runs, and how it is ordered, checked and restarted.

use super::environment::{EnvironmentFile, KeyValuePair, Secret};
use super::linux::{LinuxParameters, ResourceRequirement, SystemControl, Ulimit};
use super::logging::{FirelensConfiguration, LogConfiguration};
use super::network::{HostEntry, PortMapping};
use super::volume::{MountPoint, VolumeFrom};
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One container of a task. Every task has at least one essential container and at most 10 containers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDefinition {
    /// Name of the container, unique in the task: 1 to 255 letters, digits, `-` and `_`. Needed for
    /// registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Image to run, as `repository:tag` or `repository@sha256:digest`; without a tag `latest` is meant.
    /// Needed for registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Credentials for a private registry other than ECR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_credentials: Option<RepositoryCredentials>,
    /// CPU units of the container; 1024 units are one vCPU, the default is 0. On Linux these are relative
    /// shares, on Windows an absolute limit; the sum over all containers may not exceed the task's `cpu`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<i32>,
    /// Hard memory limit in MiB, at least 6: a container that exceeds it is killed. On EC2, `memory` or
    /// `memoryReservation` is needed unless the task has a `memory` of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<i32>,
    /// Memory in MiB that is set aside for the container, below `memory` where both are given. The container
    /// may use more while its node has memory to spare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<i32>,
    /// Containers of the same task that are reachable by name without a port mapping, as `name` or
    /// `name:alias`. Network mode `bridge` only, not on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Ports that the container listens on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub port_mappings: Vec<PortMapping>,
    /// Whether the whole task stops when this container stops, for whatever reason. Default true; at least
    /// one container has to be essential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essential: Option<bool>,
    /// Restarts the container in place instead of letting it stop. Without it an exited container stays down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<ContainerRestartPolicy>,
    /// Entry point in exec form, in place of the image's ENTRYPOINT. Given without `command`, the image's CMD
    /// is dropped too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_point: Vec<String>,
    /// Arguments in exec form, in place of the image's CMD.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Environment variables in plain text. They win over `environmentFiles`, and `secrets` win over them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<KeyValuePair>,
    /// Files with environment variables, at most 10. The first file that sets a variable wins, and only where
    /// `environment` does not set it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub environment_files: Vec<EnvironmentFile>,
    /// Volumes of the task that are mounted into the container.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mount_points: Vec<MountPoint>,
    /// Containers of the same task whose mounts are repeated here; each of them also starts before this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes_from: Vec<VolumeFrom>,
    /// Settings of the Linux kernel for this container: capabilities, devices, shared memory, swap. Not for
    /// Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux_parameters: Option<LinuxParameters>,
    /// Environment variables whose values come from Secrets Manager or Parameter Store, read once when the
    /// container starts. Needs `executionRoleArn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Containers that have to reach a condition before this one starts; stopping goes the other way round.
    /// Conditions are looked at during start only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ContainerDependency>,
    /// Seconds within which this container has to reach the condition that others wait for, counted from its
    /// start; 2 to 120 on Fargate. Without it there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_timeout: Option<i32>,
    /// Seconds between the stop signal and SIGKILL; default 30, on Fargate 2 to 120.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i32>,
    /// Whether the tag of the image is resolved to a digest once per deployment, so that all its tasks run
    /// the same image (`enabled`, the default), or for each task anew (`disabled`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_consistency: Option<VersionConsistency>,
    /// Host name inside the container. Not with network mode `awsvpc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// User to run as: `user`, `user:group`, `uid`, `uid:gid`, `user:gid` or `uid:group`. Default is the
    /// image's USER; not for Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Directory in which the command runs. Default is the image's WORKDIR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
    /// Turns networking off in the container. Default false; not on Fargate and not with `awsvpc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_networking: Option<bool>,
    /// Gives the container root's powers on its node. Default false; not on Fargate and not for Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// Makes the container's root file system read-only. Default false; not for Windows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readonly_root_filesystem: Option<bool>,
    /// Addresses of the DNS servers to use instead of the node's. Not on Fargate, not with `awsvpc`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_servers: Vec<String>,
    /// Domains in which short names are looked up. Not on Fargate, not with `awsvpc`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_search_domains: Vec<String>,
    /// Lines to add to /etc/hosts. Not on Fargate, not with `awsvpc`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<HostEntry>,
    /// Security options: `no-new-privileges`, `apparmor:PROFILE`, `label:VALUE` (SELinux) or
    /// `credentialspec:PATH`. Not on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docker_security_options: Vec<String>,
    /// Keeps standard input open. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactive: Option<bool>,
    /// Allocates a terminal. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudo_terminal: Option<bool>,
    /// Labels of the container, free text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub docker_labels: BTreeMap<String, String>,
    /// Resource limits of the container's processes. On Fargate `nofile` is 65535 unless it is set here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// Where standard output and standard error of the container go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_configuration: Option<LogConfiguration>,
    /// Command that decides whether the container is healthy. A HEALTHCHECK of the image is never looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// Kernel parameters (sysctls) to set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system_controls: Vec<SystemControl>,
    /// GPUs and other devices that the container needs to itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_requirements: Vec<ResourceRequirement>,
    /// Makes this container the log router of the task; at most one per task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firelens_configuration: Option<FirelensConfiguration>,
    /// Credential spec for a group managed service account, at most one: `credentialspec:ARN` or
    /// `credentialspecdomainless:ARN`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    pub credential_specs: Vec<String>,
}

/// Credentials for a private registry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryCredentials {
    /// ARN (in the same Region also the name) of a Secrets Manager secret that holds `username` and
    /// `password` as JSON. The execution role reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub credentials_parameter: Option<String>,
}

/// When a container is restarted in place. Essential containers may have one too: the task goes on while they
/// restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRestartPolicy {
    /// Whether the container is restarted when it exits, with any exit code including 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enabled: Option<bool>,
    /// Exit codes after which the container is not restarted; at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub ignored_exit_codes: Vec<i32>,
    /// Seconds for which the container has to have run before it may be restarted, 60 to 1800; default 300.
    /// One that exits sooner stays down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_attempt_period: Option<i32>,
}

/// A container that has to be in a certain state before the one that declares this starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDependency {
    /// Name of the container to wait for, in the same task.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_name: Option<String>,
    /// START: it runs or has run. COMPLETE: it has exited. SUCCESS: it has exited with 0. HEALTHY: its health
    /// check passes. COMPLETE and SUCCESS need a non-essential container, HEALTHY one with `healthCheck`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub condition: Option<ContainerCondition>,
}

/// How the health of a container is measured. The essential containers with a check decide the health of the
/// task, and unhealthy tasks of a service are replaced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// Command to run in the container: `CMD` and its arguments, or `CMD-SHELL` and one line for the default
    /// shell. Exit code 0 means healthy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required)]
    pub command: Vec<String>,
    /// Seconds between checks, 5 to 300; default 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i32>,
    /// Seconds after which a check counts as failed, 2 to 60; default 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i32>,
    /// Failures in a row that make the container unhealthy, 1 to 10; default 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<i32>,
    /// Seconds after the start during which failures do not count, 0 to 300; default 0. The first success
    /// ends the period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<i32>,
}

ecs_enum! {
    /// Whether tags are pinned to digests per deployment.
    VersionConsistency { Enabled = "enabled", Disabled = "disabled" }
}

ecs_enum! {
    /// State of a container that another one waits for.
    ContainerCondition { Start = "START", Complete = "COMPLETE", Success = "SUCCESS", Healthy = "HEALTHY" }
}
