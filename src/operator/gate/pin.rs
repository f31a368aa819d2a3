//! What is written of a decision: a patch that gives the pod its node and takes the gate away, or the node in a pod that is
//! being created. No IO.
//!
//! The node stands in `matchFields`, never in a label of the host name: pods with such a selector would keep autoscalers from
//! moving them. kube-scheduler still checks everything and binds.

use k8s_openapi::api::core::v1::{NodeSelectorRequirement, NodeSelectorTerm};
use serde_json::{Value, json};

use super::view::PodView;
use crate::api::labels;

/// Field of nodes that terms can go by.
const NAME: &str = "metadata.name";
/// Member of a node affinity that binds.
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

fn terms(pod: &PodView) -> &[NodeSelectorTerm] {
    let affinity = pod.0.spec.as_ref().and_then(|spec| spec.affinity.as_ref());
    let required = affinity
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|affinity| affinity.required_during_scheduling_ignored_during_execution.as_ref());
    required.map(|selector| selector.node_selector_terms.as_slice()).unwrap_or_default()
}

/// The one node that every term names.
pub(super) fn pinned(pod: &PodView) -> Option<&str> {
    let mut nodes = terms(pod).iter().map(|term| {
        let fields = term.match_fields.as_deref().unwrap_or_default();
        let named = fields.iter().find(|field| field.key == NAME && field.operator == "In");
        named.and_then(|field| field.values.as_deref()?.first()).map(String::as_str)
    });
    let first = nodes.next()??;
    nodes.all(|node| node == Some(first)).then_some(first)
}

/// Whether the one node that it names is the one that we gave it. Others may choose nodes for their pods in the same way.
pub(super) fn is_ours(pod: &PodView) -> bool {
    pinned(pod).is_some_and(|node| pod.annotation(labels::PINNED) == Some(node))
}

/// What names a node.
fn here(node: &str) -> NodeSelectorRequirement {
    NodeSelectorRequirement {
        key: NAME.to_owned(),
        operator: "In".to_owned(),
        values: Some(vec![node.to_owned()]),
    }
}

/// A pod's terms with the node in each of them: they are alternatives. A gated pod may get its first one, or more in those it
/// has.
fn with(pod: &PodView, node: &str) -> Vec<NodeSelectorTerm> {
    let with = |term: &NodeSelectorTerm| {
        let mut term = term.clone();
        term.match_fields.get_or_insert_default().push(here(node));
        term
    };
    match terms(pod) {
        [] => vec![with(&NodeSelectorTerm::default())],
        terms => terms.iter().map(with).collect(),
    }
}

/// A pod as it was before it was given this node.
pub(super) fn without(pod: &PodView, node: &str) -> PodView {
    let here = here(node);
    let mut pod = pod.clone();
    let affinity = pod.0.spec.as_mut().and_then(|spec| spec.affinity.as_mut()?.node_affinity.as_mut());
    let Some(affinity) = affinity else { return pod };
    let Some(required) = &mut affinity.required_during_scheduling_ignored_during_execution else {
        return pod;
    };
    for term in &mut required.node_selector_terms {
        let fields = term.match_fields.get_or_insert_default();
        // What is said of it besides is somebody else's.
        if let Some(last) = fields.iter().rposition(|field| *field == here) {
            fields.remove(last);
        }
        if fields.is_empty() {
            term.match_fields = None;
        }
    }
    required.node_selector_terms.retain(|term| *term != NodeSelectorTerm::default());
    if required.node_selector_terms.is_empty() {
        affinity.required_during_scheduling_ignored_during_execution = None;
    }
    pod
}

/// Gives a pod its node.
pub(super) fn to(pod: &PodView, node: &str) -> Value {
    let mut patch = ungated(pod);
    patch["metadata"]["annotations"] = json!({labels::PINNED: node});
    patch["spec"]["affinity"] = json!({"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": with(pod, node)}}});
    patch
}

/// Writes into a pod that is being created which node `reservation` holds for it. `view` is what was decided about.
pub(super) fn into(pod: &mut Value, view: &PodView, node: &str, reservation: &str) {
    pod["metadata"]["annotations"][labels::PINNED] = node.into();
    pod["metadata"]["annotations"][labels::RESERVATION] = reservation.into();
    pod["spec"]["affinity"]["nodeAffinity"][REQUIRED] = json!({"nodeSelectorTerms": with(view, node)});
}

