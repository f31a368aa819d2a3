//! Generations, subresources, and other ways to write.

use std::time::Duration;

use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{Namespace, PATIENCE, another, code, config_map, create, deployment, get, merge};

/// How often is looked at what no watch tells.
const GLANCE: Duration = Duration::from_millis(100);

fn service(name: &str) -> serde_json::Value {
    json!({
        "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "metadata": {"name": name},
        "spec": {"serviceName": name, "taskDefinition": name, "desiredCount": 1},
    })
}

pub(super) async fn generations_count_what_is_asked_for(namespace: Namespace) {
    for (kind, body, change) in [
        (
            "apps/v1/Deployment",
            deployment("d", "a:1", &json!({"replicas": 0})),
            json!({"spec": {"minReadySeconds": 3}}),
        ),
        ("ecs-bridge.dev/v1alpha1/EcsService", service("s"), json!({"spec": {"desiredCount": 2}})),
    ] {
        let api = namespace.api(kind);
        let name = body["metadata"]["name"].as_str().unwrap().to_owned();
        let made = create(&api, body).await.unwrap();
        assert_eq!(made["metadata"]["generation"], json!(1));
        let labelled = merge(&api, &name, &json!({"metadata": {"labels": {"a": "b"}}})).await.unwrap();
        assert_eq!(labelled["metadata"]["generation"], json!(1));
        let changed = merge(&api, &name, &change).await.unwrap();
        assert_eq!(changed["metadata"]["generation"], json!(2));
        let again = merge(&api, &name, &change).await.unwrap();
        assert_eq!(again["metadata"]["generation"], json!(2));
    }
}

pub(super) async fn a_status_is_written_apart(namespace: Namespace) {
    let api = namespace.api("ecs-bridge.dev/v1alpha1/EcsService");
    let mut body = service("s");
    body["status"] = json!({"runningCount": 9});
    let made = create(&api, body).await.unwrap();
    assert!(made["status"].is_null(), "{made}");
    let both = json!({"spec": {"desiredCount": 7}, "status": {"runningCount": 2}});
    let params = PatchParams::default();
    let told = super::value(&api.patch_status("s", &params, &Patch::Merge(&both)).await.unwrap());
    assert_eq!((&told["spec"]["desiredCount"], &told["status"]["runningCount"]), (&json!(1), &json!(2)));
    assert_eq!(told["metadata"]["generation"], json!(1));
    let asked = merge(&api, "s", &both).await.unwrap();
    assert_eq!((&asked["spec"]["desiredCount"], &asked["status"]["runningCount"]), (&json!(7), &json!(2)));
}

