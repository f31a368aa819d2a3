//! Random nodes and classes, small enough that everything meets everything.

use ecs_bridge::placement::node::{Effect, MIB, Node, Resources, Taint};
use ecs_bridge::placement::query;
use ecs_bridge::placement::selector::{Selector, Term};
use ecs_bridge::placement::task::{
    Class, Constraint, Demand, Field, Group, Port, Protocol, Resource, Strategy, Toleration, UNSCHEDULABLE,
};
use ecs_bridge::placement::{Operator, Requirement};

use crate::splitmix;

/// A source of chance.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        splitmix::next(&mut self.0)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }
}

const ZONES: &[&str] = &["a", "b", "c"];

pub(crate) fn node(random: &mut Random, name: &str) -> Node {
    let mut labels = std::collections::BTreeMap::new();
    let mut label = |key: &str, value: &str| drop(labels.insert(key.to_owned(), value.to_owned()));
    if !random.once_in(12) {
        label("topology.kubernetes.io/zone", random.pick(ZONES));
    }
    label("node.kubernetes.io/instance-type", random.pick(&["m5.large", "c5.large", "g5.xlarge"]));
    label("kubernetes.io/arch", random.pick(&["amd64", "amd64", "arm64"]));
    if random.once_in(2) {
        label("attribute.ecs-bridge.dev/stack", random.pick(&["prod", "test", ""]));
    }
    label("attribute.ecs-bridge.dev/rack", &random.below(7).to_string());
    label("attribute.ecs-bridge.dev/own", name);
    let mut taints = Vec::new();
    if random.once_in(6) {
        let effect = random.pick(&[Effect::NoSchedule, Effect::PreferNoSchedule, Effect::NoExecute]);
        let value = random.pick(&["", "yes"]).to_owned();
        taints.push(Taint { key: random.pick(&["gpu", "spot"]).to_owned(), value, effect });
    }
    let (cpu, memory) = random.pick(&[(1000, 2048), (2000, 4096), (2000, 8192), (4000, 8192), (16000, 1024)]);
    Node {
        name: name.into(),
        labels,
        taints,
        ready: !random.once_in(15),
        unschedulable: random.once_in(15),
        allocatable: Resources {
            cpu,
            memory: memory * MIB,
            gpu: random.pick(&[0, 0, 1, 4]),
            pods: random.pick(&[3, 8, 20]),
        },
        ec2_instance_id: random.once_in(2).then(|| format!("i-{}", random.below(10))),
        registered: jiff::Timestamp::from_second(
            1_600_000_000 + i64::try_from(random.below(100_000)).unwrap(),
        )
        .ok(),
    }
}

pub(crate) fn group(random: &mut Random) -> Group {
    Group::new(
        random.pick(&["prod", "prod", "test"]),
        random.pick(&["service:web", "service:api", "family:job"]),
    )
}

pub(crate) fn demand(random: &mut Random) -> Demand {
    let mut ports = Vec::new();
    if random.once_in(6) {
        let number = random.pick(&[80, 443]);
        ports.push(Port { number, protocol: random.pick(&[Protocol::Tcp, Protocol::Udp]) });
        if random.once_in(3) {
            ports.push(Port { number: 9000, protocol: Protocol::Tcp });
        }
    }
    Demand {
        cpu: random.pick(&[0, 10, 100, 250, 1000, 3000]),
        memory: random.pick(&[0, 64, 100, 512, 1024, 4096]) * MIB,
        gpu: if random.once_in(8) { 1 } else { 0 },
        ports,
        apart: if random.once_in(10) { vec![group(random)] } else { Vec::new() },
    }
}

const EXPRESSIONS: &[&str] = &[
    "attribute:stack == prod",
    "attribute:stack != prod",
    "not(attribute:stack == prod)",
    "attribute:stack exists",
    "attribute:stack !exists or attribute:ecs.availability-zone in [a, b]",
    "attribute:ecs.instance-type =~ m5.* and attribute:rack < 5",
    "attribute:ecs.cpu-architecture == x86_64",
    "attribute:ecs.capability.external !exists",
    "ec2InstanceId in [i-1, i-2, i-3, i-4]",
    "registeredAt > 2020-09-13",
    "task:group == service:api",
    "not(task:group == service:web)",
    "runningTasksCount < 3",
    "runningTasksCount >= 1 and not(task:group == family:job)",
    "task:group == service:web or attribute:ecs.availability-zone != b",
];

fn strategy(random: &mut Random) -> Strategy {
    let attribute = |name: &str| Strategy::Spread(Field::Attribute(name.to_owned()));
    match random.below(12) {
        0..=2 => attribute("ecs.availability-zone"),
        3 => attribute("rack"),
        4 => attribute(random.pick(&["stack", "own", "ecs.ami-id"])),
        5..=6 => Strategy::Spread(Field::InstanceId),
        7..=8 => Strategy::Binpack(Resource::Memory),
        9..=10 => Strategy::Binpack(Resource::Cpu),
        _ => Strategy::Random,
    }
}

fn selector(random: &mut Random) -> Selector {
    let requirement = |key: &str, operator, values: &[&str]| Requirement {
        key: key.to_owned(),
        operator,
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let zone = "topology.kubernetes.io/zone";
    let rack = "attribute.ecs-bridge.dev/rack";
    let stack = "attribute.ecs-bridge.dev/stack";
    let all = [
        requirement(zone, Operator::In, &["a", "b"]),
        requirement(zone, Operator::NotIn, &["c"]),
        requirement(rack, Operator::Gt, &["2"]),
        requirement(rack, Operator::Lt, &["5"]),
        requirement(stack, Operator::Exists, &[]),
        requirement(stack, Operator::DoesNotExist, &[]),
    ];
    let mut selector = Selector { terms: vec![Term { labels: vec![random.pick(&all)], names: Vec::new() }] };
    if random.once_in(3) {
        let name = requirement("metadata.name", Operator::In, &["n3"]);
        selector.terms.push(Term { labels: vec![random.pick(&all)], names: Vec::new() });
        selector.terms.push(Term { labels: Vec::new(), names: vec![name] });
    }
    selector
}

pub(crate) fn class(random: &mut Random) -> Class {
    let mut class = Class::new(group(random), demand(random));
    if random.once_in(5) {
        class.selectors.push(selector(random));
    }
    if random.once_in(3) {
        let key = random.pick(&[None, Some("gpu".to_owned()), Some(UNSCHEDULABLE.to_owned())]);
        let effect = random.pick(&[None, Some(Effect::NoSchedule)]);
        class.tolerations.push(Toleration { key, value: random.pick(&[None, Some(String::new())]), effect });
    }
    if random.once_in(5) {
        class.constraints.push(Constraint::DistinctInstance);
    }
    while random.once_in(3) {
        let expression = query::parse(random.pick(EXPRESSIONS)).unwrap();
        class.constraints.push(Constraint::MemberOf(expression));
    }
    for _ in 0..random.below(5) {
        class.strategies.push(strategy(random));
    }
    class
}
