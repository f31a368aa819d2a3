//! Every directory of `examples/` is a case: what ECS has goes in, the objects and findings next to it have to
//! come out. `UPDATE_EXPECT=1 cargo test --test golden` writes them anew.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ecs_bridge::api::ecs::LaunchType;
use ecs_bridge::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use ecs_bridge::capabilities::Capabilities;
use ecs_bridge::desired::{self, Context};
use ecs_bridge::finding::Finding;
use ecs_bridge::model::name;
use ecs_bridge::object::Object;
use ecs_bridge::policy::{Mode, Policy};
use ecs_bridge::rollout::Inputs;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[test]
fn examples_render_as_they_are_written() {
    let mut wrong = Vec::new();
    let cases = directories(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
    assert!(cases.len() >= 10, "{} cases", cases.len());
    for case in cases {
        let (objects, findings) = render(&case);
        check(&case.join("objects.yaml"), &yaml(&objects), &mut wrong);
        check(&case.join("findings.txt"), &lines(&findings), &mut wrong);
    }
    assert!(wrong.is_empty(), "differ (UPDATE_EXPECT=1 rewrites them): {wrong:#?}");
}

/// Real files of other people: whatever they hold, there is an answer.
#[test]
fn the_corpus_gets_an_answer() {
    let directory = std::env::var_os("ECS_BRIDGE_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if !directory.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "{} is not there", directory.display());
        eprintln!("skipped: {} is not there", directory.display());
        return;
    }
    for folder in directories(&directory) {
        for file in files(&folder).filter(|f| f.extension().is_some_and(|e| e == "json")) {
            let Some(spec) = read::<TaskDefinitionSpec>(&file, "taskDefinition") else {
                continue;
            };
            if spec.container_definitions.is_empty() {
                continue;
            }
            let (objects, findings) = desired::offline(&stand_in(spec), &context("corpus", "default"));
            let refused = findings.iter().any(Finding::is_error);
            assert_eq!(objects.is_empty(), refused, "{}", file.display());
        }
    }
}

fn directories(of: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = files(of).filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

fn files(of: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path())
}

/// Reads a request, or the first one of an answer.
fn read<T: DeserializeOwned>(file: &Path, envelope: &str) -> Option<T> {
    let mut value: Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    if let Some(inner) = value.get_mut(envelope) {
        value = match inner {
            Value::Array(elements) => elements.first()?.clone(),
            inner => inner.clone(),
        };
    }
    if let Some(cluster) = value.get("clusterArn").cloned() {
        value["cluster"] = cluster;
    }
    serde_json::from_value(value).ok()
}

fn render(case: &Path) -> (Vec<Object>, Vec<Finding>) {
    let task: TaskDefinitionSpec = read(&case.join("taskdef.json"), "taskDefinition").unwrap();
    let mut inputs = stand_in(task);
    let answer: Value = read(&case.join("taskdef.json"), "taskDefinition").unwrap();
    inputs.revision = answer["revision"].as_i64().unwrap_or(1);
    if let Some(service) = read::<EcsServiceSpec>(&case.join("service.json"), "services") {
        inputs.service = service;
    }
    let targets: Option<Value> = read(&case.join("scalable-target.json"), "ScalableTargets");
    let policies: Option<Value> = fs::read_to_string(case.join("scaling-policies.json"))
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok());
    if let (Some(target), Some(policies)) = (targets, policies) {
        let scaling = json!({ "scalableTarget": target, "scalingPolicies": policies["ScalingPolicies"] });
        inputs.service.auto_scaling = serde_json::from_value(scaling).unwrap();
    }
    for file in
        files(case).filter(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("provider")))
    {
        let provider: CapacityProviderSpec = read(&file, "capacityProviders").unwrap();
        inputs.providers.insert(name::provider(provider.name.as_deref().unwrap()), provider);
    }
    let original = inputs.service.service_name.clone().unwrap();
    let namespace = name::namespace(inputs.service.cluster.as_deref().unwrap_or("default"));
    let context = context(&name::label(&original, name::RESOURCE), &namespace);
    desired::offline(&inputs, &context)
}

fn context(name: &str, namespace: &str) -> Context {
    let mut policy = Policy::new(Mode::Permissive, None);
    policy.warn = true;
    Context {
        name: name.to_owned(),
        namespace: namespace.to_owned(),
        policy,
        capabilities: Capabilities::of_version("1.36").unwrap(),
        default_architecture: "amd64".to_owned(),
    }
}

/// A task definition alone runs as a service of one task.
fn stand_in(task: TaskDefinitionSpec) -> Inputs {
    let fargate = task.requires_compatibilities == [LaunchType::Fargate];
    let service = EcsServiceSpec {
        service_name: task.family.clone(),
        task_definition: task.family.clone(),
        desired_count: Some(1),
        launch_type: fargate.then_some(LaunchType::Fargate),
        ..EcsServiceSpec::default()
    };
    Inputs { service, task_definition: task, revision: 1, providers: BTreeMap::new() }
}

fn yaml(objects: &[Object]) -> String {
    let mut text = String::new();
    for object in objects {
        text.push_str("---\n");
        let value = object.to_value();
        let members = value.as_object().unwrap();
        let first = ["apiVersion", "kind", "metadata"];
        let rest = members.keys().map(String::as_str).filter(|k| !first.contains(k));
        for key in first.into_iter().chain(rest) {
            let options =
                serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX, compact_list_indent: true };
            let member = BTreeMap::from([(key, &members[key])]);
            text.push_str(&serde_saphyr::to_string_with_options(&member, options).unwrap());
        }
    }
    text
}

fn lines(findings: &[Finding]) -> String {
    let mut text = String::new();
    for f in findings {
        text.push_str(&format!("{}[{}] {}: {}\n", f.severity, f.code, f.path, f.message));
        if !f.remedy.is_empty() {
            text.push_str(&format!("    {}\n", f.remedy));
        }
    }
    text
}

fn check(file: &Path, actual: &str, wrong: &mut Vec<String>) {
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(file, actual).unwrap();
    } else {
        wrong.push(file.display().to_string());
    }
}
