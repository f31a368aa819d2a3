//! `task:group`: tasks of other services on the same node.

use std::collections::BTreeSet;

use super::normal::Normal;
use super::{Native, Note, Rest};
use crate::api::labels;
use crate::model::name;
use crate::placement::query::{Comparison, Relation, Subject, Test, Value};

/// How tasks of services are called.
const SERVICE: &str = "service:";
/// Longest value of a label.
const LABEL_VALUE: usize = 63;

/// The pod label of the tasks of a group, and its value.
#[must_use]
pub fn pod_label(group: &str) -> (&'static str, String) {
    match group.strip_prefix(SERVICE) {
        Some(service) => (labels::SERVICE, name::label(service, name::RESOURCE)),
        None => (labels::TASK_GROUP, name::label(group, LABEL_VALUE)),
    }
}

/// What a part of an expression asks for.
enum Asked {
    /// A task of one of these groups.
    Near(BTreeSet<String>),
    /// No task of any of them.
    Apart(BTreeSet<String>),
}

impl Native {
    /// Adds a part that speaks of groups.
    pub(super) fn add_groups(&mut self, part: &Normal<'_>, rest: Rest, notes: &mut Vec<Note>) {
        let text = || part.expression().to_string();
        let asked = match asked(part).and_then(of_one_label) {
            Ok(asked) => asked,
            Err(why) => {
                notes.push(match rest {
                    Rest::Labels => Note::NotExpressible(text(), why),
                    Rest::Operator => Note::Held(text()),
                });
                return;
            }
        };
        let (Asked::Near(groups) | Asked::Apart(groups)) = &asked;
        for (key, value) in groups.iter().map(|group| pod_label(group)) {
            if key == labels::TASK_GROUP {
                notes.push(Note::NeedsPodLabel(key.to_owned(), value));
            }
        }
        match asked {
            Asked::Near(groups) => {
                if !self.near.contains(&groups) {
                    self.near.push(groups);
                }
            }
            Asked::Apart(groups) => {
                notes.push(Note::BothWays(text()));
                self.apart.extend(groups);
            }
        }
    }
}

fn asked(part: &Normal<'_>) -> Result<Asked, &'static str> {
    match part {
        Normal::One { comparison, not } => one(comparison, *not),
        Normal::Any(all) => {
            let mut near = BTreeSet::new();
            for part in all {
                match part {
                    Normal::One { comparison, not } => match one(comparison, *not)? {
                        Asked::Near(groups) => near.extend(groups),
                        Asked::Apart(_) => return Err("\"not\" stands in an \"or\""),
                    },
                    Normal::All(_) | Normal::Any(_) => return Err("\"and\" stands in an \"or\""),
                }
            }
            Ok(Asked::Near(near))
        }
        Normal::All(_) => Err("it is no single condition"),
    }
}

/// A pod can ask for one of several values of a label, not for one of several labels.
fn of_one_label(asked: Asked) -> Result<Asked, &'static str> {
    if let Asked::Near(groups) = &asked {
        let keys: BTreeSet<_> = groups.iter().map(|group| pod_label(group).0).collect();
        if keys.len() > 1 {
            return Err("groups of services and other groups are alternatives of each other");
        }
    }
    Ok(asked)
}

fn one(comparison: &Comparison, not: bool) -> Result<Asked, &'static str> {
    if comparison.subject != Subject::TaskGroup {
        return Err("an \"or\" joins it with a condition on nodes");
    }
    let (negative, groups) = match &comparison.test {
        Test::Relation(Relation::Equal, Value::Text(group)) => (false, BTreeSet::from([group.clone()])),
        Test::Relation(Relation::NotEqual, Value::Text(group)) => (true, BTreeSet::from([group.clone()])),
        Test::Among { not, values } => (*not, values.iter().cloned().collect()),
        _ => return Err("groups are compared with a pattern"),
    };
    Ok(if negative != not { Asked::Apart(groups) } else { Asked::Near(groups) })
}
