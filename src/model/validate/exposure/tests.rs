use serde_json::{Value, json};

use crate::finding::Finding;
use crate::model::exposure::{AddressKind, Exposure, Targets};
use crate::model::validate::service;
use crate::model::validate::tests::{context, inputs};
use crate::object::load_balancing::{ELB, GATEWAY, VPC};

const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

fn looked(task: &Value, spec: &Value, apis: &[&str]) -> (Option<Exposure>, Vec<Finding>) {
    let mut context = context();
    context.capabilities.apis.extend(apis.iter().map(|api| (*api).to_owned()));
    let (model, findings) = service(&inputs(task, spec), &context);
    (model.map(|service| service.exposure), findings.service)
}

fn made(task: &Value, spec: &Value, apis: &[&str]) -> Exposure {
    let (exposure, findings) = looked(task, spec, apis);
    exposure.unwrap_or_else(|| panic!("{findings:#?}"))
}

fn told(task: &Value, spec: &Value, apis: &[&str]) -> Vec<String> {
    looked(task, spec, apis).1.iter().map(|f| format!("{} {}", f.code, f.path)).collect()
}

fn balanced(more: &Value) -> Value {
    let mut one = json!({ "targetGroupArn": ARN, "containerName": "app", "containerPort": 80 });
    one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "loadBalancers": [one] })
}

#[test]
fn a_target_group_takes_tasks_by_address_or_nodes_by_port_as_on_ecs() {
    for (mode, targets, kind) in [
        ("awsvpc", Targets::Tasks, AddressKind::Cluster),
        ("bridge", Targets::Nodes, AddressKind::Nodes),
        ("host", Targets::Nodes, AddressKind::Nodes),
    ] {
        let mut context = context();
        context.policy = crate::policy::Policy::new(crate::policy::Mode::Permissive, None);
        context.capabilities.apis.insert(ELB.to_owned());
        let inputs = inputs(&json!({ "networkMode": mode }), &balanced(&json!({})));
        let exposure = service(&inputs, &context).0.unwrap().exposure;
        let [group] = exposure.target_groups.as_slice() else { panic!("{mode}: {exposure:?}") };
        assert_eq!((group.targets, group.port, group.arn.as_str()), (targets, 80, ARN), "{mode}");
        assert_eq!(exposure.addresses[0].kind, kind, "{mode}");
        assert!(group.name.starts_with("web-") && group.name.len() == 12, "{}", group.name);
        assert_eq!(exposure.drain(), 30);
    }
}

#[test]
fn without_its_controller_a_target_group_is_told_and_tasks_do_not_wait_for_it() {
    let told = told(&json!({}), &balanced(&json!({})), &[]);
    assert_eq!(told, ["TargetGroupNotAttached loadBalancers[0].targetGroupArn"]);
    let exposure = made(&json!({}), &balanced(&json!({})), &[]);
    assert_eq!((exposure.target_groups.len(), exposure.drain()), (0, 0));
}

#[test]
fn a_target_group_is_bound_once() {
    let mut twice = balanced(&json!({}));
    let one = twice["loadBalancers"][0].clone();
    twice["loadBalancers"].as_array_mut().unwrap().push(one);
    let task = json!({ "networkMode": "awsvpc" });
    assert_eq!(made(&task, &twice, &[ELB]).target_groups.len(), 1);
    assert!(
        told(&task, &twice, &[ELB])
            .contains(&"TargetGroupNotAttached loadBalancers[1].targetGroupArn".to_owned())
    );
    twice["loadBalancers"][1]["targetGroupArn"] = json!(format!("{ARN}0"));
    let groups = made(&task, &twice, &[ELB]).target_groups;
    assert_eq!(groups.len(), 2);
    assert_ne!(groups[0].name, groups[1].name);
}

