//! The bounds of the count in force: the scalable target's, as scheduled actions have changed them.
//!
//! An action that was due while nobody looked is made up for once: of each the latest time, in the order of times,
//! so that the bounds are what they would be. The time of the last one is remembered, so that no action is carried out
//! again. Registering the target again, which is what a change of its capacities is, takes precedence over all that
//! was due before. What is due while scheduled scaling is suspended is not made up for, as Application Auto Scaling
//! says; what a schedule would have done before it was seen here is not its business either.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::api::ecs::{ScalableTarget, ScheduledAction};
use crate::api::ecs_service::{AutoScaling, Capacities, ScalingStatus, SeenAction};
use crate::ecs::schedule::{self, Frame, Schedule};
use crate::model::name;

/// Digits of the hash that tells one wording of an action from another.
const DIGITS: usize = 8;

/// What is in force now, and until when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    /// What the status has to remember; `None` without a scalable target.
    pub state: Option<ScalingStatus>,
    /// The scheduled action that was carried out last in this decision.
    pub applied: Option<Applied>,
    /// When the next action is due.
    pub wake: Option<Timestamp>,
}

/// A scheduled action that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its name.
    pub name: String,
    /// When it was due.
    pub due: Timestamp,
}

/// Decides about the bounds.
///
/// `before` is what the status remembers; without it nothing has been due yet.
#[must_use]
pub fn decide(auto: Option<&AutoScaling>, before: Option<&ScalingStatus>, now: Timestamp) -> Decision {
    let Some((auto, target)) = auto.and_then(|auto| Some((auto, auto.scalable_target.as_ref()?))) else {
        return Decision::default();
    };
    let Some(registered) = registered(target) else {
        // Not valid: what is in force stays so until it is.
        return Decision { state: before.cloned(), ..Decision::default() };
    };
    let suspended = is_suspended(target);
    let actions = actions(auto, before, now);
    let known = before.filter(|before| before.scalable_target == registered);
    let (in_force, until, applied) = match known {
        Some(known) if suspended || known.scheduled_scaling_suspended => {
            let resumed = !suspended;
            (known.in_force(), if resumed { second(now) } else { known.actions_until.clone() }, None)
        }
        Some(known) => carry_out(known, &actions, now),
        None => (registered, second(now), None),
    };
    let wake = actions
        .iter()
        .filter(|_| !suspended)
        .filter_map(|action| action.schedule.next(now, &action.frame))
        .min();
    let state = ScalingStatus {
        min_capacity: in_force.min_capacity,
        max_capacity: in_force.max_capacity,
        scalable_target: registered,
        last_scheduled_action: match &applied {
            Some(Applied { name, .. }) => Some(name.clone()),
            None => known.and_then(|known| known.last_scheduled_action.clone()),
        },
        actions_until: until,
        scheduled_scaling_suspended: suspended,
        scheduled_actions: actions.into_iter().map(|action| action.seen).collect(),
    };
    Decision { state: Some(state), applied, wake }
}

/// The bounds at a time, if the target and its actions had always been there: as the last time that each action was due
/// leaves them. What counts from when it was made, as a `rate` without a start does, has changed nothing: nobody knows
/// here when that was.
#[must_use]
pub fn at(auto: &AutoScaling, now: Timestamp) -> Option<Capacities> {
    let target = auto.scalable_target.as_ref()?;
    let mut bounds = registered(target)?;
    if !is_suspended(target) {
        for (_, action) in due(&actions(auto, None, now), |_| Timestamp::UNIX_EPOCH, now) {
            bounds.change(action.minimum, action.maximum);
        }
    }
    Some(bounds)
}

fn is_suspended(target: &ScalableTarget) -> bool {
    target.suspended_state.as_ref().is_some_and(|state| state.scheduled_scaling_suspended == Some(true))
}

/// The bounds of the target, where they are such.
#[must_use]
pub fn registered(target: &ScalableTarget) -> Option<Capacities> {
    let (min_capacity, max_capacity) = (target.min_capacity?, target.max_capacity?);
    (0 <= min_capacity && min_capacity <= max_capacity).then_some(Capacities { min_capacity, max_capacity })
}

