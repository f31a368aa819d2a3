//! Who owns which field: paths through an object, with lists told apart by the keys of their items.

use std::collections::BTreeSet;

use serde_json::Value;

/// A step from a value into a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A member of an object.
    Member(String),
    /// An item of a list, by its key.
    Item(String),
}

/// The way to a part of an object.
pub(crate) type Path = Vec<Step>;
/// Parts of an object.
pub(crate) type Fields = BTreeSet<Path>;

/// Lists whose items have keys, by the name of the list.
const KEYED: &[(&str, &[&str])] = &[
    ("conditions", &["type"]),
    ("containers", &["name"]),
    ("env", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ownerReferences", &["uid"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];
/// Objects that have one owner as a whole.
const ATOMIC: &[&str] = &["selector", "nodeSelector", "labelSelector", "resourceFieldRef", "fieldRef"];
/// Members that nobody owns.
const UNOWNED: &[&str] = &["apiVersion", "kind"];
const UNOWNED_METADATA: &[&str] = &[
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
];

/// How the parts of a kind's objects are told apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Lists of custom resources have keys in metadata and status only.
    pub(crate) custom: bool,
}

impl Shape {
    /// The key of an item of the list `name`; `None` where the list is one value.
    pub(crate) fn key(self, at: &[Step], name: &str, item: &Value) -> Option<String> {
        let in_spec = at.first() == Some(&Step::Member("spec".into()));
        if self.custom && in_spec {
            return None;
        }
        if name == "finalizers" {
            return Some(item.to_string());
        }
        let members: &[&str] = match name {
            "ports" if item.get("containerPort").is_some() => &["containerPort", "protocol"],
            "ports" if item.get("port").is_some() => &["port", "protocol"],
            _ => KEYED.iter().find(|(list, _)| *list == name)?.1,
        };
        let of = |member: &&str| match item.get(member) {
            None if *member == "protocol" => Value::from("TCP"),
            value => value.cloned().unwrap_or_default(),
        };
        Some(Value::Array(members.iter().map(of).collect()).to_string())
    }

    fn is_keyed(self, at: &[Step], name: &str, items: &[Value]) -> bool {
        items.first().is_some_and(|item| self.key(at, name, item).is_some())
    }

    /// Every part of an object that has a value of its own, and every item of a keyed list.
    pub(crate) fn fields(self, object: &Value) -> Fields {
        let mut found = Fields::new();
        self.collect("", object, &mut Vec::new(), &mut found);
        found
    }

    fn collect(self, name: &str, value: &Value, at: &mut Path, found: &mut Fields) {
        match value {
            Value::Object(members) if !members.is_empty() && !ATOMIC.contains(&name) => {
                for (member, value) in members {
                    let in_metadata = at.as_slice() == [Step::Member("metadata".into())];
                    let unowned = (at.is_empty() && UNOWNED.contains(&member.as_str()))
                        || (in_metadata && UNOWNED_METADATA.contains(&member.as_str()));
                    if !unowned {
                        at.push(Step::Member(member.clone()));
                        self.collect(member, value, at, found);
                        at.pop();
                    }
                }
            }
            Value::Array(items) if self.is_keyed(at, name, items) => {
                for item in items {
                    let key = self.key(at, name, item).unwrap_or_default();
                    at.push(Step::Item(key));
                    found.insert(at.clone());
                    if item.is_object() {
                        self.collect("", item, at, found);
                    }
                    at.pop();
                }
            }
            _ => {
                if !at.is_empty() {
                    found.insert(at.clone());
                }
            }
        }
    }

    /// The part of an object at a path.
    pub(crate) fn at<'a>(self, object: &'a Value, path: &[Step]) -> Option<&'a Value> {
        let mut value = object;
        for (depth, step) in path.iter().enumerate() {
            value = match step {
                Step::Member(member) => value.get(member)?,
                Step::Item(key) => {
                    let (at, name) = list_of(path, depth);
                    value.as_array()?.iter().find(|item| self.key(at, name, item).as_ref() == Some(key))?
                }
            };
        }
        Some(value)
    }

    /// Takes the part at a path out of an object, and what is empty then.
    pub(crate) fn remove(self, object: &mut Value, path: &[Step]) {
        self.remove_from(object, path, 0);
    }

    fn remove_from(self, value: &mut Value, path: &[Step], depth: usize) {
        let last = depth + 1 == path.len();
        match &path[depth] {
            Step::Member(member) => {
                let Some(members) = value.as_object_mut() else { return };
                if last {
                    members.remove(member);
                } else if let Some(inner) = members.get_mut(member) {
                    self.remove_from(inner, path, depth + 1);
                    let empty = match inner {
                        Value::Object(members) => members.is_empty(),
                        Value::Array(items) => items.is_empty(),
                        _ => false,
                    };
                    if empty {
                        members.remove(member);
                    }
                }
            }
            Step::Item(key) => {
                let Some(items) = value.as_array_mut() else { return };
                let (at, name) = list_of(path, depth);
                let found = items.iter().position(|item| self.key(at, name, item).as_ref() == Some(key));
                let Some(index) = found else { return };
                if last {
                    items.remove(index);
                } else {
                    self.remove_from(&mut items[index], path, depth + 1);
                }
            }
        }
    }

    /// Lays `over` on top of `under`.
    pub(crate) fn merge(self, under: &mut Value, over: &Value) {
        self.merge_at("", under, over, &mut Vec::new());
    }

    fn merge_at(self, name: &str, under: &mut Value, over: &Value, at: &mut Path) {
        match (under, over) {
            (Value::Object(under), Value::Object(over)) if !ATOMIC.contains(&name) => {
                for (member, value) in over {
                    at.push(Step::Member(member.clone()));
                    self.merge_at(member, under.entry(member).or_insert(Value::Null), value, at);
                    at.pop();
                }
            }
            (Value::Array(under), Value::Array(over)) if self.is_keyed(at, name, over) => {
                for item in over {
                    let key = self.key(at, name, item);
                    match under.iter_mut().find(|have| self.key(at, name, have) == key) {
                        Some(have) => {
                            at.push(Step::Item(key.unwrap_or_default()));
                            self.merge_at("", have, item, at);
                            at.pop();
                        }
                        None => under.push(item.clone()),
                    }
                }
                // The order is the applier's, as far as it names the items.
                let place = |item: &Value| {
                    over.iter().position(|wanted| self.key(at, name, wanted) == self.key(at, name, item))
                };
                under.sort_by_key(|item| place(item).unwrap_or(usize::MAX));
            }
            (under, over) => *under = over.clone(),
        }
    }
}

/// The way to the list that step `depth` is an item of, and the name of the list.
fn list_of(path: &[Step], depth: usize) -> (&[Step], &str) {
    let at = &path[..depth];
    let name = match at.last() {
        Some(Step::Member(name)) => name.as_str(),
        _ => "",
    };
    (at, name)
}
