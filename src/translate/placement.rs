//! Constraints and strategies, as kube-scheduler and autoscalers understand them.

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm,
    PodAntiAffinity, PodSpec, TopologySpreadConstraint,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::container::some;
use super::meta;
use crate::api::labels;
use crate::model::Service;
use crate::model::service::{Capacity, Scheduling};
use crate::placement::attribute::HOSTNAME;
use crate::placement::{Operator, Requirement};

/// Label that EKS gives to the nodes of Fargate profiles.
const COMPUTE_TYPE: &str = "eks.amazonaws.com/compute-type";

/// A pod that may have one node alone must not evict others from it.
pub(super) fn of_pod(service: &Service, spec: &mut PodSpec) {
    if service.placement.exact.is_some() {
        spec.priority_class_name = Some(labels::PRIORITY_CLASS.to_owned());
    }
}

/// Required node affinity of the constraints, and anti-affinity of `distinctInstance`.
pub(super) fn affinity(service: &Service, capacity: &Capacity) -> Option<Affinity> {
    let mut requirements = service.placement.requirements.clone();
    if matches!(service.scheduling, Scheduling::Daemon { .. }) && !capacity.fargate {
        // A Fargate node is made for one pod; a daemon that tolerates everything would wait for it forever.
        requirements.push(Requirement {
            key: COMPUTE_TYPE.to_owned(),
            operator: Operator::NotIn,
            values: vec!["fargate".to_owned()],
        });
    }
    let node_affinity = some(requirements).map(|requirements| NodeAffinity {
        required_during_scheduling_ignored_during_execution: Some(NodeSelector {
            node_selector_terms: vec![NodeSelectorTerm {
                match_expressions: Some(requirements.into_iter().map(expression).collect()),
                match_fields: None,
            }],
        }),
        preferred_during_scheduling_ignored_during_execution: None,
    });
    let pod_anti_affinity = service.placement.distinct_instance.then(|| PodAntiAffinity {
        required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
            topology_key: HOSTNAME.to_owned(),
            label_selector: Some(pods(service)),
            // kube-scheduler fills the nodes before the old tasks have gone; ECS waits for their instances.
            match_label_keys: service
                .placement
                .exact
                .is_none()
                .then(|| vec![labels::DEPLOYMENT_ID.to_owned()]),
            ..PodAffinityTerm::default()
        }]),
        preferred_during_scheduling_ignored_during_execution: None,
    });
    (node_affinity.is_some() || pod_anti_affinity.is_some()).then_some(Affinity {
        node_affinity,
        pod_affinity: None,
        pod_anti_affinity,
    })
}

fn expression(requirement: Requirement) -> NodeSelectorRequirement {
    NodeSelectorRequirement {
        key: requirement.key,
        operator: requirement.operator.as_str().to_owned(),
        values: some(requirement.values),
    }
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
