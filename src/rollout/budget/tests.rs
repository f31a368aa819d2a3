//! Budgets, and rollouts under them by a small model of Kubernetes' Deployment controller.

use proptest::prelude::*;

use super::*;
use crate::capacity::strategy::{Share, split};

const DONE: State = State::Current { settled: true, healthy: true };
const UNDER_WAY: State = State::Current { settled: false, healthy: false };
const NOT_BEGUN: State = State::Old { settled: true };

fn children(counts: &[u32], states: &[State]) -> Vec<Child> {
    let child = |(&count, &state)| {
        let live =
            if state == State::New { Live::default() } else { Live { count, total: count, healthy: count } };
        Child { count, state, live }
    };
    counts.iter().zip(states).map(child).collect()
}

fn budget(step: &Step) -> (i32, i32) {
    let Unavailable::Tasks(unavailable) = step.unavailable else { panic!("{step:?}") };
    (unavailable, step.surge)
}

#[test]
fn a_child_whose_share_is_nothing_waits_until_another_is_done() {
    let begun = replica(2, 50, 100, &children(&[1, 1], &[NOT_BEGUN, NOT_BEGUN]));
    assert_eq!((budget(&begun[0]), begun[0].keeps), ((1, 0), false));
    assert_eq!((budget(&begun[1]), begun[1].keeps, begun[1].paused), ((1, 0), true, false));
    let waits = replica(2, 50, 100, &children(&[1, 1], &[UNDER_WAY, NOT_BEGUN]));
    assert!(!waits[0].is_held() && waits[1].keeps);
    let next = replica(2, 50, 100, &children(&[1, 1], &[DONE, NOT_BEGUN]));
    assert_eq!((budget(&next[1]), next[1].is_held()), ((1, 0), false));
    assert_eq!(next[0], begun[0], "what is done is not written again");
}

#[test]
fn the_percentage_of_a_single_child_is_the_number_as_kubernetes_rounds_it() {
    for count in 1..=500u32 {
        for minimum in 0..=100 {
            let whole = rolling(count.cast_signed(), minimum, 200);
            let step =
                replica(count.cast_signed(), minimum, 200, &children(&[count], &[NOT_BEGUN])).remove(0);
            let Unavailable::Percent(percent) = step.unavailable else { panic!("{step:?}") };
            assert_eq!(
                (count.cast_signed() * percent / 100, step.surge),
                (whole.max_unavailable, whole.max_surge)
            );
        }
    }
}

#[test]
fn a_first_deployment_is_never_blocked() {
    for states in [[State::New; 2], [State::Current { settled: true, healthy: false }; 2]] {
        let steps = replica(2, 100, 100, &children(&[1, 1], &states));
        assert!(steps.iter().all(|step| !step.is_held() && budget(step) == (1, 0)), "{steps:?}");
    }
    assert!(!replica(1, 50, 100, &children(&[1], &[State::New]))[0].is_held());
}

#[test]
fn what_has_begun_stands_still_and_what_has_not_keeps_its_template() {
    let of = |state| replica(1, 50, 100, &children(&[1], &[state]))[0].clone();
    assert_eq!((of(UNDER_WAY).paused, of(UNDER_WAY).keeps), (true, false));
    assert_eq!((of(NOT_BEGUN).paused, of(NOT_BEGUN).keeps), (false, true));
    let between = of(State::Old { settled: false });
    assert!(between.paused && between.keeps, "an earlier rollout must not go on either");
    assert!(!of(DONE).is_held());
}

#[test]
fn a_failed_deployment_stops_where_it_stands() {
    let all = children(&[2, 2], &[UNDER_WAY, NOT_BEGUN]);
    let mut steps = replica(4, 100, 200, &all);
    stop(&mut steps, &all, &Failed { deployment: "d".to_owned(), tasks: 3 });
    let found: Vec<_> = steps.iter().map(|step| (step.keeps, step.paused, step.is_held())).collect();
    assert_eq!(found, [(false, true, false), (true, false, false)]);
}

#[test]
fn daemons_round_down_as_ecs_does() {
    let of =
        |nodes: u32, minimum: i32, state| daemon(minimum, true, &children(&[nodes], &[state]))[0].clone();
    for (nodes, minimum, expected) in
        [(3, 50, 1), (3, 66, 1), (3, 67, 1), (10, 90, 1), (10, 95, 1), (10, 45, 5)]
    {
        assert_eq!(budget(&of(nodes, minimum, DONE)), (expected, 0), "{nodes} at {minimum}");
    }
    assert!(of(3, 67, NOT_BEGUN).keeps && of(10, 95, UNDER_WAY).paused && !of(3, 66, NOT_BEGUN).is_held());
    assert_eq!(of(3, 0, NOT_BEGUN).unavailable, Unavailable::Percent(100));
    let unknown = daemon(50, false, &children(&[0], &[State::New]));
    assert_eq!(unknown[0].unavailable, Unavailable::Percent(50));
}

