//! DOC module platform

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC RuntimePlatform
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuntimePlatform {
    /// DOC RuntimePlatform.cpuArchitecture
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<CpuArchitecture>,
    /// DOC RuntimePlatform.operatingSystemFamily
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system_family: Option<OsFamily>,
}

/// DOC TrustedExecutionConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustedExecutionConfiguration {
    /// DOC TrustedExecutionConfiguration.isolationMode
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub isolation_mode: Option<IsolationMode>,
    /// DOC TrustedExecutionConfiguration.attestationPolicy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation_policy: Option<String>,
}

/// DOC InferenceAccelerator
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InferenceAccelerator {
    /// DOC InferenceAccelerator.deviceName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub device_name: Option<String>,
    /// DOC InferenceAccelerator.deviceType
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub device_type: Option<String>,
}

/// DOC Tag
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// DOC Tag.key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// DOC Tag.value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

ecs_enum! {
    /// DOC enum PropagateTags
    PropagateTags { TaskDefinition = "TASK_DEFINITION", Service = "SERVICE", None = "NONE" }
}

ecs_enum! {
    /// DOC enum CpuArchitecture
    CpuArchitecture { X86_64 = "X86_64", Arm64 = "ARM64" }
}

ecs_enum! {
    /// DOC enum OsFamily
    OsFamily { WindowsServer2019Full = "WINDOWS_SERVER_2019_FULL", WindowsServer2019Core = "WINDOWS_SERVER_2019_CORE", WindowsServer2016Full = "WINDOWS_SERVER_2016_FULL", WindowsServer2004Core = "WINDOWS_SERVER_2004_CORE", WindowsServer2022Core = "WINDOWS_SERVER_2022_CORE", WindowsServer2022Full = "WINDOWS_SERVER_2022_FULL", WindowsServer2025Core = "WINDOWS_SERVER_2025_CORE", WindowsServer2025Full = "WINDOWS_SERVER_2025_FULL", WindowsServer20h2Core = "WINDOWS_SERVER_20H2_CORE", Linux = "LINUX" }
}

ecs_enum! {
    /// DOC enum IsolationMode
    IsolationMode { Shared = "SHARED", IsolatedSandbox = "ISOLATED_SANDBOX", ConfidentialSandbox = "CONFIDENTIAL_SANDBOX" }
}

ecs_enum! {
    /// DOC enum LaunchType
    LaunchType { Ec2 = "EC2", Fargate = "FARGATE", External = "EXTERNAL", ManagedInstances = "MANAGED_INSTANCES" }
}

ecs_enum! {
    /// DOC enum PidMode
    PidMode { Host = "host", Task = "task" }
}

ecs_enum! {
    /// DOC enum IpcMode
    IpcMode { Host = "host", Task = "task", None = "none" }
}
