//! Services.

use std::collections::BTreeMap;

use super::{
    Report, annotations, capacity, counts, deployment, ebs, eks_fargate, exact, execute, exposure, health,
    members, placement, platform, pod_template, roles, scaling, set, task,
};
use crate::api::EcsServiceSpec;
use crate::api::ecs::{DeploymentControllerType, LaunchType, NetworkMode, PropagateTags, SchedulingStrategy};
use crate::finding::{Code, Path};
use crate::model::name;
use crate::model::secret::EXECUTION;
use crate::model::service::Service;
use crate::model::task::Name;
use crate::policy::Privilege;
use crate::rollout::Inputs;

/// Findings about the service go to `report`, those about its task definition to `of_task`.
pub(super) fn validate(inputs: &Inputs, report: &mut Report<'_>, of_task: &mut Report<'_>) -> Service {
    let spec = &inputs.service;
    let daemon = spec.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    let original = report.name(spec.service_name.as_deref(), Path::ROOT.member("serviceName"), "serviceName");
    references(spec, report);
    members::validate(inputs, report);
    counts::service(spec, inputs.task_definition.placement_constraints.len(), report);
    let desired_count = desired_count(spec, report);
    let capacity = capacity::of_service(inputs, report);
    let fargate = capacity.iter().any(|c| c.fargate);
    if daemon && fargate {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("schedulingStrategy"),
            "DAEMON services do not run on Fargate.",
        );
    }
    let options = task::Options {
        service: Some(spec),
        pull: spec.kubernetes.as_ref().and_then(|k| k.image_pull_policy),
        fargate,
    };
    let mut task = task::validate(&inputs.task_definition, options, of_task);
    health::grace(spec, &mut task.containers, report);
    platform::version(inputs, fargate, task.os, report);
    eks_fargate::task(&capacity, &task, of_task);
    network(inputs, report);
    let scheduling = deployment::validate(spec, desired_count, report);
    let mut placement =
        placement::validate(spec, &task.placement, placement::Kind { daemon, fargate }, report);
    placement.exact = exact::rules(inputs, fargate);
    let ebs = ebs::validate(inputs, &task, ebs::Kind { daemon, fargate }, report);
    let min_ready_seconds = deployment::min_ready_seconds(spec, &task, report);
    let scaling = scaling::validate(inputs, daemon, report);
    let existing = service_account(spec, report);
    let exposure = exposure::validate(inputs, &task, report);
    roles::execution_trust(&task, of_task);
    execute::validate(spec, &task, &capacity, report);
    let own_tags = annotations::tags(&spec.tags, report);
    let task_tags = match spec.propagate_tags {
        Some(PropagateTags::Service) => own_tags.clone(),
        Some(PropagateTags::TaskDefinition) => task.tags.clone(),
        Some(PropagateTags::None) | None => BTreeMap::new(),
    };
    let mut tags = task.tags.clone();
    tags.extend(own_tags);
    let identity = match existing {
        Some(name) => roles::existing_identity(&task, name, of_task),
        None => roles::own_identity(&task, of_task),
    };
    Service {
        name: Name { original: original.unwrap_or_default().to_owned(), label: report.context.name.clone() },
        namespace: report.context.namespace.clone(),
        revision: inputs.revision,
        scheduling,
        desired_count,
        capacity,
        placement,
        identity,
        exposure,
        ebs,
        min_ready_seconds,
        min_ready_asked: spec.kubernetes.as_ref().is_some_and(|k| k.min_ready_seconds.is_some()),
        scaling,
        tags,
        overlay: pod_template::validate(spec, &task, report),
        task_tags,
        task,
    }
}

fn references(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    let controller = spec.deployment_controller.as_ref().and_then(|c| c.type_);
    if controller != Some(DeploymentControllerType::External) {
        report.required(
            spec.task_definition.as_deref(),
            Path::ROOT.member("taskDefinition"),
            "taskDefinition",
        );
    }
    if let Some(kind @ (LaunchType::External | LaunchType::ManagedInstances)) = spec.launch_type {
        report.advise(
            Code::LaunchTypeTakenForEc2,
            Path::ROOT.member("launchType"),
            format!("{kind} is taken for EC2: the tasks run on whatever nodes fit."),
            "Name a capacity provider instead, and give it the nodes' labels.",
        );
    }
    if let Some(cluster) = set(spec.cluster.as_deref()) {
        let mapped = name::namespace(cluster);
        let namespace = &report.context.namespace;
        if mapped != *namespace {
            let message = format!(
                "The cluster {cluster:?} is the namespace {mapped:?}, and the service is in {namespace:?}."
            );
            report.advise(
                Code::ClusterMismatch,
                Path::ROOT.member("cluster"),
                message,
                format!("Apply it to the namespace {mapped}, or take the member out."),
            );
        }
    }
}

fn desired_count(spec: &EcsServiceSpec, report: &mut Report<'_>) -> i32 {
    report.within(spec.desired_count, 0..=i32::MAX, Path::ROOT.member("desiredCount"));
    spec.desired_count.unwrap_or(1)
}

/// ECS asks for subnets with `awsvpc`; here nobody could use them, so they may be left out.
fn network(inputs: &Inputs, report: &mut Report<'_>) {
    let awsvpc = inputs.task_definition.network_mode == Some(NetworkMode::Awsvpc);
    let configured =
        inputs.service.network_configuration.as_ref().is_some_and(|n| n.awsvpc_configuration.is_some());
    if configured && !awsvpc {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("networkConfiguration"),
            "Network Configuration is not valid for the given networkMode of this task definition.",
        );
    }
}

fn service_account(spec: &EcsServiceSpec, report: &mut Report<'_>) -> Option<String> {
    let existing = set(spec.kubernetes.as_ref()?.service_account_name.as_deref())?;
    let kubernetes = Path::ROOT.member("kubernetes");
    let path = kubernetes.member("serviceAccountName");
    if !name::is_subdomain(existing) {
        report.add(Code::InvalidName, path, format!("{existing:?} is no name of a ServiceAccount."));
    }
    if existing.ends_with(EXECUTION) {
        let message = format!("{existing} has an execution role, which is not for applications.");
        report.add(Code::InvalidReference, path, message);
    }
    // It may carry a role, as a task role would.
    report.grant(Privilege::Roles, existing, path);
    Some(existing.to_owned())
}