#[test]
fn sums_are_the_services_own_budget_for_every_count_and_every_percentage() {
    let shares = [Share { base: 1, weight: 1 }, Share { base: 0, weight: 3 }, Share { base: 0, weight: 1 }];
    for count in 0..=120 {
        let counts = split(count, &shares);
        let all = children(&counts, &[NOT_BEGUN; 3]);
        let count = count.cast_signed();
        for minimum in 0..=100 {
            for maximum in [100, 101, 125, 133, 150, 199, 200, 400] {
                let whole = rolling(count, minimum, maximum);
                let steps = replica(count, minimum, maximum, &all);
                let of = |step: &Step| if step.keeps { (0, 0) } else { budget(step) };
                let rolls =
                    || steps.iter().zip(&all).filter(|(_, child)| child.count > 0).map(|(step, _)| of(step));
                assert_eq!(rolls().map(|(unavailable, _)| unavailable).sum::<i32>(), whole.max_unavailable);
                assert_eq!(rolls().map(|(_, surge)| surge).sum::<i32>(), whole.max_surge);
            }
        }
    }
}

/// A Deployment: tasks by the deployment that made them, the newest template last.
#[derive(Clone, Debug, Default)]
struct Model {
    template: usize,
    replicas: i32,
    tasks: Vec<i32>,
    /// Those of the newest that are not healthy yet.
    starting: i32,
    paused: bool,
    unavailable: i32,
    surge: i32,
}

impl Model {
    fn total(&self) -> i32 {
        self.tasks.iter().sum()
    }

    fn healthy(&self) -> i32 {
        self.total() - self.starting
    }

    fn state(&self, target: usize, share: u32) -> State {
        let settled = self.tasks.iter().enumerate().all(|(i, n)| i == self.template || *n == 0);
        if self.template < target {
            State::Old { settled }
        } else {
            State::Current { settled, healthy: self.live().healthy >= share.max(self.live().count) }
        }
    }

    fn live(&self) -> Live {
        let [total, healthy] = [self.total(), self.healthy()].map(i32::unsigned_abs);
        Live { count: self.replicas.unsigned_abs(), total, healthy }
    }

    /// What the API server would refuse, and what must never happen.
    fn write(&mut self, step: &Step, target: usize) {
        let count = step.count.cast_signed();
        let unavailable = match step.unavailable {
            Unavailable::Percent(percent) => {
                assert!((0..=100).contains(&percent));
                assert!(percent > 0 || step.surge > 0, "refused: {step:?}");
                count * percent / 100
            }
            Unavailable::Tasks(tasks) => {
                assert!(tasks > 0 || step.surge > 0, "refused: {step:?}");
                tasks
            }
        };
        assert!(unavailable >= 0 && step.surge >= 0);
        if !step.keeps {
            assert!(target >= self.template, "a template goes back");
            self.template = target;
        }
        (self.unavailable, self.surge) = (unavailable, step.surge);
        (self.replicas, self.paused) = (count, step.paused);
        self.tasks.resize(self.tasks.len().max(self.template + 1), 0);
    }

    fn start(&mut self, tasks: i32) {
        self.tasks[self.template] += tasks;
        self.starting += tasks;
    }

    /// One round of the controller; every task that was started in the one before is healthy now.
    fn run(&mut self) {
        self.starting = 0;
        // A changed count is followed whether paused or not: up by the newest, down by the oldest.
        let rolls = self.tasks.iter().enumerate().any(|(i, n)| i != self.template && *n > 0);
        let most = self.replicas + if rolls { self.surge } else { 0 };
        let mut spare = self.total() - most;
        for tasks in &mut self.tasks {
            let stopped = spare.clamp(0, *tasks);
            *tasks -= stopped;
            spare -= stopped;
        }
        let missing = (self.replicas - self.total()).max(0);
        self.start(missing);
        if self.paused || !rolls {
            return;
        }
        self.start((most - self.total()).min(self.replicas - self.tasks[self.template]).max(0));
        let mut spare = self.healthy() - (self.replicas - self.unavailable);
        for (i, tasks) in self.tasks.iter_mut().enumerate() {
            if i != self.template {
                let stopped = spare.clamp(0, *tasks);
                *tasks -= stopped;
                spare -= stopped;
            }
        }
    }
}

fn decide(models: &mut [Model], exists: bool, count: i32, percents: (i32, i32), target: usize) {
    let weights = vec![1; models.len()];
    decide_by(&weights, models, |_| exists, count, percents, target);
}

