//! Metrics of a service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which CloudWatch metrics of a service are published how often.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonitoringConfiguration {
    /// Metrics and their resolution.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub metric_configurations: Vec<MetricConfiguration>,
}

/// The resolution of some metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricConfiguration {
    /// Names of the metrics: CPUUtilization, MemoryUtilization.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(!default, required, length(min = 1, max = 5))]
    pub metric_names: Vec<String>,
    /// Seconds between two values: 20 or 60. Without any configuration it is 60.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 20, max = 60))]
    pub resolution_seconds: Option<i32>,
}
