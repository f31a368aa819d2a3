//! Deployments and DaemonSets.

use std::collections::BTreeMap;

use futures::{Stream, TryStreamExt as _};
use kube::api::{Api, DynamicObject, ListParams};
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Config, Event, watcher};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Namespace, PATIENCE, code, create, deployment, merge, until, value};

fn number(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or_default()
}

/// Waits until a Deployment has `count` available pods of its newest template and no others.
async fn rolled(api: &Api<DynamicObject>, name: &str, count: i64) -> Value {
    until(api, name, "rolled", |d| {
        number(d, "/status/observedGeneration") == number(d, "/metadata/generation")
            && ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas"]
                .iter()
                .all(|member| number(d, &format!("/status/{member}")) == count)
    })
    .await
}

fn image(image: &str) -> Value {
    json!({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": image}]}}}})
}

/// The most pods that there were and the fewest that were ready, from now until only pods of `image` are left.
pub(crate) async fn sampled(namespace: &Namespace, image: &str, count: usize) -> (usize, usize) {
    let mut events = std::pin::pin!(pods(namespace));
    let mut seen: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let (mut most, mut fewest, mut complete) = (0, usize::MAX, false);
    let sampling = async {
        while let Some((there, pod)) = events.try_next().await.unwrap() {
            let name = pod["metadata"]["name"].as_str().unwrap().to_owned();
            if there && pod["metadata"]["deletionTimestamp"].is_null() {
                let conditions = pod["status"]["conditions"].as_array();
                let ready = conditions
                    .is_some_and(|all| all.iter().any(|c| c["type"] == "Ready" && c["status"] == "True"));
                seen.insert(name, (pod["spec"]["containers"][0]["image"] == image, ready));
            } else {
                seen.remove(&name);
            }
            let ready = seen.values().filter(|(_, ready)| *ready).count();
            complete |= ready >= count;
            if complete {
                (most, fewest) = (most.max(seen.len()), fewest.min(ready));
            }
            if ready == count && seen.len() == count && seen.values().all(|(new, _)| *new) {
                return;
            }
        }
    };
    timeout(PATIENCE, sampling).await.expect("it does not roll");
    (most, fewest)
}

/// Pods as a watch tells of them: whether they are there, or not any more.
fn pods(namespace: &Namespace) -> impl Stream<Item = watcher::Result<(bool, Value)>> {
    watcher(namespace.api("v1/Pod"), Config::default()).default_backoff().try_filter_map(async |event| {
        Ok(match event {
            Event::Apply(object) | Event::InitApply(object) => Some((true, value(&object))),
            Event::Delete(object) => Some((false, value(&object))),
            Event::Init | Event::InitDone => None,
        })
    })
}

async fn rolls(namespace: &Namespace, surge: i64, unavailable: i64) {
    let api = namespace.api("apps/v1/Deployment");
    let rolling = json!({"maxSurge": surge, "maxUnavailable": unavailable});
    let spec = json!({"replicas": 3, "strategy": {"type": "RollingUpdate", "rollingUpdate": rolling}});
    create(&api, deployment("d", "a:1", &spec)).await.unwrap();
    rolled(&api, "d", 3).await;
    let change = image("a:2");
    let (sample, changed) = futures::join!(sampled(namespace, "a:2", 3), merge(&api, "d", &change));
    changed.unwrap();
    let (most, fewest) = sample;
    let surge = usize::try_from(3 + surge).unwrap();
    let least = usize::try_from(3 - unavailable).unwrap();
    assert!(most <= surge && fewest >= least, "at most {most} pods, at least {fewest} ready");
    let after = rolled(&api, "d", 3).await;
    let conditions = after["status"]["conditions"].as_array().unwrap();
    let reason = |kind: &str| conditions.iter().find(|c| c["type"] == kind).map(|c| c["reason"].clone());
    assert_eq!(reason("Available"), Some(json!("MinimumReplicasAvailable")));
    until(&api, "d", "complete", |d| {
        d["status"]["conditions"].to_string().contains("NewReplicaSetAvailable")
    })
    .await;
}

pub(super) async fn a_deployment_rolls_within_its_budget(namespace: Namespace) {
    rolls(&namespace, 1, 0).await;
}

pub(super) async fn a_deployment_may_go_down_where_it_may_not_go_up(namespace: Namespace) {
    rolls(&namespace, 0, 2).await;
}

pub(super) async fn a_paused_deployment_does_not_roll(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    create(&api, deployment("d", "a:1", &json!({"replicas": 2}))).await.unwrap();
    rolled(&api, "d", 2).await;
    let mut change = image("a:2");
    change["spec"]["paused"] = json!(true);
    merge(&api, "d", &change).await.unwrap();
    let seen = |d: &Value| number(d, "/status/observedGeneration") == number(d, "/metadata/generation");
    until(&api, "d", "seen", |d| seen(d) && number(d, "/status/updatedReplicas") == 0).await;
    merge(&api, "d", &json!({"spec": {"replicas": 3}})).await.unwrap();
    until(&api, "d", "scaled", |d| seen(d) && number(d, "/status/availableReplicas") == 3).await;
    let pods = namespace.api("v1/Pod").list(&ListParams::default()).await.unwrap();
    let old = |pod: &&DynamicObject| value(pod)["spec"]["containers"][0]["image"] == json!("a:1");
    assert_eq!(pods.items.iter().filter(old).count(), 3, "a count is followed with the old template");
    merge(&api, "d", &json!({"spec": {"paused": false}})).await.unwrap();
    rolled(&api, "d", 3).await;
}

pub(super) async fn a_deployment_that_may_do_nothing_is_refused(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    let spec = json!({"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}});
    assert_eq!(code(create(&api, deployment("d", "a:1", &spec)).await), 422);
    create(&api, deployment("d", "a:1", &json!({"replicas": 0}))).await.unwrap();
    let selector = json!({"spec": {"selector": {"matchLabels": {"app": "x"}}}});
    assert_eq!(code(merge(&api, "d", &selector).await), 422);
}

pub(super) async fn pods_carry_what_the_template_says(namespace: Namespace) {
    let api = namespace.api("apps/v1/Deployment");
    let mut body = deployment("d", "a:1", &json!({"replicas": 1}));
    body["spec"]["template"]["metadata"]["labels"]["more"] = json!("m");
    create(&api, body).await.unwrap();
    rolled(&api, "d", 1).await;
    let pods =
        namespace.api("v1/Pod").list(&ListParams::default().labels("app=d,more=m")).await.unwrap().items;
    assert_eq!(pods.len(), 1);
    let pod = value(&pods[0]);
    assert_eq!(pod["status"]["phase"], json!("Running"));
    assert!(pod["metadata"]["labels"]["pod-template-hash"].is_string());
    assert_eq!(pod["metadata"]["ownerReferences"][0]["controller"], json!(true));
    // Another one takes its place.
    let name = pod["metadata"]["name"].as_str().unwrap();
    namespace.api("v1/Pod").delete(name, &kube::api::DeleteParams::default()).await.unwrap();
    super::gone(&namespace.api("v1/Pod"), name).await;
    rolled(&api, "d", 1).await;
}

pub(super) async fn a_daemon_set_has_a_pod_on_each_node(namespace: Namespace) {
    let nodes = namespace.api("v1/Node").list(&ListParams::default()).await.unwrap().items;
    let count = i64::try_from(nodes.len()).unwrap();
    let api = namespace.api("apps/v1/DaemonSet");
    let mut body = deployment("d", "a:1", &json!({}));
    body["kind"] = json!("DaemonSet");
    body["spec"]["template"]["spec"]["tolerations"] = json!([{"operator": "Exists"}]);
    create(&api, body).await.unwrap();
    let there = |d: &Value| {
        number(d, "/status/observedGeneration") == number(d, "/metadata/generation")
            && [
                "desiredNumberScheduled",
                "currentNumberScheduled",
                "updatedNumberScheduled",
                "numberReady",
                "numberAvailable",
            ]
            .iter()
            .all(|member| number(d, &format!("/status/{member}")) == count)
    };
    until(&api, "d", "on each node", there).await;
    merge(&api, "d", &image("a:2")).await.unwrap();
    until(&api, "d", "rolled", there).await;
}
