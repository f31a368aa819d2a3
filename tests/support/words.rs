//! The words that stories are told in, on a control plane or in the simulation.

use serde_json::{Value, json};

/// A task definition of one container.
pub(crate) fn task_definition(family: &str, image: &str) -> Value {
    json!({
        "family": family,
        "containerDefinitions": [{
            "name": "app", "image": image, "essential": true, "cpu": 64, "memory": 128,
            "portMappings": [{"containerPort": 80}],
        }],
    })
}

/// A service of the family of its own name, whose tasks count as healthy after a second.
pub(crate) fn service(name: &str, count: i32) -> Value {
    json!({
        "serviceName": name,
        "taskDefinition": name,
        "desiredCount": count,
        "kubernetes": {"minReadySeconds": 1},
    })
}

/// Status, reason and message of a condition.
pub(crate) fn condition(object: &Value, kind: &str) -> (String, String, String) {
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
    let found = conditions.into_iter().flatten().find(|condition| condition["type"] == json!(kind));
    let text = |member: &str| found.and_then(|c| c[member].as_str()).unwrap_or_default().to_owned();
    (text("status"), text("reason"), text("message"))
}
