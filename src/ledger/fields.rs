//! The fields that a definition sets.

use serde_json::Value;

use super::{Node, Root, Row};
use crate::finding::Path;

/// Every field that a spec sets, with its path and its row: members that have no members of their own in the
/// ledger. Empty values are not set; members that ECS does not have are no fields.
#[must_use]
pub fn fields(root: Root, spec: &Value) -> Vec<(String, &'static Row)> {
    let mut fields = Vec::new();
    visit(root.tree(), spec, Path::ROOT, &mut fields);
    fields
}

fn visit(node: &'static Node, value: &Value, path: Path<'_>, fields: &mut Vec<(String, &'static Row)>) {
    match value {
        Value::Null => {}
        Value::Object(members) if !node.members.is_empty() => {
            for (name, value) in members {
                if let Some(member) = node.member(name) {
                    visit(member, value, path.member(name), fields);
                }
            }
        }
        Value::Array(elements) if node.members.contains_key("[]") => {
            for (i, value) in elements.iter().enumerate() {
                visit(&node.members["[]"], value, path.index(i), fields);
            }
        }
        Value::String(text) if text.is_empty() => {}
        Value::Array(elements) if elements.is_empty() => {}
        Value::Object(members) if members.is_empty() => {}
        _ => fields.extend(node.row.as_ref().map(|row| (path.to_string(), row))),
    }
}
