//! Environment variables: plain, from files, from secrets.

use crate::api::ecs::ecs_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A name and its value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyValuePair {
    /// The name; for an environment variable its name, for a proxy property its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The value, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A file with environment variables, one `KEY=VALUE` per line. Lines that start with `#` are comments;
/// values are taken as they stand, without quotes or escapes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentFile {
    /// ARN of the S3 object; its name has to end in `.env`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value: Option<String>,
    /// Where the file lies; `s3` is the only kind.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub type_: Option<EnvironmentFileType>,
}

/// A value that is read from Secrets Manager or Parameter Store when the container starts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Name of the environment variable (or log driver option) that gets the value. A variable of
    /// `environment` may not have the same name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub name: Option<String>,
    /// Name or ARN of a Parameter Store parameter, or ARN of a Secrets Manager secret, which may end in
    /// `:json-key:version-stage:version-id`; each of the three may be empty, the colons may not be left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub value_from: Option<String>,
}

ecs_enum! {
    /// Where an environment file lies.
    EnvironmentFileType { S3 = "s3" }
}
