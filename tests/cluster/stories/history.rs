//! Whatever was changed before: the end is what a fresh install of the last definitions comes to. The simulation tells
//! thousands of such histories, the control plane one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ecs_bridge::api::labels;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, Service, ServiceAccount};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use kube::core::NamespaceResourceScope;
use kube::{Resource, ResourceExt as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::silence::rest;
use crate::cluster::Cluster;
use crate::failing;
use crate::generate::Dice;
use crate::world::{World, service, task_definition, text};

/// Changes of the history.
const CHANGES: usize = 50;
/// Members that say when, or how often, something was written, or that the API server gives away.
const PASSING: &[&str] = &[
    labels::APPLIED,
    labels::REVISION,
    "clusterIP",
    "clusterIPs",
    "createdAt",
    "creationTimestamp",
    "deployment.kubernetes.io/revision",
    "failedTasks",
    "failures",
    "generation",
    "lastTransitionTime",
    "managedFields",
    "observedGeneration",
    "resourceVersion",
    "scaledCount",
    "uid",
    "updatedAt",
];

/// What is stored at the end, by kind and name.
type State = BTreeMap<String, Value>;

/// The definitions as a user last applied them.
struct Definitions {
    task: Value,
    service: Value,
}

impl Definitions {
    async fn apply(&self, world: &World) {
        world.apply("TaskDefinition", "web", self.task.clone()).await;
        world.apply("EcsService", "web", self.service.clone()).await;
    }
}

pub(crate) async fn fifty_changes_end_where_a_fresh_install_does(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "history").await;
    failing::installed(&world).await;
    let mut dice = Dice::new(1);
    let mut now = Definitions { task: task_definition("web", "nginx:0"), service: service("web", 2) };
    now.apply(&world).await;
    for _ in 0..CHANGES {
        change(&world, &mut dice, &mut now).await;
        let pause = dice.pick(&[0, 10, 300, 1500]);
        sleep(Duration::from_millis(pause)).await;
    }
    now.task["containerDefinitions"][0]["image"] = json!("nginx:last");
    // A deployment that ECS could not make would be held.
    now.service["deploymentConfiguration"] = json!({"minimumHealthyPercent": 50, "maximumPercent": 200});
    now.apply(&world).await;
    let told = ended(&cluster, &world, &operator).await;
    let live = world.custom("EcsService").get("web").await.unwrap();
    now.service["kubernetes"]["scaledCount"] = live.data["spec"]["kubernetes"]["scaledCount"].clone();

    let (other, another) = World::with_operator(&cluster, "fresh").await;
    now.apply(&other).await;
    let fresh = ended(&cluster, &other, &another).await;
    for name in told.keys().chain(fresh.keys()) {
        assert_eq!(told.get(name), fresh.get(name), "{name}, of {:#?}", now.service);
    }
    world.end().await;
    other.end().await;
}

/// One change, by a user or by somebody who should not have.
async fn change(world: &World, dice: &mut Dice, now: &mut Definitions) {
    let services = world.custom("EcsService");
    let merge = PatchParams::default();
    match dice.below(13) {
        0..=2 => {
            let failing = [failing::image("image-pull", "1s"), failing::image("crash", "100ms")];
            let good = ["nginx:1", "nginx:2", "nginx:3"].map(str::to_owned);
            let images: Vec<&String> = good.iter().chain(&failing).collect();
            now.task["containerDefinitions"][0]["image"] = dice.pick(&images).as_str().into();
            world.apply("TaskDefinition", "web", now.task.clone()).await;
        }
        3 => {
            let mut bad = now.task.clone();
            bad["containerDefinitions"][0]["mountPoints"] =
                json!([{"sourceVolume": "nobody", "containerPath": "/x"}]);
            world.apply("TaskDefinition", "web", bad).await;
        }
        4 | 5 => {
            now.service["desiredCount"] = dice.below(5).into();
            world.apply("EcsService", "web", now.service.clone()).await;
        }
        6 => {
            let (minimum, maximum) = dice.pick(&[(100, 200), (50, 100), (0, 100), (100, 150), (50, 200)]);
            now.service["deploymentConfiguration"] =
                json!({"minimumHealthyPercent": minimum, "maximumPercent": maximum});
            world.apply("EcsService", "web", now.service.clone()).await;
        }
        7 => {
            let mut bad = now.service.clone();
            bad["loadBalancers"] =
                json!([{"targetGroupArn": "arn:x", "containerName": "nobody", "containerPort": 80}]);
            world.apply("EcsService", "web", bad).await;
        }
        8 => {
            let count = json!({"spec": {"kubernetes": {"scaledCount": dice.below(5)}}});
            services.patch("web", &merge, &Patch::Merge(&count)).await.unwrap();
        }
        9 => drop(world.api::<Deployment>().delete("web", &DeleteParams::background()).await),
        10 => {
            let evil = json!({"spec": {"replicas": dice.below(6), "template": {"spec": {"containers": [{"name": "app", "image": "evil:1"}]}}}});
            drop(world.api::<Deployment>().patch("web", &merge, &Patch::Strategic(&evil)).await);
        }
        11 => {
            let ends = if dice.flip() { DeleteParams::orphan() } else { DeleteParams::background() };
            let before = services.get("web").await.unwrap().uid().unwrap();
            services.delete("web", &ends).await.unwrap();
            world.gone(services, "web", &before).await;
            world.apply("EcsService", "web", now.service.clone()).await;
        }
        _ => {
            now.service["tags"] = json!([{"key": "turn", "value": dice.below(9).to_string()}]);
            world.apply("EcsService", "web", now.service.clone()).await;
        }
    }
}

