//! What a task reserves and what it may use.
//!
//! On ECS a container's `cpu` is a share and no ceiling, the task's is both a reservation and a ceiling; `memory`
//! is a hard limit and `memoryReservation` what is set aside. Source: developer guide, "Task definition
//! parameters", sections on task size and on container memory and CPU.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container as KubernetesContainer, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::apportion::apportion;
use super::units::{gibibytes, memory, millicores};
use crate::model::Task;
use crate::model::order::Stage;
use crate::model::task::{Container, Os};
use crate::model::units::{CpuUnits, Mebibytes};

/// The least share that Linux knows; ECS raises less to it. Autoscalers need a request in every container.
const LEAST_CPU: CpuUnits = CpuUnits(2);

/// Name of the resource of whole NVIDIA GPUs, and of the taint on nodes that have them.
pub(super) const GPU: &str = "nvidia.com/gpu";

/// Requests and limits, in millicores, MiB and GiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) cpu_request: Option<u64>,
    pub(super) cpu_limit: Option<u64>,
    pub(super) memory_request: Option<Mebibytes>,
    pub(super) memory_limit: Option<Mebibytes>,
    /// Requested and limited alike.
    pub(super) storage: Option<u32>,
    /// A limit; the API server makes the request of it.
    pub(super) gpus: u32,
}

impl Sizes {
    pub(super) fn requirements(&self) -> Option<ResourceRequirements> {
        let requests = self.quantities(self.cpu_request, self.memory_request);
        let mut limits = self.quantities(self.cpu_limit, self.memory_limit);
        if self.gpus > 0 {
            limits.insert(GPU.to_owned(), Quantity(self.gpus.to_string()));
        }
        let some = |all: BTreeMap<_, _>| (!all.is_empty()).then_some(all);
        let (requests, limits) = (some(requests), some(limits));
        (requests.is_some() || limits.is_some()).then_some(ResourceRequirements {
            requests,
            limits,
            claims: None,
        })
    }

    fn quantities(&self, cpu: Option<u64>, mib: Option<Mebibytes>) -> BTreeMap<String, Quantity> {
        let all = [
            ("cpu", cpu.map(millicores)),
            ("memory", mib.map(memory)),
            ("ephemeral-storage", self.storage.map(gibibytes)),
        ];
        all.into_iter().filter_map(|(name, quantity)| Some((name.to_owned(), quantity?))).collect()
    }
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
    let (memory_request, memory_limit) = (task.memory, task.memory);
    Sizes { cpu_request: cpu, cpu_limit: cpu, memory_request, memory_limit, ..Sizes::default() }
        .requirements()
}

/// Makes what a container may use what it reserves: all pods of EKS Fargate are Guaranteed.
pub(super) fn guarantee(container: &mut KubernetesContainer) {
    let Some(resources) = &mut container.resources else { return };
    let (requests, limits) =
        (resources.requests.get_or_insert_default(), resources.limits.get_or_insert_default());
    for (name, limit) in limits.iter() {
        let reserved = requests.entry(name.clone()).or_insert_with(|| limit.clone());
        if reserved.0 == "0" {
            reserved.clone_from(limit);
        }
    }
    limits.clone_from(requests);
}

/// The resources of each container, in order.
pub(super) fn of_containers(task: &Task, pod_resources: bool) -> Vec<Sizes> {
    let mut all: Vec<Sizes> = task.containers.iter().map(|own| declared(own, task.os)).collect();
    let exact = pod_level(task, pod_resources);
    if let Some(cpu) = task.cpu.filter(|_| task.has_size()) {
        share_cpu(cpu, task, exact, &mut all);
    }
    if let Some(memory) = task.memory.filter(|_| task.has_size() && !exact) {
        share_memory(memory, task, &mut all);
    }
    if task.has_size() && !exact {
        cap(task, &mut all);
    }
    if let Some(first) = task.containers.iter().position(|c| c.essential) {
        all[first].storage = task.ephemeral_storage;
    }
    all
}

