//! One deployment replaces another.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::failing;
use crate::sample::Sample;
use crate::world::{World, condition, fargate_task_definition, service, text};

/// A service with these percentages.
fn with_percents(name: &str, count: i32, minimum: i32, maximum: i32) -> Value {
    let mut spec = service(name, count);
    spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": minimum, "maximumPercent": maximum});
    spec
}

/// Waits until the service runs `count` tasks of a revision, and of no other.
async fn rolled(world: &World, name: &str, revision: &str, count: i64) -> Value {
    let reached = |service: &Value| {
        let status = &service["status"];
        condition(service, "Ready").0 == "True"
            && status["runningCount"] == json!(count)
            && status["deployments"].as_array().is_some_and(|all| all.len() == 1)
            && status["deployments"][0]["taskDefinition"] == json!(revision)
    };
    world.service_until(name, &format!("{revision} alone"), reached).await
}

pub(crate) async fn a_rolling_update_keeps_within_its_percentages(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "percents").await;
    let cases = [("double", 3, 100, 200), ("half", 4, 50, 100), ("all", 3, 0, 100)];
    for (name, count, minimum, maximum) in cases {
        world.task_definition(name, "nginx:1.27").await;
        world.apply("EcsService", name, with_percents(name, count, minimum, maximum)).await;
    }
    for (name, count, minimum, maximum) in cases {
        world.steady(name, count.into()).await;
        let sample = Sample::of(&world, name).await;
        world.task_definition(name, "nginx:1.28").await;
        rolled(&world, name, &format!("{name}:2"), count.into()).await;
        let seen = sample.end();
        let least = (count * minimum + 99) / 100;
        assert!(seen.moments > 2 && seen.fewest_ready >= usize::try_from(least).unwrap(), "{name}: {seen:?}");
        assert!(seen.most_wanted <= i64::from(count * maximum / 100), "{name}: {seen:?}");
    }
    world.end().await;
}

pub(crate) async fn a_count_may_change_in_the_middle_of_a_rollout(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "midway").await;
    world.task_definition("web", "nginx:1.27").await;
    let mut spec = with_percents("web", 4, 75, 100);
    spec["kubernetes"]["minReadySeconds"] = json!(2);
    world.apply("EcsService", "web", spec.clone()).await;
    world.steady("web", 4).await;
    world.task_definition("web", "nginx:1.28").await;
    let midway = |deployment: &Value| {
        let updated = deployment["status"]["updatedReplicas"].as_i64().unwrap_or_default();
        (1..4).contains(&updated) && deployment["metadata"]["labels"]["ecs-bridge.dev/revision"] == json!("2")
    };
    world.deployment_until("web", "some new tasks", midway).await;

    // With two tasks 75 % leave no whole one to stop: it stands still, with the new template.
    spec["desiredCount"] = json!(2);
    world.apply("EcsService", "web", spec.clone()).await;
    let blocked = |service: &Value| condition(service, "Reconciling").1 == "DeploymentConfiguration";
    world.service_until("web", "blocked", blocked).await;
    let held = world.deployment_until("web", "held", |d| d["spec"]["paused"] == json!(true)).await;
    assert_eq!(text(&held, "/spec/template/spec/containers/0/image"), "nginx:1.28");
    let events = world.events("web").await;
    assert!(events.iter().any(|(_, note)| note.contains("was unable to stop or start tasks")), "{events:#?}");

    spec["desiredCount"] = json!(6);
    world.apply("EcsService", "web", spec).await;
    rolled(&world, "web", "web:2", 6).await;
    let after = world.deployment_until("web", "there", |_| true).await;
    assert_eq!(after["spec"]["paused"], Value::Null);
    world.end().await;
}