/// What a namespace holds when its service has come to rest.
async fn ended(cluster: &Cluster, world: &World, operator: &crate::operator::Operator) -> State {
    let live = world
        .service_until("web", "at rest", |service| {
            let status = &service["status"];
            crate::world::condition(service, "Ready").0 == "True"
                && status["observedGeneration"] == service["metadata"]["generation"]
                && status["deployments"].as_array().is_some_and(|all| all.len() == 1)
                && status["runningCount"] == status["desiredCount"]
        })
        .await;
    rest(cluster, operator).await;
    let live =
        world.service_until("web", "still there", |s| s["metadata"]["uid"] == live["metadata"]["uid"]).await;
    let id = text(&live, "/status/deployments/0/id");
    let revision = text(&live, "/status/taskDefinition");
    let mut state = State::new();
    state.insert("EcsService".to_owned(), json!({"spec": live["spec"], "status": live["status"]}));
    ours::<ServiceAccount>(world, &mut state, &[]).await;
    ours::<Service>(world, &mut state, &["spec"]).await;
    ours::<PodDisruptionBudget>(world, &mut state, &["spec"]).await;
    ours::<Deployment>(world, &mut state, &["spec"]).await;
    for pod in world.pods("web").await {
        let pod: &Pod = &pod;
        let image = pod.spec.as_ref().and_then(|spec| spec.containers[0].image.clone());
        let count = state.entry(format!("pods of {}", image.unwrap_or_default())).or_insert(json!(0));
        *count = json!(count.as_i64().unwrap() + 1);
    }
    let known = |text: &str| {
        text.replace(&id, "ID").replace(&revision, "REVISION").replace(&world.namespace, "NAMESPACE")
    };
    let lasting = |(name, value): (String, Value)| {
        let mut value: Value = serde_json::from_str(&known(&value.to_string())).unwrap();
        forget(&mut value);
        (name, value)
    };
    state.into_iter().map(lasting).collect()
}

/// Adds our objects of a kind: their labels, annotations and owners, and these members.
async fn ours<K>(world: &World, state: &mut State, members: &[&str])
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned
        + Serialize,
{
    let ours = ListParams::default().labels(&format!("{}={}", labels::MANAGED_BY, labels::MANAGED_BY_US));
    let api: Api<K> = world.api();
    for object in api.list(&ours).await.unwrap() {
        let value = serde_json::to_value(&object).unwrap();
        let metadata = &value["metadata"];
        let mut kept = json!({
            "labels": metadata["labels"], "annotations": metadata["annotations"], "owners": metadata["ownerReferences"],
        });
        for member in members {
            kept[*member] = value[*member].clone();
        }
        state.insert(format!("{} {}", K::kind(&()), object.name_any()), kept);
    }
}

/// Removes what says when, or how often, something was written.
fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !PASSING.contains(&name.as_str()));
            members.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}