#[test]
fn a_classic_load_balancer_is_refused_with_the_way_out() {
    let spec = json!({ "loadBalancers": [{ "loadBalancerName": "old", "containerName": "app", "containerPort": 80 }] });
    let (exposure, findings) = looked(&json!({}), &spec, &[ELB]);
    assert!(exposure.is_none());
    assert_eq!(findings[0].code, "ClassicLoadBalancerUnsupported");
    assert!(
        findings[0].remedy.contains("targetGroupArn") && findings[0].remedy.contains("kubernetes.ingress")
    );
    assert_eq!(manifest(&findings[0].remedy)["spec"]["ports"][0]["targetPort"], 80);
}

/// The manifest that a remedy holds.
fn manifest(remedy: &str) -> Value {
    let (from, to) = (remedy.find('{').expect("a manifest"), remedy.rfind('}').expect("its end"));
    serde_json::from_str(&remedy[from..=to]).unwrap()
}

#[test]
fn a_network_load_balancer_is_made_by_a_service_of_ones_own_and_checked_on_a_tcp_port() {
    let remedy = |ports: Value| {
        let mut task = named(None);
        task["containerDefinitions"][0]["portMappings"] = ports;
        let spec = json!({ "kubernetes": { "ingress": { "port": 53 } } });
        let (_, findings) = looked(&task, &spec, &[]);
        findings.iter().find(|finding| finding.code == "RouteNotMade").unwrap().remedy.clone()
    };
    let both = remedy(json!([{ "containerPort": 53, "protocol": "udp" }, { "containerPort": 8080 }]));
    let prefix = "service.beta.kubernetes.io/aws-load-balancer-";
    assert_eq!(
        manifest(&both),
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {
                "name": "web-nlb", "namespace": "default",
                "annotations": {
                    (format!("{prefix}nlb-target-type")): "ip", (format!("{prefix}scheme")): "internal",
                    (format!("{prefix}healthcheck-port")): "8080",
                },
            },
            "spec": {
                "type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb",
                "selector": { "ecs-bridge.dev/service": "web" },
                "ports": [{ "name": "udp-53", "port": 53, "targetPort": 53, "protocol": "UDP" }],
            },
        })
    );
    assert!(!both.contains("as long as no task answers them"));
    let alone = remedy(json!([{ "containerPort": 53, "protocol": "udp" }]));
    assert!(alone.ends_with("it sends to all, also to those that do not work."), "{alone}");
    assert!(!alone.contains("healthcheck-port"));
}

#[test]
fn whoever_has_to_let_a_load_balancer_in_is_named_with_the_ports() {
    let remedy = |mode: &str, groups: &str, apis: &[&str]| {
        let mut spec = balanced(&json!({}));
        spec["kubernetes"] = json!({ "securityGroups": groups });
        let vpc = json!({ "subnets": ["subnet-1"], "securityGroups": ["sg-1"] });
        spec["networkConfiguration"] = json!({ "awsvpcConfiguration": vpc });
        let mut task = json!({ "networkMode": mode });
        if mode != "awsvpc" {
            spec.as_object_mut().unwrap().remove("networkConfiguration");
            task["requiresCompatibilities"] = json!(["EC2"]);
        }
        let (_, findings) = looked(&task, &spec, apis);
        findings.into_iter().find(|finding| finding.code == "TargetGroupNeedsAccess").unwrap().remedy
    };
    for (mode, groups, apis, expected) in [
        (
            "awsvpc",
            "Ignore",
            &[ELB, VPC][..],
            "--group-id GROUP-OF-THE-NODES --source-group GROUP-OF-THE-LOAD-BALANCER --protocol tcp --port 80 ",
        ),
        ("awsvpc", "Enforce", &[ELB], "--group-id GROUP-OF-THE-NODES "),
        ("awsvpc", "Enforce", &[ELB, VPC], "--group-id sg-1 "),
        ("bridge", "Ignore", &[ELB], "--port 30000-32767 "),
    ] {
        let remedy = remedy(mode, groups, apis);
        assert!(remedy.contains(expected), "{mode} {groups}: {remedy}");
    }
}

#[test]
fn target_groups_need_a_privilege() {
    let mut context = context();
    context.policy = crate::policy::Policy::new(crate::policy::Mode::Restricted, None);
    let (model, findings) = service(&inputs(&json!({}), &balanced(&json!({}))), &context);
    assert!(model.is_none());
    let refusal = findings.service.iter().find(|finding| finding.code == "NotGranted").unwrap();
    assert!(refusal.remedy.contains("target-groups"), "{}", refusal.remedy);
}

