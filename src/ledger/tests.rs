use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};

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
fn every_member_has_a_row_and_every_row_a_member() {
    for root in Root::ALL {
        let members = members(&schema(*root));
        assert!(members.len() > 10, "the schema was read");
        for member in &members {
            let covered = row(*root, member).is_some()
                || root.rows().iter().any(|r| {
                    r.path.strip_prefix(member.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
                });
            assert!(covered, "{root:?}: {member} has no row");
        }
        for row in root.rows() {
            assert!(members.contains(row.path), "{root:?}: {} is no member", row.path);
        }
        let paths: BTreeSet<&str> = root.rows().iter().map(|r| r.path).collect();
        assert_eq!(paths.len(), root.rows().len(), "{root:?}: a row stands twice");
    }
}

#[test]
fn the_nearest_row_decides() {
    let found = |path| row(Root::TaskDefinition, path).map(|r| r.path);
    assert_eq!(
        found("containerDefinitions[].logConfiguration.options"),
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
            { "name": "a", "healthCheck": { "command": ["CMD", "true"], "retries": 3 } },
            { "name": "b", "secrets": [{ "name": "A" }, { "name": "B" }], "interactive": false, "stopTimeout": 30 },
        ],
        "ephemeralStorage": {}, "pidMode": "", "volumes": [], "ipcMode": null,
    });
    assert_eq!(
        told(Root::TaskDefinition, &spec),
        [
            "NotYetTranslated containerDefinitions[0].healthCheck",
            "NotYetTranslated containerDefinitions[1].secrets"
        ]
    );
    let service = json!({
        "loadBalancers": [{ "targetGroupArn": "arn", "containerName": "a", "containerPort": 80 }],
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["s"], "assignPublicIp": "DISABLED" } },
        "deploymentConfiguration": { "minimumHealthyPercent": 50, "alarms": { "enable": true } },
        "kubernetes": { "placement": "Native" },
    });
    assert_eq!(
        told(Root::Service, &service),
        [
            "NotYetTranslated deploymentConfiguration.alarms",
            "NotYetTranslated loadBalancers[0].targetGroupArn",
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
