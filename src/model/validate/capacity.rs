//! Capacity providers, and what a service says about them.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1 as core;

use super::{Report, eks_fargate};
use crate::api::CapacityProviderSpec;
use crate::api::capacity_provider::{TaintEffect, Toleration, TolerationOperator};
use crate::api::ecs::{CapacityProviderStrategyItem, LaunchType};
use crate::api::labels;
use crate::capacity::strategy::Share;
use crate::finding::{Code, Finding, Path};
use crate::model::name;
use crate::model::service::{Capacity, FARGATE, FARGATE_SPOT, NO_PROVIDER};
use crate::placement::attribute::{is_label_key, is_label_value};
use crate::rollout::Inputs;

const STRATEGY: &str = "capacityProviderStrategy";

/// Where the service runs, one entry for each child; never empty.
pub(super) fn of_service(inputs: &Inputs, report: &mut Report<'_>) -> Vec<Capacity> {
    let spec = &inputs.service;
    let strategy = &spec.capacity_provider_strategy;
    if strategy.is_empty() {
        let label = if spec.launch_type == Some(LaunchType::Fargate) { FARGATE } else { NO_PROVIDER };
        let known = inputs
            .providers
            .get(label)
            .filter(|_| label == FARGATE)
            .map(|provider| named(label, label, Some(provider), Path::ROOT.member("launchType"), report));
        return vec![known.unwrap_or_else(|| Capacity {
            label: label.to_owned(),
            share: Share { base: 0, weight: 1 },
            fargate: label == FARGATE,
            ..Capacity::default()
        })];
    }
    let list = Path::ROOT.member(STRATEGY);
    if spec.launch_type.is_some() {
        report.add(
            Code::InvalidValue,
            Path::ROOT.member("launchType"),
            "Specify either Launch Type or Capacity Provider Strategy, but not both.",
        );
    }
    shares(strategy, list, report);
    let mut labels = BTreeSet::new();
    let mut all = Vec::new();
    for (i, item) in strategy.iter().enumerate() {
        let element = list.index(i);
        let path = element.member("capacityProvider");
        let Some(original) = report.name(item.capacity_provider.as_deref(), path, "capacityProvider") else {
            continue;
        };
        let (label, known) = find(inputs, original);
        if !labels.insert(label.clone()) {
            report.add(Code::InvalidValue, path, format!("The strategy names {original} twice."));
            continue;
        }
        let mut capacity = named(original, &label, known, path, report);
        capacity.share = Share { base: unsigned(item.base), weight: unsigned(item.weight) };
        all.push(capacity);
    }
    if all.is_empty() {
        // Everything was refused; whatever stands here is not returned.
        all.push(Capacity::default());
    }
    all
}

/// The object of a provider, by its ECS name; its `metadata.name`, or the one that an import would give it.
fn find<'a>(inputs: &'a Inputs, original: &str) -> (String, Option<&'a CapacityProviderSpec>) {
    let named = |(_, spec): &(&String, &CapacityProviderSpec)| spec.name.as_deref() == Some(original);
    match inputs.providers.iter().find(named) {
        Some((object, spec)) => (object.clone(), Some(spec)),
        None => {
            let label = name::provider(original);
            let spec = inputs.providers.get(&label).filter(|_| is_predefined(&label));
            (label, spec)
        }
    }
}

fn is_predefined(label: &str) -> bool {
    matches!(label, FARGATE | FARGATE_SPOT)
}

fn unsigned(value: Option<i32>) -> u32 {
    u32::try_from(value.unwrap_or_default()).unwrap_or_default()
}

fn shares(strategy: &[CapacityProviderStrategyItem], list: Path<'_>, report: &mut Report<'_>) {
    for (i, item) in strategy.iter().enumerate() {
        let path = list.index(i);
        report.within(item.weight, 0..=1000, path.member("weight"));
        report.within(item.base, 0..=100_000, path.member("base"));
    }
    if strategy.len() > 20 {
        report.add(Code::InvalidValue, list, "A strategy has at most 20 capacity providers.");
    }
    if strategy.iter().filter(|item| unsigned(item.base) > 0).count() > 1 {
        report.add(Code::InvalidValue, list, "Only one capacity provider of a strategy can have a base.");
    }
    if strategy.len() > 1 && strategy.iter().all(|item| unsigned(item.weight) == 0) {
        report.add(
            Code::InvalidValue,
            list,
            "At least one capacity provider of a strategy needs a weight greater than 0.",
        );
    }
}

/// A provider that a service names: what its object says, or what can be assumed without one.
fn named(
    original: &str,
    label: &str,
    known: Option<&CapacityProviderSpec>,
    path: Path<'_>,
    report: &mut Report<'_>,
) -> Capacity {
    if label == FARGATE_SPOT && known.is_none() {
        report.advise(
            Code::FargateSpotUnavailable,
            path,
            "The tasks run on ordinary nodes, whether these are Spot instances or not.",
            "Make a CapacityProvider fargate-spot whose kubernetes.nodeSelector selects Spot nodes.",
        );
    }
    let Some(spec) = known else {
        let predefined = is_predefined(label);
        if !predefined {
            report.advise(
                Code::CapacityProviderNotFound,
                path,
                format!("Nothing is known of the capacity provider {original}."),
                format!("Make a CapacityProvider {label}, or label its nodes: {}", label_command(label)),
            );
        }
        return Capacity {
            label: label.to_owned(),
            node_selector: if predefined { Default::default() } else { own_label(label) },
            fargate: predefined,
            ..Capacity::default()
        };
    };
    let mut own = Report::new(report.context);
    let capacity = provider(label, spec, &mut own);
    report.needed.append(&mut own.needed);
    report.findings.extend(own.findings.into_iter().map(|f| Finding {
        message: format!("CapacityProvider {label}, {}: {}", f.path, f.message),
        path: path.to_string(),
        ..f
    }));
    let namespaces = spec.kubernetes.as_ref().map_or(&[][..], |k| k.namespaces.as_slice());
    let namespace = &report.context.namespace;
    if !namespaces.is_empty() && !namespaces.contains(namespace) {
        report.advise(
            Code::NotGranted,
            path,
            format!("The capacity provider {original} is not for services of namespace {namespace}."),
            format!("Add {namespace} to kubernetes.namespaces of CapacityProvider {label}."),
        );
    }
    capacity.unwrap_or_default()
}

