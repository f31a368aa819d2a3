//! In which order the containers of a task start.
//!
//! Kubernetes starts init containers one after the other, those with `restartPolicy: Always` (sidecars) stay, and
//! then all regular containers start. On termination it goes the other way round, as on ECS.

use super::life::Dependency;
use crate::api::ecs::ContainerCondition::{self, Complete, Healthy, Success};
use crate::api::task_definition::OneShot;
use crate::model::task::Container;

/// What a container is in a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Runs to its end before what follows starts.
    Init,
    /// Starts before what follows, and stays.
    Sidecar,
    /// Starts when all others have.
    Main,
}

/// The places of the containers of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// What each container is, by its place in the definition.
    pub stages: Vec<Stage>,
    /// Those that start one after the other, in that order.
    pub first: Vec<usize>,
    /// Those that start together, in the order of the definition.
    pub main: Vec<usize>,
}

impl Order {
    /// Compiles the dependencies, which have no cycle.
    ///
    /// Whoever has to end before others start is an init container, whoever has to run before others do a sidecar.
    /// With `alone`, non-essential containers are sidecars as well: a pod ends when its regular containers have.
    ///
    /// ECS starts everything that waits for nothing at once, and a container may need one that it does not wait for.
    /// So whoever only has to be started goes before those that the others wait for longer, and regular containers
    /// that ECS would start beside one of these become sidecars ahead of it, as long as a regular one is left.
    #[must_use]
    pub fn of(containers: &[Container], alone: bool) -> Self {
        let mut stages: Vec<Stage> = (0..containers.len()).map(|i| stage(containers, i, alone)).collect();
        let mut main: Vec<usize> = (0..containers.len()).filter(|i| stages[*i] == Stage::Main).collect();
        let mut open: Vec<usize> = (0..containers.len()).filter(|i| stages[*i] != Stage::Main).collect();
        let mut first = Vec::new();
        while !open.is_empty() {
            let ready = |i: &usize| !waits_for(&containers[*i].life.dependencies, &open);
            // Of those that block, whoever ends by itself more likely needs whoever stays than the other way round.
            let rank = |at: &usize| match stages[open[*at]] {
                Stage::Init => 2,
                _ if is_awaited(containers, open[*at], &[Healthy]) => 1,
                _ => 0,
            };
            // In a cycle nobody is ready; it has been refused, and whoever stands first goes first.
            let next = (0..open.len()).filter(|at| ready(&open[*at])).min_by_key(rank).unwrap_or_default();
            // Who is to run first because an option says so is waited for on purpose.
            if is_awaited(containers, open[next], &[Complete, Success, Healthy]) {
                let beside: Vec<usize> = main.iter().copied().filter(ready).collect();
                for i in beside.into_iter().take(main.len().saturating_sub(1)) {
                    main.retain(|other| *other != i);
                    stages[i] = Stage::Sidecar;
                    first.push(i);
                }
            }
            first.push(open.remove(next));
        }
        Self { stages, first, main }
    }

    /// Whether the containers after this one wait until it has ended or is healthy.
    #[must_use]
    pub fn blocks(&self, containers: &[Container], container: usize) -> bool {
        match self.stages[container] {
            Stage::Init => true,
            Stage::Sidecar => is_awaited(containers, container, &[Healthy]),
            Stage::Main => false,
        }
    }

    /// Whether two containers ever run at the same time.
    #[must_use]
    pub fn overlap(&self, one: usize, other: usize) -> bool {
        let ends = |i: usize| self.stages[i] == Stage::Init;
        // The sidecars ahead of whoever ends run beside it, all others when it has ended.
        let beside =
            |ends: usize, stays: usize| self.first.iter().take_while(|i| **i != ends).any(|i| *i == stays);
        match (ends(one), ends(other)) {
            (false, false) => true,
            (true, true) => false,
            (true, false) => beside(one, other),
            (false, true) => beside(other, one),
        }
    }

    /// Containers whose end or health this one waits for although its definition does not ask for that.
    #[must_use]
    pub fn also_waits_for(&self, containers: &[Container], container: usize) -> Vec<usize> {
        let asked = self.awaited_by(containers, container);
        let before = self.first.iter().copied().take_while(|other| *other != container);
        before.filter(|other| !asked.contains(other) && self.blocks(containers, *other)).collect()
    }

    /// Those that have ended or are healthy, whichever the others wait for, when ECS starts this one.
    fn awaited_by(&self, containers: &[Container], container: usize) -> Vec<usize> {
        let (mut found, mut seen, mut open) = (Vec::new(), Vec::new(), vec![container]);
        while let Some(next) = open.pop() {
            for dependency in &containers[next].life.dependencies {
                let other = dependency.container;
                let ends = matches!(dependency.condition, Complete | Success);
                let healthy = dependency.condition == Healthy;
                if ends || (healthy && self.stages[other] == Stage::Sidecar) {
                    found.push(other);
                }
                if !seen.contains(&other) {
                    seen.push(other);
                    open.push(other);
                }
            }
        }
        found
    }
}

fn waits_for(dependencies: &[Dependency], others: &[usize]) -> bool {
    dependencies.iter().any(|d| others.contains(&d.container))
}

fn stage(containers: &[Container], container: usize, alone: bool) -> Stage {
    let life = &containers[container].life;
    if is_awaited(containers, container, &[Complete, Success]) || life.one_shot == Some(OneShot::Init) {
        Stage::Init
    } else if is_awaited(containers, container, &[ContainerCondition::Start, Healthy])
        || (alone && !containers[container].essential)
    {
        Stage::Sidecar
    } else {
        Stage::Main
    }
}

/// Whether any container waits for one of these conditions of this one.
#[must_use]
pub fn is_awaited(containers: &[Container], container: usize, conditions: &[ContainerCondition]) -> bool {
    let mut all = containers.iter().flat_map(|c| &c.life.dependencies);
    all.any(|d| d.container == container && conditions.contains(&d.condition))
}
