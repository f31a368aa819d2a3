//! File systems in memory, process limits and kernel parameters.

use k8s_openapi::api::core::v1::{Container, EmptyDirVolumeSource, Sysctl, Volume, VolumeMount};

use super::units::memory;
use crate::model::Task;
use crate::model::limits::Tmpfs;
use crate::model::validate::limits::SHARED_MEMORY;

/// The file systems in memory of a container, by the name of their volume. Names that start with a digit are never
/// those of a definition's volumes, which start with a letter.
fn in_memory(task: &Task, place: usize) -> Vec<(String, Tmpfs)> {
    let limits = &task.containers[place].limits;
    let shared = limits.shared_memory.map(|size| {
        let path = SHARED_MEMORY.to_owned();
        (format!("{place}-shm"), Tmpfs { path, size, read_only: false })
    });
    let tmpfs = limits.tmpfs.iter().enumerate();
    let tmpfs = tmpfs.map(|(i, tmpfs)| (format!("{place}-tmpfs-{i}"), tmpfs.clone()));
    shared.into_iter().chain(tmpfs).collect()
}

/// The volumes in memory of the task.
pub(super) fn volumes(task: &Task) -> Vec<Volume> {
    let all = (0..task.containers.len()).flat_map(|place| in_memory(task, place));
    all.map(|(name, tmpfs)| Volume {
        name,
        empty_dir: Some(EmptyDirVolumeSource {
            medium: Some("Memory".to_owned()),
            size_limit: Some(memory(tmpfs.size)),
            ..EmptyDirVolumeSource::default()
        }),
        ..Volume::default()
    })
    .collect()
}

/// Mounts what the container has in memory.
pub(super) fn mount(task: &Task, place: usize, made: &mut Container) {
    for (name, tmpfs) in in_memory(task, place) {
        made.volume_mounts.get_or_insert_default().push(VolumeMount {
            name,
            mount_path: tmpfs.path,
            read_only: tmpfs.read_only.then_some(true),
            ..VolumeMount::default()
        });
    }
}

/// Kernel parameters of the pod.
pub(super) fn sysctls(task: &Task) -> Vec<Sysctl> {
    let all = task.sysctls.iter();
    all.map(|(name, value)| Sysctl { name: name.clone(), value: value.clone() }).collect()
}

/// Prefix of the annotations that containerd's NRI plugin `ulimit-adjuster` reads.
const ULIMITS: &str = "ulimits.nri.containerd.io/";
/// Longest name in an annotation's key.
const KEY: usize = 63;

/// Process limits, for nodes that run the plugin which applies them.
pub(super) fn annotations(task: &Task) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for container in task.containers.iter().filter(|c| !c.limits.ulimits.is_empty()) {
        let name = format!("container.{}", container.name.label);
        if name.len() > KEY {
            continue;
        }
        // The plugin takes the number that the kernel has for no limit.
        let number = |limit: i32| u64::try_from(limit).unwrap_or(u64::MAX);
        let lines = container.limits.ulimits.iter().map(|limit| {
            let kind = limit.name.as_str().to_uppercase();
            format!("- type: RLIMIT_{kind}\n  soft: {}\n  hard: {}\n", number(limit.soft), number(limit.hard))
        });
        all.push((format!("{ULIMITS}{name}"), lines.collect()));
    }
    all
}
