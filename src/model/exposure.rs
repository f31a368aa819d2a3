//! How the tasks of a service are found and reached.

use std::collections::BTreeMap;

use super::task::Protocol;
use crate::api::ecs::ApplicationProtocol;

/// Seconds for which a task that is to stop goes on working while load balancers stop sending it requests. What an
/// existing target group says (`deregistration_delay.timeout_seconds`) is not known here.
pub const DRAIN: u32 = 30;

/// How the tasks of a service are found and reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Names under which they are found; the service's own comes first where it has ports.
    pub addresses: Vec<Address>,
    /// Existing target groups that they are registered with.
    pub target_groups: Vec<TargetGroup>,
    /// A new load balancer, by an Ingress.
    pub ingress: Option<Ingress>,
    /// A new load balancer, by a route of a Gateway.
    pub route: Option<Route>,
    /// Security groups that guard them.
    pub security_groups: Vec<String>,
}

impl Exposure {
    /// Seconds between the moment at which a stopping task is taken out of its load balancers and its stop signal.
    #[must_use]
    pub const fn drain(&self) -> u32 {
        let behind = !self.target_groups.is_empty() || self.ingress.is_some() || self.route.is_some();
        if behind { DRAIN } else { 0 }
    }
}

/// A name in the cluster's DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The name, a DNS label.
    pub name: String,
    /// What it stands for.
    pub kind: AddressKind,
    /// Ports that it answers on.
    pub ports: Vec<AddressPort>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// An address of its own.
    Cluster,
    /// An address of its own, and a port of every node for each port.
    Nodes,
    /// The addresses of the tasks.
    Tasks,
}

/// A port that a name answers on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressPort {
    /// Its name, unique within the address.
    pub name: String,
    /// Its number.
    pub port: u16,
    /// The port of the tasks behind it.
    pub target: u16,
    /// Transport.
    pub protocol: Protocol,
    /// What is spoken on it.
    pub app: Option<ApplicationProtocol>,
}

/// An existing target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroup {
    /// Name of the object that binds it, and of the condition that tells of a task's health there.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Port of the service's address that it takes.
    pub port: u16,
    /// What its targets are.
    pub targets: Targets,
}

/// What the targets of a target group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// Tasks, by their addresses.
    Tasks,
    /// Nodes, by a port of theirs.
    Nodes,
}

/// A new load balancer by an Ingress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingress {
    /// Its class; `None` for the cluster's default.
    pub class: Option<String>,
    /// Host name that it answers; `None` for every.
    pub host: Option<String>,
    /// Path prefix.
    pub path: String,
    /// Port of the service's address.
    pub port: u16,
    /// Annotations, those of the controller's defaults that ECS has others for included.
    pub annotations: BTreeMap<String, String>,
}

/// A route of an existing Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Name of the Gateway.
    pub gateway: String,
    /// Its namespace, where it is not the service's.
    pub namespace: Option<String>,
    /// Host names; none means every.
    pub hostnames: Vec<String>,
    /// Path prefix.
    pub path: String,
    /// Port of the service's address.
    pub port: u16,
}
