//! DOC module logging

use super::environment::Secret;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// DOC LogConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogConfiguration {
    /// DOC LogConfiguration.logDriver
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub log_driver: Option<LogDriver>,
    /// DOC LogConfiguration.options
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// DOC LogConfiguration.secretOptions
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_options: Vec<Secret>,
}

/// DOC FirelensConfiguration
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FirelensConfiguration {
    /// DOC FirelensConfiguration.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<FirelensConfigurationType>,
    /// DOC FirelensConfiguration.options
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

ecs_enum! {
    /// DOC enum LogDriver
    LogDriver { JsonFile = "json-file", Syslog = "syslog", Journald = "journald", Gelf = "gelf", Fluentd = "fluentd", AwsLogs = "awslogs", Splunk = "splunk", AwsFirelens = "awsfirelens" }
}

ecs_enum! {
    /// DOC enum FirelensConfigurationType
    FirelensConfigurationType { Fluentd = "fluentd", FluentBit = "fluentbit" }
}
