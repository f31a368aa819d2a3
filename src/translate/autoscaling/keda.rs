//! Metrics of CloudWatch, as an autoscaler that KEDA makes. It holds all policies of the service: two autoscalers of
//! one service would work against each other.

use std::collections::BTreeMap;

use super::behavior;
use crate::api::API_VERSION;
use crate::model::Service;
use crate::model::scaling::{Alarm, Scaling, Source, Steps, Target, Trigger, Watched, Zone};
use crate::object::Object;
use crate::object::external_secrets::NameRef;
use crate::object::keda::{
    Advanced, AutoscalerConfig, PodIdentity, ScaleTarget, ScaledObject, ScaledObjectSpec, ScalingModifiers,
    Trigger as KedaTrigger, TriggerAuthentication, TriggerAuthenticationSpec,
};
use crate::translate::meta;

/// Seconds that one value of a metric speaks of: target tracking goes by minutes.
const PERIOD: i32 = 60;
/// Seconds in which a value is looked for, at least.
const COLLECTED: i32 = 300;
/// What a formula gives where the count has to go up, stay, and go down, as multiples of the count. Only the direction
/// matters: how far it goes is limited by the autoscaler's behaviour.
const UP: i32 = 1000;
const STAY: i32 = 1;
const DOWN: i32 = 0;
/// Annotations that keep KEDA from the first and the last replica, which no autoscaler's behaviour speaks of.
const NEVER_LAST: &str = "autoscaling.keda.sh/paused-scale-in";
const NEVER_FIRST: &str = "autoscaling.keda.sh/paused-scale-out";

/// The ScaledObject, and as whom it reads.
pub(super) fn objects(service: &Service, scaling: &Scaling) -> [Object; 2] {
    let name = &service.name.label;
    let authentication = TriggerAuthentication {
        metadata: meta::owned(service, name),
        spec: TriggerAuthenticationSpec { pod_identity: PodIdentity { provider: "aws".to_owned() } },
    };
    let utilization = scaling.targets.iter().map(utilization);
    let outside = scaling.triggers.iter().map(|trigger| outside(trigger, name));
    let steps = scaling.steps.as_ref().map_or(&[][..], alarms);
    let alarms = steps.iter().enumerate().map(|(i, alarm)| watched(alarm, called(i), name));
    // From 0 and to 0 KEDA goes by itself, at once. Metrics that the count is in proportion to mean that, steps do not.
    let min = if steps.is_empty() { scaling.min } else { scaling.min.max(1) };
    let mut metadata = meta::owned(service, name);
    let never = [(NEVER_LAST, scaling.scale_in_disabled), (NEVER_FIRST, scaling.scale_out_disabled)];
    for (key, _) in never.into_iter().filter(|(_, disabled)| *disabled && min == 0) {
        metadata.annotations.get_or_insert_default().insert(key.to_owned(), "true".to_owned());
    }
    let object = ScaledObject {
        metadata,
        spec: ScaledObjectSpec {
            scale_target_ref: ScaleTarget {
                api_version: API_VERSION.to_owned(),
                kind: "EcsService".to_owned(),
                name: name.clone(),
            },
            min_replica_count: min,
            max_replica_count: scaling.max,
            advanced: Advanced {
                horizontal_pod_autoscaler_config: AutoscalerConfig { behavior: behavior(scaling, false) },
                scaling_modifiers: (!steps.is_empty()).then(|| modifiers(steps)),
            },
            triggers: utilization.chain(outside).chain(alarms).collect(),
        },
    };
    [authentication.into(), object.into()]
}

