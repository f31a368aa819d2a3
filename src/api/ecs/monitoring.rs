//! DOC module monitoring

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC MonitoringConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonitoringConfiguration {
    /// DOC MonitoringConfiguration.metricConfigurations
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metric_configurations: Vec<MetricConfiguration>,
}

/// DOC MetricConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricConfiguration {
    /// DOC MetricConfiguration.metricNames
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(required)]
    pub metric_names: Vec<String>,
    /// DOC MetricConfiguration.resolutionSeconds
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, range(min = 20, max = 60))]
    pub resolution_seconds: Option<i32>,
}