pub(crate) async fn providers_take_turns(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "turns").await;
    world.apply("TaskDefinition", "web", fargate_task_definition("web", "nginx:1.27")).await;
    let mut spec = with_percents("web", 2, 50, 100);
    spec["capacityProviderStrategy"] = json!([
        {"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]);
    world.apply("EcsService", "web", spec).await;
    world.steady("web", 2).await;
    let sample = Sample::of(&world, "web").await;
    world.apply("TaskDefinition", "web", fargate_task_definition("web", "nginx:1.28")).await;
    rolled(&world, "web", "web:2", 2).await;
    let seen = sample.end();
    assert!(seen.fewest_ready >= 1 && seen.most_wanted <= 2, "{seen:?}");
    world.end().await;
}

pub(crate) async fn tasks_move_to_a_provider_that_joins_and_none_is_missed(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "joins").await;
    world.apply("TaskDefinition", "web", fargate_task_definition("web", "nginx:1.27")).await;
    let of = |providers: Value| {
        let mut spec = with_percents("web", 4, 100, 150);
        spec["capacityProviderStrategy"] = providers;
        spec
    };
    let provider = |name: &str, weight: i32| json!({"capacityProvider": name, "weight": weight});
    world.apply("EcsService", "web", of(json!([provider("FARGATE", 1)]))).await;
    world.steady("web", 4).await;
    let sample = Sample::of(&world, "web").await;
    let has = |count: i64| move |deployment: &Value| deployment["spec"]["replicas"] == json!(count);
    for (weights, image, counts) in [([1, 1], "nginx:1.27", [2, 2]), ([1, 3], "nginx:1.28", [1, 3])] {
        let both = json!([provider("FARGATE", weights[0]), provider("FARGATE_SPOT", weights[1])]);
        world.apply("EcsService", "web", of(both)).await;
        world.apply("TaskDefinition", "web", fargate_task_definition("web", image)).await;
        world.deployment_until("web-fargate-spot", "has its share", has(counts[1])).await;
        world.deployment_until("web-fargate", "has its share", has(counts[0])).await;
        world.steady("web", 4).await;
    }
    rolled(&world, "web", "web:2", 4).await;
    let seen = sample.end();
    assert!(seen.fewest_ready >= 4 && seen.most_wanted <= 6, "{seen:?}");
    world.end().await;
}

pub(crate) async fn a_restart_by_kubectl_is_left_alone(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "restart").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    let before = world.steady("web", 2).await;
    let old: Vec<String> = world.pods("web").await.iter().map(kube::ResourceExt::name_any).collect();
    let mark = cluster.audit.mark();
    let annotation = json!({"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"});
    let patch = json!({"spec": {"template": {"metadata": {"annotations": annotation}}}});
    let deployments = world.api::<Deployment>();
    deployments.patch("web", &PatchParams::default(), &Patch::Strategic(&patch)).await.unwrap();
    let replaced = |deployment: &Value| {
        let status = &deployment["status"];
        status["observedGeneration"] == deployment["metadata"]["generation"]
            && ["replicas", "updatedReplicas", "availableReplicas"]
                .iter()
                .all(|member| status[member] == json!(2))
    };
    let after = world.deployment_until("web", "restarted", replaced).await;
    assert!(
        after["spec"]["template"]["metadata"]["annotations"].to_string().contains("restartedAt"),
        "{after:#}"
    );
    let gone = |pods: &[Pod]| pods.iter().all(|pod| !old.contains(&pod.name_any()));
    assert!(gone(
        &world
            .pods("web")
            .await
            .into_iter()
            .filter(|p| p.metadata.deletion_timestamp.is_none())
            .collect::<Vec<_>>()
    ));
    let settled = world.steady("web", 2).await;
    assert_eq!(settled["status"]["deployments"][0]["id"], before["status"]["deployments"][0]["id"]);
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.iter().all(|write| !write.contains("deployments")), "{writes:#?}");
    world.end().await;
}

