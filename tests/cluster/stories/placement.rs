//! Where tasks land.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecs_bridge::api::labels;
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::{Namespace, Node, Pod};
use kube::ResourceExt as _;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use kube::runtime::watcher::{self, Event, watcher};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::cluster::Cluster;
use crate::stories::silence::rest;
use crate::world::{World, condition, service};

const MEMBER: &str = "expr.ecs-bridge.dev/";

fn with_constraints(name: &str, count: i32, constraints: Value) -> Value {
    let mut spec = service(name, count);
    spec["placementConstraints"] = constraints;
    spec
}

/// Membership labels of each node that has some.
async fn members(nodes: &Api<Node>) -> BTreeMap<String, BTreeSet<String>> {
    let all = nodes.list(&ListParams::default()).await.unwrap();
    let of_node = |node: &Node| {
        let own = node.labels().keys().filter(|key| key.starts_with(MEMBER));
        (node.name_any(), own.cloned().collect::<BTreeSet<_>>())
    };
    all.iter().map(of_node).filter(|(_, own)| !own.is_empty()).collect()
}

/// Waits until as many nodes have a membership label. Garbage collection takes half a minute to know new kinds.
async fn until_members(nodes: &Api<Node>, count: usize) -> BTreeMap<String, BTreeSet<String>> {
    for _ in 0..1200 {
        let found = members(nodes).await;
        if found.len() == count {
            return found;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("not {count} nodes with a membership label: {:?}", members(nodes).await)
}

pub(crate) async fn what_no_label_of_nodes_says_is_one_that_the_operator_keeps(cluster: Arc<Cluster>) {
    let world = World::new(&cluster, "members").await;
    cluster.operator_account(&world.namespace, "operator").await;
    let mut operator = world.operator_of("operator", &[]).await;
    operator.leads().await;
    let nodes = Api::<Node>::all(cluster.client.clone());
    until_members(&nodes, 0).await;

    let expression =
        "attribute:ecs.availability-zone =~ eu-central-1[ab] or attribute:ecs.instance-type == x1.large";
    let constraint = json!([{ "type": "memberOf", "expression": expression }]);
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", with_constraints("web", 4, constraint)).await;
    let refused = world.service_until("web", "refused", |s| condition(s, "Stalled").0 == "True").await;
    let findings = refused["status"]["findings"].to_string();
    assert!(findings.contains("NotGranted") && findings.contains("node-labels"), "{findings}");
    assert!(members(&nodes).await.is_empty());

    let allow = json!({ "metadata": { "labels": { (labels::ALLOW): "node-labels" } } });
    let namespaces = Api::<Namespace>::all(cluster.client.clone());
    namespaces.patch(&world.namespace, &PatchParams::default(), &Patch::Merge(&allow)).await.unwrap();
    world.steady("web", 4).await;
    let found = until_members(&nodes, 4).await;
    for node in nodes.list(&ListParams::default()).await.unwrap() {
        let zone = &node.labels()["topology.kubernetes.io/zone"];
        assert_eq!(found.contains_key(&node.name_any()), !zone.ends_with('c'), "{zone}");
    }
    for pod in world.pods("web").await {
        let node = pod.spec.unwrap().node_name.unwrap();
        assert!(found.contains_key(&node), "{node} is no member");
    }

    // What somebody changes by hand comes back.
    let (node, keys) = found.first_key_value().unwrap();
    let key = keys.first().unwrap();
    for value in [json!(null), json!("no")] {
        let body = json!({ "metadata": { "labels": { key.as_str(): value } } });
        nodes.patch(node, &PatchParams::default(), &Patch::Merge(&body)).await.unwrap();
        world.until(nodes.clone(), node, "member", |n| n["metadata"]["labels"][key] == json!("true")).await;
    }

    // At rest and after a restart nothing is written.
    rest(&cluster, &operator).await;
    assert!(operator.stop().await.success());
    let mark = cluster.audit.mark();
    let mut operator = world.operator_of("operator", &[]).await;
    operator.leads().await;
    operator.has_reconciled(1).await;
    sleep(Duration::from_secs(1)).await;
    let writes = cluster.audit.writes(&operator.user, mark);
    assert!(writes.is_empty(), "written after a restart: {writes:#?}");

    world.custom("EcsService").delete("web", &DeleteParams::default()).await.unwrap();
    until_members(&nodes, 0).await;
    world.end().await;
}

pub(crate) async fn tasks_on_distinct_instances_never_share_one_while_they_roll(cluster: Arc<Cluster>) {
    let (world, _operator) = World::with_operator(&cluster, "instances").await;
    let nodes =
        Api::<Node>::all(cluster.client.clone()).list(&ListParams::default()).await.unwrap().items.len();
    let count = i32::try_from(nodes).unwrap();
    let mut spec = with_constraints("web", count, json!([{ "type": "distinctInstance" }]));
    // There is no node more than tasks: one has to go before another one comes, as on ECS.
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 50, "maximumPercent": 200 });
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", spec).await;
    world.steady("web", count.into()).await;

    let most = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&most);
    let ours = watcher::Config::default().labels(&format!("{}=web", labels::SERVICE));
    let mut events = Box::pin(watcher(world.api::<Pod>(), ours));
    let watch = tokio::spawn(async move {
        let mut places: HashMap<String, String> = HashMap::new();
        while let Some(Ok(event)) = events.next().await {
            match event {
                Event::Apply(pod) | Event::InitApply(pod) => {
                    if let Some(node) = pod.spec.as_ref().and_then(|spec| spec.node_name.clone()) {
                        places.insert(pod.name_any(), node);
                    }
                }
                Event::Delete(pod) => drop(places.remove(&pod.name_any())),
                Event::Init | Event::InitDone => {}
            }
            let mut on_node: HashMap<&String, usize> = HashMap::new();
            for node in places.values() {
                *on_node.entry(node).or_default() += 1;
            }
            seen.fetch_max(on_node.into_values().max().unwrap_or_default(), Ordering::Relaxed);
        }
    });
    world.task_definition("web", "nginx:1.28").await;
    let rolled = |service: &Value| {
        let status = &service["status"];
        condition(service, "Ready").0 == "True"
            && status["runningCount"] == json!(count)
            && status["deployments"].as_array().is_some_and(|all| all.len() == 1)
            && status["deployments"][0]["taskDefinition"] == json!("web:2")
    };
    world.service_until("web", "web:2 alone", rolled).await;
    watch.abort();
    assert_eq!(most.load(Ordering::Relaxed), 1, "tasks of one node");
    world.end().await;
}

