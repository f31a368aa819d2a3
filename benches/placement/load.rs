//! Nodes, classes and events, the same for a seed.

use ecs_bridge::placement::Uid;
use ecs_bridge::placement::node::{MIB, Node, Resources};
use ecs_bridge::placement::query;
use ecs_bridge::placement::task::{Class, Constraint, Demand, Field, Group, Resource, Strategy};

use crate::splitmix;

/// A source of chance.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        splitmix::next(&mut self.0)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from((u128::from(self.next()) * limit as u128) >> 64).unwrap_or_default()
    }

    pub(crate) fn uid(&mut self) -> Uid {
        Uid(u128::from(self.next()) << 64 | u128::from(self.next()))
    }
}

/// vCPU and GiB of what EC2 has most of.
const SHAPES: [(u32, u32); 12] = [
    (2, 4),
    (2, 8),
    (2, 16),
    (4, 8),
    (4, 16),
    (4, 32),
    (8, 16),
    (8, 32),
    (8, 64),
    (16, 32),
    (16, 64),
    (32, 64),
];

/// A node of one of twelve shapes in one of three zones. Nothing on it is reserved yet.
pub(crate) fn node(random: &mut Random, number: usize) -> Node {
    let shape = random.below(SHAPES.len());
    let (cpu, memory) = SHAPES[shape];
    let zone = ["us-east-1a", "us-east-1b", "us-east-1c"][random.below(3)];
    let stack = ["prod", "prod", "prod", "test"][random.below(4)];
    let labels = [
        ("topology.kubernetes.io/zone", zone.to_owned()),
        ("node.kubernetes.io/instance-type", format!("shape.{shape}")),
        ("attribute.ecs-bridge.dev/stack", stack.to_owned()),
    ];
    Node {
        name: format!("ip-{number}").into(),
        labels: labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        ready: true,
        allocatable: Resources { cpu: cpu * 1000, memory: memory * 1024 * MIB, gpu: 0, pods: 110 },
        ..Node::default()
    }
}

/// What takes most of a node before any task of ours comes: between 85 and 100 percent of both.
pub(crate) fn others(random: &mut Random, node: &Node) -> Demand {
    let part = |random: &mut Random, of: u32| {
        let thousandths = 850 + u64::try_from(random.below(151)).unwrap_or_default();
        u32::try_from(u64::from(of) * thousandths / 1000).unwrap_or(of)
    };
    Demand {
        cpu: part(random, node.allocatable.cpu),
        memory: part(random, node.allocatable.memory),
        ..Demand::default()
    }
}

pub(crate) fn by_zone() -> Strategy {
    Strategy::Spread(Field::Attribute("ecs.availability-zone".to_owned()))
}

pub(crate) const BY_MEMORY: Strategy = Strategy::Binpack(Resource::Memory);
pub(crate) const BY_CPU: Strategy = Strategy::Binpack(Resource::Cpu);
pub(crate) const BY_INSTANCE: Strategy = Strategy::Spread(Field::InstanceId);

pub(crate) fn member_of(expression: &str) -> Constraint {
    Constraint::MemberOf(query::parse(expression).expect("an expression"))
}

/// A class of a group of its own.
pub(crate) fn class(number: usize, cpu: u32, mebibytes: u32, strategies: &[Strategy]) -> Class {
    let group = Group::new("prod", &format!("service:s{number}"));
    let demand = Demand { cpu, memory: mebibytes * MIB, ..Demand::default() };
    Class { strategies: strategies.to_vec(), ..Class::new(group, demand) }
}

/// Services as people have them: most pack or spread over zones, some are constrained, one fits nowhere.
pub(crate) fn classes(random: &mut Random, count: usize) -> Vec<Class> {
    let kinds: [&[Strategy]; 10] = [
        &[by_zone(), BY_MEMORY],
        &[BY_MEMORY],
        &[],
        &[by_zone(), BY_MEMORY],
        &[BY_MEMORY],
        &[by_zone(), BY_INSTANCE],
        &[BY_CPU],
        &[BY_MEMORY],
        &[BY_INSTANCE],
        &[BY_MEMORY, BY_CPU],
    ];
    (0..count)
        .map(|number| {
            let cpu = [64, 125, 250, 500, 1000][random.below(5)];
            let memory = [64, 128, 256, 512, 1024, 2048][random.below(6)];
            let memory = if number == count / 2 { 1 << 20 } else { memory };
            let mut class = class(number, cpu, memory, kinds[number % kinds.len()]);
            match number % 8 {
                3 => class.constraints.push(member_of("attribute:stack == prod")),
                5 => class
                    .constraints
                    .push(member_of("attribute:ecs.instance-type in [shape.3, shape.4, shape.5]")),
                7 => class.constraints.push(Constraint::DistinctInstance),
                _ => {}
            }
            class
        })
        .collect()
}

/// Draws numbers below a limit, the first ones most often (Zipf with exponent 1).
pub(crate) struct Zipf(Vec<f64>);

impl Zipf {
    pub(crate) fn new(limit: u32) -> Self {
        let mut sum = 0.0;
        let sums: Vec<f64> = (1..=limit)
            .map(|rank| {
                sum += 1.0 / f64::from(rank);
                sum
            })
            .collect();
        Self(sums.iter().map(|one| one / sum).collect())
    }

    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        #[allow(clippy::cast_precision_loss, reason = "53 bits are enough")]
        let point = (random.next() >> 11) as f64 / (1_u64 << 53) as f64;
        self.0.partition_point(|&sum| sum < point).min(self.0.len() - 1)
    }
}
