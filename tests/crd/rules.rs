//! The CEL rules: what each one refuses and what it lets through, evaluated as the API server does.

use std::collections::BTreeSet;

use ecs_bridge::api::crd::rules::RULES;
use kube_cel::Validator;
use serde_json::{Value, json};

use crate::{CRDS, schema, walk};

/// An object of a kind, what it was before (or null), and words of the message that refuses it (or none).
type Case = (&'static str, Value, Value, &'static str);

#[allow(clippy::needless_pass_by_value, reason = "every call makes the value")]
fn object(name: &str, spec: Value) -> Value {
    json!({ "metadata": { "name": name }, "spec": spec })
}

fn cases() -> Vec<Case> {
    let mut cases = names();
    cases.extend(task_definitions());
    cases.extend(services());
    cases.extend(capacity_providers());
    cases
}

fn names() -> Vec<Case> {
    let named = |name: &str| object(name, json!({ "family": "web" }));
    let longest = "a".repeat(40);
    let refused = "metadata.name has at most 40";
    vec![
        ("TaskDefinition", named("web"), Value::Null, ""),
        ("TaskDefinition", named("w"), Value::Null, ""),
        ("TaskDefinition", named("web-2"), Value::Null, ""),
        ("TaskDefinition", named(&longest), Value::Null, ""),
        ("TaskDefinition", named(&format!("{longest}a")), Value::Null, refused),
        ("TaskDefinition", named("2web"), Value::Null, refused),
        ("TaskDefinition", named("-web"), Value::Null, refused),
        ("TaskDefinition", named("web-"), Value::Null, refused),
        ("TaskDefinition", named("web.blue"), Value::Null, refused),
        ("EcsService", object("2", json!({ "serviceName": "2" })), Value::Null, refused),
        ("CapacityProvider", object("2", json!({ "name": "FARGATE" })), Value::Null, refused),
    ]
}

fn task_definitions() -> Vec<Case> {
    let family = |family: &str| object("web", json!({ "family": family }));
    let volume = |volume: Value| object("web", json!({ "family": "web", "volumes": [volume] }));
    let file =
        |file: Value| object("web", json!({ "family": "web", "kubernetes": { "environmentFiles": [file] } }));
    let efs = json!({ "fileSystemId": "fs-1" });
    let (one, either) = ("a volume has at most one of", "give either configMapRef or secretRef");
    vec![
        ("TaskDefinition", family("web"), family("web"), ""),
        ("TaskDefinition", family("api"), family("web"), "family cannot be changed"),
        ("TaskDefinition", volume(json!({ "name": "v" })), Value::Null, ""),
        ("TaskDefinition", volume(json!({ "host": {} })), Value::Null, ""),
        ("TaskDefinition", volume(json!({ "host": { "sourcePath": "/srv" } })), Value::Null, ""),
        ("TaskDefinition", volume(json!({ "host": {}, "efsVolumeConfiguration": efs })), Value::Null, ""),
        (
            "TaskDefinition",
            volume(json!({ "configuredAtLaunch": false, "efsVolumeConfiguration": efs })),
            Value::Null,
            "",
        ),
        (
            "TaskDefinition",
            volume(json!({ "configuredAtLaunch": true, "efsVolumeConfiguration": efs })),
            Value::Null,
            one,
        ),
        (
            "TaskDefinition",
            volume(json!({ "host": { "sourcePath": "/srv" }, "dockerVolumeConfiguration": {} })),
            Value::Null,
            one,
        ),
        ("TaskDefinition", file(json!({ "arn": "a", "configMapRef": "c" })), Value::Null, ""),
        ("TaskDefinition", file(json!({ "arn": "a" })), Value::Null, either),
        (
            "TaskDefinition",
            file(json!({ "arn": "a", "configMapRef": "c", "secretRef": "s" })),
            Value::Null,
            either,
        ),
    ]
}

