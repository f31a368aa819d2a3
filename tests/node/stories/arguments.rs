//! What reaches a program: arguments and environment.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::node::Node;
use crate::task::{Task, container, status, task};

/// ECS expands nothing: what stands in `command` and `environment` arrives as it is. Kubernetes would expand `$(NAME)`.
pub(crate) async fn a_dollar_sign_arrives_unharmed(node: Arc<Node>) {
    let odd = ["$(FIRST)", "$$(FIRST)", "$FIRST", "${FIRST}", "$$", "$", "a$(b", "$$$(FIRST)"];
    let environment: Vec<_> = odd
        .iter()
        .enumerate()
        .map(|(n, value)| json!({"name": format!("ODD_{n}"), "value": value}))
        .collect();
    let environment = [vec![json!({"name": "FIRST", "value": "expanded"})], environment].concat();
    let command = [&["print", "then", "sleep", "forever", "then"], &odd[..]].concat();
    let app = container("app", "", json!({"command": command, "environment": environment}));
    let story = Task::start(&node, "dollar", task(&[app])).await;
    let printed = story.printed("app").await;
    assert_eq!(
        printed["arguments"].as_array().unwrap()[1..],
        command.iter().map(|word| json!(word)).collect::<Vec<_>>()
    );
    for (n, value) in odd.iter().enumerate() {
        assert_eq!(printed["environment"][format!("ODD_{n}")], json!(value));
    }
    story.end().await;
}

/// `command` is the image's CMD, not its ENTRYPOINT; the image's environment and directory stay as well.
pub(crate) async fn a_command_leaves_the_entry_point_of_the_image(node: Arc<Node>) {
    let app = container("app", "print then sleep forever", json!({}));
    let story = Task::start(&node, "command", task(&[app])).await;
    let printed = story.printed("app").await;
    assert_eq!(printed["arguments"], json!(["task", "print", "then", "sleep", "forever"]));
    assert_eq!(printed["environment"]["FROM_IMAGE"], "yes");
    assert_eq!(printed["directory"], "/tmp");
    story.end().await;
}

/// As with `docker run --entrypoint`: who replaces ENTRYPOINT and gives no `command` gets none.
pub(crate) async fn an_entry_point_drops_the_command_of_the_image(node: Arc<Node>) {
    let entry_point = ["task", "print", "then", "sleep", "forever"];
    let members = json!({"entryPoint": entry_point, "command": [], "workingDirectory": "/shared"});
    let story = Task::start(&node, "entry", task(&[container("app", "", members)])).await;
    let printed = story.printed("app").await;
    assert_eq!(printed["arguments"], json!(entry_point));
    assert_eq!(printed["directory"], "/shared");
    story.end().await;
}

/// A secret's value arrives in the environment as it is, and no container starts without it.
pub(crate) async fn a_secret_arrives_as_it_is(node: Arc<Node>) {
    const VALUE: &str = "a$(OTHER)$$\"' =%";
    let members = json!({
        "environment": [{"name": "OTHER", "value": "expanded"}],
        "secrets": [{"name": "TOKEN", "valueFrom": "/story/token"}],
    });
    let mut definition = task(&[container("app", "print then sleep forever", members)]);
    definition["executionRoleArn"] = json!("arn:aws:iam::123456789012:role/execution");
    let story = Task::start(&node, "secret", definition).await;
    let waiting =
        |pod: &Value| status(pod, "app")["state"]["waiting"]["reason"] == "CreateContainerConfigError";
    let pod = story.until("waiting for its secret", waiting).await;
    let environment = pod["spec"]["containers"][0]["env"].as_array().unwrap();
    let token = environment.iter().find(|variable| variable["name"] == "TOKEN").unwrap();
    let reference = &token["valueFrom"]["secretKeyRef"];
    let literal = format!("--from-literal={}={VALUE}", reference["key"].as_str().unwrap());
    story.kubectl(&["create", "secret", "generic", reference["name"].as_str().unwrap(), &literal]).await;
    assert_eq!(story.printed("app").await["environment"]["TOKEN"], VALUE);
    story.end().await;
}