/// An action that can be carried out.
struct Action {
    seen: SeenAction,
    since: Timestamp,
    schedule: Schedule,
    frame: Frame,
    minimum: Option<i32>,
    maximum: Option<i32>,
}

/// The actions that can be read, each with the time since when it is known in this wording.
fn actions(auto: &AutoScaling, before: Option<&ScalingStatus>, now: Timestamp) -> Vec<Action> {
    let seen = before.map_or(&[][..], |before| &before.scheduled_actions);
    auto.scheduled_actions.iter().filter_map(|action| read(action, seen, now)).collect()
}

fn read(action: &ScheduledAction, seen: &[SeenAction], now: Timestamp) -> Option<Action> {
    let bounds = action.scalable_target_action.as_ref()?;
    let schedule = Schedule::parse(action.schedule.as_deref()?).ok()?;
    let zone = match action.timezone.as_deref().filter(|zone| !zone.is_empty()) {
        Some(name) => schedule::zone(name)?,
        None => TimeZone::UTC,
    };
    // Serializing these types cannot fail.
    let digest = name::hash_json(&serde_json::to_value(action).unwrap_or_default(), DIGITS);
    let name = action.scheduled_action_name.clone()?;
    let known = seen.iter().find(|seen| seen.name == name && seen.digest == digest);
    let seen = known.cloned().unwrap_or_else(|| SeenAction { name, digest, since: second(now) });
    let since = seen.since.parse().unwrap_or(now);
    let time =
        |time: &Option<crate::api::ecs::Timestamp>| time.as_ref().and_then(crate::api::ecs::Timestamp::time);
    let frame = Frame { zone, made: since, start: time(&action.start_time), end: time(&action.end_time) };
    let (minimum, maximum) = (bounds.min_capacity, bounds.max_capacity);
    Some(Action { seen, since, schedule, frame, minimum, maximum })
}

/// Carries out what was due since the last time.
fn carry_out(
    known: &ScalingStatus,
    actions: &[Action],
    now: Timestamp,
) -> (Capacities, String, Option<Applied>) {
    let until: Timestamp = known.actions_until.parse().unwrap_or(now);
    let due = due(actions, |action| until.max(action.since), now);
    let mut bounds = known.in_force();
    for (_, action) in &due {
        bounds.change(action.minimum, action.maximum);
    }
    match due.last() {
        Some((time, action)) => {
            (bounds, second(*time), Some(Applied { name: action.seen.name.clone(), due: *time }))
        }
        None => (bounds, known.actions_until.clone(), None),
    }
}

/// The last time that each action was due after another time, in the order of times.
fn due(
    actions: &[Action],
    after: impl Fn(&Action) -> Timestamp,
    now: Timestamp,
) -> Vec<(Timestamp, &Action)> {
    let latest = |action: &Action| action.schedule.latest(after(action), now, &action.frame);
    let mut due: Vec<_> = actions.iter().filter_map(|action| Some((latest(action)?, action))).collect();
    // Of those that are due at once the later one in the list comes last.
    due.sort_by_key(|(time, _)| *time);
    due
}

impl Capacities {
    /// Takes over what an action gives. A bound that it does not give makes way.
    fn change(&mut self, minimum: Option<i32>, maximum: Option<i32>) {
        let given = |bound: Option<i32>| bound.filter(|bound| *bound >= 0);
        let (minimum, maximum) = (given(minimum), given(maximum));
        self.min_capacity = minimum.unwrap_or(self.min_capacity);
        self.max_capacity = maximum.unwrap_or(self.max_capacity);
        if self.max_capacity < self.min_capacity {
            if minimum.is_some() {
                self.max_capacity = self.min_capacity;
            } else {
                self.min_capacity = self.max_capacity;
            }
        }
    }
}

impl ScalingStatus {
    /// The bounds in force.
    #[must_use]
    pub const fn in_force(&self) -> Capacities {
        Capacities { min_capacity: self.min_capacity, max_capacity: self.max_capacity }
    }
}

/// A time as the status has it: schedules know whole seconds.
fn second(time: Timestamp) -> String {
    let fraction = SignedDuration::from_nanos(time.subsec_nanosecond().into());
    time.checked_sub(fraction).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests;
