//! The ledger cannot lie: whatever it says of a member is tried on definitions that set it.

use std::collections::BTreeMap;
use std::sync::Mutex;

use ecs_bridge::api::{CapacityProviderSpec, EcsServiceSpec, TaskDefinitionSpec};
use ecs_bridge::desired;
use ecs_bridge::ecs::shape::{Readable as _, Shape};
use ecs_bridge::finding::Finding;
use ecs_bridge::ledger::{Root, Row, Treatment};
use serde_json::{Value, json};

use crate::generate::{Generated, definitions};
use crate::spread::spread;

/// Definitions that are looked at; every member is set in several of them.
const SEEDS: u64 = 2500;
/// Definitions in which each member is looked at.
const TRIES: usize = 12;

/// What scheduled actions do: `tests` of `rollout::bounds` prove it.
const SCHEDULED: &str = "is carried out by the operator's clock, in a cluster";
/// What the circuit breaker does: `desired::tests::failure` proves it.
const BREAKER: &str = "decides what follows failed tasks, in a cluster";
/// Exact members that change no object, and where what they say goes.
const NO_OBJECT: &[(&str, &str)] = &[
    ("CapacityProvider kubernetes.namespaces", "refuses services of other namespaces"),
    ("Service autoScaling.alarms[].AlarmName", "names the alarm to its owner"),
    ("Service autoScaling.scalableTarget.ResourceId", "has to name the service"),
    ("Service autoScaling.scalableTarget.ScalableDimension", "has one value"),
    ("Service autoScaling.scalableTarget.ServiceNamespace", "has one value"),
    (
        "Service autoScaling.scalableTarget.SuspendedState.ScheduledScalingSuspended",
        "keeps the operator's clock from acting",
    ),
    ("Service autoScaling.scalingPolicies[].PolicyName", "names the policy to its owner"),
    ("Service autoScaling.scalingPolicies[].PolicyType", "says which configuration is there"),
    ("Service autoScaling.scalingPolicies[].ResourceId", "has to name the service"),
    ("Service autoScaling.scalingPolicies[].ScalableDimension", "has one value"),
    ("Service autoScaling.scalingPolicies[].ServiceNamespace", "has one value"),
    ("Service autoScaling.scheduledActions[].EndTime", SCHEDULED),
    ("Service autoScaling.scheduledActions[].ResourceId", "has to name the service"),
    ("Service autoScaling.scheduledActions[].ScalableDimension", "has one value"),
    ("Service autoScaling.scheduledActions[].ScalableTargetAction.MaxCapacity", SCHEDULED),
    ("Service autoScaling.scheduledActions[].ScalableTargetAction.MinCapacity", SCHEDULED),
    ("Service autoScaling.scheduledActions[].Schedule", SCHEDULED),
    ("Service autoScaling.scheduledActions[].ScheduledActionName", "names the action to its owner"),
    ("Service autoScaling.scheduledActions[].ServiceNamespace", "has one value"),
    ("Service autoScaling.scheduledActions[].StartTime", SCHEDULED),
    ("Service autoScaling.scheduledActions[].Timezone", SCHEDULED),
    ("Service cluster", "names the namespace"),
    ("Service deploymentConfiguration.deploymentCircuitBreaker.enable", BREAKER),
    ("Service deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask", BREAKER),
    ("Service deploymentConfiguration.deploymentCircuitBreaker.rollback", BREAKER),
    ("Service deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.type", BREAKER),
    ("Service deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.value", BREAKER),
    ("Service deploymentConfiguration.strategy", "others than ROLLING are refused"),
    ("Service deploymentController.type", "others than ECS are refused"),
    ("Service kubernetes.acceptFindings", "changes the severity of findings"),
    ("Service kubernetes.deploymentFallback", "decides what is refused"),
    ("Service kubernetes.forceNewDeployment", "starts a deployment, in a cluster"),
    ("Service kubernetes.paused", "keeps the operator from working"),
    ("Service kubernetes.scaledCount", "is the count of a cluster, not of a file"),
    ("Service loadBalancers[].containerName", "has to name a container; goes with the target group"),
    ("Service loadBalancers[].containerPort", "has to be mapped; every mapped port is on the Service"),
    ("Service serviceRegistries[].containerName", "has to name a container; its port is what is found"),
    ("Service placementConstraints[].type", "says what the expression is for"),
    ("Service taskDefinition", "names what is run"),
    ("Service volumeConfigurations[].managedEBSVolume.tagSpecifications[].resourceType", "has one value"),
    ("Service volumeConfigurations[].name", "has to name the volume of the task definition"),
    ("TaskDefinition containerDefinitions[].environmentFiles[].type", "has one value"),
    ("TaskDefinition family", "names the definition"),
    ("TaskDefinition kubernetes.deregistered", "is about revisions in a cluster"),
    ("TaskDefinition kubernetes.environmentFiles[].arn", "names the file; without it the file is refused"),
    ("TaskDefinition kubernetes.revision", "is about revisions in a cluster"),
    ("TaskDefinition placementConstraints[].type", "has one value"),
    ("TaskDefinition volumes[].dockerVolumeConfiguration.driver", "others than local are refused"),
    ("TaskDefinition requiresCompatibilities", "decides which rules are checked"),
    ("TaskDefinition volumes[].configuredAtLaunch", "has to go with the service's configuration"),
];

