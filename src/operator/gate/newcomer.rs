//! Pods that are being created and get their node at once, without a gate: what is asked for them, and how the leader is
//! reached. A replica that does not lead gates them.

use std::time::Duration;

use serde::Deserialize as _;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{Gate, PodView, pin};
use crate::api::labels;
use crate::operator::lock;

/// How long the leader may take: the API server waits for a second, and what is left of it is for the way.
const PROMPT: Duration = Duration::from_millis(300);
/// Pods that may wait for the leader.
const ASKING: usize = 256;

/// A pod that is being created.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    /// The pod, without a node that an earlier review of it may have chosen; its uid is the review's until it gets its own.
    view: PodView,
    /// The reservation of that earlier review.
    earlier: Option<String>,
}

/// A newcomer that waits for its node.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) newcomer: Newcomer,
    pub(super) answer: oneshot::Sender<Option<String>>,
}

impl Newcomer {
    /// What is known of a pod under review; `None` where it cannot be read.
    pub(crate) fn read(pod: &Value, namespace: &str, review: &str) -> Option<Self> {
        let mut view = PodView::deserialize(pod).ok()?;
        let earlier = view.annotation(labels::RESERVATION).map(str::to_owned);
        if let Some(node) = view.annotation(labels::PINNED).filter(|_| earlier.is_some()).map(str::to_owned) {
            view = pin::without(&view, &node);
        }
        view.0.metadata.uid = Some(review.to_owned());
        view.0.metadata.namespace = Some(namespace.to_owned());
        Some(Self { view, earlier })
    }

    pub(super) const fn view(&self) -> &PodView {
        &self.view
    }

    /// The reservation that an earlier review of the same pod has made.
    pub(super) fn earlier(&self) -> Option<&str> {
        self.earlier.as_deref()
    }

    /// Writes its node into the pod.
    pub(crate) fn pin(&self, pod: &mut Value, node: &str) {
        pin::into(pod, &self.view, node, self.view.uid());
    }

    /// Writes our gate into the pod, and takes out what an earlier review has written.
    pub(crate) fn gate(&self, pod: &mut Value) {
        if self.earlier.is_some() {
            pin::out_of(pod, &self.view);
        }
        let gates = &mut pod["spec"]["schedulingGates"];
        let mut all = gates.as_array().cloned().unwrap_or_default();
        all.push(json!({"name": labels::PLACEMENT}));
        *gates = all.into();
    }

    /// Whether a decision is to be made about it: one that has a node already, or whose DaemonSet has chosen it, has nothing to
    /// wait for. One that has our gate has it from somebody who knows what he does.
    pub(crate) fn asks(&self) -> bool {
        let view = &self.view;
        view.is_ours() && !view.is_daemon() && view.node().is_none() && !view.is_gated()
    }

    /// Its name, or what its name will begin with.
    pub(crate) fn name(&self) -> &str {
        self.view.0.metadata.name.as_deref().unwrap_or_default()
    }

    /// Whether it waits for somebody else: what it needs may change until then.
    pub(crate) fn waits_for_others(&self) -> bool {
        let spec = self.view.0.spec.as_ref();
        spec.and_then(|spec| spec.scheduling_gates.as_ref()).is_some_and(|gates| !gates.is_empty())
    }
}

impl Gate {
    /// Asks the leader for a node. `None` where this replica does not lead, or the leader wants the pod to wait: then it has
    /// to be gated.
    pub(crate) async fn reserve(&self, newcomer: &Newcomer) -> Option<String> {
        let leader = lock(&self.leader).clone()?;
        let (answer, answered) = oneshot::channel();
        leader.try_send(Asking { newcomer: newcomer.clone(), answer }).ok()?;
        timeout(PROMPT, answered).await.ok()?.ok()?
    }

    /// Leads: newcomers ask here from now on.
    pub(super) fn lead(&self) -> mpsc::Receiver<Asking> {
        let (sender, asking) = mpsc::channel(ASKING);
        *lock(&self.leader) = Some(sender);
        asking
    }
}

#[cfg(test)]
mod tests;
