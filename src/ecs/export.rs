//! The way back: from custom resources to the requests of the ECS API.
//!
//! What comes out is the normal form of what went in: members with their API names, values with their API types,
//! nothing that is empty, nothing that only answers have. A request in that form comes back as it was.

use std::io;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::import::{Content, Resource};
use crate::api::ecs::{ScalableDimension, ServiceNamespace};
use crate::api::ecs_service::AutoScaling;
use crate::finding::{Code, Finding, Path};

/// A request of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its action: `CreateService`.
    pub action: &'static str,
    /// What tells it from others of the resource; empty where there is only one.
    pub part: String,
    /// Its body, which is written in the order in which the API has its members.
    pub body: Content,
}

/// A body as a value, for programs.
#[must_use]
pub fn value(body: &Content) -> Value {
    // These types are made of strings, numbers, lists and maps with string keys: serializing them cannot fail.
    serde_json::from_str(&json(body).unwrap_or_default()).unwrap_or_default()
}

/// The requests that make on ECS what the resource says, in the order in which they have to be sent, and what they
/// leave out.
#[must_use]
pub fn export(resource: &Resource) -> (Vec<Request>, Vec<Finding>) {
    let (action, body, own) = match resource {
        Resource::TaskDefinition(task) => {
            let mut spec = task.spec.clone();
            let own = members(spec.kubernetes.take());
            ("RegisterTaskDefinition", Content::TaskDefinition(Box::new(spec)), own)
        }
        Resource::Service(service) => {
            let mut spec = service.spec.clone();
            spec.auto_scaling = None;
            let own = members(spec.kubernetes.take());
            ("CreateService", Content::Service(Box::new(spec)), own)
        }
        Resource::CapacityProvider(provider) => {
            let mut spec = provider.spec.clone();
            let own = members(spec.kubernetes.take());
            ("CreateCapacityProvider", Content::CapacityProvider(Box::new(spec)), own)
        }
    };
    let path = Path::ROOT.member("kubernetes");
    let message = "ECS has no word for it; the request does not have it.";
    let findings =
        own.iter().map(|name| Finding::new(Code::NotExported, path.member(name), message)).collect();
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

/// The members that are set.
fn members(own: Option<impl Serialize>) -> Vec<String> {
    let value = own.and_then(|own| serde_json::to_value(own).ok());
    value.iter().filter_map(Value::as_object).flat_map(|members| members.keys().cloned()).collect()
}

/// Fills in what every request of Application Auto Scaling has to say, and a custom resource need not.
macro_rules! addressed {
    ($shape:expr, $id:expr) => {{
        let mut body = $shape.clone();
        body.service_namespace.get_or_insert(ServiceNamespace::Ecs);
        body.resource_id.get_or_insert_with(|| $id.to_owned());
        body.scalable_dimension.get_or_insert(ScalableDimension::DesiredCount);
        Box::new(body)
    }};
}

fn scaling(scaling: &AutoScaling, id: &str) -> Vec<Request> {
    let target = scaling.scalable_target.iter().map(|target| Request {
        action: "RegisterScalableTarget",
        part: String::new(),
        body: Content::ScalableTarget(addressed!(target, id)),
    });
    let policies = scaling.scaling_policies.iter().map(|policy| Request {
        action: "PutScalingPolicy",
        part: policy.policy_name.clone().unwrap_or_default(),
        body: Content::ScalingPolicy(addressed!(policy, id)),
    });
    let actions = scaling.scheduled_actions.iter().map(|action| Request {
        action: "PutScheduledAction",
        part: action.scheduled_action_name.clone().unwrap_or_default(),
        body: Content::ScheduledAction(addressed!(action, id)),
    });
    let alarms = scaling.alarms.iter().map(|alarm| Request {
        action: "PutMetricAlarm",
        part: alarm.alarm_name.clone().unwrap_or_default(),
        body: Content::Alarm(Box::new(alarm.clone())),
    });
    // Their actions are ARNs of policies, which are there by then.
    target.chain(policies).chain(actions).chain(alarms).collect()
}

/// JSON for people and for `--cli-input-json`, its members in the order of the API.
///
/// # Errors
///
/// Where a value has no JSON, which no request is.
pub fn json(requests: &impl Serialize) -> io::Result<String> {
    let mut text = Vec::new();
    requests.serialize(&mut Serializer::with_formatter(&mut text, Whole(PrettyFormatter::new())))?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// `60` is not `60.0` to everybody: numbers without a fraction are written without one.
struct Whole<'a>(PrettyFormatter<'a>);

impl Formatter for Whole<'_> {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        /// Up to here every whole number has its own double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() < EXACT {
            return write!(writer, "{value:.0}");
        }
        self.0.write_f64(writer, value)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests;
