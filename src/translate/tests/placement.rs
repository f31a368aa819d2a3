use serde_json::{Value, json};

use super::*;

fn template(constraints: &Value) -> Value {
    let definition = task(None, None, &[(0, Some(128), None)]);
    let service =
        json!({ "serviceName": "web", "taskDefinition": "web", "placementConstraints": constraints });
    let objects = rendered(&definition, &service, "1.36");
    serde_json::to_value(&deployments(&objects)[0].spec.template).unwrap()
}

fn member_of(expression: &str) -> Value {
    json!({ "type": "memberOf", "expression": expression })
}

#[test]
fn alternatives_are_terms_of_the_node_affinity() {
    let template = template(&json!([
        member_of("attribute:stack == a or attribute:ecs.instance-type == t3.micro"),
        member_of("attribute:ecs.availability-zone != eu-central-1c"),
    ]));
    let zone = json!([
        { "key": "topology.kubernetes.io/zone", "operator": "Exists" },
        { "key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["eu-central-1c"] },
    ]);
    let with = |key: &str, value: &str| {
        let mut all = vec![json!({ "key": key, "operator": "In", "values": [value] })];
        all.extend(zone.as_array().unwrap().clone());
        json!({ "matchExpressions": all })
    };
    let terms =
        [with("attribute.ecs-bridge.dev/stack", "a"), with("node.kubernetes.io/instance-type", "t3.micro")];
    let path = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    assert_eq!(template.pointer(path).unwrap(), &json!(terms));
    assert!(template["metadata"]["annotations"].is_null());
}

#[test]
fn a_membership_label_is_asked_for_and_explained_on_the_pod() {
    let expression = "attribute:ecs.instance-type =~ t3.*";
    let template = template(&json!([member_of(expression)]));
    let terms =
        &template["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let asked = &terms["nodeSelectorTerms"][0]["matchExpressions"][0];
    assert_eq!((&asked["operator"], &asked["values"]), (&json!("In"), &json!(["true"])));
    assert_eq!(template["metadata"]["annotations"][asked["key"].as_str().unwrap()], expression);
}

#[test]
fn other_tasks_are_pods_on_the_same_node() {
    let template = template(&json!([
        member_of("task:group == service:a or task:group == service:b_b"),
        member_of("not(task:group == service:batch)"),
        { "type": "distinctInstance" },
    ]));
    let affinity = &template["spec"]["affinity"];
    let required = |kind: &str| affinity[kind]["requiredDuringSchedulingIgnoredDuringExecution"].clone();
    let on_node =
        |selector: Value| json!({ "topologyKey": "kubernetes.io/hostname", "labelSelector": selector });
    let services = |names: &[&str]| {
        let key = "ecs-bridge.dev/service";
        json!({ "matchExpressions": [{ "key": key, "operator": "In", "values": names }] })
    };
    let mapped = crate::model::name::label("b_b", crate::model::name::RESOURCE);
    assert_eq!(required("podAffinity"), json!([on_node(services(&["a", &mapped]))]));
    // Tasks of all deployments of the service count.
    let own = json!({ "matchLabels": { "ecs-bridge.dev/service": "web" } });
    assert_eq!(required("podAntiAffinity"), json!([on_node(own), on_node(services(&["batch"]))]));
    assert!(affinity["nodeAffinity"].is_null());
}
