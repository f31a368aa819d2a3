//! What the end of a container means for its task.

use std::sync::Arc;

use serde_json::json;

use crate::node::Node;
use crate::task::{Task, container, ended, moments, name, restarts, task};

/// When an essential container ends, with any code, the task ends and the service starts it anew: all of its containers.
pub(crate) async fn the_end_of_an_essential_container_restarts_the_task(node: Arc<Node>) {
    for code in [0, 1] {
        let steps = format!("append /shared/journal app-begun then sleep 2s then exit {code}");
        let definition = task(&[
            container("app", &steps, json!({})),
            container("other", "append /shared/journal other-begun then sleep forever", json!({})),
        ]);
        let story = Task::start(&node, &format!("essential-{code}"), definition).await;
        let journal = story.written("other-begun", 2).await;
        assert!(moments(&journal, "app-begun").len() >= 2, "{journal:?}");
        story.end().await;
    }
}

/// With `essentialExit: ReplaceTask` it is another task, as on ECS: another name and address, empty volumes.
pub(crate) async fn replacing_the_task_makes_another_one(node: Arc<Node>) {
    let steps = "append /shared/journal begun then wait-for /shared/end then exit 1";
    let mut definition = task(&[container("app", steps, json!({}))]);
    definition["kubernetes"] = json!({"essentialExit": "ReplaceTask"});
    let story = Task::start(&node, "replace", definition).await;
    let pod = story.running().await;
    std::fs::write(story.shared.join("end"), "").unwrap();
    story.written("begun", 2).await;
    let pods = story.pods().await;
    assert!(pods.iter().any(|other| name(other) != name(&pod)), "{pods:?}");
    story.end().await;
}

/// The task of a non-essential container that ends goes on.
pub(crate) async fn the_end_of_another_container_leaves_the_task_alone(node: Arc<Node>) {
    let definition = task(&[
        container("app", "append /shared/journal app-begun then sleep forever", json!({})),
        container(
            "helper",
            "append /shared/journal helper-begun then sleep 1s then exit 1",
            json!({"essential": false}),
        ),
    ]);
    let story = Task::start(&node, "helper", definition).await;
    // Kubernetes starts it again and again; two ends that changed nothing prove more than one.
    let journal = story.written("helper-begun", 3).await;
    assert_eq!(moments(&journal, "app-begun").len(), 1, "{journal:?}");
    let pods = story.pods().await;
    assert_eq!((pods.len(), restarts(&pods[0], "app")), (1, 0));
    story.end().await;
}

/// A container with a restart policy is started again in place, although it is essential: the others go on.
pub(crate) async fn a_restart_policy_keeps_the_rest_of_the_task(node: Arc<Node>) {
    let steps = "append /shared/journal app-begun then sleep 1s then exit 7";
    let definition = task(&[
        container("app", steps, json!({"restartPolicy": {"enabled": true}})),
        container("other", "append /shared/journal other-begun then sleep forever", json!({})),
    ]);
    let story = Task::start(&node, "policy", definition).await;
    let journal = story.written("app-begun", 3).await;
    assert_eq!(moments(&journal, "other-begun").len(), 1, "{journal:?}");
    let pods = story.pods().await;
    assert_eq!(ended(&pods[0], "app").unwrap()["exitCode"], 7, "the program's exit code is what is reported");
    story.end().await;
}

/// An exit code that the restart policy ignores counts as the container's end: it is essential, so the task is started anew.
pub(crate) async fn an_ignored_exit_code_is_no_case_for_the_restart_policy(node: Arc<Node>) {
    let steps = "append /shared/journal app-begun then sleep 1s then exit 9";
    let policy = json!({"restartPolicy": {"enabled": true, "ignoredExitCodes": [9]}});
    let definition = task(&[
        container("app", steps, policy),
        container("other", "append /shared/journal other-begun then sleep forever", json!({})),
    ]);
    let story = Task::start(&node, "ignored", definition).await;
    story.written("other-begun", 2).await;
    story.end().await;
}

/// A container that is not essential and ends, once: with `oneShot: Shim` it is as on ECS, where it is never started again.
pub(crate) async fn a_one_shot_runs_once_beside_the_others(node: Arc<Node>) {
    let steps = "append /shared/journal helper-begun then sleep 1s then exit 3";
    let helper = container("helper", steps, json!({"essential": false, "entryPoint": ["task"]}));
    let app = container(
        "app",
        "append /shared/journal app-begun then sleep 8s \
        then append /shared/journal app-later then sleep forever",
        json!({}),
    );
    let mut definition = task(&[app, helper]);
    definition["kubernetes"] = json!({"containers": {"helper": {"oneShot": "Shim"}}});
    let story = Task::start(&node, "one-shot", definition).await;
    let journal = story.written("app-later", 1).await;
    assert_eq!(moments(&journal, "helper-begun").len(), 1, "{journal:?}");
    let pod = story.running().await;
    assert_eq!((restarts(&pod, "helper"), restarts(&pod, "app")), (0, 0));
    story.end().await;
}
