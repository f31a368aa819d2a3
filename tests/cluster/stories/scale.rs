//! The count in force.

use std::sync::Arc;

use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::World;

pub(crate) async fn the_scaled_count_survives_another_apply(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "scale").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;

    let services = world.custom("EcsService");
    let scale = services.get_scale("web").await.unwrap();
    assert_eq!(scale.spec.and_then(|spec| spec.replicas), Some(2));
    let selector = scale.status.and_then(|status| status.selector);
    assert_eq!(selector.as_deref(), Some("ecs-bridge.dev/service=web"));
    let patch = json!({"spec": {"replicas": 5}});
    services.patch_scale("web", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let scaled = world.steady("web", 5).await;
    assert_eq!(scaled["status"]["declaredCount"], json!(2));

    let reconciles = operator.metric("ecs_bridge_reconciles_total", "EcsService").await;
    world.service("web", 2).await;
    let again = world.steady("web", 5).await;
    assert_eq!(again["spec"]["kubernetes"]["scaledCount"], json!(5), "after {reconciles} reconciles");

    world.service("web", 3).await;
    world.steady("web", 3).await;
    world.end().await;
}
