//! What ECS takes.

use std::collections::{BTreeMap, BTreeSet};

use ecs_bridge::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use ecs_bridge::desired;
use ecs_bridge::ecs::shape::{Readable as _, Shape};
use ecs_bridge::finding::Finding;
use serde_json::Value;

use crate::generate::{Generated, definitions};
use crate::spread::spread;

/// Definitions that each law is tried on.
const SEEDS: u64 = 2500;

/// Refusals of what ECS takes, because Kubernetes or this product cannot give it; nothing else may refuse a valid definition.
const CANNOT: &[&str] = &[
    "ClassicLoadBalancerUnsupported",
    "DeploymentControllerUnsupported",
    "DeploymentStrategyUnsupported",
    "DeviceNeedsPlugin",
    "DockerSocketUnavailable",
    "DockerVolumeDriverUnsupported",
    "EbsOnFargate",
    "EnvironmentFileUnmapped",
    "FargateProfileRefuses",
    "HostnameConflict",
    "IsolationUnavailable",
    "NetworkNotSeparable",
    "OptionUnsupported",
    "PlacementNotExpressible",
    "PlacementUnsatisfiable",
    "PortCollision",
    "PrivilegesConflict",
    "SysctlConflict",
    "UserNameNotNumeric",
    "VolumeUnsupported",
];

#[test]
fn what_ecs_takes_is_refused_only_for_what_cannot_be_had() {
    let looked = spread(SEEDS, |seed| {
        let generated = definitions(seed);
        let (objects, findings) =
            desired::offline(&generated.inputs(), &generated.context("generated", None));
        let all = findings.service.iter().chain(&findings.task_definition);
        let errors = all.filter(|finding| finding.is_error());
        let unfounded = errors.filter(|error| !generated.bold || !CANNOT.contains(&error.code.as_ref()));
        let told =
            |error: &Finding| (format!("{}: {}", error.code, error.message), (seed, error.path.clone()));
        (objects.is_empty(), unfounded.map(told).collect::<Vec<_>>())
    });
    let refused = looked.iter().filter(|(refused, _)| *refused).count();
    // One example of each.
    let wrong: BTreeMap<String, (u64, String)> = looked.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "refused, by seed and path: {wrong:#?}");
    assert!(refused * 5 < SEEDS as usize, "{refused} of {SEEDS} are refused");
}

#[test]
fn a_seed_always_renders_to_the_same_objects() {
    spread(SEEDS / 5, |seed| {
        let rendered = || {
            let generated = definitions(seed);
            let (objects, findings) =
                desired::offline(&generated.inputs(), &generated.context("generated", None));
            (objects.iter().map(ecs_bridge::object::Object::to_value).collect::<Vec<_>>(), findings)
        };
        assert_eq!(rendered(), rendered());
    });
}

/// Paths of members that a value sets.
fn set(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| set(item, &format!("{path}[]"), paths)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = format!("{path}.{name}");
                set(value, &path, paths);
                paths.insert(path);
            }
        }
        _ => {}
    }
}

/// Paths of members that a shape has; those of maps are not its own.
fn possible(shape: &Shape, path: &str, paths: &mut BTreeSet<String>) {
    match shape {
        Shape::List(items) => possible(items, &format!("{path}[]"), paths),
        Shape::Struct(shape) => {
            for member in shape.members() {
                let path = format!("{path}.{}", member.name);
                possible(&member.shape, &path, paths);
                paths.insert(path);
            }
        }
        _ => {}
    }
}

#[test]
fn every_member_occurs() {
    let found = spread(SEEDS, |seed| {
        let Generated { task_definition, service, providers, .. } = definitions(seed);
        let mut paths = BTreeSet::new();
        set(&task_definition, "task", &mut paths);
        set(&service, "service", &mut paths);
        providers.iter().for_each(|provider| set(provider, "provider", &mut paths));
        paths
    });
    let found: BTreeSet<String> = found.into_iter().flatten().collect();
    let mut wanted = BTreeSet::new();
    possible(TaskDefinitionSpec::shape(), "task", &mut wanted);
    possible(EcsServiceSpec::shape(), "service", &mut wanted);
    possible(CapacityProviderSpec::shape(), "provider", &mut wanted);
    assert!(wanted.len() > 400, "{}", wanted.len());
    let missing: Vec<&String> = wanted.iter().filter(|path| !found.contains(*path)).collect();
    assert!(missing.is_empty(), "no definition has {missing:#?}");
}
