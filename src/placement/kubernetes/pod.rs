//! What a pod takes on its node.
//!
//! Source: `k8s.io/component-helpers/resource`, which kube-scheduler, autoscalers and Karpenter count by.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, Pod, PodAffinityTerm, PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::quantity::{Round, Unit, whole};
use super::{GPU, column};
use crate::placement::Operator;
use crate::placement::attribute::HOSTNAME;
use crate::placement::task::{Demand, Group, Port, Protocol};

/// Sums and maxima are taken where nothing can overflow.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    cpu: u64,
    memory: u64,
    gpu: u64,
}

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_add(other.cpu),
            memory: self.memory.saturating_add(other.memory),
            gpu: self.gpu.saturating_add(other.gpu),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.max(other.cpu),
            memory: self.memory.max(other.memory),
            gpu: self.gpu.max(other.gpu),
        }
    }
}

type List = BTreeMap<String, Quantity>;

fn amount(list: &List) -> Amount {
    let of = |key: &str, unit| list.get(key).map_or(0, |quantity| whole(&quantity.0, unit, Round::Up));
    Amount {
        cpu: of("cpu", Unit::Millicores),
        memory: of("memory", Unit::Kibibytes),
        gpu: of(GPU, Unit::Pieces),
    }
}

/// What is requested; a limit without a request is one, as the API server fills it in.
fn requested(resources: Option<&ResourceRequirements>) -> List {
    let mut list = resources.and_then(|all| all.limits.clone()).unwrap_or_default();
    list.extend(resources.and_then(|all| all.requests.clone()).unwrap_or_default());
    list
}

/// What the pod takes: the most that it ever needs at one time. Containers that run to their end before the others start
/// only count where they need more, sidecars count from their start on, and what the pod requests as a whole, if it
/// does, is all of CPU and memory. `namespace` is the pod's.
#[must_use]
pub fn demand(namespace: &str, spec: &PodSpec) -> Demand {
    let own = |container: &Container| amount(&requested(container.resources.as_ref()));
    let mut sidecars = Amount::default();
    let mut starting = Amount::default();
    for container in spec.init_containers.iter().flatten() {
        if is_sidecar(container) {
            sidecars = sidecars.plus(own(container));
            starting = starting.or(sidecars);
        } else {
            starting = starting.or(sidecars.plus(own(container)));
        }
    }
    let running = spec.containers.iter().map(own).fold(sidecars, Amount::plus);
    let mut most = running.or(starting);
    let whole_pod = requested(spec.resources.as_ref());
    let of_pod = amount(&whole_pod);
    if whole_pod.contains_key("cpu") {
        most.cpu = of_pod.cpu;
    }
    if whole_pod.contains_key("memory") {
        most.memory = of_pod.memory;
    }
    if let Some(overhead) = &spec.overhead {
        most = most.plus(amount(overhead));
    }
    Demand {
        cpu: column(most.cpu),
        memory: column(most.memory),
        gpu: column(most.gpu),
        ports: ports(spec),
        apart: apart(namespace, spec),
    }
}

/// Groups that the pod keeps off its node: those of `not(task:group == …)`, in the words that the translation has for it.
/// Of other anti-affinity, and of that which says no more than `distinctInstance`, nothing is known here.
fn apart(namespace: &str, spec: &PodSpec) -> Vec<Group> {
    let affinity = spec.affinity.as_ref().and_then(|all| all.pod_anti_affinity.as_ref());
    let required = affinity.and_then(|all| all.required_during_scheduling_ignored_during_execution.as_ref());
    let selectors = required.into_iter().flatten().filter_map(on_node);
    let mut groups: Vec<Group> = selectors.flat_map(|selector| named(namespace, selector)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Whom a term keeps off the node, if it is about pods of the same namespace.
fn on_node(term: &PodAffinityTerm) -> Option<&LabelSelector> {
    let here = term.topology_key == HOSTNAME
        && term.namespaces.as_ref().is_none_or(Vec::is_empty)
        && term.namespace_selector.is_none();
    term.label_selector.as_ref().filter(|_| here)
}

fn named<'a>(namespace: &'a str, selector: &'a LabelSelector) -> impl Iterator<Item = Group> + 'a {
    let only = match selector.match_expressions.as_deref().unwrap_or_default() {
        [one] if selector.match_labels.as_ref().is_none_or(BTreeMap::is_empty) => Some(one),
        _ => None,
    };
    let only = only.filter(|one| one.operator == Operator::In.as_str());
    only.into_iter().flat_map(move |one| {
        let values = one.values.iter().flatten();
        values.filter_map(move |value| Group::of_label(namespace, &one.key, value))
    })
}

/// Whether a pod still takes anything: one that has come to its end does not.
#[must_use]
pub fn is_over(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

fn is_sidecar(container: &Container) -> bool {
    container.restart_policy.as_deref() == Some("Always")
}

/// Ports of the node. Which of its addresses they are asked for on is not looked at: two tasks with the same port are kept
/// apart even where their addresses differ.
fn ports(spec: &PodSpec) -> Vec<Port> {
    let host_network = spec.host_network == Some(true);
    let lasting = spec.init_containers.iter().flatten().filter(|one| is_sidecar(one)).chain(&spec.containers);
    let mut ports: Vec<Port> = lasting
        .flat_map(|container| container.ports.iter().flatten())
        .filter_map(|port| {
            let implied = if host_network { port.container_port } else { 0 };
            let number =
                u16::try_from(port.host_port.filter(|&number| number > 0).unwrap_or(implied)).ok()?;
            let protocol = match port.protocol.as_deref() {
                Some("UDP") => Protocol::Udp,
                Some("SCTP") => Protocol::Sctp,
                _ => Protocol::Tcp,
            };
            (number > 0).then_some(Port { number, protocol })
        })
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}
