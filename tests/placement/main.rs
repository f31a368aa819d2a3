//! The engine decides as an oracle does that was written from ECS's documentation: over random nodes, classes and events,
//! in all its ways to decide.
//!
//! `ECS_BRIDGE_DECISIONS` says how many decisions are compared; a failure names the seed of its history.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod oracle;
#[path = "../support/splitmix.rs"]
mod splitmix;
mod world;

use std::collections::BTreeMap;

use ecs_bridge::placement::task::{Class, Group};
use ecs_bridge::placement::{ClassId, Engine, Mode, Uid};

use crate::oracle::Oracle;
use crate::world::Random;

/// Decisions of one history.
const EACH: usize = 250;

fn decisions() -> usize {
    std::env::var("ECS_BRIDGE_DECISIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(50_000)
}

#[test]
fn the_engine_decides_as_the_documentation_says() {
    let wanted = decisions();
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let histories = wanted.div_ceil(EACH);
    let made: usize = std::thread::scope(|scope| {
        let run = |thread: usize| move || (thread..histories).step_by(threads).map(history).sum::<usize>();
        let all: Vec<_> = (0..threads).map(|thread| scope.spawn(run(thread))).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert!(made >= wanted, "only {made} decisions were compared");
}

/// Long enough that logs forget what was not asked for in time, and slots get new numbers: nodes come and go nearly as often
/// as tasks, and now and then nobody asks for long.
#[test]
fn long_histories_of_nodes_that_come_and_go_are_decided_alike() {
    std::thread::scope(|scope| {
        for seed in 0..2 {
            scope.spawn(move || long_history(1_000_000 + seed));
        }
    });
}

/// Events of a long history, and of each time in it in which nobody asks.
const LONG: usize = 3_000;
const QUIET: usize = 1_500;

fn long_history(seed: usize) {
    let mut random = Random(seed as u64);
    let mut side = Side::new(&mut random, seed, 40, 6);
    let (mut made, mut looked) = (0, 0);
    for event in 0..LONG {
        match random.below(100) {
            0..=34 => made += side.place(&mut random, seed),
            35..=49 => side.remove_task(&mut random),
            50..=53 => side.set_task(&mut random),
            54..=68 => side.remove_node(&mut random),
            69..=84 => side.add_node(&mut random),
            85..=94 => side.change_node(&mut random),
            _ => {
                side.look(&mut random, seed);
                looked += 1;
            }
        }
        if event % 1_000 == 500 {
            for _ in 0..QUIET {
                match random.below(3) {
                    0 => side.remove_node(&mut random),
                    1 => side.add_node(&mut random),
                    _ => side.change_node(&mut random),
                }
            }
            for _ in 0..20 {
                side.look(&mut random, seed);
            }
        }
    }
    assert!(made > LONG / 3 && looked > LONG / 50, "only {made} decisions, {looked} looks");
    assert!(side.names > 1_000, "only {} nodes", side.names);
}

/// The engine three times, and the oracle.
struct Side {
    oracle: Oracle,
    engines: Vec<(Mode, Engine)>,
    classes: Vec<(ClassId, Class)>,
    /// Where every task is said to be.
    tasks: BTreeMap<Uid, (String, Option<Group>, ecs_bridge::placement::task::Demand)>,
    names: usize,
    uids: u128,
}

fn history(seed: usize) -> usize {
    let mut random = Random(seed as u64);
    // Mostly few nodes, where everything meets; sometimes enough for indexes to be chosen by themselves.
    let nodes = if seed % 10 == 9 { 300 } else { 1 + random.below(40) };
    let classes = 1 + random.below(8);
    let mut side = Side::new(&mut random, seed, nodes, classes);
    let mut made = 0;
    while made < EACH {
        made += side.event(&mut random, seed, true);
    }
    made
}

impl Side {
    fn new(random: &mut Random, seed: usize, nodes: usize, classes: usize) -> Self {
        let modes = [Mode::Scan, Mode::Index, Mode::Automatic];
        let engines = modes.iter().map(|&mode| {
            let mut engine = Engine::new(seed as u64);
            engine.set_mode(mode);
            (mode, engine)
        });
        let mut side = Self {
            oracle: Oracle::new(seed as u64),
            engines: engines.collect(),
            classes: Vec::new(),
            tasks: BTreeMap::new(),
            names: 0,
            uids: 0,
        };
        if seed.is_multiple_of(7) {
            // So little that indexes are dropped all the time.
            side.engines[1].1.set_budget(600);
        }
        for _ in 0..nodes {
            side.add_node(random);
        }
        for _ in 0..classes {
            side.add_class(random);
        }
        side
    }

    fn event(&mut self, random: &mut Random, seed: usize, undo: bool) -> usize {
        match random.below(100) {
            0..=59 => return self.place(random, seed),
            60..=73 => self.remove_task(random),
            74..=78 => self.set_task(random),
            79..=81 => self.stop_one(random),
            82..=84 => self.remove_node(random),
            85..=87 => self.add_node(random),
            88..=94 => self.change_node(random),
            95 => self.add_class(random),
            96..=97 => self.look(random, seed),
            _ if undo => return self.try_and_undo(random, seed),
            _ => {}
        }
        0
    }

    fn each(&mut self, act: impl Fn(&mut Engine)) {
        self.engines.iter_mut().for_each(|(_, engine)| act(engine));
    }

    fn add_class(&mut self, random: &mut Random) {
        let class = world::class(random);
        let ids: Vec<_> = self.engines.iter_mut().map(|(_, engine)| engine.class(class.clone())).collect();
        assert!(ids.iter().all(|&id| id == ids[0]));
        self.classes.push((ids[0], class));
    }

    fn add_node(&mut self, random: &mut Random) {
        // A name may come back.
        let number = if random.once_in(4) { random.below(self.names + 1) } else { self.names };
        self.names = self.names.max(number + 1);
        let node = world::node(random, &format!("n{number}"));
        self.each(|engine| engine.set_node(node.clone()));
        self.oracle.set_node(node);
    }

    fn change_node(&mut self, random: &mut Random) {
        let Some(mut node) = self.some_node(random) else { return };
        match random.below(4) {
            0 => node.unschedulable = !node.unschedulable,
            1 => node.ready = !node.ready,
            2 => node = world::node(random, &node.name),
            _ => node.allocatable.memory /= 2,
        }
        self.each(|engine| engine.set_node(node.clone()));
        self.oracle.set_node(node);
    }

    fn remove_node(&mut self, random: &mut Random) {
        let Some(node) = self.some_node(random) else { return };
        self.each(|engine| assert!(engine.remove_node(&node.name)));
        self.oracle.remove_node(&node.name);
    }

    fn some_node(&self, random: &mut Random) -> Option<ecs_bridge::placement::node::Node> {
        (!self.oracle.nodes.is_empty())
            .then(|| self.oracle.nodes[random.below(self.oracle.nodes.len())].clone())
    }

    fn some_task(&self, random: &mut Random) -> Option<Uid> {
        (!self.tasks.is_empty()).then(|| *self.tasks.keys().nth(random.below(self.tasks.len())).unwrap())
    }

    fn put(
        &mut self,
        uid: Uid,
        node: String,
        group: Option<Group>,
        demand: ecs_bridge::placement::task::Demand,
    ) {
        self.oracle.set_task(uid, &node, group.clone(), demand.clone());
        self.tasks.insert(uid, (node, group, demand));
    }

    /// What somebody else put there, whether it fits or not, whether the node is known or not.
    fn set_task(&mut self, random: &mut Random) {
        let uid = self.some_task(random).filter(|_| random.once_in(3)).unwrap_or_else(|| self.uid());
        let node = format!("n{}", random.below(self.names + 2));
        let group = random.once_in(2).then(|| world::group(random));
        let demand = world::demand(random);
        self.each(|engine| engine.set_task(uid, &node, group.as_ref(), &demand));
        self.put(uid, node, group, demand);
    }

    /// A task is told to stop: what it takes stays taken.
    fn stop_one(&mut self, random: &mut Random) {
        let Some(uid) = self.some_task(random) else { return };
        let (node, _, demand) = self.tasks[&uid].clone();
        self.each(|engine| engine.set_task(uid, &node, None, &demand));
        self.put(uid, node, None, demand);
    }

    fn remove_task(&mut self, random: &mut Random) {
        let Some(uid) = self.some_task(random) else { return };
        self.each(|engine| assert!(engine.remove_task(uid)));
        self.oracle.remove_task(uid);
        self.tasks.remove(&uid);
    }

    fn uid(&mut self) -> Uid {
        self.uids += 1;
        Uid(self.uids.wrapping_mul(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef))
    }

    fn some_class(&self, random: &mut Random) -> (ClassId, Class) {
        self.classes[random.below(self.classes.len())].clone()
    }

    fn place(&mut self, random: &mut Random, seed: usize) -> usize {
        let (id, class) = self.some_class(random);
        // Several of one class in a row, as services start.
        let times = 1 + if random.once_in(4) { random.below(6) } else { 0 };
        for _ in 0..times {
            let uid = self.uid();
            let expected = self.oracle.decide(&class, uid);
            for (mode, engine) in &mut self.engines {
                let decided = engine.place(id, uid).map(|name| name.to_string());
                assert_eq!(decided, expected, "history {seed}, {mode:?}: {class:#?}");
            }
            if let Some(node) = expected {
                self.put(uid, node, Some(class.group.clone()), class.demand.clone());
            }
        }
        times
    }

    /// Explanations, what would be stopped, and what a daemon would start.
    fn look(&mut self, random: &mut Random, seed: usize) {
        let (id, class) = self.some_class(random);
        let uid = self.uid();
        let expected = self.oracle.decide(&class, uid);
        let fitting = self.oracle.candidates(&class).len();
        let stopped = self.oracle.stop(&class);
        let daemon = (self.oracle.daemon_starts(&class), self.oracle.daemon_stops(&class));
        for (mode, engine) in &mut self.engines {
            let context = format!("history {seed}, {mode:?}: {class:#?}");
            let explanation = engine.explain(id, uid);
            assert_eq!(explanation.chosen.as_ref().map(ToString::to_string), expected, "{context}");
            assert_eq!(
                (explanation.fitting, explanation.nodes),
                (fitting, self.oracle.nodes.len()),
                "{context}"
            );
            let counted: usize = explanation.reasons.iter().map(|counted| counted.nodes).sum();
            assert_eq!(
                counted + usize::from(expected.is_some()),
                explanation.nodes,
                "{context}: {explanation}"
            );
            assert_eq!(engine.stop(id, |_| true), stopped, "{context}");
            let found = engine.daemon(id);
            let started: Vec<_> = found.start.iter().map(ToString::to_string).collect();
            assert_eq!((started, found.stop), daemon, "{context}");
        }
    }

    fn try_and_undo(&mut self, random: &mut Random, seed: usize) -> usize {
        let before = (self.oracle.clone(), self.tasks.clone());
        let marks: Vec<_> = self.engines.iter_mut().map(|(_, engine)| engine.mark()).collect();
        let made = (0..1 + random.below(12)).map(|_| self.event(random, seed, false)).sum();
        for ((_, engine), mark) in self.engines.iter_mut().zip(&marks) {
            engine.undo(mark);
        }
        (self.oracle, self.tasks) = before;
        made
    }
}
