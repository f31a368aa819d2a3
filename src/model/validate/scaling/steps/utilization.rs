//! Alarms on the utilization of the service itself. On ECS that is a metric of CloudWatch, which knows nothing of pods;
//! here an autoscaler measures it, and its tolerances are what lies between two thresholds.

use super::{Acting, Moves, read};
use crate::api::ecs::{MetricAlarm, MetricStatistic};
use crate::finding::{Code, Path};
use crate::model::scaling::{Resource, Target, Watched};
use crate::model::validate::Report;
use crate::model::validate::scaling::Service;

/// What the service's own tasks use, where an alarm is about that.
pub(super) fn resource(alarm: &MetricAlarm, service: &Service<'_>) -> Option<Resource> {
    let has = |name: &str, value: &str| {
        let mut dimensions = alarm.dimensions.iter();
        dimensions.any(|d| d.name.as_deref() == Some(name) && d.value.as_deref() == Some(value))
    };
    let own = alarm.namespace.as_deref() == Some("AWS/ECS")
        && has("ServiceName", service.name)
        && has("ClusterName", service.cluster);
    match alarm.metric_name.as_deref().filter(|_| own)? {
        "CPUUtilization" => Some(Resource::Cpu),
        "MemoryUtilization" => Some(Resource::Memory),
        _ => None,
    }
}

/// The utilization that is watched, and where it has to be; what cannot be had together is told and left out.
pub(super) fn of(
    all: &[Acting<'_>],
    service: &Service<'_>,
    moves: &mut Moves,
    report: &mut Report<'_>,
) -> Option<Watched> {
    let tolerance = report.context.capabilities.autoscaler_tolerance;
    let fit = all.iter().find(|acting| unfit(acting, tolerance).is_none());
    let watched = fit.and_then(|acting| resource(acting.alarm, service));
    let (mut high, mut low) = (None::<f64>, None::<f64>);
    for acting in all {
        let alarm = acting.alarm;
        let other = "the autoscaler of the service goes by another utilization, and has tolerances for one";
        let is_other = resource(alarm, service) != watched;
        if let Some(why) = unfit(acting, tolerance).or(is_other.then_some(other)) {
            not_applied(acting, why, report);
            continue;
        }
        let root = Path::ROOT.member("autoScaling");
        let list = root.member("alarms");
        let place = list.index(acting.index);
        if let Some((at, _)) = above(acting) {
            high = Some(high.map_or(at, |high| high.min(at)));
        }
        if let Some((at, _)) = below(acting) {
            low = Some(low.map_or(at, |low| low.max(at)));
        }
        let ignored = if tolerance { "" } else { ", and lets 10 % of it pass" };
        let message = format!(
            "An autoscaler compares the {} utilization of the pods with the threshold every 15 seconds{ignored}; it \
             changes the count by no more than a step, and by no more than the utilization asks for.",
            watched.map_or("", Resource::as_str)
        );
        report.add(Code::AlarmApproximated, place, message);
        let period = alarm.period.unwrap_or(60);
        let window = read::window(alarm, period, place, report);
        moves.add(acting, period, window, report);
    }
    let (resource, target) = (watched?, high.or(low)?);
    let percent = target.round().clamp(1.0, 10_000.0);
    let low = low.filter(|low| *low < target).map(|low| low / target);
    Some(Watched::Utilization { target: Target { resource, percent: percent as i32 }, low })
}

/// Where the count goes up, and where it goes down.
fn above(acting: &Acting<'_>) -> Option<(f64, bool)> {
    acting.out.first().and_then(|(_, zone)| zone.lower)
}

fn below(acting: &Acting<'_>) -> Option<(f64, bool)> {
    acting.back.last().and_then(|(_, zone)| zone.upper)
}

/// Why no autoscaler can follow an alarm on a utilization.
fn unfit(acting: &Acting<'_>, tolerance: bool) -> Option<&'static str> {
    let open = acting.out.last().is_none_or(|(_, zone)| zone.upper.is_none())
        && acting.back.first().is_none_or(|(_, zone)| zone.lower.is_none());
    if acting.alarm.statistic != Some(MetricStatistic::Average) {
        Some("an autoscaler measures the average utilization")
    } else if !open || acting.out.is_empty() == acting.back.is_empty() {
        Some("an autoscaler has more tasks above a utilization, and fewer below one")
    } else if below(acting).is_some() && !tolerance {
        Some(
            "autoscalers of this cluster (before Kubernetes 1.35) have no tolerance for what lies below a threshold",
        )
    } else {
        None
    }
}

pub(super) fn not_applied(acting: &Acting<'_>, why: &str, report: &mut Report<'_>) {
    let root = Path::ROOT.member("autoScaling");
    let list = root.member("alarms");
    report.advise(
        Code::StepScalingNotApplied,
        list.index(acting.index),
        format!("Nothing scales by this alarm: {why}."),
        Code::StepScalingNotApplied.remedy(),
    );
}
