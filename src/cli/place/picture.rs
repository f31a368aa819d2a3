//! What there is to show, as plain values: for tables and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::desired::Wanted;
use crate::placement::Explanation;
use crate::placement::attribute::ZONE;
use crate::placement::node::{MIB, Resources};
use crate::placement::task::Class;
use crate::placement::what_if::{Step, WhatIf};

/// The answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Picture {
    /// What happened, in order.
    pub(super) stages: Vec<Stage>,
    /// The services in the end.
    pub(super) services: Vec<Service>,
    /// The nodes in the end.
    pub(super) nodes: Vec<Node>,
    /// Tasks that have no node in the end.
    pub(super) waiting: u32,
}

/// One thing that happened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stage {
    pub(super) what: String,
    pub(super) moves: Vec<Move>,
    /// Pods that went and are no tasks of the services.
    pub(super) others: usize,
}

/// What became of a task.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Move {
    pub(super) service: String,
    pub(super) task: String,
    /// How many tasks fare like this one.
    pub(super) tasks: u32,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) stopped: bool,
    pub(super) why: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) remedies: Vec<String>,
}

/// A service in the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) daemon: bool,
    pub(super) desired: u32,
    pub(super) placed: usize,
    /// How many more tasks there is room for.
    pub(super) room: usize,
    pub(super) strategies: Vec<String>,
    /// Who decides: `operator` or `kube-scheduler`.
    pub(super) decides: &'static str,
    /// Capacity providers that run tasks on EKS Fargate, where there are no nodes to show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) elsewhere: Vec<String>,
}

/// A node in the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) zone: String,
    /// In millicores.
    pub(super) cpu: Part,
    /// In MiB.
    pub(super) memory: Part,
    pub(super) pods: Part,
    pub(super) gpu: Part,
    /// How many tasks of which service.
    pub(super) tasks: BTreeMap<String, usize>,
}

/// How much of something is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    pub(super) taken: u64,
    pub(super) of: u64,
}

impl Part {
    fn new(of: u32, left: u32, unit: u32) -> Self {
        Self { taken: u64::from(of.saturating_sub(left).div_ceil(unit)), of: u64::from(of / unit) }
    }

    /// In whole percent, rounded down; 100 only where nothing is left.
    pub(super) fn percent(self) -> u64 {
        (self.taken * 100).checked_div(self.of).unwrap_or(0)
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { taken: self.taken + other.taken, of: self.of + other.of }
    }
}

impl Picture {
    /// Adds what happened.
    pub(super) fn step(&mut self, what: &str, steps: Vec<Step>, others: usize, world: &WhatIf) {
        let names = names(world);
        let text = |node: &std::sync::Arc<str>| node.to_string();
        let moves = steps.into_iter().map(|step| Move {
            service: names.get(step.service).cloned().unwrap_or_default(),
            task: step.task,
            tasks: step.tasks,
            from: step.from.as_ref().map(text),
            to: step.to.as_ref().map(text),
            stopped: step.to.is_none() && step.why.is_none(),
            remedies: step.why.as_ref().map(Explanation::remedies).unwrap_or_default(),
            why: step.why.map(|why| why.to_string()),
        });
        self.stages.push(Stage { what: what.to_owned(), moves: moves.collect(), others });
    }

    /// Takes over how things are in the end.
    pub(super) fn take(&mut self, world: &mut WhatIf, wanted: &[Wanted]) {
        let names = names(world);
        let mut tasks: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        let mut rows = Vec::new();
        for (((service, placed), name), wanted) in world.services().zip(&names).zip(wanted) {
            for task in placed {
                *tasks.entry(task.node.to_string()).or_default().entry(name.clone()).or_default() += 1;
            }
            let class = service.children.first().map(|child| &child.class);
            let strategies = class.map(Class::strategies_in_force).unwrap_or_default();
            rows.push(Service {
                name: name.clone(),
                daemon: service.daemon,
                desired: if service.daemon {
                    u32::try_from(placed.len()).unwrap_or(u32::MAX)
                } else {
                    service.count
                },
                placed: placed.len(),
                room: 0,
                strategies: if service.daemon {
                    Vec::new()
                } else {
                    strategies.iter().map(ToString::to_string).collect()
                },
                decides: if wanted.exact { "operator" } else { "kube-scheduler" },
                elsewhere: wanted.elsewhere.clone(),
            });
        }
        for (number, row) in rows.iter_mut().enumerate() {
            row.room = if row.daemon { 0 } else { world.room(number) };
            // What runs on EKS Fargate waits for nobody here.
            if row.elsewhere.is_empty() {
                let placed = u32::try_from(row.placed).unwrap_or(u32::MAX);
                self.waiting += row.desired.saturating_sub(placed);
            }
        }
        self.services = rows;
        self.nodes = world
            .nodes()
            .map(|(node, free)| {
                let Resources { cpu, memory, gpu, pods } = node.allocatable;
                Node {
                    name: node.name.to_string(),
                    zone: node.labels.get(ZONE).cloned().unwrap_or_default(),
                    cpu: Part::new(cpu, free.cpu, 1),
                    memory: Part::new(memory, free.memory, MIB),
                    pods: Part::new(pods, free.pods, 1),
                    gpu: Part::new(gpu, free.gpu, 1),
                    tasks: tasks.remove(&*node.name).unwrap_or_default(),
                }
            })
            .collect();
        self.nodes.sort_by(|a, b| (&a.zone, &a.name).cmp(&(&b.zone, &b.name)));
    }
}

/// How services are called: with their namespace where there are several.
fn names(world: &WhatIf) -> Vec<String> {
    let clusters: std::collections::BTreeSet<_> =
        world.services().map(|(service, _)| &service.group.cluster).collect();
    let several = clusters.len() > 1;
    let name = |service: &crate::placement::what_if::Service| {
        if several { format!("{}/{}", service.group.cluster, service.name) } else { service.name.clone() }
    };
    world.services().map(|(service, _)| name(service)).collect()
}
