mod answers;

use serde_json::{Value, json};

use super::*;
use crate::finding::Code;

/// Imports files; resources as JSON, findings as `code path`.
fn import(files: &[(&str, Value)], options: &Options) -> (Vec<Value>, Vec<String>) {
    let bytes: Vec<Vec<u8>> = files.iter().map(|(_, value)| value.to_string().into_bytes()).collect();
    let mut definitions = Vec::new();
    let mut notes = Vec::new();
    for (index, ((name, _), bytes)) in files.iter().zip(&bytes).enumerate() {
        let mut loaded = load(index, name, bytes, true, options);
        definitions.append(&mut loaded.definitions);
        notes.append(&mut loaded.notes);
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let mut run = assemble(definitions, &names, options);
    run.notes.append(&mut notes);
    let resources = run.resources.iter().map(|imported| match &imported.resource {
        Resource::TaskDefinition(resource) => serde_json::to_value(resource),
        Resource::Service(resource) => serde_json::to_value(resource),
        Resource::CapacityProvider(resource) => serde_json::to_value(resource),
    });
    let resources = resources.map(|value| value.expect("JSON")).collect();
    let said = run.notes.iter().map(|note| format!("{} {}", note.finding.code, note.finding.path)).collect();
    (resources, said)
}

fn task(family: &str) -> Value {
    json!({"family": family, "containerDefinitions": [{"name": "app", "image": "nginx:1"}]})
}

#[test]
fn a_definition_becomes_a_custom_resource() {
    let (resources, said) = import(&[("web.json", task("web"))], &Options::default());
    assert_eq!(
        resources,
        [json!({
            "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "TaskDefinition",
            "metadata": {"name": "web", "namespace": "default"}, "spec": task("web"),
        })]
    );
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn names_that_kubernetes_cannot_spell_are_mapped_and_said() {
    let (resources, said) = import(&[("web.json", task("My_App"))], &Options::default());
    let metadata = &resources[0]["metadata"];
    assert_eq!(metadata["name"], crate::model::name::label("My_App", 40));
    assert_eq!(metadata["annotations"]["ecs-bridge.dev/ecs-name"], "My_App");
    assert_eq!(said, ["NameChanged family"]);
}

#[test]
fn the_cluster_names_the_namespace_of_the_service_and_its_task_definition() {
    let service =
        |name: &str, cluster: &str| json!({"serviceName": name, "cluster": cluster, "taskDefinition": "web"});
    let files = [
        ("t.json", task("web")),
        ("a.json", service("a", "arn:aws:ecs:r:123456789012:cluster/prod")),
        ("b.json", service("b", "stage")),
    ];
    let (resources, _) = import(&files, &Options::default());
    let places: Vec<String> = resources
        .iter()
        .map(|r| {
            format!("{} {}/{}", r["kind"], r["metadata"]["namespace"], r["metadata"]["name"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        places,
        ["TaskDefinition prod/web", "TaskDefinition stage/web", "EcsService prod/a", "EcsService stage/b"]
    );
    let options = Options { namespace: Some("one".to_owned()), ..Options::default() };
    let (resources, _) = import(&files, &options);
    assert!(resources.iter().all(|resource| resource["metadata"]["namespace"] == "one"));
    assert_eq!(resources.len(), 3);
}

#[test]
fn the_highest_revision_counts() {
    let answer = |revision: i64| json!({"taskDefinition": {"family": "web", "revision": revision, "cpu": revision.to_string()}});
    let files = [("a.json", answer(9)), ("b.json", answer(10)), ("c.json", answer(2))];
    let (resources, said) = import(&files, &Options::default());
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0]["spec"]["kubernetes"]["revision"], 10);
    assert_eq!(resources[0]["spec"]["cpu"], "10");
    assert_eq!(said.iter().filter(|said| *said == "Superseded taskDefinition.family").count(), 2);
}

#[test]
fn two_different_definitions_without_a_revision_are_refused_and_the_rest_is_not() {
    let mut other = task("web");
    other["cpu"] = json!("256");
    let (resources, said) =
        import(&[("a.json", task("web")), ("b.json", other), ("c.json", task("c"))], &Options::default());
    assert_eq!(resources.len(), 1);
    assert_eq!(said, ["DuplicateDefinition family", "DuplicateDefinition family"]);
    let (resources, said) = import(&[("a.json", task("web")), ("b.json", task("web"))], &Options::default());
    assert_eq!((resources.len(), said), (1, vec!["Superseded family".to_owned()]));
}

#[test]
fn a_pinned_service_follows_the_family_of_the_run() {
    let definition = json!({"taskDefinition": {"family": "web", "revision": 7}});
    let service = |reference: &str| json!({"serviceName": "web", "taskDefinition": reference});
    for (reference, expected, code) in [
        ("web:7", "web", "FollowsFamily"),
        ("arn:aws:ecs:r:123456789012:task-definition/web:7", "web", "FollowsFamily"),
        ("web:5", "web", "RevisionMismatch"),
        ("other:5", "other:5", ""),
    ] {
        let files = [("t.json", definition.clone()), ("s.json", service(reference))];
        let (resources, said) = import(&files, &Options::default());
        assert_eq!(resources[1]["spec"]["taskDefinition"], expected);
        assert_eq!(
            said.iter().any(|said| said == &format!("{code} taskDefinition")),
            !code.is_empty(),
            "{said:?}"
        );
        let (resources, _) = import(&files, &Options { keep_pins: true, ..Options::default() });
        assert_eq!(resources[1]["spec"]["taskDefinition"], reference);
    }
}

#[test]
fn what_is_left_out_is_supplied_or_assumed() {
    let files = [
        ("ci/task def.json", json!([{"name": "app", "image": "nginx:1"}])),
        ("svc.json", json!({"desiredCount": 2})),
    ];
    let (resources, said) = import(&files, &Options::default());
    assert_eq!(resources[0]["spec"]["family"], "task-def");
    assert_eq!(resources[1]["spec"]["serviceName"], "svc");
    assert_eq!(resources[1]["spec"]["taskDefinition"], "task-def");
    assert_eq!(said, ["NameAssumed family", "NameAssumed serviceName", "NameAssumed taskDefinition"]);
    let options = Options {
        family: Some("web".to_owned()),
        service_name: Some("front".to_owned()),
        task_definition: Some("web:3".to_owned()),
        keep_pins: true,
        ..Options::default()
    };
    let (resources, said) = import(&files, &options);
    assert_eq!(resources[0]["spec"]["family"], "web");
    assert_eq!(resources[1]["spec"]["serviceName"], "front");
    assert_eq!(resources[1]["spec"]["taskDefinition"], "web:3");
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn an_answer_tells_more_than_a_request() {
    let answer = json!({"services": [{
        "serviceName": "web", "clusterArn": "arn:aws:ecs:r:123456789012:cluster/prod", "taskDefinition": "web:1",
        "status": "DRAINING", "runningCount": 2, "desiredCount": 3,
        "deployments": [
            {"status": "ACTIVE", "volumeConfigurations": [{"name": "old"}]},
            {"status": "PRIMARY", "volumeConfigurations": [{"name": "new"}]},
        ],
    }]});
    let (resources, said) = import(&[("s.json", answer)], &Options::default());
    assert_eq!(resources[0]["metadata"]["namespace"], "prod");
    assert_eq!(resources[0]["spec"]["volumeConfigurations"][0]["name"], "new");
    assert_eq!(resources[0]["spec"]["desiredCount"], 3);
    assert!(said.contains(&"InactiveOnEcs services[0].status".to_owned()), "{said:?}");
    assert!(said.contains(&"OutputOnlyMember services[0].runningCount".to_owned()), "{said:?}");
}

#[test]
fn auto_scaling_finds_its_service() {
    let service = json!({"serviceName": "web", "cluster": "prod", "taskDefinition": "web"});
    let target =
        |id: &str| json!({"ScalableTargets": [{"ResourceId": id, "MinCapacity": 1, "MaxCapacity": 4}]});
    let policy = json!({"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling"});
    let files = [("t.json", target("service/prod/web")), ("p.json", policy), ("s.json", service.clone())];
    let (resources, said) = import(&files, &Options::default());
    let scaling = &resources[0]["spec"]["autoScaling"];
    assert_eq!(scaling["scalableTarget"]["MaxCapacity"], 4);
    assert_eq!(scaling["scalingPolicies"][0]["PolicyName"], "cpu");
    assert_eq!(said, ["NameAssumed ResourceId"]);
    let (resources, said) =
        import(&[("t.json", target("service/prod/api")), ("s.json", service)], &Options::default());
    assert_eq!(resources[0]["spec"].get("autoScaling"), None);
    assert_eq!(said, ["ServiceNotFound ScalableTargets[0].ResourceId"]);
}

#[test]
fn a_service_is_made_up_when_asked_for() {
    let mut fargate = task("job");
    fargate["requiresCompatibilities"] = json!(["FARGATE"]);
    let options = Options { with_service: true, ..Options::default() };
    let files = [
        ("a.json", fargate),
        ("b.json", task("web")),
        ("s.json", json!({"serviceName": "x", "taskDefinition": "web"})),
    ];
    let (resources, said) = import(&files, &options);
    let services: Vec<&Value> = resources.iter().filter(|r| r["kind"] == "EcsService").collect();
    assert_eq!(services.len(), 2);
    assert_eq!(services[0]["spec"]["launchType"], "FARGATE");
    assert_eq!(services[0]["spec"]["desiredCount"], 1);
    assert_eq!(said, ["ServiceAssumed family"]);
}

#[test]
fn a_custom_resource_stays_what_it_is() {
    let resource = json!({
        "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": "EcsService",
        "metadata": {"name": "mine", "namespace": "there", "labels": {"a": "b"}},
        "spec": {"serviceName": "web", "taskDefinition": "web:7"},
    });
    let (resources, _) =
        import(&[("r.json", resource.clone()), ("t.json", task("web"))], &Options::default());
    assert_eq!(resources[1], resource);
}

#[test]
fn two_names_that_meet_are_refused() {
    let taken = crate::model::name::label("My_App", 40);
    let (resources, said) =
        import(&[("a.json", task("My_App")), ("b.json", task(&taken))], &Options::default());
    assert_eq!(resources.len(), 1);
    assert!(said.contains(&"NameCollision ".to_owned()), "{said:?}");
}

#[test]
fn no_file_name_means_no_name() {
    let (resources, said) = import(&[("-", json!([{"name": "a", "image": "b"}]))], &Options::default());
    assert_eq!(resources, Vec::<Value>::new());
    assert_eq!(said, ["MissingMember family"]);
}

#[test]
fn what_is_referred_to_comes_first() {
    let files = [
        ("s.json", json!({"serviceName": "a", "taskDefinition": "web"})),
        ("t.json", task("web")),
        ("p.json", json!({"name": "z", "autoScalingGroupProvider": {"autoScalingGroupArn": "x"}})),
    ];
    let (resources, _) = import(&files, &Options::default());
    let kinds: Vec<&Value> = resources.iter().map(|resource| &resource["kind"]).collect();
    assert_eq!(kinds, ["CapacityProvider", "TaskDefinition", "EcsService"]);
}

#[test]
fn stdin_names_nothing() {
    let containers = json!([{"name": "app", "image": "nginx:1"}]);
    let (_, said) = import(&[("-", containers.clone())], &Options::default());
    assert_eq!(said, ["MissingMember family"]);
    let options = Options { family: Some("web".to_owned()), ..Options::default() };
    let (resources, said) = import(&[("-", containers)], &options);
    assert_eq!((resources.len(), said), (1, Vec::<String>::new()));
}

#[test]
fn what_scales_a_service_keeps_its_own_place() {
    let target = json!({"ResourceId": "service/default/web", "MinCapacity": 1, "MaxCapacity": 2});
    let policy = |name: &str| json!({"PolicyName": name, "ResourceId": "service/default/web"});
    let files = [
        ("s.json", json!({"serviceName": "web", "taskDefinition": "web"})),
        ("t.json", target),
        ("p.json", json!({"ScalingPolicies": [policy("a"), policy("a"), policy("b")]})),
    ];
    let bytes: Vec<Vec<u8>> = files.iter().map(|(_, value)| value.to_string().into_bytes()).collect();
    let options = Options::default();
    let definitions = files
        .iter()
        .zip(&bytes)
        .enumerate()
        .flat_map(|(index, ((name, _), bytes))| load(index, name, bytes, true, &options).definitions);
    let run = assemble(definitions.collect(), &["s.json", "t.json", "p.json"], &options);
    for (path, file, there) in [
        ("autoScaling", 0, "autoScaling"),
        ("autoScaling.scalableTarget", 1, ""),
        ("autoScaling.scalableTarget.RoleARN", 1, "RoleARN"),
        ("autoScaling.scalingPolicies[1].PolicyType", 2, "ScalingPolicies[2].PolicyType"),
        ("autoScaling.scalingPolicies[10]", 0, "autoScaling.scalingPolicies[10]"),
    ] {
        let note = run.resources[0].note(Finding::new(Code::NotApplicable, path, ""));
        assert_eq!((note.file, note.finding.path.as_str()), (Some(file), there), "{path}");
    }
}

#[test]
fn providers_that_every_account_has_are_not_made_again() {
    let provider = |name: &str| {
        let arn = format!("arn:aws:ecs:eu-west-1:123456789012:capacity-provider/{name}");
        json!({ "name": name, "capacityProviderArn": arn, "status": "ACTIVE" })
    };
    let answer =
        json!({ "capacityProviders": [provider("FARGATE"), provider("FARGATE_SPOT"), provider("spot")] });
    let (resources, said) = import(&[("providers.json", answer)], &Options::default());
    let names: Vec<_> = resources.iter().map(|resource| resource["spec"]["name"].clone()).collect();
    assert_eq!(names, ["spot"]);
    let predefined: Vec<_> = said.iter().filter(|said| said.starts_with("NotApplicable")).collect();
    assert_eq!(
        predefined,
        ["NotApplicable capacityProviders[0].name", "NotApplicable capacityProviders[1].name"]
    );
}

#[test]
fn alarms_go_to_the_services_whose_policies_they_set_in_motion() {
    let service = json!({"serviceName": "web", "cluster": "prod", "taskDefinition": "web"});
    let tracking = json!({"TargetValue": 50});
    let policies = json!({"ScalingPolicies": [
        {"PolicyName": "out", "ResourceId": "service/prod/web", "StepScalingPolicyConfiguration": {"Cooldown": 60}},
        {"PolicyName": "cpu", "ResourceId": "service/prod/web", "TargetTrackingScalingPolicyConfiguration": tracking},
    ]});
    let arn = |service: &str, policy: &str| {
        format!(
            "arn:aws:autoscaling:eu-west-1:1:scalingPolicy:6d8:resource/ecs/service/{service}:policyName/{policy}"
        )
    };
    let alarm =
        |name: &str, action: String| json!({"AlarmName": name, "AlarmActions": [action], "StateValue": "OK"});
    let alarms = json!({"CompositeAlarms": [], "MetricAlarms": [
        alarm("high", arn("prod/web", "out")),
        alarm("named", "out".to_owned()),
        alarm("TargetTracking-service/prod/web-AlarmHigh-1", arn("prod/web", "cpu")),
        alarm("elsewhere", arn("prod/api", "out")),
        alarm("pager", "arn:aws:sns:eu-west-1:1:pager".to_owned()),
        alarm("high", arn("prod/web", "out")),
    ]});
    let files = [("a.json", alarms), ("p.json", policies), ("s.json", service)];
    let (resources, said) = import(&files, &Options::default());
    let taken = resources[0]["spec"]["autoScaling"]["alarms"].as_array().unwrap();
    let names: Vec<_> = taken.iter().map(|alarm| alarm["AlarmName"].clone()).collect();
    assert_eq!(names, ["high", "named"]);
    let said: Vec<_> = said.iter().filter(|said| said.starts_with("NotApplicable")).collect();
    assert_eq!(
        said,
        [
            "NotApplicable MetricAlarms[2].AlarmName",
            "NotApplicable MetricAlarms[3].AlarmActions",
            "NotApplicable MetricAlarms[4].AlarmActions"
        ]
    );
}

fn resource(kind: &str, metadata: Value, spec: &Value) -> Value {
    json!({ "apiVersion": "ecs-bridge.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec })
}

#[test]
fn a_custom_resource_stays_in_its_namespace_and_another_one_on_the_command_line_is_refused() {
    let file = |namespace: Value| {
        [("r.json", resource("TaskDefinition", json!({"name": "web", "namespace": namespace}), &task("web")))]
    };
    let options = Options { namespace: Some("prod".to_owned()), ..Options::default() };
    let (resources, said) = import(&file("media".into()), &options);
    assert_eq!((resources.len(), said), (0, vec!["NamespaceMismatch metadata.namespace".to_owned()]));
    for same in ["prod".into(), "".into(), Value::Null] {
        let (resources, said) = import(&file(same), &options);
        assert_eq!((&resources[0]["metadata"]["namespace"], said), (&json!("prod"), Vec::new()));
    }
    let provider = json!({"name": "spot", "kubernetes": {}});
    let metadata = json!({"name": "spot", "namespace": "media"});
    let (resources, said) =
        import(&[("p.json", resource("CapacityProvider", metadata, &provider))], &options);
    assert_eq!((resources.len(), said), (1, Vec::new()), "it is in no namespace");
}

#[test]
fn metadata_that_the_api_server_refuses_is_refused_at_its_place() {
    let with = |metadata: Value| resource("TaskDefinition", metadata, &task("web"));
    for (metadata, expected) in [
        (json!({"name": "Back_End"}), "InvalidMetadata metadata.name"),
        (json!({"name": ""}), "InvalidMetadata metadata.name"),
        (json!({"name": "a/../../b"}), "InvalidMetadata metadata.name"),
        (json!({"name": "1st"}), "InvalidMetadata metadata.name"),
        (json!({"name": "a".repeat(41)}), "InvalidMetadata metadata.name"),
        (json!({"name": "web", "namespace": "Me_dia"}), "InvalidMetadata metadata.namespace"),
        (json!({"name": "web", "namespace": "a".repeat(64)}), "InvalidMetadata metadata.namespace"),
        (json!({"name": 5}), "WrongType metadata"),
    ] {
        let (resources, said) = import(&[("r.json", with(metadata.clone()))], &Options::default());
        assert_eq!((resources.len(), said), (0, vec![expected.to_owned()]), "{metadata}");
    }
    let legal = with(json!({"name": "a".repeat(40), "namespace": "1-media"}));
    let (resources, said) = import(&[("r.json", legal)], &Options::default());
    assert_eq!((resources.len(), said), (1, Vec::new()));
    let items = json!([with(json!({"name": "a"})), with(json!({"name": "B"}))]);
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let (_, said) = import(&[("l.json", list)], &Options::default());
    assert!(said.contains(&"InvalidMetadata items[1].metadata.name".to_owned()), "{said:?}");
    let broken = json!({"family": "web", "containerDefinitions": 5});
    let broken = resource("TaskDefinition", json!({"name": "B"}), &broken);
    let (_, said) = import(&[("b.json", broken)], &Options::default());
    assert_eq!(said, ["WrongType spec.containerDefinitions", "InvalidMetadata metadata.name"]);
}

#[test]
fn a_custom_resource_is_not_called_after_its_file() {
    let files = [
        ("t.json", resource("TaskDefinition", json!({"name": "t"}), &json!({"containerDefinitions": []}))),
        ("s.json", resource("EcsService", json!({"name": "s"}), &json!({"taskDefinition": "web"}))),
    ];
    let (resources, said) = import(&files, &Options::default());
    assert_eq!((resources.len(), said.len()), (0, 2), "{said:?}");
    for missing in ["MissingMember spec.family", "MissingMember spec.serviceName"] {
        assert!(said.contains(&missing.to_owned()), "{said:?}");
    }
    let options = Options { family: Some("f".into()), service_name: Some("n".into()), ..Options::default() };
    let (resources, said) = import(&files, &options);
    assert_eq!((resources.len(), said), (2, Vec::new()));
}

#[test]
fn what_an_api_server_adds_to_a_custom_resource_is_left_out() {
    let metadata = json!({
        "name": "web", "namespace": "media", "labels": {"team": "a"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "b"},
        "uid": "0aa3c5f4", "resourceVersion": "7", "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z",
        "managedFields": [{"manager": "kubectl"}], "ownerReferences": [], "finalizers": ["x/y"],
    });
    let mut live = resource("TaskDefinition", metadata, &task("web"));
    live["status"] = json!({"revision": 4});
    let (resources, said) = import(&[("live.json", live)], &Options::default());
    let metadata = json!({
        "name": "web", "namespace": "media", "labels": {"team": "a"}, "annotations": {"note": "b"},
    });
    assert_eq!(resources, [resource("TaskDefinition", metadata, &task("web"))]);
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn the_number_of_equal_definitions_does_not_depend_on_their_order() {
    let mut answer = task("web");
    answer["revision"] = json!(42);
    let mut files = vec![("answer.json", answer), ("request.json", task("web"))];
    for _ in 0..2 {
        let (resources, _) = import(&files, &Options::default());
        assert_eq!(resources.len(), 1);
        assert_eq!(resources[0]["spec"]["kubernetes"]["revision"], 42, "{files:?}");
        files.reverse();
    }
}

#[test]
fn a_file_that_somebody_names_has_to_hold_something() {
    for text in ["# nothing\n", "---\n---\n"] {
        for (named, code) in [(true, "UnreadableFile"), (false, "FileSkipped")] {
            let loaded = load(0, "a.yaml", text.as_bytes(), named, &Options::default());
            let said: Vec<_> = loaded.notes.iter().map(|note| note.finding.code.as_ref()).collect();
            assert_eq!(said, [code], "{text:?}");
        }
    }
}

#[test]
fn a_manifest_leaves_the_count_in_force_to_the_cluster() {
    let mut spec = json!({"serviceName": "web", "taskDefinition": "web", "desiredCount": 2, "kubernetes": {"scaledCount": 5}});
    let live = |spec: &Value| [("s.json", resource("EcsService", json!({"name": "web"}), spec))];
    let options = Options { without_scaled_counts: true, ..Options::default() };
    let (resources, said) = import(&live(&spec), &options);
    assert_eq!(
        (&resources[0]["spec"]["desiredCount"], resources[0]["spec"].get("kubernetes")),
        (&json!(2), None)
    );
    assert_eq!(said, ["NotApplicable spec.kubernetes.scaledCount"]);
    spec["kubernetes"]["paused"] = true.into();
    let (resources, _) = import(&live(&spec), &options);
    assert_eq!(resources[0]["spec"]["kubernetes"], json!({"paused": true}));
    let (resources, said) = import(&live(&spec), &Options::default());
    assert_eq!((&resources[0]["spec"]["kubernetes"]["scaledCount"], said), (&json!(5), Vec::new()));
}
