//! Service Connect: names for ports. No proxy stands behind them.

use super::{address_port, ports};
use crate::api::ecs::{ApplicationProtocol, ServiceConnectConfiguration, ServiceConnectService};
use crate::finding::{Code, Path};
use crate::model::exposure::{Address, AddressKind, AddressPort};
use crate::model::name as spelling;
use crate::model::task::{Port, Task};
use crate::model::validate::{Report, set};
use crate::rollout::Inputs;

/// What the cluster's DNS has after the name and namespace of a Service.
const CLUSTER: &str = "svc.cluster.local";

/// Adds the names of the service to its addresses.
pub(super) fn validate(inputs: &Inputs, task: &Task, addresses: &mut Vec<Address>, report: &mut Report<'_>) {
    let Some(connect) = &inputs.service.service_connect_configuration else { return };
    if connect.enabled == Some(false) {
        return;
    }
    let root = Path::ROOT.member("serviceConnectConfiguration");
    if !connect.services.is_empty() {
        report.add(
            Code::ServiceConnectWithoutProxy,
            root.member("services"),
            "The names lead to the tasks without a proxy: connections are spread over tasks, and nothing retries, \
             leaves out failing tasks or measures.",
        );
    }
    let list = root.member("services");
    for (i, service) in connect.services.iter().enumerate() {
        let path = list.index(i);
        if service.client_aliases.len() > 1 {
            report.advise(
                Code::InvalidValue,
                path.member("clientAliases"),
                "A service of Service Connect has at most one client alias.",
                "Keep one of them.",
            );
        }
        let Some(port) = port(inputs, service, task, path, report) else { continue };
        if let Some(app @ (ApplicationProtocol::Http2 | ApplicationProtocol::Grpc)) = port.app {
            report.advise(
                Code::L7BalancingLost,
                path.member("portName"),
                format!(
                    "{app} keeps one connection for all requests, so all requests of a client go to one task."
                ),
                "Let clients balance over the tasks by themselves, or use a service mesh.",
            );
        }
        if let Some(name) = name(connect, service, path, report) {
            add(addresses, name, port, service, path, report);
        }
    }
}

/// The port mapping that a service names.
fn port<'t>(
    inputs: &Inputs,
    service: &ServiceConnectService,
    task: &'t Task,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<&'t Port> {
    let member = path.member("portName");
    let name = report.required(service.port_name.as_deref(), member, "portName")?;
    let definitions = inputs.task_definition.container_definitions.iter();
    let mut mappings = definitions.flat_map(|definition| &definition.port_mappings);
    let Some(mapping) = mappings.find(|mapping| mapping.name.as_deref() == Some(name)) else {
        report.add(
            Code::InvalidReference,
            member,
            format!("The task definition has no port mapping with the name {name:?}."),
        );
        return None;
    };
    ports(task).find(|port| Some(i32::from(port.container)) == mapping.container_port)
}

/// The Service that stands for the name that clients use, where there is one; and how that name leads to it.
fn name(
    connect: &ServiceConnectConfiguration,
    service: &ServiceConnectService,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<String> {
    let own = report.context.namespace.clone();
    let port_name = set(service.port_name.as_deref())?;
    let discovery = set(service.discovery_name.as_deref()).unwrap_or(port_name);
    let list = path.member("clientAliases");
    let alias = service.client_aliases.first().and_then(|alias| set(alias.dns_name.as_deref()));
    if let Some(alias) = alias {
        let first = list.index(0);
        let lower = alias.trim_end_matches('.').to_ascii_lowercase();
        let local = [format!(".{own}.{CLUSTER}"), format!(".{own}.svc"), format!(".{own}")];
        let short = local.iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(&lower);
        let label = spelling::label(short, spelling::CHILD);
        if short != label {
            rewrite(&lower, &label, first.member("dnsName"), report);
        }
        return Some(label);
    }
    // Without an alias clients use the discovery name within the namespace of Service Connect.
    let label = spelling::label(discovery, spelling::CHILD);
    let namespace = set(connect.namespace.as_deref());
    let named = namespace.filter(|namespace| !namespace.starts_with("arn:"));
    if named != Some(own.as_str()) || label != discovery {
        let domain = named.unwrap_or("NAMESPACE");
        let root = Path::ROOT.member("serviceConnectConfiguration");
        let member = if service.discovery_name.is_some() { "discoveryName" } else { "portName" };
        let of_namespace = namespace.is_some() && label == discovery;
        let at = if of_namespace { root.member("namespace") } else { path.member(member) };
        rewrite(&format!("{discovery}.{domain}"), &label, at, report);
    }
    Some(label)
}

fn rewrite(from: &str, label: &str, path: Path<'_>, report: &mut Report<'_>) {
    let to = format!("{label}.{}.{CLUSTER}", report.context.namespace);
    report.advise(
        Code::AliasNeedsDnsRewrite,
        path,
        format!("Clients reach the service as {label:?} in this namespace; the name {from:?} is not in the cluster's DNS."),
        format!("Add to the server block of CoreDNS (kubectl -n kube-system edit configmap coredns): rewrite name exact {from} {to}"),
    );
}

/// Makes a name answer on the alias' port.
fn add(
    addresses: &mut Vec<Address>,
    name: String,
    port: &Port,
    service: &ServiceConnectService,
    path: Path<'_>,
    report: &mut Report<'_>,
) {
    let list = path.member("clientAliases");
    let first = list.index(0);
    let member = first.member("port");
    let asked = service.client_aliases.first().and_then(|alias| alias.port);
    let number = asked.map_or(Some(port.container), |asked| u16::try_from(asked).ok().filter(|n| *n > 0));
    let Some(number) = number else {
        report.add(Code::InvalidValue, member, "The port of an alias is between 1 and 65535.");
        return;
    };
    let at = addresses.iter().position(|address| address.name == name);
    let at = at.unwrap_or_else(|| {
        addresses.push(Address { name, kind: AddressKind::Cluster, ports: Vec::new() });
        addresses.len() - 1
    });
    let address = &mut addresses[at];
    let known = address.ports.iter().find(|other| (other.port, other.protocol) == (number, port.protocol));
    match known {
        Some(other) if other.target == port.container => return,
        Some(other) => {
            let message = format!(
                "Port {number} of {:?} leads to port {} of the tasks already, not to {}.",
                address.name, other.target, port.container
            );
            report.advise(Code::AliasPortTaken, path, message, "Give the alias another port or name.");
            return;
        }
        None => {}
    }
    let is_free = |name: &str| address.ports.iter().all(|other| other.name != name);
    let numbered = (1..=u32::MAX).map(|n| format!("c{number}-{n}"));
    let mut free = [port.name.clone(), format!("c{number}")].into_iter().chain(numbered);
    let name = free.find(|name| is_free(name)).unwrap_or_default();
    address.ports.push(AddressPort { name, port: number, ..address_port(port) });
}
