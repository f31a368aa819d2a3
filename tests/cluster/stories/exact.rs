//! Exact placement: where tasks land, whatever becomes of the operator.

mod killed;
pub(super) mod replay;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt as _;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::cluster::{Cluster, PATIENCE};
use crate::exact::{Exact, all_pinned, at_creation, is_gated, node_of, nodes_of, pin_of};
use crate::world::condition;

pub(crate) use killed::{
    a_leader_that_is_killed_leaves_no_pod_behind_and_no_decision_undone,
    a_leader_that_is_killed_where_it_answers_the_webhook_has_given_no_room_twice,
};

/// Node by node.
pub(super) fn binpack() -> Value {
    json!([{"type": "binpack", "field": "cpu"}])
}

/// How many tasks the nodes of a service have, without their names.
pub(super) async fn shape(exact: &Exact, service: &str) -> Vec<usize> {
    let mut shape: Vec<usize> = exact.counts(service).await.into_values().collect();
    shape.sort_unstable();
    shape
}

pub(crate) async fn tasks_are_packed_node_by_node(cluster: Arc<Cluster>) {
    let exact = Exact::new(&cluster, "pack", &[("a", 3)], "2").await;
    let operator = exact.begin().await;
    exact.apply("web", 6, binpack(), &[], &json!({})).await;
    let pods = exact.placed("web", 6).await;
    assert!(all_pinned(&pods), "{pods:#?}");
    assert_eq!(shape(&exact, "web").await, [2, 4]);
    exact.scale("web", 9).await;
    let pods = exact.placed("web", 9).await;
    assert!(all_pinned(&pods));
    assert_eq!(shape(&exact, "web").await, [1, 4, 4]);
    assert!(pods.iter().any(at_creation), "no task had its node from the beginning: {pods:#?}");
    assert!(
        pods.iter()
            .all(|pod| pod.spec.as_ref().unwrap().priority_class_name.as_deref() == Some("ecs-bridge-exact"))
    );
    exact.world.steady("web", 9).await;
    assert!(operator.stop().await.success());
    replay::agrees(&exact.log("operator", 0), &nodes_of(&pods));
    exact.end().await;
}

pub(crate) async fn zones_are_balanced_first_and_nodes_packed_then(cluster: Arc<Cluster>) {
    let exact = Exact::new(&cluster, "zones", &[("a", 2), ("b", 2), ("c", 2)], "2").await;
    let operator = exact.begin().await;
    let strategies = json!([
        {"type": "spread", "field": "attribute:ecs.availability-zone"}, {"type": "binpack", "field": "memory"},
    ]);
    exact.apply("web", 9, strategies, &[], &json!({})).await;
    let pods = exact.placed("web", 9).await;
    exact.apply("other", 2, binpack(), &[], &json!({})).await;
    let others = exact.placed("other", 2).await;
    assert!(all_pinned(&pods) && all_pinned(&others));
    assert_eq!(shape(&exact, "web").await, [3, 3, 3], "one node of each zone");
    let zones: BTreeSet<String> = exact.counts("web").await.into_keys().map(|node| zone(&node)).collect();
    assert_eq!(zones.len(), 3);
    exact.world.steady("web", 9).await;

    // Whichever task goes, the next one brings the balance back; to the same node where its room is free in time. It is made
    // later: one that is made because another one is deleted may be decided about before the operator hears of that.
    exact.scale("web", 8).await;
    exact.placed("web", 8).await;
    exact.scale("web", 9).await;
    let pods = exact.placed("web", 9).await;
    let mut zones: BTreeMap<String, usize> = BTreeMap::new();
    for (node, count) in exact.counts("web").await {
        *zones.entry(zone(&node)).or_default() += count;
    }
    assert!(zones.values().eq(&[3, 3, 3]), "{zones:?}");
    assert!(operator.stop().await.success());
    let mut nodes = nodes_of(&pods);
    nodes.extend(nodes_of(&others));
    replay::agrees(&exact.log("operator", 0), &nodes);
    exact.end().await;
}

