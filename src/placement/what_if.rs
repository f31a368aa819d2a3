//! What would be decided: tasks of several services on nodes that may not exist, one after the other.

mod daemon;
mod enough;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub use enough::Enough;

use super::explain::Explanation;
use super::node::{Node, Resources};
use super::task::{Class, Demand, Group};
use super::uid::{BASIS, Uid, hash};
use super::{ClassId, Engine};
use crate::capacity::strategy::{Share, split};

/// Most tasks that are tried when it is counted how many more there is room for.
pub const MOST: usize = 10_000;

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
    /// Whether its tasks run where there are no nodes to choose from: they have their part, and nothing is placed.
    pub elsewhere: bool,
    /// What its tasks need.
    pub class: Class,
}

/// A task, and where it is.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name, or that of its pod.
    pub name: Arc<str>,
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
    pub task: Arc<str>,
    /// How many tasks it is about; more than one only where they find no node.
    pub tasks: u32,
    /// Where the task was before.
    pub from: Option<Arc<str>>,
    /// Where it is now.
    pub to: Option<Arc<str>>,
    /// Where it would have to be, for a task of a daemon that has no room there.
    pub only: Option<Arc<str>>,
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
    /// For a daemon: nodes that are to have a task and have no room for it.
    short: u32,
}

impl WhatIf {
    /// Nodes without tasks. `explain` asks why each task goes where it goes, which takes a look at every node.
    #[must_use]
    pub fn new(seed: u64, nodes: Vec<Node>, services: Vec<Service>, explain: bool) -> Self {
        let mut engine = Engine::new(seed);
        let services = services.into_iter().map(|service| {
            let classes = service.children.iter().map(|child| engine.class(child.class.clone())).collect();
            Known { service, classes, tasks: Vec::new(), named: 0, short: 0 }
        });
        let services = services.collect();
        engine.set_nodes(nodes);
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
        let task = Task { name: name.into(), child: child.unwrap_or_default(), node: node.into(), uid };
        known.tasks.push(task);
    }

    /// Brings every service to the count that it asks for: first goes what is too much, then daemons come, for which ECS
    /// keeps room, then the others.
    pub fn settle(&mut self) -> Vec<Step> {
        let mut steps: Vec<Step> = (0..self.services.len()).flat_map(|number| self.fewer(number)).collect();
        steps.extend(self.daemons(true));
        for number in 0..self.services.len() {
            steps.extend(self.more(number));
        }
        steps
    }

    /// Brings a service to a count.
    pub fn scale(&mut self, number: usize, count: u32) -> Vec<Step> {
        if let Some(known) = self.services.get_mut(number) {
            known.service.count = count;
        }
        let mut steps = self.fewer(number);
        steps.extend(self.daemons(false));
        steps.extend(self.more(number));
        steps
    }

    /// Takes a node away: its tasks are placed anew elsewhere. How many pods went with it that are no tasks of these
    /// services.
    pub fn drain(&mut self, name: &str) -> (Vec<Step>, usize) {
        self.engine.remove_node(name);
        let mut moved = Vec::new();
        let mut stopped = Vec::new();
        for (number, known) in self.services.iter_mut().enumerate() {
            let (gone, left): (Vec<Task>, _) =
                std::mem::take(&mut known.tasks).into_iter().partition(|task| &*task.node == name);
            known.tasks = left;
            for task in gone {
                self.engine.remove_task(task.uid);
                let here = known.service.children.get(task.child).is_some_and(|child| !child.elsewhere);
                if here && !known.service.daemon {
                    moved.push((number, task));
                } else {
                    stopped.push(stop_of(number, task));
                }
            }
        }
        let others: Vec<Uid> =
            self.others.iter().filter(|(_, node)| &***node == name).map(|(uid, _)| *uid).collect();
        for uid in &others {
            self.engine.remove_task(*uid);
            self.others.remove(uid);
        }
        let mut steps = self.daemons(false);
        // For each class that finds no node: in which state that was, and the step that says so.
        let mut stuck: HashMap<(usize, usize), (u64, usize)> = HashMap::new();
        for (number, task) in moved {
            let state = self.engine.state();
            let known = stuck.get(&(number, task.child)).filter(|(then, _)| *then == state);
            if let Some(step) = known.and_then(|(_, step)| steps.get_mut(*step)) {
                // Nothing has changed since: it fares like the one before it.
                step.tasks += 1;
                continue;
            }
            steps.extend(self.start(number, task.child, 1, Some(&task)));
            if steps.last().is_some_and(|step| step.to.is_none()) {
                stuck.insert((number, task.child), (state, steps.len() - 1));
            }
        }
        // On ECS daemons are the last to go.
        steps.extend(stopped);
        (steps, others.len())
    }

