//! Revisions of task definitions: when one is registered, which one a reference means.

use serde_json::{Value, json};

use crate::ecs::arn::TaskDefinitionRef;
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

/// The revision that a reference means: the named one (whether active or not, as existing services keep theirs), or
/// the latest active one.
#[must_use]
pub fn resolve<'a>(reference: TaskDefinitionRef<'_>, known: &'a [TaskRevision]) -> Option<&'a TaskRevision> {
    let mut family = known.iter().filter(|r| r.family == reference.family);
    match reference.revision {
        Some(wanted) => family.find(|r| r.revision == wanted),
        None => family.filter(|r| r.active).max_by_key(|r| r.revision),
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
/// `known` are the family's revisions, `last` number and hash of the newest one that the status remembers, which
/// may be gone: a number is never used for two definitions, and the same definition gets its number again.
#[must_use]
pub fn register(
    owner: &str,
    spec: &Value,
    known: &[TaskRevision],
    last: Option<(i64, &str)>,
) -> Option<TaskRevision> {
    let hash = spec_hash(spec);
    let newest = known.iter().max_by_key(|r| r.revision);
    let highest = newest.map_or(0, |r| r.revision).max(last.map_or(0, |(revision, _)| revision));
    if newest.is_some_and(|r| r.hash == hash && r.revision == highest) {
        return None;
    }
    let floor = spec.pointer("/kubernetes/revision").and_then(Value::as_i64).unwrap_or(1);
    let again = last.filter(|(revision, held)| *revision == highest && *held == hash);
    let revision = again.map_or_else(|| (highest + 1).max(floor), |(revision, _)| revision);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(image: &str, kubernetes: &Value) -> Value {
        json!({ "family": "web", "containerDefinitions": [{ "image": image }], "kubernetes": kubernetes })
    }

    fn registered(image: &str, known: &[TaskRevision], highest: i64) -> Option<i64> {
        register("web", &spec(image, &json!({})), known, Some((highest, "another"))).map(|r| r.revision)
    }

    #[test]
    fn numbers_count_up_and_are_never_used_twice() {
        let first = register("web", &spec("a", &json!({})), &[], None).expect("the first");
        assert_eq!((first.revision, first.object.as_str()), (1, "web-1"));
        let known = [first];
        assert_eq!(registered("b", &known, 1), Some(2));
        assert_eq!(registered("b", &known, 7), Some(8));
        assert_eq!(registered("a", &[], 7), Some(8));
    }

    #[test]
    fn a_revision_that_somebody_deleted_gets_its_number_again() {
        let definition = spec("a", &json!({}));
        let again = register("web", &definition, &[], Some((4, &spec_hash(&definition))));
        assert_eq!(again.map(|r| r.revision), Some(4));
    }

    #[test]
    fn an_unchanged_definition_registers_nothing_and_a_change_back_does() {
        let first = register("web", &spec("a", &json!({})), &[], None).expect("the first");
        assert_eq!(registered("a", std::slice::from_ref(&first), 1), None);
        let second =
            register("web", &spec("b", &json!({})), std::slice::from_ref(&first), Some((1, "another")))
                .expect("the second");
        assert_eq!(registered("a", &[first, second], 2), Some(3));
    }

    #[test]
    fn the_number_on_ecs_is_a_floor_and_no_part_of_the_definition() {
        let imported = spec("a", &json!({ "revision": 42 }));
        let first = register("web", &imported, &[], None).expect("the first");
        assert_eq!(first.revision, 42);
        let known = [first];
        let edited = spec("a", &json!({ "revision": 50, "deregistered": [42] }));
        assert_eq!(register("web", &edited, &known, Some((42, "another"))), None);
        assert_eq!(registered("b", &known, 42), Some(43));
    }

    #[test]
    fn a_family_means_its_latest_active_revision_and_a_pin_its_own() {
        let data = json!({ "family": "web", "hash": "h", "spec": {} });
        let mut known: Vec<_> = (1..=3).filter_map(|n| TaskRevision::of("web", n, &data)).collect();
        known[2].active = false;
        let means = |text| {
            let reference = TaskDefinitionRef::parse(text).expect("a reference");
            resolve(reference, &known).map(|r| r.revision)
        };
        assert_eq!(means("web"), Some(2));
        assert_eq!(means("web:3"), Some(3));
        assert_eq!(means("arn:aws:ecs:r:1:task-definition/web:1"), Some(1));
        assert_eq!(means("web:9"), None);
        assert_eq!(means("api"), None);
    }

    #[test]
    fn what_is_recorded_reads_back() {
        let new = register("web", &spec("a", &json!({})), &[], None).expect("a revision");
        assert_eq!(TaskRevision::of("web-1", 1, &new.data()), Some(new));
    }
}
