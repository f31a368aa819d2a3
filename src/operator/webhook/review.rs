//! What is read of an AdmissionReview, and what is answered to it. No IO.

use k8s_openapi::ByteString;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::operator::gate::Newcomer;

/// A review of a pod that is being created.
pub(super) struct Review {
    uid: String,
    namespace: String,
    /// Nothing is created in the end.
    dry_run: bool,
    pod: Value,
}

#[derive(Deserialize)]
struct Read {
    request: Request,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    uid: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    dry_run: Option<bool>,
    #[serde(default)]
    object: Value,
}

impl Review {
    /// Reads a review as the API server sends it.
    pub(super) fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let Read { request } = serde_json::from_slice(body)?;
        let Request { uid, namespace, dry_run, object: pod } = request;
        Ok(Self { uid, namespace, dry_run: dry_run.unwrap_or_default(), pod })
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The pod, where it asks for a decision that somebody has to make. One that has a node already has nothing to wait for;
    /// neither has one whose DaemonSet has chosen it.
    pub(super) fn newcomer(&self) -> Option<Newcomer> {
        let newcomer = Newcomer::read(&self.pod, &self.namespace, &self.uid)?;
        newcomer.asks().then_some(newcomer)
    }

    /// Whether the pod may get its node now: it will be there, and waits for nobody else.
    pub(super) fn is_prompt(&self, newcomer: &Newcomer) -> bool {
        !self.dry_run && !newcomer.waits_for_others()
    }

    /// Allowed as it is.
    pub(super) fn allowed(&self) -> Value {
        json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "response": {"uid": self.uid, "allowed": true},
        })
    }

    /// Allowed with what `change` does to the pod.
    pub(super) fn changed(&self, change: impl FnOnce(&mut Value)) -> Result<Value, serde_json::Error> {
        let mut pod = self.pod.clone();
        change(&mut pod);
        let patch = serde_json::to_vec(&json_patch::diff(&self.pod, &pod))?;
        let mut answer = self.allowed();
        answer["response"]["patchType"] = "JSONPatch".into();
        answer["response"]["patch"] = serde_json::to_value(ByteString(patch))?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::labels;

    /// What becomes of a pod under review: gated, or given `node`.
    fn reviewed(pod: &Value, node: Option<&str>) -> Value {
        let review = review(pod, false);
        let Some(newcomer) = review.newcomer() else { return pod.clone() };
        let answer = review.changed(|pod| match node {
            Some(node) => newcomer.pin(pod, node),
            None => newcomer.gate(pod),
        });
        patched(pod, answer.unwrap())
    }

    fn review(pod: &Value, dry_run: bool) -> Review {
        let review = json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": {
                "uid": "u-1", "namespace": "shop", "operation": "CREATE", "dryRun": dry_run, "object": pod,
            },
        });
        Review::read(review.to_string().as_bytes()).unwrap()
    }

    fn patched(pod: &Value, mut answer: Value) -> Value {
        assert_eq!(answer["response"]["uid"], "u-1");
        assert_eq!(answer["response"]["allowed"], true);
        assert_eq!(answer["response"]["patchType"], "JSONPatch");
        let patch: ByteString = serde_json::from_value(answer["response"]["patch"].take()).unwrap();
        let patch: json_patch::Patch = serde_json::from_slice(&patch.0).unwrap();
        let mut pod = pod.clone();
        json_patch::patch(&mut pod, &patch).unwrap();
        pod
    }

    fn pod(spec: &Value) -> Value {
        json!({"metadata": {"name": "web-1", "labels": {labels::EXACT: "true"}}, "spec": spec})
    }

    #[test]
    fn a_pod_that_asks_for_it_is_gated() {
        let gated = json!([{"name": labels::PLACEMENT}]);
        assert_eq!(reviewed(&pod(&json!({"containers": []})), None)["spec"]["schedulingGates"], gated);
        assert_eq!(reviewed(&pod(&json!({"schedulingGates": []})), None)["spec"]["schedulingGates"], gated);
    }

    #[test]
    fn gates_of_others_stay() {
        let pod = pod(&json!({"schedulingGates": [{"name": "other"}]}));
        let gates = json!([{"name": "other"}, {"name": labels::PLACEMENT}]);
        assert_eq!(reviewed(&pod, None)["spec"]["schedulingGates"], gates);
    }

    #[test]
    fn nothing_is_added_where_nobody_waits_for_it() {
        let asks = |pod: &Value| review(pod, false).newcomer().is_some();
        assert!(
            !asks(&json!({"metadata": {"name": "web-1"}, "spec": {"containers": []}})),
            "it does not ask"
        );
        assert!(!asks(&pod(&json!({"nodeName": "a"}))), "it has a node");
        let mut owned = pod(&json!({}));
        owned["metadata"]["ownerReferences"] = json!([{"kind": "DaemonSet", "controller": true}]);
        assert!(!asks(&owned), "a DaemonSet has chosen its node");
        owned["metadata"]["ownerReferences"] = json!([{"kind": "ReplicaSet", "controller": true}]);
        assert!(asks(&owned));
        assert!(!asks(&pod(&json!({"schedulingGates": [{"name": labels::PLACEMENT}]}))), "it is gated");
    }

    #[test]
    fn a_pod_gets_its_node_and_keeps_what_it_says_besides() {
        let zone = json!({"key": "zone", "operator": "In", "values": ["a"]});
        let affinity = json!({
            "podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []},
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [zone]}]},
            },
        });
        let before = pod(&json!({"containers": [{"name": "c"}], "affinity": affinity}));
        let after = reviewed(&before, Some("node-7"));
        let here = json!({"key": "metadata.name", "operator": "In", "values": ["node-7"]});
        let mut wanted = before;
        wanted["metadata"]["annotations"] = json!({labels::PINNED: "node-7", labels::RESERVATION: "u-1"});
        wanted["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"] =
            json!([{"matchExpressions": [zone], "matchFields": [here]}]);
        assert_eq!(after, wanted);
    }

    #[test]
    fn another_review_of_the_same_pod_begins_anew() {
        let pinned = reviewed(&pod(&json!({"containers": []})), Some("node-7"));
        let elsewhere = reviewed(&pinned, Some("node-8"));
        let once = reviewed(&pod(&json!({"containers": []})), Some("node-8"));
        assert_eq!(elsewhere, once);
        let waiting = reviewed(&pinned, None);
        assert_eq!(waiting["spec"]["schedulingGates"], json!([{"name": labels::PLACEMENT}]));
        assert_eq!(waiting["spec"]["affinity"]["nodeAffinity"], json!({}), "{waiting:#}");
        assert_eq!(waiting["metadata"]["annotations"], json!({}));
    }

    #[test]
    fn a_node_is_given_only_to_what_will_be_there_and_waits_for_nobody_else() {
        let is_prompt = |review: Review| review.is_prompt(&review.newcomer().unwrap());
        assert!(is_prompt(review(&pod(&json!({})), false)));
        assert!(!is_prompt(review(&pod(&json!({})), true)));
        assert!(!is_prompt(review(&pod(&json!({"schedulingGates": [{"name": "other"}]})), false)));
    }

    #[test]
    fn what_is_no_review_is_refused() {
        assert!(Review::read(b"{}").is_err());
        let nothing = Review::read(br#"{"request": {"uid": "u"}}"#).unwrap();
        assert!(nothing.newcomer().is_none());
        assert!(review(&json!({"metadata": {"labels": []}, "spec": "none"}), false).newcomer().is_none());
    }
}