/// What is told about Exact members without being a loss: spellings, and what has to be done elsewhere.
const TOLD: &[&str] = &[
    // An option that makes no difference for this container.
    "NotApplicable",
    "AttributeNeedsLabel",
    "CapacityProviderNeedsLabel",
    "CapacityProviderNotFound",
    "ClusterMismatch",
    "DeploymentConfigurationBlocks",
    "NameChanged",
    "RoleWithoutAccount",
    "TrustPolicyChangeRequired",
];

fn spec(generated: &Generated, root: Root) -> Vec<&Value> {
    match root {
        Root::TaskDefinition => vec![&generated.task_definition],
        Root::Service => vec![&generated.service],
        Root::CapacityProvider => generated.providers.iter().collect(),
    }
}

fn spec_mut(generated: &mut Generated, root: Root, at: usize) -> &mut Value {
    match root {
        Root::TaskDefinition => &mut generated.task_definition,
        Root::Service => &mut generated.service,
        Root::CapacityProvider => &mut generated.providers[at],
    }
}

/// A step to a place of a value.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(String),
    Element(usize),
}

/// Every place of a value that a row speaks of and that says something.
fn places(row: &Row, value: &Value) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    let steps: Vec<&str> = row
        .path
        .split('.')
        .flat_map(|part| {
            let name = part.trim_end_matches("[]");
            std::iter::once(name).chain(part.ends_with("[]").then_some("[]"))
        })
        .collect();
    search(&steps, value, &mut Vec::new(), &mut found);
    found.retain(|place| at(value, place).is_some_and(|value| !is_absent(value) && !is_neutral(row, value)));
    found
}

fn search(steps: &[&str], value: &Value, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let Some((step, rest)) = steps.split_first() else { return found.push(path.clone()) };
    match value {
        Value::Array(items) if *step == "[]" => {
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Element(at));
                search(rest, item, path, found);
                path.pop();
            }
        }
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| *step == "*" || name == step) {
                path.push(Step::Member(name.clone()));
                search(rest, value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v Value, place: &[Step]) -> Option<&'v Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Element(at) => value.get(at),
    })
}

fn at_mut<'v>(value: &'v mut Value, place: &[Step]) -> Option<&'v mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get_mut(name),
        Step::Element(at) => value.get_mut(at),
    })
}

/// A place as findings spell it.
fn spelled(place: &[Step]) -> String {
    let mut text = String::new();
    for step in place {
        match step {
            Step::Element(at) => text.push_str(&format!("[{at}]")),
            Step::Member(name) if name.contains(['.', '[', ']']) => text.push_str(&format!("[{name:?}]")),
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.push_str(&format!(".{name}")),
        }
    }
    text
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_absent),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

fn is_neutral(row: &Row, value: &Value) -> bool {
    row.neutral
        .is_some_and(|neutral| value.as_str().map_or_else(|| value.to_string(), str::to_owned) == neutral)
}

/// Objects and findings by the spec that they speak of, or nothing where the definition is not read as it stands.
fn outcome(generated: &Generated) -> Option<(Vec<Value>, [Vec<Finding>; 2])> {
    let inputs = generated.try_inputs()?;
    let (objects, findings) = desired::offline(&inputs, &generated.context("generated", Some("1.36")));
    let objects = objects.iter().map(ecs_bridge::object::Object::to_value).collect();
    Some((objects, [findings.task_definition, findings.service]))
}

