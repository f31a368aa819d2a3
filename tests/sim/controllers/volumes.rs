//! The controller that binds claims to the volumes that are reserved for them.

use serde_json::{Value, json};

use crate::server::resource::{Id, of_kind};
use crate::server::store::Store;

/// Gives every volume its phase, and its claim the same.
pub(crate) fn step(store: &mut Store) {
    let all: Vec<(Id, std::sync::Arc<Value>)> = store
        .list(of_kind("PersistentVolume"), "")
        .into_iter()
        .map(|(id, volume)| (id.clone(), volume.clone()))
        .collect();
    for (id, volume) in all {
        let reference = &volume["spec"]["claimRef"];
        let text = |member: &str| reference[member].as_str().unwrap_or_default();
        let claim = Id::new(of_kind("PersistentVolumeClaim"), text("namespace"), text("name"));
        let uid = store.get(&claim).map(|claim| claim["metadata"]["uid"].clone());
        let bound = reference.get("uid").filter(|uid| !uid.is_null());
        let phase = match (&uid, bound) {
            (Some(uid), None) => {
                let uid = uid.clone();
                store.modify(&id, "persistent-volume-binder", "", |volume| {
                    volume["spec"]["claimRef"]["uid"] = uid;
                });
                "Bound"
            }
            (Some(uid), Some(bound)) if uid == bound => "Bound",
            (_, Some(_)) => "Released",
            (None, None) => "Available",
        };
        let status = |store: &mut Store, id: &Id| {
            if store.get(id).is_some_and(|object| object["status"]["phase"] != phase) {
                store.modify(id, "persistent-volume-binder", "status", |object| {
                    object["status"] = json!({"phase": phase});
                });
            }
        };
        status(store, &id);
        if phase == "Bound" {
            status(store, &claim);
        }
    }
}
