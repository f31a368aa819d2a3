//! Pods that are being created and get their node at once, without a gate: what is asked for them, and how the leader is
//! reached. A replica that does not lead gates them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::{Gate, PodView, SETTLES, pin};
use crate::api::labels;
use crate::operator::lock;

/// How long the leader may take: the API server waits for a second, and what is left of it is for the way.
const PROMPT: Duration = Duration::from_millis(300);
/// Pods that may wait for the leader: as many as there are connections.
const ASKING: usize = 64;
/// Containers of a pod that is asked for, at most: its rules are kept as long as it is, and each of these is some kilobytes.
const CONTAINERS: usize = 64;

/// What was asked for in time has to be known when an end looks who waits.
const _: () = assert!(PROMPT.as_millis() < SETTLES.as_millis());

/// A pod that is being created.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    /// The pod, without a node that an earlier review of it may have chosen; its uid is the review's until it gets its own.
    view: PodView,
    /// The reservation of that earlier review.
    earlier: Option<String>,
}

/// What becomes of a newcomer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It gets this node, where room is held for it.
    Placed(String),
    /// It waits for a decision.
    Waits,
    /// Nobody may keep it waiting: kube-scheduler places it.
    Free,
}

/// A newcomer that waits for its node.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) newcomer: Arc<Newcomer>,
    pub(super) answer: oneshot::Sender<Option<String>>,
}

impl Newcomer {
    /// What is known of a pod under review.
    pub(crate) fn new(mut view: PodView, namespace: &str, review: &str) -> Self {
        let earlier = view.annotation(labels::RESERVATION).map(str::to_owned);
        if let Some(node) = view.annotation(labels::PINNED).filter(|_| earlier.is_some()).map(str::to_owned) {
            view = pin::without(&view, &node);
        }
        view.0.metadata.uid = Some(review.to_owned());
        view.0.metadata.namespace = Some(namespace.to_owned());
        Self { view, earlier }
    }

    pub(super) const fn view(&self) -> &PodView {
        &self.view
    }

    /// The uid of its review.
    pub(super) fn review(&self) -> &str {
        self.view.uid()
    }

    /// The reservation that an earlier review of the same pod has made.
    pub(super) fn earlier(&self) -> Option<&str> {
        self.earlier.as_deref()
    }

    /// Whether an earlier review has written anything into it.
    pub(crate) const fn was_reviewed(&self) -> bool {
        self.earlier.is_some()
    }

    /// Writes its node into the pod.
    pub(crate) fn pin(&self, pod: &mut Value, node: &str) {
        pin::into(pod, &self.view, node, self.review());
    }

    /// Writes our gate into the pod, and takes out what an earlier review has written.
    pub(crate) fn gate(&self, pod: &mut Value) {
        self.free(pod);
        let gates = &mut pod["spec"]["schedulingGates"];
        let mut all = gates.as_array().cloned().unwrap_or_default();
        all.push(json!({"name": labels::PLACEMENT}));
        *gates = all.into();
    }

    /// Takes out of the pod what an earlier review has written.
    pub(crate) fn free(&self, pod: &mut Value) {
        if self.was_reviewed() {
            pin::out_of(pod, &self.view);
        }
    }

    /// Whether a decision is to be made about it: one that has a node already, or whose DaemonSet has chosen it, has nothing to
    /// wait for. One that has our gate has it from somebody who knows what he does.
    pub(crate) fn asks(&self) -> bool {
        let view = &self.view;
        view.is_ours() && !view.is_daemon() && view.node().is_none() && !view.is_gated()
    }

    /// Whether it waits for somebody else: what it needs may change until then.
    pub(crate) fn waits_for_others(&self) -> bool {
        let spec = self.view.0.spec.as_ref();
        spec.and_then(|spec| spec.scheduling_gates.as_ref()).is_some_and(|gates| !gates.is_empty())
    }

    /// Whether it has so few containers that the leader may be asked for it.
    pub(crate) fn is_small(&self) -> bool {
        self.view.0.spec.as_ref().is_none_or(|spec| {
            spec.containers.len() + spec.init_containers.as_ref().map_or(0, Vec::len) <= CONTAINERS
        })
    }
}

impl Gate {
    /// Decides what becomes of a newcomer of a namespace of ours. Only where it `may_be_asked_for` the leader is asked.
    pub(crate) async fn receive(&self, newcomer: &Arc<Newcomer>, may_be_asked_for: bool) -> Verdict {
        let namespace = newcomer.view.0.metadata.namespace.as_deref().unwrap_or_default();
        if may_be_asked_for
            && self.accepts(namespace)
            && let Some(node) = self.reserve(newcomer).await
        {
            return Verdict::Placed(node);
        }
        // This replica may have begun to end meanwhile, and takes no gate away any more then.
        if self.accepts(namespace) { Verdict::Waits } else { Verdict::Free }
    }

    /// Asks the leader for a node. `None` where this replica does not lead, or the leader wants the pod to wait: then it has
    /// to be gated.
    async fn reserve(&self, newcomer: &Arc<Newcomer>) -> Option<String> {
        let leader = lock(&self.leader).clone()?;
        let (answer, answered) = oneshot::channel();
        leader.try_send(Asking { newcomer: Arc::clone(newcomer), answer }).ok()?;
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
