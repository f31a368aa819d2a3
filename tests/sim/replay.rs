//! Every story again, with something going wrong: the end is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::outcome::differences;
use crate::process::Fortune;
use crate::server::faults::Faults;
use crate::stories::{self, Story};
use crate::telling::{Outcome, tell};

/// Environment variable: how many seeds each story is told with where chance plays a part. With it every write of a
/// story is one after which the operator is killed, without it only some are.
const SEEDS: &str = "ECS_BRIDGE_SEEDS";
/// How many writes these are without it.
const SOME: usize = 3;

/// Events that are told once, whatever happens.
const MILESTONES: &[&str] = &[
    "RolledBack",
    "ServiceAutoscalerConflict",
    "ServiceDeploymentCompleted",
    "ServiceDeploymentFailed",
    "TaskDefinitionRegistered",
];
/// Events that are told once at most: what they tell of may be over before anybody tells it.
const TROUBLES: &[&str] = &["ServiceTaskPlacementFailure", "ServiceTaskStartImpaired", "TaskFailed"];

fn seeds() -> Option<u64> {
    std::env::var(SEEDS).ok().map(|text| text.parse().expect("a number of seeds"))
}

/// Writes of a telling after which something happens, from 1.
fn moments(undisturbed: &Outcome) -> impl Iterator<Item = usize> {
    let count = undisturbed.writes.len();
    let step = if seeds().is_some() { 1 } else { count.div_ceil(SOME) };
    (1..=count).step_by(step)
}

/// A telling where something goes wrong ends like the undisturbed one.
fn same_end(what: &str, undisturbed: &Outcome, disturbed: &Outcome) {
    let differences = differences(&undisturbed.state, &disturbed.state);
    assert!(differences.is_empty(), "{what}:\n{}\nwrites: {:#?}", differences.join("\n"), disturbed.writes);
    let told = |outcome: &Outcome, which: &[&str]| {
        let mut counts = BTreeMap::new();
        for (reason, note) in outcome.events.iter().filter(|(reason, _)| which.contains(&reason.as_str())) {
            *counts.entry(format!("{reason}: {note}")).or_insert(0) += 1;
        }
        counts
    };
    let milestones = [undisturbed, disturbed].map(|outcome| told(outcome, MILESTONES));
    assert_eq!(milestones[0], milestones[1], "{what}\nwrites: {:#?}", disturbed.writes);
    let once = told(disturbed, TROUBLES).into_iter().filter(|(_, count)| *count > 1).collect::<Vec<_>>();
    assert!(once.is_empty(), "{what}: {once:#?}");
    // Tasks that somebody's hand makes for a moment may be seen in one telling and not in another; others are told of that were
    // there before.
    let (most, found) =
        (started(undisturbed).max(i64::try_from(disturbed.pods).unwrap()), started(disturbed));
    assert!(found <= most, "{what}: {found} of {most}: {:#?}", disturbed.events);
}

/// Tasks that were started, as the events tell it.
fn started(outcome: &Outcome) -> i64 {
    let of = |note: &str| note.split(' ').find_map(|word| word.parse::<i64>().ok()).unwrap_or_default();
    let events = outcome.events.iter().filter(|(reason, _)| reason == "ServiceTaskStarted");
    events.map(|(_, note)| of(note.rsplit(')').next().unwrap_or_default())).sum()
}

/// The operator ends after its k-th write, for every k, and another one goes on.
fn killed_at_every_write(story: Story, undisturbed: &Outcome) {
    for k in moments(undisturbed) {
        let fortune = Fortune::once(1, Faults { kill_after: Some(k), ..Faults::default() });
        let disturbed = tell(story, &fortune);
        same_end(&format!("killed after write {k}"), undisturbed, &disturbed);
        // It may have come to the same with one write less.
        assert!(disturbed.started == 2 || disturbed.writes.len() < k, "not killed after write {k}");
    }
}

