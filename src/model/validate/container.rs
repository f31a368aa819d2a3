//! Container definitions.

use std::collections::BTreeMap;

use super::secrets::Secrets;
use super::volumes::Declared;
use super::{Report, env_files, life, limits, logging, mounts, ports, security, set, task};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerDefinition, NetworkMode, VersionConsistency};
use crate::api::task_definition::ImagePullPolicy;
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::task::{Container, Name, Os};
use crate::model::units::{CpuUnits, Mebibytes};

/// Docker itself needs this much.
const LEAST_MEMORY: i32 = 4;
/// More CPU shares than this count as this, as the agent has it.
const MOST_CPU: i32 = 262_144;

const LIST: &str = "containerDefinitions";

pub(super) fn validate(
    spec: &TaskDefinitionSpec,
    pull: Option<ImagePullPolicy>,
    os: Os,
    volumes: &[Declared],
    task_memory: Option<Mebibytes>,
    secrets: &mut Secrets,
    report: &mut Report<'_>,
) -> Vec<Container> {
    let list = Path::ROOT.member(LIST);
    let definitions = &spec.container_definitions;
    if definitions.is_empty() {
        report.add(Code::MissingMember, list, "A task definition needs at least one container.");
    } else if !definitions.iter().any(|c| c.essential.unwrap_or(true)) {
        report.add(Code::InvalidValue, list, "At least one container has to be essential.");
    }
    if definitions.len() > 10 {
        report.add(Code::InvalidValue, list, "Too many containers: a task has at most 10.");
    }
    let names = task::names(definitions.iter().map(|c| c.name.as_deref()), LIST, name::CONTAINER, report);
    let mode = spec.network_mode.unwrap_or(NetworkMode::Bridge);
    let mut port_names = ports::Names::new(definitions);
    let mut containers = Vec::new();
    for (i, (definition, name)) in definitions.iter().zip(names).enumerate() {
        let path = list.index(i);
        let own_pull = spec
            .kubernetes
            .as_ref()
            .and_then(|k| k.containers.get(definition.name.as_deref()?))
            .and_then(|options| options.image_pull_policy);
        let image = image(definition, path, report);
        consistency(definition, &image, path, report);
        memory(definition, task_memory, path, report);
        if definition.cpu.is_some_and(|cpu| cpu < 0) {
            report.add(Code::InvalidValue, path.member("cpu"), "cpu must not be negative.");
        }
        let environment = environment(definition, path, report);
        let mut variables = secrets.of_container(definition, &environment, path, report);
        variables.files = env_files::of_container(spec, definition, path, report);
        secrets.registry(definition, &image, path, report);
        let mounts = mounts::of_container(definition, volumes, os, path, report);
        containers.push(Container {
            name: name.unwrap_or_else(|| Name { original: String::new(), label: String::new() }),
            pull: own_pull.or(pull).unwrap_or_else(|| default_pull(&image)),
            image,
            entry_point: definition.entry_point.clone(),
            command: definition.command.clone(),
            working_directory: set(definition.working_directory.as_deref()).map(str::to_owned),
            environment: logging::with_router(definition, environment),
            variables,
            ports: ports::of_container(definition, mode, &mut port_names, path, report),
            cpu: CpuUnits(unsigned(definition.cpu.map(|cpu| cpu.min(MOST_CPU))).unwrap_or_default()),
            memory: unsigned(definition.memory).map(Mebibytes),
            memory_reservation: unsigned(definition.memory_reservation).map(Mebibytes),
            essential: definition.essential.unwrap_or(true),
            security: security::container(definition, os, path, report),
            life: life::of_container(spec, definition, os, path, report),
            limits: limits::of_container(definition, &mounts, os, path, report),
            mounts,
        });
    }
    unknown_options(spec, report);
    env_files::mappings(spec, report);
    containers
}

fn unsigned(value: Option<i32>) -> Option<u32> {
    value.and_then(|v| u32::try_from(v).ok())
}

fn image(definition: &ContainerDefinition, path: Path<'_>, report: &mut Report<'_>) -> String {
    let path = path.member("image");
    let Some(image) = set(definition.image.as_deref()) else {
        report.advise(
            Code::MissingMember,
            path,
            "image is required.",
            "Name the image that your pipeline would fill in.",
        );
        return String::new();
    };
    let legal = |b: u8| b.is_ascii_alphanumeric() || b".-_/:@+".contains(&b);
    if !image.bytes().all(legal) {
        report.advise(
            Code::InvalidValue,
            path,
            format!("{image:?} is no image reference."),
            "If a pipeline fills it in, name the image here.",
        );
    }
    image.to_owned()
}

