//! What would be decided: tasks of several services on nodes that may not exist, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::explain::Explanation;
use super::node::{Node, Resources};
use super::task::{Class, Demand, Group};
use super::uid::Uid;
use super::{ClassId, Engine};
use crate::capacity::strategy::{Share, split};

/// Most tasks that are tried when it is counted how many more there is room for.
const MOST: usize = 10_000;

/// A service, as far as it has to do with nodes.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its group: that of its tasks.
    pub group: Group,
    /// How its tasks are called: `<name>-1`, `<name>-2` …
    pub name: String,
    /// One task on every node, instead of a count.
    pub daemon: bool,
    /// Tasks that it asks for.
    pub count: u32,
    /// Its children, in the order of its capacity provider strategy.
    pub children: Vec<Child>,
}

/// The tasks of one capacity provider.
#[derive(Clone, Debug)]
pub struct Child {
    /// Value of the capacity provider label of its pods.
    pub label: String,
    /// Its part of the tasks.
    pub share: Share,
    /// What its tasks need.
    pub class: Class,
}

/// A task, and where it is.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name, or that of its pod.
    pub name: String,
    /// Number of the child that it belongs to.
    pub child: usize,
    /// Its node.
    pub node: Arc<str>,
    uid: Uid,
}

/// What was decided about one task, or about several that fare alike.
#[derive(Clone, Debug)]
pub struct Step {
    /// Number of the service.
    pub service: usize,
    /// Name of the task, of the first one where there are several.
    pub task: String,
    /// How many tasks it is about; more than one only where they find no node.
    pub tasks: u32,
    /// Where the task was before.
    pub from: Option<Arc<str>>,
    /// Where it is now.
    pub to: Option<Arc<str>>,
    /// Why, where that was asked for; always where no node was found.
    pub why: Option<Explanation>,
}

/// Nodes and services in a state of mind.
#[derive(Debug)]
pub struct WhatIf {
    engine: Engine,
    explain: bool,
    services: Vec<Known>,
    /// Pods that are no tasks of these services: uid and node.
    others: BTreeMap<Uid, Arc<str>>,
}

#[derive(Debug)]
struct Known {
    service: Service,
    classes: Vec<ClassId>,
    tasks: Vec<Task>,
    /// Tasks that were named.
    named: u32,
}

impl WhatIf {
    /// Nodes without tasks. `explain` asks why each task goes where it goes, which takes a look at every node.
    #[must_use]
    pub fn new(seed: u64, nodes: Vec<Node>, services: Vec<Service>, explain: bool) -> Self {
        let mut engine = Engine::with_nodes(seed, nodes);
        let services = services.into_iter().map(|service| {
            let classes = service.children.iter().map(|child| engine.class(child.class.clone())).collect();
            Known { service, classes, tasks: Vec::new(), named: 0 }
        });
        let services = services.collect();
        Self { engine, explain, services, others: BTreeMap::new() }
    }

    /// Adds a pod that runs. Where it is a task of one of the services, `provider` is its capacity provider label.
    pub fn running(
        &mut self,
        name: &str,
        uid: &str,
        node: &str,
        group: Option<&Group>,
        provider: &str,
        demand: &Demand,
    ) {
        let uid = Uid::from(uid);
        self.engine.set_task(uid, node, group, demand);
        let known = self.services.iter_mut().find(|known| Some(&known.service.group) == group);
        let Some(known) = known else {
            self.others.insert(uid, node.into());
            return;
        };
        let child = known.service.children.iter().position(|child| child.label == provider);
        let task = Task { name: name.to_owned(), child: child.unwrap_or_default(), node: node.into(), uid };
        known.tasks.push(task);
    }

    /// Brings every service to the count that it asks for.
    pub fn settle(&mut self) -> Vec<Step> {
        (0..self.services.len()).flat_map(|number| self.scale(number, None)).collect()
    }

    /// Brings a service to a count, or to the one that it asks for.
    pub fn scale(&mut self, number: usize, count: Option<u32>) -> Vec<Step> {
        let Some(known) = self.services.get_mut(number) else {
            return Vec::new();
        };
        if let Some(count) = count {
            known.service.count = count;
        }
        if known.service.daemon {
            return self.daemon(number);
        }
        let shares: Vec<Share> = known.service.children.iter().map(|child| child.share).collect();
        let wanted = split(known.service.count, &shares);
        let mut steps = Vec::new();
        for (child, wanted) in wanted.into_iter().enumerate() {
            let running = self
                .services
                .get(number)
                .map_or(0, |known| known.tasks.iter().filter(|task| task.child == child).count());
            let running = u32::try_from(running).unwrap_or(u32::MAX);
            for _ in wanted..running {
                steps.extend(self.stop(number, child));
            }
            steps.extend(self.start(number, child, wanted.saturating_sub(running), None));
        }
        steps
    }

