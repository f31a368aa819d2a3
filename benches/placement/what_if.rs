//! A question to a whole cluster: 100,000 tasks on 50,000 nodes that come as JSON, as `kubectl get nodes -o json` prints them.

use std::sync::Arc;
use std::time::Instant;

use ecs_bridge::capacity::strategy::Share;
use ecs_bridge::placement::task::Class;
use ecs_bridge::placement::what_if::{Child, Service, WhatIf};
use ecs_bridge::placement::{ClassId, Engine, Mode, Uid, kubernetes};
use k8s_openapi::List;
use k8s_openapi::api::core::v1::Node;
use serde_json::json;

use crate::load::{self, Random};
use crate::race::spread;

const NODES: usize = 50_000;
const TASKS: usize = 100_000;
const CLASSES: usize = 20;

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

/// Medians, in milliseconds.
pub(crate) struct Figures {
    /// To deserialize the nodes as any client of the API does.
    pub(crate) read: f64,
    /// Until the engine has them.
    pub(crate) nodes: f64,
    /// For all tasks.
    pub(crate) tasks: f64,
    /// How much longer than to deserialize the whole takes.
    pub(crate) ratio: f64,
}

/// Tasks of twenty classes on all nodes: of each class one after the other, which is what makes the most work, and service
/// by service, as `ecs-bridge place` asks. What is deserialized is taken apart, and given back only after the answer.
pub(crate) fn run() -> [Figures; 2] {
    let mut random = Random(5);
    let items: Vec<_> = (0..NODES).map(|number| reported(&mut random, number)).collect();
    let text = json!({"apiVersion": "v1", "kind": "NodeList", "metadata": {}, "items": items}).to_string();
    drop(items);
    let uids: Vec<Uid> = (0..TASKS).map(|_| random.uid()).collect();
    judge(&text, &uids);
    [median(|| in_turn(&text, &uids)), median(|| by_service(&text))]
}

fn classes() -> Vec<Class> {
    load::classes(&mut Random(6), CLASSES)
}

fn read(text: &str) -> (List<Node>, f64) {
    let start = Instant::now();
    let list = serde_json::from_str(text).expect("nodes");
    (list, start.elapsed().as_secs_f64() * 1e3)
}

fn engine(list: &mut List<Node>) -> (Engine, Vec<ClassId>) {
    let mut engine = Engine::new(1);
    let classes = classes().into_iter().map(|class| engine.class(class)).collect();
    engine.set_nodes(list.items.iter_mut().map(kubernetes::take_node));
    (engine, classes)
}

fn place(engine: &mut Engine, classes: &[ClassId], uids: &[Uid]) -> Vec<Option<Arc<str>>> {
    uids.iter().enumerate().map(|(i, &uid)| engine.place(classes[i % CLASSES], uid)).collect()
}

/// The scan decides alike.
fn judge(text: &str, uids: &[Uid]) {
    let decided = [Mode::Automatic, Mode::Scan].map(|mode| {
        let (mut engine, classes) = engine(&mut read(text).0);
        engine.set_mode(mode);
        place(&mut engine, &classes, uids)
    });
    assert_eq!(decided[0], decided[1]);
}

fn in_turn(text: &str, uids: &[Uid]) -> [f64; 3] {
    let (mut list, read) = read(text);
    let start = Instant::now();
    let (mut engine, classes) = engine(&mut list);
    let nodes = start.elapsed().as_secs_f64() * 1e3;
    let start = Instant::now();
    let placed = place(&mut engine, &classes, uids);
    let tasks = start.elapsed().as_secs_f64() * 1e3;
    assert!(placed.iter().flatten().count() > TASKS * 9 / 10);
    [read, nodes, tasks]
}

fn by_service(text: &str) -> [f64; 3] {
    let (mut list, read) = read(text);
    let services = classes().into_iter().map(|class| Service {
        group: class.group.clone(),
        name: class.group.name.to_string(),
        daemon: false,
        count: u32::try_from(TASKS / CLASSES).expect("a count"),
        children: vec![Child {
            label: String::new(),
            share: Share { base: 0, weight: 1 },
            elsewhere: false,
            class,
        }],
    });
    let start = Instant::now();
    let nodes = list.items.iter_mut().map(kubernetes::take_node).collect();
    let mut what_if = WhatIf::new(1, nodes, services.collect(), false);
    let nodes = start.elapsed().as_secs_f64() * 1e3;
    let start = Instant::now();
    let steps = what_if.settle();
    let tasks = start.elapsed().as_secs_f64() * 1e3;
    assert!(steps.iter().filter(|step| step.to.is_some()).count() > TASKS * 9 / 10);
    [read, nodes, tasks]
}

fn median(run: impl Fn() -> [f64; 3]) -> Figures {
    let runs: Vec<[f64; 3]> = (0..5).map(|_| run()).collect();
    let median = |of: &dyn Fn(&[f64; 3]) -> f64| spread(runs.iter().map(of).collect())[1];
    Figures {
        read: median(&|run| run[0]),
        nodes: median(&|run| run[1]),
        tasks: median(&|run| run[2]),
        ratio: median(&|run| run.iter().sum::<f64>() / run[0]),
    }
}