/// No operator lives for long, and another one goes on each time.
fn killed_again_and_again(story: Story, undisturbed: &Outcome) {
    let often: &[usize] = if seeds().is_some() { &[6, 9] } else { &[6] };
    for &k in often {
        let disturbed = tell(story, &Fortune::always(1, Faults { kill_after: Some(k), ..Faults::default() }));
        same_end(&format!("killed after every {k} writes"), undisturbed, &disturbed);
    }
}

/// The k-th write is done and its answer is lost, for every k; the process goes on.
fn answers_are_lost(story: Story, undisturbed: &Outcome) {
    for k in moments(undisturbed) {
        let fortune = Fortune::once(1, Faults { lose_answer: Some(k), ..Faults::default() });
        same_end(&format!("answer {k} lost"), undisturbed, &tell(story, &fortune));
    }
}

/// Conflicts, errors, and watches that are late, end early, or have to begin anew.
fn everything_goes_wrong(story: Story, undisturbed: &Outcome) {
    for seed in 0..seeds().unwrap_or(1) {
        let faults = Faults {
            conflicts: 15,
            errors: 10,
            delay: Duration::from_millis(if seed % 2 == 0 { 50 } else { 2000 }),
            cuts: 10,
            gone: 5,
            ..Faults::default()
        };
        let fortune = Fortune { compaction: Some(Duration::from_secs(3)), ..Fortune::always(seed, faults) };
        same_end(&format!("seed {seed}"), undisturbed, &tell(story, &fortune));
    }
}

/// Two replicas, of which the one that leads ends again and again.
fn leaders_come_and_go(story: Story, undisturbed: &Outcome) {
    for seed in 0..seeds().unwrap_or(1) {
        let faults = move |number: usize| Faults {
            kill_after: Some(3 + (number * 7 + usize::try_from(seed).expect("a small number")) % 11),
            errors: 5,
            ..Faults::default()
        };
        let fortune = Fortune { replicas: 2, faults: Arc::new(faults), ..Fortune::kind(seed) };
        let disturbed = tell(story, &fortune);
        same_end(&format!("seed {seed}"), undisturbed, &disturbed);
        let turns: BTreeSet<_> = disturbed.turns.iter().collect();
        assert_eq!(
            turns.len(),
            disturbed.turns.len(),
            "seed {seed}: two wrote at a time: {:?}",
            disturbed.turns
        );
    }
}

macro_rules! replayed {
    ($($story:ident),+ $(,)?) => {
        $(replayed!(@ $story: killed_at_every_write, killed_again_and_again, answers_are_lost, everything_goes_wrong,
            leaders_come_and_go);)+
    };
    (@ $story:ident: $($way:ident),+) => {
        mod $story {
            use super::stories::$story as story;
            use super::{Fortune, LazyLock, Outcome, tell};

            static UNDISTURBED: LazyLock<Outcome> = LazyLock::new(|| tell(story, &Fortune::kind(1)));

            $(#[test]
            fn $way() {
                super::$way(story, &UNDISTURBED);
            })+
        }
    };
}

replayed!(
    first_deployment,
    refused_pods,
    refused_daemon_pods,
    rolling_update,
    rolling_update_in_place,
    another_provider_joins,
    providers_roll_in_place,
    bad_image_and_a_good_one,
    bad_image_rolls_back,
    crash_loop_rolls_back,
    scale_while_rolling,
    scaled_while_a_count_is_taken_over,
    repair,
    invalid_then_valid,
    delete,
    exact,
    exact_and_full,
    daemon,
    left_behind,
    left_behind_and_held,
    record_of_another_release,
    refused_records,
    autoscaler_of_a_child,
    autoscaled,
    scheduled,
    behind_a_load_balancer,
    volumes,
);

/// A change that is made while a status is on its way comes back with the answer to that, and never again.
#[test]
fn a_change_that_a_status_overtakes_is_not_lost() {
    tell(stories::changes_in_quick_succession, &Fortune::kind(1));
}
