//! The pods of a workload.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::kubelet::Kubelet;
use crate::server::apply::Writer;
use crate::server::resource::{Id, of_kind};
use crate::server::store::{Deletion, Store, is_deleting, owners};
use crate::server::webhook::{Newcomer, concerns};

/// Label by which pods of one template are told apart.
pub(crate) const HASH: &str = "pod-template-hash";
/// Annotation of a namespace in which no pod is admitted, and why: stands for quotas and admission plugins.
pub(crate) const REFUSES: &str = "sim.test/refuses-pods";

/// A pod as the controller of its workload sees it.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: Id,
    pub(crate) hash: String,
    pub(crate) node: String,
    pub(crate) ready: bool,
    /// When it has been ready for long enough; `None` while it is not ready.
    pub(crate) available_at: Option<Instant>,
}

impl Member {
    pub(crate) fn is_available(&self) -> bool {
        self.available_at.is_some_and(|at| at <= Instant::now())
    }
}

/// The pods of a workload that have not ended and are not being deleted. Those that nobody owns any more are taken
/// over.
pub(crate) fn of(store: &mut Store, kubelet: &Kubelet, workload: &Id) -> Vec<Member> {
    let object = store.get(workload).cloned().unwrap_or_default();
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    let selector = object["spec"]["selector"]["matchLabels"].as_object().cloned().unwrap_or_default();
    let matches = |pod: &Value| selector.iter().all(|(key, value)| pod["metadata"]["labels"][key] == *value);
    let orphans: Vec<Id> = store
        .list(of_kind("Pod"), &workload.namespace)
        .into_iter()
        .filter(|(_, pod)| owners(pod).next().is_none() && matches(pod) && !is_deleting(pod))
        .map(|(id, _)| id.clone())
        .collect();
    for id in orphans {
        let reference = reference(&object);
        store.modify(&id, "controller", "", |pod| pod["metadata"]["ownerReferences"] = json!([reference]));
    }
    let seconds = object["spec"]["minReadySeconds"].as_u64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    store
        .list(of_kind("Pod"), &workload.namespace)
        .into_iter()
        .filter(|(_, pod)| owners(pod).any(|owner| owner == uid) && !is_deleting(pod))
        .filter(|(_, pod)| !matches!(pod["status"]["phase"].as_str(), Some("Failed" | "Succeeded")))
        .map(|(id, pod)| {
            let since = kubelet.ready_since(&text(&pod["metadata"]["uid"]));
            Member {
                id: id.clone(),
                hash: text(&pod["metadata"]["labels"][HASH]),
                node: text(&pod["spec"]["nodeName"]),
                ready: since.is_some(),
                available_at: since.map(|since| since + Duration::from_secs(seconds)),
            }
        })
        .collect()
}

fn reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    })
}

/// Creates a pod of a workload's template; what refuses it, where something does.
pub(crate) fn create(store: &mut Store, workload: &Id, hash: &str, node: &str) -> Result<(), String> {
    let object = store.get(workload).cloned().unwrap_or_default();
    let template = &object["spec"]["template"];
    let mut pod = json!({"metadata": template["metadata"], "spec": template["spec"]});
    pod["metadata"]["labels"][HASH] = hash.into();
    pod["metadata"]["ownerReferences"] = json!([reference(&object)]);
    if !node.is_empty() {
        pod["spec"]["nodeName"] = node.into();
    }
    put(store, workload, hash, pod)
}

/// Creates another pod of the template that one has.
pub(crate) fn repeat(store: &mut Store, workload: &Id, member: &Member) -> Result<(), String> {
    let like = store.get(&member.id).cloned().unwrap_or_default();
    let mut pod = json!({"metadata": {}, "spec": like["spec"]});
    for part in ["labels", "annotations", "ownerReferences"] {
        if let Some(value) = like["metadata"].get(part) {
            pod["metadata"][part] = value.clone();
        }
    }
    put(store, workload, &member.hash, pod)
}

fn put(store: &mut Store, workload: &Id, hash: &str, mut pod: Value) -> Result<(), String> {
    let namespace = Id::new(of_kind("Namespace"), "", &workload.namespace);
    let why = store.get(&namespace).and_then(|n| n["metadata"]["annotations"][REFUSES].as_str());
    let refused = why.map(str::to_owned);
    let name = format!("{}-{hash}-{}", workload.name, store.version() + store.newcomers.len() as u64);
    pod["metadata"]["name"] = name.as_str().into();
    let id = Id::new(of_kind("Pod"), &workload.namespace, &name);
    if concerns(&pod) {
        store.newcomers.push(Newcomer { id, pod, refused: refused.is_some() });
        return refused.map_or(Ok(()), Err);
    }
    if let Some(why) = refused {
        return Err(why);
    }
    let made = store.create(&id, pod, &Writer::updater("controller", ""), false);
    made.map(drop).map_err(|refusal| refusal.message)
}

/// Deletes pods, those that serve last.
pub(crate) fn delete<'a>(store: &mut Store, pods: impl IntoIterator<Item = &'a Member>) {
    for pod in pods {
        drop(store.delete(&pod.id, &Deletion::default()));
    }
}

/// Hash of a workload's template.
pub(crate) fn hash_of(workload: &Value) -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    workload["spec"]["template"].to_string().hash(&mut hasher);
    format!("{:010x}", hasher.finish() & 0xff_ffff_ffff)
}

/// A number, or a percentage of `total` that is rounded as asked.
pub(crate) fn resolve(value: &Value, total: i64, up: bool) -> i64 {
    match value {
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or_default();
            if up { (total * percent + 99) / 100 } else { total * percent / 100 }
        }
        value => value.as_i64().unwrap_or_default(),
    }
}

/// A condition of a workload, with the time of its last change.
pub(crate) fn set_condition(
    store: &Store,
    status: &mut Value,
    kind: &str,
    holds: bool,
    reason: &str,
    message: &str,
) {
    let now = crate::server::store::time_text(store.clock.now().as_second());
    let value = if holds { "True" } else { "False" };
    let mut condition = json!({
        "type": kind, "status": value, "reason": reason, "message": message, "lastTransitionTime": now,
        "lastUpdateTime": now,
    });
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    let Some(all) = status["conditions"].as_array_mut() else { return };
    match all.iter_mut().find(|have| have["type"] == kind) {
        Some(have) => {
            for (member, equal) in [("lastTransitionTime", "status"), ("lastUpdateTime", "reason")] {
                if have[equal] == condition[equal] {
                    condition[member] = have[member].clone();
                }
            }
            *have = condition;
        }
        None => all.push(condition),
    }
}
