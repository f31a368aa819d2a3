//! How the tasks of a service are found and reached.

mod balancers;
mod connect;
mod network_balancer;
mod registry;
mod routes;
mod security_groups;

use super::Report;
use crate::api::EcsServiceSpec;
use crate::model::exposure::{Address, AddressKind, AddressPort, Exposure, Targets};
use crate::model::order::Stage;
use crate::model::task::{Port, Protocol, Task};
use crate::rollout::Inputs;

/// Findings about the service go to `report`.
pub(super) fn validate(inputs: &Inputs, task: &Task, report: &mut Report<'_>) -> Exposure {
    let own: Vec<AddressPort> = ports(task).map(address_port).collect();
    let target_groups = balancers::validate(inputs, task, report);
    let nodes = target_groups.iter().any(|group| group.targets == Targets::Nodes);
    let mut addresses = Vec::new();
    if !own.is_empty() {
        let kind = if nodes { AddressKind::Nodes } else { AddressKind::Cluster };
        addresses.push(Address { name: report.context.name.clone(), kind, ports: own.clone() });
    }
    addresses.extend(registry::validate(&inputs.service, task, report));
    connect::validate(inputs, task, &mut addresses, report);
    Exposure {
        addresses,
        ingress: routes::ingress(&inputs.service, &own, report),
        route: routes::gateway(&inputs.service, &own, report),
        security_groups: security_groups::validate(&inputs.service, report),
        target_groups,
    }
}

/// What can be said while nobody knows the containers.
pub(super) fn alone(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    balancers::alone(spec, report);
    security_groups::validate(spec, report);
}

/// Ports of the containers that are there while the task runs: when it takes part, whoever runs to its end first has
/// done so.
fn ports(task: &Task) -> impl Iterator<Item = &Port> {
    let staying = task.containers.iter().zip(&task.order.stages).filter(|(_, stage)| **stage != Stage::Init);
    staying.flat_map(|(container, _)| &container.ports)
}

fn address_port(port: &Port) -> AddressPort {
    AddressPort {
        name: port.name.clone(),
        port: port.container,
        target: port.container,
        protocol: port.protocol,
        app: port.app,
    }
}

/// Port to which requests of a new load balancer go: the one that is asked for, else the one that load balancers
/// have, else the first.
fn entry(asked: Option<i32>, balanced: Option<i32>, ports: &[AddressPort]) -> Option<&AddressPort> {
    let mut tcp = ports.iter().filter(|port| port.protocol == Protocol::Tcp);
    match asked.or(balanced) {
        Some(number) => tcp.find(|port| i32::from(port.port) == number),
        None => tcp.next(),
    }
}

#[cfg(test)]
mod tests;
