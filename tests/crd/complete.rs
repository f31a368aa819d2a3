//! The schemas against the API's own model: every member, its type and its values, and nothing besides.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{facts, schema};

/// Where a request of the API stands in a schema, and what our schema has there on top.
const REQUESTS: [(&str, &str, &str, &[&str]); 7] = [
    ("TaskDefinition", "spec", "RegisterTaskDefinitionRequest", &["kubernetes"]),
    ("EcsService", "spec", "CreateServiceRequest", &["autoScaling", "kubernetes"]),
    ("CapacityProvider", "spec", "CreateCapacityProviderRequest", &["kubernetes"]),
    ("EcsService", "spec.autoScaling.scalableTarget", "RegisterScalableTargetRequest", &[]),
    ("EcsService", "spec.autoScaling.scalingPolicies[]", "PutScalingPolicyRequest", &[]),
    ("EcsService", "spec.autoScaling.scheduledActions[]", "PutScheduledActionRequest", &[]),
    ("EcsService", "spec.autoScaling.alarms[]", "PutMetricAlarmInput", &[]),
];

/// Members that the API needs and we know anyway.
const IMPLIED: [&str; 3] = ["ServiceNamespace", "ResourceId", "ScalableDimension"];

#[derive(Default)]
struct Comparison {
    differences: Vec<String>,
}

#[test]
fn schemas_are_what_the_api_takes() {
    let mut comparison = Comparison::default();
    for (kind, path, shape, extra) in REQUESTS {
        let place = path.split('.').fold(schema(kind), |schema, step| match step.strip_suffix("[]") {
            Some(list) => &schema["properties"][list]["items"],
            None => &schema["properties"][step],
        });
        comparison.shape(&format!("{kind} {path}"), place, shape, extra);
    }
    assert!(comparison.differences.is_empty(), "{}", comparison.differences.join("\n"));
}

impl Comparison {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, path: &str, what: &str, found: &T, wanted: &T) {
        if found != wanted {
            self.differences.push(format!("{path}: {what} is {found:?}, the API has {wanted:?}"));
        }
    }

    fn same_names(&mut self, path: &str, found: &BTreeSet<String>, wanted: &BTreeSet<String>) {
        let (missing, superfluous) = (wanted.difference(found), found.difference(wanted));
        let missing = missing.map(|name| format!("{path}: {name} is missing"));
        let superfluous = superfluous.map(|name| format!("{path}: the API does not have {name}"));
        self.differences.extend(missing.chain(superfluous));
    }

    fn shape(&mut self, path: &str, schema: &Value, shape: &str, extra: &[&str]) {
        let shape = &facts()["shapes"][shape];
        let mut wanted = names(&shape["members"]);
        wanted.extend(extra.iter().map(|name| (*name).to_owned()));
        self.same_names(path, &names(&schema["properties"]), &wanted);

        let mut wanted = strings(&shape["required"]);
        wanted.retain(|name| !IMPLIED.contains(&name.as_str()));
        self.same_names(&format!("required in {path}"), &strings(&schema["required"]), &wanted);

        for (name, wanted) in shape["members"].as_object().unwrap() {
            self.member(&format!("{path}.{name}"), &schema["properties"][name], wanted);
        }
    }

    fn member(&mut self, path: &str, schema: &Value, wanted: &Value) {
        let size = ["TaskDefinition spec.cpu", "TaskDefinition spec.memory"].contains(&path);
        let free = "x-kubernetes-preserve-unknown-fields";
        let (key, value) = match wanted.as_str() {
            Some("string") if size => ("x-kubernetes-int-or-string", json!(true)),
            Some("string") => ("type", json!("string")),
            Some("bool") => ("type", json!("boolean")),
            Some("int") => ("format", json!("int32")),
            Some("double") => ("format", json!("double")),
            Some("timestamp" | "json") => (free, json!(true)),
            Some(other) => panic!("{path}: the facts have a type {other}"),
            None => return self.compound(path, schema, wanted),
        };
        self.same(path, key, &schema[key], &value);
        self.same(path, "enum", &schema["enum"], &Value::Null);
    }

    fn compound(&mut self, path: &str, schema: &Value, wanted: &Value) {
        if let Some(shape) = wanted["ref"].as_str() {
            self.shape(path, schema, shape, &[]);
        } else if wanted["enum"].is_array() {
            self.same(path, "type", &schema["type"], &json!("string"));
            self.same_names(
                &format!("values of {path}"),
                &strings(&schema["enum"]),
                &strings(&wanted["enum"]),
            );
        } else if let Some(range) = wanted["int"].as_array() {
            self.same(path, "minimum", &schema["minimum"].as_f64(), &range[0].as_f64());
            self.same(path, "maximum", &schema["maximum"].as_f64(), &range[1].as_f64());
        } else if wanted["list"].is_null() {
            self.same(path, "type", &schema["type"], &json!("object"));
            self.member(&format!("{path}{{}}"), &schema["additionalProperties"], &wanted["map"][1]);
        } else {
            self.same(path, "type", &schema["type"], &json!("array"));
            // The model leaves out most limits of lists; those that it has hold.
            if wanted["max"].is_number() {
                self.same(path, "maxItems", &schema["maxItems"], &wanted["max"]);
            }
            self.member(&format!("{path}[]"), &schema["items"], &wanted["list"]);
        }
    }
}

fn strings(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect()
}
