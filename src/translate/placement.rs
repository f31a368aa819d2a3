//! Constraints and strategies, as kube-scheduler and autoscalers understand them.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinity,
    PodAffinityTerm, PodAntiAffinity, PodSpec, TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::container::some;
use super::meta;
use crate::api::labels;
use crate::model::Service;
use crate::model::service::{Capacity, Scheduling};
use crate::placement::attribute::HOSTNAME;
use crate::placement::native::pod_label;
use crate::placement::{Operator, Requirement, Term};

/// Label that EKS gives to the nodes of Fargate profiles.
const COMPUTE_TYPE: &str = "eks.amazonaws.com/compute-type";

/// A pod that may have one node alone must not evict others from it.
pub(super) fn of_pod(service: &Service, spec: &mut PodSpec) {
    if service.placement.exact.is_some() {
        spec.priority_class_name = Some(labels::PRIORITY_CLASS.to_owned());
    }
}

/// Required node affinity of the constraints, affinity to other services' pods, and anti-affinity of
/// `distinctInstance`.
pub(super) fn affinity(service: &Service, capacity: &Capacity) -> Option<Affinity> {
    let native = &service.placement.native;
    let mut terms = native.terms.clone();
    if matches!(service.scheduling, Scheduling::Daemon { .. }) && !capacity.fargate {
        // A Fargate node is made for one pod; a daemon that tolerates everything would wait for it forever.
        for term in &mut terms {
            term.push(Requirement {
                key: COMPUTE_TYPE.to_owned(),
                operator: Operator::NotIn,
                values: vec!["fargate".to_owned()],
            });
        }
    }
    let is_any_node = terms.iter().any(Vec::is_empty);
    let node_affinity = (!is_any_node).then(|| NodeAffinity {
        required_during_scheduling_ignored_during_execution: Some(NodeSelector {
            node_selector_terms: terms.into_iter().map(term).collect(),
        }),
        preferred_during_scheduling_ignored_during_execution: None,
    });
    let near = native.near.iter().flat_map(with_labels).map(on_node).collect();
    let pod_affinity = some(near).map(|near| PodAffinity {
        required_during_scheduling_ignored_during_execution: Some(near),
        preferred_during_scheduling_ignored_during_execution: None,
    });
    // No label tells old tasks from new ones: ECS counts both, so that one has to go before another one comes.
    let own = service.placement.distinct_instance.then(|| pods(service));
    let apart = own.into_iter().chain(with_labels(&native.apart)).map(on_node).collect();
    let pod_anti_affinity = some(apart).map(|apart| PodAntiAffinity {
        required_during_scheduling_ignored_during_execution: Some(apart),
        preferred_during_scheduling_ignored_during_execution: None,
    });
    let is_something = node_affinity.is_some() || pod_affinity.is_some() || pod_anti_affinity.is_some();
    is_something.then_some(Affinity { node_affinity, pod_affinity, pod_anti_affinity })
}

fn term(requirements: Term) -> NodeSelectorTerm {
    NodeSelectorTerm {
        match_expressions: Some(requirements.into_iter().map(expression).collect()),
        match_fields: None,
    }
}

fn expression(requirement: Requirement) -> NodeSelectorRequirement {
    NodeSelectorRequirement {
        key: requirement.key,
        operator: requirement.operator.as_str().to_owned(),
        values: some(requirement.values),
    }
}

/// Pods of these groups, a selector for each label that tells them apart.
fn with_labels(groups: &BTreeSet<String>) -> impl Iterator<Item = LabelSelector> + use<> {
    let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (key, value) in groups.iter().map(|group| pod_label(group)) {
        values.entry(key).or_default().push(value);
    }
    values.into_iter().map(|(key, values)| LabelSelector {
        match_expressions: Some(vec![LabelSelectorRequirement {
            key: key.to_owned(),
            operator: Operator::In.as_str().to_owned(),
            values: Some(values),
        }]),
        match_labels: None,
    })
}

fn on_node(pods: LabelSelector) -> PodAffinityTerm {
    PodAffinityTerm {
        topology_key: HOSTNAME.to_owned(),
        label_selector: Some(pods),
        ..PodAffinityTerm::default()
    }
}

/// What the membership labels that pods ask for mean, for whoever keeps them on nodes.
pub(super) fn annotations(service: &Service) -> impl Iterator<Item = (String, String)> {
    let memberships = service.placement.native.memberships.iter();
    memberships.map(|(key, expression)| (key.clone(), expression.clone()))
}

fn pods(service: &Service) -> LabelSelector {
    LabelSelector { match_labels: Some(meta::service_selector(service)), match_expressions: None }
}

/// Soft constraints: a strategy never keeps a task from being placed.
pub(super) fn spread(service: &Service) -> Vec<TopologySpreadConstraint> {
    let constraint = |key: &String| TopologySpreadConstraint {
        max_skew: 1,
        topology_key: key.clone(),
        when_unsatisfiable: "ScheduleAnyway".to_owned(),
        label_selector: Some(pods(service)),
        match_label_keys: Some(vec![labels::DEPLOYMENT_ID.to_owned()]),
        node_affinity_policy: Some("Honor".to_owned()),
        node_taints_policy: Some("Honor".to_owned()),
        min_domains: None,
    };
    service.placement.spread.iter().map(constraint).collect()
}
