//! What the API server takes, and what it refuses.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::world::{World, condition, task_definition};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn directories(of: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.is_dir());
    all.sort();
    all
}

/// Every JSON file below a directory, one run each: files of different owners share families.
fn files(of: &Path) -> Vec<Vec<PathBuf>> {
    let json = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    let mut all: Vec<_> = std::fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(json);
    all.sort();
    all.into_iter().map(|file| vec![file]).collect()
}

/// What a command makes of a run; nothing of what it refuses.
fn made(command: &str, namespace: &str, inputs: &[PathBuf]) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    let output = process.args([command, "--namespace", namespace]).args(inputs).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Everything that is made of these runs, custom resources and objects, in one stream.
fn stream(namespace: &str, runs: &[Vec<PathBuf>]) -> String {
    let all = ["import", "render"].into_iter().flat_map(|command| runs.iter().map(move |run| (command, run)));
    all.map(|(command, run)| made(command, namespace, run)).collect()
}

/// Lets the API server judge a stream of objects without keeping them; how many it accepted.
fn dry_run(kubeconfig: &Path, stream: &str) -> usize {
    let mut kubectl = Command::new(root().join("target/tools/kubectl"))
        .args(["apply", "--server-side", "--dry-run=server", "--filename=-", "--kubeconfig"])
        .arg(kubeconfig)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("target/tools/kubectl: run hack/build");
    kubectl.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    let output = kubectl.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().count()
}

fn documents(stream: &str) -> usize {
    stream.lines().filter(|line| *line == "---").count()
}

pub(crate) async fn every_example_is_accepted(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "examples").await;
    let runs: Vec<_> =
        directories(&root().join("examples")).iter().map(|case| files(case).concat()).collect();
    let stream = stream(&world.namespace, &runs);
    assert!(documents(&stream) > 50, "{stream}");
    assert_eq!(dry_run(&cluster.admin(), &stream), documents(&stream));
    world.end().await;
}

pub(crate) async fn whatever_the_corpus_renders_to_is_accepted(cluster: Arc<Cluster>) {
    let corpus =
        std::env::var_os("ECS_BRIDGE_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    if !corpus.is_dir() {
        assert!(std::env::var("CI").is_err(), "{} is not there", corpus.display());
        eprintln!("skipped: the corpus is not at {}; say where with ECS_BRIDGE_CORPUS", corpus.display());
        return;
    }
    let world = World::new(&cluster, "corpus").await;
    let runs = directories(&corpus).iter().flat_map(|owner| files(owner)).collect::<Vec<_>>();
    let stream = stream(&world.namespace, &runs);
    assert!(documents(&stream) > 90, "{} documents of {} files", documents(&stream), runs.len());
    assert_eq!(dry_run(&cluster.admin(), &stream), documents(&stream));
    world.end().await;
}

pub(crate) async fn an_unknown_member_is_reported_with_what_was_meant(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "unknown").await;
    let mut spec = task_definition("web", "web:1");
    spec["containerDefinitions"][0]["memmory"] = json!(512);
    world.apply("TaskDefinition", "web", spec).await;
    let said = |object: &Value| {
        let findings = object["status"]["findings"].as_array().cloned().unwrap_or_default();
        findings.into_iter().find(|finding| finding["code"] == "UnknownMember")
    };
    let reported = world
        .until(world.custom("TaskDefinition"), "web", "the finding", |object| said(object).is_some())
        .await;
    let finding = said(&reported).unwrap();
    assert_eq!(finding["path"], "containerDefinitions[0].memmory");
    assert!(finding.to_string().contains("memory"), "{finding}");
    assert_eq!(condition(&reported, "Ready").0, "True");
    world.end().await;
}

pub(crate) async fn a_wrong_type_is_refused_with_its_place_and_null_is_absent(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "types").await;
    let object = |name: &str, spec: Value| {
        let manifest = json!({
            "apiVersion": ecs_bridge::api::API_VERSION, "kind": "TaskDefinition",
            "metadata": {"name": name}, "spec": spec,
        });
        serde_json::from_value(manifest).unwrap()
    };
    let mut wrong = task_definition("wrong", "web:1");
    wrong["containerDefinitions"][0]["memory"] = json!("a lot");
    let refused =
        world.custom("TaskDefinition").create(&PostParams::default(), &object("wrong", wrong)).await;
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("spec.containerDefinitions[0].memory"), "{message}");

    let mut null = task_definition("null", "web:1");
    for member in ["taskRoleArn", "volumes", "networkMode", "ephemeralStorage", "cpu"] {
        null[member] = Value::Null;
    }
    let created = world.custom("TaskDefinition").create(&PostParams::default(), &object("null", null)).await;
    created.unwrap();
    world.end().await;
}

pub(crate) async fn names_and_counts_are_kept_by_the_schema(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "schema").await;
    let service =
        |count: i32, name: &str| json!({"serviceName": name, "taskDefinition": "web", "desiredCount": count});
    world.apply("EcsService", "web", service(1, "web")).await;
    let merge = |body: Value| {
        let services = world.custom("EcsService");
        async move { services.patch("web", &PatchParams::default(), &Patch::Merge(&body)).await }
    };
    let renamed = merge(json!({"spec": {"serviceName": "other"}})).await.unwrap_err().to_string();
    assert!(renamed.contains("serviceName"), "{renamed}");
    let both =
        json!({"spec": {"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "spot"}]}});
    let both = merge(both).await.unwrap_err().to_string();
    assert!(both.contains("launchType") && both.contains("capacityProviderStrategy"), "{both}");
    world.end().await;
}
