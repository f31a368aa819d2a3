//! What runs the tasks: a Deployment or a DaemonSet for each capacity provider.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{
    DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, Deployment, DeploymentSpec, DeploymentStrategy,
    RollingUpdateDaemonSet, RollingUpdateDeployment,
};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::core::ObjectMeta;

use super::{balancing, meta};
use crate::api::labels;
use crate::capacity::strategy::{Share, split};
use crate::model::Service;
use crate::model::service::{Capacity, Scheduling};
use crate::object::Object;
use crate::rollout::budget::{self, Child, Live, State, Step, Unavailable};

/// What each child may do next, by capacity provider label.
pub type Steps = BTreeMap<String, Step>;

/// Recorded deployments are what is rolled back to; old ReplicaSets only help `kubectl rollout`.
const HISTORY: i32 = 3;
/// Seconds beyond `minReadySeconds` and what health checks leave to a start, after which Kubernetes says that a rollout makes no progress.
const PROGRESS: i32 = 600;

/// One workload for each capacity provider that has a template. `steps` says what each of them may do next; one that it
/// does not name is made as for a first deployment.
pub(super) fn workloads(
    service: &Service,
    templates: &BTreeMap<String, PodTemplateSpec>,
    count: Option<i32>,
    steps: &Steps,
) -> Vec<Object> {
    let first = first(service, count);
    let children = service.capacity.iter().zip(first);
    children
        .filter_map(|(capacity, first)| {
            let template = templates.get(&capacity.label)?;
            let step = steps.get(&capacity.label).unwrap_or(&first);
            Some(match service.scheduling {
                Scheduling::Replica { .. } => deployment(service, capacity, step, template).into(),
                Scheduling::Daemon { .. } => daemon_set(service, capacity, step, template).into(),
            })
        })
        .collect()
}

/// The share of each child, in the order of the strategy.
pub(super) fn counts(service: &Service, count: i32) -> Vec<u32> {
    let shares: Vec<Share> = service.capacity.iter().map(|c| c.share).collect();
    split(count.unsigned_abs(), &shares)
}

/// The steps of a first deployment.
fn first(service: &Service, count: Option<i32>) -> Vec<Step> {
    let in_force = count.unwrap_or(service.desired_count).max(0);
    let new = |count: u32| Child { count, state: State::New, live: Live::default() };
    let children: Vec<Child> = counts(service, in_force).into_iter().map(new).collect();
    match service.scheduling {
        Scheduling::Replica { minimum, maximum } => budget::replica(in_force, minimum, maximum, &children),
        Scheduling::Daemon { minimum } => budget::daemon(minimum, count.is_some(), &children),
    }
}

fn int_or_percent(unavailable: Unavailable) -> IntOrString {
    match unavailable {
        Unavailable::Percent(percent) => IntOrString::String(format!("{percent}%")),
        Unavailable::Tasks(tasks) => IntOrString::Int(tasks),
    }
}

fn deployment(service: &Service, capacity: &Capacity, step: &Step, template: &PodTemplateSpec) -> Deployment {
    let ready = balancing::min_ready_seconds(service, template);
    let checks = service.task.containers.iter().filter_map(|c| c.life.health.as_ref());
    let starts = checks.map(|check| check.budget().cast_signed()).fold(0, i32::saturating_add);
    Deployment {
        metadata: metadata(service, capacity, step, template),
        spec: DeploymentSpec {
            replicas: Some(step.count.cast_signed()),
            selector: meta::selector(service, &capacity.label),
            template: template.clone(),
            min_ready_seconds: unless_zero(ready),
            progress_deadline_seconds: Some(ready.saturating_add(starts).saturating_add(PROGRESS)),
            revision_history_limit: Some(HISTORY),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_unavailable: Some(int_or_percent(step.unavailable)),
                    max_surge: Some(IntOrString::Int(step.surge)),
                }),
            }),
            paused: step.paused.then_some(true),
        },
        status: None,
    }
}

fn daemon_set(service: &Service, capacity: &Capacity, step: &Step, template: &PodTemplateSpec) -> DaemonSet {
    // A DaemonSet has no pause: it stands still when only deleted pods are replaced.
    let update_strategy = if step.paused {
        DaemonSetUpdateStrategy { type_: Some("OnDelete".to_owned()), rolling_update: None }
    } else {
        DaemonSetUpdateStrategy {
            type_: Some("RollingUpdate".to_owned()),
            rolling_update: Some(RollingUpdateDaemonSet {
                max_unavailable: Some(int_or_percent(step.unavailable)),
                // The API wants exactly one of the two to be more than 0.
                max_surge: Some(IntOrString::Int(0)),
            }),
        }
    };
    DaemonSet {
        metadata: metadata(service, capacity, step, template),
        spec: DaemonSetSpec {
            selector: meta::selector(service, &capacity.label),
            template: template.clone(),
            min_ready_seconds: unless_zero(balancing::min_ready_seconds(service, template)),
            revision_history_limit: Some(HISTORY),
            update_strategy: Some(update_strategy),
        },
        status: None,
    }
}

/// The API server leaves zeros out of its answers where zero is what absence means.
fn unless_zero(number: i32) -> Option<i32> {
    (number != 0).then_some(number)
}

/// The workload's labels tell what its template is of, so that a held child shows what it really runs.
fn metadata(service: &Service, capacity: &Capacity, step: &Step, template: &PodTemplateSpec) -> ObjectMeta {
    let mut metadata = meta::owned(service, &meta::child(service, &capacity.label));
    let of_template = template.metadata.as_ref().and_then(|m| m.labels.as_ref());
    let own = metadata.labels.get_or_insert_default();
    own.insert(labels::CAPACITY_PROVIDER.to_owned(), capacity.label.clone());
    for key in [labels::REVISION, labels::DEPLOYMENT_ID] {
        if let Some(value) = of_template.and_then(|labels| labels.get(key)) {
            own.insert(key.to_owned(), value.clone());
        }
    }
    if !service.tags.is_empty() {
        let tags = service.tags.iter().map(|(key, value)| (key.clone(), value.clone()));
        metadata.annotations.get_or_insert_default().extend(tags);
    }
    if let Some(failed) = &step.failed {
        let annotations = metadata.annotations.get_or_insert_default();
        annotations.insert(labels::FAILED_DEPLOYMENT.to_owned(), failed.deployment.clone());
        annotations.insert(labels::FAILED_TASKS.to_owned(), failed.tasks.to_string());
    }
    metadata
}
