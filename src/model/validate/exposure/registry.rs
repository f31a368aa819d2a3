//! Service discovery: a name for the addresses of the tasks.

use super::{address_port, ports};
use crate::api::EcsServiceSpec;
use crate::api::ecs::ServiceRegistry;
use crate::finding::{Code, Path};
use crate::model::exposure::{Address, AddressKind, AddressPort};
use crate::model::name;
use crate::model::task::{Protocol, Task};
use crate::model::validate::{Report, set};

/// Added to the service's name for the addresses of its tasks.
const TASKS: &str = "tasks";
/// Name of a port that no mapping has a name for.
const PORT: &str = "discovery";

pub(super) fn validate(spec: &EcsServiceSpec, task: &Task, report: &mut Report<'_>) -> Option<Address> {
    let list = Path::ROOT.member("serviceRegistries");
    let registry = spec.service_registries.first()?;
    let path = list.index(0);
    let name = name::child(&report.context.name, TASKS);
    let namespace = &report.context.namespace;
    let domain = format!("{name}.{namespace}.svc.cluster.local");
    let arn = report.required(registry.registry_arn.as_deref(), path.member("registryArn"), "registryArn");
    if arn.is_some() {
        report.advise(
            Code::ServiceRegistryNotApplied,
            path.member("registryArn"),
            format!("Names are not registered in Cloud Map. The tasks' addresses (A, SRV) are at {domain}."),
            format!(
                "Let clients in the cluster use that name. For others run external-dns, and name it: \
                 kubectl -n {namespace} annotate service {name} external-dns.alpha.kubernetes.io/hostname=NAME.DOMAIN"
            ),
        );
    }
    let ports = wanted(registry, task, path, report);
    Some(Address { name, kind: AddressKind::Tasks, ports })
}

/// Ports with an SRV record: the one that is named, else all.
fn wanted(
    registry: &ServiceRegistry,
    task: &Task,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<AddressPort> {
    if let Some(name) = set(registry.container_name.as_deref())
        && !task.containers.iter().any(|container| container.name.original == name)
    {
        report.add(
            Code::InvalidReference,
            path.member("containerName"),
            format!("The container {name} does not exist in the task definition."),
        );
    }
    let Some((member, number)) = registry
        .container_port
        .map(|number| ("containerPort", number))
        .or_else(|| registry.port.map(|number| ("port", number)))
    else {
        return ports(task).map(address_port).collect();
    };
    if let Some(port) = ports(task).find(|port| i32::from(port.container) == number) {
        return vec![address_port(port)];
    }
    match u16::try_from(number).ok().filter(|number| *number > 0) {
        Some(port) => vec![AddressPort {
            name: PORT.to_owned(),
            port,
            target: port,
            protocol: Protocol::Tcp,
            app: None,
        }],
        None => {
            report.add(Code::InvalidValue, path.member(member), format!("{number} is no port: 1 to 65535."));
            Vec::new()
        }
    }
}
