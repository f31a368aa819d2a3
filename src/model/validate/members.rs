//! Members of a service that nothing is made of, or that others look at as well: what ECS refuses about them.

use std::collections::BTreeSet;

use super::{Report, set};
use crate::api::EcsServiceSpec;
use crate::api::ecs::{DeploymentControllerType, NetworkMode, SchedulingStrategy, ServiceConnectService};
use crate::ecs::arn;
use crate::finding::{Code, Path};
use crate::model::name::is_ecs_name;
use crate::rollout::Inputs;

pub(super) fn validate(inputs: &Inputs, report: &mut Report<'_>) {
    let spec = &inputs.service;
    if let Some(cluster) = set(spec.cluster.as_deref()).filter(|c| !is_ecs_name(arn::name(c))) {
        let message = format!("{cluster:?} is neither the name nor the ARN of a cluster.");
        report.add(Code::InvalidName, Path::ROOT.member("cluster"), message);
    }
    controller(spec, report);
    role(inputs, report);
    monitoring(spec, report);
    lattice(inputs, report);
    let connect = spec.service_connect_configuration.as_ref().filter(|c| c.enabled != Some(false));
    discovery(connect.map_or(&[][..], |connect| &connect.services), report);
}

/// Source: CreateService `schedulingStrategy`.
fn controller(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    let controller = spec.deployment_controller.as_ref().and_then(|c| c.type_);
    if let Some(kind @ (DeploymentControllerType::CodeDeploy | DeploymentControllerType::External)) =
        controller
        && spec.scheduling_strategy == Some(SchedulingStrategy::Daemon)
    {
        report.advise(
            Code::InvalidValue,
            Path::ROOT.member("schedulingStrategy"),
            format!("DAEMON services do not support the deployment controller {kind}."),
            "Set deploymentController.type to ECS.",
        );
    }
}

/// Source: CreateService `role`.
fn role(inputs: &Inputs, report: &mut Report<'_>) {
    let awsvpc = inputs.task_definition.network_mode == Some(NetworkMode::Awsvpc);
    let needless = awsvpc || inputs.service.load_balancers.is_empty();
    if set(inputs.service.role.as_deref()).is_some() && needless {
        report.advise(
            Code::InvalidValue,
            Path::ROOT.member("role"),
            "A role goes with load balancers, and not with networkMode awsvpc.",
            "Take it out.",
        );
    }
}

fn monitoring(spec: &EcsServiceSpec, report: &mut Report<'_>) {
    const METRICS: [&str; 2] = ["CPUUtilization", "MemoryUtilization"];
    let path = Path::ROOT.member("monitoring");
    let list = path.member("metricConfigurations");
    let configurations = spec.monitoring.iter().flat_map(|m| &m.metric_configurations);
    for (i, configuration) in configurations.enumerate() {
        let path = list.index(i);
        let names = path.member("metricNames");
        if configuration.metric_names.is_empty() {
            report.add(Code::MissingMember, names, "metricNames is required.");
        }
        for (j, name) in configuration.metric_names.iter().enumerate() {
            if !METRICS.contains(&name.as_str()) {
                let message = format!("{name:?} is none of {}.", METRICS.join(", "));
                report.add(Code::InvalidValue, names.index(j), message);
            }
        }
        let resolution = path.member("resolutionSeconds");
        match configuration.resolution_seconds {
            None => report.add(Code::MissingMember, resolution, "resolutionSeconds is required."),
            Some(20 | 60) => {}
            Some(other) => {
                report.add(Code::InvalidValue, resolution, format!("{other} is neither 20 nor 60."));
            }
        }
    }
}

fn lattice(inputs: &Inputs, report: &mut Report<'_>) {
    let list = Path::ROOT.member("vpcLatticeConfigurations");
    for (i, one) in inputs.service.vpc_lattice_configurations.iter().enumerate() {
        let path = list.index(i);
        report.required(one.role_arn.as_deref(), path.member("roleArn"), "roleArn");
        report.required(one.target_group_arn.as_deref(), path.member("targetGroupArn"), "targetGroupArn");
        let member = path.member("portName");
        let Some(name) = report.required(one.port_name.as_deref(), member, "portName") else { continue };
        let definitions = &inputs.task_definition.container_definitions;
        let mut mappings = definitions.iter().flat_map(|definition| &definition.port_mappings);
        if !mappings.any(|mapping| mapping.name.as_deref() == Some(name)) {
            let message = format!("The task definition has no port mapping with the name {name:?}.");
            report.add(Code::InvalidReference, member, message);
        }
    }
}

/// Source: ServiceConnectService and ServiceConnectClientAlias.
fn discovery(services: &[ServiceConnectService], report: &mut Report<'_>) {
    let path = Path::ROOT.member("serviceConnectConfiguration");
    let list = path.member("services");
    let legal = |name: &str, most: usize, also: &[u8]| {
        let is_legal =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b) || also.contains(&b);
        name.len() <= most && !name.starts_with('-') && name.bytes().all(is_legal)
    };
    let mut taken = BTreeSet::new();
    for (i, service) in services.iter().enumerate() {
        let element = list.index(i);
        let member = element.member("discoveryName");
        let name = set(service.discovery_name.as_deref());
        if let Some(name) = name.filter(|name| !legal(name, 64, b"")) {
            let message = format!(
                "{name:?} is no discovery name: up to 64 lower-case letters, numbers, hyphens and underscores, no hyphen first."
            );
            report.add(Code::InvalidName, member, message);
        }
        if let Some(name) = name.or(set(service.port_name.as_deref())).filter(|name| !taken.insert(*name)) {
            report.add(Code::InvalidValue, member, format!("The discovery name {name:?} is taken twice."));
        }
        let aliases = element.member("clientAliases");
        for (j, alias) in service.client_aliases.iter().enumerate() {
            let Some(dns) =
                set(alias.dns_name.as_deref()).filter(|dns| !legal(&dns.to_ascii_lowercase(), 127, b"."))
            else {
                continue;
            };
            let alias = aliases.index(j);
            report.add(
                Code::InvalidName,
                alias.member("dnsName"),
                format!("{dns:?} is no DNS name: up to 127 lower-case letters, numbers, dots, hyphens and underscores, no hyphen first."),
            );
        }
    }
}
