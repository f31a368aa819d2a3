//! Nodes and pods as the placement core asks for them: everything else is skipped while it is decoded, because pods of
//! the whole cluster are watched, and decoding them is what that costs.

mod members;

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, Container, ContainerPort, Node, NodeAffinity, NodeCondition, NodeSpec, NodeStatus, Pod,
    PodAffinityTerm, PodAntiAffinity, PodCondition, PodSchedulingGate, PodSpec, PodStatus,
    ResourceRequirements, Taint, Toleration,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{OwnerReference, Time};
use kube::Resource;
use kube::core::{ClusterResourceScope, NamespaceResourceScope, ObjectMeta};
use serde::{Deserialize, Deserializer, Serialize};

use self::members::Members;
use crate::api::labels;

/// A pod without what nobody asks for here.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct PodView(pub(crate) Pod);

/// A node without what nobody asks for here.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct NodeView(pub(crate) Node);

macro_rules! resource {
    ($view:ident, $of:ident, $scope:ident) => {
        impl Resource for $view {
            type DynamicType = ();
            type Scope = $scope;

            fn kind(_: &()) -> Cow<'_, str> {
                <$of as Resource>::kind(&())
            }

            fn group(_: &()) -> Cow<'_, str> {
                <$of as Resource>::group(&())
            }

            fn version(_: &()) -> Cow<'_, str> {
                <$of as Resource>::version(&())
            }

            fn plural(_: &()) -> Cow<'_, str> {
                <$of as Resource>::plural(&())
            }

            fn meta(&self) -> &ObjectMeta {
                &self.0.metadata
            }

            fn meta_mut(&mut self) -> &mut ObjectMeta {
                &mut self.0.metadata
            }
        }
    };
}

resource!(PodView, Pod, NamespaceResourceScope);
resource!(NodeView, Node, ClusterResourceScope);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SlimMeta {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    resource_version: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    annotations: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<OwnerReference>>,
    creation_timestamp: Option<Time>,
    deletion_timestamp: Option<Time>,
}

