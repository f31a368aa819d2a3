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
    oracle: Oracle,
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
        Self { random, engine, scan, oracle, classes, tasks: Vec::new(), names, numbers }
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

    /// Runs a slice: `placements` by the engine, then the first `scanned` of them by the scan, then the first `judged` of
    /// them by the oracle. Each goes through the same events by itself, so that none works in the caches of another. Ends
    /// the process at the first decision on which they differ: no figure without a proof.
    pub(crate) fn slice(
        &mut self,
        zipf: &Zipf,
        churn: Churn,
        placements: usize,
        scanned: usize,
        judged: usize,
    ) -> Slice {
        let mut spent = [Duration::ZERO; 2];
        let events: Vec<Event> = (0..placements).map(|_| self.event(zipf, churn, &mut spent)).collect();

        let start = Instant::now();
        let decided: Vec<Option<Arc<str>>> =
            events.iter().map(|event| event.happens(&mut self.engine)).collect();
        spent[0] += start.elapsed();

        let start = Instant::now();
        let by_scan: Vec<Option<Arc<str>>> =
            events.iter().take(scanned).map(|event| event.happens(&mut self.scan)).collect();
        spent[1] += start.elapsed();
        for (event, (decided, by_scan)) in events.iter().zip(decided.iter().zip(&by_scan)) {
            assert_eq!(decided, by_scan, "the scan decides otherwise for {:?}", self.classes[event.class].1);
        }
        for (event, decided) in events.iter().zip(&decided).skip(scanned) {
            let class = &self.classes[event.class].1;
            if let Some(node) = decided {
                self.scan.set_task(event.uid, node, Some(&class.group), &class.demand);
            }
            event.follow(&mut self.scan);
        }
        for (i, (event, decided)) in events.iter().zip(&decided).enumerate() {
            let class = &self.classes[event.class].1;
            if i < judged {
                let expected = self.oracle.decide(class, event.uid);
                assert_eq!(
                    decided.as_deref(),
                    expected.as_deref(),
                    "the oracle decides otherwise for {class:?}"
                );
            }
            if let Some(node) = decided {
                self.oracle.set_task(event.uid, node, Some(class.group.clone()), class.demand.clone());
                self.tasks.push(event.uid);
            }
            if let Some(uid) = event.leaving {
                self.oracle.remove_task(uid);
            }
            if let Some((gone, node)) = &event.joining {
                if *gone != node.name {
                    self.oracle.remove_node(gone);
                }
                self.oracle.set_node(node.clone());
            }
        }
        let each = |spent: Duration, count: usize| spent.as_secs_f64() * 1e9 / count.max(1) as f64;
        Slice { engine: each(spent[0], placements), scan: each(spent[1], scanned) }
    }

    fn event(&mut self, zipf: &Zipf, churn: Churn, spent: &mut [Duration; 2]) -> Event {
        let uid = self.random.uid();
        let chosen = zipf.draw(&mut self.random);
        let class = if churn.own_class { self.fresh_class(spent) } else { chosen };
        let leaving = (churn.departures && self.tasks.len() > 1).then(|| {
            let index = self.random.below(self.tasks.len());
            self.tasks.swap_remove(index)
        });
        Event { class, id: self.classes[class].0, uid, leaving, joining: self.changed_node(churn) }
    }

    fn fresh_class(&mut self, spent: &mut [Duration; 2]) -> usize {
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
        self.classes.push((id, class));
        self.classes.len() - 1
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
}

/// A placement, and what happens after it.
struct Event {
    class: usize,
    id: ClassId,
    uid: Uid,
    leaving: Option<Uid>,
    joining: Option<(Arc<str>, Node)>,
}

impl Event {
    fn happens(&self, engine: &mut Engine) -> Option<Arc<str>> {
        let node = engine.place(self.id, self.uid);
        self.follow(engine);
        node
    }

    fn follow(&self, engine: &mut Engine) {
        if let Some(uid) = self.leaving {
            engine.remove_task(uid);
        }
        if let Some((gone, node)) = &self.joining {
            if *gone != node.name {
                engine.remove_node(gone);
            }
            engine.set_node(node.clone());
        }
    }
}

/// Least, median and greatest.
pub(crate) fn spread(mut numbers: Vec<f64>) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    let at = |index: usize| numbers.get(index).copied().unwrap_or_default();
    [at(0), at(numbers.len() / 2), at(numbers.len().saturating_sub(1))]
}
