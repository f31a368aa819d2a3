//! ECS's placement as its documentation describes it: lists, loops, nothing remembered. It shares no code with the
//! engine but the types that go in, and the query language.

use std::collections::{BTreeMap, HashMap};

use ecs_bridge::placement::Uid;
use ecs_bridge::placement::node::{Effect, Node, Taint};
use ecs_bridge::placement::query::Instance;
use ecs_bridge::placement::selector::Selector;
use ecs_bridge::placement::task::{Class, Constraint, Demand, Field, Group, Resource, Strategy};
use ecs_bridge::placement::{Operator, Requirement};

#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) uid: Uid,
    pub(crate) group: Option<Group>,
    pub(crate) demand: Demand,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Oracle {
    seed: u64,
    /// In the order in which they became known.
    pub(crate) nodes: Vec<Node>,
    /// By the name of their node, which may not be known.
    tasks: HashMap<String, Vec<Task>>,
    homes: HashMap<Uid, String>,
}

struct OnNode<'a> {
    node: &'a Node,
    groups: Vec<&'a str>,
}

impl Instance for OnNode<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        attribute(self.node, name)
    }
    fn instance_id(&self) -> Option<&str> {
        self.node.ec2_instance_id.as_deref()
    }
    fn registered_at(&self) -> Option<jiff::Timestamp> {
        self.node.registered
    }
    fn running_tasks(&self) -> i64 {
        i64::try_from(self.groups.len()).unwrap()
    }
    fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().copied()
    }
}

fn attribute<'a>(node: &'a Node, name: &str) -> Option<&'a str> {
    if name.starts_with("ecs.capability.") {
        return (name != "ecs.capability.external").then_some("");
    }
    let label = match name {
        "ecs.availability-zone" => "topology.kubernetes.io/zone".to_owned(),
        "ecs.instance-type" => "node.kubernetes.io/instance-type".to_owned(),
        "ecs.cpu-architecture" => "kubernetes.io/arch".to_owned(),
        _ if name.starts_with("ecs.") => return None,
        _ => format!("attribute.ecs-bridge.dev/{name}"),
    };
    let value = node.labels.get(&label)?;
    Some(if name == "ecs.cpu-architecture" && value == "amd64" { "x86_64" } else { value })
}

fn value<'a>(node: &'a Node, name: &str) -> &'a str {
    attribute(node, name).unwrap_or_default()
}

impl Oracle {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    pub(crate) fn set_node(&mut self, node: Node) {
        match self.nodes.iter_mut().find(|known| known.name == node.name) {
            Some(known) => *known = node,
            None => self.nodes.push(node),
        }
    }

    pub(crate) fn remove_node(&mut self, name: &str) {
        self.nodes.retain(|node| *node.name != *name);
    }

    pub(crate) fn set_task(&mut self, uid: Uid, node: &str, group: Option<Group>, demand: Demand) {
        self.remove_task(uid);
        self.homes.insert(uid, node.to_owned());
        self.tasks.entry(node.to_owned()).or_default().push(Task { uid, group, demand });
    }

    pub(crate) fn remove_task(&mut self, uid: Uid) {
        let home = self.homes.remove(&uid).and_then(|node| self.tasks.get_mut(&node));
        if let Some(tasks) = home {
            tasks.retain(|task| task.uid != uid);
        }
    }

    fn on(&self, node: &Node) -> &[Task] {
        self.tasks.get(&*node.name).map_or(&[], Vec::as_slice)
    }

    fn of_group(&self, node: &Node, group: &Group) -> usize {
        self.on(node).iter().filter(|task| task.group.as_ref() == Some(group)).count()
    }

