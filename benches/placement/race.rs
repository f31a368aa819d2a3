//! The engine against the plain scan, on the same events in the same run, both under the eyes of the oracle.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ecs_bridge::placement::node::Node;
use ecs_bridge::placement::task::Class;
use ecs_bridge::placement::{ClassId, Engine, Memory, Mode, Uid};

use crate::load::{self, Random, Zipf};
use crate::oracle::Oracle;

/// The seed of engines: nothing in the bench draws lots but one adversary.
const SEED: u64 = 1;

/// Both engines and the oracle, with the same nodes and tasks.
pub(crate) struct Race {
    pub(crate) random: Random,
    engine: Engine,
    scan: Engine,
    oracle: Option<Oracle>,
    classes: Vec<(ClassId, Class)>,
    /// Tasks that may leave.
    tasks: Vec<Uid>,
    names: Vec<Arc<str>>,
    numbers: usize,
}

/// Nanoseconds per placement of one slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slice {
    pub(crate) engine: f64,
    pub(crate) scan: f64,
}

/// What happens around each placement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Churn {
    /// As many tasks leave as come.
    pub(crate) departures: bool,
    /// Once in so many placements a node leaves and another one joins; 0 is never.
    pub(crate) nodes: usize,
    /// Labels of a node change with every placement.
    pub(crate) labels: bool,
    /// Every task has a class of its own.
    pub(crate) own_class: bool,
}

pub(crate) const MIXED: Churn = Churn { departures: true, nodes: 1000, labels: false, own_class: false };

impl Race {
    pub(crate) fn new(seed: u64, nodes: usize, full: bool, classes: Vec<Class>) -> Self {
        let mut random = Random(seed);
        let made: Vec<Node> = (0..nodes).map(|number| load::node(&mut random, number)).collect();
        Self::with(random, made, full, classes)
    }

    pub(crate) fn with(mut random: Random, nodes: Vec<Node>, full: bool, classes: Vec<Class>) -> Self {
        let mut engine = Engine::new(SEED);
        let mut oracle = Oracle::new(SEED);
        let numbers = nodes.len();
        let mut names = Vec::with_capacity(numbers);
        for node in nodes {
            names.push(node.name.clone());
            if full {
                let (uid, demand) = (random.uid(), load::others(&mut random, &node));
                engine.set_task(uid, &node.name, None, &demand);
                oracle.set_task(uid, &node.name, None, demand);
            }
            engine.set_node(node.clone());
            oracle.nodes.push(node);
        }
        let classes: Vec<_> = classes.into_iter().map(|class| (engine.class(class.clone()), class)).collect();
        let mut scan = engine.clone();
        scan.set_mode(Mode::Scan);
        Self { random, engine, scan, oracle: Some(oracle), classes, tasks: Vec::new(), names, numbers }
    }

    pub(crate) fn memory(&self) -> Memory {
        self.engine.memory()
    }

    /// CPU and memory that are taken, in percent.
    pub(crate) fn fill(&self) -> (u64, u64) {
        let mut sums = [0_u64; 4];
        for node in self.engine.nodes() {
            let free = self.engine.free(&node.name).unwrap_or_default();
            let has = node.allocatable;
            for (sum, part) in
                sums.iter_mut().zip([has.cpu - free.cpu, has.cpu, has.memory - free.memory, has.memory])
            {
                *sum += u64::from(part);
            }
        }
        (sums[0] * 100 / sums[1].max(1), sums[2] * 100 / sums[3].max(1))
    }

