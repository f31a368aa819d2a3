//! Steps, as an autoscaler takes them: while a metric is where an alarm and a step have it, the count may change by so
//! much in so many seconds.

mod read;
mod side;
mod utilization;

use super::{Service, alarm};
use crate::api::ecs::{MetricAlarm, StepScalingPolicyConfiguration};
use crate::api::ecs_service::AutoScaling;
use crate::finding::{Code, Path};
use crate::model::scaling::{Pace, Steps, Watched, Zone};
use crate::model::validate::{Report, home};
use side::Side;

/// Seconds after a change, where a policy does not say.
const COOLDOWN: i32 = 300;
/// Most seconds that an autoscaler counts changes over.
const LONGEST_PACE: i32 = 1800;

/// A step scaling policy that is right by itself.
pub(super) struct Policy<'a> {
    /// Its place in the list.
    pub(super) index: usize,
    pub(super) name: &'a str,
    pub(super) configuration: &'a StepScalingPolicyConfiguration,
}

/// By how much one step changes the count.
#[derive(Clone, Copy, PartialEq)]
enum Size {
    Tasks(i32),
    Percent(i32, Option<i32>),
    /// To the bound of that direction.
    Bound,
}

/// An alarm that sets a policy in motion.
struct Acting<'a> {
    policy: &'a Policy<'a>,
    alarm: &'a MetricAlarm,
    /// Its place in the list.
    index: usize,
    /// The steps that raise the count, and those that lower it.
    out: Side,
    back: Side,
}

/// One step in one direction.
struct Move {
    size: Size,
    seconds: i32,
    window: i32,
    /// The policy that it belongs to.
    policy: usize,
}

#[derive(Default)]
struct Moves {
    out: Vec<Move>,
    back: Vec<Move>,
}

impl Moves {
    /// Takes the steps of an alarm up, which looks back over a window in periods.
    fn add(&mut self, acting: &Acting<'_>, period: i32, window: i32, report: &mut Report<'_>) {
        let policy = acting.policy.index;
        let cooldown = acting.policy.configuration.cooldown.unwrap_or(COOLDOWN).max(period);
        let seconds = cooldown.clamp(1, LONGEST_PACE);
        if seconds < cooldown {
            let root = Path::ROOT.member("autoScaling");
            let list = root.member("scalingPolicies");
            let path = list.index(policy);
            let message = format!("An autoscaler counts what it did for {seconds} seconds at most.");
            let path = path.member("StepScalingPolicyConfiguration");
            report.add(Code::CooldownClamped, path.member("Cooldown"), message);
        }
        for (moves, side) in [(&mut self.out, &acting.out), (&mut self.back, &acting.back)] {
            moves.extend(side.iter().map(|(size, _)| Move { size: *size, seconds, window, policy }));
        }
    }
}

