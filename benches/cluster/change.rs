//! How long it takes from a change of a task definition to the first new pod.

use std::pin::pin;
use std::time::{Duration, Instant};

use ecs_bridge::api::labels;
use futures::TryStreamExt as _;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DynamicObject, ListParams, Patch, PatchParams, WatchEvent, WatchParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use tokio::time::timeout;

use crate::objects;

/// Longest wait for a pod.
const PATIENCE: Duration = Duration::from_secs(120);

/// Seconds from the API server's answer to a changed task definition until the watch shows a pod of it, for each of
/// so many changes of one service, one after the other. The service gets one task for that.
pub(crate) async fn measure(client: &Client, imported: &[String], changes: usize) -> Vec<f64> {
    let found: Vec<DynamicObject> = imported.iter().map(|yaml| objects::parse(yaml)).collect();
    let service = found.iter().find(|object| object.data["spec"]["serviceName"].is_string());
    let service = service.expect("a service");
    let family = service.data["spec"]["taskDefinition"].as_str().unwrap_or_default();
    let family = family.split(':').next().unwrap_or_default();
    let namespace = service.namespace().expect("a namespace");
    let definition = found.iter().find(|object| {
        object.data["spec"]["family"] == json!(family) && object.namespace().as_deref() == Some(&namespace)
    });
    let definition = definition.expect("its task definition");
    let api = |object: &DynamicObject| -> Api<DynamicObject> {
        Api::namespaced_with(client.clone(), &namespace, &objects::resource_of(object))
    };
    let mut watched = Pods::watch(client, &namespace, &service.name_any()).await;
    let one = json!({"spec": {"desiredCount": 1}});
    let params = PatchParams::default();
    api(service).patch(&service.name_any(), &params, &Patch::Merge(&one)).await.expect("a count");
    watched.next().await;
    let mut took = Vec::new();
    for change in 0..changes {
        let mut containers = definition.data["spec"]["containerDefinitions"].clone();
        containers[0]["environment"] = json!([{"name": "CHANGE", "value": change.to_string()}]);
        let body = json!({"spec": {"containerDefinitions": containers}});
        api(definition).patch(&definition.name_any(), &params, &Patch::Merge(&body)).await.expect("a change");
        let began = Instant::now();
        took.push(watched.next().await.duration_since(began).as_secs_f64());
    }
    took
}

/// New pods of a service, one for each deployment.
struct Pods {
    events: tokio::sync::mpsc::UnboundedReceiver<(Instant, String)>,
    seen: Vec<String>,
}

impl Pods {
    async fn watch(client: &Client, namespace: &str, service: &str) -> Self {
        let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
        let selector = format!("{}={service}", labels::SERVICE);
        let now = api.list(&ListParams::default().labels(&selector)).await.expect("a list");
        let version = now.metadata.resource_version.unwrap_or_default();
        let (sender, events) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            let params = WatchParams::default().labels(&selector).timeout(290);
            let mut events = pin!(api.watch(&params, &version).await.expect("a watch"));
            while let Ok(Some(event)) = events.try_next().await {
                if let WatchEvent::Added(pod) = event {
                    let of = pod.labels().get(labels::DEPLOYMENT_ID).cloned().unwrap_or_default();
                    drop(sender.send((Instant::now(), of)));
                }
            }
        });
        Self { events, seen: Vec::new() }
    }

    /// When the first pod of a deployment came that none was seen of before.
    async fn next(&mut self) -> Instant {
        let seen = &mut self.seen;
        let events = &mut self.events;
        let next = timeout(PATIENCE, async {
            while let Some((at, deployment)) = events.recv().await {
                if !seen.contains(&deployment) {
                    seen.push(deployment);
                    return Some(at);
                }
            }
            None
        });
        next.await.ok().flatten().unwrap_or_else(|| panic!("no pod came in {PATIENCE:?}"))
    }
}
