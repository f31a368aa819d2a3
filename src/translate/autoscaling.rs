//! Target tracking and step scaling, as an autoscaler of the EcsService.

mod keda;

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget,
    ResourceMetricSource,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::{meta, units};
use crate::api::API_VERSION;
use crate::desired::Context;
use crate::model::Service;
use crate::model::scaling::{Pace, Scaling, Steps, Target, Watched};
use crate::object::Object;

/// Seconds for which a higher count has to be right: CloudWatch needs a few one-minute points, an autoscaler
/// looks every 15 seconds.
const SCALE_OUT_WINDOW: i32 = 60;

/// The autoscaler. It scales the EcsService, as on ECS: children get their counts from there. Where the count can
/// be 0 only there is none, because it could not say that.
pub(super) fn autoscaler(service: &Service, context: &Context) -> Vec<Object> {
    let Some(scaling) = service.scaling.as_ref().filter(|scaling| scaling.max > 0) else {
        return Vec::new();
    };
    let alarms = scaling.steps.as_ref().map(|steps| &steps.watched);
    if scaling.triggers.is_empty() && !matches!(alarms, Some(Watched::Alarms(_))) {
        vec![of_pods(service, scaling, context)]
    } else {
        keda::objects(service, scaling).into()
    }
}

/// An autoscaler by what the pods use.
fn of_pods(service: &Service, scaling: &Scaling, context: &Context) -> Object {
    let tolerance = context.capabilities.autoscaler_tolerance;
    let object = HorizontalPodAutoscaler {
        metadata: meta::owned(service, &service.name.label),
        spec: HorizontalPodAutoscalerSpec {
            scale_target_ref: CrossVersionObjectReference {
                api_version: Some(API_VERSION.to_owned()),
                kind: "EcsService".to_owned(),
                name: service.name.label.clone(),
            },
            // At 0, which it never sets, an autoscaler rests.
            min_replicas: Some(scaling.min.max(1)),
            max_replicas: scaling.max,
            metrics: Some(targets(scaling).map(metric).collect()),
            behavior: Some(behavior(scaling, tolerance)),
        },
        status: None,
    };
    object.into()
}

/// The utilizations that an autoscaler goes by.
fn targets(scaling: &Scaling) -> impl Iterator<Item = &Target> {
    let stepped = scaling.steps.iter().filter_map(|steps| match &steps.watched {
        Watched::Utilization { target, .. } => Some(target),
        Watched::Alarms(_) => None,
    });
    scaling.targets.iter().chain(stepped)
}

fn metric(target: &Target) -> MetricSpec {
    MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: target.resource.as_str().to_owned(),
            target: MetricTarget {
                type_: "Utilization".to_owned(),
                average_utilization: Some(target.percent),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    }
}

/// How the count moves: by steps, or as far as needed at once.
fn behavior(scaling: &Scaling, tolerance: bool) -> HorizontalPodAutoscalerBehavior {
    match &scaling.steps {
        Some(steps) => of_steps(scaling, steps, tolerance),
        None => of_tracking(scaling, tolerance),
    }
}

/// ECS scales out as soon as the target is exceeded and in only well below it, in both cases as far as needed
/// at once.
fn of_tracking(scaling: &Scaling, tolerance: bool) -> HorizontalPodAutoscalerBehavior {
    let rules = |window: i32, disabled: bool, at_once: HPAScalingPolicy, ignored: &str| HPAScalingRules {
        tolerance: tolerance.then(|| Quantity(ignored.to_owned())),
        ..rules(window, disabled, vec![at_once])
    };
    HorizontalPodAutoscalerBehavior {
        scale_up: Some(rules(SCALE_OUT_WINDOW, scaling.scale_out_disabled, UP_AT_ONCE.policy(), "0")),
        scale_down: Some(rules(
            scaling.scale_in_window,
            scaling.scale_in_disabled,
            DOWN_AT_ONCE.policy(),
            "100m",
        )),
    }
}

/// What a step adds or removes in its cooldown is what an autoscaler may.
fn of_steps(scaling: &Scaling, steps: &Steps, tolerance: bool) -> HorizontalPodAutoscalerBehavior {
    let direction = |pace: Option<Pace>, disabled: bool, at_once: Limit| {
        let pace = pace.unwrap_or_default();
        let tasks = pace.tasks.map(|value| Limit { kind: "Pods", value, seconds: pace.seconds });
        let percent = pace.percent.map(|value| Limit { kind: "Percent", value, seconds: pace.seconds });
        let mut limits: Vec<Limit> = tasks.into_iter().chain(percent).collect();
        if limits.is_empty() {
            limits.push(at_once);
        }
        rules(pace.window, disabled, limits.into_iter().map(Limit::policy).collect())
    };
    let (out, back) = (steps.out, steps.back);
    // Between the thresholds nothing happens.
    let quiet = match steps.watched {
        Watched::Utilization { low, .. } if tolerance => Some(1.0 - low.unwrap_or(1.0)),
        _ => None,
    };
    let ignored = |part: f64| units::thousandths((part * 1000.0).round().max(0.0) as u64);
    let up = direction(out, out.is_none() || scaling.scale_out_disabled, UP_AT_ONCE);
    let down = direction(back, back.is_none() || scaling.scale_in_disabled, DOWN_AT_ONCE);
    HorizontalPodAutoscalerBehavior {
        scale_up: Some(HPAScalingRules { tolerance: quiet.map(|_| ignored(0.0)), ..up }),
        scale_down: Some(HPAScalingRules { tolerance: quiet.map(ignored), ..down }),
    }
}

/// How much an autoscaler may change in how many seconds.
#[derive(Clone, Copy)]
struct Limit {
    kind: &'static str,
    value: i32,
    seconds: i32,
}

const UP_AT_ONCE: Limit = Limit { kind: "Percent", value: 900, seconds: 15 };
const DOWN_AT_ONCE: Limit = Limit { kind: "Percent", value: 100, seconds: 15 };

impl Limit {
    fn policy(self) -> HPAScalingPolicy {
        HPAScalingPolicy { type_: self.kind.to_owned(), value: self.value, period_seconds: self.seconds }
    }
}

fn rules(window: i32, disabled: bool, policies: Vec<HPAScalingPolicy>) -> HPAScalingRules {
    HPAScalingRules {
        stabilization_window_seconds: Some(window),
        select_policy: Some(if disabled { "Disabled" } else { "Max" }.to_owned()),
        policies: Some(policies),
        tolerance: None,
    }
}
