//! DOC module environment

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// DOC KeyValuePair
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyValuePair {
    /// DOC KeyValuePair.name
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// DOC KeyValuePair.value
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// DOC EnvironmentFile
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentFile {
    /// DOC EnvironmentFile.value
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
    /// DOC EnvironmentFile.type
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<EnvironmentFileType>,
}

/// DOC Secret
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// DOC Secret.name
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// DOC Secret.valueFrom
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value_from: Option<String>,
}

ecs_enum! {
    /// DOC enum EnvironmentFileType
    EnvironmentFileType { S3 = "s3" }
}
