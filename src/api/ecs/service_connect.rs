//! Service Connect: how services find and reach each other by name.

use super::logging::LogConfiguration;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a service is found by others in its namespace, and finds them. A proxy beside each task carries the
/// traffic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectConfiguration {
    /// Whether Service Connect is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enabled: Option<bool>,
    /// Name or ARN of the Cloud Map namespace. Default is the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Ports that others may use. A service that is only a client has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceConnectService>,
    /// Where the output of the proxy goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_configuration: Option<LogConfiguration>,
    /// Access log of the proxy. Without it none is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log_configuration: Option<ServiceConnectAccessLogConfiguration>,
    /// Settings of the proxy container.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 10))]
    pub container_configurations: Vec<ServiceConnectContainerConfiguration>,
}

/// A port that other services may use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectService {
    /// Name of the port mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// Name in the namespace, unique there: at most 64 lower-case letters, digits, `-` and `_`. Default is
    /// the name of the port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discovery_name: Option<String>,
    /// Name and port under which clients reach it, at most one. Without it they use `discoveryName.namespace`
    /// and the port of the mapping.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1))]
    pub client_aliases: Vec<ServiceConnectClientAlias>,
    /// Port on which the proxy listens; default is the port of the mapping with `awsvpc`, else any free one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub ingress_port_override: Option<i32>,
    /// Timeouts of the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<TimeoutConfiguration>,
    /// Encrypts the traffic between proxies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ServiceConnectTlsConfiguration>,
}

/// Name and port under which clients reach a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectClientAlias {
    /// Port that clients connect to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// Host name that clients use, at most 127 characters. Default is `discoveryName.namespace`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
    /// Requests that go to the new version during a traffic shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_traffic_rules: Option<ServiceConnectTestTrafficRules>,
}

/// Requests that count as test traffic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficRules {
    /// The HTTP header that marks them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub header: Option<ServiceConnectTestTrafficHeaderRules>,
}

/// The HTTP header that marks test traffic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficHeaderRules {
    /// Name of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// What its value has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ServiceConnectTestTrafficHeaderMatchRules>,
}

/// How the value of a header is compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficHeaderMatchRules {
    /// The exact value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub exact: Option<String>,
}

/// Timeouts of the Service Connect proxy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeoutConfiguration {
    /// Seconds without traffic after which a connection is closed; 0 turns it off. Default 300 for http,
    /// http2 and grpc, 3600 for TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub idle_timeout_seconds: Option<i32>,
    /// Seconds that a request may take; 0 turns it off. Not for plain TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub per_request_timeout_seconds: Option<i32>,
}

/// TLS between Service Connect proxies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTlsConfiguration {
    /// Who signs the certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub issuer_certificate_authority: Option<ServiceConnectTlsCertificateAuthority>,
    /// KMS key that the certificates' private keys are encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// ARN of the role with which ECS obtains certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// Who signs the certificates of Service Connect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTlsCertificateAuthority {
    /// ARN of the AWS Private Certificate Authority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_pca_authority_arn: Option<String>,
}

/// Access log of the Service Connect proxy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectAccessLogConfiguration {
    /// TEXT or JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub format: Option<AccessLogFormat>,
    /// Whether query parameters are logged, which may hold secrets; default DISABLED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_query_parameters: Option<Toggle>,
}

/// Settings of the Service Connect proxy container.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectContainerConfiguration {
    /// How much the proxy logs: `info` or `debug`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<LogLevel>,
}

ecs_enum! {
    /// Formats of the access log.
    AccessLogFormat { Text = "TEXT", Json = "JSON" }
}

ecs_enum! {
    /// How much the Service Connect proxy logs.
    LogLevel { Debug = "debug", Info = "info" }
}
