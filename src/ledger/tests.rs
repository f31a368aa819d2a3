use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use crate::finding::Severity;

/// Every member path of a schema, `[]` for list elements and `*` for map values.
fn members(schema: &Value) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    walk(schema, schema, "", &mut paths);
    paths
}

fn walk(root: &Value, schema: &Value, path: &str, paths: &mut BTreeSet<String>) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    for choice in ["anyOf", "allOf", "oneOf"] {
        for part in schema.get(choice).and_then(Value::as_array).into_iter().flatten() {
            walk(root, part, path, paths);
        }
    }
    if let Some(items) = schema.get("items") {
        walk(root, items, &format!("{path}[]"), paths);
    }
    if let Some(values) = schema.get("additionalProperties").filter(|v| v.is_object()) {
        walk(root, values, &format!("{path}.*"), paths);
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        paths.insert(path.clone());
        walk(root, member, &path, paths);
    }
}

fn schema(root: Root) -> Value {
    let schema = match root {
        Root::TaskDefinition => schemars::schema_for!(TaskDefinitionSpec),
        Root::Service => schemars::schema_for!(EcsServiceSpec),
        Root::CapacityProvider => schemars::schema_for!(CapacityProviderSpec),
    };
    schema.to_value()
}

#[test]
fn every_member_has_its_own_row_and_every_row_a_member() {
    for root in Root::ALL {
        let members = members(&schema(*root));
        assert!(members.len() > 10, "the schema was read");
        let mut rows: Vec<&str> = root.rows().iter().map(|row| row.path).collect();
        rows.sort_unstable();
        let twice: Vec<_> = rows.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert!(twice.is_empty(), "{root:?}: rows stand twice: {twice:#?}");
        let rows: BTreeSet<String> = rows.into_iter().map(str::to_owned).collect();
        let missing: Vec<_> = members.difference(&rows).collect();
        assert!(missing.is_empty(), "{root:?}: members without a row: {missing:#?}");
        let superfluous: Vec<_> = rows.difference(&members).collect();
        assert!(superfluous.is_empty(), "{root:?}: rows that are no members: {superfluous:#?}");
    }
}

/// Every member path of a shape of the API's own model.
fn facts(shapes: &Value, place: &Value, path: &str, paths: &mut BTreeSet<String>) {
    if let Some(shape) = place["ref"].as_str() {
        for (name, member) in shapes[shape]["members"].as_object().unwrap() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            paths.insert(path.clone());
            facts(shapes, member, &path, paths);
        }
    } else if place["list"].is_object() {
        facts(shapes, &place["list"], &format!("{path}[]"), paths);
    }
}

#[test]
fn the_rows_are_the_members_that_the_api_has() {
    let model: Value = serde_json::from_str(include_str!("../../tests/data/ecs-shapes.json")).unwrap();
    for (root, places) in [
        (Root::TaskDefinition, &[("RegisterTaskDefinitionRequest", "")][..]),
        (Root::CapacityProvider, &[("CreateCapacityProviderRequest", "")]),
        (
            Root::Service,
            &[
                ("CreateServiceRequest", ""),
                ("RegisterScalableTargetRequest", "autoScaling.scalableTarget"),
                ("PutScalingPolicyRequest", "autoScaling.scalingPolicies[]"),
                ("PutScheduledActionRequest", "autoScaling.scheduledActions[]"),
                ("PutMetricAlarmInput", "autoScaling.alarms[]"),
            ],
        ),
    ] {
        let mut wanted = BTreeSet::new();
        for (shape, path) in places {
            facts(&model["shapes"], &json!({ "ref": shape }), path, &mut wanted);
        }
        let lists = ["scalableTarget", "scalingPolicies", "scheduledActions", "alarms"];
        let own = |path: &str| {
            ["kubernetes", "autoScaling"].contains(&path)
                || path.starts_with("kubernetes.")
                || path.strip_prefix("autoScaling.").is_some_and(|path| lists.contains(&path))
        };
        let found: BTreeSet<String> =
            root.rows().iter().filter(|row| !own(row.path)).map(|row| row.path.to_owned()).collect();
        let difference: Vec<_> = found.symmetric_difference(&wanted).collect();
        assert!(difference.is_empty(), "{root:?}: {difference:#?}");
    }
}

