//! What each child of a service may do next: how many tasks it may stop and start, whether it keeps its old template,
//! whether it stands still.

use super::arithmetic::{Rolling, rolling};
use crate::capacity::strategy::apportion;

/// A child, as far as its rollout goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// Tasks that it should have; for a DaemonSet the nodes that it is for.
    pub count: u32,
    /// Where it stands.
    pub state: State,
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
        /// Whether as many tasks as it should have count as healthy.
        healthy: bool,
    },
}

/// What a child may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
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
    const fn of(unavailable: Unavailable, surge: i32) -> Self {
        Self { unavailable, surge, keeps: false, paused: false, failed: None }
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
            Step::of(Unavailable::Tasks(1), 0)
        } else {
            let surge = if idle { 1 } else { budget.max_surge };
            Step::of(Unavailable::Percent(100 - minimum.clamp(0, 100)), surge)
        };
        return vec![stand(step, only, budget.blocked)];
    }
    shared(&budget, children)
}

/// Steps of the DaemonSets of a DAEMON service; the counts of the children are nodes, where these are known.
///
/// Kubernetes rounds a percentage of a DaemonSet up, ECS down: the exact value needs the number of nodes.
#[must_use]
pub fn daemon(minimum: i32, nodes_known: bool, children: &[Child]) -> Vec<Step> {
    let step = match minimum {
        ..=0 => Step::of(Unavailable::Percent(100), 0),
        100.. if !nodes_known => Step::of(Unavailable::Tasks(1), 0),
        _ if !nodes_known => Step::of(Unavailable::Percent(100 - minimum), 0),
        _ => {
            let nodes = children.iter().map(|child| i32::try_from(child.count).unwrap_or(i32::MAX));
            return shared(&rolling(nodes.fold(0, i32::saturating_add), minimum, 100), children);
        }
    };
    vec![step; children.len()]
}

/// Stops every child where it stands, because a deployment has failed.
pub fn stop(steps: &mut [Step], children: &[Child], failed: &Failed) {
    for (step, child) in steps.iter_mut().zip(children) {
        step.keeps = matches!(child.state, State::Old { .. });
        step.paused = !matches!(child.state, State::Old { settled: true });
        step.failed = Some(failed.clone());
    }
}

fn shared(budget: &Rolling, children: &[Child]) -> Vec<Step> {
    let done = |child: &Child| matches!(child.state, State::Current { settled: true, healthy: true });
    let rolls = children
        .iter()
        .any(|child| matches!(child.state, State::Old { .. } | State::Current { settled: false, .. }));
    let first = Shares::of(budget, children.iter().map(|child| child.count));
    let rest = children.iter().map(|child| if done(child) { 0 } else { child.count });
    let now = if rolls { Shares::of(budget, rest) } else { first.clone() };
    let step = |(i, child): (usize, &Child)| {
        // One that is done has nothing to do with its share, and so is not written again.
        let shares = if done(child) { &first } else { &now };
        let (unavailable, surge) = shares.get(i);
        let nothing = unavailable == 0 && surge == 0;
        let step = Step::of(Unavailable::Tasks(if nothing { 1 } else { unavailable }), surge);
        stand(step, child, nothing && child.count > 0)
    };
    children.iter().enumerate().map(step).collect()
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
