use serde_json::json;

use super::*;
use crate::placement::node::MIB;
use crate::placement::task::{Demand, Port, Protocol};

fn spec(value: serde_json::Value) -> core::PodSpec {
    serde_json::from_value(value).unwrap()
}

fn container(cpu: &str, memory: &str) -> serde_json::Value {
    json!({"name": "c", "resources": {"requests": {"cpu": cpu, "memory": memory}}})
}

fn sidecar(cpu: &str, memory: &str) -> serde_json::Value {
    let mut container = container(cpu, memory);
    container["restartPolicy"] = json!("Always");
    container
}

/// (millicores, MiB)
fn takes(value: serde_json::Value) -> (u32, u32) {
    let demand = demand("prod", &spec(value));
    (demand.cpu, demand.memory / MIB)
}

#[test]
fn a_pod_takes_what_its_containers_take_together() {
    let pod = json!({"containers": [container("250m", "64Mi"), container("1", "128Mi")]});
    assert_eq!(takes(pod), (1250, 192));
}

#[test]
fn an_init_container_counts_where_it_needs_more_than_what_comes_after_it() {
    let pod = json!({"initContainers": [container("2", "16Mi")], "containers": [container("1", "64Mi")]});
    assert_eq!(takes(pod), (2000, 64));
}

#[test]
fn a_sidecar_counts_beside_the_containers_and_the_init_containers_after_it() {
    let init = [container("3", "1Mi"), sidecar("1", "10Mi"), container("3", "1Mi")];
    assert_eq!(takes(json!({"initContainers": init, "containers": [container("2", "20Mi")]})), (4000, 30));
}

#[test]
fn what_a_pod_requests_as_a_whole_is_all_of_it_and_overhead_comes_on_top() {
    let pod = json!({
        "containers": [container("2", "64Mi")],
        "resources": {"requests": {"cpu": "1"}},
        "overhead": {"cpu": "100m", "memory": "1Mi"},
    });
    assert_eq!(takes(pod), (1100, 65));
}

#[test]
fn a_limit_without_a_request_is_one() {
    let container = json!({"name": "c", "resources": {"limits": {"memory": "8Mi", "nvidia.com/gpu": "2"}}});
    let demand = demand("prod", &spec(json!({"containers": [container]})));
    assert_eq!((demand.cpu, demand.memory, demand.gpu), (0, 8 * MIB, 2));
}

#[test]
fn ports_of_the_node_are_those_asked_for_and_all_of_its_own_network() {
    let ports = json!([{"containerPort": 80, "hostPort": 8080}, {"containerPort": 53, "protocol": "UDP"}]);
    let of = |host_network: bool| {
        let container = json!({"name": "c", "ports": ports});
        demand("prod", &spec(json!({"hostNetwork": host_network, "containers": [container]}))).ports
    };
    let web = Port { number: 8080, protocol: Protocol::Tcp };
    assert_eq!(of(false), [web]);
    assert_eq!(of(true), [Port { number: 53, protocol: Protocol::Udp }, web]);
}

#[test]
fn a_node_is_what_it_reports() {
    let reported = json!({
        "metadata": {"name": "ip-10-0-0-1", "labels": {"topology.kubernetes.io/zone": "a"},
            "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {"unschedulable": true, "providerID": "aws:///us-east-1a/i-0123",
            "taints": [{"key": "gpu", "effect": "NoSchedule"}]},
        "status": {"conditions": [{"type": "Ready", "status": "Unknown"}],
            "allocatable": {"cpu": "3920m", "memory": "15Gi", "pods": "58"}},
    });
    let node = node(&serde_json::from_value(reported).unwrap());
    assert_eq!(node.allocatable, Resources { cpu: 3920, memory: 15 * 1024 * MIB, gpu: 0, pods: 58 });
    assert_eq!((node.ready, node.unschedulable), (false, true));
    assert_eq!(node.ec2_instance_id.as_deref(), Some("i-0123"));
    assert_eq!(node.taints, [Taint { key: "gpu".into(), value: String::new(), effect: Effect::NoSchedule }]);
    assert!(node.registered.is_some());
}

#[test]
fn a_node_in_a_file_is_ready_and_has_room_for_pods() {
    let node = node(&serde_json::from_value(json!({"metadata": {"name": "n"}})).unwrap());
    assert_eq!((node.ready, node.allocatable.pods), (true, 110));
}

#[test]
fn a_class_selects_and_tolerates_what_its_pods_do() {
    let pod = spec(json!({
        "containers": [],
        "nodeSelector": {"tier": "web"},
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["3"]}]},
            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]},
        ]}}},
        "tolerations": [{"operator": "Exists"}, {"key": "gpu", "value": "yes", "effect": "NoExecute"}],
    }));
    let class = class(Group::new("prod", "service:web"), &pod);
    let node = |name: &str, labels: &[(&str, &str)]| Node {
        name: name.into(),
        labels: labels.iter().map(|&(key, value)| (key.into(), value.into())).collect(),
        ..Node::default()
    };
    let selected = |node: &Node| class.selectors.iter().all(|selector| selector.matches(node));
    assert!(selected(&node("n2", &[("tier", "web"), ("cores", "4")])));
    assert!(selected(&node("n1", &[("tier", "web")])));
    assert!(!selected(&node("n2", &[("tier", "web"), ("cores", "3")])));
    assert!(!selected(&node("n1", &[])));
    let taint = |key: &str, value: &str, effect| Taint { key: key.into(), value: value.into(), effect };
    assert!(class.tolerations[0].tolerates(&taint("any", "thing", Effect::NoSchedule)));
    assert!(class.tolerations[1].tolerates(&taint("gpu", "yes", Effect::NoExecute)));
    assert!(!class.tolerations[1].tolerates(&taint("gpu", "no", Effect::NoExecute)));
    assert!(!class.tolerations[1].tolerates(&taint("gpu", "yes", Effect::NoSchedule)));
}

