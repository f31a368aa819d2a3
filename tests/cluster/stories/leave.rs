//! What goes, and what stays.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment};
use k8s_openapi::api::core::v1::{Namespace, PersistentVolumeClaim, Pod, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams};
use serde_json::{Value, json};

use super::silence::rest;
use crate::cluster::Cluster;
use crate::world::{World, fargate_task_definition, service, task_definition, text};

pub(crate) async fn a_deleted_service_takes_everything_along(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "leave").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    let deployment = world.deployment_until("web", "there", |_| true).await;
    let account = world.api::<ServiceAccount>().get("web").await.unwrap();
    let revisions = world.revisions().await;
    let pods = world.pods("web").await;
    assert_eq!((revisions.len(), pods.len()), (2, 2));

    // The family first: its revision is in use and stays.
    let definitions = world.custom("TaskDefinition");
    let definition = definitions.get("web").await.unwrap();
    definitions.delete("web", &DeleteParams::background()).await.unwrap();
    world.gone(definitions, "web", &definition.uid().unwrap()).await;
    let uid = definition.uid().unwrap();
    world
        .until(world.api::<ControllerRevision>(), "web-1", "owned by the service alone", |revision| {
            let owners = revision["metadata"]["ownerReferences"].to_string();
            !owners.contains(&uid)
        })
        .await;
    let kept = world.steady("web", 2).await;
    assert_eq!(text(&kept, "/status/taskDefinition"), "web:1");

    world.custom("EcsService").delete("web", &DeleteParams::background()).await.unwrap();
    world.gone(world.api::<Deployment>(), "web", &text(&deployment, "/metadata/uid")).await;
    world.gone(world.api::<ServiceAccount>(), "web", &account.uid().unwrap()).await;
    for revision in revisions {
        world.gone(world.api::<ControllerRevision>(), &revision.name_any(), &revision.uid().unwrap()).await;
    }
    for pod in pods {
        world.gone(world.api::<Pod>(), &pod.name_any(), &pod.uid().unwrap()).await;
    }
    world.end().await;
}

pub(crate) async fn a_file_system_can_be_used_again(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "efs").await;
    let mut definition = task_definition("wiki", "wiki:1");
    definition["volumes"] = json!([{
        "name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"},
    }]);
    definition["containerDefinitions"][0]["mountPoints"] =
        json!([{"sourceVolume": "data", "containerPath": "/data"}]);
    world.apply("TaskDefinition", "wiki", definition).await;
    let mut claims = Vec::new();
    for _ in 0..2 {
        world.service("wiki", 1).await;
        let service = world.steady("wiki", 1).await;
        let found = world.api::<PersistentVolumeClaim>().list(&ListParams::default()).await.unwrap().items;
        let [claim] = found.as_slice() else { panic!("one claim, not {found:?}") };
        claims.push((claim.name_any(), claim.uid().unwrap()));
        let services = world.custom("EcsService");
        services.delete("wiki", &DeleteParams::background()).await.unwrap();
        world.gone(services, "wiki", &text(&service, "/metadata/uid")).await;
        world.gone(world.api::<PersistentVolumeClaim>(), &claim.name_any(), &claim.uid().unwrap()).await;
    }
    assert_eq!(claims[0].0, claims[1].0);
    assert_ne!(claims[0].1, claims[1].1);
    world.end().await;
}

pub(crate) async fn workloads_left_behind_are_taken_over(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "orphan").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let before = world.steady("web", 2).await;
    let workload = world.deployment_until("web", "there", |_| true).await;
    let services = world.custom("EcsService");
    services.delete("web", &DeleteParams::orphan()).await.unwrap();
    world.gone(services, "web", &text(&before, "/metadata/uid")).await;
    let left = world
        .deployment_until("web", "without owner", |deployment| {
            deployment["metadata"]["ownerReferences"].as_array().is_none_or(Vec::is_empty)
        })
        .await;
    assert_eq!(left["spec"], workload["spec"]);

    world.service("web", 2).await;
    let after = world.steady("web", 2).await;
    assert_eq!(text(&after, "/status/deployments/0/id"), text(&before, "/status/deployments/0/id"));
    let taken = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(taken["metadata"]["uid"], workload["metadata"]["uid"]);
    assert_eq!(taken["metadata"]["generation"], workload["metadata"]["generation"], "no pod was touched");
    assert_eq!(taken["metadata"]["ownerReferences"][0]["uid"], json!(text(&after, "/metadata/uid")));
    world.end().await;
}

pub(crate) async fn what_was_left_behind_and_is_not_wanted_any_more_goes(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "surplus").await;
    world.apply("TaskDefinition", "web", fargate_task_definition("web", "nginx:1.27")).await;
    let mut spec = service("web", 2);
    let provider = |name: &str| json!({"capacityProvider": name, "weight": 1});
    spec["capacityProviderStrategy"] = json!([provider("FARGATE"), provider("FARGATE_SPOT")]);
    world.apply("EcsService", "web", spec.clone()).await;
    let before = world.steady("web", 2).await;
    let (kept, surplus) = (
        world.deployment_until("web-fargate", "there", |_| true).await,
        world.deployment_until("web-fargate-spot", "there", |_| true).await,
    );
    let services = world.custom("EcsService");
    services.delete("web", &DeleteParams::orphan()).await.unwrap();
    world.gone(services, "web", &text(&before, "/metadata/uid")).await;
    for name in ["web-fargate", "web-fargate-spot"] {
        let alone = |d: &Value| d["metadata"]["ownerReferences"].as_array().is_none_or(Vec::is_empty);
        world.deployment_until(name, "without owner", alone).await;
    }
    rest(&cluster, &operator).await;

    spec["capacityProviderStrategy"] = json!([provider("FARGATE")]);
    world.apply("EcsService", "web", spec).await;
    world.gone(world.api::<Deployment>(), "web-fargate-spot", &text(&surplus, "/metadata/uid")).await;
    world.steady("web", 2).await;
    let taken = world.deployment_until("web-fargate", "there", |_| true).await;
    assert_eq!(taken["metadata"]["uid"], kept["metadata"]["uid"]);
    world.end().await;
}

pub(crate) async fn a_namespace_goes_while_no_operator_runs(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "nsgone").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 1).await;
    world.steady("web", 1).await;
    assert!(operator.stop().await.success());
    let namespaces = Api::<Namespace>::all(cluster.client.clone());
    let namespace = namespaces.get(&world.namespace).await.unwrap();
    let name = world.namespace.clone();
    let uid = namespace.uid().unwrap();
    namespaces.delete(&name, &DeleteParams::default()).await.unwrap();
    world.gone(namespaces, &name, &uid).await;
}
