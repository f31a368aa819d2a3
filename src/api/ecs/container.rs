//! DOC module container

use super::environment::{EnvironmentFile, KeyValuePair, Secret};
use super::linux::{LinuxParameters, ResourceRequirement, SystemControl, Ulimit};
use super::logging::{FirelensConfiguration, LogConfiguration};
use super::network::{HostEntry, PortMapping};
use super::volume::{MountPoint, VolumeFrom};
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// DOC ContainerDefinition
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDefinition {
    /// DOC ContainerDefinition.name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// DOC ContainerDefinition.image
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// DOC ContainerDefinition.repositoryCredentials
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_credentials: Option<RepositoryCredentials>,
    /// DOC ContainerDefinition.cpu
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<i32>,
    /// DOC ContainerDefinition.memory
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<i32>,
    /// DOC ContainerDefinition.memoryReservation
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<i32>,
    /// DOC ContainerDefinition.links
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// DOC ContainerDefinition.portMappings
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub port_mappings: Vec<PortMapping>,
    /// DOC ContainerDefinition.essential
    #[serde(skip_serializing_if = "Option::is_none")]
    pub essential: Option<bool>,
    /// DOC ContainerDefinition.restartPolicy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_policy: Option<ContainerRestartPolicy>,
    /// DOC ContainerDefinition.entryPoint
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_point: Vec<String>,
    /// DOC ContainerDefinition.command
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// DOC ContainerDefinition.environment
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<KeyValuePair>,
    /// DOC ContainerDefinition.environmentFiles
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environment_files: Vec<EnvironmentFile>,
    /// DOC ContainerDefinition.mountPoints
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mount_points: Vec<MountPoint>,
    /// DOC ContainerDefinition.volumesFrom
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes_from: Vec<VolumeFrom>,
    /// DOC ContainerDefinition.linuxParameters
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux_parameters: Option<LinuxParameters>,
    /// DOC ContainerDefinition.secrets
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// DOC ContainerDefinition.dependsOn
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ContainerDependency>,
    /// DOC ContainerDefinition.startTimeout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_timeout: Option<i32>,
    /// DOC ContainerDefinition.stopTimeout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i32>,
    /// DOC ContainerDefinition.versionConsistency
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_consistency: Option<VersionConsistency>,
    /// DOC ContainerDefinition.hostname
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// DOC ContainerDefinition.user
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// DOC ContainerDefinition.workingDirectory
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
    /// DOC ContainerDefinition.disableNetworking
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_networking: Option<bool>,
    /// DOC ContainerDefinition.privileged
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privileged: Option<bool>,
    /// DOC ContainerDefinition.readonlyRootFilesystem
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readonly_root_filesystem: Option<bool>,
    /// DOC ContainerDefinition.dnsServers
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_servers: Vec<String>,
    /// DOC ContainerDefinition.dnsSearchDomains
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_search_domains: Vec<String>,
    /// DOC ContainerDefinition.extraHosts
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_hosts: Vec<HostEntry>,
    /// DOC ContainerDefinition.dockerSecurityOptions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub docker_security_options: Vec<String>,
    /// DOC ContainerDefinition.interactive
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interactive: Option<bool>,
    /// DOC ContainerDefinition.pseudoTerminal
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pseudo_terminal: Option<bool>,
    /// DOC ContainerDefinition.dockerLabels
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub docker_labels: BTreeMap<String, String>,
    /// DOC ContainerDefinition.ulimits
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ulimits: Vec<Ulimit>,
    /// DOC ContainerDefinition.logConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_configuration: Option<LogConfiguration>,
    /// DOC ContainerDefinition.healthCheck
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// DOC ContainerDefinition.systemControls
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system_controls: Vec<SystemControl>,
    /// DOC ContainerDefinition.resourceRequirements
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_requirements: Vec<ResourceRequirement>,
    /// DOC ContainerDefinition.firelensConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firelens_configuration: Option<FirelensConfiguration>,
    /// DOC ContainerDefinition.credentialSpecs
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credential_specs: Vec<String>,
}

/// DOC RepositoryCredentials
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryCredentials {
    /// DOC RepositoryCredentials.credentialsParameter
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub credentials_parameter: Option<String>,
}

/// DOC ContainerRestartPolicy
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerRestartPolicy {
    /// DOC ContainerRestartPolicy.enabled
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enabled: Option<bool>,
    /// DOC ContainerRestartPolicy.ignoredExitCodes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored_exit_codes: Vec<i32>,
    /// DOC ContainerRestartPolicy.restartAttemptPeriod
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_attempt_period: Option<i32>,
}

/// DOC ContainerDependency
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDependency {
    /// DOC ContainerDependency.containerName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_name: Option<String>,
    /// DOC ContainerDependency.condition
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub condition: Option<ContainerCondition>,
}

/// DOC HealthCheck
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// DOC HealthCheck.command
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub command: Vec<String>,
    /// DOC HealthCheck.interval
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<i32>,
    /// DOC HealthCheck.timeout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i32>,
    /// DOC HealthCheck.retries
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<i32>,
    /// DOC HealthCheck.startPeriod
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period: Option<i32>,
}

ecs_enum! {
    /// DOC enum VersionConsistency
    VersionConsistency { Enabled = "enabled", Disabled = "disabled" }
}

ecs_enum! {
    /// DOC enum ContainerCondition
    ContainerCondition { Start = "START", Complete = "COMPLETE", Success = "SUCCESS", Healthy = "HEALTHY" }
}
