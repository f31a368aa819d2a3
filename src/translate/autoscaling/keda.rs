//! Metrics of CloudWatch, as an autoscaler that KEDA makes. It holds all policies of the service: two autoscalers of
//! one service would work against each other.

use std::collections::BTreeMap;

use super::behavior;
use crate::api::API_VERSION;
use crate::model::Service;
use crate::model::scaling::{Scaling, Source, Target, Trigger};
use crate::object::Object;
use crate::object::external_secrets::NameRef;
use crate::object::keda::{
    Advanced, AutoscalerConfig, PodIdentity, ScaleTarget, ScaledObject, ScaledObjectSpec,
    Trigger as KedaTrigger, TriggerAuthentication, TriggerAuthenticationSpec,
};
use crate::translate::meta;

/// Seconds that one value of a metric speaks of: target tracking goes by minutes.
const PERIOD: &str = "60";
/// Seconds in which a value is looked for.
const COLLECTED: &str = "300";

/// The ScaledObject, and as whom it reads.
pub(super) fn objects(service: &Service, scaling: &Scaling) -> [Object; 2] {
    let name = &service.name.label;
    let authentication = TriggerAuthentication {
        metadata: meta::owned(service, name),
        spec: TriggerAuthenticationSpec { pod_identity: PodIdentity { provider: "aws".to_owned() } },
    };
    let utilization = scaling.targets.iter().map(utilization);
    let outside = scaling.triggers.iter().map(|trigger| outside(trigger, name));
    let object = ScaledObject {
        metadata: meta::owned(service, name),
        spec: ScaledObjectSpec {
            scale_target_ref: ScaleTarget {
                api_version: API_VERSION.to_owned(),
                kind: "EcsService".to_owned(),
                name: name.clone(),
            },
            min_replica_count: scaling.min,
            max_replica_count: scaling.max,
            advanced: Advanced {
                horizontal_pod_autoscaler_config: AutoscalerConfig { behavior: behavior(scaling, false) },
            },
            triggers: utilization.chain(outside).collect(),
        },
    };
    [authentication.into(), object.into()]
}

fn parameters<const N: usize>(of: [(&str, String); N]) -> BTreeMap<String, String> {
    of.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn utilization(target: &Target) -> KedaTrigger {
    KedaTrigger {
        type_: target.resource.as_str().to_owned(),
        metric_type: "Utilization".to_owned(),
        metadata: parameters([("value", target.percent.to_string())]),
        authentication_ref: None,
    }
}

fn outside(trigger: &Trigger, authentication: &str) -> KedaTrigger {
    let region = trigger.region.clone();
    let cloudwatch = || {
        parameters([
            ("awsRegion", region.clone()),
            ("targetMetricValue", trigger.target.clone()),
            // Without data nothing happens, as with the alarms of a policy.
            ("ignoreNullValues", "false".to_owned()),
            ("minMetricValue", "0".to_owned()),
            ("metricStatPeriod", PERIOD.to_owned()),
            ("metricCollectionTime", COLLECTED.to_owned()),
        ])
    };
    let (type_, metric_type, metadata) = match &trigger.source {
        Source::Metric(metric) => {
            let (names, values): (Vec<&str>, Vec<&str>) =
                metric.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).unzip();
            let mut all = cloudwatch();
            all.extend(parameters([
                ("namespace", metric.namespace.clone()),
                ("metricName", metric.name.clone()),
                ("metricStat", metric.statistic.clone()),
                ("dimensionName", names.join(";")),
                ("dimensionValue", values.join(";")),
            ]));
            all.extend(metric.unit.clone().map(|unit| ("metricUnit".to_owned(), unit)));
            ("aws-cloudwatch", "Value", all)
        }
        Source::Query(query) => {
            let mut all = cloudwatch();
            all.insert("expression".to_owned(), query.clone());
            ("aws-cloudwatch", "Value", all)
        }
        Source::Queue(queue) => {
            let all = parameters([
                ("awsRegion", region),
                ("queueURL", queue.clone()),
                ("queueLength", trigger.target.clone()),
                // The metric of the policy counts messages that nobody has taken yet.
                ("scaleOnInFlight", "false".to_owned()),
            ]);
            ("aws-sqs-queue", "AverageValue", all)
        }
    };
    KedaTrigger {
        type_: type_.to_owned(),
        metric_type: metric_type.to_owned(),
        metadata,
        authentication_ref: Some(NameRef { name: authentication.to_owned() }),
    }
}
