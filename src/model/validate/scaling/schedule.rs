//! Scheduled actions.

use super::{Service, name};
use crate::api::ecs::{ScheduledAction, Timestamp};
use crate::ecs::schedule::{Schedule, zone};
use crate::finding::{Code, Path};
use crate::model::validate::{Report, set};

pub(super) fn all(
    actions: &[ScheduledAction],
    service: &Service<'_>,
    list: Path<'_>,
    report: &mut Report<'_>,
) {
    let mut names = Vec::new();
    for (i, action) in actions.iter().enumerate() {
        let path = list.index(i);
        let member = path.member("ScheduledActionName");
        name(
            action.scheduled_action_name.as_deref(),
            member,
            "ScheduledActionName",
            &mut names,
            legal,
            report,
        );
        service.check(action.resource_id.as_deref(), path, report);
        schedule(action, path, report);
        period(action, path, report);
        bounds(action, path, report);
    }
}

fn legal(name: &str) -> Result<(), &'static str> {
    if name.trim_matches(' ') != name {
        return Err("it begins or ends with a space");
    }
    let bad = |c: char| matches!(c, ':' | '/' | '|') || c.is_control();
    if name.contains(bad) {
        Err("colons, slashes, bars and control characters are not allowed")
    } else {
        Ok(())
    }
}

fn schedule(action: &ScheduledAction, path: Path<'_>, report: &mut Report<'_>) {
    let member = path.member("Schedule");
    if let Some(text) = report.required(action.schedule.as_deref(), member, "Schedule")
        && let Err(error) = Schedule::parse(text)
    {
        report.advise(
            Code::InvalidValue,
            member,
            format!("{text:?} is no schedule: {error}."),
            "Write for example at(2026-01-31T18:00:00), rate(12 hours) or cron(0 18 ? * MON-FRI *): minutes, hours, \
             day of month, month, day of week (1 is Sunday), year.",
        );
    }
    if let Some(name) = set(action.timezone.as_deref()).filter(|name| zone(name).is_none()) {
        report.advise(
            Code::InvalidValue,
            path.member("Timezone"),
            format!("{name:?} is no time zone of the IANA database."),
            "Write for example Europe/Berlin, or leave it out for UTC.",
        );
    }
}

fn period(action: &ScheduledAction, path: Path<'_>, report: &mut Report<'_>) {
    let end = path.member("EndTime");
    let mut time = |value: &Option<Timestamp>, path: Path<'_>| {
        let text = value.as_ref().map(|time| time.0.as_str()).filter(|text| !text.is_empty())?;
        let time = value.as_ref().and_then(Timestamp::time);
        if time.is_none() {
            report.advise(
                Code::InvalidValue,
                path,
                format!("{text:?} is no time."),
                "Write it as 2026-01-31T12:00:00Z.",
            );
        }
        time
    };
    let (start, stop) = (time(&action.start_time, path.member("StartTime")), time(&action.end_time, end));
    if let (Some(start), Some(stop)) = (start, stop)
        && stop <= start
    {
        report.add(Code::InvalidValue, end, "EndTime is not after StartTime.");
    }
}

fn bounds(action: &ScheduledAction, path: Path<'_>, report: &mut Report<'_>) {
    let path = path.member("ScalableTargetAction");
    let bounds = action.scalable_target_action.as_ref();
    let (min, max) = bounds.map_or((None, None), |bounds| (bounds.min_capacity, bounds.max_capacity));
    if min.is_none() && max.is_none() {
        report.add(Code::MissingMember, path, "ScalableTargetAction sets MinCapacity, MaxCapacity or both.");
    }
    for (value, member) in [(min, "MinCapacity"), (max, "MaxCapacity")] {
        if value.is_some_and(|value| value < 0) {
            report.add(Code::InvalidValue, path.member(member), "A capacity must not be negative.");
        }
    }
    if let (Some(min), Some(max)) = (min, max)
        && max < min
    {
        let message = format!("MaxCapacity {max} is less than MinCapacity {min}.");
        report.add(Code::InvalidValue, path.member("MaxCapacity"), message);
    }
}