/// The answer of `ecs-bridge place` about the namespace, as a program reads it.
fn place(world: &World, arguments: &[&str]) -> (i32, Value) {
    let admin = world.cluster.admin();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
    command.args(["place", "--live", "--format", "json", "--kubeconfig"]).arg(admin);
    let output = command.args(["-n", &world.namespace]).args(arguments).output().unwrap();
    let answer = serde_json::from_slice(&output.stdout);
    (output.status.code().unwrap(), answer.unwrap_or_else(|e| panic!("{e}: {output:?}")))
}

pub(crate) async fn a_namespace_in_a_cluster_is_shown_and_asked_what_if(cluster: Arc<Cluster>) {
    let (world, operator) = World::with_operator(&cluster, "asked").await;
    world.task_definition("web", "nginx:1.27").await;
    world
        .apply("EcsService", "web", with_constraints("web", 3, json!([{ "type": "distinctInstance" }])))
        .await;
    world.steady("web", 3).await;
    rest(&cluster, &operator).await;
    let (code, answer) = place(&world, &[]);
    assert_eq!(code, 0, "{answer:#}");
    let service = &answer["services"][0];
    assert_eq!((&service["placed"], &service["room"]), (&json!(3), &json!(3)), "six nodes: {answer:#}");
    // What is shown of each node is what runs there, and nothing was left to place.
    assert_eq!(answer["stages"][0]["moves"], json!([]));
    let nodes = answer["nodes"].as_array().unwrap();
    for pod in world.pods("web").await {
        let own = pod.spec.unwrap().node_name.unwrap();
        let shown = nodes.iter().find(|node| node["name"] == json!(own)).unwrap();
        assert_eq!(shown["tasks"]["web"], json!(1), "{own}");
    }
    let (code, answer) = place(&world, &["--scale", "web=7"]);
    assert_eq!((code, &answer["waiting"]), (1, &json!(1)), "{answer:#}");
    let why = answer["stages"][1]["moves"][3]["why"].as_str().unwrap();
    assert!(why.contains("6 with a task of service:web (distinctInstance)"), "{why}");
    world.end().await;
}
