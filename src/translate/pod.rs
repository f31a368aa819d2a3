//! Pod templates.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodOS, PodSpec, PodTemplateSpec, Toleration};
use kube::core::ObjectMeta;

use super::container::some;
use super::{balancing, kernel, life, meta, names, order, placement, resources, secrets, security, storage};
use crate::api::labels;
use crate::capabilities::Capabilities;
use crate::desired::Context;
use crate::model::network::Network;
use crate::model::service::Capacity;
use crate::model::task::{Arch, Os};
use crate::model::{Service, name};
use crate::placement::attribute::ARCH;

const OS: &str = "kubernetes.io/os";
const WINDOWS_BUILD: &str = "node.kubernetes.io/windows-build";

/// The template of one child.
pub(super) fn template(service: &Service, capacity: &Capacity, context: &Context) -> PodTemplateSpec {
    let task = &service.task;
    let pod_resources = context.capabilities.pod_resources;
    // Fargate's own scheduler sizes a pod by its containers.
    let pod_resources = pod_resources && capacity.profile.is_none();
    let capabilities = Capabilities { pod_resources, ..context.capabilities.clone() };
    let (mut first, mut containers) = order::containers(task, &capabilities);
    if capacity.profile.is_some() {
        first.iter_mut().chain(&mut containers).for_each(resources::guarantee);
    }
    let volumes = storage::volumes(service);
    let storage_annotation = storage::annotation(&volumes);
    let mut spec = PodSpec {
        init_containers: some(first),
        containers,
        termination_grace_period_seconds: life::grace_period(task),
        resources: resources::of_pod(task, pod_resources),
        image_pull_secrets: some(secrets::pull(task)),
        volumes: some([volumes, kernel::volumes(task)].concat()),
        service_account_name: Some(service.service_account().to_owned()),
        // ECS tasks know nothing of other services and have no access to the control plane.
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        os: Some(PodOS { name: os(task.os).to_owned() }),
        node_selector: Some(node_selector(service, capacity, context)),
        tolerations: some(tolerations(service, capacity)),
        affinity: placement::affinity(service, capacity),
        topology_spread_constraints: some(placement::spread(service)),
        ..PodSpec::default()
    };
    placement::of_pod(service, &mut spec);
    names::of_pod(task, &mut spec);
    security::of_pod(task, &mut spec);
    balancing::of_pod(service, &mut spec);
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels(service, capacity)),
            annotations: annotations(service, storage_annotation),
            ..ObjectMeta::default()
        }),
        spec: Some(spec),
    }
}

fn labels(service: &Service, capacity: &Capacity) -> meta::Labels {
    let mut all = meta::task_labels(service, &capacity.label);
    if service.task.network == Network::Denied {
        all.insert(labels::NETWORK.to_owned(), labels::NETWORK_NONE.to_owned());
    }
    if service.placement.exact.is_some() {
        all.insert(labels::EXACT.to_owned(), labels::EXACT_TRUE.to_owned());
    }
    // What may be a label's value is one, so that pods can be selected and costs be told by it.
    let tags = service.task_tags.iter().filter(|(_, value)| name::is_label_value(value));
    all.extend(tags.map(|(key, value)| (key.clone(), value.clone())));
    all
}

const fn os(os: Os) -> &'static str {
    match os {
        Os::Linux => "linux",
        Os::Windows { .. } => "windows",
    }
}

fn tolerations(service: &Service, capacity: &Capacity) -> Vec<Toleration> {
    let mut all = capacity.tolerations.clone();
    let gpus = service.task.containers.iter().any(|c| c.limits.gpus > 0);
    // Nodes with GPUs are tainted by convention, to keep everything else away.
    let gpu = Toleration {
        key: Some(resources::GPU.to_owned()),
        operator: Some("Exists".to_owned()),
        effect: Some("NoSchedule".to_owned()),
        ..Toleration::default()
    };
    if gpus && !all.contains(&gpu) {
        all.push(gpu);
    }
    all
}

fn node_selector(service: &Service, capacity: &Capacity, context: &Context) -> BTreeMap<String, String> {
    let task = &service.task;
    let mut selector = capacity.node_selector.clone();
    selector.insert(OS.to_owned(), os(task.os).to_owned());
    if let Os::Windows { build } = task.os {
        selector.insert(WINDOWS_BUILD.to_owned(), build.to_owned());
    }
    let default = if context.default_architecture.is_empty() {
        Arch::Amd64.as_str()
    } else {
        &context.default_architecture
    };
    let arch = task.arch.map(Arch::as_str);
    if let Some(arch) = arch.or_else(|| (capacity.fargate || task.on_fargate).then_some(default)) {
        selector.insert(ARCH.to_owned(), arch.to_owned());
    }
    selector
}

fn annotations(service: &Service, storage: Option<(String, String)>) -> Option<BTreeMap<String, String>> {
    let service_name = (&service.name, labels::ECS_NAME.to_owned());
    let containers = service.task.containers.iter();
    let containers = containers.map(|c| (&c.name, format!("{}{}", labels::CONTAINER_NAME, c.name.label)));
    let changed =
        std::iter::once(service_name).chain(containers).filter(|(name, _)| name.original != name.label);
    let names = changed.map(|(name, key)| (key, name.original.clone()));
    let mut annotations: BTreeMap<_, _> = names.chain(storage).collect();
    annotations.extend(kernel::annotations(&service.task));
    annotations.extend(service.placement.exact.clone().map(|rules| (labels::PLACEMENT.to_owned(), rules)));
    annotations.extend(placement::annotations(service));
    annotations.extend(service.task.annotations.clone());
    annotations.extend(service.task_tags.clone());
    (!annotations.is_empty()).then_some(annotations)
}
