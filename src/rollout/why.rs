//! Why a deployment starts: which of the members that it is hashed from have changed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Inputs, revision};
use crate::ledger::{self, Root};

/// What is different between a recorded deployment and another one of the same service, as paths from the
/// EcsService; those of its task definition below `taskDefinition`. Empty where nothing is a deployment.
#[must_use]
pub fn changes(before: &Inputs, after: &Inputs) -> Vec<String> {
    let mut changed = Vec::new();
    let name = |inputs: &Inputs| {
        format!("{}:{}", inputs.task_definition.family.as_deref().unwrap_or_default(), inputs.revision)
    };
    let (old, new) = (name(before), name(after));
    if old != new {
        changed.push(format!("taskDefinition ({old} to {new})"));
        let of = |inputs: &Inputs| revision::content(&value(&inputs.task_definition));
        let (before, after) = (of(before), of(after));
        let below = differences(&before, &after).into_iter();
        changed.extend(below.map(|(path, ..)| format!("taskDefinition.{path}")));
    }
    let of = |inputs: &Inputs| ledger::deploys(Root::Service, &value(&inputs.service));
    let (before, after) = (of(before), of(after));
    changed.extend(differences(&before, &after).into_iter().map(|(path, ..)| path));
    changed
}

fn value(spec: &impl serde::Serialize) -> Value {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    serde_json::to_value(spec).unwrap_or_default()
}

/// The places at which two values differ, with both: the highest that is only on one side, the lowest that is on
/// both.
#[must_use]
pub fn differences<'v>(before: &'v Value, after: &'v Value) -> Vec<(String, &'v Value, &'v Value)> {
    let mut found = Vec::new();
    walk(before, after, String::new(), &mut found);
    found
}

fn walk<'v>(
    before: &'v Value,
    after: &'v Value,
    path: String,
    found: &mut Vec<(String, &'v Value, &'v Value)>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let dot = if path.is_empty() { "" } else { "." };
                let (old, new) =
                    (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
                walk(old, new, format!("{path}{dot}{name}"), found);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (i, (old, new)) in old.iter().zip(new).enumerate() {
                walk(old, new, format!("{path}[{i}]"), found);
            }
        }
        _ => found.push((path, before, after)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inputs(service: Value, task: Value, revision: i64) -> Inputs {
        Inputs {
            service: serde_json::from_value(service).unwrap(),
            task_definition: serde_json::from_value(task).unwrap(),
            revision,
            ..Inputs::default()
        }
    }

    fn task(image: &str) -> Value {
        json!({ "family": "web", "containerDefinitions": [{ "name": "app", "image": image }] })
    }

    #[test]
    fn the_members_that_make_a_deployment_are_named() {
        let service = |more: Value| {
            let mut service = json!({ "serviceName": "web", "taskDefinition": "web", "desiredCount": 2 });
            service.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            service
        };
        let before = inputs(service(json!({})), task("a:1"), 3);
        let now = |more: Value| changes(&before, &inputs(service(more), task("a:1"), 3));
        assert!(now(json!({})).is_empty());
        assert!(now(json!({ "desiredCount": 9, "tags": [{ "key": "a", "value": "b" }] })).is_empty());
        assert!(now(json!({ "taskDefinition": "web:3" })).is_empty(), "spelled otherwise");
        assert_eq!(
            now(json!({ "kubernetes": { "forceNewDeployment": "1", "paused": true } })),
            ["kubernetes"]
        );
        let image = changes(&before, &inputs(service(json!({})), task("a:2"), 4));
        assert_eq!(
            image,
            ["taskDefinition (web:3 to web:4)", "taskDefinition.containerDefinitions[0].image"]
        );
        let same = changes(&before, &inputs(service(json!({})), task("a:1"), 4));
        assert_eq!(same, ["taskDefinition (web:3 to web:4)"], "a new revision is a deployment");
    }
}
