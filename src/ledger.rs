//! The field ledger: what becomes of every member of a definition, and whether a change of it is a deployment.
//!
//! One row per member path; list indices are written `[]`, keys of maps `*`. A member without a row of its own
//! is treated as the nearest one above it.

mod capacity_provider;
mod row;
mod service;
mod task_definition;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::finding::{Code, Finding, Path};
pub use row::{Row, Treatment};

/// The specs that the ledger speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the kinds")]
pub enum Root {
    TaskDefinition,
    Service,
    CapacityProvider,
}

impl Root {
    /// Every spec.
    pub const ALL: &'static [Self] = &[Self::TaskDefinition, Self::Service, Self::CapacityProvider];

    /// The rows of the spec, in the order of its members.
    #[must_use]
    pub const fn rows(self) -> &'static [Row] {
        match self {
            Self::TaskDefinition => task_definition::ROWS,
            Self::Service => service::ROWS,
            Self::CapacityProvider => capacity_provider::ROWS,
        }
    }

    fn tree(self) -> &'static Node {
        static TREES: LazyLock<[Node; 3]> = LazyLock::new(|| {
            [Node::new(task_definition::ROWS), Node::new(service::ROWS), Node::new(capacity_provider::ROWS)]
        });
        match self {
            Self::TaskDefinition => &TREES[0],
            Self::Service => &TREES[1],
            Self::CapacityProvider => &TREES[2],
        }
    }
}

/// The rows as a tree of member names.
#[derive(Default)]
struct Node {
    row: Option<&'static Row>,
    members: BTreeMap<&'static str, Self>,
}

impl Node {
    fn new(rows: &'static [Row]) -> Self {
        let mut root = Self::default();
        for row in rows {
            let mut node = &mut root;
            for step in row.steps() {
                node = node.members.entry(step).or_default();
            }
            node.row = Some(row);
        }
        root
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name).or_else(|| self.members.get("*"))
    }
}

/// The row that decides about a member, given as its path (`containerDefinitions[].name`).
#[must_use]
pub fn row(root: Root, path: &str) -> Option<&'static Row> {
    let mut node = root.tree();
    let mut row = None;
    for step in row::steps(path) {
        match node.member(step) {
            Some(next) => node = next,
            None => break,
        }
        row = node.row.or(row);
    }
    row
}

/// A finding for every member that is set and not carried over: `NotYetTranslated`, or the row's own code where
/// the member means nothing here or its effect is lost. Told once, at the highest place that is not carried over
/// as a whole. What depends on a member's value is the business of validation.
#[must_use]
pub fn untranslated(root: Root, spec: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    report(root.tree(), None, spec, Path::ROOT, &mut findings);
    findings
}

fn report(
    node: &Node,
    above: Option<&'static Row>,
    value: &Value,
    path: Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let row = node.row.or(above);
    if is_absent(value) || row.is_some_and(|row| row.is_neutral(value)) {
        return;
    }
    match value {
        Value::Object(members) if !node.members.is_empty() => {
            for (name, value) in members {
                match node.member(name) {
                    Some(member) => report(member, row, value, path.member(name), findings),
                    None => findings.extend(finding(row, value, path.member(name))),
                }
            }
        }
        Value::Array(elements) if node.members.contains_key("[]") => {
            for (i, value) in elements.iter().enumerate() {
                report(&node.members["[]"], row, value, path.index(i), findings);
            }
        }
        _ => findings.extend(finding(row, value, path)),
    }
}

fn finding(row: Option<&'static Row>, value: &Value, path: Path<'_>) -> Option<Finding> {
    let row = row.filter(|_| !is_absent(value))?;
    let code = match row.treatment {
        Treatment::Exact | Treatment::Approximate(_) => return None,
        Treatment::Lossy(code) | Treatment::NotApplicable(code) => code,
        Treatment::NotYet => Code::NotYetTranslated,
    };
    Some(Finding::new(code, path, row.about))
}

/// Absent has many spellings in ECS files; `false` is what every flag that is not translated is by default.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.values().all(is_absent),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

/// The part of a spec whose change starts a new deployment; empty lists, empty objects and `null` are left out,
/// so that it can be hashed.
///
/// Which revision of its task definition a service runs is not part of its spec: hash its number as well.
#[must_use]
pub fn deploys(root: Root, spec: &Value) -> Value {
    keep(root.tree(), false, spec).unwrap_or_else(|| Value::Object(Map::new()))
}

fn keep(node: &Node, above: bool, value: &Value) -> Option<Value> {
    let deploys = node.row.map_or(above, |row| row.deploys);
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let kept: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| {
                    let kept = match node.member(name) {
                        Some(member) => keep(member, deploys, value),
                        None => deploys.then(|| value.clone()).filter(|v| !is_empty(v)),
                    };
                    Some((name.clone(), kept?))
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(elements) => {
            let kept: Vec<Value> = match node.members.get("[]") {
                // An element that says nothing still counts: the others keep their places.
                Some(element) => {
                    elements.iter().map(|value| keep(element, deploys, value).unwrap_or_default()).collect()
                }
                None if deploys => elements.clone(),
                None => Vec::new(),
            };
            (!kept.iter().all(Value::is_null)).then_some(Value::Array(kept))
        }
        _ => deploys.then(|| value.clone()),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
