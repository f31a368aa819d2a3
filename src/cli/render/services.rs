//! The services of a run, each with everything that its rendering depends on.

use std::collections::BTreeMap;

use crate::api::ecs::LaunchType;
use crate::api::{
    CapacityProvider, CapacityProviderSpec, EcsServiceSpec, TaskDefinition, TaskDefinitionSpec,
};
use crate::ecs::arn::{self, TaskDefinitionRef};
use crate::ecs::import::{Origin, Resource, Run};
use crate::finding::{Code, Finding};
use crate::rollout::Inputs;

/// A service to render.
pub(super) struct Service {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) origin: Origin,
    /// What its rendering depends on, or why it has none.
    pub(super) inputs: Result<Inputs, Finding>,
    pub(super) findings: Vec<Finding>,
}

/// Task definitions by namespace and family.
type Tasks<'a> = BTreeMap<(Option<&'a str>, &'a str), &'a TaskDefinition>;

/// Every service of a run.
pub(super) fn services(run: &Run) -> Vec<Service> {
    let mut tasks = Tasks::new();
    let mut providers: Vec<&CapacityProvider> = Vec::new();
    for imported in &run.resources {
        match &imported.resource {
            Resource::TaskDefinition(task) => {
                if let Some(family) = task.spec.family.as_deref() {
                    tasks.insert((task.metadata.namespace.as_deref(), family), task);
                }
            }
            Resource::CapacityProvider(provider) => providers.push(provider),
            Resource::Service(_) => {}
        }
    }
    run.resources
        .iter()
        .filter_map(|imported| match &imported.resource {
            Resource::Service(service) => Some((imported, service)),
            _ => None,
        })
        .map(|(imported, service)| {
            let mut findings = Vec::new();
            let namespace = service.metadata.namespace.as_deref();
            let inputs = task(&service.spec, namespace, &tasks, run, &mut findings).map(
                |(task_definition, revision)| Inputs {
                    service: service.spec.clone(),
                    task_definition,
                    revision,
                    providers: named(&service.spec, &providers),
                },
            );
            Service {
                name: service.metadata.name.clone().unwrap_or_default(),
                namespace: namespace.unwrap_or_default().to_owned(),
                origin: imported.origin.clone(),
                inputs,
                findings,
            }
        })
        .collect()
}

fn task(
    service: &EcsServiceSpec,
    namespace: Option<&str>,
    tasks: &Tasks<'_>,
    run: &Run,
    findings: &mut Vec<Finding>,
) -> Result<(TaskDefinitionSpec, i64), Finding> {
    let member = "taskDefinition";
    let text = service.task_definition.as_deref().unwrap_or_default();
    let Some(reference) = TaskDefinitionRef::parse(text) else {
        let message = format!("`{text}` does not name a task definition.");
        return Err(Finding::new(Code::InvalidReference, member, message)
            .remedy("Write `family`, `family:revision` or an ARN."));
    };
    let Some(task) = tasks.get(&(namespace, reference.family)) else {
        let family = reference.family;
        let finding = if run.refused_families.contains(family) {
            let message = format!(
                "The task definition `{family}` of this run is refused, so the service cannot be rendered."
            );
            Finding::new(Code::TaskDefinitionNotFound, member, message)
                .remedy("Correct the errors of its file.")
        } else if tasks.keys().any(|(_, known)| *known == family) {
            let message = format!("The task definition `{family}` is in another namespace than the service.");
            Finding::new(Code::TaskDefinitionNotFound, member, message).remedy("Put both into one with `-n`.")
        } else {
            let message = format!("The task definition `{family}` is not among the inputs.");
            Finding::new(Code::TaskDefinitionNotFound, member, message).remedy("Give its file too.")
        };
        return Err(finding);
    };
    let revision = task.spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.revision).unwrap_or(1);
    if let Some(pinned) = reference.revision.filter(|pinned| *pinned != revision) {
        let message = format!(
            "The service is pinned to revision {pinned}, and the input has revision {revision}; that one is rendered."
        );
        findings.push(
            Finding::new(Code::RevisionMismatch, member, message).remedy(format!("Give revision {pinned}.")),
        );
    }
    Ok((task.spec.clone(), revision))
}

/// The capacity providers of the input that a service names, by `metadata.name`.
fn named(
    service: &EcsServiceSpec,
    providers: &[&CapacityProvider],
) -> BTreeMap<String, CapacityProviderSpec> {
    let mut wanted: Vec<&str> = service
        .capacity_provider_strategy
        .iter()
        .filter_map(|item| item.capacity_provider.as_deref())
        .map(arn::name)
        .collect();
    if service.launch_type == Some(LaunchType::Fargate) {
        wanted.push("FARGATE");
    }
    let object = |name: &str| match name {
        "FARGATE" => Some("fargate"),
        "FARGATE_SPOT" => Some("fargate-spot"),
        _ => None,
    };
    providers
        .iter()
        .filter(|provider| {
            let ecs_name = provider.spec.name.as_deref();
            let own_name = provider.metadata.name.as_deref();
            wanted
                .iter()
                .any(|name| ecs_name == Some(name) || (own_name.is_some() && own_name == object(name)))
        })
        .filter_map(|provider| Some((provider.metadata.name.clone()?, provider.spec.clone())))
        .collect()
}
