//! A service that is left alone for a while.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::{World, condition, service, text};

pub(crate) async fn a_paused_service_is_left_alone_and_resumes(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "pause").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;

    let mut paused = service("web", 3);
    paused["kubernetes"]["paused"] = json!(true);
    world.apply("EcsService", "web", paused).await;
    let is_paused = |service: &serde_json::Value| {
        condition(service, "Ready").1 == "Paused"
            && service["status"]["observedGeneration"] == service["metadata"]["generation"]
    };
    let told = world.service_until("web", "paused", is_paused).await;
    assert_eq!(condition(&told, "Ready").0, "False");
    assert!(condition(&told, "Ready").2.contains("kubernetes.paused"), "{told:#?}");
    let written = operator.metric("ecs_bridge_write_requests_total", "kind=\"Deployment\"").await;

    // A new revision, and somebody's own change: neither is answered.
    world.task_definition("web", "nginx:1.28").await;
    let registered = |family: &serde_json::Value| family["status"]["revision"] == json!(2);
    world.until(world.custom("TaskDefinition"), "web", "registered", registered).await;
    let deployments = world.api::<Deployment>();
    let by_hand = json!({"spec": {"replicas": 5}});
    deployments.patch("web", &PatchParams::default(), &Patch::Merge(&by_hand)).await.unwrap();
    world.deployment_until("web", "five", |d| d["status"]["availableReplicas"] == json!(5)).await;
    operator.has_reconciled(1).await;
    let left = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(left["spec"]["replicas"], json!(5));
    assert_eq!(text(&left, "/spec/template/spec/containers/0/image"), "nginx:1.27");
    let records: Vec<_> = world.revisions().await.iter().map(kube::ResourceExt::name_any).collect();
    assert_eq!(records.iter().filter(|name| name.starts_with("web-d-")).count(), 1, "{records:?}");
    assert_eq!(operator.metric("ecs_bridge_write_requests_total", "kind=\"Deployment\"").await, written);

    world.service("web", 3).await;
    let resumed = world.steady("web", 3).await;
    assert_eq!(text(&resumed, "/status/taskDefinition"), "web:2");
    world
        .deployment_until("web", "as the definition says", |d| {
            d["spec"]["replicas"] == json!(3)
                && text(d, "/spec/template/spec/containers/0/image") == "nginx:1.28"
        })
        .await;
    world.end().await;
}
