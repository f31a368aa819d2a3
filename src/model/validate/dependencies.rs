//! What the containers of a task wait for: `dependsOn`, and what `links`, `volumesFrom` and FireLens imply.

use std::collections::HashMap;

use super::{Report, health};
use crate::api::TaskDefinitionSpec;
use crate::api::ecs::{ContainerCondition, ContainerDefinition, LogDriver, NetworkMode};
use crate::finding::{Code, Path};
use crate::model::life::Dependency;

/// The dependencies of each container, in the order of the definition.
pub(super) fn validate(spec: &TaskDefinitionSpec, report: &mut Report<'_>) -> Vec<Vec<Dependency>> {
    let definitions = &spec.container_definitions;
    let mut places = HashMap::new();
    for (i, definition) in definitions.iter().enumerate() {
        if let Some(name) = definition.name.as_deref() {
            places.entry(name).or_insert(i);
        }
    }
    let list = Path::ROOT.member("containerDefinitions");
    let mut all: Vec<Vec<Dependency>> = Vec::new();
    for (i, definition) in definitions.iter().enumerate() {
        let mut own = declared(spec, i, &places, list.index(i), report);
        for name in implied(spec, definition) {
            let Some(container) = places.get(name).copied().filter(|other| *other != i) else { continue };
            if !own.iter().any(|d| d.container == container) {
                own.push(Dependency { container, condition: ContainerCondition::Start });
            }
        }
        all.push(own);
    }
    cycles(spec, &all, report);
    all
}

fn declared(
    spec: &TaskDefinitionSpec,
    container: usize,
    places: &HashMap<&str, usize>,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Vec<Dependency> {
    let list = path.member("dependsOn");
    let mut own = Vec::new();
    for (j, dependency) in spec.container_definitions[container].depends_on.iter().enumerate() {
        let element = list.index(j);
        let member = element.member("containerName");
        let name = report.required(dependency.container_name.as_deref(), member, "containerName");
        if dependency.condition.is_none() {
            report.add(Code::MissingMember, element.member("condition"), "condition is required.");
        }
        let (Some(name), Some(condition)) = (name, dependency.condition) else { continue };
        let Some(place) = places.get(name).copied() else {
            report.add(
                Code::InvalidReference,
                member,
                format!("The task definition has no container {name:?}."),
            );
            continue;
        };
        if place == container {
            report.add(Code::DependencyCycle, member, format!("{name:?} waits for itself."));
            continue;
        }
        let target = &spec.container_definitions[place];
        let member = element.member("condition");
        match condition {
            ContainerCondition::Complete | ContainerCondition::Success
                if target.essential.unwrap_or(true) =>
            {
                report.advise(
                    Code::InvalidValue,
                    member,
                    "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
                    format!("Set essential: false for {name:?}."),
                );
            }
            ContainerCondition::Healthy if !health::is_checked(target) => report.advise(
                Code::InvalidValue,
                member,
                format!("{name:?} has no healthCheck, so it never becomes HEALTHY."),
                format!("Give {name:?} a healthCheck, or wait for START."),
            ),
            _ => {}
        }
        own.push(Dependency { container: place, condition });
    }
    own
}

/// Names of containers that have to be started before this one although it does not say so.
fn implied<'a>(spec: &'a TaskDefinitionSpec, definition: &'a ContainerDefinition) -> Vec<&'a str> {
    let bridge = matches!(spec.network_mode, None | Some(NetworkMode::Bridge));
    let links = definition.links.iter().filter(|_| bridge);
    let links = links.map(|link| link.split_once(':').map_or(link.as_str(), |(name, _)| name));
    let volumes = definition.volumes_from.iter().filter_map(|v| v.source_container.as_deref());
    let logs = definition.log_configuration.as_ref().and_then(|log| log.log_driver);
    // As the agent has it: a router that waits for others itself is not waited for.
    let router = spec
        .container_definitions
        .iter()
        .filter(|_| logs == Some(LogDriver::AwsFirelens))
        .filter(|other| other.firelens_configuration.is_some() && other.depends_on.is_empty());
    links.chain(volumes).chain(router.filter_map(|other| other.name.as_deref())).collect()
}

/// Takes away who waits for nobody that is left, until nobody does; what is left then waits in a circle.
fn cycles(spec: &TaskDefinitionSpec, all: &[Vec<Dependency>], report: &mut Report<'_>) {
    let mut left: Vec<bool> = vec![true; all.len()];
    loop {
        shed(all, &mut left);
        let Some(start) = left.iter().position(|l| *l) else { return };
        let mut walk = vec![start];
        let circle = loop {
            let here = walk[walk.len() - 1];
            let Some(next) = all[here].iter().map(|d| d.container).find(|other| left[*other]) else { return };
            if let Some(at) = walk.iter().position(|seen| *seen == next) {
                break walk.split_off(at);
            }
            walk.push(next);
        };
        let name = |i: &usize| spec.container_definitions[*i].name.as_deref().unwrap_or_default();
        let names: Vec<&str> = circle.iter().chain(circle.first()).map(name).collect();
        let list = Path::ROOT.member("containerDefinitions");
        report.advise(
            Code::DependencyCycle,
            list.index(circle[0]).member("dependsOn"),
            format!("The containers wait for each other: {}.", names.join(" waits for ")),
            "Take one of these out; links, volumesFrom and log routers count as dependencies too.",
        );
        for i in circle {
            left[i] = false;
        }
    }
}

fn shed(all: &[Vec<Dependency>], left: &mut [bool]) {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); all.len()];
    let mut waits: Vec<usize> = vec![0; all.len()];
    for (i, own) in all.iter().enumerate().filter(|(i, _)| left[*i]) {
        for dependency in own.iter().filter(|d| left[d.container]) {
            users[dependency.container].push(i);
            waits[i] += 1;
        }
    }
    let mut free: Vec<usize> = (0..all.len()).filter(|i| left[*i] && waits[*i] == 0).collect();
    while let Some(i) = free.pop() {
        left[i] = false;
        for user in &users[i] {
            waits[*user] -= 1;
            if waits[*user] == 0 {
                free.push(*user);
            }
        }
    }
}
