//! Target tracking, as an autoscaler of the EcsService.

mod keda;

use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerSpec, MetricSpec, MetricTarget,
    ResourceMetricSource,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::meta;
use crate::api::API_VERSION;
use crate::desired::Context;
use crate::model::Service;
use crate::model::scaling::{Scaling, Target};
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
    if scaling.triggers.is_empty() {
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
            metrics: Some(scaling.targets.iter().map(metric).collect()),
            behavior: Some(behavior(scaling, tolerance)),
        },
        status: None,
    };
    object.into()
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

/// ECS scales out as soon as the target is exceeded and in only well below it, in both cases as far as needed
/// at once.
fn behavior(scaling: &Scaling, tolerance: bool) -> HorizontalPodAutoscalerBehavior {
    let rules = |window: i32, disabled: bool, percent: i32, ignored: &str| HPAScalingRules {
        stabilization_window_seconds: Some(window),
        select_policy: Some(if disabled { "Disabled" } else { "Max" }.to_owned()),
        policies: Some(vec![HPAScalingPolicy {
            type_: "Percent".to_owned(),
            value: percent,
            period_seconds: 15,
        }]),
        tolerance: tolerance.then(|| Quantity(ignored.to_owned())),
    };
    HorizontalPodAutoscalerBehavior {
        scale_up: Some(rules(SCALE_OUT_WINDOW, scaling.scale_out_disabled, 900, "0")),
        scale_down: Some(rules(scaling.scale_in_window, scaling.scale_in_disabled, 100, "100m")),
    }
}
