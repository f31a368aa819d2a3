//! The count in force: what is declared, what was scaled, and the bounds of auto scaling.
//!
//! Works on the spec as the API server has it, because counts are followed even while the rest of the spec
//! is invalid.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::ecs_service::Capacities;

/// How many tasks the service should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The count in force.
    pub in_force: i32,
    /// Whether `kubernetes.scaledCount` has to be written, because it does not say so.
    pub write: bool,
}

/// What the status remembers of counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The `desiredCount` that was last taken over; `None` where there was none.
    pub declared: Option<i32>,
    /// The count that was in force.
    pub in_force: i32,
}

/// The count in force; `None` for a DAEMON service, which has none.
///
/// A `desiredCount` that *changed* sets the count, as UpdateService does; the same one applied again does not, so
/// that scaling survives `kubectl apply`, even of a manifest that wipes `kubernetes.scaledCount`. With auto scaling
/// the count is kept within the bounds in force. `before` is `None` for a service that was never looked at.
#[must_use]
pub fn in_force(spec: &Value, before: Option<Before>, bounds: Option<Capacities>) -> Option<Count> {
    if spec.get("schedulingStrategy").and_then(Value::as_str) == Some("DAEMON") {
        return None;
    }
    let number = |pointer: &str| {
        let value = spec.pointer(pointer)?.as_i64()?;
        i32::try_from(value).ok().filter(|n| *n >= 0)
    };
    let desired = number("/desiredCount");
    let scaled = number("/kubernetes/scaledCount");
    let minimum = bounds.map(|bounds| bounds.min_capacity);
    let maximum = bounds.map(|bounds| bounds.max_capacity);
    let redeclared = desired.filter(|_| before.is_some_and(|before| before.declared != desired));
    let known = scaled.or(before.map(|before| before.in_force));
    let wanted = redeclared.or(known).or(desired).unwrap_or_else(|| minimum.unwrap_or(1).max(1));
    let raised = minimum.map_or(wanted, |minimum| wanted.max(minimum));
    let in_force = maximum.map_or(raised, |maximum| raised.min(maximum));
    Some(Count { in_force, write: scaled != Some(in_force) })
}

/// The `desiredCount` that the spec declares, to be remembered once it was taken over.
#[must_use]
pub fn declared(spec: &Value) -> Option<i32> {
    spec.get("desiredCount").and_then(Value::as_i64).and_then(|n| i32::try_from(n).ok())
}

/// What stands beside a count that was written: which `desiredCount` was taken over with it.
///
/// The status says so as well, but is another write. Whoever scales between the two is not overruled, even where the
/// operator ends there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    uid: String,
    generation: i64,
    declared: Option<i32>,
}

impl TakenOver {
    /// That of a spec of this generation of an object.
    #[must_use]
    pub fn of(uid: &str, generation: i64, spec: &Value) -> Self {
        Self { uid: uid.to_owned(), generation, declared: declared(spec) }
    }

    /// The `desiredCount` that it says was taken over, if a status that has seen the object up to `observed` cannot know it yet:
    /// a written count makes a new generation. Annotations that came along from another object say nothing.
    #[must_use]
    pub fn unsaid(text: &str, uid: &str, observed: i64) -> Option<i32> {
        let taken: Self = serde_json::from_str(text).ok()?;
        taken.declared.filter(|_| taken.uid == uid && taken.generation >= observed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_taken_over_is_known_without_the_status_until_that_has_seen_it() {
        let text = serde_json::to_string(&TakenOver::of("u1", 7, &json!({"desiredCount": 5}))).expect("JSON");
        assert_eq!(TakenOver::unsaid(&text, "u1", 6), Some(5));
        assert_eq!(TakenOver::unsaid(&text, "u1", 7), Some(5));
        assert_eq!(TakenOver::unsaid(&text, "u1", 8), None, "the status has seen the count that was written");
        assert_eq!(TakenOver::unsaid(&text, "u2", 6), None, "a copy of the object");
        assert_eq!(TakenOver::unsaid("{}", "u1", 6), None);
        let nothing = serde_json::to_string(&TakenOver::of("u1", 7, &json!({}))).expect("JSON");
        assert_eq!(TakenOver::unsaid(&nothing, "u1", 6), None);
    }

    fn count(spec: &Value, before: Option<(Option<i32>, i32)>) -> (i32, bool) {
        let before = before.map(|(declared, in_force)| Before { declared, in_force });
        let count = in_force(spec, before, None).expect("a replica service");
        (count.in_force, count.write)
    }

    fn bounded(spec: &Value, before: Option<(Option<i32>, i32)>, (least, most): (i32, i32)) -> (i32, bool) {
        let before = before.map(|(declared, in_force)| Before { declared, in_force });
        let bounds = Capacities { min_capacity: least, max_capacity: most };
        let count = in_force(spec, before, Some(bounds)).expect("a replica service");
        (count.in_force, count.write)
    }

    #[test]
    fn the_first_count_is_the_declared_one() {
        assert_eq!(count(&json!({"desiredCount": 3}), None), (3, true));
        assert_eq!(count(&json!({}), None), (1, true));
    }

    #[test]
    fn without_a_declared_count_auto_scaling_starts_at_its_minimum() {
        assert_eq!(bounded(&json!({}), None, (4, 8)), (4, true));
        assert_eq!(bounded(&json!({}), None, (0, 8)), (1, true));
    }

    #[test]
    fn applying_the_same_manifest_again_keeps_the_scaled_count() {
        let spec = json!({"desiredCount": 3, "kubernetes": {"scaledCount": 7}});
        assert_eq!(count(&spec, Some((Some(3), 7))), (7, false));
        assert_eq!(count(&spec, None), (7, false));
        assert_eq!(count(&json!({"desiredCount": 3}), Some((Some(3), 7))), (7, true));
    }

    #[test]
    fn a_changed_desired_count_sets_the_count() {
        let spec = json!({"desiredCount": 5, "kubernetes": {"scaledCount": 7}});
        assert_eq!(count(&spec, Some((Some(3), 7))), (5, true));
    }

    #[test]
    fn a_desired_count_that_comes_later_sets_the_count() {
        let spec = json!({"desiredCount": 5, "kubernetes": {"scaledCount": 1}});
        assert_eq!(count(&spec, Some((None, 1))), (5, true));
    }

    #[test]
    fn auto_scaling_keeps_the_count_within_its_bounds() {
        let spec = |scaled: i32| json!({"kubernetes": {"scaledCount": scaled}});
        assert_eq!(bounded(&spec(9), None, (2, 4)), (4, true));
        assert_eq!(bounded(&spec(0), None, (2, 4)), (2, true));
        assert_eq!(bounded(&spec(3), None, (2, 4)), (3, false));
        assert_eq!(bounded(&spec(3), Some((None, 3)), (0, 0)), (0, true), "an action may stop all tasks");
    }

    #[test]
    fn daemon_services_have_no_count() {
        assert_eq!(in_force(&json!({"schedulingStrategy": "DAEMON", "desiredCount": 3}), None, None), None);
    }
}