fn of_provider(generated: &Generated, spec: &Value) -> Vec<Finding> {
    let read = ecs_bridge::ecs::read::read::<ecs_bridge::api::CapacityProviderSpec>(spec.clone());
    let Some(typed) = read.value else { return Vec::new() };
    let name = ecs_bridge::model::name::provider(typed.name.as_deref().unwrap_or_default());
    desired::check_provider(&name, &typed, &generated.context("generated", Some("1.36")))
}

/// Other values that a member could have: another word of its enumeration, another number, a little more text.
fn others(row: &Row, root: Root, value: &Value, generated: &Generated) -> Vec<Value> {
    let names = |list: &str| {
        let list = generated.task_definition[list].as_array().cloned().unwrap_or_default();
        list.into_iter().map(|it| it["name"].clone())
    };
    match value {
        Value::Bool(switch) => vec![json!(!switch)],
        Value::Number(number) => match number.as_i64() {
            Some(number) => {
                vec![json!(number + 1), json!(number - 1), json!(number / 2), json!(1000 - number)]
            }
            None => vec![json!(1.5)],
        },
        Value::String(text) => match shape_of(root, row.path) {
            Some(Shape::Enum(words)) => words.iter().map(|word| json!(word)).collect(),
            _ => [
                format!("{text}x"),
                format!("{text}0"),
                "/other".into(),
                "2048".into(),
                "4096".into(),
                "attribute:rack".into(),
                "attribute:stack exists".into(),
                "gp2".into(),
                "other".into(),
            ]
            .into_iter()
            .map(Value::from)
            .chain(names("volumes"))
            .chain(names("containerDefinitions"))
            .collect(),
        },
        _ => Vec::new(),
    }
}

/// The shape of a member, `None` within a map.
fn shape_of(root: Root, path: &str) -> Option<&'static Shape> {
    let mut shape = match root {
        Root::TaskDefinition => TaskDefinitionSpec::shape(),
        Root::Service => EcsServiceSpec::shape(),
        Root::CapacityProvider => CapacityProviderSpec::shape(),
    };
    for name in path.split('.') {
        while let Shape::List(items) | Shape::Map(items) = shape {
            shape = items;
        }
        if name != "*" {
            let Shape::Struct(members) = shape else { return None };
            shape = &members.member(name.trim_end_matches("[]"))?.shape;
        }
    }
    Some(shape)
}

/// What was seen of one row.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// It was set in a definition.
    set: bool,
    /// Its code was told, at its place, above or below it.
    told: bool,
    /// Without it, or with another value, the objects are others.
    changes: bool,
}

/// Whether a finding speaks of a place, of what encloses it, or of what is in it.
fn concerns(finding: &str, place: &str) -> bool {
    let within = |outer: &str, inner: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| outer.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(finding, place) || within(place, finding)
}

