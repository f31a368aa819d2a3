//! Patches other than apply.

use serde_json::Value;

use super::fields::{Shape, Step};

/// JSON merge patch (RFC 7396).
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// Strategic merge patch: lists of known keys item by item, `$patch: delete` takes an item out.
pub(crate) fn strategic(target: &mut Value, patch: &Value) {
    strategic_at("", target, patch);
}

fn strategic_at(name: &str, target: &mut Value, patch: &Value) {
    const SHAPE: Shape = Shape { custom: false };
    match (target, patch) {
        (Value::Object(members), Value::Object(patch)) => {
            for (member, value) in patch {
                if value.is_null() {
                    members.remove(member);
                } else {
                    strategic_at(member, members.entry(member).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(items), Value::Array(patch)) => {
            let at = [Step::Member(name.to_owned())];
            let key = |item: &Value| SHAPE.key(&at, name, item);
            if patch.iter().any(|item| key(item).is_none()) {
                items.clone_from(patch);
                return;
            }
            for item in patch {
                let found = items.iter().position(|have| key(have) == key(item));
                match (found, item.get("$patch").and_then(Value::as_str)) {
                    (Some(index), Some("delete")) => drop(items.remove(index)),
                    (None, Some("delete")) => {}
                    (Some(index), _) => strategic_at("", &mut items[index], item),
                    (None, _) => items.push(item.clone()),
                }
            }
        }
        (target @ Value::Null, Value::Array(patch)) => {
            *target = patch.iter().filter(|item| item.get("$patch").is_none()).cloned().collect();
        }
        (target, patch) => *target = patch.clone(),
    }
}
