//! Leaders that are killed while they decide.

use std::sync::Arc;
use std::time::Duration;

use ecs_bridge::api::labels;
use futures::future::{join, join_all};
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::{binpack, shape};
use crate::cluster::{Cluster, PATIENCE};
use crate::exact::{Exact, all_pinned, node_of, pin_of};

/// Writes on pods after which the leader is killed.
const WRITTEN: [usize; 3] = [1, 3, 6];
/// Pods that were given their node while they were created, after which it is killed.
const CREATED: [usize; 2] = [1, 4];

pub(crate) async fn a_leader_that_is_killed_leaves_no_pod_behind_and_no_decision_undone(
    cluster: Arc<Cluster>,
) {
    join_all(WRITTEN.map(|k| killed_after_writes(&cluster, k))).await;
}

pub(crate) async fn a_leader_that_is_killed_where_it_answers_the_webhook_has_given_no_room_twice(
    cluster: Arc<Cluster>,
) {
    join_all(CREATED.map(|k| killed_after_answers(&cluster, k))).await;
}

/// Has another replica lead, as if the Lease had run out.
async fn free(exact: &Exact) {
    let free = Patch::Merge(json!({"spec": {"holderIdentity": null}}));
    exact.world.api::<Lease>().patch("ecs-bridge", &PatchParams::default(), &free).await.unwrap();
}

/// One replica leads and is killed, the other one answers the webhook and takes over.
async fn killed_after_writes(cluster: &Arc<Cluster>, k: usize) {
    let exact = Exact::new(cluster, &format!("kill{k}"), &[("a", 3)], "2").await;
    let mut first = exact.world.operator("first", &["--lease-seconds", "30"]).await;
    first.leads().await;
    let mut second = exact.operator("second", true, &["--lease-seconds", "30"]).await;
    exact.until_gated(true).await;
    let mark = cluster.audit.mark();
    let kill = async {
        let written = || {
            let writes = cluster.audit.writes(&first.user, mark);
            writes.iter().filter(|write| write.starts_with("patch pods web")).count()
        };
        while written() < k {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let (_, ()) = join(exact.apply("web", 9, binpack(), &[], &json!({})), kill).await;
    first.kill();
    free(&exact).await;
    second.leads().await;
    let pods = exact.placed("web", 9).await;
    assert!(all_pinned(&pods), "killed after {k}: {pods:#?}");
    assert_eq!(shape(&exact, "web").await, [1, 4, 4], "killed after {k}");
    exact.world.steady("web", 9).await;
    let deleted = cluster.audit.writes(&second.user, mark);
    assert!(!deleted.iter().any(|write| write.starts_with("delete pods")), "{deleted:#?}");
    assert!(second.stop().await.success());
    exact.end().await;
}

/// One replica leads, answers the webhook and is killed; the other one takes over and answers none.
async fn killed_after_answers(cluster: &Arc<Cluster>, k: usize) {
    let exact = Exact::new(cluster, &format!("asked{k}"), &[("a", 3)], "2").await;
    let mut first = exact.operator("first", true, &["--lease-seconds", "30"]).await;
    first.leads().await;
    let mut second = exact.world.operator("second", &["--lease-seconds", "30"]).await;
    exact.until_gated(true).await;
    exact.apply("web", 3, binpack(), &[], &json!({})).await;
    exact.placed("web", 3).await;
    let mark = cluster.audit.mark();
    let at_once = |pod: &Pod| pod.annotations().contains_key(labels::RESERVATION);
    let before = exact.world.pods("web").await.into_iter().filter(at_once).count();
    let kill = async {
        while exact.world.pods("web").await.into_iter().filter(at_once).count() < before + k {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let (_, ()) =
        timeout(PATIENCE, join(exact.scale("web", 9), kill)).await.expect("no node from the beginning");
    first.kill();
    free(&exact).await;
    second.leads().await;
    let pods = exact.placed("web", 9).await;
    exact.world.steady("web", 9).await;
    for pod in &pods {
        // Whoever was created when nobody answered any more has no pin, and no gate.
        let alone = pin_of(pod).is_none() && !at_once(pod);
        assert!(alone || pin_of(pod) == node_of(pod), "killed after {k}: {pod:#?}");
    }
    let deleted = cluster.audit.writes(&second.user, mark);
    assert!(!deleted.iter().any(|write| write.starts_with("delete pods")), "{deleted:#?}");
    assert!(second.stop().await.success());
    exact.end().await;
}
