//! What changes of a definition do.

use std::sync::Arc;

use kube::ResourceExt as _;
use serde_json::json;

use crate::cluster::Cluster;
use crate::world::{World, condition, fargate_task_definition, owners, service, task_definition, text};

pub(crate) async fn a_changed_task_definition_rolls(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "rolls").await;
    world.task_definition("web", "nginx:1.27").await;
    let mut spec = service("web", 3);
    // Long enough for the rollout to be seen on its way.
    spec["kubernetes"]["minReadySeconds"] = json!(5);
    world.apply("EcsService", "web", spec).await;
    let before = world.steady("web", 3).await;

    world.task_definition("web", "nginx:1.28").await;
    let rolling = world
        .service_until("web", "two deployments", |service| {
            service["status"]["deployments"].as_array().is_some_and(|all| all.len() == 2)
        })
        .await;
    let deployments = &rolling["status"]["deployments"];
    assert_eq!(deployments[0]["status"], json!("PRIMARY"));
    assert_eq!(deployments[0]["taskDefinition"], json!("web:2"));
    assert_eq!(deployments[0]["rolloutState"], json!("IN_PROGRESS"));
    assert_eq!(deployments[1]["status"], json!("ACTIVE"));
    assert_eq!(deployments[1]["id"], before["status"]["deployments"][0]["id"]);
    assert_eq!(condition(&rolling, "Reconciling").1, "DeploymentInProgress");

    let after = world
        .service_until("web", "rolled", |service| {
            let deployments = &service["status"]["deployments"];
            condition(service, "Ready").0 == "True"
                && deployments.as_array().is_some_and(|all| all.len() == 1)
                && deployments[0]["taskDefinition"] == json!("web:2")
        })
        .await;
    assert_eq!(after["status"]["deployments"][0]["rolloutState"], json!("COMPLETED"));
    let uid = text(&after, "/metadata/uid");
    let old = |revisions: &[k8s_openapi::api::apps::v1::ControllerRevision]| {
        let found = revisions.iter().find(|revision| revision.name_any() == "web-1");
        found.map(owners).unwrap_or_default()
    };
    let revisions = world.api::<k8s_openapi::api::apps::v1::ControllerRevision>();
    let released = world
        .until(revisions, "web-1", "released", |revision| {
            !revision["metadata"]["ownerReferences"].to_string().contains(&uid)
        })
        .await;
    assert_eq!(text(&released, "/metadata/name"), "web-1");
    assert_eq!(old(&world.revisions().await).len(), 1, "its TaskDefinition still owns the old revision");
    world.end().await;
}

pub(crate) async fn an_invalid_task_definition_keeps_the_workload(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "badtask").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    let before = world.deployment_until("web", "there", |_| true).await;

    let mut spec = task_definition("web", "nginx:1.28");
    spec["containerDefinitions"][0]["mountPoints"] =
        json!([{"sourceVolume": "nobody", "containerPath": "/data"}]);
    world.apply("TaskDefinition", "web", spec).await;
    let stalled = world
        .until(world.custom("TaskDefinition"), "web", "stalled", |definition| {
            condition(definition, "Stalled").0 == "True"
        })
        .await;
    assert_eq!(condition(&stalled, "Stalled").1, "InvalidDefinition");
    assert_eq!(condition(&stalled, "Ready").0, "False");
    assert!(condition(&stalled, "Stalled").2.contains("nobody"), "{stalled:#?}");
    assert_eq!(text(&stalled, "/status/taskDefinition"), "web:1");
    let events = world.events("web").await;
    assert!(events.iter().any(|(_, note)| note.contains("nobody")), "{events:#?}");

    let service = world.steady("web", 2).await;
    assert_eq!(text(&service, "/status/taskDefinition"), "web:1");
    let after = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(after["metadata"]["generation"], before["metadata"]["generation"]);
    world.end().await;
}

pub(crate) async fn an_invalid_service_keeps_the_workload(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "badsvc").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    let before = world.deployment_until("web", "there", |_| true).await;

    let mut spec = service("web", 4);
    spec["loadBalancers"] = json!([{"containerName": "nobody", "containerPort": 80,
        "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef"}]);
    world.apply("EcsService", "web", spec).await;
    let stalled = world
        .service_until("web", "stalled", |service| {
            condition(service, "Stalled").0 == "True" && service["status"]["runningCount"] == json!(4)
        })
        .await;
    assert_eq!(condition(&stalled, "Stalled").1, "InvalidDefinition");
    assert_eq!(condition(&stalled, "Ready").0, "False");
    let message = condition(&stalled, "Stalled").2;
    assert!(message.contains("nobody") && message.contains("keeps running"), "{message}");
    let events = world.events("web").await;
    assert!(events.iter().any(|(_, note)| note.contains("nobody")), "{events:#?}");
    let after = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(after["spec"]["template"], before["spec"]["template"], "only the count follows");

    world.service("web", 4).await;
    world.steady("web", 4).await;
    world.end().await;
}

pub(crate) async fn another_rendering_writes_no_template(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "render").await;
    world.apply("TaskDefinition", "web", fargate_task_definition("web", "nginx:1.27")).await;
    let mut spec = service("web", 2);
    spec["launchType"] = json!("FARGATE");
    spec["networkConfiguration"] = json!({"awsvpcConfiguration": {"subnets": ["subnet-0123456789abcdef0"]}});
    world.apply("EcsService", "web", spec).await;
    world.steady("web", 2).await;
    let before = world.deployment_until("web-fargate", "there", |_| true).await;
    assert!(operator.stop().await.success());

    let mark = cluster.audit.mark();
    let operator = world.operator_again("operator", &["--default-architecture", "arm64"]).await;
    let found = |service: &serde_json::Value| {
        service["status"]["findings"].to_string().contains("NewerRenderingAvailable")
    };
    world.service_until("web", "the finding", found).await;
    operator.has_reconciled(1).await;
    let after = world.deployment_until("web-fargate", "there", |_| true).await;
    assert_eq!(after["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"]);
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.iter().all(|write| write.contains("ecsservices/status")), "{writes:#?}");
    world.end().await;
}
