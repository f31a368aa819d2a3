//! What a document holds, told by its members: nobody has to say.

use serde_json::{Map, Value};

use super::shape::fold;
use crate::api;
use crate::finding::{Code, Finding, Path};

/// What a part of a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// RegisterTaskDefinition, or the `taskDefinition` of an answer.
    TaskDefinition,
    /// CreateService, or one of the `services` of an answer.
    Service,
    /// CreateCapacityProvider, or one of the `capacityProviders` of an answer.
    CapacityProvider,
    /// RegisterScalableTarget, or one of the `ScalableTargets` of an answer.
    ScalableTarget,
    /// PutScalingPolicy, or one of the `ScalingPolicies` of an answer.
    ScalingPolicy,
    /// PutScheduledAction, or one of the `ScheduledActions` of an answer.
    ScheduledAction,
    /// PutMetricAlarm, or one of the `MetricAlarms` of an answer.
    Alarm,
}

/// One definition in a document.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the document; empty for all of it.
    pub base: String,
    /// The definition itself.
    pub value: Value,
    /// `metadata` of a custom resource.
    pub metadata: Option<Value>,
}

/// What was found in a document.
#[derive(Debug, Default)]
pub struct Detected {
    /// The definitions.
    pub parts: Vec<Part>,
    /// What there is to say about the document around them.
    pub findings: Vec<Finding>,
    /// Why there are none: what the document is instead, and what to do.
    pub foreign: Option<(String, &'static str)>,
}

/// Lists that answers of the API consist of, and single objects that requests and answers wrap: name, what is inside.
const WRAPPERS: &[(&str, Kind)] = &[
    ("taskdefinition", Kind::TaskDefinition),
    ("services", Kind::Service),
    ("service", Kind::Service),
    ("capacityproviders", Kind::CapacityProvider),
    ("capacityprovider", Kind::CapacityProvider),
    ("scalabletargets", Kind::ScalableTarget),
    ("scalingpolicies", Kind::ScalingPolicy),
    ("scheduledactions", Kind::ScheduledAction),
    ("metricalarms", Kind::Alarm),
];

/// Members that tell what an object is, the most telling kind first.
const SIGNATURES: &[(Kind, &[&str])] = &[
    (Kind::TaskDefinition, &["containerdefinitions"]),
    (
        Kind::CapacityProvider,
        &["autoscalinggroupprovider", "managedinstancesprovider", "capacityproviderarn"],
    ),
    (
        Kind::ScalingPolicy,
        &[
            "policyname",
            "policytype",
            "targettrackingscalingpolicyconfiguration",
            "stepscalingpolicyconfiguration",
            "predictivescalingpolicyconfiguration",
        ],
    ),
    (Kind::ScheduledAction, &["scheduledactionname", "scalabletargetaction"]),
    (Kind::Alarm, &["alarmname", "alarmactions", "comparisonoperator"]),
    (Kind::ScalableTarget, &["mincapacity", "maxcapacity", "scalabletargetarn"]),
    (
        Kind::Service,
        &[
            "servicename",
            "servicearn",
            "taskdefinition",
            "desiredcount",
            "schedulingstrategy",
            "deploymentconfiguration",
            "deploymentcontroller",
            "loadbalancers",
            "serviceregistries",
            "networkconfiguration",
            "capacityproviderstrategy",
        ],
    ),
    (Kind::TaskDefinition, &["family", "taskdefinitionarn", "requirescompatibilities"]),
];

/// Says what a document holds.
#[must_use]
pub fn detect(document: Value) -> Detected {
    let mut detected = Detected::default();
    part(document, &Path::ROOT, &mut detected);
    detected
}

fn part(value: Value, at: &Path<'_>, detected: &mut Detected) {
    match value {
        Value::Object(map) if is_kubernetes(&map) => resource(map, at, detected),
        Value::Object(map) => object(map, at, detected),
        Value::Array(list) => array(list, at, detected),
        _ => detected.foreign = Some(("a single value".to_owned(), NOTHING)),
    }
}

fn push(detected: &mut Detected, kind: Kind, at: &Path<'_>, value: Value) {
    detected.parts.push(Part { kind, base: at.to_string(), value, metadata: None });
}

fn object(mut map: Map<String, Value>, at: &Path<'_>, detected: &mut Detected) {
    failures(&map, at, detected);
    let mut wrapped = false;
    let names: Vec<(String, Kind)> = map
        .iter()
        .filter(|(_, value)| value.is_object() || value.is_array())
        .filter_map(|(name, _)| Some((name.clone(), wrapper(name)?)))
        .collect();
    for (name, kind) in names {
        let here = at.member(&name);
        match map.remove(&name) {
            Some(Value::Array(list)) if list.iter().all(Value::is_object) => {
                wrapped = true;
                for (index, item) in list.into_iter().enumerate() {
                    push(detected, kind, &here.index(index), item);
                }
            }
            Some(Value::Object(mut inner)) if signature(&inner) == Some(kind) => {
                wrapped = true;
                if let (Kind::TaskDefinition, Some(tags)) = (kind, map.remove("tags")) {
                    // DescribeTaskDefinition answers with the tags beside the task definition.
                    inner.entry("tags").or_insert(tags);
                }
                push(detected, kind, &here, Value::Object(inner));
            }
            Some(other) => {
                map.insert(name, other);
            }
            None => {}
        }
    }
    if wrapped {
        return;
    }
    if let Some(foreign) = foreign(&map) {
        detected.foreign = Some((foreign.0.to_owned(), foreign.1));
    } else if let Some(kind) = signature(&map) {
        push(detected, kind, at, Value::Object(map));
    } else {
        let members: Vec<&str> = map.keys().take(5).map(String::as_str).collect();
        let what = if members.is_empty() {
            "an empty object".to_owned()
        } else {
            format!("an object with the members {}", members.join(", "))
        };
        detected.foreign = Some((what, NOTHING));
    }
}

fn array(list: Vec<Value>, at: &Path<'_>, detected: &mut Detected) {
    if !list.is_empty() && list.iter().all(is_container) {
        let mut map = Map::new();
        map.insert("containerDefinitions".to_owned(), Value::Array(list));
        return push(detected, Kind::TaskDefinition, at, Value::Object(map));
    }
    if list.is_empty() {
        detected.foreign = Some(("an empty list".to_owned(), NOTHING));
    }
    for (index, item) in list.into_iter().enumerate() {
        part(item, &at.index(index), detected);
    }
}

fn failures(map: &Map<String, Value>, at: &Path<'_>, detected: &mut Detected) {
    let Some(Value::Array(failures)) = map.get("failures") else {
        return;
    };
    let here = at.member("failures");
    for (index, failure) in failures.iter().enumerate() {
        let text = |name| failure.get(name).and_then(Value::as_str).unwrap_or("unknown");
        let message = format!("The API did not describe `{}`: {}.", text("arn"), text("reason"));
        detected.findings.push(
            Finding::new(Code::InactiveOnEcs, here.index(index), message)
                .remedy("Ask again with the right name, cluster and region."),
        );
    }
}

fn wrapper(name: &str) -> Option<Kind> {
    let folded = fold(name);
    WRAPPERS.iter().find(|(wrapper, _)| *wrapper == folded).map(|(_, kind)| *kind)
}

fn signature(map: &Map<String, Value>) -> Option<Kind> {
    let names: Vec<String> = map.keys().map(|name| fold(name)).collect();
    SIGNATURES
        .iter()
        .find(|(_, telling)| telling.iter().any(|name| names.iter().any(|n| n == name)))
        .map(|(kind, _)| *kind)
}

fn is_container(value: &Value) -> bool {
    let Value::Object(map) = value else {
        return false;
    };
    let has = |names: &[&str]| map.keys().any(|name| names.contains(&fold(name).as_str()));
    !has(&["family", "servicename", "containerdefinitions", "imageuri"])
        && (has(&["image"])
            || (has(&["name"]) && has(&["essential", "portmappings", "memory", "memoryreservation"])))
}

fn is_kubernetes(map: &Map<String, Value>) -> bool {
    map.get("apiVersion").is_some_and(Value::is_string) && map.get("kind").is_some_and(Value::is_string)
}

fn resource(mut map: Map<String, Value>, at: &Path<'_>, detected: &mut Detected) {
    let text = |name: &str| map.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if version == "v1" && kind == "List" {
        let items = at.member("items");
        let list = map.remove("items").and_then(|items| match items {
            Value::Array(list) => Some(list),
            _ => None,
        });
        for (index, item) in list.unwrap_or_default().into_iter().enumerate() {
            part(item, &items.index(index), detected);
        }
        return;
    }
    let ours = match kind.as_str() {
        _ if version != api::API_VERSION => None,
        "TaskDefinition" => Some(Kind::TaskDefinition),
        "EcsService" => Some(Kind::Service),
        "CapacityProvider" => Some(Kind::CapacityProvider),
        _ => None,
    };
    let Some(kind) = ours else {
        let what = format!("a Kubernetes manifest ({version} {kind})");
        detected.foreign = Some((
            what,
            "Only TaskDefinition, EcsService and CapacityProvider of ecs-bridge.dev/v1alpha1 are read.",
        ));
        return;
    };
    detected.parts.push(Part {
        kind,
        base: at.member("spec").to_string(),
        value: map.remove("spec").unwrap_or(Value::Object(Map::new())),
        metadata: Some(map.remove("metadata").unwrap_or(Value::Object(Map::new()))),
    });
}

const NOTHING: &str = "Give a task definition, a service, a capacity provider, a list of container definitions, \
    Application Auto Scaling documents, CloudWatch alarms, or answers of the ECS API that hold them.";
const RESOLVED: &str =
    "Import what it became: `aws ecs describe-task-definition` and `aws ecs describe-services` print it.";

/// Other people's formats that lie beside ECS files: what it is, what to do.
fn foreign(map: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let has = |name: &str| map.contains_key(name);
    let holds = |name: &str| map.get(name).is_some_and(Value::is_object);
    if has("AWSTemplateFormatVersion") || holds("Resources") {
        return Some(("a CloudFormation template", RESOLVED));
    }
    if has("terraform_version") || (has("resource") && !has("family")) {
        return Some(("a Terraform file", RESOLVED));
    }
    if holds("services") {
        return Some(("a Docker Compose file", "Convert it with kompose, or import the ECS definitions."));
    }
    if has("hooks") || map.get("Resources").is_some_and(Value::is_array) {
        return Some(("a CodeDeploy appspec", "Import the task definition and the service that it deploys."));
    }
    if has("clusters") || (has("clusterName") && !has("serviceName")) {
        return Some(("a cluster", "Clusters are not imported: name the namespace with `-n`."));
    }
    if has("tasks") || (has("taskDefinition") && (has("overrides") || has("startedBy") || has("count"))) {
        return Some((
            "a task or a RunTask request",
            "Import the task definition and the service that runs it.",
        ));
    }
    if has("TargetValue") {
        return Some((
            "the configuration of a scaling policy alone",
            "Import the policy: `aws application-autoscaling describe-scaling-policies --service-namespace ecs` prints it.",
        ));
    }
    None
}

#[cfg(test)]
mod tests;
