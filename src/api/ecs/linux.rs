//! DOC module linux

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC LinuxParameters
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinuxParameters {
    /// DOC LinuxParameters.capabilities
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<KernelCapabilities>,
    /// DOC LinuxParameters.devices
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// DOC LinuxParameters.initProcessEnabled
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_process_enabled: Option<bool>,
    /// DOC LinuxParameters.sharedMemorySize
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_memory_size: Option<i32>,
    /// DOC LinuxParameters.tmpfs
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<Tmpfs>,
    /// DOC LinuxParameters.maxSwap
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_swap: Option<i32>,
    /// DOC LinuxParameters.swappiness
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swappiness: Option<i32>,
}

/// DOC KernelCapabilities
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KernelCapabilities {
    /// DOC KernelCapabilities.add
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// DOC KernelCapabilities.drop
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// DOC Device
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// DOC Device.hostPath
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub host_path: Option<String>,
    /// DOC Device.containerPath
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_path: Option<String>,
    /// DOC Device.permissions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<DevicePermission>,
}

/// DOC Tmpfs
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tmpfs {
    /// DOC Tmpfs.containerPath
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_path: Option<String>,
    /// DOC Tmpfs.size
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub size: Option<i32>,
    /// DOC Tmpfs.mountOptions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mount_options: Vec<String>,
}

/// DOC Ulimit
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ulimit {
    /// DOC Ulimit.name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<UlimitName>,
    /// DOC Ulimit.softLimit
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub soft_limit: Option<i32>,
    /// DOC Ulimit.hardLimit
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub hard_limit: Option<i32>,
}

/// DOC SystemControl
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemControl {
    /// DOC SystemControl.namespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// DOC SystemControl.value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// DOC ResourceRequirement
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequirement {
    /// DOC ResourceRequirement.value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// DOC ResourceRequirement.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<ResourceType>,
    /// DOC ResourceRequirement.sharingStrategy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing_strategy: Option<SharingStrategy>,
}

/// DOC SharingStrategy
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharingStrategy {
    /// DOC SharingStrategy.nvidiaMps
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvidia_mps: Option<NvidiaMpsAllocation>,
}

/// DOC NvidiaMpsAllocation
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NvidiaMpsAllocation {
    /// DOC NvidiaMpsAllocation.memory
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 1))]
    pub memory: Option<i32>,
    /// DOC NvidiaMpsAllocation.maxComputePercent
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub max_compute_percent: Option<i32>,
}

ecs_enum! {
    /// DOC enum DevicePermission
    DevicePermission { Read = "read", Write = "write", Mknod = "mknod" }
}

ecs_enum! {
    /// DOC enum UlimitName
    UlimitName { Core = "core", Cpu = "cpu", Data = "data", Fsize = "fsize", Locks = "locks", Memlock = "memlock", Msgqueue = "msgqueue", Nice = "nice", Nofile = "nofile", Nproc = "nproc", Rss = "rss", Rtprio = "rtprio", Rttime = "rttime", Sigpending = "sigpending", Stack = "stack" }
}

ecs_enum! {
    /// DOC enum ResourceType
    ResourceType { Gpu = "GPU", InferenceAccelerator = "InferenceAccelerator", NeuronDevice = "NeuronDevice" }
}