    /// How many more tasks of a service there is room for, up to [`MOST`]; of its first capacity provider with nodes, where it
    /// has several.
    pub fn room(&mut self, number: usize) -> usize {
        let first = self.services.get(number).and_then(|known| {
            let first = known.service.children.iter().position(|child| !child.elsewhere)?;
            known.classes.get(first)
        });
        let Some(&class) = first else { return 0 };
        let mark = self.engine.mark();
        let first = hash(BASIS, "room/");
        let more = (0..MOST as u128)
            .take_while(|number| self.engine.place(class, Uid(first.wrapping_add(*number))).is_some());
        let count = more.count();
        self.engine.undo(&mark);
        count
    }

    /// How many tasks a service is to have on the nodes: for a daemon one on each that it selects.
    #[must_use]
    pub fn desired(&self, number: usize) -> u32 {
        let Some(known) = self.services.get(number) else { return 0 };
        let here = known.service.children.iter().zip(known.service.counts());
        if known.service.daemon {
            return u32::try_from(known.tasks.len()).unwrap_or(u32::MAX).saturating_add(known.short);
        }
        here.filter(|(child, _)| !child.elsewhere).map(|(_, count)| count).sum()
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
        let cluster = hash(hash(BASIS, &known.service.group.cluster), "/");
        for done in 0..tasks {
            let name = moved.map_or_else(|| known.name(), |task| task.name.clone());
            let uid = Uid(hash(cluster, &name));
            let why = self.explain.then(|| self.engine.explain(class, uid));
            let node = self.engine.place(class, uid);
            let from = moved.map(|task| Arc::clone(&task.node));
            let step = Step {
                service: number,
                task: name.clone(),
                tasks: 1,
                from,
                to: node.clone(),
                only: None,
                why,
            };
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

    /// Stops what a service has more of than it asks for.
    fn fewer(&mut self, number: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        for (child, wanted) in self.counts(number).into_iter().enumerate() {
            let Some(known) = self.services.get(number) else { break };
            let mut own: HashSet<Uid> =
                known.tasks.iter().filter(|task| task.child == child).map(|task| task.uid).collect();
            while own.len() > wanted as usize
                && let Some((uid, step)) = self.stop(number, child, &own)
            {
                own.remove(&uid);
                steps.push(step);
            }
        }
        steps
    }

    /// Starts what a service has less of than it asks for.
    fn more(&mut self, number: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        for (child, wanted) in self.counts(number).into_iter().enumerate() {
            let running = self.services.get(number).map_or(0, |known| known.running(child));
            steps.extend(self.start(number, child, wanted.saturating_sub(running), None));
        }
        steps
    }

    /// Tasks per child, as many as there are where nobody counts them: those of daemons, and of EKS Fargate.
    fn counts(&self, number: usize) -> Vec<u32> {
        let Some(known) = self.services.get(number) else { return Vec::new() };
        let counts = known.service.counts().into_iter().zip(&known.service.children).enumerate();
        let nobody_counts = |child: &Child| known.service.daemon || child.elsewhere;
        counts
            .map(|(i, (count, child))| if nobody_counts(child) { known.running(i) } else { count })
            .collect()
    }

    fn stop(&mut self, number: usize, child: usize, own: &HashSet<Uid>) -> Option<(Uid, Step)> {
        let class = *self.services.get(number)?.classes.get(child)?;
        let uid = self.engine.stop(class, |uid| own.contains(&uid))?;
        Some((uid, self.gone(number, uid)?))
    }

    /// Takes a task out.
    fn gone(&mut self, number: usize, uid: Uid) -> Option<Step> {
        self.engine.remove_task(uid);
        let known = self.services.get_mut(number)?;
        let index = known.tasks.iter().position(|task| task.uid == uid)?;
        Some(stop_of(number, known.tasks.remove(index)))
    }
}

impl Service {
    /// Tasks per child.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        let shares: Vec<Share> = self.children.iter().map(|child| child.share).collect();
        split(self.count, &shares)
    }
}

impl Known {
    /// The name of the next task.
    fn name(&mut self) -> Arc<str> {
        self.named += 1;
        format!("{}-{}", self.service.name, self.named).into()
    }

    fn running(&self, child: usize) -> u32 {
        let own = self.tasks.iter().filter(|task| task.child == child);
        u32::try_from(own.count()).unwrap_or(u32::MAX)
    }
}

/// A task that is no more.
fn stop_of(service: usize, task: Task) -> Step {
    Step { service, task: task.name, tasks: 1, from: Some(task.node), to: None, only: None, why: None }
}

#[cfg(test)]
mod tests;
