//! Gives pods to the one node that they name. All others run without: no story asks where.

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

/// Binds what can be bound.
pub(crate) fn step(store: &mut Store) {
    let pods = store.list(of_kind("Pod"), "");
    let bound: Vec<(Id, String)> = pods
        .into_iter()
        .filter(|(_, pod)| !is_gated(pod) && pod["spec"]["nodeName"].is_null())
        .filter_map(|(id, pod)| Some((id.clone(), pin(pod)?.to_owned())))
        .filter(|(_, node)| store.get(&Id::new(of_kind("Node"), "", node)).is_some())
        .collect();
    for (id, node) in bound {
        store.modify(&id, "scheduler", "", |pod| pod["spec"]["nodeName"] = node.into());
    }
}
