//! Several replicas that answer the webhook.

use std::sync::Arc;

use futures::future::join_all;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::DeleteParams;
use serde_json::json;

use super::exact::{binpack, replay, shape, until_waiting};
use crate::cluster::Cluster;
use crate::door::Door;
use crate::exact::{Exact, all_pinned, at_creation, nodes_of};

/// Long enough that pods are made while nobody leads; short enough to wait for.
const LEASE: [&str; 2] = ["--lease-seconds", "20"];

pub(crate) async fn whichever_replica_is_asked_the_leader_decides_and_no_task_waits_for_a_dead_one(
    cluster: Arc<Cluster>,
) {
    let exact = Exact::new(&cluster, "replicas", &[("a", 3)], "2").await;
    let door = Door::open(exact.port).await;
    let mut first = exact.replica("first", &LEASE).await;
    first.leads().await;
    let mut second = exact.replica("second", &LEASE).await;

    // Who does not lead can only give the gate; the leader decides by a write.
    door.lead_to(&[&second]).await;
    exact.until_gated(true).await;
    exact.apply("web", 3, binpack(), &[], &json!({})).await;
    let gated = exact.placed("web", 3).await;
    assert!(all_pinned(&gated), "{gated:#?}");
    assert!(!gated.iter().any(at_creation), "somebody decided who does not lead: {gated:#?}");

    // Who leads has a node at once, but for those that it is told of while others wait.
    door.lead_to(&[&first]).await;
    exact.until_gated(true).await;
    exact.scale("web", 6).await;
    let pods = exact.placed("web", 6).await;
    assert!(all_pinned(&pods), "{pods:#?}");
    assert!(pods.iter().any(at_creation), "no task had its node from the beginning: {pods:#?}");

    // One or the other.
    door.lead_to(&[&first, &second]).await;
    exact.until_gated(true).await;
    exact.scale("web", 9).await;
    let pods = exact.placed("web", 9).await;
    assert!(all_pinned(&pods), "{pods:#?}");
    assert_eq!(shape(&exact, "web").await, [1, 4, 4]);
    exact.world.steady("web", 9).await;
    assert!(!second.is_leading());
    let idle = cluster.audit.writes(&second.user, exact.world.began);
    assert!(!idle.iter().any(|write| write.contains(" pods ")), "written without leading: {idle:#?}");

    // The leader dies. Pods that are made before another one leads wait for that one.
    first.kill();
    replay::agrees(&exact.log("first", 0), &nodes_of(&pods));
    door.lead_to(&[&second]).await;
    exact.until_gated(true).await;
    let api = exact.world.api::<Pod>();
    let at_once = DeleteParams::default().grace_period(0);
    let gone: Vec<String> = pods.iter().take(2).map(Pod::name_any).collect();
    for deleted in join_all(gone.iter().map(|name| api.delete(name, &at_once))).await {
        deleted.unwrap();
    }
    until_waiting(&exact).await;
    assert!(!second.is_leading(), "it leads before the Lease has run out");
    second.leads().await;
    let mut after = exact.placed("web", 9).await;
    assert!(all_pinned(&after), "{after:#?}");
    assert_eq!(shape(&exact, "web").await, [1, 4, 4]);
    exact.world.steady("web", 9).await;
    assert!(second.stop().await.success());
    after.retain(|pod| !pods.iter().any(|before| before.name_any() == pod.name_any()));
    assert_eq!(after.len(), 2);
    replay::agrees(&exact.log("second", 1), &nodes_of(&after));
    exact.end().await;
}
