//! The way back: from custom resources to the requests of the ECS API.
//!
//! What comes out is the normal form of what went in: members with their API names, values with their API types,
//! nothing that is empty, nothing that only answers have. A request in that form comes back as it was.

use serde::Serialize;
use serde_json::{Map, Value};

use super::import::Resource;
use crate::api::ecs_service::AutoScaling;
use crate::finding::{Code, Finding, Path};

/// A request of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its action: `CreateService`.
    pub action: &'static str,
    /// What tells it from others of the resource; empty where there is only one.
    pub part: String,
    /// Its body.
    pub body: Value,
}

/// The requests that make on ECS what the resource says, in the order in which they have to be sent, and what they
/// leave out.
#[must_use]
pub fn export(resource: &Resource) -> (Vec<Request>, Vec<Finding>) {
    let (action, mut body) = match resource {
        Resource::TaskDefinition(task) => ("RegisterTaskDefinition", value(&task.spec)),
        Resource::Service(service) => ("CreateService", value(&service.spec)),
        Resource::CapacityProvider(provider) => ("CreateCapacityProvider", value(&provider.spec)),
    };
    let mut findings = Vec::new();
    let own = body.as_object_mut().and_then(|members| members.remove("kubernetes"));
    for name in own.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        let path = Path::ROOT.member("kubernetes");
        let message = "ECS has no word for it; the request does not have it.";
        findings.push(Finding::new(Code::NotExported, path.member(name), message));
    }
    if let Some(members) = body.as_object_mut() {
        members.remove("autoScaling");
    }
    let mut requests = vec![Request { action, part: String::new(), body }];
    if let Resource::Service(service) = resource
        && let Some(scaling) = &service.spec.auto_scaling
    {
        let cluster = service.spec.cluster.as_deref().map_or("default", super::arn::name);
        let name = service.spec.service_name.as_deref().unwrap_or_default();
        requests.extend(self::scaling(scaling, &format!("service/{cluster}/{name}")));
    }
    (requests, findings)
}

fn scaling(scaling: &AutoScaling, id: &str) -> Vec<Request> {
    let target = scaling.scalable_target.iter().map(|target| Request {
        action: "RegisterScalableTarget",
        part: String::new(),
        body: addressed(value(target), id),
    });
    let policies = scaling.scaling_policies.iter().map(|policy| Request {
        action: "PutScalingPolicy",
        part: policy.policy_name.clone().unwrap_or_default(),
        body: addressed(value(policy), id),
    });
    let actions = scaling.scheduled_actions.iter().map(|action| Request {
        action: "PutScheduledAction",
        part: action.scheduled_action_name.clone().unwrap_or_default(),
        body: addressed(value(action), id),
    });
    target.chain(policies).chain(actions).collect()
}

/// What every request of Application Auto Scaling has to say, and a custom resource need not.
fn addressed(mut body: Value, id: &str) -> Value {
    if let Some(members) = body.as_object_mut() {
        for (name, value) in [
            ("ServiceNamespace", "ecs"),
            ("ResourceId", id),
            ("ScalableDimension", "ecs:service:DesiredCount"),
        ] {
            members.entry(name).or_insert_with(|| Value::from(value));
        }
    }
    body
}

fn value(spec: &impl Serialize) -> Value {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    let mut value = serde_json::to_value(spec).unwrap_or_default();
    whole(&mut value);
    value
}

/// `60` is not `60.0` to everybody: numbers without a fraction are written without one.
fn whole(value: &mut Value) {
    /// Up to here every whole number has its own double.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let exact = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < EXACT);
            if let Some(number) = exact {
                *value = Value::from(number as i64);
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(whole),
        Value::Object(members) => members.values_mut().for_each(whole),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
