//! What the API server does with pods that the operator's webhook has to see before they are there.

use std::time::Duration;

use ecs_bridge::api::labels;
use k8s_openapi::ByteString;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::Server;
use super::apply::Writer;
use super::resource::Id;
use crate::dice::Dice;
use crate::process::Processes;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// Annotation of a pod that has neither a node nor a gate from the webhook.
const LEFT: &str = "sim.test/left";

/// A pod on its way.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    pub(crate) id: Id,
    pub(crate) pod: Value,
    /// Whether somebody refuses it who is asked after all webhooks, as quotas are.
    pub(crate) refused: bool,
}

/// Whether a pod goes to the webhook.
pub(crate) fn concerns(pod: &Value) -> bool {
    pod["metadata"]["labels"][labels::EXACT] == labels::EXACT_TRUE
}

/// Whether the webhook has left a pod to kube-scheduler, or nobody has answered.
pub(crate) fn was_left(pod: &Value) -> bool {
    pod["metadata"]["annotations"][LEFT].is_string()
}

/// Creates the pods that are on their way, after they were reviewed.
pub(crate) async fn admit(server: &Server, processes: &Processes) {
    let newcomers = std::mem::take(&mut server.store().newcomers);
    for (number, Newcomer { id, mut pod, refused }) in (0..).zip(newcomers) {
        let mut dice = Dice::new(server.store().version() ^ number << 32);
        // Where a webhook that comes later changes a pod, all are asked once more, whichever replica that meets.
        let reviews = if dice.below(3) == 0 { 2 } else { 1 };
        for _ in 0..reviews {
            review(processes, &id, &mut pod, &mut dice).await;
        }
        if refused {
            continue;
        }
        let is_gated = pod["spec"]["schedulingGates"].as_array().is_some_and(|gates| !gates.is_empty());
        if !is_gated && pod["metadata"]["annotations"][labels::PINNED].is_null() {
            pod["metadata"]["annotations"][LEFT] = "true".into();
        }
        drop(server.store().create(&id, pod, &Writer::updater("controller", ""), false));
    }
}

/// Has a pod reviewed by a replica. It stays as it is where none answers.
async fn review(processes: &Processes, id: &Id, pod: &mut Value, dice: &mut Dice) {
    let Some((link, reviewer)) = processes.reviewer(dice) else { return };
    let uid = format!("{:08x}-0000-4000-9000-{:012x}", dice.next() >> 32, dice.next() >> 16);
    let review = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
        "request": {"uid": uid, "namespace": id.namespace, "operation": "CREATE", "dryRun": false, "object": pod},
    });
    sleep(Duration::from_millis(1 + dice.below(5))).await;
    let answer = timeout(PATIENCE, reviewer.answer(review.to_string().into_bytes())).await;
    if link.is_dead() {
        return;
    }
    sleep(Duration::from_millis(1 + dice.below(5))).await;
    let Ok(Some(answer)) = answer else { return };
    assert_eq!((&answer["response"]["uid"], &answer["response"]["allowed"]), (&json!(uid), &json!(true)));
    if answer["response"]["patch"].is_string() {
        let patch: ByteString = serde_json::from_value(answer["response"]["patch"].clone()).unwrap();
        let patch: json_patch::Patch = serde_json::from_slice(&patch.0).unwrap();
        json_patch::patch(pod, &patch).unwrap();
    }
}
