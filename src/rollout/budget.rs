//! What each child of a service may do next: how many tasks it has, how many it may stop and start, whether it keeps its
//! old template, whether it stands still.

mod moves;

use self::moves::Bounds;
use super::arithmetic::{Rolling, rolling};
use crate::capacity::strategy::apportion;

/// A child, as far as its rollout goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// Tasks that it should have; for a DaemonSet the nodes that it is for.
    pub count: u32,
    /// Where it stands.
    pub state: State,
    /// What there is of it; nothing of a child that does not exist.
    pub live: Live,
}

impl Child {
    /// Whether all that it has and should have is of the newest template and healthy.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.state, State::Current { settled: true, healthy: true })
    }

    /// Whether it has tasks of an earlier template, or would have them stopped if it may.
    const fn rolls(&self) -> bool {
        matches!(self.state, State::Old { .. } | State::Current { settled: false, .. })
    }
}

/// The tasks of a child as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// How many it was told to have.
    pub count: u32,
    /// How many of any template exist.
    pub total: u32,
    /// How many of any template count as healthy.
    pub healthy: u32,
}

/// Where the rollout of a child stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does not exist.
    New,
    /// It has the template of an earlier deployment.
    Old {
        /// Whether every task of it is of that template.
        settled: bool,
    },
    /// It has the template of the deployment that should run.
    Current {
        /// Whether every task of it is of that template.
        settled: bool,
        /// Whether as many tasks as it has and should have count as healthy.
        healthy: bool,
    },
}

/// What a child may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many tasks it has now; not more and not fewer than ECS's percentages allow while tasks move between children.
    pub count: u32,
    /// How many of its tasks may be missing.
    pub unavailable: Unavailable,
    /// How many tasks it may have too many.
    pub surge: i32,
    /// Whether it keeps the template that it has.
    pub keeps: bool,
    /// Whether its rollout stands still.
    pub paused: bool,
    /// The deployment that the circuit breaker has stopped.
    pub failed: Option<Failed>,
}

/// A deployment that the circuit breaker has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Its id.
    pub deployment: String,
    /// How many of its tasks had failed.
    pub tasks: i32,
}

/// `maxUnavailable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Unavailable {
    Percent(i32),
    Tasks(i32),
}

impl Step {
    const fn of(count: u32, unavailable: Unavailable, surge: i32) -> Self {
        Self { count, unavailable, surge, keeps: false, paused: false, failed: None }
    }

    /// Whether ECS's percentages, and not the circuit breaker, keep it from going on.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.failed.is_none() && (self.keeps || self.paused)
    }
}

/// Steps of the Deployments of a REPLICA service of `count` tasks.
///
/// Budgets are whole tasks with exact sums. While a rollout is under way only the children that are not done share
/// them, so that one which got nothing at first has its turn later. Kubernetes refuses a budget of nothing; where that
/// is what ECS's percentages come to, one task may be stopped, and the child keeps its template if its rollout has not
/// begun, or is paused. What has no old tasks has nothing to roll and is never blocked.
#[must_use]
pub fn replica(count: i32, minimum: i32, maximum: i32, children: &[Child]) -> Vec<Step> {
    let budget = rolling(count, minimum, maximum);
    if let [only] = children {
        // Whoever changes the count alone keeps the percentage right; a number would have to follow.
        let idle = minimum >= 100 && budget.max_surge == 0;
        let step = if budget.blocked {
            Step::of(only.count, Unavailable::Tasks(1), 0)
        } else {
            let surge = if idle { 1 } else { budget.max_surge };
            Step::of(only.count, Unavailable::Percent(100 - minimum.clamp(0, 100)), surge)
        };
        return vec![stand(step, only, budget.blocked)];
    }
    let bounds = Bounds::of(count, &budget);
    let counts = bounds.grown(children);
    let mut budgets = shared(&budget, &bounds.left(&counts), &counts, children);
    bounds.afford(&mut budgets, &counts, children);
    let mut steps = steps(&counts, &budgets, children);
    bounds.shrink(&mut steps, children);
    steps
}

