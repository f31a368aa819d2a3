//! Failed tasks of a deployment, each counted once.
//!
//! What was counted stands in the status: the number, and for each pod that still exists how much of what it tells is
//! in that number. So neither a restart of the operator nor a pod that goes away counts anything twice, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::observed::{Task, TaskState};
use crate::api::ecs_service::Failures;

/// Most pods that are remembered. More are counted as soon as there is room: pods that crash count each time, and one
/// that cannot start each minute, so that these reach any threshold. Of pods that failed for good and stay in the
/// cluster no more than this many count until some are removed.
const REMEMBERED: usize = 300;
/// ECS would have started another task in place of one that cannot start; the kubelet goes on trying with the same pod.
const REPLACED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// What decides whether a task has failed.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Essential containers, by their names in the pod.
    pub essential: BTreeSet<String>,
    /// Seconds after which a task that is ready counts as healthy.
    pub min_ready_seconds: i32,
    /// Whether a task that becomes healthy sets the count back to 0.
    pub reset: bool,
    /// Whether somebody waits for a threshold: tasks that cannot start are then counted again every minute.
    pub breaker: bool,
    /// When the deployment was returned to, where it was: what its older tasks tell when they are first seen after that
    /// they suffered before.
    pub returned_at: Option<Timestamp>,
}

/// What one task tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    /// How often it has failed so far.
    total: i32,
    /// Whether that counts: a task that was healthy before does not.
    counts: bool,
    /// Whether it cannot start and will not without help.
    stuck: bool,
}

/// The failed tasks of a deployment after `before`, and when to look again without a change: always after `now`.
#[must_use]
pub fn account(
    before: &Failures,
    deployment: &str,
    tasks: &[Task],
    rules: &Rules,
    now: Timestamp,
) -> (Failures, Option<Timestamp>) {
    let mut after = begun(before, deployment);
    let own = || tasks.iter().filter(|task| task.deployment_id == deployment);
    let counted_at = after.counted_at.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    let healthy = |task: &Task| {
        let since = task.ready_since? + SignedDuration::from_secs(rules.min_ready_seconds.into());
        (since <= now).then_some(since)
    };
    if rules.reset && own().filter_map(healthy).any(|since| counted_at.is_some_and(|at| since > at)) {
        after.failed_tasks = 0;
    }
    let last = counted_at.or(rules.returned_at);
    let round = rules.breaker && last.is_some_and(|at| now >= at + REPLACED_AFTER);
    let is_older = |task: &Task| task.created_at.zip(rules.returned_at).is_some_and(|(made, at)| made < at);
    let key = |task: &Task| task.uid.chars().filter(|c| *c != '-').take(12).collect::<String>();
    let mut room = REMEMBERED.saturating_sub(own().filter(|t| after.counted.contains_key(&key(t))).count());
    let mut counted = BTreeMap::new();
    let mut new = 0;
    let mut stuck = false;
    for task in own() {
        let tally = tally(task, rules);
        let key = key(task);
        let remembered = after.counted.get(&key).copied();
        if tally.total == 0 || (remembered.is_none() && room == 0) {
            continue;
        }
        room -= usize::from(remembered.is_none());
        let known = remembered.or_else(|| is_older(task).then_some(tally.total));
        let more = tally.total - known.unwrap_or_default();
        // What is healthy now has had its trouble before.
        if tally.counts && healthy(task).is_none() {
            new += if more <= 0 && tally.stuck && round { 1 } else { more.max(0) };
            // Nobody waits for one that will not count.
            stuck |= tally.stuck;
        }
        counted.insert(key, tally.total.max(known.unwrap_or_default()));
    }
    after.counted = counted;
    if new > 0 {
        after.failed_tasks = after.failed_tasks.saturating_add(new);
        after.counted_at = Some(now.to_string());
    }
    let last = if new > 0 { Some(now) } else { last };
    let again = last.filter(|_| stuck && rules.breaker).map(|at| at + REPLACED_AFTER);
    (after, again)
}

