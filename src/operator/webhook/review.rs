//! What is answered to an AdmissionReview. No IO.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::labels;
use crate::operator::gate::DAEMON_SET;

/// As much of an AdmissionReview as the answer depends on.
#[derive(Deserialize)]
struct Review {
    request: Request,
}

#[derive(Deserialize)]
struct Request {
    uid: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    object: Pod,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pod {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    labels: Option<BTreeMap<String, String>>,
    #[serde(rename = "ownerReferences")]
    owners: Option<Vec<Owner>>,
}

#[derive(Deserialize)]
struct Owner {
    kind: String,
    controller: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    node_name: Option<String>,
    scheduling_gates: Option<Vec<Gate>>,
}

#[derive(Deserialize)]
struct Gate {
    name: String,
}

/// The answer to a review: allowed, with our gate where the pod asks for it and `accepts` says that somebody will take it
/// away again.
pub(super) fn answer(body: &[u8], accepts: impl Fn(&str) -> bool) -> Result<Vec<u8>, serde_json::Error> {
    let Review { request } = serde_json::from_slice(body)?;
    let mut response = json!({"uid": request.uid, "allowed": true});
    if accepts(&request.namespace)
        && let Some(patch) = patch(&request.object)
    {
        response["patchType"] = "JSONPatch".into();
        response["patch"] = serde_json::to_value(ByteString(patch.to_string().into_bytes()))?;
    }
    let review =
        json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response});
    serde_json::to_vec(&review)
}

/// The JSON patch that adds our gate to a pod. A pod that has a node already has nothing to wait for; neither has one whose
/// DaemonSet has chosen it.
fn patch(pod: &Pod) -> Option<Value> {
    let asks = |labels: &BTreeMap<String, String>| {
        labels.get(labels::EXACT).is_some_and(|value| value == labels::EXACT_TRUE)
    };
    let is_daemon = |owner: &Owner| owner.controller == Some(true) && owner.kind == DAEMON_SET;
    if !pod.metadata.labels.as_ref().is_some_and(asks)
        || pod.metadata.owners.iter().flatten().any(is_daemon)
        || pod.spec.node_name.as_ref().is_some_and(|name| !name.is_empty())
    {
        return None;
    }
    let gate = json!({"name": labels::PLACEMENT});
    match &pod.spec.scheduling_gates {
        Some(gates) if gates.iter().any(|gate| gate.name == labels::PLACEMENT) => None,
        Some(gates) if !gates.is_empty() => {
            Some(json!([{"op": "add", "path": "/spec/schedulingGates/-", "value": gate}]))
        }
        _ => Some(json!([{"op": "add", "path": "/spec/schedulingGates", "value": [gate]}])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(pod: &Value, accepts: bool) -> Value {
        let review = json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": {"uid": "u-1", "namespace": "shop", "operation": "CREATE", "object": pod},
        });
        let answer =
            answer(review.to_string().as_bytes(), |namespace| accepts && namespace == "shop").unwrap();
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["response"]["uid"], "u-1");
        assert_eq!(answer["response"]["allowed"], true);
        let patch: Option<ByteString> = serde_json::from_value(answer["response"]["patch"].take()).unwrap();
        patch.map_or(Value::Null, |patch| serde_json::from_slice(&patch.0).unwrap())
    }

    fn pod(spec: &Value) -> Value {
        json!({"metadata": {"name": "web-1", "labels": {labels::EXACT: "true"}}, "spec": spec})
    }

    #[test]
    fn a_pod_that_asks_for_it_is_gated() {
        let added =
            json!([{"op": "add", "path": "/spec/schedulingGates", "value": [{"name": labels::PLACEMENT}]}]);
        assert_eq!(answered(&pod(&json!({"containers": []})), true), added);
        assert_eq!(answered(&pod(&json!({"schedulingGates": []})), true), added);
    }

    #[test]
    fn gates_of_others_stay() {
        let patch = answered(&pod(&json!({"schedulingGates": [{"name": "other"}]})), true);
        assert_eq!(
            patch,
            json!([{"op": "add", "path": "/spec/schedulingGates/-", "value": {"name": labels::PLACEMENT}}])
        );
    }

    #[test]
    fn nothing_is_added_where_nobody_waits_for_it() {
        let plain = json!({"metadata": {"name": "web-1"}, "spec": {"containers": []}});
        assert_eq!(answered(&plain, true), Value::Null, "it does not ask");
        assert_eq!(answered(&pod(&json!({})), false), Value::Null, "nobody takes it away again");
        assert_eq!(answered(&pod(&json!({"nodeName": "a"})), true), Value::Null, "it has a node");
        let mut daemon = pod(&json!({}));
        daemon["metadata"]["ownerReferences"] = json!([{"kind": "DaemonSet", "controller": true}]);
        assert_eq!(answered(&daemon, true), Value::Null, "a DaemonSet has chosen its node");
        daemon["metadata"]["ownerReferences"] = json!([{"kind": "ReplicaSet", "controller": true}]);
        assert_ne!(answered(&daemon, true), Value::Null);
        let gated = pod(&json!({"schedulingGates": [{"name": labels::PLACEMENT}]}));
        assert_eq!(answered(&gated, true), Value::Null, "it is gated");
    }

    #[test]
    fn what_is_no_review_is_refused() {
        assert!(answer(b"{}", |_| true).is_err());
    }
}
