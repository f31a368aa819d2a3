//! Load balancers, budgets of disruption, tags, grace periods.

use super::*;

const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef";

fn task() -> Value {
    json!({
        "family": "web", "networkMode": "awsvpc",
        "containerDefinitions": [{ "name": "app", "image": "app:1", "memory": 128, "portMappings": [{ "containerPort": 80 }] }],
    })
}

fn service(more: &Value) -> Value {
    let mut spec = json!({ "serviceName": "web", "taskDefinition": "web", "desiredCount": 4 });
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    spec
}

fn balanced() -> Value {
    json!({ "loadBalancers": [{ "targetGroupArn": ARN, "containerName": "app", "containerPort": 80 }] })
}

/// Objects as they are in a cluster that serves these APIs besides Kubernetes' own.
fn with(apis: &[&str], task: &Value, service: &Value) -> Vec<Value> {
    let inputs = Inputs {
        service: serde_json::from_value(service.clone()).unwrap(),
        task_definition: serde_json::from_value(task.clone()).unwrap(),
        revision: 3,
        ..Inputs::default()
    };
    let mut context = context("1.36");
    context.capabilities.apis.extend(apis.iter().map(|api| (*api).to_owned()));
    let (objects, findings) = desired::offline(&inputs, &context);
    assert!(!objects.is_empty(), "{:#?}", findings.from_service());
    objects.iter().map(Object::to_value).collect()
}

fn one<'o>(objects: &'o [Value], kind: &str) -> &'o Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "{kind} twice");
    first
}

