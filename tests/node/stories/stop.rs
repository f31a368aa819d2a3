//! How a task is stopped.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::node::Node;
use crate::task::{Task, container, moments, task};

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// SIGTERM, then `stopTimeout` seconds to end in, then SIGKILL.
pub(crate) async fn the_stop_timeout_is_granted_and_then_it_kills(node: Arc<Node>) {
    let script = "trap 'task append /shared/journal told' TERM; task append /shared/journal begun; \
        while :; do sleep 0.1; done";
    let mut deaf = container("deaf", "", json!({"stopTimeout": 6}));
    deaf["entryPoint"] = json!(["sh", "-c"]);
    deaf["command"] = json!([script]);
    let story = Task::start(&node, "deaf", task(&[deaf])).await;
    story.written("begun", 1).await;
    let asked = now();
    let pod = story.stop().await;
    story.gone(&pod).await;
    let took = now() - asked;
    let told = moments(&story.journal(), "told")[0] - asked;
    assert!(told < 5_000, "SIGTERM came after {told} ms");
    assert!((6_000..20_000).contains(&took), "the task was gone after {took} ms");
    story.end().await;
}

/// A container that ends in time is not killed, and its last words are kept.
pub(crate) async fn a_container_that_ends_in_time_is_not_killed(node: Arc<Node>) {
    let script = "trap 'sleep 3; task append /shared/journal done; exit 0' TERM; task append /shared/journal begun; \
        while :; do sleep 0.1; done";
    let mut slow = container("slow", "", json!({"stopTimeout": 20}));
    slow["entryPoint"] = json!(["sh", "-c"]);
    slow["command"] = json!([script]);
    let story = Task::start(&node, "slow", task(&[slow])).await;
    story.written("begun", 1).await;
    let asked = now();
    let pod = story.stop().await;
    story.gone(&pod).await;
    let took = now() - asked;
    let done = moments(&story.journal(), "done")[0] - asked;
    assert!(done >= 3_000, "{done} ms");
    assert!(took < 18_000, "nobody waits for the rest of the timeout: {took} ms");
    story.end().await;
}
