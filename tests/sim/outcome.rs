//! How a story has ended, without what differs between two tellings of it.

use std::collections::BTreeMap;

use ecs_bridge::api::labels;
use serde_json::{Value, json};

use crate::server::resource::of_kind;
use crate::server::store::Store;

/// Members that say when, or how often, something was written, and nothing else.
const TIMES: &[&str] = &[
    "actionsUntil",
    "creationTimestamp",
    "createdAt",
    "deletionTimestamp",
    "failedTasks",
    "failures",
    "generation",
    "lastTransitionTime",
    "lastUpdateTime",
    "managedFields",
    "observedGeneration",
    "resourceVersion",
    "since",
    "uid",
    "updatedAt",
];

/// What is stored at the end.
pub(crate) type State = BTreeMap<String, Value>;

/// Everything but what differs between two tellings: pods by what they run, no Leases, no events.
pub(crate) fn state(store: &Store) -> State {
    let mut state = State::new();
    let mut pods: BTreeMap<String, usize> = BTreeMap::new();
    for (id, value) in store.all() {
        match id.resource().kind {
            "Lease" | "Event" => {}
            "Pod" => {
                let what = json!({
                    "service": value["metadata"]["labels"][labels::SERVICE],
                    "deployment": value["metadata"]["labels"][labels::DEPLOYMENT_ID],
                    "image": value["spec"]["containers"][0]["image"],
                    "phase": value["status"]["phase"],
                });
                *pods.entry(what.to_string()).or_default() += 1;
            }
            kind => {
                let mut kept = timeless(value);
                // A record is made before or after the count is written down; nothing reads it from there.
                if kind == "ControllerRevision"
                    && let Some(Value::Object(kubernetes)) =
                        kept.pointer_mut("/data/inputs/service/kubernetes")
                {
                    kubernetes.remove("scaledCount");
                }
                state.insert(format!("{kind} {}/{}", id.namespace, id.name), kept);
            }
        }
    }
    state.extend(pods.into_iter().map(|(what, count)| (format!("pods {what}"), count.into())));
    state
}

/// A value without times and versions.
pub(crate) fn timeless(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !TIMES.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), timeless(value))).collect()
        }
        Value::Array(items) => items.iter().map(timeless).collect(),
        value => value.clone(),
    }
}

/// What differs between two states, in words.
pub(crate) fn differences(expected: &State, found: &State) -> Vec<String> {
    let names = expected.keys().chain(found.keys().filter(|name| !expected.contains_key(*name)));
    let differ = names.filter(|name| expected.get(*name) != found.get(*name));
    let show = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), |v| format!("{v:#}"));
    differ
        .map(|name| {
            format!("{name}\nexpected: {}\nfound: {}", show(expected.get(name)), show(found.get(name)))
        })
        .collect()
}

/// Reason and note of every event.
pub(crate) fn events(store: &Store) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = store.list(of_kind("Event"), "").into_iter().map(|(_, event)| event).collect();
    all.sort_by_key(|event| {
        event["metadata"]["resourceVersion"].as_str().and_then(|v| v.parse::<u64>().ok())
    });
    all.into_iter().map(|event| (text(&event["reason"]), text(&event["note"]))).collect()
}
