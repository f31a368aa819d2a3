//! Application Auto Scaling documents, attached to the service that they scale.

use super::{Content, Definition, Graft, alarm};
use crate::api::EcsServiceSpec;
use crate::api::ecs_service::AutoScaling;
use crate::ecs::arn;
use crate::finding::{Code, Finding};

/// A service that can be scaled.
pub(super) struct Scalable<'a> {
    pub(super) cluster: String,
    pub(super) name: String,
    pub(super) spec: &'a mut EcsServiceSpec,
    pub(super) grafts: &'a mut Vec<Graft>,
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
        Content::Alarm(_) => return alarm::attach(definition, services),
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
    let service = &mut services[service];
    match put(&definition.content, service.spec.auto_scaling.get_or_insert_default()) {
        Ok(Some(at)) => service.grafts.push(Graft { at, origin: definition.origin.clone() }),
        Ok(None) => {}
        Err(refused) => definition.findings.push(refused),
    }
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

/// Adds the document and says where; an equal one that is there already is the same one.
fn put(content: &Content, scaling: &mut AutoScaling) -> Result<Option<String>, Finding> {
    match content {
        Content::ScalableTarget(target) => match &scaling.scalable_target {
            None => {
                scaling.scalable_target = Some((**target).clone());
                Ok(Some("autoScaling.scalableTarget".to_owned()))
            }
            Some(there) if *there == **target => Ok(None),
            Some(_) => Err(twice("ResourceId", "The service has another scalable target already.")),
        },
        Content::ScalingPolicy(policy) => {
            let list = &mut scaling.scaling_policies;
            match list.iter().find(|there| there.policy_name == policy.policy_name) {
                None => {
                    list.push((**policy).clone());
                    Ok(Some(format!("autoScaling.scalingPolicies[{}]", list.len() - 1)))
                }
                Some(there) if *there == **policy => Ok(None),
                Some(_) => {
                    Err(twice("PolicyName", "The service has another scaling policy of this name already."))
                }
            }
        }
        Content::ScheduledAction(action) => {
            let list = &mut scaling.scheduled_actions;
            match list.iter().find(|there| there.scheduled_action_name == action.scheduled_action_name) {
                None => {
                    list.push((**action).clone());
                    Ok(Some(format!("autoScaling.scheduledActions[{}]", list.len() - 1)))
                }
                Some(there) if *there == **action => Ok(None),
                Some(_) => Err(twice(
                    "ScheduledActionName",
                    "The service has another scheduled action of this name already.",
                )),
            }
        }
        _ => Ok(None),
    }
}

pub(super) fn twice(member: &str, message: &str) -> Finding {
    Finding::new(Code::DuplicateDefinition, member, message).remedy("Keep one of them.")
}