impl SlimMeta {
    /// Metadata with these of the labels and annotations.
    fn kept(self, label: impl Fn(&str) -> bool, annotation: impl Fn(&str) -> bool) -> ObjectMeta {
        let mut all = self.labels.unwrap_or_default();
        all.retain(|key, _| label(key));
        let mut notes = self.annotations.unwrap_or_default();
        notes.retain(|key, _| annotation(key));
        ObjectMeta {
            name: self.name,
            namespace: self.namespace,
            uid: self.uid,
            resource_version: self.resource_version,
            labels: Some(all).filter(|all| !all.is_empty()),
            annotations: Some(notes).filter(|notes| !notes.is_empty()),
            owner_references: self.owner_references,
            creation_timestamp: self.creation_timestamp,
            deletion_timestamp: self.deletion_timestamp,
            ..ObjectMeta::default()
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SlimPod {
    metadata: Members<SlimMeta>,
    spec: Members<SlimPodSpec>,
    status: SlimPodStatus,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SlimPodSpec {
    node_name: Option<String>,
    containers: Vec<SlimContainer>,
    init_containers: Option<Vec<SlimContainer>>,
    overhead: Option<BTreeMap<String, Quantity>>,
    resources: Option<ResourceRequirements>,
    node_selector: Option<BTreeMap<String, String>>,
    tolerations: Option<Vec<Toleration>>,
    affinity: Option<Members<SlimAffinity>>,
    scheduling_gates: Option<Vec<PodSchedulingGate>>,
    host_network: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SlimContainer {
    name: String,
    resources: Option<ResourceRequirements>,
    ports: Option<Vec<ContainerPort>>,
    restart_policy: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SlimAffinity {
    node_affinity: Option<NodeAffinity>,
    pod_anti_affinity: Option<SlimApart>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SlimApart {
    required_during_scheduling_ignored_during_execution: Option<Vec<PodAffinityTerm>>,
}

impl SlimAffinity {
    /// What is required of nodes, and whom the pod keeps off its own.
    fn kept(self) -> Option<Affinity> {
        let terms =
            self.pod_anti_affinity.and_then(|all| all.required_during_scheduling_ignored_during_execution);
        let apart = terms.filter(|terms| !terms.is_empty()).map(|terms| PodAntiAffinity {
            required_during_scheduling_ignored_during_execution: Some(terms),
            ..PodAntiAffinity::default()
        });
        let is_something = self.node_affinity.is_some() || apart.is_some();
        is_something.then(|| Affinity {
            node_affinity: self.node_affinity,
            pod_anti_affinity: apart,
            ..Affinity::default()
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SlimPodStatus {
    phase: Option<String>,
    conditions: Option<Vec<PodCondition>>,
}

impl From<SlimContainer> for Container {
    fn from(slim: SlimContainer) -> Self {
        Self {
            name: slim.name,
            resources: slim.resources,
            ports: slim.ports,
            restart_policy: slim.restart_policy,
            ..Self::default()
        }
    }
}

impl<'de> Deserialize<'de> for PodView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Members(SlimPod { metadata: Members(metadata), spec: Members(spec), status }) =
            Members::deserialize(deserializer)?;
        let all = |slim: Vec<SlimContainer>| slim.into_iter().map(Container::from).collect();
        let ours = |key: &str| key.starts_with(labels::PREFIX);
        let mut conditions = status.conditions.unwrap_or_default();
        conditions.retain(|condition| condition.type_ == SCHEDULED);
        Ok(Self(Pod {
            metadata: metadata.kept(ours, ours),
            spec: Some(PodSpec {
                node_name: spec.node_name.filter(|name| !name.is_empty()),
                containers: all(spec.containers),
                init_containers: spec.init_containers.map(all),
                overhead: spec.overhead,
                resources: spec.resources,
                node_selector: spec.node_selector,
                tolerations: spec.tolerations,
                affinity: spec.affinity.and_then(|Members(affinity)| affinity.kept()),
                scheduling_gates: spec.scheduling_gates,
                host_network: spec.host_network,
                ..PodSpec::default()
            }),
            status: Some(PodStatus {
                phase: status.phase,
                conditions: Some(conditions).filter(|all| !all.is_empty()),
                ..PodStatus::default()
            }),
        }))
    }
}

/// The condition that tells whether a pod has been given to a node, and why not.
const SCHEDULED: &str = "PodScheduled";
/// Reason of that condition of a pod that no node takes.
const UNSCHEDULABLE: &str = "Unschedulable";
/// Kind of owners whose pods have their node from the beginning.
const DAEMON_SET: &str = "DaemonSet";
/// The condition that tells whether a node is ready.
const READY: &str = "Ready";

impl PodView {
    fn spec(&self) -> Option<&PodSpec> {
        self.0.spec.as_ref()
    }

    /// `metadata.uid`.
    pub(super) fn uid(&self) -> &str {
        self.0.metadata.uid.as_deref().unwrap_or_default()
    }

    /// The node that it has been given to.
    pub(super) fn node(&self) -> Option<&str> {
        self.spec()?.node_name.as_deref()
    }

    /// Whether it asks for our decision.
    pub(super) fn is_ours(&self) -> bool {
        self.label(labels::EXACT) == Some(labels::EXACT_TRUE)
    }

    /// One of our labels.
    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.0.metadata.labels.as_ref()?.get(key).map(String::as_str)
    }

    /// One of our annotations.
    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        self.0.metadata.annotations.as_ref()?.get(key).map(String::as_str)
    }

    /// Whether it waits for our decision.
    pub(super) fn is_gated(&self) -> bool {
        let gates = self.spec().and_then(|spec| spec.scheduling_gates.as_deref()).unwrap_or_default();
        gates.iter().any(|gate| gate.name == labels::PLACEMENT)
    }

    /// Whether it waits for our decision and for nothing else.
    pub(super) fn waits_for_us(&self) -> bool {
        let gates = self.spec().and_then(|spec| spec.scheduling_gates.as_deref()).unwrap_or_default();
        !gates.is_empty() && gates.iter().all(|gate| gate.name == labels::PLACEMENT)
    }

    /// Whether a leader has decided about it: it has a node, or the reason why not.
    pub(super) fn is_decided(&self) -> bool {
        self.annotation(labels::PINNED).or_else(|| self.annotation(labels::UNPLACED)).is_some()
    }

    /// Whether it is being deleted.
    pub(super) fn is_deleting(&self) -> bool {
        self.0.metadata.deletion_timestamp.is_some()
    }

    /// Whether it has ended, and takes nothing of its node any more.
    pub(super) fn has_ended(&self) -> bool {
        let phase = self.0.status.as_ref().and_then(|status| status.phase.as_deref());
        matches!(phase, Some("Failed" | "Succeeded"))
    }

    /// Whether kube-scheduler has found no node for it.
    pub(super) fn is_unschedulable(&self) -> bool {
        let conditions = self.0.status.as_ref().and_then(|status| status.conditions.as_deref());
        conditions.unwrap_or_default().iter().any(|condition| {
            condition.type_ == SCHEDULED
                && condition.status == "False"
                && condition.reason.as_deref() == Some(UNSCHEDULABLE)
        })
    }

    /// Whether something makes another one of it when it is deleted.
    pub(super) fn is_replaced(&self) -> bool {
        self.controller().is_some()
    }

    /// Whether it is of a DaemonSet, which has chosen its node.
    pub(super) fn is_daemon(&self) -> bool {
        self.controller().is_some_and(|owner| owner.kind == DAEMON_SET)
    }

    fn controller(&self) -> Option<&OwnerReference> {
        let owners = self.0.metadata.owner_references.as_deref().unwrap_or_default();
        owners.iter().find(|owner| owner.controller == Some(true))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SlimNode {
    metadata: SlimMeta,
    spec: SlimNodeSpec,
    status: SlimNodeStatus,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SlimNodeSpec {
    taints: Option<Vec<Taint>>,
    unschedulable: Option<bool>,
    #[serde(rename = "providerID")]
    provider_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SlimNodeStatus {
    allocatable: Option<BTreeMap<String, Quantity>>,
    conditions: Option<Vec<SlimCondition>>,
}

/// Without its times: a heartbeat is no news.
#[derive(Deserialize)]
struct SlimCondition {
    #[serde(rename = "type")]
    type_: String,
    status: String,
}

impl<'de> Deserialize<'de> for NodeView {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let SlimNode { metadata, spec, status } = SlimNode::deserialize(deserializer)?;
        let conditions = status.conditions.unwrap_or_default().into_iter();
        let ready = conditions.filter(|condition| condition.type_ == READY).map(|condition| NodeCondition {
            type_: condition.type_,
            status: condition.status,
            ..NodeCondition::default()
        });
        Ok(Self(Node {
            metadata: metadata.kept(|_| true, |_| false),
            spec: Some(NodeSpec {
                taints: spec.taints,
                unschedulable: spec.unschedulable,
                provider_id: spec.provider_id,
                ..NodeSpec::default()
            }),
            status: Some(NodeStatus {
                allocatable: status.allocatable,
                conditions: Some(ready.collect()),
                ..NodeStatus::default()
            }),
        }))
    }
}

impl NodeView {
    /// `metadata.name`.
    pub(super) fn name(&self) -> &str {
        self.0.metadata.name.as_deref().unwrap_or_default()
    }

    /// All that it says, whatever its version.
    pub(super) fn content(&self) -> String {
        let Node { metadata, spec, status } = &self.0;
        serde_json::to_string(&(&metadata.labels, spec, status)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
