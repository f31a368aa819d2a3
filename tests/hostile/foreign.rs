//! What is written for third parties, for `hack/test-schemas`.

use std::collections::BTreeMap;

use ecs_bridge::desired;
use serde_json::Value;

use crate::generate::definitions;
use crate::spread::spread;

/// Environment variable: the file to write objects to.
const FILE: &str = "ECS_BRIDGE_FOREIGN_OBJECTS";
/// Definitions that are rendered.
const SEEDS: u64 = 1500;

/// Objects of optional kinds are what generated definitions become where everything is installed, and there are some
/// of each kind.
#[test]
fn every_optional_kind_is_made_of_some_definition() {
    let optional = || ecs_bridge::object::KINDS.iter().filter(|kind| kind.optional);
    let rendered = spread(SEEDS, |seed| {
        let generated = definitions(seed);
        let mut context = generated.context("generated", Some("1.36"));
        context.capabilities.apis.extend(optional().map(|kind| kind.group.to_owned()));
        let (objects, _) = desired::offline(&generated.inputs(), &context);
        let optional = objects.into_iter().filter(|object| object.kind().optional);
        optional.map(|object| object.to_value()).collect::<Vec<Value>>()
    });
    let all: Vec<Value> = rendered.into_iter().flatten().collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for object in &all {
        *counts.entry(object["kind"].as_str().unwrap()).or_default() += 1;
    }
    let missing: Vec<_> = optional().filter(|kind| !counts.contains_key(kind.kind)).collect();
    assert!(missing.is_empty(), "{missing:?}, made were {counts:?}");
    if let Ok(file) = std::env::var(FILE) {
        std::fs::write(file, serde_json::to_vec(&all).unwrap()).unwrap();
    }
}
