//! What users do, and how it has to end.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::json;

use crate::controllers::{DOWN, LOAD, REFUSES};
use crate::world::{SHOP, World, condition, service, task_definition};

/// A story being told.
pub(crate) type Told = Pin<Box<dyn Future<Output = ()>>>;
/// A story.
pub(crate) type Story = fn(Arc<World>) -> Told;

macro_rules! stories {
    ($($(#[doc = $doc:literal])* fn $name:ident($world:ident) $body:block)+) => {
        $($(#[doc = $doc])* pub(crate) fn $name($world: Arc<World>) -> Told { Box::pin(async move $body) })+
    };
}

mod exact;

pub(crate) use exact::{exact, exact_and_full};

/// A service with a task for each node.
fn daemon_service(name: &str) -> serde_json::Value {
    let mut spec = service(name, 0);
    spec["schedulingStrategy"] = json!("DAEMON");
    spec.as_object_mut().unwrap().remove("desiredCount");
    spec
}

/// A task definition as Fargate takes it.
fn on_fargate(mut definition: serde_json::Value) -> serde_json::Value {
    for (member, value) in [("cpu", json!("256")), ("memory", json!("512")), ("networkMode", json!("awsvpc"))]
    {
        definition[member] = value;
    }
    definition
}

/// No pod is admitted from now on.
fn refuse_pods(world: &World) {
    world.edit("Namespace", SHOP, |namespace| {
        namespace["metadata"]["annotations"][REFUSES] = json!("exceeded quota: pods");
    });
}

/// Waits until events tell why no pod comes.
async fn refusal_is_told(world: &World) {
    let told = |world: &World| {
        let events = crate::outcome::events(&world.server.store());
        events.iter().any(|(_, note)| note.contains("unable to place a task") && note.contains("quota"))
    };
    world.until("it is told why", told).await;
}

/// Pods are admitted again, once all is at rest.
async fn admit_pods(world: &World) {
    world.rest().await;
    world.edit("Namespace", SHOP, |namespace| namespace["metadata"]["annotations"] = json!({}));
}

stories! {
    /// A service is created, and what it names comes later.
    fn first_deployment(world) {
        world.service("web", 3);
        world.service_until("web", "it waits", |s| condition(s, "Reconciling").1 == "TaskDefinitionNotFound").await;
        world.task_definition("web", "nginx:1");
        world.steady("web", "nginx:1", 3).await;
    }

    /// No pod is admitted, for a while.
    fn refused_pods(world) {
        refuse_pods(&world);
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        refusal_is_told(&world).await;
        admit_pods(&world).await;
        world.steady("web", "nginx:1", 2).await;
    }

    /// The same with a task for each node: nothing but events tells why there is none.
    fn refused_daemon_pods(world) {
        refuse_pods(&world);
        world.task_definition("agent", "agent:1");
        world.apply("EcsService", "agent", &daemon_service("agent"));
        world.service_until("agent", "it is told why", |s| {
            let (_, reason, message) = condition(s, "Ready");
            reason == "UnableToPlaceTask" && message.contains("exceeded quota: pods")
        }).await;
        admit_pods(&world).await;
        world.steady("agent", "agent:1", 3).await;
    }

    /// A definition is changed again a moment after it was changed, whichever moment that is.
    fn changes_in_quick_succession(world) {
        world.task_definition("web", "nginx:0");
        world.service("web", 1);
        for pause in (0..60).step_by(3) {
            world.task_definition("web", "nginx:1");
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            let image = format!("nginx:after-{pause}");
            world.task_definition("web", &image);
            world.steady("web", &image, 1).await;
        }
    }

    /// Another image, with the default percentages.
    fn rolling_update(world) {
        world.task_definition("web", "nginx:1");
        world.service("web", 3);
        world.steady("web", "nginx:1", 3).await;
        world.guard.begin("web");
        world.task_definition("web", "nginx:2");
        world.steady("web", "nginx:2", 3).await;
        assert!(world.guard.end("web") >= 3);
    }

    /// Another image, one task at a time in place.
    fn rolling_update_in_place(world) {
        let mut spec = service("web", 4);
        spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50, "maximumPercent": 100});
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 4).await;
        world.guard.begin("web");
        world.task_definition("web", "nginx:2");
        world.steady("web", "nginx:2", 4).await;
        assert!(world.guard.end("web") >= 2);
    }

    /// Tasks move to a provider that joins, and back as weights change: nobody stops before another one serves.
    fn another_provider_joins(world) {
        let mut definition = on_fargate(task_definition("web", "nginx:1"));
        let mut spec = service("web", 4);
        let of = |weights: [u32; 2]| {
            let all = ["FARGATE", "FARGATE_SPOT"].into_iter().zip(weights).filter(|(_, weight)| *weight > 0);
            all.map(|(name, weight)| json!({"capacityProvider": name, "weight": weight})).collect::<Vec<_>>()
        };
        let shares = |world: &World| ["web-fargate", "web-fargate-spot"]
            .map(|name| world.find("Deployment", name).and_then(|found| found["spec"]["replicas"].as_i64()));
        spec["capacityProviderStrategy"] = json!(of([1, 0]));
        world.apply("TaskDefinition", "web", &definition);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 4).await;
        world.guard.begin("web");
        spec["capacityProviderStrategy"] = json!(of([1, 1]));
        world.apply("EcsService", "web", &spec);
        world.until("tasks have moved", |world| shares(world) == [Some(2), Some(2)]).await;
        world.steady("web", "nginx:1", 4).await;
        // Other weights and another image at once.
        spec["capacityProviderStrategy"] = json!(of([1, 3]));
        world.apply("EcsService", "web", &spec);
        definition["containerDefinitions"][0]["image"] = json!("nginx:2");
        world.apply("TaskDefinition", "web", &definition);
        world.until("tasks have moved", |world| shares(world) == [Some(1), Some(3)]).await;
        world.steady("web", "nginx:2", 4).await;
        assert!(world.guard.end("web") >= 4);
    }

    /// Another image on two providers, in place.
    fn providers_roll_in_place(world) {
        let mut definition = on_fargate(task_definition("web", "nginx:1"));
        let mut spec = service("web", 4);
        let provider = |name: &str| json!({"capacityProvider": name, "weight": 1});
        spec["capacityProviderStrategy"] = json!([provider("FARGATE"), provider("FARGATE_SPOT")]);
        spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 75, "maximumPercent": 100});
        world.apply("TaskDefinition", "web", &definition);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 4).await;
        world.guard.begin("web");
        definition["containerDefinitions"][0]["image"] = json!("nginx:2");
        world.apply("TaskDefinition", "web", &definition);
        world.steady("web", "nginx:2", 4).await;
        assert!(world.guard.end("web") >= 3);
    }

    /// A deployment that never gets anywhere is replaced by one that does.
    fn bad_image_and_a_good_one(world) {
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        world.guard.begin("web");
        world.task_definition("web", "missing:2");
        world.service_until("web", "two tasks cannot be started", |s| s["status"]["deployments"][0]["failedTasks"] == json!(2)).await;
        world.rest().await;
        world.task_definition("web", "nginx:3");
        world.steady("web", "nginx:3", 2).await;
        assert!(world.guard.end("web") >= 2);
    }

    /// A deployment that never gets anywhere is given up for the last one that did.
    fn bad_image_rolls_back(world) {
        let mut spec = service("web", 3);
        spec["deploymentConfiguration"] = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 3).await;
        world.guard.begin("web");
        world.task_definition("web", "missing:2");
        world.rolled_back("web", "nginx:1", 3).await;
        assert!(world.guard.end("web") >= 3);
        // What runs is another revision than the one that is meant, and both are in use.
        world.rest().await;
        world.delete("TaskDefinition", "web");
        world.rest().await;
        for revision in ["web-1", "web-2"] {
            assert!(world.find("ControllerRevision", revision).is_some(), "{revision}");
        }
    }

    /// The same while what runs keeps ending, because of something that it depends on. It goes on when that is over.
    fn bad_image_while_tasks_crash(world) {
        let annotate = |annotations| world.edit("Namespace", SHOP, |namespace| namespace["metadata"]["annotations"] = annotations);
        let runs = |world: &World, image: &str| world.all("Pod").iter().any(|pod| pod["spec"]["containers"][0]["image"] == *image);
        let mut spec = service("web", 3);
        spec["deploymentConfiguration"] = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 3).await;
        world.task_definition("web", "missing:2");
        world.until("it begins", |world| runs(world, "missing:2")).await;
        annotate(json!({DOWN: "6"}));
        let comes_back = |s: &serde_json::Value| condition(s, "Reconciling").1 == "RollingBack";
        world.service_until("web", "the other one comes back", comes_back).await;
        world.rest().await;
        assert!(world.find("EcsService", "web").is_some_and(|service| comes_back(&service)), "it is given up");
        annotate(json!({}));
        world.rolled_back("web", "nginx:1", 3).await;
    }

    /// Tasks are lost again and again, and others come in their place a moment later.
    fn lost_again_and_again(world) {
        let half_a_second = std::time::Duration::from_millis(500);
        world.task_definition("web", "unready:1");
        world.service("web", 4);
        world.service_until("web", "all run", |s| s["status"]["runningCount"] == json!(4)).await;
        for _ in 0..100 {
            let runs = |pod: &&Arc<serde_json::Value>| pod["status"]["phase"] == "Running";
            let running = world.all("Pod").iter().find(runs).map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned());
            refuse_pods(&world);
            world.edit_status("Pod", &running.unwrap(), |status| status["phase"] = json!("Failed"));
            tokio::time::sleep(half_a_second).await;
            world.edit("Namespace", SHOP, |namespace| namespace["metadata"]["annotations"] = json!({}));
            tokio::time::sleep(half_a_second).await;
        }
    }

    /// The same with tasks that start and end again.
    fn crash_loop_rolls_back(world) {
        let mut spec = service("web", 2);
        spec["deploymentConfiguration"] = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
        spec["kubernetes"]["minReadySeconds"] = json!(40);
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        world.guard.begin("web");
        world.task_definition("web", "crashing:2");
        world.rolled_back("web", "nginx:1", 2).await;
        assert!(world.guard.end("web") >= 2);
    }

    /// The count is raised while a deployment is under way.
    fn scale_while_rolling(world) {
        let mut spec = service("web", 2);
        spec["kubernetes"]["minReadySeconds"] = json!(20);
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        world.guard.begin("web");
        world.task_definition("web", "nginx:2");
        world.service_until("web", "two deployments", |s| s["status"]["deployments"].as_array().is_some_and(|all| all.len() == 2)).await;
        world.edit("EcsService", "web", |service| service["spec"]["kubernetes"]["scaledCount"] = json!(5));
        world.steady("web", "nginx:2", 5).await;
        assert!(world.guard.end("web") >= 2);
        world.apply("EcsService", "web", &spec);
        spec["desiredCount"] = json!(3);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:2", 3).await;
    }

    /// What the service is made of is deleted and edited by hand.
    fn repair(world) {
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        let uid = |world: &World, kind: &str| {
            world.find(kind, "web").filter(|object| object.pointer("/metadata/deletionTimestamp").is_none()).map(|object| object["metadata"]["uid"].clone())
        };
        let before = uid(&world, "Deployment");
        world.delete("Deployment", "web");
        world.until("another Deployment", |world| uid(world, "Deployment").is_some_and(|uid| Some(uid) != before)).await;
        world.steady("web", "nginx:1", 2).await;
        world.edit("Deployment", "web", |deployment| {
            deployment["spec"]["template"]["spec"]["containers"][0]["image"] = json!("evil:1");
            deployment["spec"]["replicas"] = json!(7);
            deployment["metadata"]["annotations"]["added"] = json!("by somebody");
        });
        let image = |world: &World| world.find("Deployment", "web").map(|d| d["spec"]["template"]["spec"]["containers"][0]["image"].clone());
        world.until("the image is back", |world| image(world) == Some(json!("nginx:1"))).await;
        world.steady("web", "nginx:1", 2).await;
        world.delete("ServiceAccount", "web");
        world.until("another account", |world| uid(world, "ServiceAccount").is_some()).await;
    }

    /// A definition that is refused keeps what runs, a good one rolls.
    fn invalid_then_valid(world) {
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        world.guard.begin("web");
        let mut bad = task_definition("web", "nginx:2");
        bad["containerDefinitions"][0]["mountPoints"] = json!([{"sourceVolume": "nobody", "containerPath": "/data"}]);
        world.apply("TaskDefinition", "web", &bad);
        world.until("the definition is refused", |world| {
            world.find("TaskDefinition", "web").is_some_and(|d| condition(&d, "Stalled").0 == "True")
        }).await;
        let mut spec = service("web", 3);
        spec["launchType"] = json!("EXTERNAL");
        spec["networkConfiguration"] = json!("wrong");
        world.apply("EcsService", "web", &spec);
        world.service_until("web", "the service is refused and scaled", |s| condition(s, "Stalled").0 == "True" && s["status"]["runningCount"] == json!(3)).await;
        world.apply("EcsService", "web", &service("web", 3));
        world.task_definition("web", "nginx:3");
        world.steady("web", "nginx:3", 3).await;
        assert!(world.guard.end("web") >= 2);
    }

    /// A service is deleted and takes along what is its own.
    fn delete(world) {
        world.task_definition("web", "nginx:1");
        world.task_definition("api", "nginx:1");
        world.service("web", 2);
        world.service("api", 1);
        world.steady("web", "nginx:1", 2).await;
        world.steady("api", "nginx:1", 1).await;
        world.delete("EcsService", "web");
        world.until("everything is gone", |world| world.find("Deployment", "web").is_none() && world.find("ServiceAccount", "web").is_none()).await;
        // Again, under the same name.
        world.service("web", 1);
        world.steady("web", "nginx:1", 1).await;
    }

    /// A task for each node, and for a node that comes later.
    fn daemon(world) {
        world.task_definition("agent", "agent:1");
        world.apply("EcsService", "agent", &daemon_service("agent"));
        world.steady("agent", "agent:1", 3).await;
        crate::world::create(&mut world.server.store(), "Node", "", "node-late", crate::world::node());
        world.steady("agent", "agent:1", 4).await;
        world.task_definition("agent", "agent:2");
        world.steady("agent", "agent:2", 4).await;
    }

    /// A service is deleted, its tasks are not; a new one of its name takes over all that is there.
    fn left_behind(world) {
        let definition = on_fargate(task_definition("web", "nginx:1"));
        let mut spec = service("web", 2);
        let provider = |name: &str| json!({"capacityProvider": name, "weight": 1});
        spec["capacityProviderStrategy"] = json!([provider("FARGATE"), provider("FARGATE_SPOT")]);
        world.apply("TaskDefinition", "web", &definition);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        let uid = |world: &World| world.find("Deployment", "web-fargate").map(|d| d["metadata"]["uid"].clone());
        let before = uid(&world);
        world.orphan("web");
        world.rest().await;
        assert!(world.find("Deployment", "web-fargate-spot").is_some());
        spec["capacityProviderStrategy"] = json!([provider("FARGATE")]);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        world.until("nobody's tasks are gone", |world| world.find("Deployment", "web-fargate-spot").is_none()).await;
        assert_eq!(uid(&world), before, "what is wanted was taken over");
    }

    /// What ECS's percentages hold up, they hold up for tasks that were left behind as well.
    fn left_behind_and_held(world) {
        let mut spec = service("web", 1);
        spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50, "maximumPercent": 100});
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 1).await;
        world.orphan("web");
        world.rest().await;
        world.task_definition("web", "nginx:2");
        world.until("another revision", |world| world.find("ControllerRevision", "web-2").is_some()).await;
        world.apply("EcsService", "web", &spec);
        world.service_until("web", "it is held", |s| condition(s, "Reconciling").1 == "DeploymentConfiguration").await;
        world.rest().await;
        let image = world.find("Deployment", "web").map(|d| d["spec"]["template"]["spec"]["containers"][0]["image"].clone());
        assert_eq!(image, Some(json!("nginx:1")));
        spec["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50, "maximumPercent": 200});
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:2", 1).await;
    }

    /// A release that knows more has recorded what runs, and this one has to keep it going.
    fn record_of_another_release(world) {
        let pause = |paused: bool| world.edit("EcsService", "web", |s| s["spec"]["kubernetes"]["paused"] = json!(paused));
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        pause(true);
        world.service_until("web", "it is paused", |s| condition(s, "Reconciling").1 == "Paused").await;
        let known = world.record("web", &json!({"from": "the future"}));
        pause(false);
        world.service_until("web", "it is not understood", |s| condition(s, "Stalled").1 == "UnreadableRecord").await;
        world.edit("EcsService", "web", |service| service["spec"]["kubernetes"]["scaledCount"] = json!(5));
        world.service_until("web", "its count is followed", |s| s["status"]["runningCount"] == json!(5)).await;
        world.rest().await;
        pause(true);
        world.service_until("web", "it is paused", |s| condition(s, "Reconciling").1 == "Paused").await;
        world.record("web", &known);
        pause(false);
        world.steady("web", "nginx:1", 5).await;
    }

    /// Nothing can be recorded, for a while: what runs goes on, and its count with it.
    fn refused_records(world) {
        let is_told = |object: &serde_json::Value| {
            let (ready, reason, message) = condition(object, "Ready");
            ready == "False" && reason == "ApiError" && message.contains("exceeded quota: records")
        };
        let deployment = |world: &World| world.find("EcsService", "web").map(|s| s["status"]["deployments"][0]["id"].clone());
        let mut spec = service("web", 2);
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        let before = deployment(&world);
        let hard = json!({"spec": {"hard": {"count/controllerrevisions.apps": "0"}}});
        crate::world::create(&mut world.server.store(), "ResourceQuota", SHOP, "records", hard);
        world.guard.begin("web");
        world.task_definition("api", "nginx:2");
        world.until("a definition tells why", |world| world.find("TaskDefinition", "api").is_some_and(|d| is_told(&d))).await;
        spec["kubernetes"]["forceNewDeployment"] = json!("again");
        world.apply("EcsService", "web", &spec);
        world.service_until("web", "it tells why", is_told).await;
        world.edit("EcsService", "web", |service| service["spec"]["kubernetes"]["scaledCount"] = json!(4));
        world.service_until("web", "it is scaled nevertheless", |s| s["status"]["runningCount"] == json!(4) && is_told(s)).await;
        world.rest().await;
        assert_eq!(deployment(&world), before);
        world.delete("ResourceQuota", "records");
        world.until("it is registered", |world| world.find("ControllerRevision", "api-1").is_some()).await;
        world.until("it goes on", |world| deployment(world) != before).await;
        world.steady("web", "nginx:1", 4).await;
        assert!(world.guard.end("web") >= 2);
    }

    /// Somebody scales in the moment in which another count is taken over that was declared before.
    fn scaled_while_a_count_is_taken_over(world) {
        let replicas = |world: &World| world.find("Deployment", "web").map(|d| d["spec"]["replicas"].clone());
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        for declared in [3, 1] {
            world.service("web", declared);
            while replicas(&world) != Some(json!(declared)) {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
            world.edit("EcsService", "web", |service| service["spec"]["kubernetes"]["scaledCount"] = json!(declared + 1));
            world.steady("web", "nginx:1", declared + 1).await;
        }
    }

    /// An autoscaler that somebody has made for the Deployment is named, and then made to scale the service.
    fn autoscaler_of_a_child(world) {
        let conflicts = |s: &serde_json::Value| s["status"]["findings"].to_string().contains("AutoscalerConflict");
        world.task_definition("web", "nginx:1");
        world.service("web", 2);
        world.steady("web", "nginx:1", 2).await;
        let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"});
        let autoscaler = json!({"spec": {"minReplicas": 1, "maxReplicas": 9, "scaleTargetRef": target}});
        crate::world::create(&mut world.server.store(), "HorizontalPodAutoscaler", SHOP, "own", autoscaler);
        world.service_until("web", "it is told", conflicts).await;
        world.rest().await;
        world.edit("HorizontalPodAutoscaler", "own", |autoscaler| {
            autoscaler["spec"]["scaleTargetRef"] = json!({"apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "name": "web"});
        });
        world.service_until("web", "nothing is in the way", |s| !conflicts(s)).await;
    }

    /// A load comes, and goes; a deployment is under way in between.
    fn autoscaled(world) {
        let load = |percent: &str| world.edit("Namespace", SHOP, |namespace| namespace["metadata"]["annotations"][LOAD] = json!(percent));
        let mut spec = service("web", 2);
        spec["autoScaling"] = json!({
            "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 6},
            "scalingPolicies": [{"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            }}],
        });
        load("100");
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        load("230");
        world.steady("web", "nginx:1", 5).await;
        // The manifest again: the count is the autoscaler's.
        world.apply("EcsService", "web", &spec);
        world.guard.begin("web");
        world.task_definition("web", "nginx:2");
        world.steady("web", "nginx:2", 5).await;
        assert!(world.guard.end("web") >= 5);
        load("60");
        world.steady("web", "nginx:2", 2).await;
    }

    /// Scheduled actions move the bounds, and the count with them.
    fn scheduled(world) {
        let action = |name: &str, at: &str, min: i32, max: i32| json!({
            "ScheduledActionName": name, "Schedule": format!("at(2026-01-01T{at})"),
            "ScalableTargetAction": {"MinCapacity": min, "MaxCapacity": max},
        });
        let mut spec = service("web", 2);
        spec["autoScaling"] = json!({
            "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 5},
            "scheduledActions": [action("morning", "00:20:00", 4, 8), action("evening", "00:40:00", 0, 1)],
        });
        world.task_definition("web", "nginx:1");
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 2).await;
        world.steady("web", "nginx:1", 4).await;
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 1).await;
    }

    /// Tasks count when the load balancer says so, and not before.
    fn behind_a_load_balancer(world) {
        let mut spec = service("web", 3);
        spec["loadBalancers"] = json!([{
            "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef",
            "containerName": "app", "containerPort": 80,
        }]);
        let mut definition = task_definition("web", "nginx:1");
        definition["networkMode"] = json!("awsvpc");
        world.apply("TaskDefinition", "web", &definition);
        world.apply("EcsService", "web", &spec);
        world.steady("web", "nginx:1", 3).await;
        world.guard.begin("web");
        definition["containerDefinitions"][0]["image"] = json!("nginx:2");
        world.apply("TaskDefinition", "web", &definition);
        world.steady("web", "nginx:2", 3).await;
        assert!(world.guard.end("web") >= 3);
    }

    /// Two services share a file system, one gives it up, the other is deleted: the volume goes last.
    fn volumes(world) {
        let definition = |family: &str, mounted: bool| {
            let mut definition = task_definition(family, "wiki:1");
            if mounted {
                definition["volumes"] = json!([{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0123456789abcdef0"}}]);
                definition["containerDefinitions"][0]["mountPoints"] = json!([{"sourceVolume": "data", "containerPath": "/data"}]);
            }
            definition
        };
        let count = |world: &World, kind: &str| world.server.store().list(crate::server::resource::of_kind(kind), "").len();
        for name in ["blog", "wiki"] {
            world.apply("TaskDefinition", name, &definition(name, true));
            world.service(name, 1);
        }
        world.steady("blog", "wiki:1", 1).await;
        world.steady("wiki", "wiki:1", 1).await;
        assert_eq!((count(&world, "PersistentVolumeClaim"), count(&world, "PersistentVolume")), (1, 1));
        world.delete("EcsService", "blog");
        world.until("blog is gone", |world| world.find("Deployment", "blog").is_none()).await;
        world.rest().await;
        assert_eq!((count(&world, "PersistentVolumeClaim"), count(&world, "PersistentVolume")), (1, 1));
        world.delete("EcsService", "wiki");
        world.until("nothing is left", |world| (count(world, "PersistentVolumeClaim"), count(world, "PersistentVolume")) == (0, 0)).await;
    }
}
