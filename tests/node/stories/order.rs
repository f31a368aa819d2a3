//! `dependsOn`: who waits for what, and who stops when.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::node::Node;
use crate::task::{Line, Task, container, ended, moments, name, restarts, task};

fn depends(on: &str, condition: &str) -> Value {
    json!({"dependsOn": [{"containerName": on, "condition": condition}]})
}

fn first(journal: &[Line], line: &str) -> u64 {
    moments(journal, line)[0]
}

const APP: &str = "append /shared/journal app-begun then sleep forever";

/// START: the dependency is running before the dependent starts.
pub(crate) async fn start_waits_until_the_dependency_runs(node: Arc<Node>) {
    let definition = task(&[
        container("app", APP, depends("proxy", "START")),
        container("proxy", "append /shared/journal proxy-begun then sleep forever", json!({})),
    ]);
    let story = Task::start(&node, "start", definition).await;
    let journal = story.written("app-begun", 1).await;
    assert!(first(&journal, "proxy-begun") < first(&journal, "app-begun"), "{journal:?}");
    let pod = story.running().await;
    assert_eq!((restarts(&pod, "app"), restarts(&pod, "proxy")), (0, 0));
    story.end().await;
}

/// HEALTHY: the dependency's health check has succeeded before the dependent starts.
pub(crate) async fn healthy_waits_for_the_health_check(node: Arc<Node>) {
    let check = json!({"command": ["CMD", "task", "exists", "/tmp/ready"], "interval": 5, "timeout": 2, "startPeriod": 60});
    let steps = "append /shared/journal database-begun then sleep 4s then write /tmp/ready yes \
        then append /shared/journal database-ready then sleep forever";
    let definition = task(&[
        container("app", APP, depends("database", "HEALTHY")),
        container("database", steps, json!({"healthCheck": check})),
    ]);
    let story = Task::start(&node, "healthy", definition).await;
    let journal = story.written("app-begun", 1).await;
    assert!(first(&journal, "database-ready") <= first(&journal, "app-begun"), "{journal:?}");
    assert_eq!(moments(&journal, "database-begun").len(), 1, "it was not restarted while it became healthy");
    story.end().await;
}

/// COMPLETE: the dependency has ended, whatever its exit code is. (A failure is tolerated where `wrapComplete` says that the
/// image has a shell.)
pub(crate) async fn complete_waits_for_the_end_whatever_its_code(node: Arc<Node>) {
    let steps = "append /shared/journal setup-begun then sleep 2s then append /shared/journal setup-ended then exit 5";
    let setup = container("setup", steps, json!({"essential": false, "entryPoint": ["task"]}));
    let mut definition = task(&[container("app", APP, depends("setup", "COMPLETE")), setup]);
    definition["kubernetes"] = json!({"containers": {"setup": {"wrapComplete": true}}});
    let story = Task::start(&node, "complete", definition).await;
    let journal = story.written("app-begun", 1).await;
    assert!(first(&journal, "setup-ended") <= first(&journal, "app-begun"), "{journal:?}");
    assert_eq!(moments(&journal, "setup-begun").len(), 1, "once is enough: {journal:?}");
    story.end().await;
}

/// SUCCESS: the dependency has ended with 0.
pub(crate) async fn success_waits_for_the_end(node: Arc<Node>) {
    let steps =
        "append /shared/journal migration-begun then sleep 2s then append /shared/journal migration-ended";
    let definition = task(&[
        container("app", APP, depends("migration", "SUCCESS")),
        container("migration", steps, json!({"essential": false})),
    ]);
    let story = Task::start(&node, "success", definition).await;
    let journal = story.written("app-begun", 1).await;
    assert!(first(&journal, "migration-ended") <= first(&journal, "app-begun"), "{journal:?}");
    assert_eq!(moments(&journal, "migration-begun").len(), 1, "{journal:?}");
    story.end().await;
}

/// SUCCESS, and the dependency fails: the dependent never starts, the task stops, the service starts another one.
pub(crate) async fn a_failed_success_dependency_ends_the_task(node: Arc<Node>) {
    let definition = task(&[
        container("app", APP, depends("migration", "SUCCESS")),
        container(
            "migration",
            "append /shared/journal migration-begun then exit 3",
            json!({"essential": false}),
        ),
    ]);
    let story = Task::start(&node, "failure", definition).await;
    let pod = story.until("failed", |pod| pod["status"]["phase"] == "Failed").await;
    assert_eq!(ended(&pod, "migration").unwrap()["exitCode"], 3);
    let journal = story.written("migration-begun", 2).await;
    assert!(moments(&journal, "app-begun").is_empty(), "{journal:?}");
    let pods = story.pods().await;
    assert!(pods.iter().any(|other| name(other) != name(&pod)), "another task takes its place");
    story.end().await;
}

/// A container is stopped only after everything that depends on it has stopped.
pub(crate) async fn containers_stop_in_reverse_order(node: Arc<Node>) {
    // What stops takes a moment: what stopped out of order would be first.
    let member = |name: &str, moment: &str, members| {
        let script = format!(
            "trap 'sleep {moment}; task append /shared/journal {name}-stopped; exit 0' TERM; \
             task append /shared/journal {name}-begun; while :; do sleep 0.1; done"
        );
        let mut member = container(name, "", members);
        member["entryPoint"] = json!(["sh", "-c"]);
        member["command"] = json!([script]);
        member
    };
    let definition = task(&[
        member("web", "2", depends("cache", "START")),
        member("cache", "1", depends("network", "START")),
        member("network", "0.1", json!({})),
    ]);
    let story = Task::start(&node, "stop-order", definition).await;
    let begun = story.written("web-begun", 1).await;
    let order: Vec<_> = begun.iter().map(|(_, what)| what.as_str()).collect();
    assert_eq!(order, ["network-begun", "cache-begun", "web-begun"]);
    let pod = story.stop().await;
    story.gone(&pod).await;
    let journal = story.journal();
    let stopped = ["web-stopped", "cache-stopped", "network-stopped"].map(|line| first(&journal, line));
    assert!(stopped.is_sorted(), "{journal:?}");
    story.end().await;
}
