//! New load balancers: an Ingress, or a route of a Gateway.

use std::collections::BTreeMap;

use serde_json::json;

use super::{entry, network_balancer};
use crate::api::EcsServiceSpec;
use crate::api::ecs::ApplicationProtocol;
use crate::finding::{Code, Path};
use crate::model::exposure::{AddressPort, DRAIN, Ingress, Route};
use crate::model::name;
use crate::model::task::Protocol;
use crate::model::validate::{Report, set};
use crate::object::load_balancing::{AWS_GATEWAY, ELB, GATEWAY};

/// IngressClass of the AWS Load Balancer Controller.
const ALB: &str = "alb";
/// Prefix of its annotations.
const PREFIX: &str = "alb.ingress.kubernetes.io/";
/// Attribute of a target group: seconds until a target that is taken out gets nothing any more.
const DRAIN_ATTRIBUTE: &str = "deregistration_delay.timeout_seconds";

pub(super) fn ingress(
    spec: &EcsServiceSpec,
    ports: &[AddressPort],
    report: &mut Report<'_>,
) -> Option<Ingress> {
    let options = spec.kubernetes.as_ref()?.ingress.as_ref()?;
    let kubernetes = Path::ROOT.member("kubernetes");
    let path = kubernetes.member("ingress");
    let class = set(options.ingress_class_name.as_deref());
    if let Some(class) = class.filter(|class| !name::is_subdomain(class)) {
        let message = format!("{class:?} is no name of an IngressClass.");
        report.add(Code::InvalidName, path.member("ingressClassName"), message);
    }
    let host = set(options.host.as_deref());
    if let Some(host) = host {
        domain(host, path.member("host"), report);
    }
    let annotations = path.member("annotations");
    for key in options.annotations.keys().filter(|key| !is_annotation(key)) {
        let message = format!("{key:?} is no key of an annotation.");
        report.add(Code::InvalidName, annotations.member(key), message);
    }
    let prefix = prefix(options.path.as_deref(), path.member("path"), report);
    let port = port(spec, options.port, ports, path, report)?;
    Some(Ingress {
        class: class.map(str::to_owned),
        host: host.map(str::to_owned),
        path: prefix,
        port: port.port,
        annotations: with_defaults(
            class == Some(ALB) || report.context.capabilities.apis.contains(ELB),
            port.app,
            &options.annotations,
        ),
    })
}

/// What ECS has other defaults for than the AWS Load Balancer Controller. Whose a class is, its name does not say, and
/// other controllers do not look at these annotations.
fn with_defaults(
    aws: bool,
    app: Option<ApplicationProtocol>,
    given: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut annotations = BTreeMap::new();
    if aws {
        let mut add = |key: &str, value: String| annotations.insert(format!("{PREFIX}{key}"), value);
        add("target-type", "ip".to_owned());
        add("target-group-attributes", format!("{DRAIN_ATTRIBUTE}={DRAIN}"));
        match app {
            Some(ApplicationProtocol::Http2) => drop(add("backend-protocol-version", "HTTP2".to_owned())),
            Some(ApplicationProtocol::Grpc) => drop(add("backend-protocol-version", "GRPC".to_owned())),
            Some(ApplicationProtocol::Http) | None => {}
        }
    }
    annotations.extend(given.clone());
    annotations
}

pub(super) fn gateway(
    spec: &EcsServiceSpec,
    ports: &[AddressPort],
    report: &mut Report<'_>,
) -> Option<Route> {
    let options = spec.kubernetes.as_ref()?.gateway.as_ref()?;
    let kubernetes = Path::ROOT.member("kubernetes");
    let path = kubernetes.member("gateway");
    if !name::is_subdomain(&options.name) {
        report.add(
            Code::InvalidName,
            path.member("name"),
            format!("{:?} is no name of a Gateway.", options.name),
        );
    }
    let namespace = set(options.namespace.as_deref());
    if let Some(namespace) = namespace.filter(|namespace| !is_dns_label(namespace)) {
        let message = format!("{namespace:?} is no name of a namespace.");
        report.add(Code::InvalidName, path.member("namespace"), message);
    }
    let hostnames = path.member("hostnames");
    if options.hostnames.len() > 16 {
        report.add(Code::InvalidValue, hostnames, "A route has at most 16 host names.");
    }
    for (i, host) in options.hostnames.iter().enumerate() {
        domain(host, hostnames.index(i), report);
    }
    let prefix = prefix(options.path.as_deref(), path.member("path"), report);
    let port = port(spec, options.port, ports, path, report)?;
    if !report.context.capabilities.apis.contains(GATEWAY) {
        report.advise(
            Code::RouteNotMade,
            path,
            "The cluster does not serve gateway.networking.k8s.io: no route is made.",
            "Install Gateway API (https://gateway-api.sigs.k8s.io) and a controller for it, or set kubernetes.ingress.",
        );
        return None;
    }
    if report.context.capabilities.apis.contains(AWS_GATEWAY) {
        targets(path, report);
    }
    Some(Route {
        gateway: options.name.clone(),
        namespace: namespace.map(str::to_owned),
        hostnames: options.hostnames.clone(),
        path: prefix,
        port: port.port,
    })
}

