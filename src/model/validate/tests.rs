mod life;
mod limits;
mod placement;
mod rules;

use serde_json::{Value, json};

use super::*;
use crate::capabilities::Capabilities;
use crate::policy::{Mode, Policy};

pub(super) fn context() -> Context {
    Context {
        name: "web".into(),
        namespace: "default".into(),
        policy: Policy::new(Mode::Baseline, None),
        capabilities: Capabilities::of_version("1.36").unwrap(),
        iam: crate::iam::Settings::default(),
        default_architecture: "amd64".into(),
    }
}

/// JSON merge patch (RFC 7386), the shortest way to say what is different about a definition.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in members {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(name);
        } else {
            merge(&mut target[name], value);
        }
    }
}

pub(super) fn inputs(task: &Value, service: &Value) -> Inputs {
    let mut definition = json!({
        "family": "web",
        "containerDefinitions": [{ "name": "app", "image": "app:1", "memory": 128, "portMappings": [{ "containerPort": 80 }] }],
    });
    let mut spec = json!({ "serviceName": "web", "taskDefinition": "web", "desiredCount": 2 });
    merge(&mut definition, task);
    merge(&mut spec, service);
    let mut inputs = Inputs {
        service: serde_json::from_value(spec).unwrap(),
        task_definition: serde_json::from_value(definition).unwrap(),
        revision: 1,
        ..Inputs::default()
    };
    let spot = json!({ "name": "spot", "kubernetes": { "nodeSelector": { "pool": "spot" }, "namespaces": ["default"] } });
    inputs.providers.insert("spot".into(), serde_json::from_value(spot).unwrap());
    inputs
}

/// Codes that are said of nearly every task of several containers, or on instances.
const OF_SEVERAL: &[&str] = &[
    "ContainersShareNetwork",
    "InstanceRoleNotUsed",
    "EssentialExitInPlace",
    "NonEssentialAffectsReadiness",
    "StopTimeoutPodWide",
];

pub(super) fn told(task: &Value, service: &Value) -> Vec<String> {
    let (model, findings) = super::service(&inputs(task, service), &context());
    let findings = [findings.task_definition, findings.service].concat();
    assert_eq!(model.is_none(), any_error(&findings), "{findings:#?}");
    let told = findings.iter().filter(|f| !OF_SEVERAL.contains(&f.code.as_ref()));
    told.map(|f| format!("{} {}", f.code, f.path)).collect()
}

pub(super) fn container(patch: &Value) -> Value {
    let mut container = json!({ "name": "app", "image": "app:1", "memory": 128 });
    merge(&mut container, patch);
    json!({ "containerDefinitions": [container] })
}

/// A task definition of one container, with members of its own.
pub(super) fn container_in(patch: &Value, task: &Value) -> Value {
    merged(&container(patch), task)
}

/// The model of a task definition in a namespace that may do everything.
pub(super) fn model(task: &Value) -> Task {
    let context = Context { policy: Policy::new(Mode::Permissive, None), ..context() };
    let (model, findings) = super::task_definition(&inputs(task, &json!({})).task_definition, &context);
    model.unwrap_or_else(|| panic!("{findings:#?}"))
}

#[test]
fn one_command_grants_all_that_is_needed_and_takes_nothing_away() {
    let task = json!({ "pidMode": "host", "taskRoleArn": "arn:aws:iam::123456789012:role/web" });
    let mut context = context();
    context.policy = Policy::new(Mode::Restricted, Some("snapshots"));
    let (_, findings) = super::service(&inputs(&task, &json!({})), &context);
    let refused = findings.task_definition.iter().filter(|f| f.code == "NotGranted");
    let remedies: Vec<&str> = refused.map(|f| f.remedy.as_str()).collect();
    let command =
        "kubectl label --overwrite namespace default ecs-bridge.dev/allow=host-access.snapshots.roles";
    assert_eq!(remedies, [command, command]);
}

#[test]
fn a_plain_service_has_nothing_to_say() {
    assert!(told(&json!({}), &json!({})).is_empty());
}

