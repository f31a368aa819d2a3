//! Volumes.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::node::Node;
use crate::task::{Task, container, name, task};

fn with_volume(volume: Value, containers: &[Value]) -> Value {
    let mut definition = task(containers);
    definition["volumes"] = json!([volume]);
    definition
}

fn mount(volume: &str, path: &str) -> Value {
    json!({"mountPoints": [{"sourceVolume": volume, "containerPath": path}]})
}

/// A volume without a host path is the task's: its containers share it, the next task has an empty one.
pub(crate) async fn a_volume_of_the_task_is_shared_and_empty_in_each_task(node: Arc<Node>) {
    let script =
        "test -e /data/old && task append /shared/journal left; echo x >/data/old; exec task sleep forever";
    let writer = mount("scratch", "/data");
    let mut writer = container("writer", "", writer);
    writer["entryPoint"] = json!(["sh", "-c"]);
    writer["command"] = json!([script]);
    let steps = "wait-for /elsewhere/old then append /shared/journal seen then sleep forever";
    let reader = container("reader", steps, mount("scratch", "/elsewhere"));
    let story =
        Task::start(&node, "scratch", with_volume(json!({"name": "scratch"}), &[writer, reader])).await;
    story.written("seen", 1).await;
    let pod = story.stop().await;
    story.gone(&pod).await;
    let journal = story.written("seen", 2).await;
    assert!(journal.iter().all(|(_, what)| what == "seen"), "{journal:?}");
    story.end().await;
}

/// A volume with a host path is that directory of the instance: it is there before the task and after it.
pub(crate) async fn a_host_volume_outlives_the_task(node: Arc<Node>) {
    let host = node.shared("host-volume");
    fs::write(host.join("before"), "from the host\n").unwrap();
    let steps = "read /data/before then append /data/log a-task then sleep forever";
    let app = container("app", steps, mount("host", "/data"));
    let volume = json!({"name": "host", "host": {"sourcePath": host}});
    let story = Task::start(&node, "host", with_volume(volume, &[app])).await;
    story.said_until("app", "what the host wrote", |said| said == "from the host\n").await;
    let pod = story.running().await;
    story.stop().await;
    story.gone(&pod).await;
    let next = story.running().await;
    assert_ne!(name(&pod), name(&next));
    story.said_until("app", "again", |said| said == "from the host\n").await;
    assert_eq!(fs::read_to_string(host.join("log")).unwrap().lines().count(), 2);
    story.end().await;
}

/// `readOnly` of a mount point is about that mount only.
pub(crate) async fn a_read_only_mount_cannot_be_written(node: Arc<Node>) {
    let script = "echo x >/data/file || task append /shared/journal refused; exec task sleep forever";
    let members = json!({
        "entryPoint": ["sh", "-c"],
        "command": [script],
        "mountPoints": [{"sourceVolume": "data", "containerPath": "/data", "readOnly": true}],
    });
    let reader = container("reader", "", members);
    let writer = container(
        "writer",
        "write /data/file x then append /shared/journal written then sleep forever",
        mount("data", "/data"),
    );
    let story = Task::start(&node, "mount", with_volume(json!({"name": "data"}), &[reader, writer])).await;
    story.written("refused", 1).await;
    story.written("written", 1).await;
    story.end().await;
}

/// `volumesFrom` mounts the volumes of another container at the same paths.
pub(crate) async fn volumes_from_another_container_are_the_same_volumes(node: Arc<Node>) {
    let owner = container("owner", "write /data/file x then sleep forever", mount("data", "/data"));
    let members = json!({"volumesFrom": [{"sourceContainer": "owner"}]});
    let steps = "wait-for /data/file then append /shared/journal seen then sleep forever";
    let mut guest = container("guest", steps, members);
    guest["mountPoints"] = json!([]);
    let story = Task::start(&node, "from", with_volume(json!({"name": "data"}), &[owner, guest])).await;
    story.written("seen", 1).await;
    story.end().await;
}
