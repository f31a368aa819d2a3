//! Port mappings.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{Report, set};
use crate::api::ecs::{ContainerDefinition, NetworkMode, PortMapping, TransportProtocol};
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::order::Order;
use crate::model::task::{Container, Port, Protocol};

/// What ECS's agents keep for themselves on every container instance: SSH, Docker, the agent.
const RESERVED: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];
/// Most port ranges of a container.
const MOST_RANGES: usize = 100;

/// Port names of a task.
#[derive(Default)]
pub(super) struct Names {
    /// Names that mappings ask for, as Kubernetes spells them: no mapping without a name gets one of these.
    wanted: BTreeSet<String>,
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(definitions: &[ContainerDefinition]) -> Self {
        let mappings = definitions.iter().flat_map(|definition| &definition.port_mappings);
        let names = mappings.filter_map(|mapping| set(mapping.name.as_deref()));
        Self { wanted: names.map(name::port).collect(), taken: BTreeSet::new() }
    }
}

pub(super) fn of_container(
    definition: &ContainerDefinition,
    mode: NetworkMode,
    names: &mut Names,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<Port> {
    let list = path.member("portMappings");
    if mode == NetworkMode::None && !definition.port_mappings.is_empty() {
        report.add(Code::InvalidValue, list, "Port mappings are not allowed with networkMode none.");
    }
    let mut ports: Vec<Port> = Vec::new();
    let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
    for (i, mapping) in definition.port_mappings.iter().enumerate() {
        let path = list.index(i);
        if set(mapping.container_port_range.as_deref()).is_some() {
            ranges.extend(range(mapping, mode, &ranges, path, report));
            continue;
        }
        let Some(container) = number(mapping.container_port, path.member("containerPort"), report) else {
            continue;
        };
        let protocol = match mapping.protocol {
            Some(TransportProtocol::Udp) => Protocol::Udp,
            Some(TransportProtocol::Tcp) | None => Protocol::Tcp,
        };
        if let Some(other) = ports.iter().find(|p| p.container == container) {
            let message = if other.protocol == protocol {
                format!("Port {container} is mapped twice.")
            } else {
                format!("Port {container} is mapped for two protocols, and ECS takes one.")
            };
            report.add(Code::InvalidValue, path, message);
            continue;
        }
        ports.push(Port {
            name: port_name(mapping, container, protocol, names, path.member("name"), report),
            container,
            host: host_port(mapping, container, mode, path, report),
            protocol,
            app: mapping.app_protocol,
        });
    }
    if ranges.len() > MOST_RANGES {
        report.add(Code::InvalidValue, list, format!("A container has at most {MOST_RANGES} port ranges."));
    }
    for port in ports.iter().filter(|port| ranges.iter().any(|range| range.contains(&port.container))) {
        report.add(
            Code::InvalidValue,
            list,
            format!("Port {} is part of a range of the same container.", port.container),
        );
    }
    ports
}

/// A range that ECS accepts.
fn range(
    mapping: &PortMapping,
    mode: NetworkMode,
    others: &[RangeInclusive<u16>],
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<RangeInclusive<u16>> {
    let text = mapping.container_port_range.as_deref().unwrap_or_default();
    let member = path.member("containerPortRange");
    for (other, is_set) in
        [("containerPort", mapping.container_port.is_some()), ("hostPort", mapping.host_port.is_some())]
    {
        if is_set {
            report.add(
                Code::InvalidValue,
                path.member(other),
                format!("{other} and containerPortRange exclude each other."),
            );
        }
    }
    if mode == NetworkMode::Host {
        report.add(Code::InvalidValue, member, "Port ranges need networkMode bridge or awsvpc.");
    }
    let bounds = text.split_once('-').and_then(|(first, last)| {
        let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first > 0 && first < last).then_some(first..=last)
    });
    let Some(bounds) = bounds else {
        let message = format!("{text:?} is no range of ports: first-last, between 1 and 65535.");
        report.add(Code::InvalidValue, member, message);
        return None;
    };
    let meets = |other: &&RangeInclusive<u16>| bounds.start() <= other.end() && other.start() <= bounds.end();
    if let Some(other) = others.iter().find(meets) {
        report.add(Code::InvalidValue, member, format!("{text} overlaps {}-{}.", other.start(), other.end()));
    }
    report.add(
        Code::PortRangeNotDeclared,
        member,
        "The ports of the range can be reached at the task's own address; a Service has no ranges.",
    );
    Some(bounds)
}

fn number(value: Option<i32>, path: Path<'_>, report: &mut Report<'_>) -> Option<u16> {
    let Some(value) = value else {
        report.add(Code::MissingMember, path, "containerPort is required.");
        return None;
    };
    let port = u16::try_from(value).ok().filter(|p| *p > 0);
    if port.is_none() {
        report.add(Code::InvalidValue, path, format!("{value} is no port: 1 to 65535."));
    }
    port
}

/// The mapping's own name, else `p<port>`; unique in the task, because its Service lists all of them.
fn port_name(
    mapping: &PortMapping,
    container: u16,
    protocol: Protocol,
    names: &mut Names,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> String {
    if let Some(original) = set(mapping.name.as_deref()) {
        let spelled = name::port(original);
        if !is_port_name(original) {
            report.add(
                Code::InvalidName,
                path,
                format!("{original:?} is no port name: up to 64 lower-case letters, numbers, hyphens and underscores, no hyphen first."),
            );
        } else if names.taken.contains(&spelled) {
            report.add(
                Code::PortNameTaken,
                path,
                format!("{original:?} is another port's name already; this one is called by its number."),
            );
        } else {
            if spelled != original {
                report.add(
                    Code::NameChanged,
                    path,
                    format!("{original:?} is spelled {spelled:?} on Kubernetes."),
                );
            }
            names.taken.insert(spelled.clone());
            return spelled;
        }
    }
    let plain = format!("p{container}");
    let by_protocol = format!("{plain}-{}", protocol.as_str().to_ascii_lowercase());
    let numbered = (2..=u32::MAX).map(|n| format!("{plain}-{n}"));
    let mut free = [plain.clone(), by_protocol].into_iter().chain(numbered);
    let name = free.find(|n| !names.wanted.contains(n) && !names.taken.contains(n)).unwrap_or(plain);
    names.taken.insert(name.clone());
    name
}

/// Source: `name` of PortMapping.
fn is_port_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    name.len() <= 64 && !name.starts_with('-') && name.bytes().all(legal)
}

fn host_port(
    mapping: &PortMapping,
    container: u16,
    mode: NetworkMode,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<u16> {
    let wanted = mapping.host_port?;
    let path = path.member("hostPort");
    let host = u16::try_from(wanted);
    let Ok(host) = host else {
        report.add(Code::InvalidValue, path, format!("{wanted} is no port: 1 to 65535, or 0 for any."));
        return None;
    };
    if RESERVED.contains(&host) && mode == NetworkMode::Bridge {
        report.advise(
            Code::InvalidValue,
            path,
            format!("Port {host} of the node is reserved."),
            "Use another port, or none: the task has an address of its own.",
        );
    }
    match mode {
        NetworkMode::Bridge if host == 0 => {
            report.add(
                Code::DynamicHostPortDropped,
                path,
                "No port of the node is used: the task has an address of its own, and its Service finds it.",
            );
            None
        }
        NetworkMode::Bridge => Some(host),
        NetworkMode::Awsvpc | NetworkMode::Host if host != 0 && host != container => {
            let mode = mode.as_str();
            report.add(
                Code::InvalidValue,
                path,
                format!(
                    "When networkMode={mode}, the host ports and container ports in port mappings must match."
                ),
            );
            None
        }
        _ => None,
    }
}

/// Containers of a pod share one network: two that listen on the same port cannot both run.
pub(super) fn collisions(containers: &[Container], order: &Order, report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let mut listening: BTreeMap<(u16, Protocol), Vec<usize>> = BTreeMap::new();
    let mut of_node: BTreeMap<(u16, Protocol), Vec<usize>> = BTreeMap::new();
    let meets = |others: &mut Vec<usize>, i: usize| {
        let other = others.iter().rev().find(|other| order.overlap(**other, i)).copied();
        others.push(i);
        other.map(|other| containers[other].name.original.as_str())
    };
    for (i, container) in containers.iter().enumerate() {
        let element = list.index(i);
        for port in &container.ports {
            let name = container.name.original.as_str();
            let others = listening.entry((port.container, port.protocol)).or_default();
            if let Some(other) = meets(others, i) {
                report.advise(
                    Code::PortCollision,
                    element.member("portMappings"),
                    format!(
                        "{other} and {name} both listen on port {}, and containers of a pod share one network.",
                        port.container
                    ),
                    "Give one of them another port, or a service of its own.",
                );
            }
            let Some(host) = port.host else { continue };
            let others = of_node.entry((host, port.protocol)).or_default();
            if let Some(other) = meets(others, i) {
                report.add(
                    Code::InvalidValue,
                    element.member("portMappings"),
                    format!("{other} and {name} ask for the same host port."),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