    /// Tasks of the group on known nodes by their value of the attribute; a node without it has an empty one.
    fn by_value(&self, name: &str, group: &Group) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for node in &self.nodes {
            *counts.entry(value(node, name)).or_default() += self.of_group(node, group);
        }
        counts
    }

    fn left(&self, node: &Node) -> (u64, u64, u64, u64) {
        let sum = |of: fn(&Demand) -> u32| self.on(node).iter().map(|task| u64::from(of(&task.demand))).sum();
        let has = node.allocatable;
        (
            u64::from(has.cpu).saturating_sub(sum(|demand| demand.cpu)),
            u64::from(has.memory).saturating_sub(sum(|demand| demand.memory)),
            u64::from(has.gpu).saturating_sub(sum(|demand| demand.gpu)),
            u64::from(has.pods).saturating_sub(self.on(node).len() as u64),
        )
    }

    /// Step 1: CPU, memory, GPU, ports, a place for the pod.
    fn has_resources(&self, node: &Node, demand: &Demand) -> bool {
        let (cpu, memory, gpu, pods) = self.left(node);
        u64::from(demand.cpu) <= cpu
            && u64::from(demand.memory) <= memory
            && u64::from(demand.gpu) <= gpu
            && pods >= 1
            && demand
                .ports
                .iter()
                .all(|port| self.on(node).iter().all(|task| !task.demand.ports.contains(port)))
    }

    /// What Kubernetes asks for besides.
    fn may_run(node: &Node, class: &Class) -> bool {
        let cordon = Taint {
            key: "node.kubernetes.io/unschedulable".to_owned(),
            value: String::new(),
            effect: Effect::NoSchedule,
        };
        let tolerated = |taint: &Taint| {
            class.tolerations.iter().any(|one| {
                (one.key.is_none() || one.key.as_ref() == Some(&taint.key))
                    && (one.value.is_none() || one.value.as_ref() == Some(&taint.value))
                    && (one.effect.is_none() || one.effect == Some(taint.effect))
            })
        };
        node.ready
            && (!node.unschedulable || tolerated(&cordon))
            && node.taints.iter().all(|taint| taint.effect == Effect::PreferNoSchedule || tolerated(taint))
            && class.selectors.iter().all(|selector| selects(selector, node))
    }

    /// Step 2: all constraints.
    fn satisfies(&self, node: &Node, class: &Class, constraint: &Constraint) -> bool {
        match constraint {
            Constraint::DistinctInstance => self.of_group(node, &class.group) == 0,
            Constraint::MemberOf(expression) => {
                let groups = self.on(node).iter().filter_map(|task| task.group.as_ref());
                let own = groups.filter(|group| group.cluster == class.group.cluster);
                expression.evaluate(&OnNode { node, groups: own.map(|group| &*group.name).collect() })
            }
        }
    }

    /// What kube-scheduler asks for in both directions: nobody there keeps tasks of the group off.
    fn is_open(&self, node: &Node, group: &Group) -> bool {
        self.on(node).iter().all(|task| !task.demand.apart.contains(group))
    }

    pub(crate) fn candidates(&self, class: &Class) -> Vec<&Node> {
        let fits = |node: &&Node| {
            self.has_resources(node, &class.demand)
                && Self::may_run(node, class)
                && self.is_open(node, &class.group)
                && class.constraints.iter().all(|constraint| self.satisfies(node, class, constraint))
        };
        self.nodes.iter().filter(fits).collect()
    }

    /// Steps 3 and 4.
    pub(crate) fn decide(&self, class: &Class, uid: Uid) -> Option<String> {
        let mut left = self.candidates(class);
        for strategy in &in_force(class) {
            match strategy {
                Strategy::Spread(Field::InstanceId) => {
                    keep_least(&mut left, |node| self.of_group(node, &class.group) as u64);
                }
                Strategy::Spread(Field::Attribute(name)) => {
                    let counts = self.by_value(name, &class.group);
                    keep_least(&mut left, |node| counts[value(node, name)] as u64);
                }
                Strategy::Binpack(Resource::Cpu) => keep_least(&mut left, |node| self.left(node).0),
                Strategy::Binpack(Resource::Memory) => keep_least(&mut left, |node| self.left(node).1),
                Strategy::Random => {
                    let index = (u128::from(lot(self.seed, uid)) * left.len() as u128) >> 64;
                    left = left.get(usize::try_from(index).unwrap()).copied().into_iter().collect();
                }
            }
        }
        left.first().map(|node| node.name.to_string())
    }

    /// Scale-in: the opposite of the strategies.
    pub(crate) fn stop(&self, class: &Class) -> Option<Uid> {
        let mut left: Vec<(&Node, &Task)> = Vec::new();
        for node in &self.nodes {
            left.extend(
                self.on(node).iter().filter(|t| t.group.as_ref() == Some(&class.group)).map(|t| (node, t)),
            );
        }
        if left.iter().any(|(node, _)| node.unschedulable) {
            left.retain(|(node, _)| node.unschedulable);
        }
        // What is drawn by lot leaves nothing to later strategies.
        for strategy in in_force(class).iter().take_while(|strategy| **strategy != Strategy::Random) {
            let numbers: Vec<u64> = left
                .iter()
                .map(|(node, task)| match strategy {
                    Strategy::Spread(Field::InstanceId) => self.of_group(node, &class.group) as u64,
                    Strategy::Spread(Field::Attribute(name)) => {
                        self.by_value(name, &class.group)[value(node, name)] as u64
                    }
                    Strategy::Binpack(Resource::Cpu) => self.left(node).0 + u64::from(task.demand.cpu),
                    Strategy::Binpack(Resource::Memory) => self.left(node).1 + u64::from(task.demand.memory),
                    Strategy::Random => 0,
                })
                .collect();
            let most = numbers.iter().max().copied();
            let mut numbers = numbers.into_iter();
            left.retain(|_| numbers.next() == most);
        }
        left.iter().map(|(_, task)| task.uid).min_by_key(|&uid| (lot(self.seed, uid), uid))
    }

    /// Tasks of a daemon service on nodes in use that its constraints, or what Kubernetes asks for besides, no longer allow.
    pub(crate) fn daemon_stops(&self, class: &Class) -> Vec<Uid> {
        let selects = |node: &Node| {
            let of_nodes = class.constraints.iter().filter(|one| **one != Constraint::DistinctInstance);
            Self::may_run(node, class) && of_nodes.into_iter().all(|one| self.satisfies(node, class, one))
        };
        let left = self.nodes.iter().filter(|node| node.ready && !node.unschedulable && !selects(node));
        let tasks = left.flat_map(|node| self.on(node));
        let mut uids: Vec<Uid> =
            tasks.filter(|task| task.group.as_ref() == Some(&class.group)).map(|task| task.uid).collect();
        uids.sort_unstable();
        uids
    }

    /// Nodes that a daemon service starts a task on.
    pub(crate) fn daemon_starts(&self, class: &Class) -> Vec<String> {
        let lacks = |node: &&Node| self.of_group(node, &class.group) == 0;
        self.candidates(class).into_iter().filter(lacks).map(|node| node.name.to_string()).collect()
    }
}

