//! Devices, file systems in memory, process limits and disk space.

use super::mounts::place;
use super::{Report, set};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, LinuxParameters, ResourceType};
use crate::finding::{Code, Path};
use crate::model::limits::{Limits, Tmpfs, Ulimit};
use crate::model::task::{Mount, Os};
use crate::model::units::Mebibytes;

/// Mount options that a volume in memory has anyway.
const GIVEN: &[&str] = &["defaults", "rw", "exec", "suid", "dev", "relatime", "async", "diratime"];

/// Every mount option that ECS knows; some take a value. Source: Tmpfs `mountOptions`.
const KNOWN: &[&str] = &[
    "defaults",
    "ro",
    "rw",
    "suid",
    "nosuid",
    "dev",
    "nodev",
    "exec",
    "noexec",
    "sync",
    "async",
    "dirsync",
    "remount",
    "mand",
    "nomand",
    "atime",
    "noatime",
    "diratime",
    "nodiratime",
    "bind",
    "rbind",
    "unbindable",
    "runbindable",
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "relatime",
    "norelatime",
    "strictatime",
    "nostrictatime",
    "mode",
    "uid",
    "gid",
    "nr_inodes",
    "nr_blocks",
    "mpol",
];

pub(super) fn of_container(
    definition: &ContainerDefinition,
    mounts: &[Mount],
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Limits {
    let mut limits = Limits {
        gpus: gpus(definition, path.member("resourceRequirements"), report),
        ulimits: ulimits(definition, path.member("ulimits"), report),
        ..Limits::default()
    };
    if let Some(linux) = &definition.linux_parameters {
        let path = path.member("linuxParameters");
        report.within(linux.max_swap, 0..=i32::MAX, path.member("maxSwap"));
        report.within(linux.swappiness, 0..=100, path.member("swappiness"));
        report.within(linux.shared_memory_size, 0..=i32::MAX, path.member("sharedMemorySize"));
        limits.shared_memory = mebibytes(linux.shared_memory_size);
        let mut taken: Vec<String> = mounts.iter().map(|m| place(&m.path, os)).collect();
        if limits.shared_memory.is_some() {
            let shared = place(SHARED_MEMORY, os);
            if taken.contains(&shared) {
                twice(SHARED_MEMORY, path.member("sharedMemorySize"), report);
            }
            taken.push(shared);
        }
        limits.tmpfs = tmpfs(linux, taken, os, path.member("tmpfs"), report);
    }
    limits
}

/// Where System V and POSIX shared memory lives.
pub(crate) const SHARED_MEMORY: &str = "/dev/shm";

fn mebibytes(size: Option<i32>) -> Option<Mebibytes> {
    size.and_then(|s| u32::try_from(s).ok()).filter(|s| *s > 0).map(Mebibytes)
}

fn gpus(definition: &ContainerDefinition, list: Path<'_>, report: &mut Report<'_>) -> u32 {
    let mut gpus = 0u32;
    for (i, required) in definition.resource_requirements.iter().enumerate() {
        let path = list.index(i);
        let value = set(required.value.as_deref());
        let Some(kind) = required.type_ else {
            report.add(Code::MissingMember, path.member("type"), "type is required.");
            continue;
        };
        let remedy = |resource: &str| {
            format!("Ask for {resource} under resources.limits in the service's kubernetes.podTemplate.")
        };
        match (kind, value) {
            (ResourceType::Gpu, Some(_)) if required.sharing_strategy.is_some() => report.advise(
                Code::InvalidValue,
                path.member("sharingStrategy"),
                "value and sharingStrategy exclude each other.",
                "Take one of them out.",
            ),
            (ResourceType::NeuronDevice, value) if value != Some("ALL") => report.advise(
                Code::InvalidValue,
                path.member("value"),
                "A container takes all Neuron devices of its instance.",
                "Set value to ALL.",
            ),
            (ResourceType::InferenceAccelerator, _) => report.add(
                Code::NotApplicable,
                path,
                "AWS has ended Elastic Inference; there is nothing to ask for.",
            ),
            (ResourceType::NeuronDevice, _) => report.advise(
                Code::DeviceNotRequested,
                path,
                "How many Neuron devices a node has is not known here, so none is asked for.",
                remedy("aws.amazon.com/neuron"),
            ),
            (ResourceType::Gpu, None) if required.sharing_strategy.is_some() => {
                gpus = 1;
                report.advise(
                    Code::GpuShareNotApplied,
                    path.member("sharingStrategy"),
                    "One nvidia.com/gpu is asked for; whether that is a share, and how large, is up to the node.",
                    "Let the NVIDIA device plugin share GPUs through MPS on the nodes of this task.",
                );
            }
            (ResourceType::Gpu, Some("ALL")) => report.advise(
                Code::DeviceNotRequested,
                path.member("value"),
                "How many GPUs a node has is not known here, so none is asked for.",
                "Write the number of GPUs that the nodes have.",
            ),
            (ResourceType::Gpu, Some(text)) => match text.parse::<u32>() {
                Ok(count @ 1..=1024) => gpus = gpus.saturating_add(count),
                _ => report.add(
                    Code::InvalidValue,
                    path.member("value"),
                    format!("{text:?} is no number of GPUs."),
                ),
            },
            (ResourceType::Gpu, None) => {
                report.add(Code::MissingMember, path.member("value"), "value is required.");
            }
        }
    }
    gpus
}

/// What containers have to agree on about devices. Source: `resourceRequirements` and `sharingStrategy`.
pub(super) fn of_task(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let (mut shared, mut neuron) = (None, false);
    for (i, definition) in spec.container_definitions.iter().enumerate() {
        let element = list.index(i);
        let required = element.member("resourceRequirements");
        for (j, one) in definition.resource_requirements.iter().enumerate() {
            let path = required.index(j);
            match one.type_ {
                Some(ResourceType::Gpu) => {
                    let own = one.sharing_strategy.is_some();
                    if *shared.get_or_insert(own) != own {
                        report.add(
                            Code::InvalidValue,
                            path,
                            "Either all containers of a task share GPUs, or none does.",
                        );
                    }
                }
                Some(ResourceType::NeuronDevice) if std::mem::replace(&mut neuron, true) => {
                    report.add(Code::InvalidValue, path, "One container of a task has the Neuron devices.");
                }
                _ => {}
            }
        }
    }
}

fn ulimits(definition: &ContainerDefinition, list: Path<'_>, report: &mut Report<'_>) -> Vec<Ulimit> {
    let mut all: Vec<Ulimit> = Vec::new();
    for (i, ulimit) in definition.ulimits.iter().enumerate() {
        let path = list.index(i);
        for (member, absent) in [
            ("name", ulimit.name.is_none()),
            ("softLimit", ulimit.soft_limit.is_none()),
            ("hardLimit", ulimit.hard_limit.is_none()),
        ] {
            if absent {
                report.add(Code::MissingMember, path.member(member), format!("{member} is required."));
            }
        }
        let (Some(name), Some(soft), Some(hard)) = (ulimit.name, ulimit.soft_limit, ulimit.hard_limit) else {
            continue;
        };
        // -1 is no limit, which is more than any number.
        if soft < -1 || hard < -1 || (hard != -1 && (soft > hard || soft == -1)) {
            report.add(
                Code::InvalidValue,
                path,
                format!(
                    "The soft limit ({soft}) of {name} must not be greater than the hard limit ({hard})."
                ),
            );
        } else if all.iter().any(|u| u.name == name) {
            report.add(Code::InvalidValue, path.member("name"), format!("{name} is set twice."));
        } else {
            all.push(Ulimit { name, soft, hard });
        }
    }
    all
}

fn twice(target: &str, path: Path<'_>, report: &mut Report<'_>) {
    report.add(Code::InvalidValue, path, format!("{target} is mounted twice."));
}

fn tmpfs(
    linux: &LinuxParameters,
    mut taken: Vec<String>,
    os: Os,
    list: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<Tmpfs> {
    let mut all = Vec::new();
    for (i, tmpfs) in linux.tmpfs.iter().enumerate() {
        let path = list.index(i);
        let target =
            report.required(tmpfs.container_path.as_deref(), path.member("containerPath"), "containerPath");
        if tmpfs.size.is_none() {
            report.add(Code::MissingMember, path.member("size"), "size is required.");
        }
        report.within(tmpfs.size, 1..=i32::MAX, path.member("size"));
        let (Some(target), Some(size)) = (target, mebibytes(tmpfs.size)) else { continue };
        if !target.starts_with('/') || target.contains(':') {
            report.add(
                Code::InvalidValue,
                path.member("containerPath"),
                format!("{target:?} is no absolute path without a colon."),
            );
            continue;
        }
        let target_place = place(target, os);
        if target_place.is_empty() {
            let path = path.member("containerPath");
            report.add(Code::InvalidValue, path, "Nothing can be mounted at the root directory.");
            continue;
        }
        if taken.contains(&target_place) {
            twice(target, path.member("containerPath"), report);
            continue;
        }
        taken.push(target_place);
        let options = path.member("mountOptions");
        for (j, option) in tmpfs.mount_options.iter().enumerate() {
            let name = option.split_once('=').map_or(option.as_str(), |(name, _)| name);
            if !KNOWN.contains(&name) {
                let message = format!("{option:?} is no mount option that ECS knows.");
                report.advise(Code::InvalidValue, options.index(j), message, "Take it out.");
            }
        }
        let dropped: Vec<&str> = tmpfs.mount_options.iter().map(String::as_str).collect();
        let dropped: Vec<&str> = dropped.into_iter().filter(|o| *o != "ro" && !GIVEN.contains(o)).collect();
        if !dropped.is_empty() {
            report.add(
                Code::TmpfsOptionsDropped,
                path.member("mountOptions"),
                format!("A volume in memory takes no mount options; without effect: {}.", dropped.join(", ")),
            );
        }
        all.push(Tmpfs {
            path: target.to_owned(),
            size,
            read_only: tmpfs.mount_options.iter().any(|o| o == "ro"),
        });
    }
    all
}

/// Disk space in GiB.
pub(super) fn ephemeral_storage(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Option<u32> {
    let storage = spec.ephemeral_storage.as_ref()?;
    let path = Path::ROOT.member("ephemeralStorage");
    let Some(size) = storage.size_in_gib else {
        report.add(Code::MissingMember, path.member("sizeInGiB"), "sizeInGiB is required.");
        return None;
    };
    report.within(Some(size), 21..=200, path.member("sizeInGiB"));
    report.add(
        Code::EphemeralStorageEvicts,
        path,
        "A task that fills its disk space is stopped and replaced; on ECS its writes fail.",
    );
    u32::try_from(size).ok()
}
