//! Workloads that outlive all of us.

use std::process::Command;
use std::sync::Arc;

use ecs_bridge::api;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, PostParams};
use serde_json::{Value, json};

use crate::cluster::{Cluster, typed};
use crate::world::{World, condition, text};

fn release(world: &World, arguments: &[&str]) -> String {
    let admin = world.cluster.admin();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    command
        .args(["release", "-n", &world.namespace, "--kubeconfig", admin.to_str().unwrap()])
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn has_no_owner(object: &Value) -> bool {
    object["metadata"]["ownerReferences"].as_array().is_none_or(Vec::is_empty)
}

async fn pods(world: &World) -> Vec<String> {
    let mut uids: Vec<String> = world.pods("web").await.iter().map(|pod| pod.uid().unwrap()).collect();
    uids.sort();
    uids
}

pub(crate) async fn workloads_outlive_the_operator_and_its_definitions(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "release").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let before = world.steady("web", 2).await;
    let workload = world.deployment_until("web", "there", |_| true).await;
    let running = pods(&world).await;
    assert_eq!(running.len(), 2);

    let would = release(&world, &["--dry-run"]);
    assert!(
        would.contains(&format!("Deployment {}/web: owner reference removed", world.namespace)),
        "{would}"
    );
    let untouched = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(untouched["metadata"]["resourceVersion"], workload["metadata"]["resourceVersion"]);

    let done = release(&world, &["web"]);
    assert!(done.contains("1 services with"), "{done}");
    world.service_until("web", "paused", |service| condition(service, "Ready").1 == "Paused").await;
    operator.has_reconciled(1).await;
    let left = world.deployment_until("web", "there", |_| true).await;
    assert!(has_no_owner(&left), "the operator has not put it back: {left:#?}");
    release(&world, &[]);
    assert!(world.revisions().await.iter().all(|revision| revision.owner_references().is_empty()));

    // What still belongs to the service goes with it: by that we know that the garbage has been collected.
    let owner = json!({
        "apiVersion": api::API_VERSION, "kind": "EcsService", "name": "web", "uid": text(&before, "/metadata/uid"),
    });
    let marker: ConfigMap = typed(json!({ "metadata": { "name": "marker", "ownerReferences": [owner] } }));
    let marker = world.api::<ConfigMap>().create(&PostParams::default(), &marker).await.unwrap();
    assert!(operator.stop().await.success());
    let definitions = Api::<CustomResourceDefinition>::all(cluster.client.clone());
    for definition in api::crd::all() {
        let name = definition.metadata.name.unwrap();
        let there = definitions.get(&name).await.unwrap();
        definitions.delete(&name, &DeleteParams::background()).await.unwrap();
        world.gone(definitions.clone(), &name, &there.uid().unwrap()).await;
    }
    world.gone(world.api::<ConfigMap>(), "marker", &marker.uid().unwrap()).await;
    assert_eq!(pods(&world).await, running, "no pod was touched");
    let left = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(left["metadata"]["uid"], workload["metadata"]["uid"]);

    // Who comes back finds it all, and replaces nothing.
    cluster.install_definitions().await;
    let mut operator = world.operator_again("operator", &[]).await;
    operator.leads().await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let after = world.steady("web", 2).await;
    assert_eq!(text(&after, "/status/deployments/0/id"), text(&before, "/status/deployments/0/id"));
    let taken = world.deployment_until("web", "owned", |d| !has_no_owner(d)).await;
    assert_eq!(taken["metadata"]["generation"], workload["metadata"]["generation"]);
    assert_eq!(pods(&world).await, running);
    world.end().await;
}
