//! Ports, addresses and proxies of tasks.

use super::environment::KeyValuePair;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A port, or a range of ports, that a container listens on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortMapping {
    /// Port in the container, 1 to 65535. With `awsvpc` and `host` no two containers of a task may use the
    /// same one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
    /// Port on the node. With `awsvpc` and `host` absent or equal to `containerPort`; with `bridge` 0 or
    /// absent means any free port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_port: Option<i32>,
    /// Transport protocol, `tcp` (the default) or `udp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<TransportProtocol>,
    /// Name by which Service Connect, VPC Lattice and gateway connectors refer to the port: at most 64
    /// lower-case letters, digits, `-` and `_`, not starting with `-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Protocol that is spoken on the port: `http`, `http2` or `grpc`; without it plain TCP. Used by Service
    /// Connect, and fixed while it uses the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<ApplicationProtocol>,
    /// A range of ports as `first-last`, in place of `containerPort` and without `hostPort`. Network mode
    /// `bridge` or `awsvpc`; at most 100 ranges per container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port_range: Option<String>,
}

/// A line of /etc/hosts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostEntry {
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub hostname: Option<String>,
    /// The address that it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub ip_address: Option<String>,
}

/// The App Mesh proxy of a task. Needs network mode `awsvpc`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProxyConfiguration {
    /// Kind of proxy; APPMESH is the only one.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<ProxyConfigurationType>,
    /// Name of the container that runs the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_name: Option<String>,
    /// Settings of the proxy: `IgnoredUID` or `IgnoredGID`, `AppPorts`, `ProxyIngressPort`,
    /// `ProxyEgressPort`, `EgressIgnoredPorts`, `EgressIgnoredIPs`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<KeyValuePair>,
}

/// The network of a service's tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfiguration {
    /// Subnets and security groups of the tasks. Needed with network mode `awsvpc`, refused with any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}

/// Subnets and security groups of tasks that have an address of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsVpcConfiguration {
    /// Ids of the subnets to place tasks in, all of one VPC; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required, length(max = 16))]
    pub subnets: Vec<String>,
    /// Ids of the security groups of the tasks, at most 5. Default is the VPC's default group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
    /// Whether tasks get a public address; default DISABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign_public_ip: Option<Toggle>,
}

ecs_enum! {
    /// Transport protocols of a port.
    TransportProtocol { Tcp = "tcp", Udp = "udp" }
}

ecs_enum! {
    /// Protocols that Service Connect understands.
    ApplicationProtocol { Http = "http", Http2 = "http2", Grpc = "grpc" }
}

ecs_enum! {
    /// Kinds of proxies.
    ProxyConfigurationType { AppMesh = "APPMESH" }
}

ecs_enum! {
    /// How the containers of a task are connected.
    NetworkMode { Bridge = "bridge", Host = "host", Awsvpc = "awsvpc", None = "none" }
}
