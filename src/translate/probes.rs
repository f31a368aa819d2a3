//! Health checks.
//!
//! ECS runs a check every `interval` seconds and replaces the task when `retries` of an essential container have
//! failed in a row; failures in the first `startPeriod` seconds do not count. Kubernetes restarts the container,
//! which is what an essential exit is made of.

use k8s_openapi::api::core::v1::{Container, ExecAction, Probe};

use super::literal::escape;
use crate::api::ecs::ContainerCondition::Healthy;
use crate::model::Task;
use crate::model::life::HealthCheck;
use crate::model::order::{Stage, is_awaited};

/// Longest time between checks of a container that has not been healthy yet: what waits for it waits no longer.
const OFTEN: u32 = 10;
/// A threshold that is never reached.
const NEVER: i32 = i32::MAX;

/// When a probe runs and how long it may take, in seconds, and how many failures in a row count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Timing {
    delay: u32,
    period: u32,
    timeout: u32,
    threshold: i32,
}

/// Kills a container that has not been healthy once after `budget` seconds, not before and soon after.
///
/// The kubelet's first check comes up to one period after the start, the `threshold`th at least
/// `(threshold - 1) * period` after it. A check that hangs must not outlast the period, or each of them would put
/// off the next one.
fn startup(check: &HealthCheck, budget: Option<u32>) -> Timing {
    let often = check.interval.min(OFTEN).max(check.timeout);
    let period = budget.map_or(often, |budget| often.min(budget)).max(1);
    let threshold = budget.map_or(NEVER, |budget| clamp(budget.div_ceil(period)).saturating_add(1));
    Timing { delay: 0, period, timeout: check.timeout.min(period), threshold }
}

/// Kills a container that has become unhealthy, as ECS counts.
fn liveness(check: &HealthCheck) -> Timing {
    Timing { delay: 0, period: check.interval, timeout: check.timeout, threshold: clamp(check.retries) }
}

/// Does both, for a container whose dependants must not wait until it is healthy, as they would for a startup
/// probe.
fn alone(check: &HealthCheck) -> Timing {
    Timing { delay: check.budget() - (check.retries - 1) * check.interval, ..liveness(check) }
}

fn clamp(seconds: u32) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn probe(check: &HealthCheck, timing: Timing, grace: Option<i64>) -> Probe {
    // The kubelet expands variables here, too.
    let command = check.command.iter().map(|word| escape(word)).collect();
    Probe {
        exec: Some(ExecAction { command: Some(command) }),
        initial_delay_seconds: (timing.delay > 0).then(|| clamp(timing.delay)),
        period_seconds: Some(clamp(timing.period)),
        timeout_seconds: Some(clamp(timing.timeout)),
        success_threshold: Some(1),
        failure_threshold: Some(timing.threshold),
        termination_grace_period_seconds: grace,
        ..Probe::default()
    }
}

