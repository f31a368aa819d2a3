use serde_json::json;

use super::*;
use crate::finding::Code;

fn found(code: Code, path: &str, message: &str) -> Found {
    Found {
        file: "a.json".into(),
        line: Some(3),
        finding: Finding::new(code, path, message).remedy("Do it."),
    }
}

fn subject(name: &str, spec: Value, findings: Vec<Found>) -> Subject {
    Subject {
        root: Root::TaskDefinition,
        name: name.into(),
        namespace: None,
        file: "a.json".into(),
        spec,
        findings,
    }
}

fn grade(findings: Vec<Found>) -> Grade {
    let report = Report::new(vec![subject("web", json!({ "family": "web" }), findings)], Vec::new(), &[]);
    report.definitions[0].grade
}

#[test]
fn the_worst_finding_makes_the_grade() {
    assert_eq!(grade(Vec::new()), Grade::A);
    assert_eq!(grade(vec![found(Code::NotApplicable, "family", "x")]), Grade::A, "nothing could be had");
    assert_eq!(grade(vec![found(Code::ReadAs, "family", "x")]), Grade::A, "reading loses nothing");
    let nearly = found(Code::CooldownClamped, "family", "x");
    assert_eq!(grade(vec![nearly.clone()]), Grade::B);
    let lost = found(Code::TagNotApplied, "tags", "x");
    assert_eq!(grade(vec![nearly.clone(), lost.clone()]), Grade::C);
    assert_eq!(grade(vec![nearly, lost, found(Code::InvalidValue, "cpu", "x")]), Grade::D);
}

#[test]
fn what_is_lost_as_a_whole_is_lost_in_each_of_its_members() {
    let log = json!({ "logDriver": "gelf", "options": { "gelf-address": "udp://192.0.2.1:12201" } });
    let spec = json!({ "family": "web", "containerDefinitions": [{ "name": "a", "logConfiguration": log }] });
    let lost = found(Code::LogDestinationLost, "containerDefinitions[0].logConfiguration", "x");
    let report = Report::new(vec![subject("web", spec, vec![lost])], Vec::new(), &[]);
    assert_eq!(report.definitions[0].counts, Counts { exact: 2, lossy: 2, ..Counts::default() });
}

#[test]
fn a_second_definition_of_the_name_is_held_against_no_field() {
    let twice = vec![found(Code::DuplicateDefinition, "family", "x")];
    let report = Report::new(vec![subject("web", json!({ "family": "web" }), twice)], Vec::new(), &[]);
    let definition = &report.definitions[0];
    assert_eq!(definition.grade, Grade::A);
    assert_eq!(definition.counts, Counts { exact: 1, ..Counts::default() });
    assert_eq!(report.worst(), None, "what does not count refuses nothing");
    let text = markdown(&report);
    assert!(text.contains("## How the files were read") && !text.contains("## Refused"), "{text}");
}

#[test]
fn findings_at_or_below_a_field_decide_about_it_and_those_of_the_ledger_above_it() {
    let spec = json!({
        "family": "web",
        "inferenceAccelerators": [{ "deviceName": "a", "deviceType": "b" }],
        "containerDefinitions": [{ "name": "a", "cpu": 1 }, { "name": "b", "cpu": 2, "command": [] }],
    });
    let findings = vec![
        found(Code::NotApplicable, "inferenceAccelerators", "x"),
        found(Code::InvalidValue, "containerDefinitions[1].cpu", "x"),
        found(Code::InvalidValue, "containerDefinitions[0]", "of the whole container"),
    ];
    let report = Report::new(vec![subject("web", spec, findings)], Vec::new(), &[]);
    let definition = &report.definitions[0];
    let shown: Vec<String> =
        definition.fields.iter().map(|field| format!("{} {:?}", field.path, field.treatment)).collect();
    let wanted = [
        "family Exact",
        "inferenceAccelerators[0].deviceName NotApplicable",
        "inferenceAccelerators[0].deviceType NotApplicable",
        "containerDefinitions[0].name Exact",
        "containerDefinitions[0].cpu Exact",
        "containerDefinitions[1].name Exact",
        "containerDefinitions[1].cpu Refused",
    ];
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(shown), sorted(wanted.map(str::to_owned).to_vec()));
    assert_eq!(definition.counts, Counts { exact: 4, not_applicable: 2, refused: 1, ..Counts::default() });
}