fn services() -> Vec<Case> {
    let service = |members: Value| {
        let mut spec = json!({ "serviceName": "web" });
        spec.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        object("web", spec)
    };
    let bounds = |min: i32, max: i32| json!({ "MinCapacity": min, "MaxCapacity": max });
    let target = |target: Value| service(json!({ "autoScaling": { "scalableTarget": target } }));
    let action = |action: Value| {
        let action = json!({ "ScheduledActionName": "a", "ScalableTargetAction": action });
        service(json!({ "autoScaling": { "scheduledActions": [action] } }))
    };
    let provider = json!([{ "capacityProvider": "spot" }]);
    let (plain, daemon) = (service(json!({})), service(json!({ "schedulingStrategy": "DAEMON" })));
    let replica = service(json!({ "schedulingStrategy": "REPLICA" }));
    let (fixed, above) = ("schedulingStrategy cannot be changed", "MinCapacity is above MaxCapacity");
    vec![
        ("EcsService", plain.clone(), Value::Null, ""),
        (
            "EcsService",
            object("web", json!({ "serviceName": "api" })),
            plain.clone(),
            "serviceName cannot be changed",
        ),
        ("EcsService", replica.clone(), plain.clone(), ""),
        ("EcsService", plain.clone(), replica.clone(), ""),
        ("EcsService", daemon.clone(), plain.clone(), fixed),
        ("EcsService", plain, daemon.clone(), fixed),
        ("EcsService", replica, daemon.clone(), fixed),
        ("EcsService", daemon.clone(), daemon, ""),
        (
            "EcsService",
            service(json!({ "launchType": "EC2", "capacityProviderStrategy": [] })),
            Value::Null,
            "",
        ),
        ("EcsService", service(json!({ "capacityProviderStrategy": provider })), Value::Null, ""),
        (
            "EcsService",
            service(json!({ "launchType": "EC2", "capacityProviderStrategy": provider })),
            Value::Null,
            "launchType and capacityProviderStrategy exclude each other",
        ),
        (
            "EcsService",
            service(json!({ "schedulingStrategy": "DAEMON", "desiredCount": 0 })),
            Value::Null,
            "",
        ),
        (
            "EcsService",
            service(json!({ "schedulingStrategy": "REPLICA", "desiredCount": 3 })),
            Value::Null,
            "",
        ),
        (
            "EcsService",
            service(json!({ "schedulingStrategy": "DAEMON", "desiredCount": 3 })),
            Value::Null,
            "desiredCount is not for schedulingStrategy DAEMON",
        ),
        ("EcsService", target(bounds(0, 0)), Value::Null, ""),
        ("EcsService", target(json!({ "MinCapacity": 3 })), Value::Null, ""),
        ("EcsService", target(bounds(3, 2)), Value::Null, above),
        ("EcsService", action(bounds(1, 2)), Value::Null, ""),
        ("EcsService", action(bounds(3, 2)), Value::Null, above),
    ]
}

fn capacity_providers() -> Vec<Case> {
    let provider = |spec: Value| object("p", spec);
    let (group, managed) = (json!({ "autoScalingGroupArn": "g" }), json!({}));
    let with_group = |name: &str| provider(json!({ "name": name, "autoScalingGroupProvider": group }));
    vec![
        ("CapacityProvider", with_group("spot"), with_group("spot"), ""),
        ("CapacityProvider", with_group("spot"), with_group("od"), "name cannot be changed"),
        (
            "CapacityProvider",
            provider(json!({ "name": "m", "managedInstancesProvider": managed })),
            Value::Null,
            "",
        ),
        (
            "CapacityProvider",
            provider(
                json!({ "name": "m", "managedInstancesProvider": managed, "autoScalingGroupProvider": group }),
            ),
            Value::Null,
            "autoScalingGroupProvider and managedInstancesProvider exclude each other",
        ),
        ("CapacityProvider", provider(json!({ "name": "FARGATE" })), Value::Null, ""),
        ("CapacityProvider", provider(json!({ "name": "FARGATE_SPOT" })), Value::Null, ""),
        ("CapacityProvider", provider(json!({ "name": "m", "kubernetes": {} })), Value::Null, ""),
        (
            "CapacityProvider",
            provider(json!({ "name": "m" })),
            Value::Null,
            "nothing says which nodes the provider has",
        ),
    ]
}

/// The messages that refuse an object.
fn refusals(kind: &str, object: &Value, old: &Value) -> Vec<String> {
    match Validator::new().validate(schema(kind), object, Some(old).filter(|old| !old.is_null())) {
        Ok(()) => Vec::new(),
        Err(errors) => errors.into_vec().into_iter().map(|error| error.message).collect(),
    }
}

#[test]
fn rules_refuse_what_they_should_and_nothing_else() {
    for (kind, object, old, words) in cases() {
        let found = refusals(kind, &object, &old);
        let wanted = usize::from(!words.is_empty());
        assert!(
            found.len() == wanted && found.iter().all(|text| text.contains(words)),
            "{object}: {found:?}"
        );
    }
}

#[test]
fn every_rule_has_a_case_that_it_refuses() {
    let refused: BTreeSet<_> =
        cases().iter().flat_map(|(kind, new, old, _)| refusals(kind, new, old)).collect();
    for rule in RULES {
        assert!(refused.contains(rule.message), "no case is refused with: {}", rule.message);
    }
}

#[test]
fn every_rule_has_found_its_place() {
    for (kind, _) in CRDS.iter() {
        let mut found = 0;
        walk("", schema(kind), &mut |_, schema| {
            found += schema["x-kubernetes-validations"].as_array().map_or(0, Vec::len);
        });
        let wanted = RULES.iter().filter(|rule| rule.kind.is_none_or(|only| only == kind)).count();
        assert_eq!(found, wanted, "{kind}");
    }
}
