use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn auto(actions: Value) -> AutoScaling {
    let target = json!({"MinCapacity": 2, "MaxCapacity": 10});
    serde_json::from_value(json!({"scalableTarget": target, "scheduledActions": actions})).unwrap()
}

fn action(name: &str, schedule: &str, bounds: Value) -> Value {
    json!({"ScheduledActionName": name, "Schedule": schedule, "ScalableTargetAction": bounds})
}

fn day_and_night() -> AutoScaling {
    auto(json!([
        action("day", "cron(0 8 * * ? *)", json!({"MinCapacity": 4, "MaxCapacity": 20})),
        action("night", "cron(0 20 * * ? *)", json!({"MinCapacity": 0, "MaxCapacity": 1})),
    ]))
}

/// Looks at the clock at these times, one after the other, and remembers what the status would.
fn watched(auto: &AutoScaling, times: &[&str]) -> Decision {
    times.iter().fold(Decision::default(), |before, now| decide(Some(auto), before.state.as_ref(), time(now)))
}

fn in_force(decision: &Decision) -> (i32, i32) {
    let bounds = decision.state.as_ref().unwrap().in_force();
    (bounds.min_capacity, bounds.max_capacity)
}

fn applied(decision: &Decision) -> Option<&str> {
    decision.applied.as_ref().map(|applied| applied.name.as_str())
}

#[test]
fn an_action_sets_the_bounds_when_it_is_due() {
    let auto = day_and_night();
    let first = watched(&auto, &["2026-03-01T19:59:59.5Z"]);
    assert_eq!((in_force(&first), applied(&first)), ((2, 10), None), "what was due before does not count");
    assert_eq!(first.wake, Some(time("2026-03-01T20:00:00Z")));
    let second = decide(Some(&auto), first.state.as_ref(), time("2026-03-01T20:00:00Z"));
    assert_eq!((in_force(&second), applied(&second)), ((0, 1), Some("night")));
    assert_eq!(second.wake, Some(time("2026-03-02T08:00:00Z")));
    let third = decide(Some(&auto), second.state.as_ref(), time("2026-03-01T20:00:00.3Z"));
    assert_eq!((&third.state, applied(&third)), (&second.state, None), "once, and then nothing is written");
}

#[test]
fn at_a_time_the_bounds_are_what_the_last_of_each_action_leaves() {
    let bounds = |auto: &AutoScaling, now: &str| {
        let bounds = at(auto, time(now)).unwrap();
        (bounds.min_capacity, bounds.max_capacity)
    };
    let auto = day_and_night();
    assert_eq!(bounds(&auto, "2026-03-01T07:59:59Z"), (0, 1));
    assert_eq!(bounds(&auto, "2026-03-01T08:00:00Z"), (4, 20));
    let mut suspended = auto;
    let target = suspended.scalable_target.as_mut().unwrap();
    target.suspended_state = serde_json::from_value(json!({"ScheduledScalingSuspended": true})).unwrap();
    assert_eq!(bounds(&suspended, "2026-03-01T08:00:00Z"), (2, 10));
    let sale = self::auto(json!([
        action("sale", "at(2026-11-27T06:00:00)", json!({"MinCapacity": 12})),
        action("beat", "rate(5 minutes)", json!({"MinCapacity": 9})),
    ]));
    assert_eq!(bounds(&sale, "2026-11-27T05:59:59Z"), (2, 10), "since when the rate counts is not known");
    assert_eq!(bounds(&sale, "2026-11-27T06:00:00Z"), (12, 12));
}

#[test]
fn what_was_missed_is_made_up_for_once_in_the_order_of_times() {
    let auto = day_and_night();
    let late = watched(&auto, &["2026-03-01T12:00:00Z", "2026-03-05T07:00:00Z"]);
    assert_eq!((in_force(&late), applied(&late)), ((0, 1), Some("night")));
    assert_eq!(late.applied.as_ref().unwrap().due, time("2026-03-04T20:00:00Z"));
    let later = watched(&auto, &["2026-03-01T12:00:00Z", "2026-03-05T09:00:00Z"]);
    assert_eq!((in_force(&later), applied(&later)), ((4, 20), Some("day")));
}

#[test]
fn registering_the_target_again_takes_precedence() {
    let mut auto = day_and_night();
    let night = watched(&auto, &["2026-03-01T12:00:00Z", "2026-03-01T21:00:00Z"]);
    auto.scalable_target.as_mut().unwrap().max_capacity = Some(12);
    // Another action was due in the meantime, too.
    let registered = decide(Some(&auto), night.state.as_ref(), time("2026-03-02T09:00:00Z"));
    assert_eq!((in_force(&registered), applied(&registered)), ((2, 12), None));
    let next = decide(Some(&auto), registered.state.as_ref(), time("2026-03-02T20:00:00Z"));
    assert_eq!(in_force(&next), (0, 1));
    auto.scheduled_actions.clear();
    let deleted = decide(Some(&auto), next.state.as_ref(), time("2026-03-04T00:00:00Z"));
    assert_eq!(in_force(&deleted), (0, 1), "deleting an action changes no bounds");
    assert_eq!(decide(None, deleted.state.as_ref(), time("2026-03-04T00:00:00Z")), Decision::default());
}

