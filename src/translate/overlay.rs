//! `kubernetes.podTemplate`: merged last into what was rendered.
//!
//! Strategic merge as `kubectl patch` does it: objects member by member, a `null` takes a member away, lists whose
//! items have a key item by item, all others as a whole; `$patch: delete` takes an item away and `$patch: replace`
//! takes the place of what is there.

use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde_json::{Map, Value};

/// What is done with an object or an item instead of merging it.
pub(crate) const DIRECTIVE: &str = "$patch";

/// Lists whose items are told apart by members, by the name of the list. A second key counts only where the
/// overlay gives it. Source: `x-kubernetes-patch-merge-key` and `x-kubernetes-list-map-keys` of PodTemplateSpec; but
/// `readinessGates` has none there, and those of target groups must outlast a gate of one's own.
const KEYED: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("env", &["name"]),
    ("hostAliases", &["ip"]),
    ("imagePullSecrets", &["name"]),
    ("initContainers", &["name"]),
    ("ports", &["containerPort", "protocol"]),
    ("readinessGates", &["conditionType"]),
    ("resourceClaims", &["name"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("volumeDevices", &["devicePath"]),
    ("volumeMounts", &["mountPath"]),
    ("volumes", &["name"]),
];

/// The template with the overlay in it. Validation has seen to it that the outcome is one; were it none, the
/// template would stay as it is.
pub(super) fn apply(template: PodTemplateSpec, overlay: Option<&Value>) -> PodTemplateSpec {
    let Some(overlay) = overlay else { return template };
    // Serializing these types cannot fail.
    let mut merged = serde_json::to_value(&template).unwrap_or_default();
    merge(&mut merged, overlay, "");
    clean(&mut merged);
    serde_json::from_value(merged).unwrap_or(template)
}

/// Merges `patch`, which stands under `member`.
fn merge(target: &mut Value, patch: &Value, member: &str) {
    match patch {
        Value::Object(patch) => merge_object(target, patch),
        Value::Array(items) => match KEYED.iter().find(|(name, _)| *name == member) {
            Some((_, key)) if !items.iter().any(replaces) => merge_list(target, items, key),
            Some(_) => {
                *target = Value::Array(items.iter().filter(|item| !replaces(item)).cloned().collect());
            }
            None => *target = Value::Array(items.clone()),
        },
        other => *target = other.clone(),
    }
}

fn merge_object(target: &mut Value, patch: &Map<String, Value>) {
    let replace = directive(patch) == Some("replace");
    if replace || !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch.iter().filter(|(name, _)| *name != DIRECTIVE) {
        if value.is_null() || value.as_object().and_then(directive) == Some("delete") {
            members.remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), value, name);
        }
    }
}

fn merge_list(target: &mut Value, items: &[Value], key: &[&str]) {
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Value::Array(list) = target else { return };
    for item in items {
        let at = list.iter().position(|there| is_same(item, there, key));
        match (item.as_object().and_then(directive), at) {
            (Some("delete"), Some(at)) => drop(list.remove(at)),
            (Some("delete"), None) => {}
            (_, Some(at)) => merge(&mut list[at], item, ""),
            (_, None) => list.push(item.clone()),
        }
    }
}

fn is_same(patch: &Value, there: &Value, key: &[&str]) -> bool {
    key.iter().enumerate().all(|(i, member)| match patch.get(*member) {
        None => i > 0,
        wanted => wanted == there.get(*member),
    })
}

fn directive(patch: &Map<String, Value>) -> Option<&str> {
    patch.get(DIRECTIVE).and_then(Value::as_str)
}

fn replaces(item: &Value) -> bool {
    item.as_object().and_then(directive) == Some("replace")
}

/// Takes out what only says how to merge, and `null`s of what was added as a whole.
fn clean(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| name != DIRECTIVE && !value.is_null());
            members.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
