//! The CustomResourceDefinitions: as committed, as the API server wants them, complete, and with rules that
//! hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod complete;
mod drift;
mod round_trip;
mod rules;
mod structure;

use std::sync::LazyLock;

use serde_json::Value;

/// The CRDs with their kind, as JSON.
static CRDS: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    ecs_bridge::api::crd::all()
        .iter()
        .map(|crd| (crd.spec.names.kind.clone(), serde_json::to_value(crd).unwrap()))
        .collect()
});

/// The CRD of a kind.
fn crd(kind: &str) -> &'static Value {
    &CRDS.iter().find(|(name, _)| name == kind).unwrap().1
}

/// The schema of a kind's root object.
fn schema(kind: &str) -> &'static Value {
    &crd(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

/// The API's own model: shapes with their members, types, required members and values.
fn facts() -> &'static Value {
    static FACTS: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(include_str!("../data/ecs-shapes.json")).unwrap());
    &FACTS
}

/// Calls `visit` for this schema and everything below it, with the path: `spec.volumes[].name`.
fn walk(path: &str, schema: &Value, visit: &mut impl FnMut(&str, &Value)) {
    visit(path, schema);
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        walk(&path, member, visit);
    }
    for (key, suffix) in [("items", "[]"), ("additionalProperties", "{}")] {
        if schema[key].is_object() {
            walk(&format!("{path}{suffix}"), &schema[key], visit);
        }
    }
}