    /// Runs a slice: `placements` by the engine, the first `scanned` of them by the scan as well, the first `judged` of
    /// them by the oracle. Ends the process at the first decision on which they differ: no figure without a proof.
    pub(crate) fn slice(
        &mut self,
        zipf: &Zipf,
        churn: Churn,
        placements: usize,
        scanned: usize,
        judged: usize,
    ) -> Slice {
        let mut spent = [Duration::ZERO; 2];
        for i in 0..placements {
            let uid = self.random.uid();
            let chosen = zipf.draw(&mut self.random);
            let (class, of) =
                if churn.own_class { self.fresh_class(&mut spent) } else { self.classes[chosen].clone() };
            let leaving = (churn.departures && self.tasks.len() > 1).then(|| {
                let index = self.random.below(self.tasks.len());
                self.tasks.swap_remove(index)
            });
            let joining = self.changed_node(churn);
            let expected =
                (i < judged).then(|| self.oracle.as_ref().map(|oracle| oracle.decide(&of, uid))).flatten();

            let start = Instant::now();
            let node = self.engine.place(class, uid);
            events(&mut self.engine, leaving, joining.as_ref());
            spent[0] += start.elapsed();

            if i < scanned {
                let start = Instant::now();
                let other = self.scan.place(class, uid);
                events(&mut self.scan, leaving, joining.as_ref());
                spent[1] += start.elapsed();
                assert_eq!(node, other, "the scan decides otherwise for {of:?}");
            } else {
                if let Some(node) = &node {
                    self.scan.set_task(uid, node, Some(&of.group), &of.demand);
                }
                events(&mut self.scan, leaving, joining.as_ref());
            }
            if let Some(expected) = expected {
                assert_eq!(node.as_deref(), expected.as_deref(), "the oracle decides otherwise for {of:?}");
            }
            self.tell_oracle(&of, uid, node.as_deref(), leaving, joining);
            if node.is_some() {
                self.tasks.push(uid);
            }
        }
        let each = |spent: Duration, count: usize| spent.as_secs_f64() * 1e9 / count.max(1) as f64;
        Slice { engine: each(spent[0], placements), scan: each(spent[1], scanned) }
    }

    fn fresh_class(&mut self, spent: &mut [Duration; 2]) -> (ClassId, Class) {
        self.numbers += 1;
        let number = u32::try_from(self.numbers % 100_000).unwrap_or_default();
        let class = load::class(self.numbers, 10 + number % 300, 64 + number % 500, &[load::BY_MEMORY]);
        let start = Instant::now();
        let id = self.engine.class(class.clone());
        spent[0] += start.elapsed();
        let start = Instant::now();
        let other = self.scan.class(class.clone());
        spent[1] += start.elapsed();
        assert_eq!(id, other);
        (id, class)
    }

    /// A node that takes the place of another one: the name of the one that leaves, and the one that joins.
    fn changed_node(&mut self, churn: Churn) -> Option<(Arc<str>, Node)> {
        let joins = churn.nodes > 0 && self.random.below(churn.nodes) == 0;
        if !joins && !churn.labels {
            return None;
        }
        let index = self.random.below(self.names.len());
        if joins {
            self.numbers += 1;
        }
        let mut node = load::node(&mut self.random, self.numbers);
        if !joins {
            node.name = self.names[index].clone();
        }
        Some((std::mem::replace(&mut self.names[index], node.name.clone()), node))
    }

    fn tell_oracle(
        &mut self,
        class: &Class,
        uid: Uid,
        node: Option<&str>,
        leaving: Option<Uid>,
        joining: Option<(Arc<str>, Node)>,
    ) {
        let Some(oracle) = &mut self.oracle else { return };
        if let Some(node) = node {
            oracle.set_task(uid, node, Some(class.group.clone()), class.demand.clone());
        }
        if let Some(uid) = leaving {
            oracle.remove_task(uid);
        }
        if let Some((gone, node)) = joining {
            if gone != node.name {
                oracle.remove_node(&gone);
            }
            oracle.set_node(node);
        }
    }
}

fn events(engine: &mut Engine, leaving: Option<Uid>, joining: Option<&(Arc<str>, Node)>) {
    if let Some(uid) = leaving {
        engine.remove_task(uid);
    }
    if let Some((gone, node)) = joining {
        if *gone != node.name {
            engine.remove_node(gone);
        }
        engine.set_node(node.clone());
    }
}

/// Least, median and greatest.
pub(crate) fn spread(mut numbers: Vec<f64>) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    let at = |index: usize| numbers.get(index).copied().unwrap_or_default();
    [at(0), at(numbers.len() / 2), at(numbers.len().saturating_sub(1))]
}
