//! Revisions of task definitions: when one is registered, which one a reference means.

use serde_json::{Value, json};

use crate::model::name;

/// A registered revision, as its ControllerRevision holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRevision {
    /// Name of the ControllerRevision.
    pub object: String,
    /// ECS family.
    pub family: String,
    /// Number, from 1.
    pub revision: i64,
    /// Whether new references may name it (ECS: ACTIVE, not INACTIVE).
    pub active: bool,
    /// Hash of the definition, [`spec_hash`].
    pub hash: String,
    /// The definition: a TaskDefinition's spec without what only numbers revisions.
    pub spec: Value,
}

/// A reference to a task definition: `family`, `family:revision` or an ARN of either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// ECS family.
    pub family: String,
    /// The revision; `None` follows the latest active one.
    pub revision: Option<i64>,
}

impl Reference {
    /// Reads a reference; an ARN's account and region are not looked at, because references never leave the
    /// namespace.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let short = text.rsplit_once("task-definition/").map_or(text, |(_, short)| short);
        match short.rsplit_once(':').map(|(family, n)| (family, n.parse())) {
            Some((family, Ok(revision))) => Self { family: family.to_owned(), revision: Some(revision) },
            _ => Self { family: short.to_owned(), revision: None },
        }
    }

    /// The revision that it means: the named one (whether active or not, as existing services keep theirs), or
    /// the latest active one.
    #[must_use]
    pub fn resolve<'a>(&self, known: &'a [TaskRevision]) -> Option<&'a TaskRevision> {
        let family = known.iter().filter(|r| r.family == self.family);
        match self.revision {
            Some(wanted) => family.into_iter().find(|r| r.revision == wanted),
            None => family.filter(|r| r.active).max_by_key(|r| r.revision),
        }
    }
}

/// The part of a TaskDefinition's spec that a revision holds: all but the members that only number revisions.
#[must_use]
pub fn content(spec: &Value) -> Value {
    let mut content = spec.clone();
    let Some(members) = content.as_object_mut() else {
        return content;
    };
    if let Some(kubernetes) = members.get_mut("kubernetes").and_then(Value::as_object_mut) {
        kubernetes.remove("revision");
        kubernetes.remove("deregistered");
        if kubernetes.is_empty() {
            members.remove("kubernetes");
        }
    }
    content
}

/// Hash of [`content`]; independent of the order of members.
#[must_use]
pub fn spec_hash(spec: &Value) -> String {
    name::hash_json(&content(spec), 16)
}

/// The revision that this spec has to be registered as, or `None` where the newest known one already holds it.
///
/// `known` are the family's revisions, `highest` the highest number ever seen (a status remembers it when the
/// objects are gone), so that a number is never used twice.
#[must_use]
pub fn register(owner: &str, spec: &Value, known: &[TaskRevision], highest: i64) -> Option<TaskRevision> {
    let hash = spec_hash(spec);
    let newest = known.iter().max_by_key(|r| r.revision);
    if newest.is_some_and(|r| r.hash == hash && r.revision >= highest) {
        return None;
    }
    let floor = spec.pointer("/kubernetes/revision").and_then(Value::as_i64).unwrap_or(1);
    let next = newest.map_or(0, |r| r.revision).max(highest) + 1;
    let revision = next.max(floor);
    Some(TaskRevision {
        object: format!("{owner}-{revision}"),
        family: spec.get("family").and_then(Value::as_str).unwrap_or_default().to_owned(),
        revision,
        active: true,
        hash,
        spec: content(spec),
    })
}

impl TaskRevision {
    /// The `data` of the ControllerRevision.
    #[must_use]
    pub fn data(&self) -> Value {
        json!({ "family": self.family, "hash": self.hash, "spec": self.spec })
    }

    /// Reads a ControllerRevision back; `None` if it is not one of a task definition.
    #[must_use]
    pub fn of(object: &str, revision: i64, data: &Value) -> Option<Self> {
        Some(Self {
            object: object.to_owned(),
            family: data.get("family")?.as_str()?.to_owned(),
            revision,
            active: true,
            hash: data.get("hash")?.as_str()?.to_owned(),
            spec: data.get("spec")?.clone(),
        })
    }
}
