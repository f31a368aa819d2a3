//! What goes when its owners, or its namespace, are gone.

use std::collections::HashSet;

use crate::server::resource::{Id, of_kind};
use crate::server::store::{Deletion, Store, is_deleting, owners, release};

/// Collects until nothing is left to collect.
pub(crate) fn collect(store: &mut Store) {
    while empty_namespaces(store) | orphans(store) | foreground(store) {}
}

fn orphans(store: &mut Store) -> bool {
    let alive: HashSet<String> =
        store.all().filter_map(|(_, value)| value["metadata"]["uid"].as_str().map(str::to_owned)).collect();
    let dangling = |value: &serde_json::Value| owners(value).any(|owner| !alive.contains(owner));
    let found: Vec<(Id, bool)> = store
        .all()
        .filter(|(_, value)| dangling(value) && !is_deleting(value))
        .map(|(id, value)| (id.clone(), owners(value).any(|owner| alive.contains(owner))))
        .collect();
    for (id, owned) in &found {
        if *owned {
            store.modify(id, "garbage-collector", "", |value| release(value, |owner| !alive.contains(owner)));
        } else {
            drop(store.delete(id, &Deletion::default()));
        }
    }
    !found.is_empty()
}

/// Deletes what a namespace holds that is being deleted, and the namespace when it is empty.
fn empty_namespaces(store: &mut Store) -> bool {
    let terminating: Vec<Id> = store
        .list(of_kind("Namespace"), "")
        .into_iter()
        .filter(|(_, value)| is_deleting(value))
        .map(|(id, _)| id.clone())
        .collect();
    let mut busy = false;
    for namespace in terminating {
        let inside = |id: &&Id| id.namespace == namespace.name;
        let left: Vec<Id> = store.all().map(|(id, _)| id).filter(inside).cloned().collect();
        if left.is_empty() {
            store.end(&namespace);
            busy = true;
        }
        for id in left {
            if store.get(&id).is_some_and(|value| !is_deleting(value)) {
                drop(store.delete(&id, &Deletion::default()));
                busy = true;
            }
        }
    }
    busy
}

/// Owners that wait for what they own.
fn foreground(store: &mut Store) -> bool {
    let waits = |value: &serde_json::Value| {
        let finalizers = value.pointer("/metadata/finalizers").and_then(serde_json::Value::as_array);
        finalizers.is_some_and(|all| all.contains(&"foregroundDeletion".into()))
    };
    let waiting: Vec<(Id, String)> = store
        .all()
        .filter(|(_, value)| waits(value))
        .map(|(id, value)| (id.clone(), value["metadata"]["uid"].as_str().unwrap_or_default().to_owned()))
        .collect();
    let mut busy = false;
    for (id, uid) in waiting {
        let dependents = store.dependents(&uid);
        if dependents.is_empty() {
            store.end(&id);
            busy = true;
        }
        for dependent in dependents {
            if store.get(&dependent).is_some_and(|value| !is_deleting(value)) {
                drop(store.delete(&dependent, &Deletion::default()));
                busy = true;
            }
        }
    }
    busy
}
