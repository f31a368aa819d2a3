//! What is read of an AdmissionReview, and what is answered to it. No IO.
//!
//! Whoever can reach the webhook can send one. A few bytes of it can become a thousand in memory, so only what decisions are
//! made by is kept of a pod, and all of it is read once more, shortly, when it is known what is to be changed.

use std::sync::Arc;

use axum::body::Bytes;
use k8s_openapi::ByteString;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::operator::gate::{Newcomer, PodView, Verdict};

/// Objects in a review that is read, at most: one for each container would take forty megabytes.
const MOST: usize = 16 << 10;
/// A review of this many bytes and objects, at most, is kept while the leader is asked. That of a pod whose definition ECS takes
/// hardly ever is larger.
const SMALL: usize = 64 << 10;
const FEW: usize = 2 << 10;

/// A review of a pod that is being created.
pub(super) struct Review {
    uid: String,
    namespace: String,
    /// The pod, where it asks for a decision that somebody has to make.
    newcomer: Option<Arc<Newcomer>>,
    /// Whether it may get its node now.
    is_prompt: bool,
    body: Bytes,
}

#[derive(Deserialize)]
struct Read<T> {
    request: Request<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request<T> {
    uid: String,
    #[serde(default)]
    namespace: String,
    dry_run: Option<bool>,
    object: Option<T>,
}

/// Objects in a text, at most.
fn objects(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte == b'{').count()
}

/// Whether there is too much in a review to read it.
pub(super) fn is_too_much(body: &[u8]) -> bool {
    objects(body) > MOST
}

impl Review {
    /// Reads a review as the API server sends it. The pod is ours to look at where it asks for a decision: one that has a
    /// node already has nothing to wait for; neither has one whose DaemonSet has chosen it.
    pub(super) fn read(body: Bytes) -> Result<Self, serde_json::Error> {
        let Read::<PodView> { request } = serde_json::from_slice(&body)?;
        let Request { uid, namespace, dry_run, object } = request;
        let newcomer = object.map(|pod| Newcomer::new(pod, &namespace, &uid)).filter(Newcomer::asks);
        // One that is given a node will be there, and waits for nobody else.
        let is_prompt = dry_run != Some(true)
            && newcomer.as_ref().is_some_and(|newcomer| !newcomer.waits_for_others() && newcomer.is_small())
            && body.len() <= SMALL
            && objects(&body) <= FEW;
        Ok(Self { uid, namespace, newcomer: newcomer.map(Arc::new), is_prompt, body })
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The pod, where it asks for a decision.
    pub(super) const fn newcomer(&self) -> Option<&Arc<Newcomer>> {
        self.newcomer.as_ref()
    }

    /// Whether the pod may get its node now.
    pub(super) const fn is_prompt(&self) -> bool {
        self.is_prompt
    }

    /// Allowed as it is.
    pub(super) fn allowed(&self) -> Value {
        json!({
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "response": {"uid": self.uid, "allowed": true},
        })
    }

    /// Allowed, with what a verdict changes in the pod.
    pub(super) fn answered(&self, verdict: &Verdict) -> Result<Value, serde_json::Error> {
        let Some(newcomer) = &self.newcomer else { return Ok(self.allowed()) };
        match verdict {
            Verdict::Placed(node) => self.changed(|pod| newcomer.pin(pod, node)),
            Verdict::Waits => self.changed(|pod| newcomer.gate(pod)),
            Verdict::Free if newcomer.was_reviewed() => self.changed(|pod| newcomer.free(pod)),
            Verdict::Free => Ok(self.allowed()),
        }
    }

    fn changed(&self, change: impl FnOnce(&mut Value)) -> Result<Value, serde_json::Error> {
        let Read::<Value> { request } = serde_json::from_slice(&self.body)?;
        let before = request.object.unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        let patch = serde_json::to_vec(&json_patch::diff(&before, &after))?;
        let mut answer = self.allowed();
        answer["response"]["patchType"] = "JSONPatch".into();
        answer["response"]["patch"] = serde_json::to_value(ByteString(patch))?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
