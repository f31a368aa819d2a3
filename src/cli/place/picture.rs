//! What there is to show, as plain values: for tables and for programs.

use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// Nodes that would take them, where one kind of nodes would do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enough: Option<More>,
}

/// More nodes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct More {
    pub(super) nodes: u32,
    /// One that is like them.
    pub(super) like: String,
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
    /// The node that a daemon is to be on and has no room on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) only: Option<String>,
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
    /// Tasks that it is to have on the nodes.
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
    /// How many of its tasks these run.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) tasks_elsewhere: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
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
        let text = |node: &Arc<str>| node.to_string();
        let moves = steps.into_iter().map(|step| Move {
            service: names.get(step.service).cloned().unwrap_or_default(),
            task: step.task.to_string(),
            tasks: step.tasks,
            from: step.from.as_ref().map(text),
            to: step.to.as_ref().map(text),
            only: step.only.as_ref().map(text),
            stopped: step.to.is_none() && step.why.is_none(),
            remedies: match (&step.only, &step.why) {
                (Some(node), _) => vec![format!(
                    "Make room on {node} (a daemon runs on every node that it selects), or let the task need less."
                )],
                (None, why) => why.as_ref().map(Explanation::remedies).unwrap_or_default(),
            },
            why: step.why.map(|why| match (&step.only, why.reasons.first()) {
                (Some(_), Some(counted)) => counted.reason.to_string(),
                _ => why.to_string(),
            }),
        });
        self.stages.push(Stage { what: what.to_owned(), moves: moves.collect(), others });
    }

    /// Whether a task had no node at some time, or has none in the end.
    pub(super) fn has_waited(&self) -> bool {
        let mut moves = self.stages.iter().flat_map(|stage| &stage.moves);
        self.waiting > 0 || moves.any(|step| step.to.is_none() && !step.stopped)
    }

    /// Takes over how things are in the end.
    pub(super) fn take(&mut self, world: &mut WhatIf, wanted: &[Wanted]) {
        let names = names(world);
        // By node, then by number of the service.
        let mut tasks: BTreeMap<Arc<str>, BTreeMap<usize, usize>> = BTreeMap::new();
        let mut rows = Vec::new();
        for (number, (((service, placed), name), wanted)) in
            world.services().zip(&names).zip(wanted).enumerate()
        {
            for task in placed {
                *tasks.entry(Arc::clone(&task.node)).or_default().entry(number).or_default() += 1;
            }
            let elsewhere = |child: usize| service.children.get(child).is_some_and(|child| child.elsewhere);
            let class = service.children.first().map(|child| &child.class);
            let strategies = class.map(Class::strategies_in_force).unwrap_or_default();
            rows.push(Service {
                name: name.clone(),
                daemon: service.daemon,
                desired: world.desired(number),
                placed: placed.iter().filter(|task| !elsewhere(task.child)).count(),
                room: 0,
                strategies: if service.daemon {
                    Vec::new()
                } else {
                    strategies.iter().map(ToString::to_string).collect()
                },
                decides: if wanted.exact { "operator" } else { "kube-scheduler" },
                elsewhere: wanted.elsewhere.clone(),
                tasks_elsewhere: service
                    .counts()
                    .into_iter()
                    .enumerate()
                    .filter(|(child, _)| elsewhere(*child))
                    .map(|(_, count)| count)
                    .sum(),
            });
        }
        for (number, row) in rows.iter_mut().enumerate() {
            row.room = if row.daemon { 0 } else { world.room(number) };
            let placed = u32::try_from(row.placed).unwrap_or(u32::MAX);
            self.waiting = self.waiting.saturating_add(row.desired.saturating_sub(placed));
        }
        self.services = rows;
        self.enough =
            world.enough().map(|enough| More { nodes: enough.nodes, like: enough.like.to_string() });
        self.nodes = world
            .nodes()
            .map(|(node, free)| {
                let Resources { cpu, memory, gpu, pods } = node.allocatable;
                let tasks = tasks.remove(&node.name).unwrap_or_default();
                let named = |(number, count): (usize, usize)| Some((names.get(number)?.clone(), count));
                Node {
                    name: node.name.to_string(),
                    zone: node.labels.get(ZONE).cloned().unwrap_or_default(),
                    cpu: Part::new(cpu, free.cpu, 1),
                    memory: Part::new(memory, free.memory, MIB),
                    pods: Part::new(pods, free.pods, 1),
                    gpu: Part::new(gpu, free.gpu, 1),
                    tasks: tasks.into_iter().filter_map(named).collect(),
                }
            })
            .collect();
        self.nodes.sort_by(|a, b| (&a.zone, &a.name).cmp(&(&b.zone, &b.name)));
    }
}

/// How services are called: with their namespace where there are several.
pub(super) fn names(world: &WhatIf) -> Vec<String> {
    let clusters: std::collections::BTreeSet<_> =
        world.services().map(|(service, _)| &service.group.cluster).collect();
    let several = clusters.len() > 1;
    let name = |service: &crate::placement::what_if::Service| {
        if several { format!("{}/{}", service.group.cluster, service.name) } else { service.name.clone() }
    };
    world.services().map(|(service, _)| name(service)).collect()
}
