//! Loads that are made to hurt: where an index does not pay, the engine may cost little more than the scan.

use ecs_bridge::placement::node::{MIB, Node, Resources};
use ecs_bridge::placement::task::{Class, Constraint, Field, Strategy};

use crate::load::{self, BY_CPU, BY_INSTANCE, BY_MEMORY, Random, Zipf};
use crate::race::{Churn, Race, spread};

const NODES: usize = 20_000;
const SLICES: usize = 12;
const PLACEMENTS: usize = 400;
const JUDGED: usize = 4;

const ONE: Churn = Churn { departures: true, nodes: 0, labels: false, own_class: false };

/// Its name, what happens, which nodes there are, and the classes.
struct Adversary {
    name: &'static str,
    churn: Churn,
    nodes: fn(&mut Random, usize) -> Node,
    classes: Vec<Class>,
}

fn all() -> Vec<Adversary> {
    let one = |name, strategies: &[Strategy], constraints: Vec<Constraint>| Adversary {
        name,
        churn: ONE,
        nodes: load::node,
        classes: vec![Class { constraints, ..load::class(0, 100, 128, strategies) }],
    };
    let own = Strategy::Spread(Field::Attribute("own".to_owned()));
    let member_of = |expression| vec![load::member_of(expression)];
    let sleepy: Vec<Class> = (0..512).map(|i| load::class(i, 50, 64, &[BY_MEMORY])).collect();
    vec![
        Adversary { nodes: starved, ..one("least memory where there is no CPU", &[BY_MEMORY], Vec::new()) },
        one("distinctInstance, tasks on half of all nodes", &[BY_MEMORY], vec![Constraint::DistinctInstance]),
        Adversary { nodes: own_value, ..one("spread over a value unique to each node", &[own], Vec::new()) },
        one("memberOf that selects one node", &[BY_MEMORY], member_of("attribute:stack == nobody")),
        one("memberOf that looks at tasks", &[BY_MEMORY], member_of("runningTasksCount < 2")),
        one("random", &[Strategy::Random], Vec::new()),
        one("binpack, then random between equals", &[BY_CPU, Strategy::Random], Vec::new()),
        one("spread over zones last", &[BY_INSTANCE, load::by_zone()], Vec::new()),
        Adversary { classes: sleepy, ..one("512 classes, each seldom asked for", &[], Vec::new()) },
        Adversary {
            churn: Churn { own_class: true, ..ONE },
            ..one("every task a class of its own", &[], Vec::new())
        },
        Adversary {
            churn: Churn { labels: true, ..ONE },
            ..one("a node's zone changes with every placement", &[load::by_zone(), BY_MEMORY], Vec::new())
        },
    ]
}

/// Nodes with little memory have no CPU.
fn starved(random: &mut Random, number: usize) -> Node {
    let mut node = load::node(random, number);
    let memory = u32::try_from(1 + random.below(64)).unwrap_or(1);
    let cpu = if memory < 60 { 50 } else { 16_000 };
    node.allocatable = Resources { cpu, memory: memory * 1024 * MIB, gpu: 0, pods: 110 };
    node
}

fn own_value(random: &mut Random, number: usize) -> Node {
    let mut node = load::node(random, number);
    node.labels.insert("attribute.ecs-bridge.dev/own".to_owned(), format!("v{number}"));
    node
}

/// Runs all of them and returns name, nanoseconds of the engine, of the scan, and their ratio, each as median.
pub(crate) fn run() -> Vec<(&'static str, f64, f64, f64)> {
    all()
        .into_iter()
        .map(|adversary| {
            let mut random = Random(3);
            let mut nodes: Vec<Node> =
                (0..NODES).map(|number| (adversary.nodes)(&mut random, number)).collect();
            if let Some(node) = nodes.last_mut() {
                node.labels.insert("attribute.ecs-bridge.dev/stack".to_owned(), "nobody".to_owned());
            }
            let classes = u32::try_from(adversary.classes.len()).unwrap_or(1);
            let mut race = Race::with(random, nodes, false, adversary.classes);
            let zipf = Zipf::new(classes);
            let whole = Churn { departures: false, ..adversary.churn };
            race.slice(&zipf, whole, NODES / 2 * usize::from(!adversary.churn.own_class), 0, 0);
            race.slice(&zipf, adversary.churn, PLACEMENTS, PLACEMENTS, 0);
            let slices: Vec<_> = (0..SLICES)
                .map(|_| race.slice(&zipf, adversary.churn, PLACEMENTS, PLACEMENTS, JUDGED))
                .collect();
            let engine = spread(slices.iter().map(|slice| slice.engine).collect())[1];
            let scan = spread(slices.iter().map(|slice| slice.scan).collect())[1];
            let ratio = spread(slices.iter().map(|slice| slice.engine / slice.scan).collect())[1];
            (adversary.name, engine, scan, ratio)
        })
        .collect()
}
