//! Capacity providers: how tasks are shared out among them, and what fits where.

pub mod fargate;
pub mod strategy;

use std::collections::BTreeMap;

use crate::api::ecs::LaunchType;
use crate::api::{CapacityProviderSpec, EcsServiceSpec};
use crate::model::name;

/// `metadata.name` of the object that may configure a provider that every cluster has.
const PREDEFINED: [(&str, &str); 2] = [("FARGATE", "fargate"), ("FARGATE_SPOT", "fargate-spot")];

/// The first capacity provider of a service's strategy that is neither known nor predefined. ECS refuses such a
/// service. What no provider can ever be called is left to validation: ECS takes short names here, and no ARN.
#[must_use]
pub fn unknown<'a>(
    service: &'a EcsServiceSpec,
    known: &BTreeMap<String, CapacityProviderSpec>,
) -> Option<&'a str> {
    let strategy = service.capacity_provider_strategy.iter();
    let wanted = strategy.filter_map(|item| item.capacity_provider.as_deref());
    let predefined = |name: &str| PREDEFINED.iter().any(|(ecs, _)| *ecs == name);
    let mut wanted = wanted.filter(|wanted| name::is_ecs_name(wanted));
    wanted.find(|name| !predefined(name) && known.values().all(|spec| spec.name.as_deref() != Some(*name)))
}

/// Of the known capacity providers, by `metadata.name`, those that a service names.
#[must_use]
pub fn used_by<'a>(
    service: &EcsServiceSpec,
    known: impl Iterator<Item = (&'a str, &'a CapacityProviderSpec)>,
) -> BTreeMap<String, CapacityProviderSpec> {
    let strategy = service.capacity_provider_strategy.iter();
    let mut wanted: Vec<&str> = strategy.filter_map(|item| item.capacity_provider.as_deref()).collect();
    if service.launch_type == Some(LaunchType::Fargate) {
        wanted.push("FARGATE");
    }
    let predefined = |name: &&str, object: &str| PREDEFINED.contains(&(*name, object));
    known
        .filter(|(object, spec)| {
            wanted.iter().any(|name| spec.name.as_deref() == Some(*name) || predefined(name, object))
        })
        .map(|(object, spec)| (object.to_owned(), spec.clone()))
        .collect()
}
