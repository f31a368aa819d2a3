//! Steady state writes nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::audit::Mark;
use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::world::{World, service, task_definition};

/// How long nothing may be written.
const SILENCE: Duration = Duration::from_secs(60);

pub(crate) async fn a_restart_and_a_silent_minute_write_nothing(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "silence").await;
    world.task_definition("web", "nginx:1.27").await;
    world.service("web", 3).await;
    let mut daemon = service("agent", 0);
    daemon["schedulingStrategy"] = "DAEMON".into();
    daemon.as_object_mut().unwrap().remove("desiredCount");
    world.apply("TaskDefinition", "agent", task_definition("agent", "agent:1")).await;
    world.apply("EcsService", "agent", daemon).await;
    world.steady("web", 3).await;
    let is_ready = |service: &serde_json::Value| crate::world::condition(service, "Ready").0 == "True";
    world.service_until("agent", "ready", is_ready).await;
    let (operator, mark) = restarted(&world, operator, 2).await;
    sleep(SILENCE).await;
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.is_empty(), "written in a silent minute: {writes:#?}");
    world.end().await;
}

pub(crate) async fn an_operator_of_the_whole_cluster_writes_nothing(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "whole").await;
    cluster.operator_account(&world.namespace, "operator").await;
    let mut operator = world.operator_of("operator", &[]).await;
    operator.leads().await;
    for number in 0..10 {
        let name = format!("web-{number}");
        world.task_definition(&name, "nginx:1.27").await;
        world.service(&name, 1).await;
    }
    for number in 0..10 {
        world.steady(&format!("web-{number}"), 1).await;
    }
    rest(&cluster, &operator).await;
    let writes = cluster.audit.writes(&operator.user, world.began);
    let of_services = writes.iter().filter(|write| !write.contains("events"));
    println!("{} writes besides events for 10 services", of_services.count());
    assert!(operator.stop().await.success());

    let mark = cluster.audit.mark();
    let mut operator = world.operator_of("operator", &[]).await;
    operator.leads().await;
    operator.has_reconciled(10).await;
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.is_empty(), "written after a restart: {writes:#?}");
    world.end().await;
}

/// Ends an operator at rest and starts another one, which finds nothing to write about so many services; it, and the
/// audit log when it started.
pub(crate) async fn restarted(world: &World, operator: Operator, services: u64) -> (Operator, Mark) {
    let audit = &world.cluster.audit;
    rest(&world.cluster, &operator).await;
    assert!(operator.stop().await.success());
    let mark = audit.mark();
    let mut operator = world.operator_again("operator", &[]).await;
    operator.leads().await;
    operator.has_reconciled(services).await;
    let writes = audit.writes(&operator.user, mark);
    assert!(writes.is_empty(), "written after a restart: {writes:#?}");
    (operator, mark)
}

/// Returns once the operator has written nothing for two seconds: what the last pods had to say is told then.
pub(crate) async fn rest(cluster: &Cluster, operator: &Operator) {
    for _ in 0..30 {
        let mark = cluster.audit.mark();
        sleep(Duration::from_secs(2)).await;
        if cluster.audit.writes(&operator.user, mark).is_empty() {
            return;
        }
    }
    panic!("the operator does not come to rest");
}
