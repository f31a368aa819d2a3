//! What goes, and what stays.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ControllerRevision, Deployment};
use k8s_openapi::api::core::v1::{Namespace, Pod, ServiceAccount};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams};
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::{World, text};

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
