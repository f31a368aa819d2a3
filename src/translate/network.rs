//! The names under which a service is reached, and whether its tasks have a network at all.

use k8s_openapi::api::core::v1::{Service as KubernetesService, ServicePort, ServiceSpec};
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::container::some;
use super::meta;
use crate::api::ecs::ApplicationProtocol;
use crate::api::labels;
use crate::model::Service;
use crate::model::exposure::{Address, AddressKind, AddressPort};
use crate::model::network::Network;
use crate::object::Object;

/// A Service for each name.
pub(super) fn services(service: &Service) -> impl Iterator<Item = Object> {
    service.exposure.addresses.iter().map(|address| self::address(service, address))
}

fn address(service: &Service, address: &Address) -> Object {
    let object = KubernetesService {
        metadata: meta::owned(service, &address.name),
        spec: Some(ServiceSpec {
            type_: Some(
                match address.kind {
                    AddressKind::Cluster | AddressKind::Tasks => "ClusterIP",
                    AddressKind::Nodes => "NodePort",
                }
                .to_owned(),
            ),
            cluster_ip: (address.kind == AddressKind::Tasks).then(|| "None".to_owned()),
            selector: Some(meta::service_selector(service)),
            ports: some(address.ports.iter().map(port).collect()),
            ..ServiceSpec::default()
        }),
        status: None,
    };
    object.into()
}

/// Denies all traffic of tasks that have no network on ECS. It selects them by a label of their own: what ran with
/// a network before, or will after a rollout, is not meant.
pub(super) fn policy(service: &Service) -> Option<Object> {
    if service.task.network != Network::Denied {
        return None;
    }
    let mut selector = meta::service_selector(service);
    selector.insert(labels::NETWORK.to_owned(), labels::NETWORK_NONE.to_owned());
    let object = NetworkPolicy {
        metadata: meta::owned(service, &service.name.label),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(LabelSelector { match_labels: Some(selector), match_expressions: None }),
            // A direction without rules is one without traffic.
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ..NetworkPolicySpec::default()
        }),
    };
    Some(object.into())
}

fn port(port: &AddressPort) -> ServicePort {
    ServicePort {
        name: Some(port.name.clone()),
        port: port.port.into(),
        target_port: Some(IntOrString::Int(port.target.into())),
        protocol: Some(port.protocol.as_str().to_owned()),
        app_protocol: port.app.map(|app| {
            match app {
                ApplicationProtocol::Http => "http",
                // HTTP/2 without TLS, by the name that Kubernetes standardised.
                ApplicationProtocol::Http2 => "kubernetes.io/h2c",
                ApplicationProtocol::Grpc => "grpc",
            }
            .to_owned()
        }),
        ..ServicePort::default()
    }
}
