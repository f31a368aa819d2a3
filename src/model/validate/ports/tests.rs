#![allow(clippy::needless_pass_by_value, reason = "the calls read better")]

use serde_json::{Value, json};

use super::super::tests::{container, container_in, model, told};

const AT: &str = "containerDefinitions[0].portMappings";

fn mappings(mappings: Value) -> Value {
    container(&json!({ "portMappings": mappings }))
}

fn port_names(task: &Value) -> Vec<String> {
    model(task).containers.into_iter().flat_map(|c| c.ports).map(|p| p.name).collect()
}

#[test]
fn port_ranges_are_first_last_without_overlap_and_without_single_ports() {
    let range = |text: &str| json!({ "containerPortRange": text });
    let with = |member: &str| json!({ "containerPortRange": "10-20", member: 10 });
    assert_eq!(
        told(&mappings(json!([range("8000-8010"), range("9000-9010")])), &json!({})),
        [
            format!("PortRangeNotDeclared {AT}[0].containerPortRange"),
            format!("PortRangeNotDeclared {AT}[1].containerPortRange")
        ]
    );
    for (list, expected) in [
        (json!([range("20-10")]), "[0].containerPortRange"),
        (json!([range("10-10")]), "[0].containerPortRange"),
        (json!([range("0-10")]), "[0].containerPortRange"),
        (json!([range("1-65536")]), "[0].containerPortRange"),
        (json!([range("web")]), "[0].containerPortRange"),
        (json!([range("10-20"), range("20-30")]), "[1].containerPortRange"),
        (json!([with("containerPort")]), "[0].containerPort"),
        (json!([with("hostPort")]), "[0].hostPort"),
        (json!([range("10-20"), { "containerPort": 15 }]), ""),
        (json!((0..101).map(|i| range(&format!("{}-{}", 10 * i + 1, 10 * i + 5))).collect::<Vec<_>>()), ""),
    ] {
        let told = told(&mappings(list.clone()), &json!({}));
        assert!(told.contains(&format!("InvalidValue {AT}{expected}")), "{list}: {told:?}");
    }
    let host = container_in(&json!({ "portMappings": [range("10-20")] }), &json!({ "networkMode": "host" }));
    assert!(told(&host, &json!({})).contains(&format!("InvalidValue {AT}[0].containerPortRange")));
}

#[test]
fn one_port_has_one_protocol() {
    let both = mappings(json!([{ "containerPort": 53 }, { "containerPort": 53, "protocol": "udp" }]));
    assert_eq!(told(&both, &json!({})), [format!("InvalidValue {AT}[1]")]);
}

#[test]
fn ports_that_the_agent_keeps_are_not_to_be_had() {
    for port in [22, 2375, 2376, 51678, 51679, 51680] {
        let task = mappings(json!([{ "containerPort": 80, "hostPort": port }]));
        assert_eq!(told(&task, &json!({})), [format!("InvalidValue {AT}[0].hostPort")], "{port}");
    }
    assert!(told(&mappings(json!([{ "containerPort": 22 }])), &json!({})).is_empty());
}

#[test]
fn port_names_that_kubernetes_refuses_are_spelled_anew() {
    for (name, changed) in [
        ("web-8080-tcp", false),
        ("application-8080-tcp", true),
        ("8080", true),
        ("web_http", true),
        ("a--b", true),
    ] {
        let task = mappings(json!([{ "containerPort": 80, "name": name }]));
        let expected: Vec<String> =
            changed.then(|| format!("NameChanged {AT}[0].name")).into_iter().collect();
        assert_eq!(told(&task, &json!({})), expected, "{name}");
        let spelled = port_names(&task).remove(0);
        assert_eq!(spelled != name, changed);
        assert!(
            spelled.len() <= 15 && spelled.bytes().any(|b| b.is_ascii_lowercase()) && !spelled.contains("--")
        );
    }
    for name in ["Web", "-web", "a b"] {
        let task = mappings(json!([{ "containerPort": 80, "name": name }]));
        assert_eq!(told(&task, &json!({})), [format!("InvalidName {AT}[0].name")]);
    }
}

#[test]
fn a_port_without_a_name_never_takes_anothers() {
    let task = mappings(json!([{ "containerPort": 80 }, { "containerPort": 81, "name": "p80" }]));
    assert_eq!(port_names(&task), ["p80-tcp", "p80"]);
    let twice =
        mappings(json!([{ "containerPort": 80, "name": "web" }, { "containerPort": 81, "name": "web" }]));
    assert_eq!(port_names(&twice), ["web", "p81"]);
    assert_eq!(told(&twice, &json!({})), [format!("PortNameTaken {AT}[1].name")]);
}

#[test]
fn containers_that_never_run_together_may_listen_on_one_port() {
    let task = |condition: &str, host: &str| {
        let ports = json!([{ "containerPort": 80, "hostPort": if host.is_empty() { 0 } else { 80 } }]);
        let depends = json!([{ "containerName": "first", "condition": condition }]);
        json!({ "containerDefinitions": [
            { "name": "app", "image": "i:1", "memory": 64, "portMappings": ports, "dependsOn": depends },
            { "name": "first", "image": "i:1", "memory": 64, "portMappings": ports, "essential": false },
        ] })
    };
    let refused = |task: &Value| told(task, &json!({})).iter().any(|f| f.contains("PortCollision"));
    assert!(refused(&task("START", "")));
    assert!(!refused(&task("SUCCESS", "")));
    assert_eq!(model(&task("SUCCESS", "host")).containers.len(), 2);
}