/// Targets of a Gateway of the AWS Load Balancer Controller. The object that says what they are has the health checks,
/// too, and there is one for a Service: it is left to the user.
fn targets(path: Path<'_>, report: &mut Report<'_>) {
    let (name, namespace) = (&report.context.name, &report.context.namespace);
    let manifest = json!({
        "apiVersion": format!("{AWS_GATEWAY}/v1beta1"), "kind": "TargetGroupConfiguration",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "targetReference": {"name": name},
            "defaultConfiguration": {
                "targetType": "ip",
                "targetGroupAttributes": [{"key": DRAIN_ATTRIBUTE, "value": DRAIN.to_string()}],
            },
        },
    });
    report.advise(
        Code::GatewayTargetsAreNodes,
        path,
        "If the Gateway is one of the AWS Load Balancer Controller, it takes nodes for targets, which the Service does \
         not lead to, unless a TargetGroupConfiguration says that it is the tasks.",
        format!("Apply one, with the health checks that you want, where there is none yet: {manifest}"),
    );
}

fn port<'p>(
    spec: &EcsServiceSpec,
    asked: Option<i32>,
    ports: &'p [AddressPort],
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Option<&'p AddressPort> {
    let balanced = spec.load_balancers.first().and_then(|balancer| balancer.container_port);
    let found = entry(asked, balanced, ports);
    let is_asked = |port: &&AddressPort| asked.is_none_or(|asked| i32::from(port.port) == asked);
    let udp = ports.iter().filter(|port| port.protocol == Protocol::Udp).find(is_asked);
    if let (None, Some(udp)) = (found, udp) {
        network(udp, ports, path, report);
        return None;
    }
    match (found, asked) {
        (Some(_), _) => {}
        (None, Some(asked)) => {
            let message = format!("No container has the TCP port {asked} in its portMappings.");
            report.add(Code::InvalidReference, path.member("port"), message);
        }
        (None, None) => report.advise(
            Code::RouteNotMade,
            path,
            "No container has a TCP port in its portMappings that requests could go to.",
            "Add the port to portMappings of the container that takes the requests.",
        ),
    }
    found
}

/// A load balancer for what is no HTTP: the way to one of the network kind.
fn network(port: &AddressPort, ports: &[AddressPort], path: Path<'_>, report: &mut Report<'_>) {
    let number = port.port;
    let checked = ports.iter().find(|port| port.protocol == Protocol::Tcp).map(|port| port.target);
    report.advise(
        Code::RouteNotMade,
        path,
        format!("Port {number} is UDP, which neither an Ingress nor an HTTPRoute leads on."),
        network_balancer::remedy(report.context, number, Protocol::Udp, checked),
    );
}

fn prefix(path: Option<&str>, at: Path<'_>, report: &mut Report<'_>) -> String {
    let path = set(path).unwrap_or("/");
    let odd = ["//", "/./", "/../", "%2f", "%2F", "#"].iter().any(|part| path.contains(part));
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"-/._~!$&'()*+,;=:@%".contains(&b);
    let escaped = |part: &str| part.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    let whole = path.starts_with('/') && path.len() <= 1024 && path.bytes().all(legal);
    if !whole || odd || path.ends_with("/..") || path.ends_with("/.") || !path.split('%').skip(1).all(escaped)
    {
        let message = format!("{path:?} is no path: it starts with / and is written as in a URL.");
        report.add(Code::InvalidValue, at, message);
    }
    path.to_owned()
}

/// A host name, the first part of which may be `*`.
fn domain(host: &str, path: Path<'_>, report: &mut Report<'_>) {
    let rest = host.strip_prefix("*.").unwrap_or(host);
    if !name::is_subdomain(rest) || host.parse::<core::net::IpAddr>().is_ok() {
        let message = format!("{host:?} is no host name: lower-case letters, digits, hyphens and dots.");
        report.add(Code::InvalidValue, path, message);
    }
}

fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && !text.contains('.') && name::is_subdomain(text)
}

/// What the API server takes as the key of an annotation, which it compares without regard to case.
fn is_annotation(key: &str) -> bool {
    let (domain, own) = key.split_once('/').map_or((None, key), |(domain, own)| (Some(domain), own));
    domain.is_none_or(|domain| name::is_subdomain(&domain.to_ascii_lowercase())) && name::key(own) == own
}
