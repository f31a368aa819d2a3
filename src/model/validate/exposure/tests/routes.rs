//! New load balancers.

use super::*;
use crate::object::load_balancing::{AWS_GATEWAY, GATEWAY};

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
fn an_ingress_of_any_class_may_be_an_alb_where_its_controller_is() {
    let annotations = |options: Value| {
        let spec = json!({ "kubernetes": { "ingress": options } });
        made(&json!({}), &spec, &[ELB]).ingress.unwrap().annotations
    };
    let expected = [
        ("alb.ingress.kubernetes.io/target-group-attributes", "deregistration_delay.timeout_seconds=30"),
        ("alb.ingress.kubernetes.io/target-type", "ip"),
    ];
    for class in [json!({ "ingressClassName": "alb-public" }), json!({})] {
        let found = annotations(class);
        assert!(found.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected), "{found:?}");
    }
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
fn what_makes_tasks_the_targets_of_a_gateway_of_aws_is_told() {
    let spec = json!({ "kubernetes": { "gateway": { "name": "public" } } });
    let (_, findings) = looked(&json!({}), &spec, &[GATEWAY, AWS_GATEWAY]);
    let [finding] = findings.as_slice() else { panic!("{findings:#?}") };
    assert_eq!((&*finding.code, &*finding.path), ("GatewayTargetsAreNodes", "kubernetes.gateway"));
    assert_eq!(
        manifest(&finding.remedy),
        json!({
            "apiVersion": "gateway.k8s.aws/v1beta1", "kind": "TargetGroupConfiguration",
            "metadata": { "name": "web", "namespace": "default" },
            "spec": {
                "targetReference": { "name": "web" },
                "defaultConfiguration": {
                    "targetType": "ip",
                    "targetGroupAttributes": [{ "key": "deregistration_delay.timeout_seconds", "value": "30" }],
                },
            },
        })
    );
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
