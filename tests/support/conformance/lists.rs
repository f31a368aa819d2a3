//! Lists and watches.

use futures::{StreamExt as _, TryStreamExt as _};
use kube::api::{DeleteParams, ListParams, WatchEvent, WatchParams};
use kube::core::DynamicObject;
use serde_json::json;
use tokio::time::timeout;

use super::{Namespace, PATIENCE, config_map, create, merge};

/// What a watch told: the kind of event, the name, and the version.
async fn told(
    namespace: &Namespace,
    params: WatchParams,
    version: &str,
    count: usize,
) -> Vec<(char, String, u64)> {
    let api = namespace.api("v1/ConfigMap");
    let stream = api.watch(&params, version).await.unwrap();
    let of = |kind: char, object: DynamicObject| {
        let version = object.metadata.resource_version.unwrap_or_default();
        Some((kind, object.metadata.name.unwrap_or_default(), version.parse().unwrap()))
    };
    let events = stream.try_filter_map(async |event| {
        Ok(match event {
            WatchEvent::Added(object) => of('+', object),
            WatchEvent::Modified(object) => of('~', object),
            WatchEvent::Deleted(object) => of('-', object),
            WatchEvent::Bookmark(_) => None,
            WatchEvent::Error(status) => panic!("{status:?}"),
        })
    });
    let all = events.take(count).try_collect();
    timeout(PATIENCE, all).await.expect("not all was told").unwrap()
}

fn short(told: &[(char, String, u64)]) -> Vec<String> {
    assert!(told.windows(2).all(|pair| pair[0].2 < pair[1].2), "versions grow: {told:?}");
    told.iter().map(|(kind, name, _)| format!("{kind}{name}")).collect()
}

pub(super) async fn a_watch_goes_on_where_a_list_ended(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    create(&api, config_map("before", json!({}))).await.unwrap();
    let list = api.list(&ListParams::default()).await.unwrap();
    assert!(list.items.iter().any(|object| object.metadata.name.as_deref() == Some("before")));
    let version = list.metadata.resource_version.unwrap();
    create(&api, config_map("a", json!({}))).await.unwrap();
    create(&api, config_map("b", json!({}))).await.unwrap();
    merge(&api, "a", &json!({"data": {"x": "1"}})).await.unwrap();
    api.delete("before", &DeleteParams::default()).await.unwrap();
    let told = told(&namespace, WatchParams::default(), &version, 4).await;
    assert_eq!(short(&told), ["+a", "+b", "~a", "-before"]);
}

pub(super) async fn a_watch_of_labels_tells_who_comes_and_goes(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    create(&api, config_map("a", json!({}))).await.unwrap();
    let version = api.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    let label = |value: &str| json!({"metadata": {"labels": {"side": value}}});
    for value in ["left", "right", "left"] {
        merge(&api, "a", &label(value)).await.unwrap();
    }
    merge(&api, "a", &json!({"data": {"x": "1"}})).await.unwrap();
    let told = told(&namespace, WatchParams::default().labels("side=left"), &version, 4).await;
    assert_eq!(short(&told), ["+a", "-a", "+a", "~a"]);
    let found = api.list(&ListParams::default().labels("side=left")).await.unwrap();
    assert_eq!(found.items.len(), 1);
    assert!(api.list(&ListParams::default().labels("side=right")).await.unwrap().items.is_empty());
    assert_eq!(api.list(&ListParams::default().labels("side")).await.unwrap().items.len(), 1);
    create(&api, config_map("plain", json!({}))).await.unwrap();
    let names = async |selector: &str| {
        let found = api.list(&ListParams::default().labels(selector)).await.unwrap().items.into_iter();
        found
            .filter_map(|object| object.metadata.name)
            .filter(|name| name != "kube-root-ca.crt")
            .collect::<Vec<_>>()
    };
    assert_eq!(names("side!=left").await, ["plain"], "also what has no such label");
    assert_eq!(names("side!=right").await, ["a", "plain"]);
}

pub(super) async fn a_list_of_fields_has_what_they_say(namespace: Namespace) {
    let events = namespace.api("events.k8s.io/v1/Event");
    for (name, uid) in [("a", "one"), ("b", "two")] {
        let regarding =
            json!({"kind": "DaemonSet", "name": "agent", "namespace": namespace.name, "uid": uid});
        let body = json!({
            "metadata": {"name": name}, "regarding": regarding, "reason": "FailedCreate", "note": "why", "type": "Warning",
            "action": "Create", "reportingController": "test.dev/it", "reportingInstance": "it",
            "eventTime": "2026-01-01T00:00:00.000000Z",
        });
        create(&events, body).await.unwrap();
    }
    let names = async |selector: &str| {
        let found = events.list(&ListParams::default().fields(selector)).await.unwrap().items.into_iter();
        found.filter_map(|object| object.metadata.name).collect::<Vec<_>>()
    };
    assert_eq!(names("reason=FailedCreate,regarding.kind=DaemonSet,regarding.uid=two").await, ["b"]);
    assert_eq!(names("reason=FailedCreate,regarding.kind=Deployment,regarding.uid=two").await, [""; 0]);
}
