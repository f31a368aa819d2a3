//! What the keeper's books are made of, and what it orders.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher as _};

use serde_json::Value;
use tokio::time::Instant;

use super::{REFUSALS, REMEMBERED};
use crate::api::labels;
use crate::operator::gate::pin;
use crate::operator::gate::view::{NodeView, PodView};
use crate::operator::live::version;

/// Something to be written.
#[derive(Debug)]
pub(in crate::operator::gate) struct Order {
    pub(in crate::operator::gate) uid: String,
    pub(in crate::operator::gate) namespace: String,
    pub(in crate::operator::gate) name: String,
    pub(in crate::operator::gate) action: Action,
}

/// What is to be written.
#[derive(Debug)]
pub(in crate::operator::gate) enum Action {
    /// The pod gets this node.
    Pin { node: String, patch: Value },
    /// The pod is left to kube-scheduler, for this reason.
    Leave { reason: String, patch: Value },
    /// The pod is deleted, if it still has this version: its node does not take it.
    Delete { version: Option<String> },
}

/// What came of it.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, on its way")]
pub(in crate::operator::gate) enum Outcome {
    /// It is written, and this is the pod now.
    Written(Box<PodView>),
    /// It is being deleted.
    Deleted,
    /// The pod has changed meanwhile.
    Outdated,
    /// The pod is gone.
    Gone,
    /// The API server does not want it.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// A pod that has come with the node that it was given while it was created.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::operator::gate) struct Arrival {
    pub(in crate::operator::gate) namespace: String,
    pub(in crate::operator::gate) name: String,
    pub(in crate::operator::gate) node: String,
}

impl Arrival {
    /// A pod that has come for its reservation; `None` where it has to wait after all.
    pub(super) fn of(pod: &PodView) -> Option<Self> {
        let node = pin::pinned(pod).filter(|_| pin::is_ours(pod))?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let metadata = &pod.0.metadata;
        Some(Self { namespace: text(&metadata.namespace), name: text(&metadata.name), node: node.to_owned() })
    }
}

/// What is known of a pod.
pub(super) struct Known {
    pub(super) version: u64,
    /// What has been told to the core, as a fingerprint.
    pub(super) taken: Option<u64>,
    pub(super) ours: Option<Box<Ours>>,
}

/// A pod that asks for our decision and has not started yet.
pub(super) struct Ours {
    pub(super) pod: PodView,
    /// Something is being written.
    pub(super) busy: bool,
    /// The version that was decided about last.
    pub(super) decided: u64,
    pub(super) queued: bool,
    /// The number of its pin, while that is waited for.
    pub(super) pin: Option<u64>,
    /// No decision is made about it: somebody refused to have it written.
    pub(super) left: bool,
    /// Since when its node does not take it.
    pub(super) refused: Option<Instant>,
    /// Since when its node is gone.
    pub(super) homeless: Option<Instant>,
    /// Until when it is not replaced, once more.
    pub(super) dropped: Option<Instant>,
}

#[derive(Default)]
pub(super) struct Listed {
    pub(super) nodes: Option<HashSet<String>>,
    pub(super) pods: Option<HashSet<String>>,
    pub(super) has_nodes: bool,
    pub(super) has_pods: bool,
    /// Nodes of a first list that is not complete yet.
    pub(super) first_nodes: Vec<NodeView>,
    /// The watch of pods has failed, and nothing has been heard since.
    pub(super) lost: bool,
    /// Nobody has come for a reservation, and no pod has been heard of since.
    pub(super) silent: bool,
}

impl Listed {
    /// Whether pods may be there that are not known.
    pub(super) const fn is_deaf(&self) -> bool {
        self.lost || self.pods.is_some()
    }
}

impl Ours {
    pub(super) const fn new(pod: PodView) -> Self {
        Self {
            pod,
            busy: false,
            decided: 0,
            queued: false,
            pin: None,
            left: false,
            refused: None,
            homeless: None,
            dropped: None,
        }
    }
}

impl PodView {
    pub(super) fn version(&self) -> u64 {
        version(self.0.metadata.resource_version.as_deref())
    }
}

pub(super) fn fingerprint(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn order(uid: &str, pod: &PodView, action: Action) -> Order {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Order {
        uid: uid.to_owned(),
        namespace: text(&pod.0.metadata.namespace),
        name: text(&pod.0.metadata.name),
        action,
    }
}

pub(super) fn in_scope(scopes: &[String], pod: &PodView) -> bool {
    let namespace = pod.0.metadata.namespace.as_deref().unwrap_or_default();
    scopes.is_empty() || scopes.iter().any(|scope| scope == namespace)
}

/// Whose pods are alike: those of one deployment on one capacity provider.
pub(super) fn deployment(pod: &PodView) -> String {
    let label = |key: &str| pod.label(key).unwrap_or_default();
    let namespace = pod.0.metadata.namespace.as_deref().unwrap_or_default();
    let (service, provider) = (label(labels::SERVICE), label(labels::CAPACITY_PROVIDER));
    format!("{namespace}/{service}/{provider}/{}", label(labels::DEPLOYMENT_ID))
}

/// Whether nodes take the tasks of its deployment that they are given.
pub(super) fn is_trusted(refusals: &HashMap<String, (u32, Instant)>, pod: &PodView, now: Instant) -> bool {
    let refused = refusals.get(&deployment(pod));
    refused.is_none_or(|(count, last)| *count < REFUSALS || now >= *last + REMEMBERED)
}
