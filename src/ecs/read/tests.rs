use serde_json::json;

use super::*;
use crate::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};

fn task(value: Value) -> (Value, Vec<String>) {
    let reading = read::<TaskDefinitionSpec>(value);
    assert!(reading.value.is_some(), "{:?}", reading.findings);
    (reading.normalised, said(&reading.findings))
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.path)).collect()
}

fn container(value: &Value) -> (Value, Vec<String>) {
    let (mut value, said) = task(json!({"containerDefinitions": [value]}));
    (value["containerDefinitions"][0].take(), said)
}

#[test]
fn null_and_empty_mean_absent() {
    let (value, said) = task(json!({
        "family": "web", "taskRoleArn": null, "ipcMode": "", "volumes": [], "runtimePlatform": {},
        "placementConstraints": null, "revision": null,
    }));
    assert_eq!(value, json!({"family": "web"}));
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn empty_is_kept_where_it_means_something() {
    let definition = json!({
        "containerDefinitions": [{
            "environment": [{"name": "A", "value": ""}],
            "command": ["sh", "-c", ""],
            "dockerLabels": {"a": ""},
        }],
        "volumes": [{"name": "v", "host": {}}, {"name": "w", "host": {"sourcePath": ""}}],
    });
    let mut expected = definition.clone();
    expected["volumes"][1]["host"] = json!({});
    let (value, said) = task(definition);
    assert_eq!(value, expected);
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn what_can_only_be_meant_one_way_is_read_that_way() {
    let (value, said) = container(&json!({
        "Name": "app", "memory": "512", "cpu": 256.0, "Essential": "true", "user": 1000,
        "portMappings": [{"containerPort": "443", "protocol": "http"}],
        "logConfiguration": {"logDriver": "AWSLOGS", "options": {"mode": true}},
    }));
    assert_eq!(
        value,
        json!({
            "name": "app", "memory": 512, "cpu": 256, "essential": true, "user": "1000",
            "portMappings": [{"containerPort": 443, "protocol": "tcp"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"mode": "true"}},
        })
    );
    let at = |path: &str| format!("ReadAs containerDefinitions[0].{path}");
    for path in [
        "Name",
        "memory",
        "cpu",
        "Essential",
        "user",
        "portMappings[0].containerPort",
        "portMappings[0].protocol",
        "logConfiguration.logDriver",
        "logConfiguration.options.mode",
    ] {
        assert!(said.contains(&at(path)), "{path} in {said:?}");
    }
}

#[test]
fn snake_case_is_terraform_spelling() {
    let (value, said) = task(json!({"network_mode": "awsvpc", "requires_compatibilities": "fargate"}));
    assert_eq!(value, json!({"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}));
    assert_eq!(said.len(), 4, "{said:?}");
}

#[test]
fn the_default_network_mode_is_none() {
    let (value, said) = task(json!({"networkMode": "default"}));
    assert_eq!(value, json!({}));
    assert_eq!(said, ["ReadAs networkMode"]);
}

#[test]
fn sizes_may_be_numbers() {
    let (value, said) = task(json!({"cpu": 256, "memory": "0.5 GB"}));
    assert_eq!(value, json!({"cpu": "256", "memory": "0.5 GB"}));
    assert_eq!(said, Vec::<String>::new());
}

#[test]
fn an_unknown_member_gets_a_suggestion() {
    let reading = read::<TaskDefinitionSpec>(json!({"containerDefinitions": [
        {"enviroment": [{"name": "A"}], "enableLogging": true}
    ], "portMappings": [{}]}));
    let remedies: Vec<&str> = reading.findings.iter().map(|finding| finding.remedy.as_str()).collect();
    assert!(remedies.contains(&"Did you mean `environment`?"), "{remedies:?}");
    assert!(remedies.contains(&"It is a member of `containerDefinitions[]`: move it there."), "{remedies:?}");
    assert!(reading.findings.iter().all(|finding| finding.code == "UnknownMember"));
}

#[test]
fn members_of_answers_are_ignored_at_the_root_only() {
    let (value, said) =
        task(json!({"revision": 3, "status": "ACTIVE", "containerDefinitions": [{"status": "x"}]}));
    assert_eq!(value, json!({"containerDefinitions": [{}]}));
    assert_eq!(
        said,
        [
            "UnknownMember containerDefinitions[0].status",
            "OutputOnlyMember revision",
            "OutputOnlyMember status"
        ]
    );
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let (value, said) = container(&json!({
        "memory": "lots", "cpu": 99_999_999_999_u64, "command": "npm start", "essential": 1,
        "image": ["nginx"], "portMappings": [{"containerPort": "${PORT}"}], "dockerLabels": "x",
        "logConfiguration": {"logDriver": "awslog"}, "environment": {"A": "b"},
    }));
    assert_eq!(value, json!({"portMappings": [{}]}));
    let at = |code: &str, path: &str| format!("{code} containerDefinitions[0].{path}");
    let mut expected = vec![
        at("WrongType", "command"),
        at("InvalidValue", "cpu"),
        at("WrongType", "dockerLabels"),
        at("WrongType", "environment"),
        at("WrongType", "essential"),
        at("WrongType", "image"),
        at("InvalidValue", "logConfiguration.logDriver"),
        at("WrongType", "memory"),
        at("OpenPlaceholder", "portMappings[0].containerPort"),
    ];
    expected.sort();
    let mut said = said;
    said.sort();
    assert_eq!(said, expected);
}

#[test]
fn a_wrong_word_is_answered_with_the_right_ones() {
    let reading = read::<TaskDefinitionSpec>(json!({"networkMode": "brigde"}));
    assert_eq!(
        reading.findings[0].remedy,
        "Did you mean `bridge`? Legal values: bridge, host, awsvpc, none."
    );
}

#[test]
fn cloudformation_functions_are_named() {
    let reading = read::<TaskDefinitionSpec>(json!({"taskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}));
    assert!(reading.findings[0].message.contains("The CloudFormation function `Fn::GetAtt`"));
    assert!(reading.findings[0].remedy.contains("describe-task-definition"));
}

#[test]
fn the_same_member_twice_in_two_spellings_counts_once() {
    let (value, said) = task(json!({"family": "a", "Family": "b"}));
    assert_eq!(value, json!({"family": "a"}));
    assert_eq!(said, ["DuplicateMember Family"]);
}

#[test]
fn indices_of_later_elements_do_not_move() {
    let (value, _) = task(json!({"containerDefinitions": ["text", {"name": "b"}]}));
    assert_eq!(value["containerDefinitions"][1]["name"], "b");
}

#[test]
fn an_element_that_says_nothing_is_told_by_the_first_reading() {
    for blank in [json!(""), json!([])] {
        let reading = read::<TaskDefinitionSpec>(json!({"inferenceAccelerators": [blank]}));
        let found = said(&reading.findings);
        assert!(found.contains(&"MissingMember inferenceAccelerators[0].deviceName".to_owned()), "{found:?}");
        assert_eq!(said(&read::<TaskDefinitionSpec>(reading.normalised).findings), found);
        for list in ["vpcLatticeConfigurations", "gatewayConnectors"] {
            let reading = read::<EcsServiceSpec>(json!({list: [blank]}));
            let again = read::<EcsServiceSpec>(reading.normalised);
            assert_eq!(said(&again.findings), said(&reading.findings), "{list}");
        }
        let reading = read::<TaskDefinitionSpec>(json!({"containerDefinitions": [blank]}));
        assert_eq!(said(&reading.findings), ["ReadAs containerDefinitions[0]"]);
        assert_eq!(reading.normalised, json!({"containerDefinitions": [{}]}));
        assert_eq!(read::<TaskDefinitionSpec>(reading.normalised).findings, []);
    }
}

#[test]
fn our_own_members_are_required_and_keep_what_is_empty() {
    let reading = read::<EcsServiceSpec>(json!({"kubernetes": {
        "gateway": {"path": "/"}, "podTemplate": {"spec": {"x": null}},
    }}));
    assert_eq!(said(&reading.findings), ["MissingMember kubernetes.gateway.name"]);
    assert!(reading.value.is_some());
    let reading =
        read::<CapacityProviderSpec>(json!({"kubernetes": {"tolerations": [{"key": "a", "value": ""}]}}));
    assert_eq!(reading.findings, []);
    assert_eq!(reading.normalised["kubernetes"]["tolerations"][0]["value"], "");
}

#[test]
fn a_null_is_no_excuse_for_a_member_that_does_not_exist() {
    let (value, said) = task(json!({"noSuchMember": null, "Family": null, "kubernetes": {"gatway": null}}));
    assert_eq!(value, json!({}));
    assert_eq!(said, ["UnknownMember kubernetes.gatway", "UnknownMember noSuchMember"]);
}

#[test]
fn unknown_members_say_whose_they_are_not() {
    let reading = read::<EcsServiceSpec>(json!({"kubernetes": {"noSuch": 1}, "noSuch": 1}));
    let messages: Vec<&str> = reading.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "`kubernetes` has no member `noSuch` here; it is ignored.",
            "ECS has no member `noSuch` here; it is ignored.",
        ]
    );
}

#[test]
fn what_ecs_requires_inside_is_missed() {
    let reading = read::<CapacityProviderSpec>(json!({"managedInstancesProvider": {
        "infrastructureRoleArn": "",
        "instanceLaunchTemplate": {"networkConfiguration": {}, "instanceRequirements": {"vCpuCount": {"max": 4}}},
    }}));
    let at = |member: &str| format!("MissingMember managedInstancesProvider.{member}");
    assert_eq!(
        said(&reading.findings),
        [
            at("instanceLaunchTemplate.instanceRequirements.vCpuCount.min"),
            at("instanceLaunchTemplate.instanceRequirements.memoryMiB"),
            at("instanceLaunchTemplate.ec2InstanceProfileArn"),
            at("infrastructureRoleArn"),
        ]
    );
    let template = &reading.normalised["managedInstancesProvider"]["instanceLaunchTemplate"];
    assert_eq!(template["networkConfiguration"], json!({}));
    let reading = read::<EcsServiceSpec>(json!({
        "serviceConnectConfiguration": {"enabled": true, "services": [{"portName": "a", "tls": {"kmsKey": "k"}}, {}]},
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": "maybe", "rollback": true}, "alarms": {"alarmNames": []}},
    }));
    assert!(reading.value.is_some());
    let found = said(&reading.findings);
    assert_eq!(
        found,
        [
            "WrongType deploymentConfiguration.deploymentCircuitBreaker.enable",
            "MissingMember serviceConnectConfiguration.services[0].tls.issuerCertificateAuthority",
            "MissingMember serviceConnectConfiguration.services[1].portName",
        ]
    );
}

#[test]
fn only_an_object_is_a_definition() {
    for value in [json!(null), json!("x"), json!([]), json!(3)] {
        let reading = read::<TaskDefinitionSpec>(value);
        assert!(reading.value.is_none());
        assert_eq!(said(&reading.findings), ["WrongType "]);
    }
}

#[test]
fn the_value_of_a_variable_is_not_repeated() {
    let definition = json!({ "containerDefinitions": [{ "cpu": "7", "environment": [{ "name": "PIN", "value": 7531 }] }] });
    let reading = read::<TaskDefinitionSpec>(definition);
    assert!(reading.findings.iter().any(|f| f.path.ends_with(".cpu") && f.message.contains('7')));
    let of_variable = reading.findings.iter().find(|f| f.path.ends_with("environment[0].value")).unwrap();
    assert!(!of_variable.message.contains("7531"), "{of_variable:?}");
}
