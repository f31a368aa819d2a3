//! Capacity providers.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::{World, condition};

pub(crate) async fn a_capacity_provider_counts_its_nodes(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "capacity").await;
    let name = format!("pool-{}", cluster.run);
    let spec = json!({
        "name": name,
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:\
                0123abcd-0123-0123-0123-0123456789ab:autoScalingGroupName/pool",
        },
    });
    world.apply("CapacityProvider", &name, spec).await;
    let nodes_of =
        |provider: &serde_json::Value| provider["status"]["registeredContainerInstancesCount"].clone();
    let providers = || world.custom("CapacityProvider");
    let ready = |provider: &serde_json::Value| condition(provider, "Ready").0 == "True";
    let provider = world.until(providers(), &name, "ready", ready).await;
    assert_eq!(nodes_of(&provider), json!(0));

    let nodes = Api::<Node>::all(cluster.client.clone());
    let node = nodes.list(&kube::api::ListParams::default()).await.unwrap().items[0].name_any();
    let label = |value: serde_json::Value| json!({"metadata": {"labels": {"ecs-bridge.dev/capacity-provider": value}}});
    let patch = |body: serde_json::Value| {
        let (nodes, node) = (nodes.clone(), node.clone());
        async move { nodes.patch(&node, &PatchParams::default(), &Patch::Merge(&body)).await.unwrap() }
    };
    patch(label(json!(name))).await;
    world.until(providers(), &name, "one node", |provider| nodes_of(provider) == json!(1)).await;
    patch(label(json!(null))).await;
    world.until(providers(), &name, "no node", |provider| nodes_of(provider) == json!(0)).await;
    providers().delete(&name, &DeleteParams::default()).await.unwrap();
    world.end().await;
}
