use serde_json::{Value, json};

use super::*;

fn pod(value: Value) -> PodView {
    serde_json::from_value(value).unwrap()
}

#[test]
fn what_nobody_asks_for_is_skipped() {
    let view = pod(json!({
        "metadata": {
            "name": "a", "uid": "u", "resourceVersion": "7", "managedFields": [{"manager": "x"}],
            "labels": {"app": "a", labels::EXACT: "true"}, "annotations": {"big": "x", labels::PLACEMENT: "{}"},
        },
        "spec": {
            "containers": [{"name": "c", "image": "i", "env": [{"name": "A", "value": "b"}],
                "resources": {"requests": {"cpu": "1"}}, "ports": [{"containerPort": 80, "hostPort": 80}]}],
            "volumes": [{"name": "v"}],
            "affinity": {"podAntiAffinity": {}, "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []}},
        },
        "status": {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}]},
    }));
    let kept = serde_json::to_value(&view).unwrap();
    assert_eq!(kept["metadata"]["labels"], json!({labels::EXACT: "true"}));
    assert_eq!(kept["metadata"]["annotations"], json!({labels::PLACEMENT: "{}"}));
    assert_eq!(kept["metadata"]["managedFields"], Value::Null);
    let container = &kept["spec"]["containers"][0];
    assert_eq!(container["resources"]["requests"]["cpu"], "1");
    assert_eq!(container["ports"][0]["hostPort"], 80);
    assert_eq!((&container["image"], &container["env"]), (&Value::Null, &Value::Null));
    assert_eq!((&kept["spec"]["volumes"], &kept["spec"]["affinity"]), (&Value::Null, &Value::Null));
    assert_eq!(kept["status"]["conditions"], Value::Null);
    assert_eq!(pod(kept), view, "and it can be read again");
}

#[test]
fn a_heartbeat_is_no_news_of_a_node() {
    let node = |version: &str, beat: &str, ready: &str| -> NodeView {
        serde_json::from_value(json!({
            "metadata": {"name": "n", "resourceVersion": version, "labels": {"zone": "a"}},
            "status": {"allocatable": {"cpu": "4"}, "conditions": [
                {"type": "Ready", "status": ready, "lastHeartbeatTime": beat},
                {"type": "DiskPressure", "status": "False", "lastHeartbeatTime": beat},
            ]},
        }))
        .unwrap()
    };
    let first = node("1", "2026-01-01T00:00:00Z", "True");
    assert!(first.content() == node("2", "2026-01-01T00:05:00Z", "True").content());
    assert!(first.content() != node("3", "2026-01-01T00:05:00Z", "False").content());
}

#[test]
fn whom_a_pod_keeps_off_its_node_is_kept() {
    let apart =
        json!([{"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"a": "b"}}}]);
    let affinity = json!({"podAntiAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [],
        "requiredDuringSchedulingIgnoredDuringExecution": apart,
    }});
    let view = pod(json!({"metadata": {}, "spec": {"containers": [], "affinity": affinity}}));
    let kept = serde_json::to_value(&view).unwrap();
    let expected = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": apart}});
    assert_eq!(kept["spec"]["affinity"], expected);
}

#[test]
fn what_is_written_into_is_an_object_and_no_array_of_its_members() {
    let affinities = [json!([null, null]), json!({"nodeAffinity": [null, null]})];
    let specs = affinities.map(|affinity| json!({"containers": [], "affinity": affinity}));
    let pods = specs.map(|spec| json!({"metadata": {}, "spec": spec}));
    for wrong in pods.into_iter().chain([json!([{}, {}, {}]), json!({"spec": []}), json!({"metadata": []})]) {
        assert!(serde_json::from_value::<PodView>(wrong.clone()).is_err(), "{wrong}");
    }
    for none in [json!({}), json!({"metadata": {}, "spec": {"affinity": null}})] {
        assert!(serde_json::from_value::<PodView>(none.clone()).is_ok(), "{none}");
    }
}
