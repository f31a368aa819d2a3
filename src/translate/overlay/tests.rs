use serde_json::json;

use super::*;

fn merged(template: Value, overlay: &Value) -> Value {
    let template = serde_json::from_value(template).unwrap();
    serde_json::to_value(apply(template, Some(overlay))).unwrap()
}

fn template() -> Value {
    json!({
        "metadata": { "labels": { "a": "1" } },
        "spec": {
            "containers": [{
                "name": "app",
                "image": "app:1",
                "env": [{ "name": "A", "value": "1" }],
                "ports": [{ "containerPort": 80, "protocol": "TCP", "name": "p80" }],
            }],
            "nodeSelector": { "kubernetes.io/os": "linux" },
            "tolerations": [{ "key": "gpu", "operator": "Exists" }],
            "volumes": [{ "name": "data", "emptyDir": {} }],
        },
    })
}

/// What is at a place once the overlay is merged.
fn at(overlay: &Value, place: &str) -> Value {
    merged(template(), overlay).pointer(place).cloned().unwrap_or_default()
}

#[test]
fn objects_are_merged_member_by_member_and_null_takes_one_away() {
    let overlay = json!({ "metadata": { "labels": { "b": "2" } }, "spec": { "priorityClassName": "high" } });
    assert_eq!(at(&overlay, "/metadata/labels"), json!({ "a": "1", "b": "2" }));
    assert_eq!(at(&overlay, "/spec/priorityClassName"), json!("high"));
    assert_eq!(at(&overlay, "/spec/containers"), template()["spec"]["containers"]);
    let none = json!({ "spec": { "tolerations": null } });
    assert_eq!(at(&none, "/spec/tolerations"), Value::Null);
}

#[test]
fn lists_with_a_key_are_merged_item_by_item() {
    let overlay = json!({ "spec": { "containers": [
        { "name": "app", "env": [{ "name": "B", "value": "2" }, { "name": "A", "value": "3" }], "ports": [{ "containerPort": 80, "name": "http" }] },
        { "name": "more", "image": "more:1" },
    ] } });
    let containers = at(&overlay, "/spec/containers");
    assert_eq!(containers[0]["image"], json!("app:1"));
    assert_eq!(containers[0]["env"], json!([{ "name": "A", "value": "3" }, { "name": "B", "value": "2" }]));
    assert_eq!(containers[0]["ports"], json!([{ "containerPort": 80, "protocol": "TCP", "name": "http" }]));
    assert_eq!(containers[1]["name"], json!("more"));
}

#[test]
fn the_gates_of_target_groups_outlast_a_gate_of_ones_own() {
    let (ours, own) = (json!({ "conditionType": "target" }), json!({ "conditionType": "own" }));
    let template = json!({ "spec": { "containers": [], "readinessGates": [ours] } });
    let gates = merged(template, &json!({ "spec": { "readinessGates": [own, ours] } }));
    assert_eq!(gates["spec"]["readinessGates"], json!([ours, own]));
}

#[test]
fn other_lists_are_replaced_as_a_whole() {
    let other = json!([{ "key": "spot", "operator": "Exists" }]);
    assert_eq!(at(&json!({ "spec": { "tolerations": other } }), "/spec/tolerations"), other);
}

#[test]
fn directives_delete_and_replace_and_leave_no_trace() {
    let gone = json!({ "spec": { "volumes": [{ "name": "data", "$patch": "delete" }] } });
    assert_eq!(at(&gone, "/spec/volumes"), json!([]));
    let selector = json!({ "spec": { "nodeSelector": { "$patch": "replace", "pool": "x" } } });
    assert_eq!(at(&selector, "/spec/nodeSelector"), json!({ "pool": "x" }));
    let all = json!({ "spec": { "volumes": [{ "$patch": "replace" }, { "name": "other", "emptyDir": { "medium": null } }] } });
    assert_eq!(at(&all, "/spec/volumes"), json!([{ "name": "other", "emptyDir": {} }]));
}
