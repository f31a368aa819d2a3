//! The operator ends in the middle of its work.

use std::sync::Arc;

use futures::future::{join, join_all};
use kube::api::ListParams;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::conformance::{Namespace, sampled};
use crate::world::{World, condition};

/// Writes after which it is killed: while it deploys, while it rolls, while it tells of it. The simulation does so after
/// every write.
const KILLED_AFTER: [usize; 3] = [5, 19, 27];

pub(crate) async fn an_operator_that_is_killed_is_followed_by_one_that_ends_the_same(cluster: Arc<Cluster>) {
    let undisturbed = rolled(&cluster, None);
    let disturbed = join_all(KILLED_AFTER.map(|k| rolled(&cluster, Some(k))));
    let (undisturbed, disturbed) = join(undisturbed, disturbed).await;
    for (k, end) in KILLED_AFTER.into_iter().zip(disturbed) {
        assert_eq!(end, undisturbed, "killed after write {k}");
    }
}

/// A service that is rolled once, by an operator that is killed after its k-th write; how it ends.
async fn rolled(cluster: &Arc<Cluster>, k: Option<usize>) -> Value {
    let world = World::new(cluster, &k.map_or_else(|| "unkilled".to_owned(), |k| format!("killed{k}"))).await;
    // Of one identity, so that the Lease of the dead one need not run out; and of a long one, because an operator that a busy
    // machine keeps from renewing it ends, and here is no kubelet to start it again.
    let operator = world.operator("operator", &[]).await;
    let process = async {
        let Some(k) = k else { return operator };
        cluster.audit.until_written(&operator.user, world.began, k).await;
        operator.kill();
        world.operator_again("operator", &[]).await
    };
    let story = async {
        world.task_definition("web", "nginx:1.27").await;
        world.service("web", 3).await;
        world.steady("web", 3).await;
        let namespace = Namespace { client: cluster.client.clone(), name: world.namespace.clone() };
        let change = world.task_definition("web", "nginx:1.28");
        let ((_, fewest), ()) = join(sampled(&namespace, "nginx:1.28", 3), change).await;
        assert!(fewest >= 3, "fewer than ECS's minimum: {fewest}, killed after {k:?}");
        let over = |service: &Value| {
            let deployments = &service["status"]["deployments"];
            condition(service, "Ready").0 == "True"
                && deployments.as_array().is_some_and(|all| all.len() == 1)
                && deployments[0]["taskDefinition"] == json!("web:2")
        };
        world.service_until("web", "rolled", over).await
    };
    let (_operator, service) = join(process, story).await;
    let deployment = world.deployment_until("web", "there", |_| true).await;
    let revisions = world.revisions().await;
    let names: Vec<_> = revisions.iter().map(kube::ResourceExt::name_any).collect();
    let mut completed: Vec<_> = world.events("web").await;
    completed.retain(|(reason, _)| reason == "ServiceDeploymentCompleted");
    let pods = world.api::<k8s_openapi::api::core::v1::Pod>().list(&ListParams::default()).await.unwrap();
    let end = json!({
        "deployment": deployment["spec"],
        "id": service["status"]["deployments"][0]["id"],
        "counts": [service["status"]["desiredCount"], service["status"]["runningCount"], pods.items.len()],
        "revisions": names,
        "completed": completed,
    });
    world.end().await;
    end
}
