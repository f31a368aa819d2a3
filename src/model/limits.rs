//! What a container gets of the machine besides CPU and memory.

use crate::api::ecs::UlimitName;
use crate::model::units::Mebibytes;

/// Devices, file systems in memory and process limits of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Whole GPUs.
    pub gpus: u32,
    /// Size of `/dev/shm`, where it is not the runtime's 64 MiB.
    pub shared_memory: Option<Mebibytes>,
    /// File systems in memory.
    pub tmpfs: Vec<Tmpfs>,
    /// Limits of its processes.
    pub ulimits: Vec<Ulimit>,
}

/// A file system in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tmpfs {
    /// Absolute path in the container.
    pub path: String,
    /// Largest size.
    pub size: Mebibytes,
    /// Whether the container must not write to it.
    pub read_only: bool,
}

/// A limit of setrlimit(2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ulimit {
    /// Which.
    pub name: UlimitName,
    /// In force; -1 is no limit.
    pub soft: i32,
    /// The most that a process may set; -1 is no limit.
    pub hard: i32,
}
