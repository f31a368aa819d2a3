//! The field ledger: what becomes of every member of a definition, and whether a change of it is a deployment.
//!
//! One row per member path; list indices are written `[]`, keys of maps `*`. Every member has its own row; what
//! ECS does not know is treated as the nearest member above it.

mod capacity_provider;
mod fields;
mod row;
mod service;
mod task_definition;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::finding::{Finding, Path};
pub use fields::fields;
pub use row::{Entry, Row, Table, Treatment, pattern};

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

    /// `kind` of the custom resource that has the spec.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::TaskDefinition => "TaskDefinition",
            Self::Service => "EcsService",
            Self::CapacityProvider => "CapacityProvider",
        }
    }

    /// The tables of the spec, one for each concept.
    #[must_use]
    pub const fn tables(self) -> &'static [&'static Table] {
        match self {
            Self::TaskDefinition => task_definition::TABLES,
            Self::Service => service::TABLES,
            Self::CapacityProvider => capacity_provider::TABLES,
        }
    }

    /// The rows of the spec, in the order of its tables.
    #[must_use]
    pub fn rows(self) -> &'static [Row] {
        &self.ledger().rows
    }

    fn tree(self) -> &'static Node {
        &self.ledger().tree
    }

    fn ledger(self) -> &'static Ledger {
        static LEDGERS: LazyLock<[Ledger; 3]> =
            LazyLock::new(|| [Root::TaskDefinition, Root::Service, Root::CapacityProvider].map(Ledger::new));
        match self {
            Self::TaskDefinition => &LEDGERS[0],
            Self::Service => &LEDGERS[1],
            Self::CapacityProvider => &LEDGERS[2],
        }
    }
}

/// The tables of a spec, spelled out.
struct Ledger {
    rows: Vec<Row>,
    tree: Node,
}

impl Ledger {
    fn new(root: Root) -> Self {
        let rows = row::rows(root.tables());
        let tree = Node::new(&rows);
        Self { rows, tree }
    }
}

/// The rows as a tree of member names.
#[derive(Default)]
struct Node {
    row: Option<Row>,
    members: BTreeMap<&'static str, Self>,
}

impl Node {
    fn new(rows: &[Row]) -> Self {
        let mut root = Self::default();
        for row in rows {
            let mut node = &mut root;
            for step in row.steps() {
                node = node.members.entry(step).or_default();
            }
            node.row = Some(*row);
        }
        root
    }

    fn member(&self, name: &str) -> Option<&Self> {
        self.members.get(name).or_else(|| self.members.get("*"))
    }
}

/// The row that decides about a member, given as its path (`containerDefinitions[].name`; indices may be there).
#[must_use]
pub fn row(root: Root, path: &str) -> Option<&'static Row> {
    let mut node = root.tree();
    let mut row = None;
    for step in row::steps(&row::pattern(path)) {
        match node.member(step) {
            Some(next) => node = next,
            None => break,
        }
        row = node.row.as_ref().or(row);
    }
    row
}

/// A finding for every member that is set and whose row says that its effect is lost or that it means nothing here.
/// Told once, at the highest place that fares alike. What depends on a member's value is validation's business.
#[must_use]
pub fn untranslated(root: Root, spec: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    report(root.tree(), None, spec, Path::ROOT, &mut findings);
    findings
}

fn report(
    node: &'static Node,
    above: Option<&'static Row>,
    value: &Value,
    path: Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let row = node.row.as_ref().or(above);
    if is_absent(value) || row.is_some_and(|row| row.is_neutral(value)) {
        return;
    }
    let first = findings.len();
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
    // What is true of all that is set below is said of the whole.
    if let Some(whole) = finding(node.row.as_ref(), value, path)
        && findings.len() > first
        && findings[first..].iter().all(|below| below.code == whole.code)
        && !carries(node, value)
    {
        findings.truncate(first);
        findings.push(whole);
    }
}

/// Whether this member, or any that is set below it, is carried over.
fn carries(node: &Node, value: &Value) -> bool {
    if is_absent(value) || node.row.is_some_and(|row| row.is_neutral(value)) {
        return false;
    }
    if node.row.is_some_and(|row| row.treatment.reported().is_none()) {
        return true;
    }
    match value {
        Value::Object(members) => {
            members.iter().any(|(name, value)| node.member(name).is_some_and(|member| carries(member, value)))
        }
        Value::Array(elements) => {
            node.members.get("[]").is_some_and(|node| elements.iter().any(|value| carries(node, value)))
        }
        _ => false,
    }
}

fn finding(row: Option<&'static Row>, value: &Value, path: Path<'_>) -> Option<Finding> {
    let row = row.filter(|row| !is_absent(value) && !row.is_neutral(value))?;
    let code = row.treatment.reported()?;
    Some(Finding::new(code, path, row.about).remedy(code.remedy()))
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
    let deploys = node.row.as_ref().map_or(above, |row| row.deploys);
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
