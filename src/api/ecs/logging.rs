//! Where the output of containers goes.

use super::environment::Secret;
use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the output of a container goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogConfiguration {
    /// How logs are sent. Fargate knows awslogs, splunk and awsfirelens; Managed Instances also json-file;
    /// EC2 all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub log_driver: Option<LogDriver>,
    /// Options of the driver; awslogs needs `awslogs-group` and `awslogs-region`, on Fargate
    /// `awslogs-stream-prefix` too. `mode` is `non-blocking` by default with `max-buffer-size` `10m`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Options of the driver whose values come from Secrets Manager or Parameter Store. Needs
    /// `executionRoleArn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secret_options: Vec<Secret>,
}

/// Makes a container the log router of its task: containers with log driver awsfirelens send their output to
/// it and start after it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FirelensConfiguration {
    /// The router's program: `fluentbit` or `fluentd`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<FirelensConfigurationType>,
    /// `enable-ecs-log-metadata` (default `true`) adds cluster, task and task definition to each record;
    /// `config-file-type` (`file` or `s3`, on Fargate only `file`) and `config-file-value` name a
    /// configuration of one's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

ecs_enum! {
    /// Ways to send logs.
    LogDriver {
        JsonFile = "json-file",
        Syslog = "syslog",
        Journald = "journald",
        Gelf = "gelf",
        Fluentd = "fluentd",
        AwsLogs = "awslogs",
        Splunk = "splunk",
        AwsFirelens = "awsfirelens",
    }
}

ecs_enum! {
    /// Programs that route logs.
    FirelensConfigurationType { Fluentd = "fluentd", FluentBit = "fluentbit" }
}
