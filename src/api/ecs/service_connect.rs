//! DOC module service_connect

use super::logging::LogConfiguration;
use super::toggle::Toggle;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC ServiceConnectConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectConfiguration {
    /// DOC ServiceConnectConfiguration.enabled
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub enabled: Option<bool>,
    /// DOC ServiceConnectConfiguration.namespace
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// DOC ServiceConnectConfiguration.services
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceConnectService>,
    /// DOC ServiceConnectConfiguration.logConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_configuration: Option<LogConfiguration>,
    /// DOC ServiceConnectConfiguration.accessLogConfiguration
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log_configuration: Option<ServiceConnectAccessLogConfiguration>,
    /// DOC ServiceConnectConfiguration.containerConfigurations
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub container_configurations: Vec<ServiceConnectContainerConfiguration>,
}

/// DOC ServiceConnectService
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectService {
    /// DOC ServiceConnectService.portName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// DOC ServiceConnectService.discoveryName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discovery_name: Option<String>,
    /// DOC ServiceConnectService.clientAliases
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_aliases: Vec<ServiceConnectClientAlias>,
    /// DOC ServiceConnectService.ingressPortOverride
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 65535))]
    pub ingress_port_override: Option<i32>,
    /// DOC ServiceConnectService.timeout
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<TimeoutConfiguration>,
    /// DOC ServiceConnectService.tls
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ServiceConnectTlsConfiguration>,
}

/// DOC ServiceConnectClientAlias
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectClientAlias {
    /// DOC ServiceConnectClientAlias.port
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 0, max = 65535))]
    pub port: Option<i32>,
    /// DOC ServiceConnectClientAlias.dnsName
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
    /// DOC ServiceConnectClientAlias.testTrafficRules
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_traffic_rules: Option<ServiceConnectTestTrafficRules>,
}

/// DOC ServiceConnectTestTrafficRules
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficRules {
    /// DOC ServiceConnectTestTrafficRules.header
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub header: Option<ServiceConnectTestTrafficHeaderRules>,
}

/// DOC ServiceConnectTestTrafficHeaderRules
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficHeaderRules {
    /// DOC ServiceConnectTestTrafficHeaderRules.name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC ServiceConnectTestTrafficHeaderRules.value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ServiceConnectTestTrafficHeaderMatchRules>,
}

/// DOC ServiceConnectTestTrafficHeaderMatchRules
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTestTrafficHeaderMatchRules {
    /// DOC ServiceConnectTestTrafficHeaderMatchRules.exact
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub exact: Option<String>,
}

/// DOC TimeoutConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeoutConfiguration {
    /// DOC TimeoutConfiguration.idleTimeoutSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub idle_timeout_seconds: Option<i32>,
    /// DOC TimeoutConfiguration.perRequestTimeoutSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2147483647))]
    pub per_request_timeout_seconds: Option<i32>,
}

/// DOC ServiceConnectTlsConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTlsConfiguration {
    /// DOC ServiceConnectTlsConfiguration.issuerCertificateAuthority
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub issuer_certificate_authority: Option<ServiceConnectTlsCertificateAuthority>,
    /// DOC ServiceConnectTlsConfiguration.kmsKey
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// DOC ServiceConnectTlsConfiguration.roleArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// DOC ServiceConnectTlsCertificateAuthority
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectTlsCertificateAuthority {
    /// DOC ServiceConnectTlsCertificateAuthority.awsPcaAuthorityArn
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_pca_authority_arn: Option<String>,
}

/// DOC ServiceConnectAccessLogConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectAccessLogConfiguration {
    /// DOC ServiceConnectAccessLogConfiguration.format
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub format: Option<AccessLogFormat>,
    /// DOC ServiceConnectAccessLogConfiguration.includeQueryParameters
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_query_parameters: Option<Toggle>,
}

/// DOC ServiceConnectContainerConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceConnectContainerConfiguration {
    /// DOC ServiceConnectContainerConfiguration.logLevel
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<LogLevel>,
}

ecs_enum! {
    /// DOC enum AccessLogFormat
    AccessLogFormat { Text = "TEXT", Json = "JSON" }
}

ecs_enum! {
    /// DOC enum LogLevel
    LogLevel { Debug = "debug", Info = "info" }
}
