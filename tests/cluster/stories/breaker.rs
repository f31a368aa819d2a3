//! Deployments that fail, and tasks that cannot be placed.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use super::silence::rest;
use crate::cluster::{Cluster, typed};
use crate::failing;
use crate::sample::Sample;
use crate::world::{World, condition, service, task_definition, text};

fn with_breaker(name: &str, count: i32, rollback: bool) -> Value {
    let mut spec = service(name, count);
    spec["deploymentConfiguration"] = json!({
        "minimumHealthyPercent": 100, "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": true, "rollback": rollback},
    });
    spec
}

fn uids(pods: &[Pod]) -> Vec<String> {
    let mut uids: Vec<_> = pods.iter().filter_map(kube::ResourceExt::uid).collect();
    uids.sort();
    uids
}

fn notes(events: &[(String, String)], part: &str) -> usize {
    events.iter().filter(|(_, note)| note.contains(part)).count()
}

pub(crate) async fn a_bad_image_is_rolled_back_and_costs_no_task(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "rollback").await;
    failing::installed(&world).await;
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", with_breaker("web", 3, true)).await;
    let before = world.steady("web", 3).await;
    let id = text(&before, "/status/deployments/0/id");
    let old = uids(&world.pods("web").await);
    let sample = Sample::of(&world, "web").await;

    world.task_definition("web", &failing::image("image-pull", "1s")).await;
    let rolled_back = |service: &Value| condition(service, "Stalled").1 == "RolledBack";
    let after = world.service_until("web", "rolled back", rolled_back).await;
    let message = condition(&after, "Stalled").2;
    assert!(message.contains("CannotPullContainerError") && message.contains("web:2"), "{message}");
    assert_eq!(text(&after, "/status/deployments/0/id"), id);
    assert_eq!(text(&after, "/status/deployments/0/rolloutState"), "COMPLETED");
    assert_eq!(after["status"]["runningCount"], json!(3));
    let seen = sample.end();
    assert!(seen.fewest_ready == 3 && seen.most_wanted > 3, "{seen:?}");
    assert_eq!(uids(&world.pods("web").await), old, "the old tasks were never touched");
    let events = world.events("web").await;
    let failed = text(&after, "/status/failedDeployment/id");
    let told = format!("(service web) (deployment {failed}) deployment failed: tasks failed to start.");
    assert_eq!(notes(&events, &told), 1, "{events:#?}");
    assert_eq!(notes(&events, "is unable to consistently start tasks successfully."), 1, "{events:#?}");

    world.task_definition("web", "nginx:1.28").await;
    let recovered = |service: &Value| {
        condition(service, "Ready").0 == "True" && service["status"]["taskDefinition"] == json!("web:3")
    };
    let recovered = world.service_until("web", "recovered", recovered).await;
    assert_eq!(recovered["status"]["failedDeployment"], Value::Null);
    world.end().await;
}

pub(crate) async fn a_crash_loop_stops_without_rollback_also_over_a_restart(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "crash").await;
    failing::installed(&world).await;
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", with_breaker("web", 1, false)).await;
    world.steady("web", 1).await;
    let sample = Sample::of(&world, "web").await;

    world.task_definition("web", &failing::image("crash", "100ms")).await;
    let failed = |service: &Value| condition(service, "Stalled").1 == "DeploymentFailed";
    let after = world.service_until("web", "failed", failed).await;
    assert_eq!(text(&after, "/status/deployments/0/rolloutState"), "FAILED");
    assert_eq!(
        text(&after, "/status/deployments/0/rolloutStateReason"),
        "ECS deployment circuit breaker: task failed to start."
    );
    assert_eq!(after["status"]["deployments"][0]["failedTasks"], json!(3));
    let stopped = world.deployment_until("web", "paused", |d| d["spec"]["paused"] == json!(true)).await;
    assert_eq!(
        stopped["metadata"]["annotations"]["ecs-bridge.dev/failed-deployment"],
        after["status"]["deployments"][0]["id"]
    );

    operator.kill();
    let wiped = json!({"status": {"deployments": null, "failures": null, "failedDeployment": null, "conditions": null}});
    let services = world.custom("EcsService");
    services.patch_status("web", &PatchParams::default(), &Patch::Merge(&wiped)).await.unwrap();
    let mark = cluster.audit.mark();
    let operator = world.operator_again("operator", &[]).await;
    world.service_until("web", "failed again", failed).await;
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.iter().all(|w| w.contains("ecsservices/status") || w.contains("events")), "{writes:#?}");

    world.task_definition("web", "nginx:1.28").await;
    let recovered = |service: &Value| {
        condition(service, "Ready").0 == "True" && service["status"]["taskDefinition"] == json!("web:3")
    };
    world.service_until("web", "recovered", recovered).await;
    let after = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(after["spec"]["paused"], Value::Null);
    let seen = sample.end();
    assert!(seen.fewest_ready >= 1, "{seen:?}");
    world.end().await;
}