fn parameters<const N: usize>(of: [(&str, String); N]) -> BTreeMap<String, String> {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn utilization(target: &Target) -> KedaTrigger {
    KedaTrigger {
        name: None,
        type_: target.resource.as_str().to_owned(),
        metric_type: "Utilization".to_owned(),
        metadata: parameters([("value", target.percent.to_string())]),
        authentication_ref: None,
    }
}

fn alarms(steps: &Steps) -> &[Alarm] {
    match &steps.watched {
        Watched::Alarms(alarms) => alarms,
        Watched::Utilization { .. } => &[],
    }
}

/// The name of an alarm in the formula.
fn called(index: usize) -> String {
    format!("alarm{index}")
}

/// One metric for all alarms: a direction.
fn modifiers(alarms: &[Alarm]) -> ScalingModifiers {
    let any = |zones: fn(&Alarm) -> &Vec<Zone>| {
        let all = alarms.iter().enumerate();
        let all = all.flat_map(|(i, alarm)| zones(alarm).iter().map(move |zone| condition(&called(i), zone)));
        all.collect::<Vec<_>>().join(" || ")
    };
    let mut formula = STAY.to_string();
    // Where one alarm asks for more and another for less, more is what ECS does.
    for (condition, value) in [(any(|alarm| &alarm.back), DOWN), (any(|alarm| &alarm.out), UP)] {
        if !condition.is_empty() {
            formula = format!("({condition}) ? {value} : ({formula})");
        }
    }
    ScalingModifiers { formula, target: STAY.to_string(), metric_type: "Value".to_owned() }
}

fn condition(name: &str, zone: &Zone) -> String {
    let end = |(at, closed): (f64, bool), sign: &str| {
        format!("{name} {sign}{} {at}", if closed { "=" } else { "" })
    };
    let lower = zone.lower.map(|lower| end(lower, ">"));
    let upper = zone.upper.map(|upper| end(upper, "<"));
    match (lower, upper) {
        (Some(lower), Some(upper)) => format!("({lower} && {upper})"),
        (only, other) => only.or(other).unwrap_or_else(|| "true".to_owned()),
    }
}

/// The metric of an alarm.
fn watched(alarm: &Alarm, name: String, authentication: &str) -> KedaTrigger {
    let common = cloudwatch(&alarm.region, &alarm.threshold.to_string(), alarm.period, alarm.missing);
    KedaTrigger { name: Some(name), ..read(&alarm.source, common, authentication) }
}

fn outside(trigger: &Trigger, authentication: &str) -> KedaTrigger {
    read(&trigger.source, cloudwatch(&trigger.region, &trigger.target, PERIOD, None), authentication)
}

/// What every metric of CloudWatch has.
fn cloudwatch(region: &str, target: &str, period: i32, missing: Option<f64>) -> BTreeMap<String, String> {
    let periods = ((COLLECTED + period - 1) / period.max(1)).max(2);
    parameters([
        ("awsRegion", region.to_owned()),
        ("targetMetricValue", target.to_owned()),
        // Without data nothing happens, as with the alarms of a policy, unless an alarm says what it is.
        ("ignoreNullValues", missing.is_some().to_string()),
        ("minMetricValue", missing.unwrap_or_default().to_string()),
        ("metricStatPeriod", period.to_string()),
        ("metricCollectionTime", (period * periods).to_string()),
    ])
}

fn read(source: &Source, common: BTreeMap<String, String>, authentication: &str) -> KedaTrigger {
    let mut all = common;
    let (type_, metric_type) = match source {
        Source::Metric(metric) => {
            let (names, values): (Vec<&str>, Vec<&str>) =
                metric.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
            all.extend(parameters([
                ("namespace", metric.namespace.clone()),
                ("metricName", metric.name.clone()),
                ("metricStat", metric.statistic.clone()),
                ("dimensionName", names.join(";")),
                ("dimensionValue", values.join(";")),
            ]));
            all.extend(metric.unit.clone().map(|unit| ("metricUnit".to_owned(), unit)));
            ("aws-cloudwatch", "Value")
        }
        Source::Query(query) => {
            all.insert("expression".to_owned(), query.clone());
            ("aws-cloudwatch", "Value")
        }
        Source::Queue(queue) => {
            let length = all.remove("targetMetricValue").unwrap_or_default();
            all.retain(|name, _| name == "awsRegion");
            all.extend(parameters([
                ("queueURL", queue.clone()),
                ("queueLength", length),
                // The metric of the policy counts messages that nobody has taken yet.
                ("scaleOnInFlight", "false".to_owned()),
            ]));
            ("aws-sqs-queue", "AverageValue")
        }
    };
    KedaTrigger {
        name: None,
        type_: type_.to_owned(),
        metric_type: metric_type.to_owned(),
        metadata: all,
        authentication_ref: Some(NameRef { name: authentication.to_owned() }),
    }
}
