//! What is wrong with a definition whose shape is right.

use super::Resource;
use crate::finding::{Code, Finding};
use crate::model::name;

/// Looks at a custom resource as a whole; paths are relative to its spec.
///
/// Needs nothing but the resource, so a caller can run it on all cores.
#[must_use]
pub fn validate(resource: &Resource) -> Vec<Finding> {
    let (member, original) = match resource {
        Resource::TaskDefinition(resource) => ("family", &resource.spec.family),
        Resource::Service(resource) => ("serviceName", &resource.spec.service_name),
        Resource::CapacityProvider(resource) => ("name", &resource.spec.name),
    };
    original.as_deref().and_then(|original| illegal(original, member)).into_iter().collect()
}

fn illegal(original: &str, member: &str) -> Option<Finding> {
    (!name::is_ecs_name(original)).then(|| {
        let message = format!("`{original}` is not a name that ECS accepts.");
        Finding::new(Code::InvalidName, member, message).remedy("Use up to 255 letters, digits, `-` and `_`.")
    })
}