/// Takes out of a pod that is being created what an earlier review has written into it, but for the reservation: as soon as the
/// pod is seen that ends. `view` is the pod without its node.
pub(super) fn out_of(pod: &mut Value, view: &PodView) {
    let Some(annotations) = pod.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) else {
        return;
    };
    annotations.remove(labels::PINNED);
    let Some(affinity) = pod.pointer_mut("/spec/affinity/nodeAffinity").and_then(Value::as_object_mut) else {
        return;
    };
    match terms(view) {
        [] => drop(affinity.remove(REQUIRED)),
        terms => drop(affinity.insert(REQUIRED.to_owned(), json!({"nodeSelectorTerms": terms}))),
    }
}

/// Leaves a pod to kube-scheduler, with the reason why it has no node, where there is one.
pub(super) fn nowhere(pod: &PodView, reason: Option<&str>) -> Value {
    let mut patch = ungated(pod);
    if let Some(reason) = reason {
        patch["metadata"]["annotations"] = json!({labels::UNPLACED: reason});
    }
    patch
}

/// Takes the gate away from exactly the pod that was looked at.
fn ungated(pod: &PodView) -> Value {
    let gates = pod.0.spec.as_ref().and_then(|spec| spec.scheduling_gates.as_deref()).unwrap_or_default();
    let others: Vec<_> = gates.iter().filter(|gate| gate.name != labels::PLACEMENT).collect();
    json!({
        "metadata": {"uid": pod.uid(), "resourceVersion": pod.0.metadata.resource_version},
        "spec": {"schedulingGates": if others.is_empty() { Value::Null } else { json!(others) }},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(affinity: &Value, gates: &[&str]) -> PodView {
        let gates: Vec<_> = gates.iter().map(|name| json!({"name": name})).collect();
        serde_json::from_value(json!({
            "metadata": {"name": "web-1", "uid": "u", "resourceVersion": "9"},
            "spec": {"containers": [], "affinity": affinity, "schedulingGates": gates},
        }))
        .unwrap()
    }

    fn required(terms: &Value) -> Value {
        json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}})
    }

    fn here() -> Value {
        json!({"key": "metadata.name", "operator": "In", "values": ["node-7"]})
    }

    #[test]
    fn a_pod_without_terms_gets_one() {
        let patch = to(&pod(&Value::Null, &[labels::PLACEMENT]), "node-7");
        assert_eq!(patch["spec"]["affinity"], required(&json!([{"matchFields": [here()]}])));
        assert_eq!(patch["spec"]["schedulingGates"], Value::Null);
        assert!(patch["spec"].as_object().unwrap().contains_key("schedulingGates"));
        assert_eq!(
            patch["metadata"],
            json!({"uid": "u", "resourceVersion": "9",
            "annotations": {labels::PINNED: "node-7"}})
        );
    }

    #[test]
    fn every_alternative_names_the_node_and_keeps_what_it_says() {
        let arm = json!({"key": "arch", "operator": "In", "values": ["arm64"]});
        let terms = json!([{"matchExpressions": [arm]}, {"matchFields": [here()]}]);
        let patch = to(&pod(&required(&terms), &[labels::PLACEMENT]), "node-7");
        let pinned =
            json!([{"matchExpressions": [arm], "matchFields": [here()]}, {"matchFields": [here(), here()]}]);
        assert_eq!(patch["spec"]["affinity"], required(&pinned));
        assert_eq!(pinned_in(&pinned), Some("node-7".to_owned()));
        assert_eq!(pinned_in(&terms), None, "the first alternative may be met elsewhere");
    }

    fn pinned_in(terms: &Value) -> Option<String> {
        pinned(&pod(&required(terms), &[])).map(str::to_owned)
    }

    #[test]
    fn gates_of_others_stay() {
        let patch = nowhere(&pod(&Value::Null, &["other", labels::PLACEMENT]), Some("too small"));
        assert_eq!(patch["spec"], json!({"schedulingGates": [{"name": "other"}]}));
        assert_eq!(patch["metadata"]["annotations"][labels::UNPLACED], "too small");
    }
}
