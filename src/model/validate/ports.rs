//! Port mappings.

use std::collections::{BTreeMap, BTreeSet};

use super::{Report, set};
use crate::api::ecs::{ContainerDefinition, NetworkMode, PortMapping, TransportProtocol};
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::task::{Container, Port, Protocol};

/// Port names of a task that are taken.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

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
    for (i, mapping) in definition.port_mappings.iter().enumerate() {
        let path = list.index(i);
        if set(mapping.container_port_range.as_deref()).is_some() {
            report.add(
                Code::PortRangeNotDeclared,
                path.member("containerPortRange"),
                "The ports of the range can be reached at the task's own address; a Service has no ranges.",
            );
            continue;
        }
        let Some(container) = number(mapping.container_port, path.member("containerPort"), report) else {
            continue;
        };
        let protocol = match mapping.protocol {
            Some(TransportProtocol::Udp) => Protocol::Udp,
            Some(TransportProtocol::Tcp) | None => Protocol::Tcp,
        };
        if ports.iter().any(|p| p.container == container && p.protocol == protocol) {
            report.add(Code::InvalidValue, path, format!("Port {container} is mapped twice."));
            continue;
        }
        ports.push(Port {
            name: port_name(mapping, container, protocol, names),
            container,
            host: host_port(mapping, container, mode, path, report),
            protocol,
            app: mapping.app_protocol,
        });
    }
    ports
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
fn port_name(mapping: &PortMapping, container: u16, protocol: Protocol, names: &mut Names) -> String {
    let plain = format!("p{container}");
    let by_protocol = format!("{plain}-{}", protocol.as_str().to_ascii_lowercase());
    let own = set(mapping.name.as_deref()).map(name::port);
    let mut free = own.into_iter().chain([plain, by_protocol]).filter(|n| !names.0.contains(n));
    let name = free.next().unwrap_or_default();
    names.0.insert(name.clone());
    name
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
pub(super) fn collisions(containers: &[Container], report: &mut Report<'_>) {
    let list = Path::ROOT.member("containerDefinitions");
    let mut listening: BTreeMap<(u16, Protocol), &str> = BTreeMap::new();
    let mut of_node: BTreeMap<(u16, Protocol), &str> = BTreeMap::new();
    for (i, container) in containers.iter().enumerate() {
        let element = list.index(i);
        for port in &container.ports {
            let name = container.name.original.as_str();
            if let Some(other) = listening.insert((port.container, port.protocol), name) {
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
            let host = port.host.map(|host| (host, port.protocol));
            if let Some(other) = host.and_then(|key| of_node.insert(key, name)) {
                report.add(
                    Code::InvalidValue,
                    element.member("portMappings"),
                    format!("{other} and {name} ask for the same host port."),
                );
            }
        }
    }
}