#[test]
fn containers() {
    const AT: &str = "containerDefinitions[0]";
    for (patch, expected) in [
        (json!({ "name": null }), "MissingMember .name"),
        (json!({ "name": "a b" }), "InvalidName .name"),
        (json!({ "image": "" }), "MissingMember .image"),
        (json!({ "image": "${IMAGE}" }), "InvalidValue .image"),
        (json!({ "memory": null }), "MissingMember .memory"),
        (json!({ "memory": 3 }), "InvalidValue .memory"),
        (json!({ "memoryReservation": 256 }), "InvalidValue .memoryReservation"),
        (json!({ "cpu": -1 }), "InvalidValue .cpu"),
        (json!({ "user": "www-data" }), "UserNameNotNumeric .user"),
        (json!({ "user": "1000:staff" }), "UserNameNotNumeric .user"),
        (json!({ "environment": [{ "value": "x" }] }), "MissingMember .environment[0].name"),
        (json!({ "environment": [{ "name": "a=b" }] }), "InvalidName .environment[0].name"),
        (
            json!({ "mountPoints": [{ "sourceVolume": "v", "containerPath": "/v" }] }),
            "InvalidReference .mountPoints[0].sourceVolume",
        ),
        (json!({ "portMappings": [{}] }), "MissingMember .portMappings[0].containerPort"),
        (
            json!({ "portMappings": [{ "containerPort": 70000 }] }),
            "InvalidValue .portMappings[0].containerPort",
        ),
        (
            json!({ "portMappings": [{ "containerPort": 1, "hostPort": -1 }] }),
            "InvalidValue .portMappings[0].hostPort",
        ),
        (
            json!({ "portMappings": [{ "containerPort": 1 }, { "containerPort": 1 }] }),
            "InvalidValue .portMappings[1]",
        ),
        (
            json!({ "portMappings": [{ "containerPort": 1, "hostPort": 0 }] }),
            "DynamicHostPortDropped .portMappings[0].hostPort",
        ),
    ] {
        let (code, path) = expected.split_once(' ').unwrap();
        assert_eq!(told(&container(&patch), &json!({})), [format!("{code} {AT}{path}")], "{patch}");
    }
    for user in ["0", "root", "1000", "1000:1000", "root:root"] {
        assert!(told(&container(&json!({ "user": user })), &json!({})).is_empty(), "{user}");
    }
}

