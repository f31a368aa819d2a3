//! Several replicas.

use std::sync::Arc;

use crate::cluster::Cluster;
use crate::world::{World, text};

/// Long enough for a busy machine, short enough to wait for.
const LEASE: [&str; 2] = ["--lease-seconds", "6"];

pub(crate) async fn only_the_leader_writes_and_another_takes_over(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "leader").await.calm();
    let mut first = world.operator("first", &LEASE).await;
    first.leads().await;
    let mut second = world.operator("second", &LEASE).await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 2).await;
    world.steady("web", 2).await;
    assert_eq!(second.get("/readyz").await.0, 200, "the one that waits has warm caches");
    assert!(!second.is_leading());
    let idle = cluster.audit.writes(&second.user, world.began);
    assert!(idle.is_empty(), "writes of the replica that does not lead: {idle:#?}");

    let mark = cluster.audit.mark();
    let user = first.user.clone();
    first.kill();
    world.task_definition("web", "nginx:1.28").await;
    second.leads().await;
    world
        .service_until("web", "the new revision", |service| {
            text(service, "/status/deployments/0/taskDefinition") == "web:2"
        })
        .await;
    world.steady("web", 2).await;
    let dead = cluster.audit.writes(&user, mark);
    assert!(dead.is_empty(), "{dead:#?}");

    let mut third = world.operator_again("first", &LEASE).await;
    assert!(second.stop().await.success());
    third.leads().await;
    world.end().await;
}