#[test]
fn a_registry_is_a_name_for_the_addresses_of_the_tasks() {
    let arn = "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1";
    for (registry, ports) in [
        (json!({ "registryArn": arn }), vec![("p80", 80)]),
        (json!({ "registryArn": arn, "containerName": "app", "containerPort": 80 }), vec![("p80", 80)]),
        (json!({ "registryArn": arn, "port": 9090 }), vec![("discovery", 9090)]),
    ] {
        let spec = json!({ "serviceRegistries": [registry] });
        let exposure = made(&json!({}), &spec, &[]);
        let address = &exposure.addresses[1];
        assert_eq!((address.name.as_str(), address.kind), ("web-tasks", AddressKind::Tasks));
        let found: Vec<_> = address.ports.iter().map(|port| (port.name.as_str(), port.target)).collect();
        assert_eq!(found, ports, "{registry}");
        let (_, findings) = looked(&json!({}), &spec, &[]);
        assert_eq!(findings[0].code, "ServiceRegistryNotApplied");
        assert!(findings[0].message.contains("web-tasks.default.svc.cluster.local"));
    }
    let wrong = json!({ "serviceRegistries": [{ "registryArn": arn, "containerName": "x" }] });
    assert!(
        told(&json!({}), &wrong, &[])
            .contains(&"InvalidReference serviceRegistries[0].containerName".to_owned())
    );
}

fn connect(service: &Value) -> Value {
    json!({ "serviceConnectConfiguration": { "enabled": true, "services": [service] } })
}

fn named(app: Option<&str>) -> Value {
    let mut mapping = json!({ "name": "http", "containerPort": 8080 });
    if let Some(app) = app {
        mapping["appProtocol"] = json!(app);
    }
    json!({ "containerDefinitions": [{ "name": "app", "image": "app:1", "memory": 128, "portMappings": [mapping] }] })
}

#[test]
fn an_alias_is_a_service_with_the_port_of_the_alias() {
    let alias =
        |name: &str| json!({ "portName": "http", "clientAliases": [{ "port": 80, "dnsName": name }] });
    for (name, label, rule) in [
        ("api", "api", None),
        ("API", "api", None),
        ("api.default", "api", None),
        ("api.default.svc.cluster.local", "api", None),
        ("api.internal", "api-internal-46b1c39d", Some("rewrite name exact api.internal ")),
    ] {
        let spec = connect(&alias(name));
        let exposure = made(&named(None), &spec, &[]);
        let address = &exposure.addresses[1];
        let ports: Vec<_> = address.ports.iter().map(|port| (port.port, port.target)).collect();
        assert_eq!(ports, [(80, 8080)], "{name}");
        let (_, findings) = looked(&named(None), &spec, &[]);
        let found = findings.iter().find(|finding| finding.code == "AliasNeedsDnsRewrite");
        assert_eq!(found.is_some(), rule.is_some(), "{name}");
        match (found, rule) {
            (Some(found), Some(rule)) => {
                let whole = format!("{rule}{}.default.svc.cluster.local", address.name);
                assert!(found.remedy.ends_with(&whole), "{}", found.remedy);
                assert!(address.name.starts_with("api-internal-"));
            }
            _ => assert_eq!(address.name, label),
        }
    }
}

#[test]
fn an_alias_of_the_services_own_name_is_another_port_of_it() {
    let alias =
        |port: i32| json!({ "portName": "http", "clientAliases": [{ "port": port, "dnsName": "web" }] });
    let ports = |port: i32| {
        let exposure = made(&named(None), &connect(&alias(port)), &[]);
        assert_eq!(exposure.addresses.len(), 1);
        let ports = exposure.addresses[0].ports.clone();
        ports.into_iter().map(|port| (port.name, port.port, port.target)).collect::<Vec<_>>()
    };
    assert_eq!(ports(8080), [("http".to_owned(), 8080, 8080)]);
    assert_eq!(ports(80), [("http".to_owned(), 8080, 8080), ("c80".to_owned(), 80, 8080)]);
    let mut two = named(None);
    let more = json!({ "name": "admin", "containerPort": 80 });
    two["containerDefinitions"][0]["portMappings"].as_array_mut().unwrap().push(more);
    let taken = told(&two, &connect(&alias(80)), &[]);
    assert!(
        taken.contains(&"AliasPortTaken serviceConnectConfiguration.services[0]".to_owned()),
        "{taken:?}"
    );
}