#[test]
fn every_row_says_why_in_a_sentence() {
    for row in Root::ALL.iter().flat_map(|root| root.rows()) {
        assert!(row.about.len() > 10 && row.about.ends_with('.'), "{}: {:?}", row.path, row.about);
        if let Some(code) = row.treatment.code() {
            let severity = match row.treatment {
                Treatment::Refused(_) => Severity::Error,
                Treatment::Lossy(_) => Severity::Warning,
                Treatment::NotApplicable(_) => Severity::Info,
                // The code speaks of the values that make a difference.
                _ => continue,
            };
            assert_eq!(code.severity(), severity, "{}", row.path);
        }
    }
}

#[test]
fn the_nearest_row_decides_about_what_ecs_does_not_know() {
    let found = |path| row(Root::TaskDefinition, path).map(|r| r.path);
    assert_eq!(
        found("containerDefinitions[].logConfiguration.colour"),
        Some("containerDefinitions[].logConfiguration")
    );
    assert_eq!(
        found("kubernetes.containers.*.imagePullPolicy"),
        Some("kubernetes.containers.*.imagePullPolicy")
    );
    assert_eq!(found("nonsense"), None);
}

fn told(root: Root, spec: &Value) -> Vec<String> {
    untranslated(root, spec).iter().map(|f| format!("{} {}", f.code, f.path)).collect()
}

#[test]
fn what_is_set_and_not_carried_over_is_told_once_at_its_highest_place() {
    let spec = json!({
        "family": "web",
        "containerDefinitions": [
            { "name": "a", "ulimits": [{ "name": "core", "softLimit": 0 }] },
            { "name": "b", "secrets": [{ "name": "A" }], "interactive": false, "stopTimeout": 30 },
        ],
        "ephemeralStorage": {}, "pidMode": "", "volumes": [], "ipcMode": null,
    });
    assert_eq!(told(Root::TaskDefinition, &spec), ["UlimitsNotApplied containerDefinitions[0].ulimits",]);
    let service = json!({
        "loadBalancers": [{ "targetGroupArn": "arn", "containerName": "a", "containerPort": 80 }],
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["s"], "assignPublicIp": "DISABLED" } },
        "deploymentConfiguration": { "minimumHealthyPercent": 50, "alarms": { "enable": true } },
        "kubernetes": { "placement": "Native" },
    });
    assert_eq!(
        told(Root::Service, &service),
        [
            "DeploymentAlarmsNotApplied deploymentConfiguration.alarms",
            "SubnetsNotApplied networkConfiguration.awsvpcConfiguration.subnets",
        ]
    );
}

#[test]
fn only_some_changes_deploy() {
    let service = json!({
        "desiredCount": 3,
        "launchType": null,
        "loadBalancers": [],
        "platformVersion": "1.4.0",
        "capacityProviderStrategy": [{ "capacityProvider": "a", "weight": 1 }, { "capacityProvider": "b" }],
        "deploymentConfiguration": { "maximumPercent": 150 },
        "kubernetes": { "scaledCount": 4, "forceNewDeployment": "1", "minReadySeconds": 3 },
    });
    assert_eq!(
        deploys(Root::Service, &service),
        json!({
            "platformVersion": "1.4.0",
            "capacityProviderStrategy": [{ "capacityProvider": "a" }, { "capacityProvider": "b" }],
            "kubernetes": { "forceNewDeployment": "1" },
        })
    );
    let task = json!({
        "family": "web",
        "tags": [{ "key": "team" }],
        "containerDefinitions": [{ "name": "a", "environment": [{ "name": "A", "value": "" }], "command": [] }],
        "kubernetes": { "revision": 4 },
    });
    assert_eq!(
        deploys(Root::TaskDefinition, &task),
        json!({
            "family": "web",
            "containerDefinitions": [{ "name": "a", "environment": [{ "name": "A", "value": "" }]}],
        })
    );
    assert_eq!(deploys(Root::CapacityProvider, &json!({ "name": "a" })), json!({}));
}
