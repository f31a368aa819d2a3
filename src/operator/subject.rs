//! The custom resource on whose behalf something is written.

use serde_json::{Value, json};

use super::key::Key;
use crate::api::{API_VERSION, labels};

/// A custom resource as an owner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// Its kind and name.
    pub(crate) key: &'a Key,
    /// Its `metadata.uid`.
    pub(crate) uid: &'a str,
}

impl Subject<'_> {
    /// The owner reference of an object that is this resource's alone.
    pub(crate) fn controller_reference(&self) -> Value {
        json!({
            "apiVersion": API_VERSION,
            "kind": self.key.root.kind(),
            "name": self.key.name.name,
            "uid": self.uid,
            "controller": true,
            "blockOwnerDeletion": true,
        })
    }

    /// The owner reference of an object that others own as well.
    pub(crate) fn shared_reference(&self) -> Value {
        json!({
            "apiVersion": API_VERSION,
            "kind": self.key.root.kind(),
            "name": self.key.name.name,
            "uid": self.uid,
        })
    }

    /// Field manager of what it has in common with others: one each, so that one can let go without the others.
    pub(crate) fn shared_manager(&self) -> String {
        format!("{}/{}", labels::MANAGER, self.uid)
    }
}