#[test]
fn behind_a_target_group_pods_wait_for_its_checks_and_leave_before_they_stop() {
    let objects = with(&["elbv2.k8s.aws"], &task(), &service(&balanced()));
    let binding = one(&objects, "TargetGroupBinding");
    assert_eq!(
        binding["spec"],
        json!({
            "serviceRef": { "name": "web", "port": 80 }, "targetGroupARN": ARN, "targetType": "ip",
            "multiClusterTargetGroup": true,
        })
    );
    let name = binding["metadata"]["name"].as_str().unwrap();
    let deployment = one(&objects, "Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    let gate = json!([{ "conditionType": format!("target-health.elbv2.k8s.aws/{name}") }]);
    assert_eq!(pod["readinessGates"], gate);
    assert_eq!(pod["containers"][0]["lifecycle"], json!({ "preStop": { "sleep": { "seconds": 30 } } }));
    assert_eq!(pod["terminationGracePeriodSeconds"], 60);
    assert_eq!(
        deployment["spec"].get("minReadySeconds"),
        None,
        "the target group says when a task is healthy"
    );

    let mut asked = service(&balanced());
    asked["kubernetes"] = json!({ "minReadySeconds": 7 });
    let objects = with(&["elbv2.k8s.aws"], &task(), &asked);
    assert_eq!(one(&objects, "Deployment")["spec"]["minReadySeconds"], 7);
}

#[test]
fn without_its_controller_nothing_in_the_pod_waits_for_it() {
    let objects = with(&[], &task(), &service(&balanced()));
    assert!(objects.iter().all(|object| object["kind"] != "TargetGroupBinding"));
    let deployment = one(&objects, "Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    for member in ["readinessGates", "terminationGracePeriodSeconds"] {
        assert_eq!(pod.get(member), None);
    }
    assert_eq!(pod["containers"][0].get("lifecycle"), None);
    assert_eq!(deployment["spec"]["minReadySeconds"], 40);
}

#[test]
fn nodes_are_targets_by_a_port_of_theirs_and_tell_nothing_of_tasks() {
    let mut bridge = task();
    bridge["networkMode"] = json!("bridge");
    let objects = with(&["elbv2.k8s.aws"], &bridge, &service(&balanced()));
    assert_eq!(one(&objects, "TargetGroupBinding")["spec"]["targetType"], "instance");
    assert_eq!(one(&objects, "Service")["spec"]["type"], "NodePort");
    let pod = &one(&objects, "Deployment")["spec"]["template"]["spec"];
    assert_eq!(pod.get("readinessGates"), None);
    assert_eq!(pod["terminationGracePeriodSeconds"], 60);
}

#[test]
fn a_probe_that_grants_its_own_time_to_stop_grants_the_time_to_leave_as_well() {
    let mut task = task();
    let check = json!({ "command": ["CMD", "true"] });
    task["containerDefinitions"][0]["healthCheck"] = check;
    task["containerDefinitions"][0]["stopTimeout"] = json!(10);
    let helper =
        json!({ "name": "helper", "image": "helper:1", "memory": 64, "essential": false, "stopTimeout": 50 });
    task["containerDefinitions"].as_array_mut().unwrap().push(helper);
    let objects = with(&["elbv2.k8s.aws"], &task, &service(&balanced()));
    let pod = &one(&objects, "Deployment")["spec"]["template"]["spec"];
    assert_eq!(pod["terminationGracePeriodSeconds"], 80);
    for probe in ["startupProbe", "livenessProbe"] {
        assert_eq!(pod["containers"][0][probe]["terminationGracePeriodSeconds"], 40, "{probe}");
    }
}

#[test]
fn new_load_balancers_lead_to_the_service() {
    let mut spec = service(&json!({}));
    spec["kubernetes"] = json!({
        "ingress": { "ingressClassName": "alb", "host": "web.example.com" },
        "gateway": { "name": "public", "namespace": "edge", "hostnames": ["web.example.com"], "path": "/web" },
    });
    let objects = with(&["gateway.networking.k8s.io"], &task(), &spec);
    let ingress = one(&objects, "Ingress");
    assert_eq!(
        ingress["spec"],
        json!({
            "ingressClassName": "alb",
            "rules": [{ "host": "web.example.com", "http": { "paths": [{
                "path": "/", "pathType": "Prefix", "backend": { "service": { "name": "web", "port": { "number": 80 } } },
            }] } }],
        })
    );
    assert_eq!(ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/target-type"], "ip");
    assert_eq!(
        one(&objects, "HTTPRoute")["spec"],
        json!({
            "parentRefs": [{ "name": "public", "namespace": "edge" }],
            "hostnames": ["web.example.com"],
            "rules": [{
                "matches": [{ "path": { "type": "PathPrefix", "value": "/web" } }],
                "backendRefs": [{ "name": "web", "port": 80 }],
            }],
        })
    );
}

#[test]
fn security_groups_are_a_policy_for_the_pods_of_the_service() {
    let spec = service(&json!({
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"], "securityGroups": ["sg-1"] } },
        "kubernetes": { "securityGroups": "Enforce" },
    }));
    let objects = with(&["vpcresources.k8s.aws"], &task(), &spec);
    assert_eq!(
        one(&objects, "SecurityGroupPolicy")["spec"],
        json!({
            "podSelector": { "matchLabels": { "ecs-bridge.dev/service": "web" } },
            "securityGroups": { "groupIds": ["sg-1"] },
        })
    );
}

#[test]
fn a_budget_allows_what_ecs_keeps_and_never_blocks_a_drain() {
    for (minimum, count, expected) in [
        (50, 4, Some(json!({ "minAvailable": "50%" }))),
        (99, 4, Some(json!({ "maxUnavailable": 1 }))),
        (50, 1, Some(json!({ "maxUnavailable": 1 }))),
        (100, 4, Some(json!({ "maxUnavailable": 1 }))),
        (0, 4, None),
    ] {
        let mut spec = service(&json!({ "deploymentConfiguration": { "minimumHealthyPercent": minimum } }));
        spec["desiredCount"] = json!(count);
        let objects = with(&[], &task(), &spec);
        let found = objects.iter().find(|object| object["kind"] == "PodDisruptionBudget");
        let found = found.map(|budget| {
            let mut spec = budget["spec"].clone();
            assert_eq!(spec["selector"], json!({ "matchLabels": { "ecs-bridge.dev/service": "web" } }));
            assert_eq!(spec["unhealthyPodEvictionPolicy"], "AlwaysAllow");
            for member in ["selector", "unhealthyPodEvictionPolicy"] {
                spec.as_object_mut().unwrap().remove(member);
            }
            spec
        });
        assert_eq!(found, expected, "{minimum} % of {count}");
    }
    let daemon = json!({ "serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON",
        "deploymentConfiguration": { "minimumHealthyPercent": 50 } });
    let objects = with(&[], &task(), &daemon);
    assert!(objects.iter().all(|object| object["kind"] != "PodDisruptionBudget"));
}

#[test]
fn propagated_tags_are_annotations_and_where_they_may_labels_of_pods() {
    let mut definition = task();
    definition["tags"] = json!([{ "key": "owner", "value": "team" }]);
    let tags = json!([{ "key": "cost center", "value": "42" }, { "key": "note", "value": "two words" }]);
    for (propagate, annotations, labels) in [
        ("SERVICE", vec!["42", "two words"], vec!["42"]),
        ("TASK_DEFINITION", vec!["team"], vec!["team"]),
        ("NONE", vec![], vec![]),
    ] {
        let spec = service(&json!({ "tags": tags, "propagateTags": propagate }));
        let objects = with(&[], &definition, &spec);
        let metadata = &one(&objects, "Deployment")["spec"]["template"]["metadata"];
        let tags = |member: &str| -> Vec<String> {
            let all = metadata[member].as_object().cloned().unwrap_or_default();
            let tags = all.iter().filter(|(key, _)| key.starts_with("tag.ecs-bridge.dev/"));
            tags.map(|(_, value)| value.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(
            (tags("annotations"), tags("labels")),
            (
                annotations.iter().map(|text| (*text).to_owned()).collect(),
                labels.iter().map(|text| (*text).to_owned()).collect()
            ),
            "{propagate}"
        );
    }
}

#[test]
fn a_grace_period_is_time_to_become_healthy() {
    let mut task = task();
    task["containerDefinitions"][0]["healthCheck"] =
        json!({ "command": ["CMD", "true"], "interval": 10, "retries": 3 });
    let budget = |grace: i64| {
        let objects = with(&[], &task, &service(&json!({ "healthCheckGracePeriodSeconds": grace })));
        let deployment = one(&objects, "Deployment");
        let probe = &deployment["spec"]["template"]["spec"]["containers"][0]["startupProbe"];
        (probe["failureThreshold"].as_i64().unwrap() - 1) * probe["periodSeconds"].as_i64().unwrap()
    };
    assert_eq!((budget(0), budget(20), budget(300)), (30, 30, 300));
    assert!(budget(2_147_483_647) >= 2_147_483_640);
}
