//! Whose network a task uses, and what stands in front of it.

use super::Report;
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::NetworkMode;
use crate::finding::{Code, Path};
use crate::model::network::Network;
use crate::model::task::Os;
use crate::policy::Privilege;

/// What App Mesh's proxy is told. Source: ProxyConfiguration `properties`.
const PROXY: [&str; 7] = [
    "AppPorts",
    "EgressIgnoredIPs",
    "EgressIgnoredPorts",
    "IgnoredGID",
    "IgnoredUID",
    "ProxyEgressPort",
    "ProxyIngressPort",
];

pub(super) fn validate(spec: &TaskDefinitionSpec, os: Os, report: &mut Report<'_>) -> Network {
    proxy(spec, report);
    let path = Path::ROOT.member("networkMode");
    match spec.network_mode {
        Some(NetworkMode::Host) if os != Os::Linux => {
            report.add(Code::InvalidValue, path, "networkMode host is not supported for Windows containers.");
        }
        Some(NetworkMode::Host) => {
            report.grant(Privilege::HostAccess, "networkMode host", path);
            return Network::Host;
        }
        Some(NetworkMode::None) => {
            denied(path, report);
            return Network::Denied;
        }
        Some(NetworkMode::Bridge) | None => shared(spec, path, report),
        Some(NetworkMode::Awsvpc) => {}
    }
    disabled(spec, report)
}

/// With Docker's bridge each container has an address and ports of its own.
fn shared(spec: &TaskDefinitionSpec, path: Path<'_>, report: &mut Report<'_>) {
    if spec.container_definitions.len() > 1 {
        report.advise(
            Code::ContainersShareNetwork,
            path,
            "The containers have one network, as with awsvpc: they reach each other at localhost, and no two of them can listen on one port.",
            "See that no two containers listen on the same port, also on ports that are not mapped.",
        );
    }
}

/// Containers of a pod share one network: it is off for all of them or for none.
fn disabled(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Network {
    let list = Path::ROOT.member("containerDefinitions");
    let is_off = |c: &crate::api::ecs::ContainerDefinition| c.disable_networking == Some(true);
    let Some(first) = spec.container_definitions.iter().position(is_off) else {
        return Network::Pod;
    };
    let element = list.index(first);
    let path = element.member("disableNetworking");
    if spec.container_definitions.iter().all(is_off) {
        if !report.refused(&path) {
            denied(path, report);
        }
        return Network::Denied;
    }
    report.advise(
        Code::NetworkNotSeparable,
        path,
        "The containers of a pod share one network: it cannot be taken from one of them.",
        "Set it on every container of the task, or give this one a task of its own.",
    );
    Network::Pod
}

fn denied(path: Path<'_>, report: &mut Report<'_>) {
    report.advise(
        Code::NetworkDeniedByPolicy,
        path,
        "The pods have a network, and a NetworkPolicy that denies everything, which holds where the cluster enforces NetworkPolicy.",
        "On EKS: aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --configuration-values '{\"enableNetworkPolicy\":\"true\"}'",
    );
}

/// Source: ProxyConfiguration of RegisterTaskDefinition. That nothing comes of it is said by the ledger.
fn proxy(spec: &TaskDefinitionSpec, report: &mut Report<'_>) {
    let path = Path::ROOT.member("proxyConfiguration");
    if spec.proxy_configuration.is_some() && spec.network_mode != Some(NetworkMode::Awsvpc) {
        report.add(Code::InvalidValue, path, "proxyConfiguration needs networkMode awsvpc.");
    }
    let Some(proxy) = &spec.proxy_configuration else { return };
    let member = path.member("containerName");
    report.required(proxy.container_name.as_deref(), member, "containerName");
    let list = path.member("properties");
    let names: Vec<&str> = proxy.properties.iter().filter_map(|p| p.name.as_deref()).collect();
    for (i, name) in names.iter().enumerate().filter(|(_, name)| !PROXY.contains(name)) {
        let message = format!("{name:?} is no property of App Mesh: {}.", PROXY.join(", "));
        report.add(Code::InvalidValue, list.index(i).member("name"), message);
    }
    if !names.is_empty() && !names.iter().any(|name| matches!(*name, "IgnoredUID" | "IgnoredGID")) {
        report.add(Code::MissingMember, list, "IgnoredUID or IgnoredGID is required.");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{container, model, told};
    use super::*;

    #[test]
    fn a_task_without_network_is_denied_all_traffic() {
        assert_eq!(told(&no_ports("none"), &json!({})), ["NetworkDeniedByPolicy networkMode"]);
        assert_eq!(model(&no_ports("none")).network, Network::Denied);
        assert_eq!(model(&no_ports("bridge")).network, Network::Pod);
    }

    fn no_ports(mode: &str) -> serde_json::Value {
        super::super::tests::merged(&container(&json!({})), &json!({ "networkMode": mode }))
    }

    #[test]
    fn networking_is_disabled_for_all_containers_or_none() {
        let task = container(&json!({ "disableNetworking": true }));
        assert_eq!(
            told(&task, &json!({})),
            ["NetworkDeniedByPolicy containerDefinitions[0].disableNetworking"]
        );
        let mut two = task;
        let other = json!({ "name": "b", "image": "b:1", "memory": 64 });
        two["containerDefinitions"].as_array_mut().unwrap().push(other);
        assert_eq!(told(&two, &json!({})), ["NetworkNotSeparable containerDefinitions[0].disableNetworking"]);
    }

    #[test]
    fn app_mesh_needs_awsvpc() {
        let task = |mode: &str| json!({ "networkMode": mode, "proxyConfiguration": { "type": "APPMESH", "containerName": "app" } });
        assert_eq!(told(&task("bridge"), &json!({})), ["InvalidValue proxyConfiguration"]);
        assert!(told(&task("awsvpc"), &json!({})).is_empty());
    }
}