#[test]
fn one_matter_is_told_once_for_all_definitions() {
    let lost = || vec![found(Code::TagNotApplied, "tags", "Tags are lost.")];
    let subjects: Vec<Subject> =
        (0..20).map(|n| subject(&format!("web-{n}"), json!({ "family": "web" }), lost())).collect();
    let report = Report::new(subjects, vec![found(Code::UnreadableFile, "", "It is no JSON.")], &[]);
    let text = markdown(&report);
    assert_eq!(text.matches("Tags are lost.").count(), 1, "{text}");
    assert!(text.contains("`tags` of task definition web-0, ") && text.contains("and 14 more"), "{text}");
    assert!(text.contains("20 definitions: 0 exact (A), 0 approximate (B), 20 lossy (C), 0 refused (D)."));
    assert!(text.contains("1 file could not be read."), "{text}");
}

#[test]
fn sarif_has_a_rule_for_every_result_and_its_place() {
    let lost = found(Code::TagNotApplied, "tags", "Tags are lost.");
    let mut live = lost.clone();
    live.file = String::new();
    live.line = None;
    let report = Report::new(
        vec![subject("web", json!({}), vec![lost])],
        vec![live, Found { file: "a b/ü.json".into(), ..found(Code::UnreadableFile, "", "It is no JSON.") }],
        &[],
    );
    let log = sarif(&report);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let place = &results[0]["locations"][0];
    assert_eq!(place["physicalLocation"]["region"]["startLine"], 3);
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "task definition web tags");
    assert_eq!(results[1]["level"], "warning");
    assert!(results[1]["locations"][0].get("physicalLocation").is_none(), "a live object has no file");
    let uri = &results[2]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b/%C3%BC.json");
}

fn web_of(namespace: &str) -> Workload {
    let role = "arn:aws:iam::123456789012:role/web".to_owned();
    Workload {
        namespace: namespace.into(),
        service: "web".into(),
        task: serde_json::from_value(json!({
            "family": "web",
            "containerDefinitions": [{ "name": "a", "image": "a:1", "logConfiguration": {
                "logDriver": "awslogs", "options": { "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1" },
            }}],
        }))
        .unwrap(),
        roles: vec![Use { role, mode: crate::iam::Mode::Irsa, service_account: "web".into(), reads_secrets: false }],
    }
}

#[test]
fn a_role_is_told_once_with_everybody_who_has_it_and_logs_are_routed() {
    let report = Report::new(Vec::new(), Vec::new(), &[web_of("one"), web_of("two")]);
    let [role] = report.needed.roles.as_slice() else { panic!("{:?}", report.needed.roles) };
    assert_eq!(role.service_accounts, ["one/web", "two/web"]);
    let subjects = &role.trust_policy["Statement"][1]["Condition"]["StringEquals"]["OIDC_PROVIDER:sub"];
    assert_eq!(*subjects, json!(["system:serviceaccount:one:web", "system:serviceaccount:two:web"]));
    let routing = report.needed.log_routing.as_ref().unwrap();
    assert_eq!(routing.fluent_bit.matches("log_group_name /ecs/web").count(), 2);
    let text = markdown(&report);
    assert!(text.contains("<details><summary>Configuration of Fluent Bit</summary>"), "{text}");
}

#[test]
fn add_ons_come_from_members_values_and_findings() {
    let spec = json!({
        "family": "web",
        "volumes": [{ "name": "a" }, { "name": "b", "efsVolumeConfiguration": { "fileSystemId": "fs-1" } }],
        "containerDefinitions": [{ "name": "a", "resourceRequirements": [{ "type": "GPU", "value": "1" }] }],
    });
    let secret = found(Code::SecretToFill, "containerDefinitions[0].secrets[0].valueFrom", "x");
    let report = Report::new(vec![subject("web", spec, vec![secret])], Vec::new(), &[]);
    let names: Vec<&str> = report.needed.add_ons.iter().map(|add_on| add_on.name).collect();
    assert_eq!(names, ["External Secrets Operator", "EFS CSI driver", "NVIDIA device plugin"]);
}

#[test]
fn commands_stand_together_and_once() {
    let label = |name: &str| {
        let mut found = found(Code::CapacityProviderNeedsLabel, "name", name);
        found.finding.remedy = "`kubectl label node NODE a=b`".into();
        found
    };
    let mut grant = found(Code::NotGranted, "pidMode", "x");
    grant.finding.severity = crate::finding::Severity::Warning;
    grant.finding.remedy = "kubectl label namespace n a=b (several words are joined by \".\")".into();
    let subjects = vec![subject("web", json!({}), vec![label("x"), label("y"), grant])];
    let report = Report::new(subjects, Vec::new(), &[]);
    assert_eq!(report.needed.commands, ["kubectl label namespace n a=b", "kubectl label node NODE a=b"]);
    let text = markdown(&report);
    assert_eq!(text.matches("kubectl label node").count(), 1, "{text}");
}
