//! The operator as a pod.

use std::process::Command;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::{ListParams, LogParams};
use serde_json::Value;

use crate::node::{Node, run, succeeds};
use crate::task::name;

/// The chart runs the operator from its image, without root, with a read-only root and the chart's permissions; it brings a
/// service to its steady state, whose tasks stay when it goes.
pub(crate) async fn the_operator_runs_from_its_image_and_chart(node: Arc<Node>) {
    let namespace = node.namespace("operator").await;
    let place = ["--namespace", namespace.as_str()];
    let image = "image.repository=localhost/ecs-bridge,image.tag=test";
    let install = [
        "upgrade",
        "--install",
        "--take-ownership",
        "ecs-bridge",
        "charts/ecs-bridge",
        "--set",
        image,
        "--wait",
        "--timeout",
        "2m",
    ];
    succeeds(&node.helm(&[&install[..], &place].concat()).await);

    let mut import = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    import.args([
        "import",
        "examples/web/taskdef.json",
        "examples/web/service.json",
        "--image",
        "web=localhost/task:1",
    ]);
    import.args(["-n", &namespace]);
    let resources = succeeds(&run(import, "").await);
    succeeds(&node.kubectl(&["apply", "-f", "-"], &resources).await);
    let wait = ["wait", "--for=condition=Ready", "ecsservice/web", "--timeout=3m"];
    succeeds(&node.kubectl(&[&wait[..], &place].concat(), "").await);

    let service = node.kubectl(&[&["get", "ecsservice", "web", "-o", "json"][..], &place].concat(), "").await;
    let service: Value = serde_json::from_str(&succeeds(&service)).unwrap();
    assert_eq!(service["status"]["runningCount"], 2);
    let pods = Api::<Pod>::namespaced(node.client.clone(), &namespace);
    let of_chart = ListParams::default().labels("app.kubernetes.io/name=ecs-bridge");
    let operators = pods.list(&of_chart).await.unwrap().items;
    assert_eq!(operators.len(), 2, "one leads, one waits");
    for operator in operators {
        let operator = serde_json::to_value(operator).unwrap();
        assert_eq!(operator["status"]["containerStatuses"][0]["restartCount"], 0);
        let log = pods.logs(&name(&operator), &LogParams::default()).await.unwrap();
        assert!(!log.to_lowercase().contains("forbidden"), "{log}");
    }

    succeeds(&node.helm(&[&["uninstall", "ecs-bridge", "--wait"][..], &place].concat()).await);
    let of_service = ListParams::default().labels(&format!("{}=web", ecs_bridge::api::labels::SERVICE));
    let tasks = pods.list(&of_service).await.unwrap().items;
    let running =
        |pod: &Pod| pod.status.as_ref().is_some_and(|status| status.phase.as_deref() == Some("Running"));
    assert_eq!(tasks.iter().filter(|pod| running(pod)).count(), 2);
    let events = node
        .kubectl(&[&["get", "events", "-o", "jsonpath={.items[*].message}"][..], &place].concat(), "")
        .await;
    assert!(succeeds(&events).contains("(service web) has reached a steady state."));
    node.remove(&namespace).await;
}
