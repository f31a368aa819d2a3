//! Task definitions.

use std::collections::BTreeMap;

use super::secrets::Secrets;
use super::{
    Report, annotations, container, counts, dependencies, exit, fargate, home, limits, logging, mounts,
    names, network, not_allowed, placement, platform, ports, roles, security, set, sysctls, task_size,
    volumes, windows,
};
use crate::api::ecs::{ContainerDefinition, CpuArchitecture, LaunchType, OsFamily};
use crate::api::task_definition::ImagePullPolicy;
use crate::api::{EcsServiceSpec, TaskDefinitionSpec};
use crate::finding::{Code, Path};
use crate::model::task::{Arch, Name, Os, Task};
use crate::model::units::{CpuUnits, Mebibytes};
use crate::model::volume::{Volume, VolumeSource};
use crate::placement::Native;
use crate::placement::native::Rest;

/// What a service says about the task definition that it runs.
#[derive(Clone, Copy, Default)]
pub(super) struct Options<'a> {
    /// The service.
    pub(super) service: Option<&'a EcsServiceSpec>,
    /// Pull policy of containers that do not have their own.
    pub(super) pull: Option<ImagePullPolicy>,
    /// The service runs it on Fargate, whatever the definition says of itself.
    pub(super) fargate: bool,
}

pub(super) fn validate(spec: &TaskDefinitionSpec, options: Options<'_>, report: &mut Report<'_>) -> Task {
    let family = report.name(spec.family.as_deref(), Path::ROOT.member("family"), "family");
    let os = os(spec, report);
    let cpu = size(spec.cpu.as_ref().map(|s| s.0.as_str()), "cpu", CpuUnits::parse, report);
    let memory = size(spec.memory.as_ref().map(|s| s.0.as_str()), "memory", Mebibytes::parse, report);
    let on_fargate = options.fargate || spec.requires_compatibilities.contains(&LaunchType::Fargate);
    if on_fargate {
        fargate::task(spec, cpu, memory, report);
    } else if let Some(units) = cpu.filter(|c| !(128..=196_608).contains(&c.0)) {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("cpu"),
            format!("Task-level cpu of {units} units is not between 128 and 196608."),
        );
    }
    counts::task(spec, report);
    platform::task(spec, options.service, report);
    not_allowed::containers(spec, on_fargate, os, report);
    windows::paths(spec, report);
    let network = network::validate(spec, os, report);
    let shared = security::task(spec, os, report);
    let names = names::validate(spec, report);
    logging::validate(spec, on_fargate, report);
    let volumes = volumes::validate(spec, os, report);
    let home = home::of(spec, options.service);
    let role = roles::task(spec, &home, report);
    let on_instances = spec.requires_compatibilities.contains(&LaunchType::Ec2)
        || options.service.is_some_and(|service| service.launch_type == Some(LaunchType::Ec2));
    roles::of_instance(spec, on_instances && !on_fargate, report);
    let execution_role = roles::execution(spec, &home, report);
    let mut secrets = Secrets::new(spec, home, execution_role.clone(), options.service.is_some(), report);
    let mut containers =
        container::validate(spec, options.pull, os, &volumes.declared, memory, &mut secrets, report);
    mounts::inherit(spec, os, &mut containers, report);
    for (container, own) in containers.iter_mut().zip(dependencies::validate(spec, report)) {
        container.life.dependencies = own;
    }
    let of_task =
        |volume: &Volume| matches!(volume.source, VolumeSource::TaskScoped | VolumeSource::Memory { .. });
    let kept = volumes.at_launch.is_some() || volumes.own.iter().any(of_task);
    let (order, essential_exit) = exit::validate(spec, &containers, kept, report);
    ports::collisions(&containers, &order, report);
    sums(spec, cpu, memory, report);
    limits::of_task(spec, report);
    let exact = options.service.is_some_and(|service| super::exact::applies(service, options.fargate));
    let placement = constraints(spec, super::exact::rest(exact), report);
    let mut annotations = annotations::docker_labels(spec, &containers, report);
    annotations.extend(logging::annotations(spec, &containers));
    let task = Task {
        family: family.unwrap_or_default().to_owned(),
        os,
        arch: spec.runtime_platform.as_ref().and_then(|p| p.cpu_architecture).map(arch),
        on_fargate: options.fargate || is_for_fargate_only(&spec.requires_compatibilities),
        network,
        names,
        shared,
        annotations,
        tags: annotations::tags(&spec.tags, report),
        cpu,
        memory,
        containers,
        volumes: volumes.own,
        at_launch: volumes.at_launch,
        role,
        has_execution_role: set(spec.execution_role_arn.as_deref()).is_some(),
        execution_role,
        pull_secrets: secrets.of_registries(),
        secrets: secrets.into_found(),
        placement,
        order,
        essential_exit,
        sysctls: sysctls::validate(spec, report),
        ephemeral_storage: limits::ephemeral_storage(spec, report),
    };
    task_size::validate(&task, report);
    roles::execution_use(&task, report);
    exit::stop_timeout(&task, report);
    task
}