/// What is remembered of a deployment whose tasks are not counted any more, or not yet.
#[must_use]
pub fn kept(before: &Failures, deployment: &str) -> Failures {
    Failures { counted: BTreeMap::new(), counted_at: None, ..begun(before, deployment) }
}

fn begun(before: &Failures, deployment: &str) -> Failures {
    if before.deployment_id == deployment {
        before.clone()
    } else {
        Failures { deployment_id: deployment.to_owned(), ..Failures::default() }
    }
}

fn tally(task: &Task, rules: &Rules) -> Tally {
    let Some(trouble) = &task.trouble else {
        return Tally::default();
    };
    let of_task = || trouble.of_task(|name| rules.essential.contains(name));
    // ECS knows tasks, not containers: those that end together have failed once.
    let ends = of_task().map(|c| c.ends).max().unwrap_or_default();
    let stuck = of_task().any(|c| c.stuck.is_some());
    let ran = of_task().map(|c| c.ran).max().unwrap_or_default();
    let gone = i32::from(task.state == TaskState::Failed && ends == 0);
    let was_healthy = trouble.was_ready && (gone > 0 || ran >= rules.min_ready_seconds.into());
    Tally { total: ends + i32::from(stuck) + gone, counts: !was_healthy, stuck }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rollout::trouble::{Container, Stuck, Trouble};

    fn rules() -> Rules {
        Rules {
            essential: ["app".to_owned()].into(),
            min_ready_seconds: 40,
            reset: true,
            breaker: true,
            returned_at: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).expect("a time")
    }

    fn task(uid: usize, container: Container) -> Task {
        let container = Container { name: "app".to_owned(), ..container };
        Task {
            uid: format!("{uid:08}-0000"),
            deployment_id: "d".to_owned(),
            trouble: Some(Box::new(Trouble { containers: vec![container], ..Trouble::default() })),
            ..Task::default()
        }
    }

    fn crashed(uid: usize, ends: i32) -> Task {
        task(uid, Container { ends, ran: 2, ..Container::default() })
    }

    fn stuck(uid: usize) -> Task {
        task(uid, Container { stuck: Some((Stuck::Pull, String::new())), ..Container::default() })
    }

    fn count(before: &Failures, tasks: &[Task], seconds: i64) -> Failures {
        account(before, "d", tasks, &rules(), at(seconds)).0
    }

    #[test]
    fn each_failure_counts_once() {
        let none = Failures::default();
        let first = count(&none, &[crashed(1, 1), crashed(2, 1)], 0);
        assert_eq!(first.failed_tasks, 2);
        assert_eq!(count(&first, &[crashed(1, 1), crashed(2, 1)], 5), first);
        let next = count(&first, &[crashed(1, 3), crashed(2, 1)], 9);
        assert_eq!(next.failed_tasks, 4);
    }

    #[test]
    fn a_pod_that_is_gone_stays_counted_and_is_forgotten() {
        let first = count(&Failures::default(), &[crashed(1, 2)], 0);
        let gone = count(&first, &[crashed(2, 1)], 5);
        assert_eq!((gone.failed_tasks, gone.counted.len()), (3, 1));
    }

    #[test]
    fn a_task_that_was_healthy_before_does_not_count_however_often_it_crashes() {
        let mut task = task(1, Container { ends: 1, ran: 60, ..Container::default() });
        task.trouble.as_mut().expect("trouble").was_ready = true;
        let first = count(&Failures::default(), std::slice::from_ref(&task), 0);
        assert_eq!(first.failed_tasks, 0);
        // It was ready, but had not run long enough.
        task.trouble.as_mut().expect("trouble").containers[0].ran = 30;
        assert_eq!(count(&Failures::default(), &[task], 0).failed_tasks, 1);
    }

    #[test]
    fn a_task_that_is_healthy_now_is_not_asked_for_its_past() {
        let mut task = crashed(1, 5);
        task.ready_since = Some(at(-300));
        let first = count(&Failures::default(), std::slice::from_ref(&task), 0);
        assert_eq!(first.failed_tasks, 0);
        task.ready_since = None;
        assert_eq!(count(&first, std::slice::from_ref(&task), 5).failed_tasks, 0);
        task.trouble.as_mut().expect("trouble").containers[0].ends = 6;
        assert_eq!(count(&first, &[task], 9).failed_tasks, 1);
    }

    #[test]
    fn containers_that_are_not_essential_do_not_fail_their_task_unless_others_wait_for_them() {
        let mut other = crashed(1, 4);
        other.trouble.as_mut().expect("trouble").containers[0].name = "log".to_owned();
        assert_eq!(
            count(&Failures::default(), std::slice::from_ref(&other), 0),
            begun(&Failures::default(), "d")
        );
        other.trouble.as_mut().expect("trouble").containers[0].first = true;
        assert_eq!(count(&Failures::default(), &[other], 0).failed_tasks, 4);
    }

    #[test]
    fn a_task_that_cannot_start_counts_again_every_minute() {
        let (first, again) = account(&Failures::default(), "d", &[stuck(1)], &rules(), at(0));
        assert_eq!((first.failed_tasks, again), (1, Some(at(60))));
        assert_eq!(count(&first, &[stuck(1)], 59), first);
        let second = count(&first, &[stuck(1)], 60);
        assert_eq!(second.failed_tasks, 2);
        let quiet = Rules { breaker: false, ..rules() };
        assert_eq!(account(&first, "d", &[stuck(1)], &quiet, at(900)), (first, None));
    }

    #[test]
    fn nobody_is_woken_for_a_task_that_cannot_start_again_and_was_healthy_before() {
        let mut broken = task(
            2,
            Container {
                ends: 1,
                ran: 60,
                stuck: Some((Stuck::Config, String::new())),
                ..Container::default()
            },
        );
        broken.trouble.as_mut().expect("trouble").was_ready = true;
        let first = count(&Failures::default(), &[crashed(1, 1)], 0);
        for seconds in [5, 60, 3600] {
            let (after, again) =
                account(&first, "d", &[crashed(1, 1), broken.clone()], &rules(), at(seconds));
            assert_eq!((after.failed_tasks, again), (1, None), "{seconds}");
        }
    }

    fn any_task() -> impl Strategy<Value = Task> {
        let container = (0..3_i32, any::<bool>(), prop_oneof![Just(2_i64), Just(60)]);
        let since = proptest::option::of(0..300_i64);
        (0..4_usize, container, any::<bool>(), since, -1..=1_i64).prop_map(
            |(uid, (ends, is_stuck, ran), was_ready, since, made)| {
                let stuck = is_stuck.then(|| (Stuck::Pull, String::new()));
                let mut task = task(uid, Container { ends, ran, stuck, ..Container::default() });
                task.trouble.as_mut().expect("trouble").was_ready = was_ready;
                task.ready_since = since.map(at);
                task.created_at = Some(at(made));
                task
            },
        )
    }

    proptest! {
        #[test]
        fn the_next_look_is_never_due_already(
            looks in proptest::collection::vec((proptest::collection::vec(any_task(), 0..4), 0..100_i64), 1..8),
            breaker in any::<bool>(),
            reset in any::<bool>(),
            returned in any::<bool>(),
        ) {
            let rules = Rules { breaker, reset, returned_at: returned.then(|| at(0)), ..rules() };
            let mut failures = Failures::default();
            let mut now = 0;
            for (tasks, later) in looks {
                now += later;
                let (after, again) = account(&failures, "d", &tasks, &rules, at(now));
                prop_assert!(again.is_none_or(|again| again > at(now)), "{again:?} at {}", at(now));
                failures = after;
            }
        }
    }

    #[test]
    fn a_task_that_becomes_healthy_sets_the_count_back_once() {
        let mut healthy = Task { deployment_id: "d".to_owned(), ..Task::default() };
        let first = count(&Failures::default(), &[crashed(1, 2)], 0);
        healthy.ready_since = Some(at(10));
        let tasks = [crashed(1, 2), healthy.clone()];
        assert_eq!(count(&first, &tasks, 49).failed_tasks, 2, "not healthy yet");
        let reset = count(&first, &tasks, 50);
        assert_eq!(reset.failed_tasks, 0);
        let tasks = [crashed(1, 3), healthy];
        let next = count(&reset, &tasks, 60);
        assert_eq!(next.failed_tasks, 1);
        assert_eq!(count(&next, &tasks, 70).failed_tasks, 1, "the same healthy task resets nothing more");
        let grows = Rules { reset: false, ..rules() };
        assert_eq!(account(&first, "d", &tasks, &grows, at(60)).0.failed_tasks, 3);
    }

    #[test]
    fn a_pod_that_failed_for_good_counts_once() {
        let mut task = crashed(1, 0);
        task.state = TaskState::Failed;
        let first = count(&Failures::default(), std::slice::from_ref(&task), 0);
        assert_eq!(first.failed_tasks, 1);
        assert_eq!(count(&first, &[task], 100).failed_tasks, 1);
    }

    #[test]
    fn ten_thousand_crashing_pods_are_a_small_record_that_still_reaches_every_threshold() {
        let mut failures = Failures::default();
        for round in 1..=40 {
            let mut pods: Vec<_> = (0..10_000).map(|uid| crashed(uid, round)).collect();
            // In no order that could be relied on.
            pods.rotate_left(usize::try_from(round).expect("a number") * 200);
            failures = count(&failures, &pods, round.into());
        }
        assert_eq!(failures.counted.len(), REMEMBERED);
        assert!(failures.failed_tasks >= 10_000, "{}", failures.failed_tasks);
    }

    #[test]
    fn what_tasks_suffered_before_their_deployment_was_returned_to_is_not_counted() {
        let rules = Rules { returned_at: Some(at(0)), ..rules() };
        let count = |before: &Failures, tasks: &[Task], seconds: i64| {
            account(before, "d", tasks, &rules, at(seconds)).0
        };
        let made = |seconds: i64, task: Task| Task { created_at: Some(at(seconds)), ..task };
        let first = count(&Failures::default(), &[made(-9, crashed(1, 6)), made(1, crashed(2, 2))], 5);
        assert_eq!((first.failed_tasks, first.counted.len()), (2, 2));
        let next = count(&first, &[made(-9, crashed(1, 7)), made(1, crashed(2, 2))], 9);
        assert_eq!(next.failed_tasks, 3, "what they suffer from then on is");
        let many: Vec<_> = (0..2 * REMEMBERED).map(|uid| made(-9, crashed(uid, 6))).collect();
        let first = count(&Failures::default(), &many, 5);
        assert_eq!((first.failed_tasks, first.counted.len()), (0, REMEMBERED));
    }

    #[test]
    fn a_task_that_could_not_start_before_counts_every_minute_since_its_deployment_was_returned_to() {
        let rules = Rules { returned_at: Some(at(0)), ..rules() };
        let old = Task { created_at: Some(at(-9)), ..stuck(1) };
        let tasks = std::slice::from_ref(&old);
        let (first, again) = account(&Failures::default(), "d", tasks, &rules, at(5));
        assert_eq!((first.failed_tasks, again), (0, Some(at(60))));
        let (second, again) = account(&first, "d", tasks, &rules, at(60));
        assert_eq!((second.failed_tasks, again), (1, Some(at(120))));
        let late = account(&Failures::default(), "d", tasks, &rules, at(90));
        assert_eq!((late.0.failed_tasks, late.1), (1, Some(at(150))));
    }

    #[test]
    fn another_deployment_begins_at_nothing() {
        let first = count(&Failures::default(), &[crashed(1, 2)], 0);
        let (next, _) = account(&first, "e", &[crashed(1, 2)], &rules(), at(5));
        assert_eq!((next.failed_tasks, next.deployment_id.as_str()), (0, "e"));
    }
}