pub(crate) async fn a_crash_after_a_task_was_healthy_ends_no_deployment(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "later").await;
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", with_breaker("web", 1, true)).await;
    world.steady("web", 1).await;
    let pod = world.pods("web").await.remove(0);
    let crash = json!({"ecs-bridge.dev/test-failure": "crash", "ecs-bridge.dev/test-failure-after": "100ms"});
    let patch = json!({"metadata": {"annotations": crash}});
    let pods = world.api::<Pod>();
    pods.patch(&pod.name_any(), &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let crashes = |pod: &Value| pod["status"]["containerStatuses"][0]["restartCount"].as_i64() >= Some(4);
    world.until(pods, &pod.name_any(), "four crashes", crashes).await;
    let failing = |service: &Value| condition(service, "Ready").1 == "TasksFailing";
    let service = world.service_until("web", "failing", failing).await;
    assert_eq!(text(&service, "/status/deployments/0/rolloutState"), "COMPLETED");
    assert_eq!(service["status"]["failedDeployment"], Value::Null);
    let events = world.events("web").await;
    assert_eq!(notes(&events, "is unable to consistently start tasks successfully."), 1, "{events:#?}");
    world.end().await;
}

/// Allows the namespace one pod, and returns when that is in force.
async fn one_pod(world: &World) {
    let quota: ResourceQuota = typed(json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}}));
    let quotas = world.api::<ResourceQuota>();
    quotas.create(&PostParams::default(), &quota).await.unwrap();
    let counted = |quota: &Value| quota["status"]["hard"]["pods"] == json!("1");
    world.until(quotas, "small", "in force", counted).await;
}

pub(crate) async fn tasks_without_a_place_say_why(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "place").await;
    one_pod(&world).await;
    let mut large = task_definition("large", "nginx:1.27");
    large["containerDefinitions"][0]["cpu"] = json!(102_400);
    world.apply("TaskDefinition", "large", large).await;
    world.service("large", 1).await;
    let unable = |service: &Value| condition(service, "Ready").1 == "UnableToPlaceTask";
    let service = world.service_until("large", "unable", unable).await;
    assert!(condition(&service, "Ready").2.contains("has insufficient CPU units available"), "{service:#}");

    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 1).await;
    let service = world.service_until("web", "unable", unable).await;
    assert!(condition(&service, "Ready").2.contains("exceeded quota: small"), "{service:#}");
    let events = world.events("web").await;
    assert_eq!(
        notes(&events, "(service web) was unable to place a task. Reason: The pod is forbidden"),
        1,
        "{events:#?}"
    );
    let deployment = world.api::<Deployment>().get("web").await.unwrap();
    assert_eq!(deployment.spec.replicas, Some(1));
    world.end().await;
}

pub(crate) async fn a_daemon_whose_pods_are_refused_says_why(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "refused").await;
    one_pod(&world).await;
    world.task_definition("agent", "agent:1").await;
    let mut spec = service("agent", 0);
    spec["schedulingStrategy"] = json!("DAEMON");
    spec.as_object_mut().unwrap().remove("desiredCount");
    world.apply("EcsService", "agent", spec).await;
    let unable = |service: &Value| condition(service, "Ready").1 == "UnableToPlaceTask";
    let service = world.service_until("agent", "unable", unable).await;
    assert!(condition(&service, "Ready").2.contains("exceeded quota: small"), "{service:#}");
    rest(&cluster, &operator).await;
    let events = world.events("agent").await;
    assert_eq!(
        notes(&events, "(service agent) was unable to place a task. Reason: The pod is forbidden"),
        1,
        "{events:#?}"
    );
    let quotas = world.api::<ResourceQuota>();
    quotas.delete("small", &DeleteParams::default()).await.unwrap();
    // The controller waits longer and longer before it tries again, unless something about its object changes.
    let annotation = json!({"metadata": {"annotations": {"somebody": "looked"}}});
    let daemons = world.api::<DaemonSet>();
    daemons.patch("agent", &PatchParams::default(), &Patch::Merge(&annotation)).await.unwrap();
    let ready = |service: &Value| condition(service, "Ready").0 == "True";
    world.service_until("agent", "ready", ready).await;
    world.end().await;
}