pub(crate) async fn whatever_services_ask_for_is_what_the_documentation_says(cluster: Arc<Cluster>) {
    let exact = Exact::new(&cluster, "many", &[("a", 3), ("b", 2), ("c", 2)], "2").await;
    let operator = exact.begin().await;
    let spread = |field: &str| json!({"type": "spread", "field": field});
    let zone = || spread("attribute:ecs.availability-zone");
    let services = [
        ("plain", 5, json!([]), vec![]),
        ("random", 4, json!([{"type": "random"}]), vec![]),
        ("apart", 3, json!([zone()]), vec![json!({"type": "distinctInstance"})]),
        ("packed", 4, json!([zone(), {"type": "binpack", "field": "cpu"}]), vec![]),
        (
            "chosen",
            3,
            json!([spread("instanceId"), {"type": "binpack", "field": "memory"}]),
            vec![
                json!({"type": "memberOf", "expression": "not(attribute:ecs.availability-zone == c) and not(task:group == service:apart)"}),
            ],
        ),
    ];
    for (name, count, strategies, constraints) in &services {
        exact.apply(name, *count, strategies.clone(), constraints, &json!({})).await;
    }
    for (name, count, ..) in &services {
        exact.placed(name, usize::try_from(*count).unwrap()).await;
    }
    exact.scale("plain", 2).await;
    exact.scale("packed", 6).await;
    exact.placed("plain", 2).await;
    exact.placed("packed", 6).await;
    let one = exact.world.pods("random").await.remove(0).name_any();
    exact.world.api::<Pod>().delete(&one, &DeleteParams::default().grace_period(0)).await.unwrap();
    let mut nodes = nodes_of(&exact.placed("random", 4).await);
    for name in ["plain", "apart", "packed", "chosen"] {
        nodes.extend(nodes_of(&exact.world.pods(name).await));
    }
    assert!(operator.stop().await.success());
    let decisions = replay::agrees(&exact.log("operator", 0), &nodes);
    assert!(decisions >= 22, "{decisions} decisions");
    exact.end().await;
}

pub(crate) async fn a_task_that_keeps_a_group_off_stays_without_it(cluster: Arc<Cluster>) {
    let exact = Exact::new(&cluster, "apart", &[("a", 2)], "2").await;
    let operator = exact.begin().await;
    let mark = cluster.audit.mark();
    let apart = json!({"type": "memberOf", "expression": "not(task:group == service:web)"});
    exact.apply("lonely", 1, binpack(), &[apart], &json!({})).await;
    let lonely = exact.placed("lonely", 1).await;
    exact.apply("web", 5, binpack(), &[], &json!({})).await;
    let unable = |service: &Value| condition(service, "Ready").1 == "UnableToPlaceTask";
    let service = exact.world.service_until("web", "unable", unable).await;
    let message = condition(&service, "Ready").2;
    assert!(message.contains("1 with a task that keeps service:web off"), "{message}");
    exact.scale("web", 4).await;
    let web = exact.placed("web", 4).await;
    assert!(all_pinned(&lonely) && all_pinned(&web), "{web:#?}");
    let here: BTreeSet<Option<String>> = web.iter().map(node_of).collect();
    assert_eq!(here.len(), 1, "{here:?}");
    assert!(!here.contains(&node_of(&lonely[0])));
    let written = cluster.audit.writes(&operator.user, mark);
    assert!(!written.iter().any(|write| write.starts_with("delete pods")), "{written:#?}");
    assert!(operator.stop().await.success());
    let mut nodes = nodes_of(&web);
    nodes.extend(nodes_of(&lonely));
    replay::agrees(&exact.log("operator", 0), &nodes);
    exact.end().await;
}

/// Nodes are called after their namespace, their zone and a number.
fn zone(node: &str) -> String {
    node.rsplit('-').nth(1).unwrap_or_default().to_owned()
}

