//! Who a container is, and what it may do.

use std::sync::Arc;

use serde_json::json;

use crate::node::Node;
use crate::task::{Task, container, task};

/// `user` takes numbers for user and group.
pub(crate) async fn a_user_and_its_group_are_as_asked(node: Arc<Node>) {
    let as_user = |name, user: &str| container(name, "print then sleep forever", json!({"user": user}));
    let definition = task(&[as_user("both", "1000:2000"), as_user("alone", "1000"), as_user("root", "root")]);
    let story = Task::start(&node, "user", definition).await;
    for (name, user, group) in [("both", 1000, 2000), ("alone", 1000, 1000), ("root", 0, 0)] {
        let printed = story.printed(name).await;
        assert_eq!((&printed["user"], &printed["group"]), (&json!(user), &json!(group)), "{name}");
    }
    story.end().await;
}

/// `readonlyRootFilesystem` is about the image's files only.
pub(crate) async fn a_read_only_root_cannot_be_written_but_volumes_can(node: Arc<Node>) {
    let script = "echo x >/tmp/file || task append /shared/journal refused; task append /shared/journal written; sleep 1000";
    let members = json!({"entryPoint": ["sh", "-c"], "command": [script], "readonlyRootFilesystem": true});
    let story = Task::start(&node, "readonly", task(&[container("app", "", members)])).await;
    let journal = story.written("written", 1).await;
    assert_eq!(journal[0].1, "refused");
    story.end().await;
}
