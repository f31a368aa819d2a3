//! Application Auto Scaling documents, attached to the service that they scale.

use super::{Content, Definition};
use crate::api::EcsServiceSpec;
use crate::api::ecs_service::AutoScaling;
use crate::ecs::arn;
use crate::finding::{Code, Finding};

/// A service that can be scaled.
pub(super) struct Scalable<'a> {
    pub(super) cluster: String,
    pub(super) name: String,
    pub(super) spec: &'a mut EcsServiceSpec,
}

/// Attaches a document to its service, or says why not.
pub(super) fn attach(definition: &mut Definition, services: &mut [Scalable<'_>]) {
    if definition.is_refused() {
        return;
    }
    let resource_id = match &definition.content {
        Content::ScalableTarget(target) => target.resource_id.as_deref(),
        Content::ScalingPolicy(policy) => policy.resource_id.as_deref(),
        Content::ScheduledAction(action) => action.resource_id.as_deref(),
        _ => return,
    };
    let found = match resource_id {
        Some(id) => named(id, services),
        None => only(services),
    };
    let (service, finding) = match found {
        Ok(found) => found,
        Err(finding) => return definition.findings.push(finding),
    };
    definition.findings.extend(finding);
    let scaling = services[service].spec.auto_scaling.get_or_insert_default();
    let refused = put(&definition.content, scaling);
    definition.findings.extend(refused);
}

type Found = Result<(usize, Option<Finding>), Finding>;

fn named(id: &str, services: &[Scalable<'_>]) -> Found {
    let Some((cluster, name)) = arn::scalable_service(id) else {
        let message = format!("`{id}` does not name an ECS service.");
        return Err(Finding::new(Code::InvalidReference, "ResourceId", message)
            .remedy("Write `service/CLUSTER/SERVICE`."));
    };
    services
        .iter()
        .position(|service| service.name == name && service.cluster == cluster)
        .map(|service| (service, None))
        .ok_or_else(|| {
            let message =
                format!("The service `{name}` of cluster `{cluster}` is not in this run; this is left out.");
            Finding::new(Code::ServiceNotFound, "ResourceId", message)
                .remedy("Import the service in the same run.")
        })
}

fn only(services: &[Scalable<'_>]) -> Found {
    if let [service] = services {
        let message = format!("`ResourceId` is absent; `{}` is the only service of this run.", service.name);
        return Ok((0, Some(Finding::new(Code::NameAssumed, "ResourceId", message))));
    }
    let message =
        "`ResourceId` is absent, and this run does not have exactly one service that could be meant.";
    Err(Finding::new(Code::MissingMember, "ResourceId", message).remedy("Write `service/CLUSTER/SERVICE`."))
}

/// Adds the document; an equal one that is there already is the same one.
fn put(content: &Content, scaling: &mut AutoScaling) -> Option<Finding> {
    match content {
        Content::ScalableTarget(target) => {
            let there = scaling.scalable_target.get_or_insert_with(|| (**target).clone());
            (*there != **target)
                .then(|| twice("ResourceId", "The service has another scalable target already."))
        }
        Content::ScalingPolicy(policy) => {
            let same = scaling.scaling_policies.iter().find(|there| there.policy_name == policy.policy_name);
            match same {
                Some(there) => (*there != **policy).then(|| {
                    twice("PolicyName", "The service has another scaling policy of this name already.")
                }),
                None => {
                    scaling.scaling_policies.push((**policy).clone());
                    None
                }
            }
        }
        Content::ScheduledAction(action) => {
            let name = &action.scheduled_action_name;
            let same = scaling.scheduled_actions.iter().find(|there| there.scheduled_action_name == *name);
            match same {
                Some(there) => (*there != **action).then(|| {
                    twice(
                        "ScheduledActionName",
                        "The service has another scheduled action of this name already.",
                    )
                }),
                None => {
                    scaling.scheduled_actions.push((**action).clone());
                    None
                }
            }
        }
        _ => None,
    }
}

fn twice(member: &str, message: &str) -> Finding {
    Finding::new(Code::DuplicateDefinition, member, message).remedy("Keep one of them.")
}
