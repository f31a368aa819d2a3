//! The connection of a service to an Amazon ECS gateway.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The connection of a service to the gateways of its cluster. Each of them gives the service an HTTPS host
/// name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnector {
    /// Name of the port mapping that takes the traffic. The task definition needs network mode `awsvpc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub port_name: Option<String>,
    /// How the gateway finds out whether a task is healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<GatewayConnectorHealthCheck>,
    /// Which gateways of the cluster the service is connected to. Without it all that fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filters: Option<GatewayConnectorFilters>,
    /// How long a task that stops may finish its requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deregistration_delay: Option<GatewayConnectorDeregistrationDelay>,
}

/// How a gateway finds out whether a task is healthy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorHealthCheck {
    /// HTTP or HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_protocol: Option<HealthCheckProtocol>,
    /// Port to check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_port: Option<i32>,
    /// Path to request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_path: Option<String>,
    /// Seconds without an answer after which a check counts as failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_timeout_seconds: Option<i32>,
    /// Seconds between two checks of one task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_interval_seconds: Option<i32>,
    /// Successes in a row that make a task healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy_threshold_count: Option<i32>,
    /// Failures in a row that make a task unhealthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold_count: Option<i32>,
    /// Answers that count as success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matcher: Option<GatewayConnectorHealthCheckMatcher>,
}

/// Answers that count as success.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorHealthCheckMatcher {
    /// HTTP status codes, for example `200` or `200-299`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_code: Option<String>,
    /// gRPC status codes, for example `0` or `0-99`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_code: Option<String>,
}

/// Which gateways of a cluster a service is connected to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorFilters {
    /// Kinds of access: PUBLIC is reachable from the internet, PRIVATE only from inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 2))]
    pub access_types: Vec<AccessType>,
}

/// How long a task that stops may finish its requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayConnectorDeregistrationDelay {
    /// Seconds, 0 to 3600.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 3600))]
    pub timeout_seconds: Option<i32>,
}

ecs_enum! {
    /// Protocols of a gateway's health check.
    HealthCheckProtocol { Http = "HTTP", Https = "HTTPS" }
}

ecs_enum! {
    /// From where a gateway is reachable.
    AccessType { Public = "PUBLIC", Private = "PRIVATE" }
}
