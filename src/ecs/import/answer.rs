//! Answers of the API that are used as input: what they know beyond the request is taken over before the rest
//! is ignored as output.

use serde_json::{Map, Value};

use super::super::arn::{self, TaskDefinitionRef};
use super::super::detect::Kind;
use crate::api::EcsServiceSpec;
use crate::api::ecs::{SchedulingStrategy, Tag};
use crate::finding::{Code, Finding, Path};

/// What an answer says about a definition besides the definition.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The revision of a task definition.
    pub(super) revision: Option<i64>,
    pub(super) findings: Vec<Finding>,
}

/// Takes over what the request spells differently.
pub(super) fn take_over(kind: Kind, value: &mut Value) -> Known {
    let mut known = Known::default();
    let Value::Object(map) = value else {
        return known;
    };
    match kind {
        Kind::TaskDefinition => task_definition(map, &mut known),
        Kind::Service => service(map, &mut known),
        _ => {}
    }
    known
}

/// Why there is nothing to make of this: DescribeCapacityProviders lists those that every account has, too.
pub(super) fn predefined(kind: Kind, value: &Value) -> Option<Finding> {
    let map = value
        .as_object()
        .filter(|map| kind == Kind::CapacityProvider && map.contains_key("capacityProviderArn"))?;
    let name = text(map, "name").filter(|name| ["FARGATE", "FARGATE_SPOT"].contains(name))?;
    let message = format!("The capacity provider {name} is there without being made.");
    Some(Finding::new(Code::NotApplicable, "name", message))
}

fn task_definition(map: &Map<String, Value>, known: &mut Known) {
    let number = map.get("revision").and_then(|revision| match revision {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    let of_arn = || {
        let arn = map.get("taskDefinitionArn")?.as_str()?;
        TaskDefinitionRef::parse(arn)?.revision
    };
    known.revision = number.or_else(of_arn).filter(|revision| *revision > 0);
    if let Some(status) = text(map, "status").filter(|status| *status != "ACTIVE") {
        known.findings.push(inactive("task definition", status));
    }
}

fn service(map: &mut Map<String, Value>, known: &mut Known) {
    if let Some(status) = text(map, "status").filter(|status| *status != "ACTIVE") {
        known.findings.push(inactive("service", status));
    }
    if !map.contains_key("cluster")
        && let Some(cluster) = text(map, "clusterArn")
    {
        let cluster = Value::from(arn::name(cluster));
        map.insert("cluster".to_owned(), cluster);
    }
    if !map.contains_key("serviceName")
        && let Some(Value::String(name)) = map.remove("service")
    {
        known.findings.push(Finding::new(
            Code::ReadAs,
            "service",
            "`service`, as UpdateService spells it, was read as `serviceName`.",
        ));
        map.insert("serviceName".to_owned(), Value::from(arn::name(&name)));
    }
    of_primary(map);
}

/// Service Connect, volumes and VPC Lattice of a service stand in the answer's deployments only.
fn of_primary(map: &mut Map<String, Value>) {
    let primary = map.get("deployments").and_then(Value::as_array).and_then(|deployments| {
        deployments
            .iter()
            .find(|deployment| deployment.get("status").and_then(Value::as_str) == Some("PRIMARY"))
    });
    let taken: Vec<(&str, Value)> =
        ["serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"]
            .into_iter()
            .filter(|name| !map.contains_key(*name))
            .filter_map(|name| Some((name, primary?.get(name)?.clone())))
            .collect();
    for (name, value) in taken {
        map.insert(name.to_owned(), value);
    }
}

/// Every answer has a count, which a DAEMON service may not be created with.
pub(super) fn daemon(service: &mut EcsServiceSpec) -> Option<Finding> {
    if service.scheduling_strategy != Some(SchedulingStrategy::Daemon) {
        return None;
    }
    service.desired_count.take().map(|_| {
        let message =
            "ECS counts the tasks of a DAEMON service itself, one on each instance; `desiredCount` is ignored.";
        Finding::new(Code::OutputOnlyMember, "desiredCount", message)
    })
}

/// Tags that AWS has set by itself: nobody else can, so a request may not have them.
pub(super) fn tags(tags: &mut Vec<Tag>) -> Vec<Finding> {
    let mut dropped = Vec::new();
    let mut index = 0;
    tags.retain(|tag| {
        let (here, key) = (index, tag.key.as_deref().unwrap_or_default());
        index += 1;
        let is_ours = !key.to_ascii_lowercase().starts_with("aws:");
        if !is_ours {
            let message = format!("The tag {key:?} is one of those that AWS sets by itself; it is left out.");
            let at = Path::ROOT.member("tags");
            dropped.push(Finding::new(Code::NotApplicable, at.index(here), message));
        }
        is_ours
    });
    dropped
}

fn text<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    map.get(name).and_then(Value::as_str)
}

fn inactive(what: &str, status: &str) -> Finding {
    let message = format!("The {what} is {status} on ECS; it is imported all the same.");
    Finding::new(Code::InactiveOnEcs, "status", message).remedy("Leave the file out if you do not want it.")
}