#[test]
fn task_definitions() {
    let two = |a: Value, b: Value| json!({ "containerDefinitions": [a, b] });
    let named = |name: &str| json!({ "name": name, "image": "i:1", "memory": 64 });
    let listens = |name: &str| json!({ "name": name, "image": "i:1", "memory": 64, "portMappings": [{ "containerPort": 80 }] });
    for (patch, expected) in [
        (json!({ "family": null }), "MissingMember family"),
        (json!({ "containerDefinitions": [] }), "MissingMember containerDefinitions"),
        (container(&json!({ "essential": false })), "InvalidValue containerDefinitions"),
        (two(named("a"), named("a")), "InvalidValue containerDefinitions[1].name"),
        (two(listens("a"), listens("b")), "PortCollision containerDefinitions[1].portMappings"),
        (json!({ "cpu": "lots" }), "InvalidValue cpu"),
        (json!({ "cpu": "64" }), "InvalidValue cpu"),
        (json!({ "memory": "64" }), "InvalidValue containerDefinitions[0].memory"),
        (merged(&two(named("a"), named("b")), &json!({ "memory": "100" })), "InvalidValue memory"),
        (merged(&container(&json!({ "cpu": 512 })), &json!({ "cpu": "256" })), "InvalidValue cpu"),
        (json!({ "networkMode": "host" }), "NotGranted networkMode"),
        (json!({ "taskRoleArn": "role" }), "RoleWithoutAccount taskRoleArn"),
        (json!({ "taskRoleArn": "arn:aws:iam::1:role/r" }), "TrustPolicyChangeRequired taskRoleArn"),
        (
            json!({ "volumes": [{ "name": "v", "host": { "sourcePath": "/etc" } }] }),
            "NotGranted volumes[0].host.sourcePath",
        ),
        (
            json!({ "volumes": [{ "name": "v", "efsVolumeConfiguration": {} }] }),
            "MissingMember volumes[0].efsVolumeConfiguration.fileSystemId",
        ),
        (
            json!({ "volumes": [{ "name": "v", "efsVolumeConfiguration": { "fileSystemId": "fs-12345678", "authorizationConfig": { "accessPointId": "fsap-12345678" } } }] }),
            "InvalidValue volumes[0].efsVolumeConfiguration.transitEncryption",
        ),
        (
            json!({ "volumes": [{ "name": "v", "configuredAtLaunch": true }] }),
            "MissingMember volumeConfigurations",
        ),
        (
            json!({ "placementConstraints": [{ "type": "memberOf", "expression": "runningTasksCount == 1" }] }),
            "ConstraintNotApplied placementConstraints[0].expression",
        ),
        (
            json!({ "placementConstraints": [{ "type": "memberOf", "expression": "attribute:a = b" }] }),
            "InvalidValue placementConstraints[0].expression",
        ),
        (
            json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256" }),
            "MissingMember memory",
        ),
        (
            json!({ "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "4096" }),
            "InvalidValue memory",
        ),
        (
            json!({ "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512" }),
            "InvalidValue networkMode",
        ),
        (
            json!({ "kubernetes": { "containers": { "other": {} } } }),
            "InvalidReference kubernetes.containers.other",
        ),
    ] {
        assert_eq!(told(&patch, &json!({})), [expected], "{patch}");
    }
}

pub(super) fn merged(base: &Value, patch: &Value) -> Value {
    let mut value = base.clone();
    merge(&mut value, patch);
    value
}

#[test]
fn services() {
    let strategy = |items: Value| json!({ "capacityProviderStrategy": items });
    let deployment = |min: i32, max: i32| json!({ "deploymentConfiguration": { "minimumHealthyPercent": min, "maximumPercent": max } });
    for (patch, expected) in [
        (json!({ "serviceName": "" }), "MissingMember serviceName"),
        (json!({ "taskDefinition": null }), "MissingMember taskDefinition"),
        (json!({ "cluster": "shop" }), "ClusterMismatch cluster"),
        (json!({ "desiredCount": -1 }), "InvalidValue desiredCount"),
        (deployment(100, 100), "InvalidValue deploymentConfiguration"),
        (deployment(75, 100), "DeploymentConfigurationBlocks deploymentConfiguration"),
        (deployment(120, 200), "InvalidValue deploymentConfiguration.minimumHealthyPercent"),
        (
            json!({ "deploymentController": { "type": "CODE_DEPLOY" } }),
            "DeploymentControllerUnsupported deploymentController.type",
        ),
        (
            json!({ "deploymentConfiguration": { "strategy": "CANARY" } }),
            "DeploymentStrategyUnsupported deploymentConfiguration.strategy",
        ),
        (
            json!({ "schedulingStrategy": "DAEMON", "deploymentConfiguration": { "maximumPercent": 200 } }),
            "InvalidValue deploymentConfiguration.maximumPercent",
        ),
        (
            json!({ "schedulingStrategy": "DAEMON", "placementStrategy": [{ "type": "random" }] }),
            "InvalidValue placementStrategy",
        ),
        (
            json!({ "placementConstraints": [{ "type": "distinctInstance", "expression": "x" }] }),
            "InvalidValue placementConstraints[0].expression",
        ),
        (
            json!({ "placementStrategy": [{ "type": "binpack", "field": "cpu" }] }),
            "StrategyNotApplied placementStrategy[0]",
        ),
        (json!({ "placementStrategy": [{ "type": "spread" }] }), "MissingMember placementStrategy[0].field"),
        (
            json!({ "networkConfiguration": { "awsvpcConfiguration": {} } }),
            "InvalidValue networkConfiguration",
        ),
        (
            strategy(json!([{ "capacityProvider": "other", "weight": 1 }])),
            "CapacityProviderNotFound capacityProviderStrategy[0].capacityProvider",
        ),
        (
            strategy(json!([{ "capacityProvider": "spot" }, { "capacityProvider": "spot", "weight": 1 }])),
            "InvalidValue capacityProviderStrategy[1].capacityProvider",
        ),
        (
            strategy(json!([{ "capacityProvider": "spot", "weight": 1001 }])),
            "InvalidValue capacityProviderStrategy[0].weight",
        ),
        (
            merged(&strategy(json!([{ "capacityProvider": "spot" }])), &json!({ "launchType": "EC2" })),
            "InvalidValue launchType",
        ),
        (
            json!({ "volumeConfigurations": [{ "name": "v" }] }),
            "InvalidReference volumeConfigurations[0].name",
        ),
        (json!({ "kubernetes": { "minReadySeconds": -1 } }), "InvalidValue kubernetes.minReadySeconds"),
        (json!({ "kubernetes": { "serviceAccountName": "A" } }), "InvalidName kubernetes.serviceAccountName"),
    ] {
        assert_eq!(told(&json!({}), &patch), [expected], "{patch}");
    }
}

#[test]
fn a_fallback_rolls_instead_of_refusing() {
    let service = json!({
        "deploymentController": { "type": "CODE_DEPLOY" },
        "kubernetes": { "deploymentFallback": "Rolling" },
    });
    assert!(told(&json!({}), &service).is_empty());
}

#[test]
fn a_provider_is_for_some_namespaces() {
    let mut inputs =
        inputs(&json!({}), &json!({ "capacityProviderStrategy": [{ "capacityProvider": "spot" }] }));
    let other = Context { namespace: "shop".into(), ..context() };
    let (model, findings) = super::service(&inputs, &other);
    let findings = [findings.task_definition, findings.service].concat();
    assert!(model.is_none() && findings[0].code == "NotGranted", "{findings:?}");
    // Another object may hold the provider of that name: the label is the object's own name.
    let spec = inputs.providers.remove("spot").unwrap();
    inputs.providers.insert("cheap".into(), spec);
    let (model, _) = super::service(&inputs, &context());
    assert_eq!(model.unwrap().capacity[0].label, "cheap");
}

#[test]
fn providers() {
    let kubernetes = |options: Value| json!({ "name": "spot", "kubernetes": options });
    let tolerates = |t: Value| kubernetes(json!({ "nodeSelector": { "a": "b" }, "tolerations": [t] }));
    for (spec, expected) in [
        (json!({}), "MissingMember name"),
        (json!({ "name": "spot" }), "CapacityProviderNeedsLabel kubernetes.nodeSelector"),
        (
            merged(&kubernetes(json!({ "nodeSelector": { "a": "b" } })), &json!({ "name": "ecs-x" })),
            "InvalidName name",
        ),
        (kubernetes(json!({ "nodeSelector": { "a": "b c" } })), "InvalidValue kubernetes.nodeSelector.a"),
        (tolerates(json!({ "operator": "Equal" })), "InvalidValue kubernetes.tolerations[0]"),
        (
            tolerates(json!({ "key": "a", "operator": "Exists", "value": "b" })),
            "InvalidValue kubernetes.tolerations[0]",
        ),
        (tolerates(json!({ "key": "a", "tolerationSeconds": 3 })), "InvalidValue kubernetes.tolerations[0]"),
    ] {
        let spec: CapacityProviderSpec = serde_json::from_value(spec).unwrap();
        let (model, findings) = super::provider("spot", &spec, &context());
        let told: Vec<String> = findings.iter().map(|f| format!("{} {}", f.code, f.path)).collect();
        assert_eq!(told, [expected]);
        assert_eq!(model.is_none(), any_error(&findings));
    }
}