#[test]
fn without_an_alias_the_name_lies_in_the_namespace_of_service_connect() {
    let plain = json!({ "portName": "http", "discoveryName": "api" });
    for (namespace, path) in [
        (Some("default"), None),
        (Some("internal"), Some("serviceConnectConfiguration.namespace")),
        (None, Some("serviceConnectConfiguration.services[0].discoveryName")),
    ] {
        let mut spec = connect(&plain);
        if let Some(namespace) = namespace {
            spec["serviceConnectConfiguration"]["namespace"] = json!(namespace);
        }
        assert_eq!(made(&named(None), &spec, &[]).addresses[1].name, "api");
        let (_, findings) = looked(&named(None), &spec, &[]);
        let found = findings.iter().find(|finding| finding.code == "AliasNeedsDnsRewrite");
        assert_eq!(found.map(|finding| finding.path.as_str()), path, "{namespace:?}");
    }
}

#[test]
fn what_a_proxy_did_is_told_by_protocol_and_only_of_servers() {
    let service = json!({ "portName": "http", "clientAliases": [{ "port": 80, "dnsName": "api" }] });
    for (app, lost) in [(None, false), (Some("http"), false), (Some("http2"), true), (Some("grpc"), true)] {
        let told = told(&named(app), &connect(&service), &[]);
        assert!(told.contains(&"ServiceConnectWithoutProxy serviceConnectConfiguration.services".to_owned()));
        let found =
            told.contains(&"L7BalancingLost serviceConnectConfiguration.services[0].portName".to_owned());
        assert_eq!(found, lost, "{app:?}");
    }
    assert!(
        told(&named(None), &json!({ "serviceConnectConfiguration": { "enabled": true } }), &[]).is_empty()
    );
}

#[test]
fn a_new_load_balancer_gets_the_port_that_is_asked_for_else_the_balanced_one_else_the_first() {
    let mut task = named(None);
    task["containerDefinitions"][0]["portMappings"] =
        json!([{ "containerPort": 53, "protocol": "udp" }, { "containerPort": 80 }, { "containerPort": 81 }]);
    let port = |spec: &Value| made(&task, spec, &[]).ingress.unwrap().port;
    assert_eq!(port(&json!({ "kubernetes": { "ingress": {} } })), 80);
    assert_eq!(port(&json!({ "kubernetes": { "ingress": { "port": 81 } } })), 81);
    let mut spec = balanced(&json!({ "containerPort": 81 }));
    spec["kubernetes"] = json!({ "ingress": {} });
    assert_eq!(port(&spec), 81);
    let udp = json!({ "kubernetes": { "ingress": { "port": 53 } } });
    assert_eq!(told(&task, &udp, &[]), ["RouteNotMade kubernetes.ingress"]);
    let unknown = json!({ "kubernetes": { "ingress": { "port": 54 } } });
    assert_eq!(told(&task, &unknown, &[]), ["InvalidReference kubernetes.ingress.port"]);
    task["containerDefinitions"][0]["portMappings"] = json!([]);
    assert_eq!(
        told(&task, &json!({ "kubernetes": { "ingress": {} } }), &[]),
        ["RouteNotMade kubernetes.ingress"]
    );
}