/// Decides once for providers of these weights; the share of each.
fn decide_by(
    weights: &[u32],
    models: &mut [Model],
    exists: impl Fn(usize) -> bool,
    count: i32,
    percents: (i32, i32),
    target: usize,
) -> Vec<u32> {
    let shares: Vec<Share> = weights.iter().map(|&weight| Share { base: 0, weight }).collect();
    let counts = split(count.unsigned_abs(), &shares);
    let child = |(number, (model, &count)): (usize, (&Model, &u32))| {
        let state = if exists(number) { model.state(target, count) } else { State::New };
        Child { count, state, live: model.live() }
    };
    let all: Vec<_> = models.iter().zip(&counts).enumerate().map(child).collect();
    let steps = replica(count, percents.0, percents.1, &all);
    for (model, step) in models.iter_mut().zip(&steps) {
        model.write(step, target);
    }
    counts
}

/// What must never happen, whatever moves and rolls.
fn within(models: &[Model], count: i32, whole: &Rolling) -> Result<(), TestCaseError> {
    let healthy: i32 = models.iter().map(Model::healthy).sum();
    let running: i32 = models.iter().map(Model::total).sum();
    prop_assert!(healthy >= count - whole.max_unavailable, "{:?}", models);
    prop_assert!(running <= count + whole.max_surge, "{:?}", models);
    Ok(())
}

proptest! {
    #[test]
    fn whatever_changes_in_the_middle_no_write_is_refused_and_no_template_goes_back(
        providers in 1usize..4,
        first in 0i32..9,
        percents in prop::sample::select(vec![(100, 200), (50, 100), (0, 100), (50, 150), (75, 125), (95, 100), (100, 110)]),
        changes in prop::collection::vec((0u8..4, 0i32..9), 1..24),
    ) {
        let mut models = vec![Model::default(); providers];
        let (mut count, mut target) = (first, 0);
        decide(&mut models, false, count, percents, target);
        for (what, number) in changes {
            match what {
                0 => count = number,
                1 => target += 1,
                _ => models.iter_mut().for_each(Model::run),
            }
            decide(&mut models, true, count, percents, target);
        }
        // With room for a task more, everything comes to its end.
        let rounds = 8 * (count.unsigned_abs() as usize + providers + target) + 8;
        for _ in 0..rounds {
            decide(&mut models, true, count, (0, 200), target);
            models.iter_mut().for_each(Model::run);
        }
        for model in &models {
            prop_assert_eq!(model.state(target, model.replicas.unsigned_abs()), DONE, "{:?}", models);
            prop_assert_eq!(model.total(), model.replicas);
        }
    }

    #[test]
    fn a_rollout_never_passes_ecs_bounds(
        providers in 1usize..4,
        count in 0i32..30,
        minimum in 0i32..=100,
        maximum in 100i32..=300,
    ) {
        let mut models = vec![Model::default(); providers];
        decide(&mut models, false, count, (minimum, maximum), 0);
        (0..2).for_each(|_| models.iter_mut().for_each(Model::run));
        let whole = rolling(count, minimum, maximum);
        for _ in 0..4 * count + 4 {
            decide(&mut models, true, count, (minimum, maximum), 1);
            // Stopping and starting in the same round is what costs most.
            models.iter_mut().for_each(Model::run);
            within(&models, count, &whole)?;
        }
        let rolled = models.iter().all(|model| model.state(1, model.replicas.unsigned_abs()) == DONE);
        prop_assert_eq!(rolled, !whole.blocked, "{:?}", models);
    }

    /// A provider that joins, weights that change, and a new template at the same time.
    #[test]
    fn tasks_that_move_between_providers_never_pass_ecs_bounds(
        before in prop::collection::vec(0u32..5, 2..4),
        after in prop::collection::vec(1u32..5, 3),
        count in 0i32..30,
        minimum in 0i32..=100,
        maximum in 100i32..=300,
        target in 0usize..2,
    ) {
        prop_assume!(before.iter().any(|&weight| weight > 0));
        let providers = before.len();
        let after = &after[..providers];
        let mut models = vec![Model::default(); providers];
        let first = decide_by(&before, &mut models, |_| false, count, (minimum, maximum), 0);
        (0..2).for_each(|_| models.iter_mut().for_each(Model::run));
        prop_assert!(models.iter().zip(&first).all(|(model, share)| model.total() == share.cast_signed()));
        let whole = rolling(count, minimum, maximum);
        let mut shares = Vec::new();
        for round in 0..8 * count + 8 {
            // What had no weight is not there yet.
            let exists = |i: usize| before[i] > 0 || round > 0;
            shares = decide_by(after, &mut models, exists, count, (minimum, maximum), target);
            models.iter_mut().for_each(Model::run);
            within(&models, count, &whole)?;
        }
        if !whole.blocked {
            for (model, share) in models.iter().zip(shares) {
                prop_assert_eq!(model.total(), share.cast_signed(), "{:?}", models);
            }
        }
    }
}
