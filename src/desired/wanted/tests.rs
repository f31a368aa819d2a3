use serde_json::{Value, json};

use super::*;
use crate::placement::attribute::ZONE;
use crate::placement::node::{MIB, Node, Resources};
use crate::placement::what_if::WhatIf;
use crate::policy::{Mode, Policy};

const TYPE: &str = "node.kubernetes.io/instance-type";

fn inputs(service: Value) -> Inputs {
    let task = json!({
        "family": "web",
        "containerDefinitions": [{ "name": "app", "image": "web:1", "cpu": 128, "memory": 256 }],
    });
    of_task(task, service)
}

fn of_task(task: Value, mut service: Value) -> Inputs {
    for (member, value) in [("serviceName", "web"), ("taskDefinition", "web")] {
        service[member] = value.into();
    }
    Inputs {
        service: serde_json::from_value(service).unwrap(),
        task_definition: serde_json::from_value(task).unwrap(),
        revision: 1,
        providers: std::collections::BTreeMap::new(),
    }
}

fn of(inputs: &Inputs) -> Wanted {
    at(inputs, "2026-01-01T00:00:00Z")
}

fn at(inputs: &Inputs, now: &str) -> Wanted {
    let context = Context {
        name: "web-object".to_owned(),
        namespace: "default".to_owned(),
        policy: Policy::new(Mode::Permissive, None),
        default_architecture: "amd64".to_owned(),
        ..Context::default()
    };
    let (mut wanted, findings) = wanted(inputs, &context, now.parse().unwrap());
    wanted.pop().unwrap_or_else(|| panic!("{findings:?}"))
}

fn count(service: Value) -> u32 {
    of(&inputs(service)).service.count
}

#[test]
fn the_count_is_the_one_that_the_operator_goes_by() {
    assert_eq!(count(json!({ "desiredCount": 3 })), 3);
    assert_eq!(count(json!({})), 1);
    assert_eq!(count(json!({ "desiredCount": 3, "kubernetes": { "scaledCount": 12 } })), 12);
    let target = json!({ "MinCapacity": 4, "MaxCapacity": 8 });
    let bounded = |scaled: u32| {
        count(json!({
            "desiredCount": 3,
            "kubernetes": { "scaledCount": scaled },
            "autoScaling": { "scalableTarget": target },
        }))
    };
    assert_eq!((bounded(1), bounded(6), bounded(20)), (4, 6, 8));
}

#[test]
fn scheduled_actions_count_at_the_time_that_is_given() {
    let inputs = inputs(json!({
        "desiredCount": 3,
        "autoScaling": {
            "scalableTarget": { "MinCapacity": 1, "MaxCapacity": 8 },
            "scheduledActions": [{
                "ScheduledActionName": "day",
                "Schedule": "cron(0 8 * * ? *)",
                "ScalableTargetAction": { "MinCapacity": 5 },
            }, {
                "ScheduledActionName": "night",
                "Schedule": "cron(0 20 * * ? *)",
                "ScalableTargetAction": { "MinCapacity": 0, "MaxCapacity": 0 },
            }],
        },
    }));
    for (now, count, bounds) in [("2026-01-01T12:00:00Z", 5, (5, 5)), ("2026-01-01T21:00:00Z", 0, (0, 0))] {
        let wanted = at(&inputs, now);
        let known = wanted.scheduled.map(|bounds| (bounds.min_capacity, bounds.max_capacity));
        assert_eq!((wanted.service.count, known), (count, Some(bounds)), "{now}");
    }
    assert_eq!(of(&self::inputs(json!({}))).scheduled, None);
}

/// Nodes of these instance types that take a task of the service.
fn takes(wanted: &Wanted, types: &[&str]) -> Vec<String> {
    let node = |kind: &&str| {
        let labels =
            [(TYPE, *kind), (ZONE, "a"), ("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64")];
        Node {
            name: (*kind).into(),
            labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            ready: true,
            allocatable: Resources { cpu: 500, memory: 512 * MIB, gpu: 0, pods: 110 },
            ..Node::default()
        }
    };
    let steps =
        WhatIf::new(0, types.iter().map(node).collect(), vec![wanted.service.clone()], false).settle();
    let mut on: Vec<_> = steps.iter().filter_map(|step| step.to.as_deref().map(str::to_owned)).collect();
    on.sort();
    on.dedup();
    on
}