    /// Takes a node away: its tasks are placed anew elsewhere. How many pods went with it that are no tasks of these
    /// services.
    pub fn drain(&mut self, name: &str) -> (Vec<Step>, usize) {
        self.engine.remove_node(name);
        let mut steps = Vec::new();
        for number in 0..self.services.len() {
            let Some(known) = self.services.get_mut(number) else { continue };
            let (gone, left) =
                std::mem::take(&mut known.tasks).into_iter().partition(|task| &*task.node == name);
            known.tasks = left;
            let gone: Vec<Task> = gone;
            for task in &gone {
                self.engine.remove_task(task.uid);
            }
            let daemon = self.services.get(number).is_some_and(|known| known.service.daemon);
            for task in gone.into_iter().filter(|_| !daemon) {
                steps.extend(self.start(number, task.child, 1, Some(&task)));
            }
        }
        let others: Vec<Uid> =
            self.others.iter().filter(|(_, node)| &***node == name).map(|(uid, _)| *uid).collect();
        for uid in &others {
            self.engine.remove_task(*uid);
            self.others.remove(uid);
        }
        (steps, others.len())
    }

    /// How many more tasks of a service there is room for, up to 10,000; of its first capacity provider, where it has
    /// several.
    pub fn room(&mut self, number: usize) -> usize {
        let Some(&class) = self.services.get(number).and_then(|known| known.classes.first()) else {
            return 0;
        };
        let mark = self.engine.mark();
        let more =
            (0..MOST).take_while(|i| self.engine.place(class, Uid::from(&format!("room/{i}"))).is_some());
        let count = more.count();
        self.engine.undo(&mark);
        count
    }

    /// The services, in the order in which they were given.
    pub fn services(&self) -> impl Iterator<Item = (&Service, &[Task])> {
        self.services.iter().map(|known| (&known.service, known.tasks.as_slice()))
    }

    /// The nodes, and what is left on each.
    pub fn nodes(&self) -> impl Iterator<Item = (&Arc<Node>, Resources)> {
        self.engine.nodes().map(|node| (node, self.engine.free(&node.name).unwrap_or_default()))
    }

    /// Places tasks of a child, one after the other. Those that find no node are one step: nothing has changed between
    /// them. `moved` is a task that has lost its node.
    fn start(&mut self, number: usize, child: usize, tasks: u32, moved: Option<&Task>) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(known) = self.services.get_mut(number) else {
            return steps;
        };
        let Some(&class) = known.classes.get(child) else {
            return steps;
        };
        for done in 0..tasks {
            let name = moved.map_or_else(
                || {
                    known.named += 1;
                    format!("{}-{}", known.service.name, known.named)
                },
                |task| task.name.clone(),
            );
            let uid = Uid::from(&format!("{}/{name}", known.service.group.cluster));
            let why = self.explain.then(|| self.engine.explain(class, uid));
            let node = self.engine.place(class, uid);
            let from = moved.map(|task| Arc::clone(&task.node));
            let step = Step { service: number, task: name.clone(), tasks: 1, from, to: node.clone(), why };
            let Some(node) = node else {
                let why = step.why.or_else(|| Some(self.engine.explain(class, uid)));
                steps.push(Step { tasks: tasks - done, why, ..step });
                break;
            };
            steps.push(step);
            known.tasks.push(Task { name, child, node, uid });
        }
        steps
    }

    fn stop(&mut self, number: usize, child: usize) -> Option<Step> {
        let known = self.services.get_mut(number)?;
        let class = *known.classes.get(child)?;
        let own = |uid: Uid| known.tasks.iter().any(|task| task.uid == uid && task.child == child);
        let uid = self.engine.stop(class, own)?;
        self.engine.remove_task(uid);
        let index = known.tasks.iter().position(|task| task.uid == uid)?;
        let task = known.tasks.remove(index);
        Some(Step { service: number, task: task.name, tasks: 1, from: Some(task.node), to: None, why: None })
    }

    fn daemon(&mut self, number: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let Some(known) = self.services.get_mut(number) else {
            return steps;
        };
        for (child, &class) in known.classes.iter().enumerate() {
            let (group, demand) = (&known.service.group, self.engine.class_of(class).demand.clone());
            for node in self.engine.daemon(class).start {
                known.named += 1;
                let name = format!("{}-{}", known.service.name, known.named);
                let uid = Uid::from(&format!("{}/{name}", group.cluster));
                self.engine.set_task(uid, &node, Some(group), &demand);
                let to = Some(Arc::clone(&node));
                steps.push(Step { service: number, task: name.clone(), tasks: 1, from: None, to, why: None });
                known.tasks.push(Task { name, child, node, uid });
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests;