pub(crate) async fn tasks_that_are_never_ready_keep_the_old_ones(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "unready").await;
    failing::installed(&world).await;
    world.task_definition("web", "nginx:1.27").await;
    let mut spec = with_percents("web", 2, 50, 200);
    spec["deploymentConfiguration"]["deploymentCircuitBreaker"] = json!({"enable": true, "rollback": true});
    world.apply("EcsService", "web", spec).await;
    world.steady("web", 2).await;
    let sample = Sample::of(&world, "web").await;
    world.task_definition("web", &failing::image("never-ready", "1s")).await;
    let running = |service: &Value| {
        let deployments = &service["status"]["deployments"];
        deployments[0]["taskDefinition"] == json!("web:2") && deployments[0]["runningCount"] == json!(2)
    };
    let service = world.service_until("web", "new tasks that run", running).await;
    assert_eq!(service["status"]["deployments"][0]["rolloutState"], json!("IN_PROGRESS"));
    assert_eq!(service["status"]["deployments"][0]["failedTasks"], json!(0));
    assert_eq!(condition(&service, "Ready").0, "False");
    world.task_definition("web", "nginx:1.28").await;
    rolled(&world, "web", "web:3", 2).await;
    let seen = sample.end();
    assert!(seen.fewest_ready >= 1, "{seen:?}");
    world.end().await;
}

pub(crate) async fn a_daemon_is_on_every_node_that_it_is_for(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "daemon").await;
    let nodes = Api::<Node>::all(cluster.client.clone());
    let there = nodes.list(&ListParams::default()).await.unwrap().items;
    let count = i64::try_from(there.len()).unwrap();
    world.task_definition("agent", "agent:1").await;
    let mut spec = service("agent", 0);
    spec.as_object_mut().unwrap().remove("desiredCount");
    spec["schedulingStrategy"] = json!("DAEMON");
    spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50});
    world.apply("EcsService", "agent", spec).await;
    world.steady("agent", count).await;

    let add = |name: String, label: Option<&'static str>| {
        let mut node = there[0].clone();
        node.metadata = kube::core::ObjectMeta {
            name: Some(name.clone()),
            labels: node.metadata.labels.take(),
            annotations: node.metadata.annotations.take(),
            ..kube::core::ObjectMeta::default()
        };
        let labels = node.metadata.labels.get_or_insert_default();
        labels.insert("kubernetes.io/hostname".to_owned(), name);
        if let Some(label) = label {
            labels.insert("eks.amazonaws.com/compute-type".to_owned(), label.to_owned());
        }
        let nodes = nodes.clone();
        async move { nodes.create(&PostParams::default(), &node).await.unwrap() }
    };
    let (fresh, fargate) = (format!("fresh-{}", cluster.run), format!("fargate-{}", cluster.run));
    add(fargate.clone(), Some("fargate")).await;
    add(fresh.clone(), None).await;
    world.steady("agent", count + 1).await;
    let on = |pods: &[Pod], node: &str| {
        pods.iter().any(|pod| pod.spec.as_ref().and_then(|s| s.node_name.as_deref()) == Some(node))
    };
    let pods = world.pods("agent").await;
    assert!(on(&pods, &fresh) && !on(&pods, &fargate));

    // 50 % of seven nodes: four stay.
    let sample = Sample::of(&world, "agent").await;
    world.task_definition("agent", "agent:2").await;
    rolled(&world, "agent", "agent:2", count + 1).await;
    let seen = sample.end();
    let least = usize::try_from((count + 2) / 2).unwrap();
    assert!(seen.fewest_ready >= least, "{least}: {seen:?}");

    // A node that is drained loses it last: when it goes.
    let cordon = json!({"spec": {"unschedulable": true}});
    nodes.patch(&fresh, &PatchParams::default(), &Patch::Merge(&cordon)).await.unwrap();
    let daemons = world.api::<DaemonSet>();
    world
        .until(daemons, "agent", "all of them", |d| d["status"]["numberAvailable"] == json!(count + 1))
        .await;
    let pods = world.pods("agent").await;
    let last =
        pods.iter().find(|pod| on(std::slice::from_ref(pod), &fresh)).expect("its task is still there");
    for node in [&fresh, &fargate] {
        nodes.delete(node, &DeleteParams::default()).await.unwrap();
    }
    // Kubernetes would do so itself, about a minute later.
    let at_once = DeleteParams::default().grace_period(0);
    world.api::<Pod>().delete(&last.name_any(), &at_once).await.unwrap();
    world.steady("agent", count).await;
    world.end().await;
}