/// What all policies and alarms together ask of an autoscaler.
pub(super) fn of(
    policies: &[Policy<'_>],
    auto: &AutoScaling,
    service: &Service<'_>,
    bounds: (i32, i32),
    region: Option<&str>,
    report: &mut Report<'_>,
) -> Option<Steps> {
    let root = Path::ROOT.member("autoScaling");
    let (list, places) = (root.member("scalingPolicies"), root.member("alarms"));
    let acting = acting(policies, auto, bounds, report);
    let (own, others): (Vec<_>, Vec<_>) =
        acting.into_iter().partition(|acting| utilization::resource(acting.alarm, service).is_some());
    let (mut alarms, mut moves) = (Vec::new(), Moves::default());
    for acting in &others {
        let place = places.index(acting.index);
        let region = acting.alarm.alarm_actions.iter().find_map(|a| home::region_of(a)).or(region);
        let Some(mut one) = read::read(acting.alarm, place, region, report) else { continue };
        let window = read::window(acting.alarm, one.period, place, report);
        moves.add(acting, one.period, window, report);
        (one.out, one.back) = (joined(&acting.out), joined(&acting.back));
        alarms.push(one);
    }
    let watched = if alarms.is_empty() {
        utilization::of(&own, service, &mut moves, report)?
    } else {
        for acting in &own {
            utilization::not_applied(
                acting,
                "the autoscaler of the service goes by other metrics of CloudWatch, which KEDA reads",
                report,
            );
        }
        Watched::Alarms(alarms)
    };
    let out = pace(&moves.out, "up", list, report);
    let back = pace(&moves.back, "down", list, report);
    Some(Steps { watched, out, back })
}

/// The alarms of each policy, where any of its steps is due.
fn acting<'a>(
    policies: &'a [Policy<'a>],
    auto: &'a AutoScaling,
    bounds: (i32, i32),
    report: &mut Report<'_>,
) -> Vec<Acting<'a>> {
    let root = Path::ROOT.member("autoScaling");
    let list = root.member("scalingPolicies");
    let mut all = Vec::new();
    for policy in policies {
        let path = list.index(policy.index);
        let path = path.member("StepScalingPolicyConfiguration");
        let is_meant =
            |alarm: &MetricAlarm| alarm.alarm_actions.iter().any(|a| alarm::policy(a) == policy.name);
        let mut meant = auto.alarms.iter().enumerate().filter(|(_, alarm)| is_meant(alarm)).peekable();
        if meant.peek().is_none() {
            report.advise(
                Code::StepScalingNotApplied,
                path,
                "Nothing scales by this policy: metric and threshold stand in its CloudWatch alarm, which is not here.",
                "Import what `aws cloudwatch describe-alarms` answers with the service, or write the alarm as \
                 PutMetricAlarm has it under autoScaling.alarms.",
            );
        }
        for (index, alarm) in meant.filter(|(_, alarm)| alarm.actions_enabled != Some(false)) {
            let (out, back) = side::sides(policy, alarm, auto, bounds, path, report);
            if !(out.is_empty() && back.is_empty()) {
                all.push(Acting { policy, alarm, index, out, back });
            }
        }
    }
    all
}

/// Steps touch each other: their ranges are one.
fn joined(side: &Side) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for (_, zone) in side {
        match zones.last_mut() {
            Some(last) if last.upper.map(|(at, _)| at) == zone.lower.map(|(at, _)| at) => {
                last.upper = zone.upper;
            }
            _ => zones.push(*zone),
        }
    }
    zones
}

/// One pace for all steps of a direction: the largest step, the shortest wait.
fn pace(moves: &[Move], direction: &str, list: Path<'_>, report: &mut Report<'_>) -> Option<Pace> {
    let first = moves.first()?;
    let least = |of: fn(&Move) -> i32| moves.iter().map(of).min().unwrap_or_default();
    let mut pace = Pace { seconds: least(|m| m.seconds), window: least(|m| m.window), ..Pace::default() };
    let at_once = moves.iter().any(|m| m.size == Size::Bound);
    for size in moves.iter().map(|m| m.size).filter(|_| !at_once) {
        let (tasks, percent) = match size {
            Size::Tasks(tasks) => (Some(tasks), None),
            Size::Percent(percent, magnitude) => (magnitude, Some(percent)),
            Size::Bound => (None, None),
        };
        (pace.tasks, pace.percent) = (pace.tasks.max(tasks), pace.percent.max(percent));
    }
    let same = |m: &Move| (m.size, m.seconds, m.window) == (first.size, first.seconds, first.window);
    let path = list.index(first.policy);
    let path = path.member("StepScalingPolicyConfiguration");
    if !moves.iter().all(same) {
        let message = format!(
            "An autoscaler has one step in each direction: {direction} it goes {} after {} seconds beyond a threshold, \
             whichever of the steps is due.",
            told(pace),
            pace.window
        );
        report.add(Code::StepScalingApproximated, path, message);
    } else if pace.percent.is_some() {
        let message =
            format!("An autoscaler rounds {}% of the tasks up, where ECS rounds down.", pace.percent?);
        report.add(Code::StepScalingApproximated, path, message);
    }
    Some(pace)
}

fn told(pace: Pace) -> String {
    let tasks = pace.tasks.map(|tasks| format!("{tasks} tasks"));
    let percent = pace.percent.map(|percent| format!("{percent} %"));
    let sizes: Vec<String> = tasks.into_iter().chain(percent).collect();
    if sizes.is_empty() {
        return "to the bound".to_owned();
    }
    format!("by {} in {} seconds", sizes.join(" or "), pace.seconds)
}
