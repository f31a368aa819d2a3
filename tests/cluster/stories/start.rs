//! How services start.

use std::sync::Arc;

use ecs_bridge::api::labels;
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::ResourceExt as _;
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::{World, condition, owners, text};

pub(crate) async fn a_service_reaches_steady_state(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "steady").await;
    assert_eq!(operator.get("/livez").await.0, 200);
    assert_eq!(operator.get("/readyz").await.0, 200);
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 3).await;
    let service = world.steady("web", 3).await;

    assert_eq!(text(&service, "/status/taskDefinition"), "web:1");
    assert_eq!(service["status"]["declaredCount"], json!(3));
    assert_eq!(service["spec"]["kubernetes"]["scaledCount"], json!(3));
    assert_eq!(condition(&service, "Ready").1, "SteadyState");
    assert_eq!(condition(&service, "Reconciling").0, "False");
    assert_eq!(condition(&service, "Stalled").0, "False");
    let deployment = &service["status"]["deployments"][0];
    assert_eq!(deployment["status"], json!("PRIMARY"));
    assert_eq!(deployment["rolloutState"], json!("COMPLETED"));
    let id = text(deployment, "/id");

    for pod in world.pods("web").await {
        let label = |key: &str| pod.labels().get(key).map(String::as_str);
        assert_eq!(label(labels::CAPACITY_PROVIDER), Some("none"));
        assert_eq!(label(labels::REVISION), Some("1"));
        assert_eq!(label(labels::DEPLOYMENT_ID), Some(id.as_str()));
    }
    let uid = text(&service, "/metadata/uid");
    let account = world.api::<ServiceAccount>().get("web").await.unwrap();
    assert_eq!(owners(&account), [uid.as_str()]);
    let revisions = world.revisions().await;
    let names: Vec<_> = revisions.iter().map(kube::ResourceExt::name_any).collect();
    assert_eq!(names, ["web-1".to_owned(), format!("web-d-{id}")]);
    assert!(owners(&revisions[0]).contains(&uid), "the service owns the revision that it uses as well");

    let events = world.events("web").await;
    let said = |sentence: &str| events.iter().filter(|(_, note)| note == sentence).count();
    assert_eq!(said("(service web) has reached a steady state."), 1, "{events:#?}");
    assert_eq!(said(&format!("(service web) (deployment {id}) deployment completed.")), 1, "{events:#?}");
    world.end().await;
}

pub(crate) async fn a_missing_task_definition_is_waited_for(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "missing").await;
    world.service("web", 2).await;
    let waits = world
        .service_until("web", "waiting", |service| {
            condition(service, "Reconciling").1 == "TaskDefinitionNotFound"
        })
        .await;
    assert!(condition(&waits, "Reconciling").2.contains("web"), "{waits:#?}");
    operator.has_reconciled(1).await;
    let reconciles = operator.metric("ecs_bridge_reconciles_total", "EcsService").await;
    assert!(reconciles <= 3, "{reconciles} reconciles while there was nothing to do");

    world.task_definition("web", "nginx:1.27").await;
    world.steady("web", 2).await;
    world.end().await;
}