pub(super) fn apply(task: &Task, place: usize, made: &mut Container) {
    let own = &task.containers[place];
    let Some(check) = &own.life.health else { return };
    let stage = task.order.stages[place];
    let awaited = is_awaited(&task.containers, place, &[Healthy]);
    if stage == Stage::Init || !(awaited || own.essential) {
        return;
    }
    let stop = own.life.stops_within();
    let grace = (stop != task.stops_within()).then(|| i64::from(stop));
    let least = |limit: u32| own.life.start_timeout.map_or(limit, |timeout| timeout.min(limit));
    if stage == Stage::Sidecar && !awaited {
        made.liveness_probe = Some(probe(check, alone(check), grace));
        // Until it has been healthy once the task is not.
        made.readiness_probe = Some(probe(check, liveness(check), None));
        return;
    }
    let budget = match own.essential {
        true if awaited => Some(least(check.budget())),
        true => Some(check.budget()),
        // ECS keeps waiting, unless there is a limit.
        false => own.life.start_timeout,
    };
    made.startup_probe = Some(probe(check, startup(check, budget), grace));
    if own.essential {
        made.liveness_probe = Some(probe(check, liveness(check), grace));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seconds after the start at which the kubelet kills a container whose checks fail from a moment on. Its
    /// first check comes `phase` after the start; a failing one takes a part of its timeout, in percent, by turns.
    /// As in the kubelet one tick waits while a check runs, further ones are lost.
    fn killed(timing: Timing, phase: u32, healthy_until: u32, takes: &[u32]) -> u32 {
        let mut failures = 0;
        let (mut now, mut tick) = (phase, phase);
        for takes in takes.iter().cycle() {
            let mut ended = now;
            if now >= timing.delay {
                failures = if now < healthy_until { 0 } else { failures + 1 };
                if now >= healthy_until {
                    ended += timing.timeout * takes / 100;
                }
                if failures == timing.threshold {
                    return ended;
                }
            }
            tick = now - (now - tick) % timing.period + timing.period;
            now = ended.max(tick);
        }
        unreachable!("the checks go on")
    }

    fn takes() -> impl Strategy<Value = Vec<u32>> {
        prop_oneof![Just(vec![0]), Just(vec![100]), prop::collection::vec(0u32..=100, 1..5),]
    }

    fn check() -> impl Strategy<Value = HealthCheck> {
        (5u32..=300, 2u32..=60, 1u32..=10, 0u32..=300).prop_map(
            |(interval, timeout, retries, start_period)| HealthCheck {
                command: vec!["true".into()],
                interval,
                timeout,
                retries,
                start_period,
                grace: 0,
            },
        )
    }

    proptest! {
        #[test]
        fn a_container_that_never_is_healthy_is_killed_after_its_budget_and_not_before(
            check in check(), phase in 0u32..300, takes in takes(), limit in prop::option::of(1u32..400),
        ) {
            let budget = limit.map_or(check.budget(), |limit| limit.min(check.budget()));
            let startup = startup(&check, Some(budget));
            let at = killed(startup, phase % startup.period, 0, &takes);
            let slack = 2 * startup.period + startup.timeout;
            prop_assert!((budget..budget + slack).contains(&at), "{at} of {budget}");
            prop_assert!(slack <= 3 * OFTEN.max(check.timeout).min(budget));
        }

        #[test]
        fn without_a_startup_probe_it_is_killed_after_its_budget_as_well(
            check in check(), phase in 0u32..300, takes in takes(),
        ) {
            let timing = alone(&check);
            let at = killed(timing, phase % timing.period, 0, &takes);
            // Docker waits for the interval after each check, however long that took.
            let most = check.budget() + timing.period + check.retries * check.timeout;
            prop_assert!((check.budget()..most).contains(&at), "{at} of {}", check.budget());
        }

        #[test]
        fn a_container_that_turns_unhealthy_is_killed_after_as_many_failures_as_ecs_counts(
            check in check(), phase in 0u32..300, until in 1u32..4000, takes in takes(),
        ) {
            let timing = liveness(&check);
            let at = killed(timing, phase % timing.period, until, &takes);
            let most = until.max(phase % timing.period) + check.retries * (check.interval + check.timeout);
            prop_assert!(at >= until + (check.retries - 1) * check.interval && at <= most, "{at}");
        }
    }

    #[test]
    fn the_budget_of_ecs_defaults_is_ninety_seconds() {
        let check =
            HealthCheck { command: vec![], interval: 30, timeout: 5, retries: 3, start_period: 0, grace: 0 };
        let timing = Timing { delay: 0, period: 10, timeout: 5, threshold: 10 };
        assert_eq!(startup(&check, Some(check.budget())), timing);
        assert_eq!(startup(&check, None).threshold, i32::MAX);
        // A short limit is one of the checks, too.
        let short = Timing { delay: 0, period: 3, timeout: 3, threshold: 2 };
        assert_eq!(startup(&check, Some(3)), short);
        let slow = HealthCheck { timeout: 60, start_period: 120, ..check };
        assert_eq!(killed(startup(&slow, Some(slow.budget())), 0, 0, &[100]), 300);
    }
}
