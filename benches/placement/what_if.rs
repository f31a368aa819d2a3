//! A question to a whole cluster: 100,000 tasks on 50,000 nodes that come as JSON, as `kubectl get nodes -o json` prints them.

use std::time::Instant;

use ecs_bridge::placement::{Engine, kubernetes};
use k8s_openapi::List;
use k8s_openapi::api::core::v1::Node;
use serde_json::json;

use crate::load::{self, Random};
use crate::race::spread;

const NODES: usize = 50_000;
const TASKS: usize = 100_000;

/// A node as a cluster reports it, a short one: no images, few labels.
fn reported(random: &mut Random, number: usize) -> serde_json::Value {
    let node = load::node(random, number);
    let amounts = json!({
        "cpu": format!("{}m", node.allocatable.cpu - 80),
        "memory": format!("{}Ki", node.allocatable.memory - 600_000),
        "ephemeral-storage": "18242267924", "hugepages-1Gi": "0", "hugepages-2Mi": "0", "pods": "110",
    });
    let mut labels = serde_json::to_value(&node.labels).expect("labels");
    labels["kubernetes.io/hostname"] = json!(&*node.name);
    labels["kubernetes.io/arch"] = json!("amd64");
    labels["kubernetes.io/os"] = json!("linux");
    labels["eks.amazonaws.com/nodegroup"] = json!("workers");
    let condition = |kind: &str, status: &str| {
        json!({"type": kind, "status": status, "reason": format!("Kubelet{kind}"), "message": "as the kubelet says",
            "lastHeartbeatTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"})
    };
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": &*node.name, "uid": format!("00000000-0000-0000-0000-{number:012}"), "labels": labels,
            "resourceVersion": "123456", "creationTimestamp": "2026-01-01T00:00:00Z",
            "annotations": {"node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true"}},
        "spec": {"providerID": format!("aws:///us-east-1a/i-{number:017x}")},
        "status": {"capacity": amounts, "allocatable": amounts,
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": &*node.name}],
            "conditions": [condition("MemoryPressure", "False"), condition("DiskPressure", "False"),
                condition("PIDPressure", "False"), condition("Ready", "True")],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {"architecture": "amd64", "bootID": "b", "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.12.40", "kubeProxyVersion": "v1.36.2", "kubeletVersion": "v1.36.2",
                "machineID": "m", "operatingSystem": "linux", "osImage": "Amazon Linux 2023", "systemUUID": "s"}},
    })
}

/// Milliseconds to deserialize, milliseconds for all else, and how much longer than the first the whole takes: medians.
pub(crate) fn run() -> (f64, f64, f64) {
    let mut random = Random(5);
    let items: Vec<_> = (0..NODES).map(|number| reported(&mut random, number)).collect();
    let text = json!({"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": items}).to_string();
    drop(items);
    let runs: Vec<(f64, f64)> = (0..5)
        .map(|_| {
            let start = Instant::now();
            let list: List<Node> = serde_json::from_str(&text).expect("nodes");
            let read = start.elapsed().as_secs_f64() * 1e3;
            let start = Instant::now();
            let mut engine = Engine::with_nodes(1, list.items.iter().map(kubernetes::node));
            let classes: Vec<_> =
                load::classes(&mut Random(6), 20).into_iter().map(|class| engine.class(class)).collect();
            let placed = (0..TASKS).filter(|i| engine.place(classes[i % 20], random.uid()).is_some()).count();
            assert!(placed > TASKS * 9 / 10, "{placed}");
            (read, start.elapsed().as_secs_f64() * 1e3)
        })
        .collect();
    let read = spread(runs.iter().map(|run| run.0).collect())[1];
    let rest = spread(runs.iter().map(|run| run.1).collect())[1];
    let ratio = spread(runs.iter().map(|run| (run.0 + run.1) / run.0).collect())[1];
    (read, rest, ratio)
}
