//! The DaemonSet controller: a pod for each node.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::kubelet::Kubelet;
use super::pods::{self, Member};
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Store, is_deleting};

/// Brings every DaemonSet a step forward; when one of its pods becomes available.
pub(crate) fn step(store: &mut Store, kubelet: &Kubelet) -> Option<Instant> {
    let all: Vec<Id> = store
        .list(of_kind("DaemonSet"), "")
        .into_iter()
        .filter(|(_, value)| !is_deleting(value))
        .map(|(id, _)| id.clone())
        .collect();
    all.into_iter().filter_map(|id| one(store, kubelet, &id)).min()
}

/// Nodes that a DaemonSet's pods may run on.
fn nodes(store: &Store, object: &Value) -> Vec<String> {
    let selector =
        object["spec"]["template"]["spec"]["nodeSelector"].as_object().cloned().unwrap_or_default();
    let fits = |node: &Value| selector.iter().all(|(key, value)| node["metadata"]["labels"][key] == *value);
    let all = store.list(of_kind("Node"), "").into_iter();
    all.filter(|(_, node)| fits(node)).map(|(id, _)| id.name.clone()).collect()
}

fn one(store: &mut Store, kubelet: &Kubelet, id: &Id) -> Option<Instant> {
    let object = store.get(id).cloned()?;
    let nodes = nodes(store, &object);
    let hash = pods::hash_of(&object);
    let members = pods::of(store, kubelet, id);
    pods::delete(store, members.iter().filter(|pod| !nodes.contains(&pod.node)));
    for node in &nodes {
        if members.iter().all(|pod| pod.node != *node) {
            drop(pods::create(store, id, &hash, node));
        }
    }
    let total = i64::try_from(nodes.len()).unwrap_or(i64::MAX);
    let most =
        pods::resolve(&object["spec"]["updateStrategy"]["rollingUpdate"]["maxUnavailable"], total, true)
            .max(1);
    let here: Vec<&Member> = members.iter().filter(|pod| nodes.contains(&pod.node)).collect();
    let missing =
        total - i64::try_from(here.iter().filter(|pod| pod.is_available()).count()).unwrap_or_default();
    let (serving, idle): (Vec<&Member>, Vec<&Member>) =
        here.into_iter().filter(|pod| pod.hash != hash).partition(|pod| pod.is_available());
    pods::delete(store, idle);
    let spare = usize::try_from(most - missing).unwrap_or_default();
    pods::delete(store, serving.into_iter().take(spare));
    publish(store, kubelet, id, &nodes, &hash);
    members.iter().filter_map(|pod| pod.available_at).filter(|at| *at > Instant::now()).min()
}

fn publish(store: &mut Store, kubelet: &Kubelet, id: &Id, nodes: &[String], hash: &str) {
    let Some(object) = store.get(id).cloned() else { return };
    let members = pods::of(store, kubelet, id);
    let count = |which: &dyn Fn(&Member) -> bool| members.iter().filter(|pod| which(pod)).count();
    let status = json!({
        "observedGeneration": object["metadata"]["generation"],
        "desiredNumberScheduled": nodes.len(),
        "currentNumberScheduled": members.len(),
        "numberMisscheduled": 0,
        "numberReady": count(&|pod| pod.ready),
        "numberAvailable": count(&|pod| pod.is_available()),
        "updatedNumberScheduled": count(&|pod| pod.hash == hash),
    });
    if status != object["status"] {
        store.modify(id, "daemon-set-controller", "status", |object| object["status"] = status);
    }
}
