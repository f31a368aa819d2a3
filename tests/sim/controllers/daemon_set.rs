//! The DaemonSet controller: a pod for each node, and an event where one is refused.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::kubelet::Kubelet;
use super::pods::{self, Member};
use crate::server::apply::Writer;
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Deletion, Store, is_deleting};

/// How often the controller says again that a pod is refused.
const AGAIN: Duration = Duration::from_secs(600);

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
    let mut refused: Option<String> = None;
    for node in &nodes {
        if members.iter().all(|pod| pod.node != *node) {
            refused = refused.or(pods::create(store, id, &hash, node).err());
        }
    }
    let again = refused.and_then(|why| tell(store, id, &object, &why));
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
    let available = members.iter().filter_map(|pod| pod.available_at).filter(|at| *at > Instant::now());
    available.chain(again).min()
}

/// Says that a pod is refused, in the event where this was said before; when it is to be said again.
fn tell(store: &mut Store, id: &Id, object: &Value, why: &str) -> Option<Instant> {
    let now = store.clock.now();
    let event = Id::new(of_kind("Event"), &id.namespace, &format!("{}.refused", id.name));
    let note = format!("Error creating: {why}");
    let known = store.get(&event).filter(|known| known["regarding"]["uid"] == object["metadata"]["uid"]);
    let told = known.and_then(|known| known["deprecatedLastTimestamp"].as_str()?.parse().ok());
    let age =
        told.map(|told: jiff::Timestamp| Duration::try_from(now.duration_since(told)).unwrap_or_default());
    if let Some(age) = age.filter(|age| *age < AGAIN) {
        return Some(Instant::now() + (AGAIN - age));
    }
    if age.is_some() {
        store.modify(&event, "daemon-set-controller", "", |event| {
            event["deprecatedLastTimestamp"] = json!(now.to_string());
        });
    } else {
        drop(store.delete(&event, &Deletion::default()));
        let regarding = json!({
            "kind": "DaemonSet", "name": id.name, "namespace": id.namespace, "uid": object["metadata"]["uid"],
        });
        let body = json!({
            "reason": "FailedCreate", "type": "Warning", "note": note, "regarding": regarding,
            "deprecatedLastTimestamp": now.to_string(),
        });
        store.create(&event, body, &Writer::updater("daemon-set-controller", ""), false).expect("an event");
    }
    Some(Instant::now() + AGAIN)
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
