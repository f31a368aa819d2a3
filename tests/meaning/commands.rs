//! ECS's `entryPoint` and `command` are Kubernetes' `command` and `args`.

use serde_json::json;

use crate::support::{rendered, task};

#[test]
fn a_command_alone_leaves_the_entry_point_of_the_image() {
    let made = rendered(&[task(&json!([{"name": "app", "command": ["serve", "--port", "80"]}]))]);
    let container = made.container("app");
    assert_eq!(container["args"], json!(["serve", "--port", "80"]));
    assert!(container.get("command").is_none(), "{container}");
}

#[test]
fn entry_point_and_command_are_not_swapped() {
    let made =
        rendered(&[task(&json!([{"name": "app", "entryPoint": ["/sbin/tini", "--"], "command": ["run"]}]))]);
    let container = made.container("app");
    assert_eq!(container["command"], json!(["/sbin/tini", "--"]));
    assert_eq!(container["args"], json!(["run"]));
}

#[test]
fn an_entry_point_alone_drops_the_command_of_the_image_as_docker_does() {
    let made = rendered(&[task(&json!([{"name": "app", "entryPoint": ["/app"]}]))]);
    let container = made.container("app");
    assert_eq!(container["command"], json!(["/app"]));
    assert!(container.get("args").is_none(), "{container}");
}

#[test]
fn what_kubernetes_would_expand_stays_literal() {
    let environment = json!([{"name": "A", "value": "$(B) $$ $C"}, {"name": "B", "value": "b"}]);
    let made =
        rendered(&[task(&json!([{"name": "app", "command": ["echo $(date)"], "environment": environment}]))]);
    let container = made.container("app");
    assert_eq!(container["args"], json!(["echo $$(date)"]));
    assert_eq!(container["env"][0]["value"], "$$(B) $$$$ $$C");
}

#[test]
fn a_placeholder_never_reaches_an_object() {
    for placeholder in ["${IMAGE}", "{{ image }}", "<IMAGE>", "%IMAGE%"] {
        let made = rendered(&[task(&json!([{"name": "app", "image": placeholder}]))]);
        assert_eq!(made.objects.len(), 0, "{}", made.text);
        assert!(made.tells("containerDefinitions[0].image"), "{:?}", made.findings);
    }
}
