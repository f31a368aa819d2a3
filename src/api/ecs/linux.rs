//! Linux kernel settings, limits and devices of a container.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the Linux kernel for one container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinuxParameters {
    /// Kernel capabilities to add to and drop from Docker's default set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<KernelCapabilities>,
    /// Devices of the node that the container may use. Not on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
    /// Runs an init process as PID 1 that forwards signals and reaps zombies. Default false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_process_enabled: Option<bool>,
    /// Size of /dev/shm in MiB; default 64. Not on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared_memory_size: Option<i32>,
    /// File systems in memory to mount. Not on Fargate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tmpfs: Vec<Tmpfs>,
    /// Swap in MiB that the container may use in addition to its memory; 0 turns swap off. Not on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_swap: Option<i32>,
    /// How readily pages are swapped out, 0 to 100; default 60. Ignored without `maxSwap`; not on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swappiness: Option<i32>,
}

/// Changes to the default set of kernel capabilities: drops come first, then additions. A privileged
/// container ignores both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KernelCapabilities {
    /// Capabilities to add, without the `CAP_` prefix, or ALL. On Fargate only SYS_PTRACE.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<String>,
    /// Capabilities to drop, without the `CAP_` prefix, or ALL.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop: Vec<String>,
}

/// A device of the node.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Path of the device on the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub host_path: Option<String>,
    /// Path in the container; default is the path on the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_path: Option<String>,
    /// What the container may do with it: `read`, `write`, `mknod`. Default is all three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<DevicePermission>,
}

/// A file system in memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tmpfs {
    /// Absolute path in the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_path: Option<String>,
    /// Largest size in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub size: Option<i32>,
    /// Mount options, for example `ro`, `noexec` or `mode=1777`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mount_options: Vec<String>,
}

/// A resource limit of the container's processes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ulimit {
    /// Which limit, for example `nofile` (open files) or `nproc` (processes).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<UlimitName>,
    /// The limit in force, which a process may raise up to the hard limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub soft_limit: Option<i32>,
    /// The highest value that a process may set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub hard_limit: Option<i32>,
}

/// A kernel parameter (sysctl).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemControl {
    /// Name of the parameter: `net.*`, `fs.mqueue.*`, or one of the `kernel.*` parameters of System V IPC.
    /// Not `net.*` with network mode `host`, not the IPC ones with `ipcMode` `host`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its value, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// Devices that a container needs to itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceRequirement {
    /// For GPU a whole number of physical GPUs or `ALL`, for NeuronDevice `ALL`, for InferenceAccelerator a
    /// device name of the task. Exclusive with `sharingStrategy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Kind of device: GPU, NeuronDevice (Managed Instances only), or InferenceAccelerator, which AWS has
    /// discontinued.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<ResourceType>,
    /// Shares one GPU between containers instead of giving whole ones. EC2 and Managed Instances only; all
    /// GPU containers of a task have to do the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharing_strategy: Option<SharingStrategy>,
}

/// How a GPU is shared between containers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharingStrategy {
    /// The container's share through NVIDIA's Multi-Process Service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvidia_mps: Option<NvidiaMpsAllocation>,
}

/// The share of a GPU that a container gets through NVIDIA's Multi-Process Service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NvidiaMpsAllocation {
    /// GPU memory in MiB that the container may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 1))]
    pub memory: Option<i32>,
    /// Largest share of the GPU's threads that the container may use, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub max_compute_percent: Option<i32>,
}

ecs_enum! {
    /// What a container may do with a device.
    DevicePermission { Read = "read", Write = "write", Mknod = "mknod" }
}

ecs_enum! {
    /// The limits of setrlimit(2), in Docker's spelling.
    UlimitName {
        Core = "core",
        Cpu = "cpu",
        Data = "data",
        Fsize = "fsize",
        Locks = "locks",
        Memlock = "memlock",
        Msgqueue = "msgqueue",
        Nice = "nice",
        Nofile = "nofile",
        Nproc = "nproc",
        Rss = "rss",
        Rtprio = "rtprio",
        Rttime = "rttime",
        Sigpending = "sigpending",
        Stack = "stack",
    }
}

ecs_enum! {
    /// Kinds of devices that can be required.
    ResourceType { Gpu = "GPU", InferenceAccelerator = "InferenceAccelerator", NeuronDevice = "NeuronDevice" }
}
