//! A validated service becomes Kubernetes objects. Nothing here can fail.
//!
//! Pod templates are rendered by themselves and only when a deployment is recorded: what runs must not change
//! because a newer release would render it differently.

mod apportion;
mod autoscaling;
mod balancing;
mod container;
mod disruption;
mod identity;
mod kernel;
mod life;
mod literal;
pub mod log_routing;
mod meta;
mod names;
mod network;
mod order;
pub(crate) mod overlay;
mod placement;
mod pod;
mod probes;
mod resources;
mod secrets;
mod security;
mod storage;
mod units;
mod workload;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::PodTemplateSpec;

use crate::api::labels;
use crate::desired::Context;
use crate::model::Service;
use crate::object::Object;

pub use workload::Steps;

/// The share of each child in a count of tasks, in the order of the strategy.
#[must_use]
pub fn counts(service: &Service, count: i32) -> Vec<u32> {
    workload::counts(service, count)
}

/// The pod template of each child, by capacity provider label. It lacks the deployment id, which [`stamp`] adds
/// when the deployment is recorded.
#[must_use]
pub fn templates(service: &Service, context: &Context) -> BTreeMap<String, PodTemplateSpec> {
    service
        .capacity
        .iter()
        .map(|capacity| {
            let template = pod::template(service, capacity, context);
            (capacity.label.clone(), overlay::apply(template, service.overlay.as_ref()))
        })
        .collect()
}

/// Labels a template with the deployment that makes pods of it.
pub fn stamp(template: &mut PodTemplateSpec, deployment_id: &str) {
    template
        .metadata
        .get_or_insert_default()
        .labels
        .get_or_insert_default()
        .insert(labels::DEPLOYMENT_ID.to_owned(), deployment_id.to_owned());
}

/// Every object of the service in apply order, the workloads with these templates.
///
/// A child without a template is left out. `count` is the count in force; without it the definition's own
/// counts. For a DAEMON service it is the number of nodes that run it, where that is known. `steps` are those of a
/// rollout that is under way; offline there are none.
#[must_use]
pub fn objects(
    service: &Service,
    context: &Context,
    templates: &BTreeMap<String, PodTemplateSpec>,
    count: Option<i32>,
    steps: &Steps,
) -> Vec<Object> {
    let mut objects: Vec<Object> = identity::service_account(service).into_iter().collect();
    objects.extend(secrets::objects(service, templates));
    objects.extend(storage::objects(service, templates));
    objects.extend(network::services(service));
    objects.extend(network::policy(service));
    objects.extend(balancing::objects(service));
    objects.extend(workload::workloads(service, templates, count, steps));
    objects.extend(disruption::budget(service, count));
    objects.extend(autoscaling::autoscaler(service, context));
    objects.sort_by_key(|object| object.kind().rank);
    objects
}

#[cfg(test)]
mod tests;
