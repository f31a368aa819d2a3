//! Kubernetes' own objects as the plain values of the placement core.

mod pod;
pub(crate) mod quantity;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as core;

pub use pod::{demand, is_over};
pub use quantity::is_quantity;

use self::quantity::{Round, Unit, whole};
use super::node::{Effect, Node, Resources, Taint};
use super::selector::{Selector, Term};
use super::task::{Class, Group, Toleration};
use super::{Operator, Requirement};
use crate::api::labels;

/// The extended resource that ECS's GPUs become.
const GPU: &str = "nvidia.com/gpu";
/// Pods of a node that does not say how many it can have: the kubelet's default.
const PODS: u64 = 110;

/// As much as a column holds, at most: less than it really is, never more.
fn column(amount: u64) -> u32 {
    u32::try_from(amount).unwrap_or(u32::MAX)
}

/// A node. Without a `Ready` condition, as in a file that somebody wrote, it counts as ready.
#[must_use]
pub fn node(node: &core::Node) -> Node {
    with_labels(node, node.metadata.labels.clone().unwrap_or_default())
}

/// The same of a node that is not needed any more: its labels, which are most of what is known of it, are taken out
/// instead of copied.
#[must_use]
pub fn take_node(node: &mut core::Node) -> Node {
    let labels = node.metadata.labels.take().unwrap_or_default();
    with_labels(node, labels)
}

fn with_labels(node: &core::Node, labels: BTreeMap<String, String>) -> Node {
    let spec = node.spec.as_ref();
    let status = node.status.as_ref();
    let ready = status
        .and_then(|status| status.conditions.as_ref())
        .and_then(|all| all.iter().find(|condition| condition.type_ == "Ready"))
        .is_none_or(|condition| condition.status == "True");
    let list = status.and_then(|status| status.allocatable.as_ref().or(status.capacity.as_ref()));
    let amount = |key: &str, unit| {
        list.and_then(|list| list.get(key)).map(|quantity| whole(&quantity.0, unit, Round::Down))
    };
    let taint = |taint: &core::Taint| {
        let effect = Effect::parse(&taint.effect)?;
        Some(Taint { key: taint.key.clone(), value: taint.value.clone().unwrap_or_default(), effect })
    };
    let taints = spec.and_then(|spec| spec.taints.as_ref());
    // `aws:///us-east-1a/i-0123456789abcdef0`
    let provider_id = spec.and_then(|spec| spec.provider_id.as_deref());
    let instance = provider_id.and_then(|id| id.strip_prefix("aws://")?.rsplit('/').next());
    Node {
        name: node.metadata.name.as_deref().unwrap_or_default().into(),
        labels,
        taints: taints.into_iter().flatten().filter_map(taint).collect(),
        ready,
        unschedulable: spec.and_then(|spec| spec.unschedulable) == Some(true),
        allocatable: Resources {
            cpu: column(amount("cpu", Unit::Millicores).unwrap_or_default()),
            memory: column(amount("memory", Unit::Kibibytes).unwrap_or_default()),
            gpu: column(amount(GPU, Unit::Pieces).unwrap_or_default()),
            pods: column(amount("pods", Unit::Pieces).unwrap_or(PODS)),
        },
        ec2_instance_id: instance.filter(|id| id.starts_with("i-")).map(str::to_owned),
        registered: node.metadata.creation_timestamp.as_ref().map(|time| time.0),
    }
}

/// The group of a pod of a service, by its label and annotation, or of one that somebody gave the label of a group; `None`
/// for all other pods, and for a task that was told to stop: it keeps what it has reserved, but no longer is one of its
/// group.
#[must_use]
pub fn group(pod: &core::Pod) -> Option<Group> {
    if pod.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let own = pod.metadata.labels.as_ref()?;
    let cluster = pod.metadata.namespace.as_deref().unwrap_or("default");
    let Some(service) = own.get(labels::SERVICE) else {
        return own.get(labels::TASK_GROUP).map(|group| Group::new(cluster, group));
    };
    let original = pod.metadata.annotations.as_ref().and_then(|all| all.get(labels::ECS_NAME));
    Some(Group::new(cluster, &format!("service:{}", original.unwrap_or(service))))
}

/// The class of a pod, as far as its spec says: what it needs, selects and tolerates. Constraints and strategies are ECS's.
#[must_use]
pub fn class(group: Group, spec: &core::PodSpec) -> Class {
    let demand = demand(&group.cluster, spec);
    let mut class = Class::new(group, demand);
    if let Some(labels) = spec.node_selector.as_ref().filter(|labels| !labels.is_empty()) {
        let label = |(key, value): (&String, &String)| Requirement {
            key: key.clone(),
            operator: Operator::In,
            values: vec![value.clone()],
        };
        class.selectors.push(Selector::all(labels.iter().map(label).collect()));
    }
    let affinity = spec.affinity.as_ref().and_then(|all| all.node_affinity.as_ref());
    if let Some(required) =
        affinity.and_then(|all| all.required_during_scheduling_ignored_during_execution.as_ref())
    {
        class.selectors.push(selector(required));
    }
    class.tolerations = spec.tolerations.iter().flatten().filter_map(toleration).collect();
    class
}

/// The operator of this name. The API server knows no other.
fn operator(name: &str) -> Operator {
    use Operator::{DoesNotExist, Exists, Gt, In, Lt, NotIn};
    [NotIn, Exists, DoesNotExist, Gt, Lt].into_iter().find(|one| one.as_str() == name).unwrap_or(In)
}

fn selector(selector: &core::NodeSelector) -> Selector {
    let requirements = |list: &Option<Vec<core::NodeSelectorRequirement>>| {
        let one = |one: &core::NodeSelectorRequirement| Requirement {
            key: one.key.clone(),
            operator: operator(&one.operator),
            values: one.values.clone().unwrap_or_default(),
        };
        list.iter().flatten().map(one).collect()
    };
    let term = |term: &core::NodeSelectorTerm| Term {
        labels: requirements(&term.match_expressions),
        names: requirements(&term.match_fields),
    };
    Selector { terms: selector.node_selector_terms.iter().map(term).collect() }
}

/// A toleration whose effect nobody knows tolerates nothing.
fn toleration(toleration: &core::Toleration) -> Option<Toleration> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let effect = match text(&toleration.effect) {
        Some(effect) => Some(Effect::parse(&effect)?),
        None => None,
    };
    let any_value = toleration.operator.as_deref() == Some("Exists");
    let value = (!any_value).then(|| toleration.value.clone().unwrap_or_default());
    Some(Toleration { key: text(&toleration.key), value, effect })
}

#[cfg(test)]
mod tests;