#[test]
fn a_pod_with_the_label_of_a_group_is_one_of_that_group() {
    let (key, value) = crate::placement::native::pod_label("family:batch");
    let pod = json!({"metadata": {"name": "p", "namespace": "prod", "labels": {key: value}}});
    let group = group(&serde_json::from_value(pod).unwrap()).unwrap();
    let mut engine = crate::placement::Engine::new(1);
    for name in ["a", "b"] {
        let mut node = Node { name: name.into(), ready: true, ..Node::default() };
        node.allocatable.pods = 9;
        engine.set_node(node);
    }
    engine.set_task("t", "a", Some(&group), &Demand::default());
    for (expression, expected) in [
        ("task:group == family:batch", Some("a")),
        ("task:group in [service:x, 'family:batch']", Some("a")),
        ("task:group != family:batch", Some("b")),
        ("task:group == family:other", None),
        ("task:group == service:family-batch", None),
    ] {
        let mut class = Class::new(Group::new("prod", "service:web"), Demand::default());
        let parsed = crate::placement::query::parse(expression).unwrap();
        class.constraints.push(crate::placement::task::Constraint::MemberOf(parsed));
        let class = engine.class(class);
        assert_eq!(engine.decide(class, "u").as_deref(), expected, "{expression}");
    }
}

#[test]
fn whom_a_pod_keeps_off_its_node_is_told_by_labels() {
    let one = |key: &str, operator: &str, values: &[&str]| json!({"key": key, "operator": operator, "values": values});
    let service = labels::SERVICE;
    let term = |selector: serde_json::Value| json!({"topologyKey": "kubernetes.io/hostname", "labelSelector": selector});
    let either = json!([one(service, "In", &["a", "b"]), one(labels::TASK_GROUP, "In", &["c"])]);
    let mut by_zone = term(json!({"matchExpressions": [one(service, "In", &["z"])]}));
    by_zone["topologyKey"] = "topology.kubernetes.io/zone".into();
    let mut elsewhere = term(json!({"matchExpressions": [one(service, "In", &["z"])]}));
    elsewhere["namespaces"] = json!(["other"]);
    let terms = json!([
        term(json!({"matchExpressions": [one(service, "In", &["web", "api"])]})),
        term(json!({"matchExpressions": [one(labels::TASK_GROUP, "In", &["batch"])]})),
        term(json!({"matchLabels": {service: "own"}})),
        term(json!({"matchExpressions": [one(service, "NotIn", &["z"])]})),
        term(json!({"matchExpressions": [one("app", "In", &["z"])]})),
        term(json!({"matchExpressions": either})),
        by_zone,
        elsewhere,
    ]);
    let affinity = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}});
    let demand = demand("prod", &spec(json!({"containers": [], "affinity": affinity})));
    let expected = ["batch", "service:api", "service:web"].map(|name| Group::new("prod", name));
    assert_eq!(demand.apart, expected);
}

#[test]
fn groups_are_kept_off_by_the_label_of_their_pods() {
    let group = Group::new("prod", "family:Batch_1");
    let (key, value) = crate::placement::native::pod_label(&group.name);
    let mut engine = crate::placement::Engine::new(1);
    let mut node = Node { name: "a".into(), ready: true, ..Node::default() };
    node.allocatable.pods = 9;
    engine.set_node(node);
    let class = engine.class(Class::new(group, Demand::default()));
    let apart = Demand { apart: vec![Group::of_label("prod", key, &value).unwrap()], ..Demand::default() };
    assert!(engine.decide(class, "t").is_some());
    engine.set_task("u", "a", None, &apart);
    assert_eq!(engine.decide(class, "t"), None);
    engine.remove_task("u");
    assert!(engine.decide(class, "t").is_some());
    let elsewhere =
        Demand { apart: vec![Group::of_label("test", key, &value).unwrap()], ..Demand::default() };
    engine.set_task("u", "a", None, &elsewhere);
    assert!(engine.decide(class, "t").is_some());
}

#[test]
fn a_task_that_was_told_to_stop_is_in_no_group() {
    let pod = |deleted: Option<&str>| -> core::Pod {
        serde_json::from_value(json!({"metadata": {
            "name": "p", "namespace": "prod", "deletionTimestamp": deleted,
            "labels": {"ecs-bridge.dev/service": "web-app"}, "annotations": {"ecs-bridge.dev/ecs-name": "Web_App"},
        }}))
        .unwrap()
    };
    assert_eq!(group(&pod(None)), Some(Group::new("prod", "service:Web_App")));
    assert_eq!(group(&pod(Some("2026-01-01T00:00:00Z"))), None);
}
