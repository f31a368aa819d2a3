//! What a task runs on, and the tags that everything has.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Processor architecture and operating system that a task needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuntimePlatform {
    /// Processor architecture; on Fargate X86_64 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<CpuArchitecture>,
    /// Operating system; LINUX by default on Fargate, and needed for Windows there. Windows containers need a
    /// node of exactly their version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operating_system_family: Option<OsFamily>,
}

/// How strictly a task is isolated from the others on its instance. Managed Instances only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustedExecutionConfiguration {
    /// SHARED: no more than usual. ISOLATED_SANDBOX: in a small virtual machine of its own.
    /// CONFIDENTIAL_SANDBOX: in one that proves what it runs and that its host cannot look into.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub isolation_mode: Option<IsolationMode>,
    /// Base64-encoded policy of what may run in the sandbox. Needed for CONFIDENTIAL_SANDBOX.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation_policy: Option<String>,
}

/// An Elastic Inference accelerator. AWS discontinued the service in April 2023.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InferenceAccelerator {
    /// Name by which `resourceRequirements` of a container refer to the accelerator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub device_name: Option<String>,
    /// Type of the accelerator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub device_type: Option<String>,
}

/// A tag of an AWS resource.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// Key, 1 to 128 characters, unique in the list. The prefix `aws:` is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Value, up to 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

ecs_enum! {
    /// Whose tags new tasks (or their volumes) get.
    PropagateTags { TaskDefinition = "TASK_DEFINITION", Service = "SERVICE", None = "NONE" }
}

ecs_enum! {
    /// Processor architectures.
    CpuArchitecture { X86_64 = "X86_64", Arm64 = "ARM64" }
}

ecs_enum! {
    /// Operating systems.
    OsFamily {
        WindowsServer2019Full = "WINDOWS_SERVER_2019_FULL",
        WindowsServer2019Core = "WINDOWS_SERVER_2019_CORE",
        WindowsServer2016Full = "WINDOWS_SERVER_2016_FULL",
        WindowsServer2004Core = "WINDOWS_SERVER_2004_CORE",
        WindowsServer2022Core = "WINDOWS_SERVER_2022_CORE",
        WindowsServer2022Full = "WINDOWS_SERVER_2022_FULL",
        WindowsServer2025Core = "WINDOWS_SERVER_2025_CORE",
        WindowsServer2025Full = "WINDOWS_SERVER_2025_FULL",
        WindowsServer20h2Core = "WINDOWS_SERVER_20H2_CORE",
        Linux = "LINUX",
    }
}

ecs_enum! {
    /// How a task is isolated from others on its instance.
    IsolationMode {
        Shared = "SHARED",
        IsolatedSandbox = "ISOLATED_SANDBOX",
        ConfidentialSandbox = "CONFIDENTIAL_SANDBOX",
    }
}

ecs_enum! {
    /// Kinds of infrastructure that run tasks.
    LaunchType {
        Ec2 = "EC2",
        Fargate = "FARGATE",
        External = "EXTERNAL",
        ManagedInstances = "MANAGED_INSTANCES",
    }
}

ecs_enum! {
    /// Whose processes the containers of a task see.
    PidMode { Host = "host", Task = "task" }
}

ecs_enum! {
    /// Whose System V IPC and POSIX message queues the containers of a task use.
    IpcMode { Host = "host", Task = "task", None = "none" }
}
