//! How a story has ended, without what differs between two tellings of it.

use std::collections::{BTreeMap, BTreeSet};

use ecs_bridge::api::labels;
use serde_json::{Value, json};

use crate::server::resource::{Id, of_kind};
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

/// How many pods were made. Those of a service that was deleted count again where one of its name is made before they are
/// gone: it sees them until then.
pub(crate) fn pods(store: &Store) -> usize {
    let mut there: BTreeMap<&Id, &str> = BTreeMap::new();
    let mut count = 0;
    for change in &store.log {
        let is_new = change.old.is_none();
        match change.id.plural {
            "pods" if change.new.is_none() => drop(there.remove(&change.id)),
            "pods" => {
                let service = change.sent["metadata"]["labels"][labels::SERVICE].as_str();
                there.insert(&change.id, service.unwrap_or_default());
                count += usize::from(is_new);
            }
            "ecsservices" if is_new => {
                count += there.values().filter(|service| **service == change.id.name).count();
            }
            _ => {}
        }
    }
    count
}

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
                // Which count was taken over, and when: of use only until the status has seen it.
                if kind == "EcsService"
                    && let Some(Value::Object(metadata)) = kept.pointer_mut("/metadata")
                    && let Some(Value::Object(annotations)) = metadata.get_mut("annotations")
                {
                    annotations.remove(labels::TAKEN_OVER);
                    if annotations.is_empty() {
                        metadata.remove("annotations");
                    }
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

/// Reason and note of every event. Of a service that was deleted each counts once: until its operator hears of that, it makes
/// again what is taken away with it, and that a deployment was completed again.
pub(crate) fn events(store: &Store) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = store.list(of_kind("Event"), "").into_iter().map(|(_, event)| event).collect();
    all.sort_by_key(|event| {
        event["metadata"]["resourceVersion"].as_str().and_then(|v| v.parse::<u64>().ok())
    });
    let services = store.list(of_kind("EcsService"), "");
    let uids: BTreeSet<_> = services.iter().map(|(_, service)| text(&service["metadata"]["uid"])).collect();
    let mut told = BTreeSet::new();
    all.retain(|event| {
        let regarding = &event["regarding"];
        let uid = text(&regarding["uid"]);
        regarding["kind"] != "EcsService"
            || uids.contains(&uid)
            || told.insert((uid, text(&event["reason"]), text(&event["note"])))
    });
    all.into_iter().map(|event| (text(&event["reason"]), text(&event["note"]))).collect()
}
