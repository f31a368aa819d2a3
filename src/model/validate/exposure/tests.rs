mod connect;
mod routes;

use serde_json::{Value, json};

use crate::finding::Finding;
use crate::model::exposure::{AddressKind, Exposure, Targets};
use crate::model::validate::tests::{context, inputs};
use crate::model::validate::{lone_service, service};
use crate::object::load_balancing::{ELB, VPC};

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
fn what_every_target_group_needs_is_told_of_every_one() {
    let at = |n: usize| format!("loadBalancers[{n}].targetGroupArn");
    let task = |mode: &str| {
        let mut task = named(None);
        task["networkMode"] = json!(mode);
        let more = json!({ "containerPort": 9090 });
        task["containerDefinitions"][0]["portMappings"].as_array_mut().unwrap().push(more);
        task
    };
    let group = |n: usize, port: i32| json!({ "targetGroupArn": format!("{ARN}{n}"), "containerName": "app", "containerPort": port });
    let spec = json!({ "loadBalancers": [group(0, 8080), group(1, 9090), group(2, 8080)] });
    let places = |mode: &str, code: &str| {
        let (_, findings) = looked(&task(mode), &spec, &[ELB]);
        findings.into_iter().filter(|f| f.code == code).map(|f| f.path).collect::<Vec<_>>()
    };
    for mode in ["awsvpc", "bridge"] {
        assert_eq!(places(mode, "DrainDelayAssumed"), [at(0), at(1), at(2)]);
    }
    assert_eq!(places("awsvpc", "TargetGroupNeedsAccess"), [at(0), at(1)], "two ports");
    assert_eq!(places("bridge", "TargetGroupNeedsAccess"), [at(0)], "ports of the nodes");
    assert_eq!(places("awsvpc", "TargetHealthReplacesNoTask"), [at(0)]);
    assert_eq!(places("bridge", "TargetsAreNodes"), [at(0)]);
}

#[test]
fn a_load_balancer_leads_to_a_port_that_a_container_maps() {
    for (patch, path) in [
        (json!({ "containerName": "web" }), "loadBalancers[0].containerName"),
        (json!({ "containerPort": 81 }), "loadBalancers[0].containerPort"),
    ] {
        assert_eq!(told(&json!({}), &balanced(&patch), &[ELB]), [format!("InvalidReference {path}")]);
    }
}

#[test]
fn a_load_balancer_is_named_in_one_way_whether_or_not_the_tasks_are_known() {
    let target = "loadBalancers[0].targetGroupArn";
    for (patch, expected) in [
        (json!({}), None),
        (json!({ "targetGroupArn": null }), Some(format!("MissingMember {target}"))),
        (json!({ "targetGroupArn": "web" }), Some(format!("InvalidReference {target}"))),
        (
            json!({ "loadBalancerName": "old" }),
            Some("InvalidValue loadBalancers[0].loadBalancerName".to_owned()),
        ),
    ] {
        let spec = balanced(&patch);
        let mut context = context();
        context.capabilities.apis.insert(ELB.to_owned());
        let inputs = inputs(&json!({}), &spec);
        for findings in [service(&inputs, &context).1.service, lone_service(&inputs.service, &context)] {
            let errors = findings.iter().filter(|finding| finding.is_error());
            let said: Vec<_> = errors.map(|f| format!("{} {}", f.code, f.path)).collect();
            assert_eq!(said, expected.clone().into_iter().collect::<Vec<_>>(), "{patch}");
        }
    }
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

fn named(app: Option<&str>) -> Value {
    let mut mapping = json!({ "name": "http", "containerPort": 8080 });
    if let Some(app) = app {
        mapping["appProtocol"] = json!(app);
    }
    json!({ "containerDefinitions": [{ "name": "app", "image": "app:1", "memory": 128, "portMappings": [mapping] }] })
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