fn is_for_fargate_only(compatibilities: &[LaunchType]) -> bool {
    !compatibilities.is_empty() && compatibilities.iter().all(|kind| *kind == LaunchType::Fargate)
}

/// Spells names and refuses those that meet; `None` where a name is missing or refused.
pub(super) fn names<'a>(
    originals: impl Iterator<Item = Option<&'a str>>,
    list: &str,
    max: usize,
    report: &mut Report<'_>,
) -> Vec<Option<Name>> {
    let list = Path::ROOT.member(list);
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut spelled = Vec::new();
    for (i, original) in originals.enumerate() {
        let element = list.index(i);
        let path = element.member("name");
        let Some(original) = report.name(original, path, "name") else {
            spelled.push(None);
            continue;
        };
        let label = crate::model::name::label(original, max);
        match seen.insert(label.clone(), original) {
            Some(other) if other == original => {
                report.add(Code::InvalidValue, path, format!("{original:?} occurs twice."));
            }
            Some(other) => report.add(
                Code::NameCollision,
                path,
                format!("{original:?} and {other:?} both become {label:?}."),
            ),
            None if label != original => {
                report.add(
                    Code::NameChanged,
                    path,
                    format!("{original:?} is spelled {label:?} on Kubernetes."),
                );
            }
            None => {}
        }
        spelled.push(Some(Name { original: original.to_owned(), label }));
    }
    spelled
}

fn os(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Os {
    let family = spec.runtime_platform.as_ref().and_then(|p| p.operating_system_family);
    let build = match family {
        None | Some(OsFamily::Linux) => return Os::Linux,
        Some(OsFamily::WindowsServer2016Full) => "10.0.14393",
        Some(OsFamily::WindowsServer2019Full | OsFamily::WindowsServer2019Core) => "10.0.17763",
        Some(OsFamily::WindowsServer2004Core) => "10.0.19041",
        Some(OsFamily::WindowsServer20h2Core) => "10.0.19042",
        Some(OsFamily::WindowsServer2022Core | OsFamily::WindowsServer2022Full) => "10.0.20348",
        Some(OsFamily::WindowsServer2025Core | OsFamily::WindowsServer2025Full) => "10.0.26100",
    };
    let platform = spec.runtime_platform.as_ref();
    if platform.and_then(|p| p.cpu_architecture) == Some(CpuArchitecture::Arm64) {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("runtimePlatform").member("cpuArchitecture"),
            "There is no Windows for ARM64.",
        );
    }
    Os::Windows { build }
}

const fn arch(architecture: CpuArchitecture) -> Arch {
    match architecture {
        CpuArchitecture::X86_64 => Arch::Amd64,
        CpuArchitecture::Arm64 => Arch::Arm64,
    }
}

fn size<T>(
    text: Option<&str>,
    member: &str,
    parse: fn(&str) -> Option<T>,
    report: &mut Report<'_>,
) -> Option<T> {
    let text = set(text)?;
    let parsed = parse(text);
    if parsed.is_none() {
        let form = if member == "cpu" {
            "CPU units such as \"1024\", or \"1 vCPU\""
        } else {
            "MiB such as \"2048\", or \"2 GB\""
        };
        report.add(
            Code::InvalidValue,
            Path::ROOT.member(member),
            format!("{text:?} is not a size: write {form}."),
        );
    }
    parsed
}

/// Container sizes against the task's, in ECS's own words where they are known.
fn sums(
    spec: &TaskDefinitionSpec,
    cpu: Option<CpuUnits>,
    memory: Option<Mebibytes>,
    report: &mut Report<'_>,
) {
    let positive = |value: Option<i32>| u64::try_from(value.unwrap_or_default()).unwrap_or_default();
    let units: u64 = spec.container_definitions.iter().map(|c| positive(c.cpu)).sum();
    if cpu.is_some_and(|task| units > u64::from(task.0)) {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("cpu"),
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        );
    }
    let reserved: u64 =
        spec.container_definitions.iter().map(|c| positive(c.memory_reservation.or(c.memory))).sum();
    let alone = |task: Mebibytes| {
        let too_large = |c: &ContainerDefinition| positive(c.memory) > u64::from(task.0);
        spec.container_definitions.iter().any(too_large)
    };
    if memory.is_some_and(|task| reserved > u64::from(task.0) && !alone(task)) {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("memory"),
            format!("The memory that is reserved for all containers, {reserved} MiB, is greater than for the task."),
        );
    }
}

fn constraints(spec: &TaskDefinitionSpec, rest: Rest, report: &mut Report<'_>) -> Native {
    let list = Path::ROOT.member("placementConstraints");
    let mut native = Native::default();
    for (i, constraint) in spec.placement_constraints.iter().enumerate() {
        let path = list.index(i);
        if constraint.type_.is_none() {
            report.add(Code::MissingMember, path.member("type"), "type is required: memberOf.");
        }
        placement::member_of(&mut native, constraint.expression.as_deref(), path, rest, report);
    }
    native
}