pub(crate) async fn distinct_instances_hold_through_a_rolling_update(cluster: Arc<Cluster>) {
    let exact = Exact::new(&cluster, "distinct", &[("a", 4)], "2").await;
    let operator = exact.begin().await;
    let within = json!({"deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 150}});
    let distinct = json!({"type": "distinctInstance"});
    exact.apply("web", 3, binpack(), &[distinct], &within).await;
    exact.world.steady("web", 3).await;
    assert_eq!(shape(&exact, "web").await, [1, 1, 1]);
    let watching = async {
        loop {
            let pods = exact.world.pods("web").await;
            let live = pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
            let nodes: Vec<String> = live.filter_map(node_of).collect();
            let distinct: BTreeSet<&String> = nodes.iter().collect();
            assert_eq!(distinct.len(), nodes.len(), "two tasks on one instance: {nodes:?}");
            sleep(Duration::from_millis(10)).await;
        }
    };
    let rolling = async {
        exact.define("web", "nginx:1.28", 512).await;
        let rolled = |service: &Value| {
            let deployments = service["status"]["deployments"].as_array();
            condition(service, "Ready").0 == "True"
                && deployments.is_some_and(|all| all.len() == 1 && all[0]["taskDefinition"] == "web:2")
        };
        exact.world.service_until("web", "rolled", rolled).await;
    };
    tokio::select! {
        () = watching => {}
        () = rolling => {}
    }
    let pods = exact.placed("web", 3).await;
    assert_eq!(shape(&exact, "web").await, [1, 1, 1]);
    assert!(operator.stop().await.success());
    replay::agrees(&exact.log("operator", 0), &nodes_of(&pods));
    exact.end().await;
}

pub(crate) async fn a_cluster_that_is_too_small_is_explained(cluster: Arc<Cluster>) {
    let mut exact = Exact::new(&cluster, "small", &[("a", 1)], "1").await;
    let _operator = exact.begin().await;
    exact.apply("web", 3, binpack(), &[], &json!({})).await;
    let unable = |service: &Value| condition(service, "Ready").1 == "UnableToPlaceTask";
    let service = exact.world.service_until("web", "unable", unable).await;
    let message = condition(&service, "Ready").2;
    let events = exact.world.events("web").await;
    let told: Vec<&String> = events
        .iter()
        .map(|(_, note)| note)
        .filter(|note| note.starts_with("(service web) was unable to place a task. Reason: "))
        .collect();
    assert!(!told.is_empty(), "{events:#?}");
    for text in told.into_iter().chain([&message]) {
        assert!(text.contains("too little CPU"), "{text}");
    }
    // Nobody pinned it: it runs as soon as there is a node.
    let name = format!("{}-a-late", exact.world.namespace);
    exact.add_node(&name, "a", "1").await;
    exact.world.steady("web", 3).await;
    exact.end().await;
}

pub(crate) async fn without_an_operator_kube_scheduler_places_and_without_a_leader_nobody_waits_for_long(
    cluster: Arc<Cluster>,
) {
    let exact = Exact::new(&cluster, "alone", &[("a", 2)], "2").await;
    let operator = exact.begin().await;
    exact.apply("web", 2, binpack(), &[], &json!({})).await;
    exact.world.steady("web", 2).await;
    assert!(operator.stop().await.success());
    let replaced = |pods: &[Pod], before: &str| {
        let new = pods.iter().find(|pod| pod.name_any() != *before && pin_of(pod).is_none()).cloned();
        new.expect("a task that nobody pinned")
    };
    let pods = exact.placed("web", 2).await;
    exact
        .world
        .api::<Pod>()
        .delete(&pods[0].name_any(), &DeleteParams::default().grace_period(0))
        .await
        .unwrap();
    let pods = exact.placed("web", 2).await;
    let native = replaced(&pods, "");
    assert!(native.spec.unwrap().scheduling_gates.is_none(), "it never waited");

    // A replica that answers the webhook while nobody leads.
    let leases = exact.world.api::<Lease>();
    let hold = async {
        for number in 0.. {
            let lease = json!({"spec": {"holderIdentity": "nobody", "leaseDurationSeconds": 3600, "leaseTransitions": number}});
            drop(leases.patch("ecs-bridge", &PatchParams::default(), &Patch::Merge(&lease)).await);
            sleep(Duration::from_millis(300)).await;
        }
    };
    let rest = async {
        sleep(Duration::from_millis(500)).await;
        let follower = exact.operator("operator", false, &["--lease-seconds", "3"]).await;
        exact.until_gated(true).await;
        for pod in exact.world.pods("web").await {
            let at_once = DeleteParams::default().grace_period(0);
            exact.world.api::<Pod>().delete(&pod.name_any(), &at_once).await.unwrap();
        }
        until_waiting(&exact).await;
        let pods = exact.placed("web", 2).await;
        assert!(pods.iter().all(|pod| pin_of(pod).is_none()));
        exact.until_gated(false).await;
        assert!(follower.stop().await.success());

        // One that waits longer is let go by hand.
        let follower = exact.operator("operator", false, &["--lease-seconds", "60"]).await;
        exact.until_gated(true).await;
        let at_once = DeleteParams::default().grace_period(0);
        exact.world.api::<Pod>().delete(&pods[0].name_any(), &at_once).await.unwrap();
        until_waiting(&exact).await;
        let kubeconfig = cluster.admin();
        let mut release = Command::new(env!("CARGO_BIN_EXE_ecs-bridge"));
        release.args([
            "release",
            "web",
            "-n",
            &exact.world.namespace,
            "--kubeconfig",
            kubeconfig.to_str().unwrap(),
        ]);
        let output = tokio::task::spawn_blocking(move || release.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains("scheduling gate removed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        exact.placed("web", 2).await;
        assert!(follower.stop().await.success());
    };
    tokio::select! {
        () = hold => {}
        () = rest => {}
    }
    exact.end().await;
}

/// Returns once a pod waits for a decision.
pub(super) async fn until_waiting(exact: &Exact) {
    let waiting = async {
        while !exact.world.pods("web").await.iter().any(is_gated) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("no pod waits");
}

pub(crate) async fn a_task_that_its_node_does_not_take_is_replaced(cluster: Arc<Cluster>) {
    let mut exact = Exact::new(&cluster, "stale", &[("a", 1)], "2").await;
    let _operator = exact.begin().await;
    // A resource that ECS knows nothing of: kube-scheduler finds it nowhere.
    let widget = json!({"spec": {"containers": [{"name": "app", "resources": {"limits": {"example.com/widget": "1"}}}]}});
    let more = json!({"kubernetes": {"minReadySeconds": 1, "placement": "Exact", "podTemplate": widget}});
    exact.apply("web", 1, binpack(), &[], &more).await;
    let pinned = async {
        loop {
            let pods = exact.world.pods("web").await;
            if let Some(pod) = pods.iter().find(|pod| pin_of(pod).is_some()) {
                return pod.name_any();
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let first = timeout(PATIENCE, pinned).await.expect("it is pinned");
    let replaced = async {
        while exact.world.pods("web").await.iter().any(|pod| pod.name_any() == first) {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, replaced).await.expect("another one takes its place");
    // Another node has it, and the first one goes: the task comes to run elsewhere.
    let (gone, other) = (exact.nodes[0].clone(), format!("{}-a-other", exact.world.namespace));
    exact.add_node(&other, "a", "2").await;
    exact.offer(&other, "example.com/widget").await;
    exact.remove_node(&gone).await;
    let pods = exact.placed("web", 1).await;
    assert_eq!(node_of(&pods[0]), Some(other));
    exact.end().await;
}
