//! The operator ends in the middle of its work.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures::future::{join, join_all};
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::conformance::{Namespace, sampled};
use crate::disturbed;
use crate::failing;
use crate::generate::Dice;
use crate::world::{World, condition, service};

/// How many operators are killed in each tale, each after another write. The simulation does so after every write.
const KILLED: usize = 3;
/// Events that are told once, whatever happens.
const MILESTONES: &[&str] = &["RolledBack", "ServiceDeploymentCompleted", "ServiceDeploymentFailed"];

type Told<'a> = Pin<Box<dyn Future<Output = Value> + Send + 'a>>;
/// What a user does; the service at the end.
type Tale = for<'a> fn(&'a World) -> Told<'a>;

/// The tales, by their names.
const TALES: [(&str, Tale); 3] =
    [("tale-rolls", rolls), ("tale-rollsback", rolls_back), ("tale-scales", scales)];

pub(crate) async fn an_operator_that_is_killed_is_followed_by_one_that_ends_the_same(cluster: Arc<Cluster>) {
    for (seed, (name, tale)) in (1..).zip(TALES) {
        let (undisturbed, writes) = tell(&cluster, name, tale, None).await;
        let mut dice = Dice::new(seed);
        let part = writes / (KILLED + 1);
        let moments: Vec<usize> = (0..KILLED).map(|i| 1 + i * part + dice.below(part)).collect();
        let disturbed = moments.iter().map(|k| tell(&cluster, name, tale, Some(*k)));
        for (k, (end, _)) in moments.iter().zip(join_all(disturbed).await) {
            assert_eq!(end, undisturbed, "{name}: killed after write {k} of {writes}");
        }
    }
}

/// A rolling update.
fn rolls(world: &World) -> Told<'_> {
    Box::pin(async move {
        world.task_definition("web", "nginx:1.27").await;
        world.service("web", 3).await;
        world.steady("web", 3).await;
        let namespace = Namespace { client: world.cluster.client.clone(), name: world.namespace.clone() };
        let change = world.task_definition("web", "nginx:1.28");
        let ((_, fewest), ()) = join(sampled(&namespace, "nginx:1.28", 3), change).await;
        assert!(fewest >= 3, "{}: fewer than ECS's minimum: {fewest}", world.namespace);
        let over = |service: &Value| {
            let deployments = &service["status"]["deployments"];
            condition(service, "Ready").0 == "True"
                && deployments.as_array().is_some_and(|all| all.len() == 1)
                && deployments[0]["taskDefinition"] == json!("web:2")
        };
        world.service_until("web", "rolled", over).await
    })
}

/// A deployment that fails, and what was there before it comes back.
fn rolls_back(world: &World) -> Told<'_> {
    Box::pin(async move {
        failing::installed(world).await;
        // As many tasks as have to fail: one that cannot start counts again a minute later only.
        let mut spec = service("web", 3);
        spec["deploymentConfiguration"] =
            json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
        world.task_definition("web", "nginx:1.27").await;
        world.apply("EcsService", "web", spec).await;
        world.steady("web", 3).await;
        world.task_definition("web", &failing::image("image-pull", "1s")).await;
        let back = |service: &Value| condition(service, "Stalled").1 == "RolledBack";
        world.service_until("web", "rolled back", back).await
    })
}

/// Counts that a user and an autoscaler set.
fn scales(world: &World) -> Told<'_> {
    Box::pin(async move {
        world.task_definition("web", "nginx:1.27").await;
        world.service("web", 2).await;
        world.steady("web", 2).await;
        let replicas = Patch::Merge(json!({"spec": {"replicas": 5}}));
        let services = world.custom("EcsService");
        services.patch_scale("web", &PatchParams::default(), &replicas).await.unwrap();
        world.steady("web", 5).await;
        world.service("web", 1).await;
        world.steady("web", 1).await
    })
}

/// Tells a tale with an operator that is killed after its k-th write; how it ends, and after how many writes.
async fn tell(cluster: &Arc<Cluster>, name: &str, tale: Tale, k: Option<usize>) -> (Value, usize) {
    let name = k.map_or_else(|| name.to_owned(), |k| format!("{name}{k}"));
    let world = World::new(cluster, &name).await.calm();
    let operator = world.operator("operator", &[]).await;
    let killed = async {
        if let Some(k) = k {
            disturbed::killed_after(cluster, &operator, world.began, k).await;
        }
    };
    let ((), service) = join(killed, tale(&world)).await;
    let writes = cluster.audit.writes(&operator.user, world.began).len();
    let deployment = world.deployment_until("web", "there", |_| true).await;
    let revisions = world.revisions().await;
    let names: Vec<_> = revisions.iter().map(kube::ResourceExt::name_any).collect();
    let mut told: Vec<_> = world.events("web").await;
    told.retain(|(reason, _)| MILESTONES.contains(&reason.as_str()));
    told.sort();
    let pods = world.api::<k8s_openapi::api::core::v1::Pod>().list(&ListParams::default()).await.unwrap();
    let end = json!({
        "deployment": deployment["spec"],
        "id": service["status"]["deployments"][0]["id"],
        "counts": [service["status"]["desiredCount"], service["status"]["runningCount"], pods.items.len()],
        "revisions": names,
        "told": told,
    });
    world.end().await;
    (end, writes)
}