fn constrained(expression: &str, kubernetes: Value) -> Wanted {
    let constraint = json!({ "type": "memberOf", "expression": expression });
    of(&inputs(json!({ "desiredCount": 2, "placementConstraints": [constraint], "kubernetes": kubernetes })))
}

#[test]
fn an_expression_selects_the_same_nodes_with_an_overlay() {
    let overlay = json!({ "podTemplate": { "metadata": { "labels": { "team": "a" } } } });
    for expression in [
        "attribute:ecs.instance-type =~ t3.*",
        "attribute:ecs.instance-type =~ t3.* and attribute:ecs.availability-zone == a",
        "attribute:ecs.instance-type =~ t3.* or attribute:ecs.availability-zone == b",
    ] {
        for kubernetes in [json!({}), overlay.clone()] {
            let wanted = constrained(expression, kubernetes);
            assert_eq!(takes(&wanted, &["m5.large", "t3.large"]), ["t3.large"], "{expression}");
        }
    }
    let own = json!({ "nodeSelectorTerms": [{
        "matchExpressions": [{ "key": TYPE, "operator": "In", "values": ["t3.small"] }],
    }] });
    let own = json!({ "requiredDuringSchedulingIgnoredDuringExecution": own });
    let own = json!({ "podTemplate": { "spec": { "affinity": { "nodeAffinity": own } } } });
    let wanted = constrained("attribute:ecs.instance-type =~ t3.*", own);
    assert_eq!(takes(&wanted, &["t3.large", "t3.small"]), ["t3.small"], "the overlay's own");
}

#[test]
fn what_kube_scheduler_does_not_know_is_left_out_where_it_decides() {
    let shown = |expression: &str, kubernetes: Value| {
        let wanted = constrained(expression, kubernetes);
        let constraints = &wanted.service.children[0].class.constraints;
        let texts = constraints.iter().map(|constraint| match constraint {
            Constraint::MemberOf(expression) => expression.to_string(),
            Constraint::DistinctInstance => String::new(),
        });
        (wanted.exact, texts.collect::<Vec<_>>().join("; "))
    };
    for (expression, left) in [
        ("runningTasksCount < 1", ""),
        ("runningTasksCount < 1 and attribute:stack == a", "attribute:stack == a"),
        ("runningTasksCount < 1 or attribute:stack == a", ""),
        ("not(runningTasksCount < 1 or attribute:stack == a)", "not(attribute:stack == a)"),
        ("not(runningTasksCount < 1 and attribute:stack == a)", ""),
    ] {
        assert_eq!(shown(expression, json!({})), (false, left.to_owned()), "{expression}");
    }
    let exact = json!({ "placement": "Exact" });
    assert_eq!(shown("runningTasksCount < 1", exact), (true, "runningTasksCount < 1".to_owned()));
}

#[test]
fn a_fargate_profile_keeps_its_part_of_the_tasks() {
    let task = json!({
        "family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
        "containerDefinitions": [{ "name": "app", "image": "web:1" }],
    });
    let service = json!({
        "desiredCount": 4,
        "capacityProviderStrategy": [
            { "capacityProvider": "FARGATE", "weight": 3 }, { "capacityProvider": "FARGATE_SPOT", "weight": 1 },
        ],
    });
    let mut inputs = of_task(task, service);
    let profile = json!({ "name": "FARGATE", "kubernetes": { "fargateProfile": "apps" } });
    inputs.providers.insert("fargate".into(), serde_json::from_value(profile).unwrap());
    let wanted = of(&inputs);
    assert_eq!(wanted.service.counts(), [3, 1]);
    let elsewhere: Vec<bool> = wanted.service.children.iter().map(|child| child.elsewhere).collect();
    assert_eq!(elsewhere, [true, false]);
}
