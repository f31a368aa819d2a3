//! How many tasks may be missing while nodes are drained.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::meta;
use crate::model::Service;
use crate::model::service::Scheduling;
use crate::object::Object;
use crate::rollout::arithmetic::rolling;

/// One budget over all children: a pod with two could not be evicted at all. A DAEMON service has none, as its tasks
/// go with their nodes.
pub(super) fn budget(service: &Service, count: Option<i32>) -> Option<Object> {
    let Scheduling::Replica { minimum: minimum @ 1.., .. } = service.scheduling else { return None };
    let count = count.unwrap_or(service.desired_count);
    // An eviction starts no replacement first: where none may be missing, one is, or no node could be drained.
    let (min_available, max_unavailable) = if rolling(count, minimum, 100).max_unavailable == 0 {
        (None, Some(IntOrString::Int(1)))
    } else {
        (Some(IntOrString::String(format!("{minimum}%"))), None)
    };
    let object = PodDisruptionBudget {
        metadata: meta::owned(service, &service.name.label),
        spec: Some(PodDisruptionBudgetSpec {
            min_available,
            max_unavailable,
            selector: Some(LabelSelector {
                match_labels: Some(meta::service_selector(service)),
                match_expressions: None,
            }),
            // What does not work anyway keeps no node from being drained.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
        }),
        status: None,
    };
    Some(object.into())
}
