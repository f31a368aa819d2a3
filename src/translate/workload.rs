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
use crate::capacity::strategy::{Share, apportion, split};
use crate::model::Service;
use crate::model::service::{Capacity, Scheduling};
use crate::object::Object;
use crate::rollout::arithmetic::rolling;

/// Recorded deployments are what is rolled back to; old ReplicaSets only help `kubectl rollout`.
const HISTORY: i32 = 3;
/// Seconds beyond `minReadySeconds` and what health checks leave to a start, after which Kubernetes says that a rollout makes no progress.
const PROGRESS: i32 = 600;

/// One workload for each capacity provider that has a template.
pub(super) fn workloads(
    service: &Service,
    templates: &BTreeMap<String, PodTemplateSpec>,
    count: Option<i32>,
) -> Vec<Object> {
    match service.scheduling {
        Scheduling::Replica { minimum, maximum } => {
            let count = count.unwrap_or(service.desired_count).max(0);
            let children = replicas(service, count, minimum, maximum);
            service
                .capacity
                .iter()
                .zip(children)
                .filter_map(|(capacity, child)| {
                    let template = templates.get(&capacity.label)?;
                    Some(deployment(service, capacity, child, template).into())
                })
                .collect()
        }
        Scheduling::Daemon { minimum } => service
            .capacity
            .iter()
            .filter_map(|capacity| {
                let template = templates.get(&capacity.label)?;
                Some(daemon_set(service, capacity, minimum, count, template).into())
            })
            .collect(),
    }
}

/// Count and budget of one child.
struct Child {
    replicas: i32,
    max_unavailable: IntOrString,
    max_surge: i32,
}

/// Shares count and budget out among the children. A budget of nothing, which Kubernetes refuses, becomes one
/// task to stop first; whether a new template may be rolled out with it is for the plan to decide.
fn replicas(service: &Service, count: i32, minimum: i32, maximum: i32) -> Vec<Child> {
    let shares: Vec<Share> = service.capacity.iter().map(|c| c.share).collect();
    let counts = split(count.unsigned_abs(), &shares);
    let budget = rolling(count, minimum, maximum);
    if let [only] = counts.as_slice() {
        // Whoever changes the count alone keeps the percentage right; a number would have to follow.
        let idle = minimum >= 100 && budget.max_surge == 0;
        return vec![if budget.blocked {
            child(*only, IntOrString::Int(1), 0)
        } else {
            let surge = if idle { 1 } else { budget.max_surge };
            child(*only, IntOrString::String(budget.max_unavailable_percent), surge)
        }];
    }
    let unavailable = apportion(budget.max_unavailable.unsigned_abs(), &counts);
    let surge = apportion(budget.max_surge.unsigned_abs(), &counts);
    counts
        .into_iter()
        .zip(unavailable.into_iter().zip(surge))
        .map(|(count, (unavailable, surge))| {
            let unavailable = if unavailable == 0 && surge == 0 { 1 } else { unavailable };
            child(count, IntOrString::Int(unavailable.cast_signed()), surge.cast_signed())
        })
        .collect()
}

const fn child(replicas: u32, max_unavailable: IntOrString, max_surge: i32) -> Child {
    Child { replicas: replicas.cast_signed(), max_unavailable, max_surge }
}

fn deployment(
    service: &Service,
    capacity: &Capacity,
    child: Child,
    template: &PodTemplateSpec,
) -> Deployment {
    let ready = balancing::min_ready_seconds(service, template);
    let checks = service.task.containers.iter().filter_map(|c| c.life.health.as_ref());
    let starts = checks.map(|check| check.budget().cast_signed()).fold(0, i32::saturating_add);
    Deployment {
        metadata: metadata(service, capacity, template),
        spec: DeploymentSpec {
            replicas: Some(child.replicas),
            selector: meta::selector(service, &capacity.label),
            template: template.clone(),
            min_ready_seconds: unless_zero(ready),
            progress_deadline_seconds: Some(ready.saturating_add(starts).saturating_add(PROGRESS)),
            revision_history_limit: Some(HISTORY),
            strategy: Some(DeploymentStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDeployment {
                    max_unavailable: Some(child.max_unavailable),
                    max_surge: Some(IntOrString::Int(child.max_surge)),
                }),
            }),
            paused: None,
        },
        status: None,
    }
}

fn daemon_set(
    service: &Service,
    capacity: &Capacity,
    minimum: i32,
    nodes: Option<i32>,
    template: &PodTemplateSpec,
) -> DaemonSet {
    DaemonSet {
        metadata: metadata(service, capacity, template),
        spec: DaemonSetSpec {
            selector: meta::selector(service, &capacity.label),
            template: template.clone(),
            min_ready_seconds: unless_zero(balancing::min_ready_seconds(service, template)),
            revision_history_limit: Some(HISTORY),
            update_strategy: Some(DaemonSetUpdateStrategy {
                type_: Some("RollingUpdate".to_owned()),
                rolling_update: Some(RollingUpdateDaemonSet {
                    max_unavailable: Some(daemon_unavailable(minimum, nodes)),
                    // The API wants exactly one of the two to be more than 0.
                    max_surge: Some(IntOrString::Int(0)),
                }),
            }),
        },
        status: None,
    }
}

/// The API server leaves zeros out of its answers where zero is what absence means.
fn unless_zero(number: i32) -> Option<i32> {
    (number != 0).then_some(number)
}

/// DaemonSets round a percentage up where ECS rounds down, so the exact value needs the number of nodes.
fn daemon_unavailable(minimum: i32, nodes: Option<i32>) -> IntOrString {
    match nodes {
        _ if minimum <= 0 => IntOrString::String("100%".to_owned()),
        Some(nodes) => IntOrString::Int(rolling(nodes, minimum, 100).max_unavailable.max(1)),
        None if minimum >= 100 => IntOrString::Int(1),
        None => IntOrString::String(format!("{}%", 100 - minimum)),
    }
}

/// The workload's labels tell what its template is of, so that a held child shows what it really runs.
fn metadata(service: &Service, capacity: &Capacity, template: &PodTemplateSpec) -> ObjectMeta {
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
    metadata
}