fn in_force(class: &Class) -> Vec<Strategy> {
    if !class.strategies.is_empty() {
        return class.strategies.clone();
    }
    if class.group.name.starts_with("service:") {
        let zone = "ecs.availability-zone".to_owned();
        return vec![Strategy::Spread(Field::Attribute(zone)), Strategy::Spread(Field::InstanceId)];
    }
    vec![Strategy::Random]
}

fn keep_least(nodes: &mut Vec<&Node>, number: impl Fn(&Node) -> u64) {
    if let Some(least) = nodes.iter().map(|node| number(node)).min() {
        nodes.retain(|node| number(node) == least);
    }
}

fn selects(selector: &Selector, node: &Node) -> bool {
    selector.terms.iter().any(|term| {
        (!term.labels.is_empty() || !term.names.is_empty())
            && term.labels.iter().all(|one| required(one, node.labels.get(&one.key).map(String::as_str)))
            && term.names.iter().all(|one| required(one, Some(&node.name)))
    })
}

fn required(requirement: &Requirement, value: Option<&str>) -> bool {
    let bound = || requirement.values[0].parse::<i64>().unwrap();
    match (requirement.operator, value) {
        (Operator::In, Some(value)) => requirement.values.iter().any(|one| one == value),
        (Operator::NotIn, Some(value)) => requirement.values.iter().all(|one| one != value),
        (Operator::Exists, value) => value.is_some(),
        (Operator::DoesNotExist, value) => value.is_none(),
        (Operator::Gt, Some(value)) => value.parse::<i64>().is_ok_and(|value| value > bound()),
        (Operator::Lt, Some(value)) => value.parse::<i64>().is_ok_and(|value| value < bound()),
        (Operator::NotIn, None) => true,
        (Operator::In | Operator::Gt | Operator::Lt, None) => false,
    }
}

/// The lot that the engine documents: SplitMix64's finalizer over the seed and both halves of the uid.
fn lot(seed: u64, uid: Uid) -> u64 {
    let finalize = |number: u64| {
        let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let (high, low) =
        (u64::try_from(uid.0 >> 64).unwrap(), u64::try_from(uid.0 & u128::from(u64::MAX)).unwrap());
    finalize(seed ^ finalize(low ^ finalize(high)))
}