pub(super) async fn counts_are_read_and_written_as_a_scale(namespace: Namespace) {
    let api = namespace.api("ecs-bridge.dev/v1alpha1/EcsService");
    let mut body = service("s");
    body["spec"]["kubernetes"] = json!({"scaledCount": 3});
    create(&api, body).await.unwrap();
    let status = json!({"status": {"replicas": 2, "selector": "a=b"}});
    api.patch_status("s", &PatchParams::default(), &Patch::Merge(&status)).await.unwrap();
    let scale = api.get_scale("s").await.unwrap();
    assert_eq!(scale.spec.and_then(|spec| spec.replicas), Some(3));
    let status = scale.status.unwrap();
    assert_eq!((status.replicas, status.selector.as_deref()), (2, Some("a=b")));
    let patch = json!({"spec": {"replicas": 5}});
    api.patch_scale("s", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let after = get(&api, "s").await;
    assert_eq!(after["spec"]["kubernetes"]["scaledCount"], json!(5));
    assert_eq!(after["metadata"]["generation"], json!(2));
}

pub(super) async fn a_merge_patch_removes_what_is_null(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    create(&api, config_map("c", json!({"a": "1", "b": "2"}))).await.unwrap();
    let after = merge(&api, "c", &json!({"data": {"a": null, "c": "3"}})).await.unwrap();
    assert_eq!(after["data"], json!({"b": "2", "c": "3"}));
}

pub(super) async fn a_merge_patch_says_which_version_it_means(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    let first = create(&api, config_map("c", json!({"a": "1"}))).await.unwrap();
    let version = &first["metadata"]["resourceVersion"];
    let patch = |a: &str| json!({"metadata": {"resourceVersion": version}, "data": {"a": a}});
    merge(&api, "c", &patch("2")).await.unwrap();
    assert_eq!(code(merge(&api, "c", &patch("3")).await), 409);
    let other = json!({"metadata": {"uid": "11111111-2222-3333-4444-555555555555"}, "data": {"a": "4"}});
    another(merge(&api, "c", &other).await);
    assert_eq!(code(merge(&api, "nobody", &json!({"data": {}})).await), 404);
    assert_eq!(get(&api, "c").await["data"]["a"], json!("2"));
}

pub(super) async fn names_are_given_once(namespace: Namespace) {
    let api = namespace.api("v1/ConfigMap");
    create(&api, config_map("c", json!({}))).await.unwrap();
    let Err(kube::Error::Api(status)) = create(&api, config_map("c", json!({}))).await else {
        panic!("twice")
    };
    assert!(status.is_already_exists(), "{status:?}");
    assert_eq!(code(api.get("nobody").await), 404);
}

pub(super) async fn a_dry_run_stores_nothing(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    let params = PostParams { dry_run: true, ..PostParams::default() };
    let object = serde_json::from_value(deployment("d", "a:1", &json!({}))).unwrap();
    let answer = super::value(&api.create(&params, &object).await.unwrap());
    assert_eq!(answer["spec"]["replicas"], json!(1));
    assert!(api.get_opt("d").await.unwrap().is_none());
}

pub(super) async fn records_and_events_do_not_change(namespace: Namespace) {
    let api = namespace.api("apps/v1/ControllerRevision");
    let record = json!({
        "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": "r"}, "revision": 1,
        "data": {"a": 1},
    });
    create(&api, record).await.unwrap();
    assert_eq!(code(merge(&api, "r", &json!({"data": {"a": 2}})).await), 422);

    let api = namespace.api("events.k8s.io/v1/Event");
    let event = json!({
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e"}, "type": "Normal",
        "eventTime": "2026-01-01T00:00:00.000000Z", "reason": "Told", "note": "once", "action": "Tell",
        "reportingController": "a/b", "reportingInstance": "c",
        "regarding": {"kind": "ConfigMap", "name": "c", "namespace": namespace.name},
    });
    create(&api, event).await.unwrap();
    assert_eq!(code(merge(&api, "e", &json!({"note": "twice"})).await), 422);
}

pub(super) async fn a_quota_refuses_one_record_too_many(namespace: Namespace) {
    let quotas = namespace.api("v1/ResourceQuota");
    let api = namespace.api("apps/v1/ControllerRevision");
    let record = |number: usize| {
        json!({
            "apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": {"name": format!("r-{number}")}, "revision": 1,
            "data": {"a": 1},
        })
    };
    let quota = json!({
        "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "records"},
        "spec": {"hard": {"count/controllerrevisions.apps": "0"}},
    });
    create(&quotas, quota).await.unwrap();
    // It takes a moment until the quota is known where objects are admitted.
    let refused = async {
        let mut number = 0;
        loop {
            if let Err(error) = create(&api, record(number)).await {
                return error;
            }
            number += 1;
            sleep(GLANCE).await;
        }
    };
    assert_eq!(code::<()>(Err(timeout(PATIENCE, refused).await.expect("a refusal"))), 403);
    quotas.delete("records", &DeleteParams::default()).await.unwrap();
    let admitted = async {
        while let Err(error) = create(&api, record(1000)).await {
            assert_eq!(code::<()>(Err(error)), 403);
            sleep(GLANCE).await;
        }
    };
    timeout(PATIENCE, admitted).await.expect("room for a record");
}
