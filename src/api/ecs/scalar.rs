//! Scalars that the API spells in more than one way.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// Task-level `cpu` or `memory`: digits, or a decimal with its unit (`1 vCPU`, `0.5 GB`).
///
/// The API's type is a string; a plain integer is accepted too, because half of the world writes one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Size(pub String);

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(Value::deserialize(deserializer)?).map(Self).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-kubernetes-int-or-string": true })
    }
}

/// A point in time: seconds since the epoch (may be fractional, as the API sends it) or RFC 3339 text
/// (as the AWS CLI prints it). Kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timestamp(pub String);

impl Timestamp {
    /// The time, where the text is one.
    #[must_use]
    pub fn time(&self) -> Option<jiff::Timestamp> {
        let text = self.0.trim();
        text.parse().ok().or_else(|| {
            let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.abs() < 1e11)?;
            // Less than 1e14, which an i64 has room for.
            jiff::Timestamp::from_millisecond((seconds * 1e3).round() as i64).ok()
        })
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(Value::deserialize(deserializer)?).map(Self).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    // A structural schema has no "number or string", so the API server takes anything here.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "x-kubernetes-preserve-unknown-fields": true, "format": "timestamp" })
    }
}

fn text(value: Value) -> Result<String, &'static str> {
    match value {
        Value::String(s) => Ok(s),
        Value::Number(n) => Ok(n.to_string()),
        _ => Err("expected a string or a number"),
    }
}
