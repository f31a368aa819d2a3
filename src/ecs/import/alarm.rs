//! CloudWatch alarms, attached to the services whose step scaling policies they set in motion.

use super::scaling::{Scalable, twice};
use super::{Content, Definition, Graft};
use crate::api::ecs::{MetricAlarm, ScalingPolicy};
use crate::ecs::arn;
use crate::finding::{Code, Finding};

/// Attaches an alarm to every service of the run that has a policy among its actions, or says why to none.
pub(super) fn attach(definition: &mut Definition, services: &mut [Scalable<'_>]) {
    let Content::Alarm(alarm) = &definition.content else { return };
    let policies: Vec<(usize, Option<&ScalingPolicy>)> =
        alarm.alarm_actions.iter().flat_map(|action| named(action, services)).collect();
    if policies.is_empty() {
        let message =
            "None of its actions is a scaling policy of a service of this run; the alarm is left out.";
        definition.findings.push(Finding::new(Code::NotApplicable, "AlarmActions", message));
        return;
    }
    let tracks = |policy: &ScalingPolicy| policy.target_tracking_scaling_policy_configuration.is_some();
    if policies.iter().all(|(_, policy)| policy.is_some_and(tracks)) {
        let message = "Target tracking made this alarm for itself; the alarm is left out.";
        definition.findings.push(Finding::new(Code::NotApplicable, "AlarmName", message));
        return;
    }
    let mut found: Vec<usize> = policies.into_iter().map(|(service, _)| service).collect();
    found.dedup();
    for service in found {
        let list = &mut services[service].spec.auto_scaling.get_or_insert_default().alarms;
        match put(alarm, list) {
            Ok(Some(at)) => {
                services[service].grafts.push(Graft { at, origin: definition.origin.clone() });
            }
            Ok(None) => {}
            Err(finding) => {
                definition.findings.push(finding);
                return;
            }
        }
    }
}

/// The services that an action scales, and the policy of theirs where it is there.
fn named<'s>(action: &str, services: &'s [Scalable<'_>]) -> Vec<(usize, Option<&'s ScalingPolicy>)> {
    let of_arn = arn::scaling_policy(action);
    let named = of_arn.map_or(action, |(_, policy)| policy);
    let policy = |service: &'s Scalable<'_>| {
        let policies = &service.spec.auto_scaling.as_ref()?.scaling_policies;
        policies.iter().find(|policy| policy.policy_name.as_deref() == Some(named))
    };
    let all = services.iter().enumerate().map(|(at, service)| (at, service, policy(service)));
    match of_arn {
        Some(((cluster, name), _)) => all
            .filter(|(_, service, _)| service.cluster == cluster && service.name == name)
            .map(|(at, _, policy)| (at, policy))
            .collect(),
        None => all.filter(|(.., policy)| policy.is_some()).map(|(at, _, policy)| (at, policy)).collect(),
    }
}

/// Adds the alarm and says where; an equal one that is there already is the same one.
fn put(alarm: &MetricAlarm, list: &mut Vec<MetricAlarm>) -> Result<Option<String>, Finding> {
    match list.iter().find(|there| there.alarm_name == alarm.alarm_name) {
        None => {
            list.push(alarm.clone());
            Ok(Some(format!("autoScaling.alarms[{}]", list.len() - 1)))
        }
        Some(there) if there == alarm => Ok(None),
        Some(_) => Err(twice("AlarmName", "The service has another alarm of this name already.")),
    }
}
