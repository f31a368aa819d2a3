use serde_json::{Value, json};

use super::*;

fn member_of(expressions: &[&str]) -> Value {
    let one = |e: &&str| json!({ "type": "memberOf", "expression": e });
    json!({ "placementConstraints": expressions.iter().map(one).collect::<Vec<_>>() })
}

#[test]
fn what_becomes_of_an_expression_is_said() {
    let path = "placementConstraints[0].expression";
    for (expression, expected) in [
        ("attribute:ecs.instance-type in [t3.micro] and task:group == service:web", &[][..]),
        ("attribute:stack == prod", &["AttributeNeedsLabel"]),
        ("attribute:ecs.capability.task-eni exists", &["CapabilityAssumed"]),
        ("attribute:ecs.instance-type =~ t3.*", &["NotGranted", "AutoscalerBlind"]),
        ("not(attribute:stack == 'a b')", &["AttributeNeedsLabel"]),
        ("not(attribute:ecs.cpu-architecture == amd64)", &["AttributeHasNoLabel"]),
        ("task:group == batch", &["AttributeNeedsLabel"]),
        ("task:group =~ service:.*", &["PlacementNotExpressible"]),
        ("runningTasksCount < 3", &["ConstraintNotApplied"]),
        ("agentVersion < 1.2", &["CapabilityAssumed", "PlacementUnsatisfiable"]),
        ("attribute:stack", &["InvalidValue"]),
        ("", &["MissingMember"]),
    ] {
        let expected: Vec<String> = expected.iter().map(|code| format!("{code} {path}")).collect();
        assert_eq!(told(&json!({}), &member_of(&[expression])), expected, "{expression}");
        assert_eq!(told(&member_of(&[expression]), &json!({})), expected, "of the task: {expression}");
    }
}

#[test]
fn constraints_of_service_and_task_definition_have_to_agree() {
    let zone = |name: &str| format!("attribute:ecs.availability-zone == {name}");
    let (a, b) = (zone("a"), zone("b"));
    assert!(told(&member_of(&[&a]), &member_of(&[&a])).is_empty());
    let unsatisfiable = "PlacementUnsatisfiable placementConstraints[0].expression";
    assert_eq!(told(&member_of(&[&a]), &member_of(&[&b])), [unsatisfiable]);
}

#[test]
fn a_syntax_error_points_at_its_place() {
    let (_, findings) =
        super::super::service(&inputs(&json!({}), &member_of(&["attribute:a = b"])), &context());
    assert_eq!(
        findings.service[0].message,
        "\"=\" is no operator: equality is \"==\", at character 13.\n    attribute:a = b\n                ^"
    );
}

#[test]
fn a_daemon_cannot_ask_for_other_tasks() {
    let mut service = member_of(&["task:group == service:web"]);
    service["schedulingStrategy"] = "DAEMON".into();
    service["desiredCount"] = Value::Null;
    assert_eq!(told(&json!({}), &service), ["PlacementNotExpressible placementConstraints"]);
}

#[test]
fn spreading_over_an_attribute_needs_its_label() {
    let strategy = json!([{ "type": "spread", "field": "attribute:rack" }]);
    let told = told(&json!({}), &json!({ "placementStrategy": strategy }));
    assert_eq!(told, ["AttributeNeedsLabel placementStrategy[0].field"]);
}
