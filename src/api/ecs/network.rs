//! DOC module network

use super::environment::KeyValuePair;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC PortMapping
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortMapping {
    /// DOC PortMapping.containerPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port: Option<i32>,
    /// DOC PortMapping.hostPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_port: Option<i32>,
    /// DOC PortMapping.protocol
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<TransportProtocol>,
    /// DOC PortMapping.name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// DOC PortMapping.appProtocol
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_protocol: Option<ApplicationProtocol>,
    /// DOC PortMapping.containerPortRange
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_port_range: Option<String>,
}

/// DOC HostEntry
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostEntry {
    /// DOC HostEntry.hostname
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub hostname: Option<String>,
    /// DOC HostEntry.ipAddress
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub ip_address: Option<String>,
}

/// DOC ProxyConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProxyConfiguration {
    /// DOC ProxyConfiguration.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<ProxyConfigurationType>,
    /// DOC ProxyConfiguration.containerName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub container_name: Option<String>,
    /// DOC ProxyConfiguration.properties
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<KeyValuePair>,
}

/// DOC NetworkConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NetworkConfiguration {
    /// DOC NetworkConfiguration.awsvpcConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}

/// DOC AwsVpcConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsVpcConfiguration {
    /// DOC AwsVpcConfiguration.subnets
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub subnets: Vec<String>,
    /// DOC AwsVpcConfiguration.securityGroups
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<String>,
    /// DOC AwsVpcConfiguration.assignPublicIp
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign_public_ip: Option<Toggle>,
}

ecs_enum! {
    /// DOC enum TransportProtocol
    TransportProtocol { Tcp = "tcp", Udp = "udp" }
}

ecs_enum! {
    /// DOC enum ApplicationProtocol
    ApplicationProtocol { Http = "http", Http2 = "http2", Grpc = "grpc" }
}

ecs_enum! {
    /// DOC enum ProxyConfigurationType
    ProxyConfigurationType { AppMesh = "APPMESH" }
}

ecs_enum! {
    /// DOC enum NetworkMode
    NetworkMode { Bridge = "bridge", Host = "host", Awsvpc = "awsvpc", None = "none" }
}
