//! What the API server, `kubectl explain` and server-side apply need of every schema.

use serde_json::{Value, json};

use crate::{CRDS, crd, schema, walk};

/// Every place of every schema, with its kind before the path.
fn places(mut visit: impl FnMut(&str, &Value)) {
    for (kind, _) in CRDS.iter() {
        walk("", schema(kind), &mut |path, schema| {
            visit(&format!("{kind} {path}"), schema);
        });
    }
}

fn in_spec(path: &str) -> bool {
    path.contains(" spec")
}

/// Members that ECS does not know: strict, and free to use list-maps.
fn ours(path: &str) -> bool {
    !in_spec(path) || path.contains(" spec.kubernetes")
}

#[test]
fn every_member_is_described() {
    places(|path, schema| {
        let text = schema["description"].as_str().unwrap_or_default();
        let element = path.ends_with(['}', ']']) && schema["properties"].is_null();
        let standard = path.ends_with(' ') || path.ends_with(" apiVersion") || path.ends_with(" kind");
        assert!(
            !text.is_empty() || element || standard || path.ends_with(" metadata"),
            "{path} has no description"
        );
        assert!(text.is_empty() || !in_spec(path) || text.ends_with('.'), "{path}: no full stop: {text}");
        assert!(!text.contains("[`") && !text.contains(" \n"), "{path}: not for people: {text}");
    });
}

#[test]
fn every_schema_is_structural() {
    places(|path, schema| {
        let free = [&schema["x-kubernetes-int-or-string"], &schema["x-kubernetes-preserve-unknown-fields"]];
        assert!(schema["type"].is_string() || free.contains(&&json!(true)), "{path} has no type");
        for key in ["anyOf", "oneOf", "allOf", "not", "$ref", "default"] {
            assert!(schema[key].is_null(), "{path} has {key}");
        }
        if let Some(format) = schema["format"].as_str() {
            assert!(
                ["int32", "int64", "double", "date-time"].contains(&format),
                "{path} has format {format}"
            );
        }
    });
}

#[test]
fn ecs_structs_keep_unknown_members_and_ours_do_not() {
    places(|path, schema| {
        let open = schema["x-kubernetes-preserve-unknown-fields"] == true;
        if schema["properties"].is_object() {
            assert_eq!(open, !ours(path), "{path}");
        }
    });
    assert_eq!(schema("TaskDefinition")["properties"]["spec"]["x-kubernetes-preserve-unknown-fields"], true);
}

/// Null is absent: the API server drops it where `nullable` is missing, except in server-side apply, which
/// needs the word. It must not stand beside `enum` (null would always be refused) and not under `kubernetes`,
/// where the `scale` subresource could not write through it.
#[test]
fn null_is_accepted_for_what_may_be_absent() {
    places(|path, schema| {
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{name}");
            let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
            let wanted = in_spec(&path) && !ours(&path) && !required && member["enum"].is_null();
            assert_eq!(member["nullable"] == true, wanted, "{path}");
        }
        assert!(schema["items"]["nullable"].is_null(), "{path}");
    });
}

#[test]
fn ecs_lists_are_atomic() {
    places(|path, schema| {
        let kind = schema["x-kubernetes-list-type"].as_str().unwrap_or("atomic");
        assert!(kind == "atomic" || ours(path), "{path} is a list of type {kind}");
    });
}

#[test]
fn task_sizes_are_integers_or_strings() {
    let spec = &schema("TaskDefinition")["properties"]["spec"]["properties"];
    for size in ["cpu", "memory"] {
        assert_eq!(spec[size]["x-kubernetes-int-or-string"], true);
    }
}

#[test]
fn names_columns_and_subresources() {
    let mut table = String::new();
    for (kind, crd) in CRDS.iter() {
        let (spec, version) = (&crd["spec"], &crd["spec"]["versions"][0]);
        let columns = version["additionalPrinterColumns"].as_array().unwrap().iter().map(|column| {
            let wide = if column["priority"] == 1 { " (wide)" } else { "" };
            format!("{}{wide}", column["name"].as_str().unwrap())
        });
        let columns: Vec<_> = columns.collect();
        table +=
            &format!("{kind}, {}, {}: {}\n", spec["names"]["shortNames"], spec["scope"], columns.join(", "));
        assert_eq!(spec["names"]["categories"], json!(["ecs"]));
        assert!(version["subresources"]["status"].is_object());
    }
    expect_test::expect![[r#"
        TaskDefinition, ["taskdef"], "Namespaced": Family, Revision, Ready, Fidelity (wide), Age
        EcsService, ["ecssvc"], "Namespaced": Desired, Running, Pending, Task definition, Rollout, Ready, Reason (wide), Fidelity (wide), Min (wide), Max (wide), Age
        CapacityProvider, ["ecscp"], "Cluster": Provider, Nodes, Ready, Fidelity (wide), Age
    "#]].assert_eq(&table);
}

#[test]
fn a_service_can_be_scaled() {
    let paths = json!({
        "specReplicasPath": ".spec.kubernetes.scaledCount",
        "statusReplicasPath": ".status.replicas",
        "labelSelectorPath": ".status.selector",
    });
    assert_eq!(crd("EcsService")["spec"]["versions"][0]["subresources"]["scale"], paths);
}