/// A row by its spec.
type Key = (String, &'static str);

/// Looks at the rows of one definition that were not looked at often enough; what was seen, and what is not true.
fn look(seed: u64, looks: &Mutex<BTreeMap<Key, usize>>) -> (Vec<(Key, Seen)>, Vec<String>) {
    let generated = definitions(seed);
    let mut open = Vec::new();
    for root in Root::ALL {
        for (index, spec) in spec(&generated, *root).into_iter().enumerate() {
            for row in root.rows() {
                let key = (format!("{root:?}"), row.path);
                let is_open = |key: &Key| looks.lock().unwrap().get(key).is_none_or(|often| *often < TRIES);
                if !is_open(&key) {
                    continue;
                }
                let places = places(row, spec);
                if !places.is_empty() {
                    *looks.lock().unwrap().entry(key.clone()).or_default() += 1;
                    open.push((*root, index, row, places, key));
                }
            }
        }
    }
    let (mut seen, mut lies) = (Vec::new(), Vec::new());
    if open.is_empty() {
        return (seen, lies);
    }
    let (objects, of_specs) = outcome(&generated).expect("it is valid");
    for (root, index, row, places, key) in open {
        let findings = match root {
            Root::TaskDefinition => of_specs[0].clone(),
            Root::Service => of_specs[1].clone(),
            Root::CapacityProvider => of_provider(&generated, spec(&generated, root)[index]),
        };
        let mut of_row = Seen { set: true, ..Seen::default() };
        if let Some(code) = row.treatment.code() {
            let codes: Vec<&Finding> = findings.iter().filter(|it| it.code == code.as_str()).collect();
            // What is refused may be refused for what stands beside it.
            let beside = usize::from(matches!(row.treatment, Treatment::Refused(_)));
            let told = |place: &Vec<Step>| {
                codes.iter().any(|it| concerns(&it.path, &spelled(&place[..place.len() - beside])))
            };
            of_row.told = places.iter().any(told);
            if !of_row.told {
                // It depends on the value: another definition may have one.
                looks.lock().unwrap().insert(key.clone(), 0);
            }
            if row.treatment.reported().is_some() && !places.iter().all(told) {
                lies.push(format!("{root:?} {}: no {}, seed {seed}", row.path, code.as_str()));
            }
        } else {
            let place = spelled(&places[0]);
            let odd = findings
                .iter()
                .find(|it| it.path == place && !it.is_error() && !TOLD.contains(&it.code.as_ref()));
            lies.extend(
                odd.map(|it| format!("{root:?} {}: {} although it is Exact, seed {seed}", row.path, it.code)),
            );
            of_row.changes =
                !objects.is_empty() && changes(&generated, root, index, row, &places[0], &objects);
            if of_row.changes {
                looks.lock().unwrap().insert(key.clone(), TRIES);
            }
        }
        seen.push((key, of_row));
    }
    (seen, lies)
}

#[test]
fn the_ledger_says_what_is_the_case() {
    for (path, _) in NO_OBJECT {
        let is_exact = |root: &Root| {
            let mut rows = root.rows().iter();
            rows.any(|row| format!("{root:?} {}", row.path) == *path && row.treatment == Treatment::Exact)
        };
        assert!(Root::ALL.iter().any(is_exact), "{path} needs no excuse");
    }
    let looks = Mutex::default();
    let looked = spread(SEEDS, |seed| look(seed, &looks));
    let mut rows: BTreeMap<Key, Seen> = BTreeMap::new();
    let mut lies: BTreeMap<String, String> = BTreeMap::new();
    for (seen, told) in looked {
        for (key, seen) in seen {
            let row = rows.entry(key).or_default();
            row.set |= seen.set;
            row.told |= seen.told;
            row.changes |= seen.changes;
        }
        for lie in told {
            let (what, seed) = lie.rsplit_once(", seed ").expect("a seed");
            lies.entry(what.to_owned()).or_insert_with(|| format!("for example seed {seed}"));
        }
    }
    for root in Root::ALL {
        for row in root.rows() {
            let seen = rows.get(&(format!("{root:?}"), row.path)).copied().unwrap_or_default();
            let name = format!("{root:?} {}", row.path);
            // A whole speaks through its parts.
            let below =
                |other: &Row| other.path.strip_prefix(row.path).is_some_and(|it| it.starts_with(['.', '[']));
            let is_whole = root.rows().iter().any(below);
            let excused = NO_OBJECT.iter().any(|(path, _)| *path == name);
            let wrong = match row.treatment {
                _ if !seen.set => Some("is never set".to_owned()),
                Treatment::Exact if !seen.changes && !excused && !is_whole => {
                    Some("is Exact and changes nothing".to_owned())
                }
                Treatment::Approximate(code) | Treatment::Refused(code) if !seen.told => {
                    Some(format!("never tells {}", code.as_str()))
                }
                _ => None,
            };
            lies.extend(wrong.map(|wrong| (name, wrong)));
        }
    }
    assert!(lies.is_empty(), "{} lies: {lies:#?}", lies.len());
}

/// Whether a definition without the member, or with another value of it, is accepted and has other objects.
fn changes(
    generated: &Generated,
    root: Root,
    index: usize,
    row: &Row,
    place: &[Step],
    objects: &[Value],
) -> bool {
    let differs =
        |other: &Generated| outcome(other).is_some_and(|(others, _)| !others.is_empty() && others != objects);
    let mut without = generated.clone();
    let spec = spec_mut(&mut without, root, index);
    if let (Some((Step::Member(last), above)), spec) = (place.split_last(), spec)
        && let Some(Value::Object(members)) = at_mut(spec, above)
    {
        members.remove(last);
        if differs(&without) {
            return true;
        }
    }
    let value = at(self::spec(generated, root)[index], place).expect("it is set").clone();
    others(row, root, &value, generated).into_iter().any(|other| {
        let mut changed = generated.clone();
        *at_mut(spec_mut(&mut changed, root, index), place).expect("it is set") = other;
        differs(&changed)
    })
}
