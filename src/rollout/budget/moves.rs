//! How many tasks each child has while they move from one child to another.
//!
//! A Deployment that is told a lower number stops tasks at once: its `maxUnavailable` is about templates, not about counts.
//! So a child takes tasks only where the service may have more, and gives some up only as others have healthy ones in
//! their place. Rollouts share what is left of both.
//!
//! Source: ECS stops a task only while `minimumHealthyPercent` of the service is healthy without it, and starts one only
//! below `maximumPercent`, whichever provider it is of.

use super::super::arithmetic::Rolling;
use super::{Child, State, Step, Unavailable};

/// How many tasks the children of a service have together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    desired: u32,
    /// At least so many have to be healthy.
    lower: u32,
    /// At most so many may exist.
    upper: u32,
}

impl Bounds {
    pub(super) fn of(desired: i32, budget: &Rolling) -> Self {
        let number = |number: i32| number.max(0).unsigned_abs();
        Self {
            desired: number(desired),
            lower: number(desired - budget.max_unavailable),
            upper: number(desired).saturating_add(number(budget.max_surge)),
        }
    }

    /// What each child has, and more of what it is still to get where there may be more.
    pub(super) fn grown(&self, children: &[Child]) -> Vec<u32> {
        let exist = children.iter().map(|child| child.live.total.max(child.live.count));
        let mut room = self.upper.saturating_sub(sum(exist));
        let grown = |child: &Child| {
            let more = child.count.saturating_sub(child.live.count).min(room);
            room -= more;
            child.live.count + more
        };
        children.iter().map(grown).collect()
    }

    /// What rollouts may stop and start beside children of these counts.
    pub(super) fn left(&self, counts: &[u32]) -> Rolling {
        let counts = sum(counts.iter().copied());
        let missing = self.desired.saturating_sub(counts);
        let max_unavailable = (self.desired - self.lower).saturating_sub(missing).cast_signed();
        let max_surge = self.upper.saturating_sub(counts).cast_signed();
        Rolling { max_unavailable, max_surge, blocked: max_unavailable == 0 && max_surge == 0 }
    }

    /// Takes from what rollouts may stop where less is healthy than was counted on when it was shared out: tasks that start
    /// elsewhere, that fail, or that a share which was another one before has stopped. What is not healthy may always be
    /// stopped, so that of several that wait for each other one goes on.
    pub(super) fn afford(&self, budgets: &mut [(i32, i32)], counts: &[u32], children: &[Child]) {
        let healthy = |i: usize| children[i].live.healthy.min(counts[i]);
        let kept = |i: usize, unavailable: i32| {
            let stops = if children[i].rolls() { unavailable.unsigned_abs() } else { 0 };
            counts[i].saturating_sub(stops).min(healthy(i))
        };
        let safe = sum((0..counts.len()).map(|i| kept(i, budgets[i].0)));
        let mut missing = self.lower.saturating_sub(safe);
        let rolling: Vec<usize> =
            (0..counts.len()).filter(|&i| children[i].rolls() && counts[i] > 0).collect();
        for &i in &rolling {
            let given = (healthy(i) - kept(i, budgets[i].0)).min(missing);
            missing -= given;
            if given > 0 {
                let keeps = kept(i, budgets[i].0) + given;
                budgets[i].0 = (counts[i] - keeps).cast_signed();
            }
        }
        if rolling.iter().all(|&i| budgets[i] == (0, 0))
            && let Some(&i) = rolling.iter().find(|&&i| healthy(i) < counts[i])
        {
            budgets[i].0 = (counts[i] - healthy(i)).cast_signed();
        }
    }

    /// Takes from children what they have too much, as far as enough that is healthy is left for certain.
    pub(super) fn shrink(&self, steps: &mut [Step], children: &[Child]) {
        let kept: Vec<Kept> =
            children.iter().zip(&*steps).map(|(child, step)| Kept::of(child, step)).collect();
        let mut spare = kept.iter().map(|kept| kept.now).sum::<i64>() - i64::from(self.lower);
        for ((step, child), kept) in steps.iter_mut().zip(children).zip(kept) {
            if child.count >= step.count {
                continue;
            }
            let least = kept.now - spare.max(0) - kept.beyond;
            let count = least.clamp(i64::from(child.count), i64::from(step.count));
            if count < i64::from(step.count) {
                spare -= (kept.now - (count + kept.beyond)).max(0);
                step.count = u32::try_from(count).unwrap_or_default();
            }
        }
    }
}

/// Healthy tasks that a child keeps for certain.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// With the count that it has: its rollout may stop some.
    now: i64,
    /// With a lower count, what it keeps is this much more than the count, but not more than now.
    beyond: i64,
}

impl Kept {
    /// What is not healthy is stopped first, if all are of one template. Of several templates each gives up its part of
    /// what there is beyond the new count and the surge, healthy or not.
    fn of(child: &Child, step: &Step) -> Self {
        let [count, total, healthy] = [step.count, child.live.total, child.live.healthy].map(i64::from);
        let (settled, stands) = match child.state {
            State::New | State::Current { settled: true, .. } => (true, true),
            State::Old { settled } => (settled, settled && step.keeps),
            State::Current { settled: false, .. } => (false, false),
        };
        let stops = match step.unavailable {
            _ if stands || step.paused => 0,
            Unavailable::Tasks(tasks) => i64::from(tasks),
            Unavailable::Percent(percent) => count * i64::from(percent) / 100,
        };
        let mixed = i64::from(step.surge) - (total - healthy);
        let beyond = if settled { -stops } else { mixed.min(-stops) };
        Self { now: (count - stops).min(healthy).max(0), beyond }
    }
}

fn sum(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.fold(0, u32::saturating_add)
}
