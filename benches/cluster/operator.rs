//! One run: the operator first, then bare clients with what it made.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use ecs_bridge::cli::in_memory::{self, Source};
use futures::{StreamExt as _, stream};
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::{Client, ResourceExt as _};
use serde_json::json;
use tokio::time::sleep;

use crate::arrivals::Arrivals;
use crate::audit::Audit;
use crate::lease::Held;
use crate::report::{Bare, Figures, Idle};
use crate::{Args, bare, change, fleet, objects, process};

/// The operator's user name.
const USER: &str = "system:serviceaccount:ecs-bridge:ecs-bridge";
/// How long nothing must have been written for everything to count as done.
const SILENCE: Duration = Duration::from_secs(8);
/// Longest wait for that.
const LONGEST_SILENCE: Duration = Duration::from_secs(900);

/// Measures the operator, then bare clients with each concurrency.
pub(crate) async fn measure(cluster: &str, args: &Args) -> Figures {
    let &Args { services, tasks, .. } = args;
    let client = Client::try_default().await.expect("a client");
    // Installs the chart, and proves that the operator starts at all.
    operator(cluster, &["up"], &[]);
    operator(cluster, &["down"], &[]);
    let lease = Held::take(&client).await;

    let sources = sources(services);
    let imported = in_memory::import(&sources).expect("import").manifests;
    assert_eq!(imported.len(), 2 * services, "one custom resource for each definition");
    // Besides what is rendered: the revision of each task definition and the record of each deployment.
    let expected = in_memory::render(&sources).expect("render").manifests.len() + 2 * services;
    create(&client, &imported, tasks).await;
    operator(cluster, &["up"], &["--lease-seconds", "10"]);

    let audit = Audit::start(cluster);
    let mut arrivals = Arrivals::watch(&client, |namespace| !namespace.starts_with("bare")).await;
    let elected = lease.release().await;
    let took = arrivals.last_of(expected).await.duration_since(elected);
    let writes = audit.writes(USER);
    let steady = silence(&audit).await;
    let idle = idle(cluster, &audit, Duration::from_secs(args.idle)).await;
    let made = objects::made(&client).await;
    let change = change::measure(&client, &imported, args.changes).await;
    operator(cluster, &["down"], &[]);
    assert_eq!(made.len(), expected, "the operator made what render prints, and the records");
    let mut bare = Vec::new();
    for &concurrency in &args.concurrency {
        let took = bare::measure(&client, &made, concurrency).await;
        bare.push(Bare { concurrency, seconds: took.as_secs_f64() });
    }
    Figures {
        services,
        tasks,
        objects: expected,
        seconds: took.as_secs_f64(),
        bare,
        writes_until_created: total(&writes),
        writes_until_steady: total(&steady),
        writes: steady,
        idle,
        change,
        load: load(),
    }
}

fn total(writes: &BTreeMap<String, usize>) -> usize {
    writes.values().sum()
}

fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default()
}

/// Definitions of services without volumes.
fn sources(services: usize) -> Vec<Source> {
    let numbers = (0..).filter(|n| n % 4 != 3).take(services);
    let files = fleet::files(numbers);
    files.into_iter().map(|file| Source::in_memory(file.name, file.text.into_bytes())).collect()
}

/// Creates custom resources and the namespaces that they are in.
async fn create(client: &Client, manifests: &[String], tasks: u32) {
    let mut found: Vec<DynamicObject> = manifests.iter().map(|yaml| objects::parse(yaml)).collect();
    let mut namespaces: Vec<String> = found.iter().filter_map(DynamicObject::namespace).collect();
    namespaces.sort();
    namespaces.dedup();
    for name in namespaces {
        namespace(client, &name).await;
    }
    for object in found.iter_mut().filter(|object| object.data["spec"]["serviceName"].is_string()) {
        object.data["spec"]["desiredCount"] = json!(tasks);
        object.data["spec"]["kubernetes"]["minReadySeconds"] = json!(1);
    }
    stream::iter(&found)
        .for_each_concurrent(32, async |object| {
            objects::create(client, &objects::resource_of(object), object).await;
        })
        .await;
}

/// Makes a namespace.
pub(crate) async fn namespace(client: &Client, name: &str) {
    let api: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(client.clone());
    let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    api.patch(name, &PatchParams::apply("bench"), &Patch::Apply(&namespace)).await.expect("a namespace");
}

/// Runs `hack/operator` on the cluster.
fn operator(cluster: &str, command: &[&str], arguments: &[&str]) {
    let mut process = Command::new("hack/operator");
    process.args(command).args(["--name", cluster, "--binary", env!("CARGO_BIN_EXE_ecs-bridge")]);
    if !arguments.is_empty() {
        process.arg("--").args(arguments);
    }
    let status = process.status().expect("hack/operator");
    assert!(status.success(), "{process:?}: {status}");
}

/// What the operator does when it has nothing to do.
async fn idle(cluster: &str, audit: &Audit, how_long: Duration) -> Idle {
    let (before, written) = (process::operator(cluster), total(&audit.writes(USER)));
    sleep(how_long).await;
    let (after, writes) = (process::operator(cluster), total(&audit.writes(USER)) - written);
    Idle {
        seconds: how_long.as_secs_f64(),
        writes,
        processor_seconds: after.seconds - before.seconds,
        processor_seconds_before: before.seconds,
        memory: after.memory,
        peak: after.peak,
    }
}

/// Waits until the operator has nothing more to write; what it wrote.
async fn silence(audit: &Audit) -> BTreeMap<String, usize> {
    let mut before = audit.writes(USER);
    let rounds = LONGEST_SILENCE.as_secs() / SILENCE.as_secs();
    for _ in 0..rounds {
        sleep(SILENCE).await;
        let now = audit.writes(USER);
        if total(&now) == total(&before) {
            return now;
        }
        before = now;
    }
    panic!("the operator still writes after {LONGEST_SILENCE:?}: {before:?}")
}
