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

/// A container has Docker's fourteen capabilities, with those of `add` and without those of `drop`; a privileged one has all.
pub(crate) async fn capabilities_are_those_of_docker_and_those_asked_for(node: Arc<Node>) {
    const DOCKER: u64 = 0xa804_25fb;
    const NET_ADMIN: u64 = 1 << 12;
    const CHOWN: u64 = 1;
    let with = |name, capabilities| {
        let parameters = json!({"linuxParameters": {"capabilities": capabilities}});
        container(name, "print then sleep forever", parameters)
    };
    let definition = task(&[
        with("plain", json!({})),
        with("more", json!({"add": ["NET_ADMIN"]})),
        with("less", json!({"drop": ["CHOWN"]})),
        with("none", json!({"drop": ["ALL"]})),
    ]);
    let story = Task::start(&node, "capabilities", definition).await;
    let expected = [("plain", DOCKER), ("more", DOCKER | NET_ADMIN), ("less", DOCKER & !CHOWN), ("none", 0)];
    for (name, expected) in expected {
        let printed = story.printed(name).await;
        let found = u64::from_str_radix(printed["capabilities"].as_str().unwrap(), 16).unwrap();
        assert_eq!(found, expected, "{name}: {found:x} instead of {expected:x}");
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