#[test]
fn an_alb_gets_tasks_as_targets_unless_its_annotations_say_otherwise() {
    let annotations = |options: &Value| {
        let spec = json!({ "kubernetes": { "ingress": options } });
        made(&named(Some("grpc")), &spec, &[]).ingress.unwrap().annotations
    };
    let alb = annotations(&json!({ "ingressClassName": "alb" }));
    assert_eq!(alb["alb.ingress.kubernetes.io/target-type"], "ip");
    assert_eq!(alb["alb.ingress.kubernetes.io/backend-protocol-version"], "GRPC");
    let own = json!({ "ingressClassName": "alb", "annotations": { "alb.ingress.kubernetes.io/target-type": "instance" } });
    assert_eq!(annotations(&own)["alb.ingress.kubernetes.io/target-type"], "instance");
    assert!(annotations(&json!({ "ingressClassName": "nginx" })).is_empty());
}

#[test]
fn a_route_is_made_where_its_api_is_served() {
    let spec = json!({ "kubernetes": { "gateway": { "name": "public" } } });
    assert_eq!(told(&json!({}), &spec, &[]), ["RouteNotMade kubernetes.gateway"]);
    assert!(made(&json!({}), &spec, &[]).route.is_none());
    assert!(told(&json!({}), &spec, &[GATEWAY]).is_empty());
    let route = made(&json!({}), &spec, &[GATEWAY]).route.unwrap();
    assert_eq!((route.gateway.as_str(), route.path.as_str(), route.port), ("public", "/", 80));
}

#[test]
fn what_the_api_server_would_refuse_of_a_route_is_refused_at_its_place() {
    let ingress = |options: Value| json!({ "kubernetes": { "ingress": options } });
    let gateway = |options: Value| json!({ "kubernetes": { "gateway": options } });
    for (spec, expected) in [
        (ingress(json!({ "ingressClassName": "A" })), "InvalidName kubernetes.ingress.ingressClassName"),
        (ingress(json!({ "host": "a_b" })), "InvalidValue kubernetes.ingress.host"),
        (ingress(json!({ "host": "10.0.0.1" })), "InvalidValue kubernetes.ingress.host"),
        (ingress(json!({ "path": "web" })), "InvalidValue kubernetes.ingress.path"),
        (ingress(json!({ "path": "/a/../b" })), "InvalidValue kubernetes.ingress.path"),
        (ingress(json!({ "path": "/a%zz" })), "InvalidValue kubernetes.ingress.path"),
        (ingress(json!({ "annotations": { "a b": "" } })), "InvalidName kubernetes.ingress.annotations.a b"),
        (gateway(json!({ "name": "" })), "InvalidName kubernetes.gateway.name"),
        (gateway(json!({ "name": "g", "namespace": "a.b" })), "InvalidName kubernetes.gateway.namespace"),
        (gateway(json!({ "name": "g", "hostnames": ["*"] })), "InvalidValue kubernetes.gateway.hostnames[0]"),
    ] {
        assert_eq!(told(&json!({}), &spec, &[GATEWAY]), [expected], "{spec}");
    }
    let fine = json!({ "host": "*.example.com", "path": "/a%20b", "annotations": { "a/B.c": "" } });
    assert!(told(&json!({}), &ingress(fine), &[]).is_empty());
}

#[test]
fn security_groups_guard_tasks_where_somebody_asks_for_it_and_the_cluster_can() {
    let task = json!({ "networkMode": "awsvpc" });
    let spec = |mode: &str| {
        json!({
            "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1", "sg-2"] } },
            "kubernetes": { "securityGroups": mode },
        })
    };
    let path = "networkConfiguration.awsvpcConfiguration.securityGroups";
    for (mode, apis, groups, expected) in [
        ("Ignore", &[VPC][..], 0, vec![format!("SecurityGroupsNotApplied {path}")]),
        (
            "Enforce",
            &[],
            0,
            vec![
                format!("SecurityGroupsNotApplied {path}"),
                "SecurityGroupsNotApplied kubernetes.securityGroups".to_owned(),
            ],
        ),
        ("Enforce", &[VPC], 2, vec![format!("SecurityGroupsNeedRules {path}")]),
    ] {
        assert_eq!(told(&task, &spec(mode), apis), expected, "{mode}");
        assert_eq!(made(&task, &spec(mode), apis).security_groups.len(), groups, "{mode}");
    }
}
