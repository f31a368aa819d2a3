//! The smallest JSON merge patch between two values.

use serde_json::{Map, Value};

/// The JSON merge patch that makes `stored` into `wanted`; `None` if nothing differs.
pub(crate) fn merge_patch(stored: &Value, wanted: &Value) -> Option<Value> {
    let (Value::Object(have), Value::Object(want)) = (stored, wanted) else {
        return (stored != wanted).then(|| wanted.clone());
    };
    let gone = have.keys().filter(|name| !want.contains_key(*name)).map(|name| (name.clone(), Value::Null));
    let changed = want.iter().filter_map(|(name, value)| {
        let before = have.get(name).unwrap_or(&Value::Null);
        Some((name.clone(), merge_patch(before, value)?))
    });
    let patch: Map<String, Value> = gone.chain(changed).collect();
    (!patch.is_empty()).then_some(Value::Object(patch))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn merge_patches_say_only_what_differs() {
        let stored = json!({"a": 1, "b": {"c": 1, "d": 2}, "gone": true, "list": [1, 2]});
        assert_eq!(merge_patch(&stored, &stored), None);
        let wanted = json!({"a": 1, "b": {"c": 5, "d": 2}, "list": [1], "new": {"x": 1}});
        let patch = json!({"b": {"c": 5}, "gone": null, "list": [1], "new": {"x": 1}});
        assert_eq!(merge_patch(&stored, &wanted), Some(patch));
    }
}