#[test]
fn what_is_due_while_scheduled_scaling_is_suspended_is_not_made_up_for() {
    let auto = day_and_night();
    let mut suspended = auto.clone();
    suspended.scalable_target.as_mut().unwrap().suspended_state =
        serde_json::from_value(json!({"ScheduledScalingSuspended": true})).unwrap();
    let before = watched(&auto, &["2026-03-01T12:00:00Z"]);
    let during = decide(Some(&suspended), before.state.as_ref(), time("2026-03-01T21:00:00Z"));
    assert_eq!((in_force(&during), during.wake), ((2, 10), None));
    let still = decide(Some(&suspended), during.state.as_ref(), time("2026-03-02T21:00:00Z"));
    assert_eq!(still.state, during.state, "nothing is written while it is");
    let after = decide(Some(&auto), during.state.as_ref(), time("2026-03-02T09:00:00Z"));
    assert_eq!((in_force(&after), applied(&after)), ((2, 10), None));
    let next = decide(Some(&auto), after.state.as_ref(), time("2026-03-02T20:00:00Z"));
    assert_eq!(in_force(&next), (0, 1));
}

#[test]
fn a_new_or_changed_action_counts_from_when_it_is_seen() {
    let before = watched(&auto(json!([])), &["2026-03-01T07:00:00Z"]);
    let with = auto(json!([action("day", "cron(0 8 * * ? *)", json!({"MinCapacity": 4}))]));
    let added = decide(Some(&with), before.state.as_ref(), time("2026-03-01T12:00:00Z"));
    assert_eq!((in_force(&added), applied(&added)), ((2, 10), None), "eight o'clock was before it");
    let changed = auto(json!([action("day", "cron(0 11 * * ? *)", json!({"MinCapacity": 5}))]));
    let changed = decide(Some(&changed), added.state.as_ref(), time("2026-03-02T12:00:00Z"));
    assert_eq!(in_force(&changed), (2, 10));
}

#[test]
fn a_rate_counts_from_when_it_is_seen() {
    let auto = auto(json!([action("often", "rate(10 minutes)", json!({"MaxCapacity": 3}))]));
    let seen = watched(&auto, &["2026-03-01T12:03:07.9Z"]);
    assert_eq!(seen.wake, Some(time("2026-03-01T12:13:07Z")));
    let due = decide(Some(&auto), seen.state.as_ref(), time("2026-03-01T12:13:07Z"));
    assert_eq!((in_force(&due), due.wake), ((2, 3), Some(time("2026-03-01T12:23:07Z"))));
}

#[test]
fn a_bound_that_an_action_does_not_give_makes_way() {
    for (bounds, expected) in [
        (json!({"MinCapacity": 12}), (12, 12)),
        (json!({"MaxCapacity": 1}), (1, 1)),
        (json!({"MaxCapacity": 0}), (0, 0)),
        (json!({"MinCapacity": 5}), (5, 10)),
    ] {
        let auto = auto(json!([action("a", "at(2026-03-01T08:00:00)", bounds)]));
        let done = watched(&auto, &["2026-03-01T07:00:00Z", "2026-03-01T08:00:01Z"]);
        assert_eq!((in_force(&done), done.wake), (expected, None));
    }
}

#[test]
fn of_two_that_are_due_at_once_the_later_one_in_the_list_counts() {
    let at = "at(2026-03-01T08:00:00)";
    let auto =
        auto(json!([action("b", at, json!({"MinCapacity": 5})), action("a", at, json!({"MinCapacity": 6}))]));
    assert_eq!(in_force(&watched(&auto, &["2026-03-01T07:00:00Z", "2026-03-01T08:00:01Z"])), (6, 10));
}

#[test]
fn what_is_wrong_leaves_the_bounds_as_they_are() {
    let auto = day_and_night();
    let night = watched(&auto, &["2026-03-01T12:00:00Z", "2026-03-01T21:00:00Z"]);
    let mut wrong = auto.clone();
    wrong.scalable_target.as_mut().unwrap().max_capacity = Some(1);
    let kept = decide(Some(&wrong), night.state.as_ref(), time("2026-03-02T09:00:00Z"));
    assert_eq!(kept.state, night.state);
    let mut half = auto;
    half.scheduled_actions[0].schedule = Some("cron(nonsense)".into());
    let other = decide(Some(&half), night.state.as_ref(), time("2026-03-02T20:00:00Z"));
    assert_eq!(applied(&other), Some("night"), "the others are carried out");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Whenever the operator looks, and however long it was away: where it looks last it has the bounds that it
    /// would have if it had never looked away.
    #[test]
    fn whoever_looks_now_and_then_ends_where_one_ends_who_always_looks(
        schedules in prop::collection::vec(
            prop::sample::select(vec![
                "cron(0 8 * * ? *)", "cron(30 8/5 * * ? *)", "cron(0 20 ? * MON *)", "rate(7 hours)", "at(2026-03-01T15:45:00)",
            ]),
            1..4,
        ),
        looks in prop::collection::btree_set(1_i64..2880, 0..6),
    ) {
        let actions = schedules.iter().enumerate().map(|(i, schedule)| {
            action(&format!("a{i}"), schedule, json!({"MinCapacity": i, "MaxCapacity": i + 5}))
        });
        let auto = auto(actions.collect());
        let start = time("2026-03-01T00:00:00Z");
        let at = |minute: i64| start + SignedDuration::from_mins(minute);
        let look = |minutes: &mut dyn Iterator<Item = i64>| {
            let first = decide(Some(&auto), None, start);
            minutes.fold(first, |before, minute| decide(Some(&auto), before.state.as_ref(), at(minute)))
        };
        // Nothing is due between.
        let always = look(&mut (1..=576).map(|step| step * 5));
        let sometimes = look(&mut looks.into_iter().chain([2880]));
        prop_assert_eq!(in_force(&always), in_force(&sometimes));
        prop_assert_eq!(always.wake, sometimes.wake);
        prop_assert_eq!(always.state.unwrap().last_scheduled_action, sometimes.state.unwrap().last_scheduled_action);
    }
}