/// Steps of the DaemonSets of a DAEMON service; the counts of the children are nodes, where these are known.
///
/// Kubernetes rounds a percentage of a DaemonSet up, ECS down: the exact value needs the number of nodes.
#[must_use]
pub fn daemon(minimum: i32, nodes_known: bool, children: &[Child]) -> Vec<Step> {
    let unavailable = match minimum {
        ..=0 => Unavailable::Percent(100),
        100.. if !nodes_known => Unavailable::Tasks(1),
        _ if !nodes_known => Unavailable::Percent(100 - minimum),
        _ => {
            let nodes = children.iter().map(|child| i32::try_from(child.count).unwrap_or(i32::MAX));
            let budget = rolling(nodes.fold(0, i32::saturating_add), minimum, 100);
            let counts: Vec<u32> = children.iter().map(|child| child.count).collect();
            return steps(&counts, &shared(&budget, &budget, &counts, children), children);
        }
    };
    children.iter().map(|child| Step::of(child.count, unavailable, 0)).collect()
}

/// Stops every child where it stands, because a deployment has failed.
pub fn stop(steps: &mut [Step], children: &[Child], failed: &Failed) {
    for (step, child) in steps.iter_mut().zip(children) {
        step.keeps = matches!(child.state, State::Old { .. });
        step.paused = !matches!(child.state, State::Old { settled: true });
        step.failed = Some(failed.clone());
    }
}

/// Steps of children that have these counts and may stop and start so many tasks.
fn steps(counts: &[u32], budgets: &[(i32, i32)], children: &[Child]) -> Vec<Step> {
    let step = |(child, (&count, &(unavailable, surge))): (&Child, (&u32, &(i32, i32)))| {
        let nothing = unavailable == 0 && surge == 0;
        let step = Step::of(count, Unavailable::Tasks(if nothing { 1 } else { unavailable }), surge);
        stand(step, child, nothing && count > 0)
    };
    children.iter().zip(counts.iter().zip(budgets)).map(step).collect()
}

/// Shares of children that have these counts now, by what they may stop and start. `whole` is shared out where nothing rolls,
/// what is `left` of it among those that do.
fn shared(whole: &Rolling, left: &Rolling, counts: &[u32], children: &[Child]) -> Vec<(i32, i32)> {
    let first = Shares::of(whole, children.iter().map(|child| child.count));
    let rest = children.iter().zip(counts).map(|(child, count)| if child.is_done() { 0 } else { *count });
    let now = if children.iter().any(Child::rolls) { Shares::of(left, rest) } else { first.clone() };
    // One that is done has nothing to do with its share, and so is not written again.
    let of = |(i, child): (usize, &Child)| if child.is_done() { first.get(i) } else { now.get(i) };
    children.iter().enumerate().map(of).collect()
}

/// Holds a child back that has no budget.
const fn stand(mut step: Step, child: &Child, blocked: bool) -> Step {
    if blocked {
        match child.state {
            State::New | State::Current { settled: true, .. } => {}
            State::Current { settled: false, .. } => step.paused = true,
            State::Old { settled } => {
                step.keeps = true;
                step.paused = !settled;
            }
        }
    }
    step
}

#[derive(Clone)]
struct Shares {
    unavailable: Vec<u32>,
    surge: Vec<u32>,
}

impl Shares {
    fn of(budget: &Rolling, counts: impl Iterator<Item = u32>) -> Self {
        let counts: Vec<u32> = counts.collect();
        Self {
            unavailable: apportion(budget.max_unavailable.unsigned_abs(), &counts),
            surge: apportion(budget.max_surge.unsigned_abs(), &counts),
        }
    }

    fn get(&self, i: usize) -> (i32, i32) {
        (self.unavailable[i].cast_signed(), self.surge[i].cast_signed())
    }
}

#[cfg(test)]
mod tests;