/// ECS resolves a tag once per deployment; Kubernetes does it whenever a pod starts.
fn consistency(definition: &ContainerDefinition, image: &str, path: Path<'_>, report: &mut Report<'_>) {
    let pinned = definition.version_consistency == Some(VersionConsistency::Enabled);
    if pinned && !image.contains('@') {
        report.advise(
            Code::ImageTagMutable,
            path.member("versionConsistency"),
            format!("{image:?} means whatever it does when a task starts: tags are not pinned to digests."),
            "Name the image by its digest (NAME@sha256:…).",
        );
    }
}

/// `IfNotPresent` for a digest and a fixed tag, `Always` for no tag and `latest`.
fn default_pull(image: &str) -> ImagePullPolicy {
    if image.contains('@') {
        return ImagePullPolicy::IfNotPresent;
    }
    let last = image.rsplit_once('/').map_or(image, |(_, last)| last);
    match last.split_once(':') {
        None | Some((_, "" | "latest")) => ImagePullPolicy::Always,
        Some(_) => ImagePullPolicy::IfNotPresent,
    }
}

fn memory(
    definition: &ContainerDefinition,
    task: Option<Mebibytes>,
    path: Path<'_>,
    report: &mut Report<'_>,
) {
    let name = definition.name.as_deref().unwrap_or_default();
    let (hard, soft) = (definition.memory, definition.memory_reservation);
    for (member, value) in [("memory", hard), ("memoryReservation", soft)] {
        if value.is_some_and(|mib| mib < LEAST_MEMORY) {
            report.add(
                Code::InvalidValue,
                path.member(member),
                format!("{member} has to be at least {LEAST_MEMORY} MiB."),
            );
        }
    }
    if let (Some(hard), Some(soft)) = (hard, soft)
        && soft > hard
    {
        report.add(
            Code::InvalidValue,
            path.member("memoryReservation"),
            format!("memoryReservation ({soft}) must not be greater than memory ({hard})."),
        );
    }
    match (unsigned(hard), task) {
        (Some(hard), Some(task)) if hard > task.0 => report.add(
            Code::InvalidValue,
            path.member("memory"),
            format!("The 'memory' setting for container '{name}' is greater than for the task."),
        ),
        (None, None) if soft.is_none() => report.add(
            Code::MissingMember,
            path.member("memory"),
            format!(
                "Invalid setting for container '{name}'. At least one of 'memory' or 'memoryReservation' must be specified."
            ),
        ),
        _ => {}
    }
}

fn environment(
    definition: &ContainerDefinition,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<(String, String)> {
    let list = path.member("environment");
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, pair) in definition.environment.iter().enumerate() {
        let element = list.index(i);
        let path = element.member("name");
        let Some(name) = report.required(pair.name.as_deref(), path, "The variable's name") else {
            continue;
        };
        if !is_variable(name) {
            report.add(
                Code::InvalidName,
                path,
                format!("{name:?} is no name of a variable: printable ASCII characters without \"=\"."),
            );
            continue;
        }
        let value = pair.value.clone().unwrap_or_default();
        if let Some(place) = places.get(name) {
            report.add(
                Code::ReadAs,
                path,
                format!("The variable {name} is set twice; the last value counts."),
            );
            variables[*place].1 = value;
        } else {
            places.insert(name, variables.len());
            variables.push((name.to_owned(), value));
        }
    }
    variables
}

/// Whether Kubernetes takes this as name of a variable.
pub(super) fn is_variable(name: &str) -> bool {
    name.bytes().all(|b| b != b'=' && (b' '..=b'~').contains(&b))
}

fn unknown_options(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let root = Path::ROOT.member("kubernetes");
    let options = root.member("containers");
    let names = spec.kubernetes.iter().flat_map(|k| k.containers.keys());
    for name in
        names.filter(|name| !spec.container_definitions.iter().any(|c| c.name.as_ref() == Some(*name)))
    {
        report.add(
            Code::InvalidReference,
            options.member(name),
            format!("The task definition has no container {name:?}."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_tags_are_pulled_once() {
        use ImagePullPolicy::{Always, IfNotPresent};
        for (image, policy) in [
            ("nginx", Always),
            ("nginx:latest", Always),
            ("nginx:1.27", IfNotPresent),
            ("registry:5000/nginx", Always),
            ("registry:5000/nginx:v2", IfNotPresent),
            ("nginx@sha256:0123", IfNotPresent),
        ] {
            assert_eq!(default_pull(image), policy, "{image}");
        }
    }
}
