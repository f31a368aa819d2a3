//! Where containers mount volumes: their own mount points, and those of other containers.

use std::collections::BTreeMap;

use super::Report;
use super::limits::SHARED_MEMORY;
use super::volumes::{Declared, is_absolute};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::ContainerDefinition;
use crate::finding::{Code, Path};
use crate::model::task::{Container, Mount, Os};

/// The mount points of a container itself.
pub(super) fn of_container(
    definition: &ContainerDefinition,
    volumes: &[Declared],
    os: Os,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<Mount> {
    let list = path.member("mountPoints");
    let mut mounts: Vec<Mount> = Vec::new();
    let mut places = BTreeMap::new();
    for (i, point) in definition.mount_points.iter().enumerate() {
        let element = list.index(i);
        let (volume, container) = (element.member("sourceVolume"), element.member("containerPath"));
        let source = report.required(point.source_volume.as_deref(), volume, "sourceVolume");
        let target = report.required(point.container_path.as_deref(), container, "containerPath");
        let (Some(source), Some(target)) = (source, target) else {
            continue;
        };
        let Some(declared) = volumes.iter().find(|v| v.name.original == source) else {
            report.advise(
                Code::InvalidReference,
                volume,
                format!("Unknown volume '{source}'."),
                "Declare it under volumes.",
            );
            continue;
        };
        if !is_absolute(target, os, container, report) {
            continue;
        }
        let place = place(target, os);
        if place.is_empty() {
            report.add(Code::InvalidValue, container, "Nothing can be mounted at the root directory.");
        } else if let Some(other) = places.insert(place, i) {
            report.advise(
                Code::InvalidValue,
                container,
                format!("Duplicate mount point: {target} is where mountPoints[{other}] is already."),
                "Mount one of the volumes elsewhere.",
            );
        } else {
            mounts.push(Mount {
                volume: declared.name.label.clone(),
                path: target.to_owned(),
                read_only: declared.read_only || point.read_only.unwrap_or_default(),
            });
        }
    }
    mounts
}

/// A path in the spelling by which two are the same place; empty for the root.
pub(super) fn place(path: &str, os: Os) -> String {
    let path = if os == Os::Linux { path.to_owned() } else { path.replace('\\', "/").to_ascii_lowercase() };
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

/// Adds the mounts that containers take from others (`volumesFrom`), which may have taken them from yet others. Of
/// two mounts at one place the container's own counts, then the one that was named last, as with Docker.
pub(super) fn inherit(
    spec: &TaskDefinitionSpec,
    os: Os,
    containers: &mut [Container],
    report: &mut Report<'_>,
) {
    let sources = sources(spec, report);
    let mut waits: Vec<usize> = sources.iter().map(Vec::len).collect();
    let mut waiting_for: Vec<Vec<usize>> = vec![Vec::new(); sources.len()];
    for (i, from) in sources.iter().enumerate() {
        for source in from {
            waiting_for[source.container].push(i);
        }
    }
    let mut ready: Vec<usize> = (0..sources.len()).filter(|i| waits[*i] == 0).collect();
    while let Some(i) = ready.pop() {
        take(i, &sources[i], os, containers, report);
        for later in &waiting_for[i] {
            waits[*later] -= 1;
            if waits[*later] == 0 {
                ready.push(*later);
            }
        }
    }
    let list = Path::ROOT.member("containerDefinitions");
    for (i, _) in waits.iter().enumerate().filter(|(_, waits)| **waits > 0) {
        report.advise(
            Code::InvalidReference,
            list.index(i).member("volumesFrom"),
            "The containers take their volumes from each other in a circle.",
            "Declare the volumes under volumes, and mount them in each container.",
        );
    }
}

/// An element of `volumesFrom`.
struct From {
    /// Its place in the list.
    element: usize,
    /// Index of the container that it names.
    container: usize,
    read_only: bool,
}

/// Whose mounts each container takes.
fn sources(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Vec<Vec<From>> {
    let definitions = &spec.container_definitions;
    let names = definitions.iter().enumerate().filter_map(|(i, c)| Some((c.name.as_deref()?, i)));
    let names: BTreeMap<&str, usize> = names.collect();
    let list = Path::ROOT.member("containerDefinitions");
    let mut all = Vec::new();
    for (i, definition) in definitions.iter().enumerate() {
        let container = list.index(i);
        let list = container.member("volumesFrom");
        let mut from = Vec::new();
        for (element, entry) in definition.volumes_from.iter().enumerate() {
            let at = list.index(element);
            let path = at.member("sourceContainer");
            let name = report.required(entry.source_container.as_deref(), path, "sourceContainer");
            let Some(name) = name else { continue };
            match names.get(name) {
                Some(source) if *source == i => {
                    report.add(Code::InvalidReference, path, "A container cannot take its own volumes.");
                }
                Some(source) => from.push(From {
                    element,
                    container: *source,
                    read_only: entry.read_only.unwrap_or_default(),
                }),
                None => report.advise(
                    Code::InvalidReference,
                    path,
                    format!("The container {name} does not exist in the task definition."),
                    "Name a container of this task definition, as it is spelled there.",
                ),
            }
        }
        all.push(from);
    }
    all
}

fn take(i: usize, sources: &[From], os: Os, containers: &mut [Container], report: &mut Report<'_>) {
    let mut taken: Vec<Mount> = Vec::new();
    for from in sources {
        let Some(source) = containers.get(from.container) else { continue };
        if source.mounts.is_empty() {
            nothing_to_take(i, from.element, &source.name.original, report);
        }
        for mount in &source.mounts {
            taken.retain(|other| place(&other.path, os) != place(&mount.path, os));
            taken.push(Mount { read_only: mount.read_only || from.read_only, ..mount.clone() });
        }
    }
    if let Some(container) = containers.get_mut(i) {
        let own = std::mem::take(&mut container.mounts);
        let shared_memory = container.limits.shared_memory.map(|_| SHARED_MEMORY);
        let in_memory = container.limits.tmpfs.iter().map(|tmpfs| tmpfs.path.as_str()).chain(shared_memory);
        let own_paths = own.iter().map(|mount| mount.path.as_str()).chain(in_memory);
        let own_places: Vec<String> = own_paths.map(|path| place(path, os)).collect();
        taken.retain(|other| !own_places.contains(&place(&other.path, os)));
        container.mounts = own.into_iter().chain(taken).collect();
    }
}

fn nothing_to_take(i: usize, element: usize, source: &str, report: &mut Report<'_>) {
    let (list, member) = (Path::ROOT.member("containerDefinitions"), "volumesFrom");
    let container = list.index(i);
    report.advise(
        Code::ImageVolumesNotShared,
        container.member(member).index(element),
        format!("{source} mounts no volume; what its image declares as VOLUME is not shared."),
        "Declare a volume, mount it in both containers, and let the source copy its files there.",
    );
}

#[cfg(test)]
mod tests;
