//! DOC module gateway_connector

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC GatewayConnector
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnector {
    /// DOC GatewayConnector.portName
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// DOC GatewayConnector.healthCheck
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<GatewayConnectorHealthCheck>,
    /// DOC GatewayConnector.filters
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<GatewayConnectorFilters>,
    /// DOC GatewayConnector.deregistrationDelay
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deregistration_delay: Option<GatewayConnectorDeregistrationDelay>,
}

/// DOC GatewayConnectorHealthCheck
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorHealthCheck {
    /// DOC GatewayConnectorHealthCheck.healthCheckProtocol
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_protocol: Option<HealthCheckProtocol>,
    /// DOC GatewayConnectorHealthCheck.healthCheckPort
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_port: Option<i32>,
    /// DOC GatewayConnectorHealthCheck.healthCheckPath
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_path: Option<String>,
    /// DOC GatewayConnectorHealthCheck.healthCheckTimeoutSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_timeout_seconds: Option<i32>,
    /// DOC GatewayConnectorHealthCheck.healthCheckIntervalSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_interval_seconds: Option<i32>,
    /// DOC GatewayConnectorHealthCheck.healthyThresholdCount
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy_threshold_count: Option<i32>,
    /// DOC GatewayConnectorHealthCheck.unhealthyThresholdCount
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold_count: Option<i32>,
    /// DOC GatewayConnectorHealthCheck.matcher
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matcher: Option<GatewayConnectorHealthCheckMatcher>,
}

/// DOC GatewayConnectorHealthCheckMatcher
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorHealthCheckMatcher {
    /// DOC GatewayConnectorHealthCheckMatcher.httpCode
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_code: Option<String>,
    /// DOC GatewayConnectorHealthCheckMatcher.grpcCode
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_code: Option<String>,
}

/// DOC GatewayConnectorFilters
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorFilters {
    /// DOC GatewayConnectorFilters.accessTypes
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_types: Vec<AccessType>,
}

/// DOC GatewayConnectorDeregistrationDelay
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorDeregistrationDelay {
    /// DOC GatewayConnectorDeregistrationDelay.timeoutSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub timeout_seconds: Option<i32>,
}

ecs_enum! {
    /// DOC enum HealthCheckProtocol
    HealthCheckProtocol { Http = "HTTP", Https = "HTTPS" }
}

ecs_enum! {
    /// DOC enum AccessType
    AccessType { Public = "PUBLIC", Private = "PRIVATE" }
}