/// What the container itself declares. On Windows its CPU is a ceiling, too.
fn declared(container: &Container, os: Os) -> Sizes {
    Sizes {
        cpu_request: Some(container.cpu.max(LEAST_CPU).millicores()),
        cpu_limit: (os != Os::Linux && container.cpu.0 > 0)
            .then(|| container.cpu.max(LEAST_CPU).millicores()),
        memory_request: container.reserved_memory(),
        memory_limit: container.memory,
        gpus: container.limits.gpus,
        ..Sizes::default()
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
fn parts(total: u32, count: usize) -> impl Iterator<Item = u32> {
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    (0..count).map(move |i| total / count + if i == 0 { total % count } else { 0 })
}

/// Places of the containers that run side by side: whoever ends before others start gives its part back.
fn side_by_side(task: &Task) -> impl Iterator<Item = usize> {
    (0..task.containers.len()).filter(|i| task.order.stages[*i] != Stage::Init)
}

/// Keeps whoever ends before others start, together with the sidecars ahead of it, within the task: a pod takes
/// as much as its largest stage.
fn cap(task: &Task, all: &mut [Sizes]) {
    let (mut cpu, mut memory) = (task.cpu.map(CpuUnits::millicores), task.memory);
    for i in &task.order.first {
        let Sizes { cpu_request, memory_request, .. } = &mut all[*i];
        if task.order.stages[*i] == Stage::Init {
            *cpu_request = cpu_request.map(|own| cpu.map_or(own, |left| own.min(left)));
            *memory_request = memory_request.map(|own| memory.map_or(own, |left| own.min(left)));
        } else {
            cpu = cpu.map(|left| left.saturating_sub(cpu_request.unwrap_or_default()));
            let taken = memory_request.unwrap_or_default().0;
            memory = memory.map(|left| Mebibytes(left.0.saturating_sub(taken)));
        }
    }
}

/// The task's CPU is the sum that its containers must not pass. Where no ceiling of the pod itself enforces that,
/// each container gets it as its own, and all of it is requested.
fn share_cpu(cpu: CpuUnits, task: &Task, exact: bool, all: &mut [Sizes]) {
    let own = |i: usize| (i, task.containers[i].cpu);
    let mut units: BTreeMap<usize, CpuUnits> = if exact {
        (0..task.containers.len()).map(own).collect()
    } else {
        side_by_side(task).map(own).collect()
    };
    if !exact {
        let used = units.values().fold(0u32, |sum, own| sum.saturating_add(own.0));
        let takers = takers(task, |c| c.cpu.0 > 0);
        for (i, part) in takers.iter().zip(parts(cpu.0.saturating_sub(used), takers.len())) {
            units.entry(*i).or_default().0 += part;
        }
        for sizes in all.iter_mut() {
            sizes.cpu_limit = Some(sizes.cpu_limit.unwrap_or(u64::MAX).min(cpu.millicores()));
        }
    }
    let parts: Vec<CpuUnits> = units.values().copied().collect();
    let shares = apportion(&parts, cpu.millicores(), LEAST_CPU.millicores());
    for (i, share) in units.keys().zip(shares) {
        all[*i].cpu_request = Some(share.min(all[*i].cpu_limit.unwrap_or(share)));
    }
}

fn share_memory(memory: Mebibytes, task: &Task, all: &mut [Sizes]) {
    let reserved = side_by_side(task).filter_map(|i| task.containers[i].reserved_memory());
    let used = reserved.fold(0u32, |sum, own| sum.saturating_add(own.0));
    for sizes in all.iter_mut() {
        sizes.memory_limit = sizes.memory_limit.or(Some(memory));
        // Without a request of its own the API server would make one of the limit.
        sizes.memory_request = sizes.memory_request.or(Some(Mebibytes(0)));
    }
    let takers = takers(task, |c| c.reserved_memory().is_some());
    for (i, part) in takers.iter().zip(parts(memory.0.saturating_sub(used), takers.len())) {
        let sizes = &mut all[*i];
        let request = sizes.memory_request.unwrap_or_default().0.saturating_add(part);
        sizes.memory_request = Some(Mebibytes(request).min(sizes.memory_limit.unwrap_or(memory)));
    }
}