/// A provider by itself: which nodes, and what they ask of pods.
pub(super) fn provider(
    label: &str,
    spec: &CapacityProviderSpec,
    report: &mut Report<'_>,
) -> Option<Capacity> {
    let path = Path::ROOT.member("name");
    let original = report.name(spec.name.as_deref(), path, "name")?;
    let predefined = is_predefined(label);
    let reserved = ["aws", "ecs", "fargate"].iter().any(|p| original.to_ascii_lowercase().starts_with(p));
    if reserved && !predefined {
        report.add(
            Code::InvalidName,
            path,
            "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper \
             and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with \"aws\", \"ecs\", or \"fargate\".",
        );
    }
    let root = Path::ROOT.member("kubernetes");
    let options = spec.kubernetes.clone().unwrap_or_default();
    let selector = root.member("nodeSelector");
    for (key, value) in &options.node_selector {
        if !is_label_key(key) || !is_label_value(value) {
            report.add(
                Code::InvalidValue,
                selector.member(key),
                format!("{key}={value} is no label that a node can have."),
            );
        }
    }
    let mut node_selector = options.node_selector;
    if node_selector.is_empty() && !predefined {
        report.advise(
            Code::CapacityProviderNeedsLabel,
            selector,
            format!(
                "Without a node selector its nodes are those with the label {}={label}.",
                labels::CAPACITY_PROVIDER
            ),
            label_command(label),
        );
        node_selector = own_label(label);
    }
    if let Some(profile) = options.fargate_profile.as_ref().filter(|_| label != FARGATE) {
        report.advise(
            Code::OptionUnsupported,
            root.member("fargateProfile"),
            format!("Only the provider FARGATE runs on a Fargate profile; {profile} has no effect here."),
            "Name the object fargate, or take the member out.",
        );
    }
    if let Some(profile) = options.fargate_profile.as_ref().filter(|_| label == FARGATE) {
        eks_fargate::profile(profile, label, root.member("fargateProfile"), report);
    }
    let list = root.member("tolerations");
    let tolerations = options
        .tolerations
        .iter()
        .enumerate()
        .filter_map(|(i, t)| toleration(t, list.index(i), report))
        .collect();
    Some(Capacity {
        label: label.to_owned(),
        share: Share { base: 0, weight: 1 },
        node_selector,
        tolerations,
        fargate: predefined,
        profile: options.fargate_profile.filter(|_| label == FARGATE),
    })
}

fn own_label(label: &str) -> std::collections::BTreeMap<String, String> {
    [(labels::CAPACITY_PROVIDER.to_owned(), label.to_owned())].into()
}

fn label_command(label: &str) -> String {
    format!("kubectl label node NODE {}={label}", labels::CAPACITY_PROVIDER)
}

/// The rules of Kubernetes' own validation of tolerations.
fn toleration(t: &Toleration, path: Path<'_>, report: &mut Report<'_>) -> Option<core::Toleration> {
    let exists = t.operator == Some(TolerationOperator::Exists);
    let value = t.value.as_deref().unwrap_or_default();
    let problem = match t.key.as_deref().filter(|key| !key.is_empty()) {
        None if !exists => Some("a toleration without a key needs the operator Exists"),
        Some(key) if !is_label_key(key) => Some("the key is no key of a taint"),
        _ if exists && !value.is_empty() => Some("with the operator Exists there is no value"),
        _ if !is_label_value(value) => Some("the value is no value of a taint"),
        _ if t.toleration_seconds.is_some() && t.effect != Some(TaintEffect::NoExecute) => {
            Some("tolerationSeconds goes with the effect NoExecute")
        }
        _ => None,
    };
    if let Some(problem) = problem {
        report.add(Code::InvalidValue, path, format!("No toleration of Kubernetes: {problem}."));
        return None;
    }
    Some(core::Toleration {
        key: t.key.clone().filter(|key| !key.is_empty()),
        operator: t.operator.map(|o| {
            match o {
                TolerationOperator::Exists => "Exists",
                TolerationOperator::Equal => "Equal",
            }
            .to_owned()
        }),
        // Written as the API server stores it: nothing empty.
        value: t.value.clone().filter(|value| !value.is_empty()),
        effect: t.effect.map(|e| {
            match e {
                TaintEffect::NoSchedule => "NoSchedule",
                TaintEffect::PreferNoSchedule => "PreferNoSchedule",
                TaintEffect::NoExecute => "NoExecute",
            }
            .to_owned()
        }),
        toleration_seconds: t.toleration_seconds,
    })
}
