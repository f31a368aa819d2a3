//! Container health checks. These take the time that ECS takes: the shortest interval is 5 s.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::node::Node;
use crate::task::{Task, container, moments, task};

/// In milliseconds. Kubelet asks at fixed times: a check that takes long, up to its timeout, is as much nearer to the next
/// one. The first is up to an interval late, and a kill takes a moment.
const INTERVAL: u64 = 5_000;
const TIMEOUT: u64 = 2_000;
const MOMENT: u64 = 5_000;

fn check(members: Value) -> Value {
    let mut check = json!({"command": ["CMD-SHELL", "test -e /tmp/healthy || exit 1"], "interval": 5, "timeout": 2, "retries": 2});
    check.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    json!({"healthCheck": check})
}

/// A container that is never healthy is stopped once `retries` checks have failed after `startPeriod`, and not before.
pub(crate) async fn a_health_check_kills_after_its_budget_and_not_before(node: Arc<Node>) {
    const BUDGET: u64 = 4_000 + 2 * INTERVAL;
    let steps = "on-term /shared/journal stopped then append /shared/journal begun then sleep forever";
    let app = container("app", steps, check(json!({"startPeriod": 4})));
    let story = Task::start(&node, "unhealthy", task(&[app])).await;
    let journal = story.written("begun", 2).await;
    let lived = moments(&journal, "stopped")[0] - moments(&journal, "begun")[0];
    assert!(lived >= BUDGET - TIMEOUT, "killed after {lived} ms, too early");
    assert!(lived <= BUDGET + 2 * INTERVAL + MOMENT, "killed after {lived} ms, too late");
    story.end().await;
}

/// A healthy container is left alone; when it turns unhealthy, `retries` failures in a row stop it.
pub(crate) async fn a_container_that_turns_unhealthy_is_killed_after_its_retries(node: Arc<Node>) {
    let steps = "on-term /shared/journal stopped then write /tmp/healthy yes then append /shared/journal begun \
        then sleep 20s then remove /tmp/healthy then append /shared/journal turned then sleep forever";
    let app = container("app", steps, check(json!({"retries": 3})));
    let story = Task::start(&node, "turns", task(&[app])).await;
    let journal = story.written("stopped", 1).await;
    let lived = moments(&journal, "stopped")[0] - moments(&journal, "turned")[0];
    assert!(lived >= 2 * INTERVAL - TIMEOUT, "killed after {lived} ms, too early");
    assert!(lived <= 3 * INTERVAL + MOMENT, "killed after {lived} ms, too late");
    story.end().await;
}

/// The health of a container that is not essential is nobody's concern.
pub(crate) async fn an_unhealthy_container_that_is_not_essential_goes_on(node: Arc<Node>) {
    let mut helper = check(json!({}));
    helper["essential"] = json!(false);
    let definition = task(&[
        container("app", "sleep 25s then append /shared/journal later then sleep forever", json!({})),
        container("helper", "append /shared/journal begun then sleep forever", helper),
    ]);
    let story = Task::start(&node, "careless", definition).await;
    let journal = story.written("later", 1).await;
    assert_eq!(moments(&journal, "begun").len(), 1, "{journal:?}");
    story.end().await;
}
