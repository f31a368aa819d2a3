//! CPU and memory.

use std::sync::Arc;

use serde_json::json;

use crate::node::Node;
use crate::task::{Task, container, ended, restarts, task};

/// `memory` is a hard limit: the container that wants more is killed. It is essential, so the task begins anew.
pub(crate) async fn the_hard_limit_of_memory_kills(node: Arc<Node>) {
    let app = container("app", "append /shared/journal begun then allocate 96 then sleep forever", json!({}));
    let story = Task::start(&node, "memory", task(&[app])).await;
    let pod = story.until("killed", |pod| ended(pod, "app").is_some()).await;
    let end = ended(&pod, "app").unwrap();
    assert_eq!(
        (end["reason"].as_str(), end["exitCode"].as_i64()),
        (Some("OOMKilled"), Some(137)),
        "{end:#?}"
    );
    story.written("begun", 2).await;
    story.end().await;
}

/// `memoryReservation` alone is what the scheduler keeps free, not a limit.
pub(crate) async fn a_reservation_of_memory_does_not_kill(node: Arc<Node>) {
    let steps = "allocate 96 then append /shared/journal allocated then sleep forever";
    let app = container("app", steps, json!({"memory": null, "memoryReservation": 32}));
    let story = Task::start(&node, "reserve", task(&[app])).await;
    story.written("allocated", 1).await;
    let pod = story.running().await;
    assert_eq!(restarts(&pod, "app"), 0);
    story.end().await;
}

/// The task's `cpu` and `memory` are a ceiling for all its containers together, however small their own figures are.
pub(crate) async fn the_size_of_the_task_is_a_ceiling_over_its_containers(node: Arc<Node>) {
    let sized =
        |name| container(name, "sleep forever", json!({"cpu": 64, "memory": null, "memoryReservation": 32}));
    let mut definition = task(&[sized("one"), sized("two")]);
    definition["cpu"] = json!("256");
    definition["memory"] = json!("160");
    let story = Task::start(&node, "size", definition).await;
    let pod = story.running().await;
    let memory = story.control(&pod, "memory", ["memory.limit_in_bytes", "memory.max"]);
    assert_eq!(memory, (160 << 20).to_string(), "160 MiB");
    let cpu = story.control(&pod, "cpu", ["cpu.cfs_quota_us", "cpu.max"]);
    assert_eq!(cpu.split(' ').next(), Some("25000"), "256 CPU units are a quarter of each 100 ms");
    story.end().await;
}

/// On container instances a container's `cpu` is its share under contention; nothing stops it from using an idle processor.
pub(crate) async fn cpu_units_are_shares_and_no_ceiling(node: Arc<Node>) {
    let app = container("app", "sleep forever", json!({"cpu": 128}));
    let story = Task::start(&node, "shares", task(&[app])).await;
    let pod = story.running().await;
    let quota = story.control(&pod, "cpu", ["cpu.cfs_quota_us", "cpu.max"]);
    assert!(quota == "-1" || quota.starts_with("max"), "{quota}");
    let shares = story.control(&pod, "cpu", ["cpu.shares", "cpu.weight"]);
    assert!(shares == "128" || shares.parse::<u32>().is_ok_and(|weight| weight < 10), "{shares}");
    story.end().await;
}
