//! Gives pods to the one node that they name, and those that may name one and do not to the first. All others run without:
//! no story asks where.

use ecs_bridge::api::labels;
use jiff::Timestamp;
use serde_json::Value;

use crate::server::resource::{Id, of_kind};
use crate::server::store::Store;

/// Whether a pod may not be given to a node yet.
pub(crate) fn is_gated(pod: &Value) -> bool {
    pod["spec"]["schedulingGates"].as_array().is_some_and(|gates| !gates.is_empty())
}

/// The node that every term of a pod's affinity names.
pub(crate) fn pin(pod: &Value) -> Option<&str> {
    const TERMS: &str =
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms";
    let term = pod.pointer(TERMS)?.as_array()?.first()?;
    term.pointer("/matchFields/0/values/0")?.as_str()
}

/// Annotation of a pod that was let go without a node: how old it was then, in seconds.
const LET_GO_AFTER: &str = "sim.test/let-go-after";

/// How old a pod was when it was let go without a node; `None` for one that was given its node.
pub(crate) fn let_go_after(pod: &Value) -> Option<i64> {
    pod["metadata"]["annotations"][LET_GO_AFTER].as_str()?.parse().ok()
}

/// Binds what can be bound.
pub(crate) fn step(store: &mut Store) {
    let first = store.list(of_kind("Node"), "").first().map(|(id, _)| id.name.clone()).unwrap_or_default();
    let now = store.clock.now();
    for (id, pod) in store.copies(of_kind("Pod")) {
        let pinned = pin(&pod);
        let asks = pod["metadata"]["labels"][labels::EXACT] == labels::EXACT_TRUE;
        if is_gated(&pod) || !pod["spec"]["nodeName"].is_null() || pinned.is_none() && !asks {
            continue;
        }
        let node = pinned.unwrap_or(&first);
        if store.get(&Id::new(of_kind("Node"), "", node)).is_none() {
            continue;
        }
        let created = pod["metadata"]["creationTimestamp"].as_str().and_then(|text| text.parse().ok());
        let age = created.map(|created: Timestamp| now.as_second() - created.as_second());
        store.modify(&id, "scheduler", "", |pod| {
            pod["spec"]["nodeName"] = node.into();
            if let Some(age) = age.filter(|_| pinned.is_none()) {
                pod["metadata"]["annotations"][LET_GO_AFTER] = age.to_string().into();
            }
        });
    }
}
