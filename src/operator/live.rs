//! An object of the cluster as the caches keep it.

use std::sync::Arc;

use kube::core::{DynamicObject, TypeMeta};
use serde_json::Value;

use super::cache::Kept;
use super::key::Name;

/// An object without what only the API server's bookkeeping needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Live {
    /// `metadata.uid`.
    pub(crate) uid: String,
    /// Whether it is being deleted.
    pub(crate) deleting: bool,
    /// The object, without `managedFields` and `resourceVersion`.
    pub(crate) value: Value,
}

/// Objects are kept as JSON text: a tree of values needs about ten times as much memory, because each of its many small maps has
/// room for eleven members.
impl Kept for Live {
    type Form = Arc<str>;

    fn form(value: &Arc<Self>) -> Self::Form {
        value.value.to_string().into()
    }

    fn of(form: &Self::Form) -> Arc<Self> {
        // What was just written as JSON can be read.
        Arc::new(Self::new(serde_json::from_str(form).unwrap_or_default()))
    }
}

/// An owner reference of a [`Live`] object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner<'a> {
    /// Kind of the owner.
    pub(crate) kind: &'a str,
    /// Name of the owner.
    pub(crate) name: &'a str,
    /// UID of the owner.
    pub(crate) uid: &'a str,
    /// Whether it is the one that controls the object.
    pub(crate) controller: bool,
}

impl Live {
    /// Takes an object apart into its name, its version and what is kept. Lists leave the type out of their
    /// items, so the caller says it.
    pub(crate) fn of(mut object: DynamicObject, api_version: &str, kind: &str) -> (Name, u64, Self) {
        let metadata = &mut object.metadata;
        metadata.managed_fields = None;
        let version = version(metadata.resource_version.take().as_deref());
        let name = Name::new(
            metadata.namespace.clone().unwrap_or_default(),
            metadata.name.clone().unwrap_or_default(),
        );
        object.types = Some(TypeMeta { api_version: api_version.to_owned(), kind: kind.to_owned() });
        // What was just read from JSON goes back into it.
        (name, version, Self::new(serde_json::to_value(object).unwrap_or_default()))
    }

    /// An object from its JSON.
    pub(crate) fn new(value: Value) -> Self {
        let metadata = value.get("metadata");
        let uid = metadata.and_then(|metadata| metadata.get("uid")?.as_str()).unwrap_or_default().to_owned();
        let deleting = metadata.is_some_and(|metadata| metadata.get("deletionTimestamp").is_some());
        Self { uid, deleting, value }
    }

    /// The value at a JSON pointer, where it is text.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer)?.as_str()
    }

    /// A label.
    pub(crate) fn label(&self, key: &str) -> Option<&str> {
        self.value.pointer("/metadata/labels")?.get(key)?.as_str()
    }

    /// An annotation.
    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        self.value.pointer("/metadata/annotations")?.get(key)?.as_str()
    }

    /// `metadata.generation`.
    pub(crate) fn generation(&self) -> i64 {
        let generation = self.value.pointer("/metadata/generation");
        generation.and_then(Value::as_i64).unwrap_or_default()
    }

    /// The spec; null where there is none.
    pub(crate) fn spec(&self) -> &Value {
        self.value.get("spec").unwrap_or(&Value::Null)
    }

    /// The status; null where there is none.
    pub(crate) fn status(&self) -> &Value {
        self.value.get("status").unwrap_or(&Value::Null)
    }

    /// `metadata.creationTimestamp`: RFC 3339 in UTC, which sorts as text.
    pub(crate) fn created(&self) -> &str {
        self.text("/metadata/creationTimestamp").unwrap_or_default()
    }

    /// All owner references.
    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner<'_>> {
        let list = self.value.pointer("/metadata/ownerReferences");
        list.and_then(Value::as_array).into_iter().flatten().map(|owner| {
            let text = |member: &str| owner.get(member).and_then(Value::as_str).unwrap_or_default();
            Owner {
                kind: text("kind"),
                name: text("name"),
                uid: text("uid"),
                controller: owner.get("controller").and_then(Value::as_bool) == Some(true),
            }
        })
    }

    /// Whether `uid` is one of the owners.
    pub(crate) fn is_owned_by(&self, uid: &str) -> bool {
        self.owners().any(|owner| owner.uid == uid)
    }
}

/// A resource version as the number that it is; 0 where it is not one.
pub(crate) fn version(text: Option<&str>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bookkeeping_is_left_out() {
        let object = json!({"metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "7",
            "managedFields": [{"manager": "x"}], "ownerReferences": [{"kind": "EcsService", "name": "web",
            "uid": "o", "controller": true, "apiVersion": "v"}]}, "spec": {"a": 1}});
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        let (name, version, live) = Live::of(object, "apps/v1", "Deployment");
        assert_eq!((name, version), (Name::new("shop", "web"), 7));
        assert_eq!(live.value.pointer("/metadata/managedFields"), None);
        assert_eq!(live.text("/kind"), Some("Deployment"));
        assert!(live.is_owned_by("o") && live.owners().all(|owner| owner.controller));
        assert_eq!(live.spec(), &json!({"a": 1}));
    }

    #[test]
    fn what_is_kept_is_what_was_there() {
        let metadata = json!({"name": "web", "uid": "u", "deletionTimestamp": "2026-01-01T00:00:00Z"});
        let live =
            Arc::new(Live::new(json!({"metadata": metadata, "spec": {"b": [1.5, null], "a": "\u{e9}\n"}})));
        assert_eq!(<Live as Kept>::of(&Live::form(&live)), live);
        assert!(live.deleting && live.uid == "u");
    }
}
