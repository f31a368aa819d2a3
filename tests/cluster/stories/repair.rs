//! What becomes of changes by hand.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::cluster::{Cluster, typed};
use crate::world::{World, condition, service, text};

pub(crate) async fn a_deleted_deployment_comes_back(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "deleted").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let before = world.steady("web", 2).await;
    let old = world.deployment_until("web", "there", |_| true).await;

    world.api::<Deployment>().delete("web", &DeleteParams::background()).await.unwrap();
    let new = world
        .deployment_until("web", "there again", |deployment| {
            deployment["metadata"]["uid"] != old["metadata"]["uid"]
                && deployment["status"]["availableReplicas"] == json!(2)
        })
        .await;
    assert_eq!(new["spec"]["template"], old["spec"]["template"]);
    let after = world.steady("web", 2).await;
    let id = "/status/deployments/0/id";
    assert_eq!(text(&after, id), text(&before, id), "it is the same deployment");
    world.end().await;
}

pub(crate) async fn a_field_changed_by_hand_is_repaired(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "drift").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;

    let deployments = world.api::<Deployment>();
    let patch = json!({"spec": {"replicas": 7, "template": {"spec": {"containers": [{"name": "app", "image": "evil:1"}]}}}});
    deployments.patch("web", &PatchParams::default(), &Patch::Strategic(&patch)).await.unwrap();
    world
        .deployment_until("web", "repaired", |deployment| {
            deployment["spec"]["replicas"] == json!(2)
                && text(deployment, "/spec/template/spec/containers/0/image") == "nginx:1.27"
        })
        .await;
    world.steady("web", 2).await;
    world.end().await;
}

pub(crate) async fn a_foreign_deployment_is_not_taken_over(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "foreign").await;
    let labels = json!({"app": "somebody-elses"});
    let foreign: Deployment = typed(json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "x", "image": "x:1"}]}},
        },
    }));
    let deployments = world.api::<Deployment>();
    deployments.create(&PostParams::default(), &foreign).await.unwrap();
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let stalled =
        world.service_until("web", "stalled", |service| condition(service, "Stalled").0 == "True").await;
    assert_eq!(condition(&stalled, "Stalled").1, "ForeignObject");
    assert!(condition(&stalled, "Stalled").2.contains("Deployment web"), "{stalled:#?}");
    let kept = deployments.get("web").await.unwrap();
    assert_eq!(kept.metadata.owner_references, None);
    assert_eq!(kept.metadata.generation, Some(1));
    // Trying again costs no write.
    let tried = cluster.audit.writes(&operator.user, world.began);
    assert!(tried.iter().any(|write| write.contains("deployments web")), "{tried:#?}");
    // One that was killed since and started again counts from nothing.
    let least = u64::from(cluster.deaths.is_none());
    let refused = operator.metric("ecs_bridge_write_requests_total", "kind=\"Deployment\"").await;
    assert!((least..=1).contains(&refused), "{refused}");

    deployments.delete("web", &DeleteParams::background()).await.unwrap();
    world.steady("web", 2).await;
    world.end().await;
}

pub(crate) async fn a_foreign_service_account_is_not_taken_over_and_can_be_used_as_it_is(
    cluster: Arc<Cluster>,
) {
    let (world, _operator) = World::with_operator(&cluster, "account").await;
    let accounts = world.api::<ServiceAccount>();
    let foreign: ServiceAccount =
        typed(json!({"metadata": {"name": "web", "annotations": {"team": "other"}}}));
    let foreign = accounts.create(&PostParams::default(), &foreign).await.unwrap();
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 1).await;
    let stalled =
        world.service_until("web", "stalled", |service| condition(service, "Stalled").0 == "True").await;
    assert_eq!(condition(&stalled, "Stalled").1, "ForeignObject");
    assert!(condition(&stalled, "Stalled").2.contains("ServiceAccount web"), "{stalled:#?}");
    // What comes after it would run as somebody else.
    assert!(world.api::<Deployment>().get_opt("web").await.unwrap().is_none());

    let mut named = service("web", 1);
    named["kubernetes"]["serviceAccountName"] = json!("web");
    world.apply("EcsService", "web", named).await;
    world.steady("web", 1).await;
    let services = world.custom("EcsService");
    let uid = services.get("web").await.unwrap().uid().unwrap();
    services.delete("web", &DeleteParams::background()).await.unwrap();
    world.gone(services, "web", &uid).await;
    let deployment = world.api::<Deployment>();
    let gone = deployment.get_opt("web").await.unwrap().and_then(|d| d.uid());
    if let Some(uid) = gone {
        world.gone(deployment, "web", &uid).await;
    }
    let kept = accounts.get("web").await.unwrap();
    assert_eq!((kept.uid(), kept.resource_version()), (foreign.uid(), foreign.resource_version()));
    world.end().await;
}
