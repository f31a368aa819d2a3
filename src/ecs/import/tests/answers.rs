//! What answers of the API have beyond requests.

use super::*;

#[test]
fn tags_that_aws_sets_are_left_out_of_answers_and_of_nothing_else() {
    let tags = json!([
        {"key": "team", "value": "a"}, {"key": "aws:cloudformation:stack-name", "value": "s"}, {"key": "AWS:x", "value": ""},
        {"key": "stage", "value": "b"},
    ]);
    let task = json!({"family": "web", "containerDefinitions": [{"name": "a", "image": "b", "memory": 128}], "tags": tags});
    let service = json!({"serviceName": "web", "taskDefinition": "web", "desiredCount": 3, "tags": tags});
    let answers = [
        (
            "t.json",
            json!({"taskDefinition": {"family": "web", "containerDefinitions": task["containerDefinitions"]}, "tags": tags}),
        ),
        ("s.json", json!({"services": [service]})),
    ];
    let (resources, said) = import(&answers, &Options::default());
    for resource in &resources {
        let keys: Vec<_> =
            resource["spec"]["tags"].as_array().unwrap().iter().map(|tag| tag["key"].clone()).collect();
        assert_eq!(keys, ["team", "stage"]);
    }
    assert_eq!(
        said,
        [
            "NotApplicable taskDefinition.tags[1]",
            "NotApplicable taskDefinition.tags[2]",
            "NotApplicable services[0].tags[1]",
            "NotApplicable services[0].tags[2]",
        ]
    );
    let resource = json!({
        "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "metadata": {"name": "web"}, "spec": service,
    });
    let (resources, said) = import(&[("s.json", resource)], &Options::default());
    assert_eq!(resources[0]["spec"]["tags"], tags, "a custom resource says what it means");
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn ecs_counts_the_tasks_of_a_daemon_service() {
    let service = json!({"serviceName": "agent", "taskDefinition": "agent", "schedulingStrategy": "DAEMON", "desiredCount": 3});
    let (resources, said) = import(&[("s.json", json!({"services": [service]}))], &Options::default());
    assert_eq!(resources[0]["spec"].get("desiredCount"), None);
    assert_eq!(said, ["OutputOnlyMember services[0].desiredCount"]);
    let resource = json!({
        "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService", "metadata": {"name": "agent"}, "spec": service,
    });
    let (resources, said) = import(&[("s.json", resource)], &Options::default());
    assert_eq!(resources[0]["spec"]["desiredCount"], 3, "a custom resource says what it means");
    assert_eq!(said, Vec::<String>::new());
}
