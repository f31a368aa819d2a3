//! What a task reserves and what it may use.
//!
//! On ECS a container's `cpu` is a share and no ceiling, the task's is both a reservation and a ceiling; `memory`
//! is a hard limit and `memoryReservation` what is set aside. Source: developer guide, "Task definition
//! parameters", sections on task size and on container memory and CPU.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::units::{memory, millicores};
use crate::model::Task;
use crate::model::task::{Container, Os};
use crate::model::units::{CpuUnits, Mebibytes};

/// The least share that Linux knows; ECS raises less to it. Autoscalers need a request in every container.
const LEAST_CPU: CpuUnits = CpuUnits(2);

/// Requests and limits, in millicores and MiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) cpu_request: Option<u64>,
    pub(super) cpu_limit: Option<u64>,
    pub(super) memory_request: Option<Mebibytes>,
    pub(super) memory_limit: Option<Mebibytes>,
}

impl Sizes {
    pub(super) fn requirements(&self) -> Option<ResourceRequirements> {
        let requests = quantities(self.cpu_request, self.memory_request);
        let limits = quantities(self.cpu_limit, self.memory_limit);
        (requests.is_some() || limits.is_some()).then_some(ResourceRequirements {
            requests,
            limits,
            claims: None,
        })
    }
}

fn quantities(cpu: Option<u64>, mib: Option<Mebibytes>) -> Option<BTreeMap<String, Quantity>> {
    let cpu = cpu.map(|m| ("cpu".to_owned(), millicores(m)));
    let mib = mib.map(|m| ("memory".to_owned(), memory(m)));
    let all: BTreeMap<_, _> = cpu.into_iter().chain(mib).collect();
    (!all.is_empty()).then_some(all)
}

/// Whether the task's size becomes the pod's own `spec.resources`, which is exact. Windows pods have none.
pub(super) fn pod_level(task: &Task, pod_resources: bool) -> bool {
    pod_resources && task.os == Os::Linux
}

/// The pod's own resources.
pub(super) fn of_pod(task: &Task, pod_resources: bool) -> Option<ResourceRequirements> {
    if !pod_level(task, pod_resources) {
        return None;
    }
    let cpu = task.cpu.map(CpuUnits::millicores);
    Sizes { cpu_request: cpu, cpu_limit: cpu, memory_request: task.memory, memory_limit: task.memory }
        .requirements()
}

/// The resources of each container, in order.
pub(super) fn of_containers(task: &Task, pod_resources: bool) -> Vec<Sizes> {
    let exact = pod_level(task, pod_resources);
    let mut all: Vec<Sizes> =
        task.containers.iter().map(|c| declared(c, exact && task.cpu.is_some())).collect();
    if !exact {
        if let Some(cpu) = task.cpu {
            share_cpu(cpu, task, &mut all);
        }
        if let Some(memory) = task.memory {
            share_memory(memory, task, &mut all);
        }
    }
    all
}

/// What the container itself declares. Under a pod's own CPU the requests of its containers must not exceed it
/// together, so they are rounded down there, and a share of 0 is left out.
fn declared(container: &Container, under_pod: bool) -> Sizes {
    let cpu = if under_pod {
        Some(container.cpu.millicores_floor()).filter(|milli| *milli > 0)
    } else {
        Some(container.cpu.max(LEAST_CPU).millicores())
    };
    Sizes {
        cpu_request: cpu,
        cpu_limit: None,
        memory_request: container.reserved_memory(),
        memory_limit: container.memory,
    }
}

/// Which containers get what the task has beyond its containers: the essential ones that declare nothing of
/// their own, else the first essential one.
fn takers(task: &Task, declares: impl Fn(&Container) -> bool) -> Vec<usize> {
    let essential = |i: &usize| task.containers[*i].essential;
    let all: Vec<usize> = (0..task.containers.len()).filter(essential).collect();
    let open: Vec<usize> = all.iter().copied().filter(|i| !declares(&task.containers[*i])).collect();
    if open.is_empty() { all.into_iter().take(1).collect() } else { open }
}

/// Even parts of `total`; what does not divide goes to the first.
fn parts(total: u64, count: usize) -> Vec<u64> {
    let count = count.max(1) as u64;
    (0..count).map(|i| total / count + if i == 0 { total % count } else { 0 }).collect()
}

fn share_cpu(cpu: CpuUnits, task: &Task, all: &mut [Sizes]) {
    let ceiling = cpu.millicores();
    let declares = |c: &Container| c.cpu.0 > 0;
    let used: u64 = task.containers.iter().filter(|c| declares(c)).map(|c| c.cpu.millicores_floor()).sum();
    for sizes in all.iter_mut() {
        sizes.cpu_limit = Some(ceiling);
    }
    let takers = takers(task, declares);
    for (i, part) in takers.iter().zip(parts(ceiling.saturating_sub(used), takers.len())) {
        let own = task.containers[*i].cpu.millicores_floor();
        all[*i].cpu_request = Some((own + part).max(LEAST_CPU.millicores()));
    }
}

fn share_memory(memory: Mebibytes, task: &Task, all: &mut [Sizes]) {
    let used: u64 =
        task.containers.iter().filter_map(Container::reserved_memory).map(|m| u64::from(m.0)).sum();
    for sizes in all.iter_mut() {
        sizes.memory_limit = sizes.memory_limit.or(Some(memory));
    }
    let takers = takers(task, |c| c.reserved_memory().is_some());
    let left = u64::from(memory.0).saturating_sub(used);
    for (i, part) in takers.iter().zip(parts(left, takers.len())) {
        let own = task.containers[*i].reserved_memory().map_or(0, |m| u64::from(m.0));
        let request = Mebibytes(u32::try_from(own + part).unwrap_or(u32::MAX));
        let limit = all[*i].memory_limit.unwrap_or(memory);
        all[*i].memory_request = Some(request.min(limit));
    }
}
