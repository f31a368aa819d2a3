//! One comparison, or its opposite, as requirements on node labels.

use super::Note;
use super::terms::any_node;
use crate::placement::attribute;
use crate::placement::membership::Facts;
use crate::placement::query::{Comparison, Relation, Subject, Test, Value, integer};
use crate::placement::{Operator, Requirement, Term};

/// What a comparison means for a node.
pub(super) enum Meaning {
    /// One of these alternatives; none where no node can meet it.
    Terms(Vec<Term>),
    /// Something about a node that no label holds.
    Unsaid,
    /// Something that changes with every task.
    Changing,
}

/// What a comparison, or with `not` its opposite, means; `notes` take what is worth knowing.
pub(super) fn meaning(comparison: &Comparison, not: bool, notes: &mut Vec<Note>) -> Meaning {
    let Comparison { subject, test } = comparison;
    let always = |holds: bool| Meaning::Terms(if holds != not { any_node() } else { Vec::new() });
    let name = match subject {
        Subject::Attribute(name) => name,
        Subject::Ec2InstanceId | Subject::RegisteredAt => return Meaning::Unsaid,
        Subject::RunningTasksCount | Subject::TaskGroup => return Meaning::Changing,
        Subject::AgentConnected | Subject::AgentVersion => {
            notes.push(Note::Assumed(subject.to_string()));
            return always(comparison.evaluate(&Facts::default()));
        }
    };
    if attribute::is_assumed(name) {
        notes.push(Note::Assumed(subject.to_string()));
        return always(comparison.evaluate(&Facts::default()));
    }
    let key = match attribute::label(name) {
        Ok(key) => key,
        Err(why) => {
            notes.push(Note::NoNode(why));
            return always(matches!(test, Test::Exists { not: true }));
        }
    };
    let is_needed = match test {
        Test::Exists { not: absent } => *absent == not,
        _ => !not,
    };
    if is_needed && key.starts_with(attribute::PREFIX) {
        notes.push(Note::NeedsLabel(key.clone()));
    }
    let ask = |operator, values| Requirement { key: key.clone(), operator, values };
    let exists = || ask(Operator::Exists, Vec::new());
    let missing = || vec![ask(Operator::DoesNotExist, Vec::new())];
    let (excludes, values) = match test {
        Test::Exists { not: absent } => {
            return Meaning::Terms(vec![if *absent != not { missing() } else { vec![exists()] }]);
        }
        Test::Relation(Relation::Equal, Value::Text(value)) => (false, std::slice::from_ref(value)),
        Test::Relation(Relation::NotEqual, Value::Text(value)) => (true, std::slice::from_ref(value)),
        Test::Among { not, values } => (*not, values.as_slice()),
        // The opposite of an order includes what is no number, which no operator selects.
        Test::Relation(relation, Value::Text(value)) if !not => {
            return match bound(*relation, value) {
                Some((operator, value)) => Meaning::Terms(vec![vec![ask(operator, vec![value])]]),
                None => Meaning::Unsaid,
            };
        }
        Test::Relation(..) | Test::Matches { .. } => return Meaning::Unsaid,
    };
    let several: Vec<_> = values.iter().map(|value| attribute::several(name, value)).collect();
    if several.iter().any(Option::is_some) {
        // What is none of them would be alternatives for each label of each.
        if excludes != not {
            return Meaning::Unsaid;
        }
        let mut terms: Vec<Term> = not.then(missing).into_iter().collect();
        for (value, several) in values.iter().zip(several) {
            match (several, attribute::value(name, value)) {
                (Some(term), _) => terms.push(term),
                (None, Ok(value)) => terms.push(vec![ask(Operator::In, vec![value])]),
                (None, Err(why)) => notes.push(Note::NoNode(why)),
            }
        }
        return Meaning::Terms(terms);
    }
    let mut spelled = Vec::new();
    for value in values {
        match attribute::value(name, value) {
            Ok(label) => {
                if label != *value && label == attribute::spelled(value) {
                    notes.push(Note::SpelledValue(key.clone(), value.clone(), label.clone()));
                }
                spelled.push(label);
            }
            Err(why) => notes.push(Note::NoNode(why)),
        }
    }
    let some = |operator| (!spelled.is_empty()).then(|| ask(operator, spelled.clone()));
    // A comparison is false where the label is missing, its opposite is true there. NotIn is true there.
    let (is_in, not_in) = (some(Operator::In), some(Operator::NotIn));
    Meaning::Terms(match (excludes, not) {
        (false, false) => is_in.map(|one| vec![one]).into_iter().collect(),
        (false, true) => vec![not_in.into_iter().collect()],
        (true, false) => vec![std::iter::once(exists()).chain(not_in).collect()],
        (true, true) => is_in.map(|one| vec![one]).into_iter().chain([missing()]).collect(),
    })
}

/// An order as node affinity has it: of whole numbers, with a number that can be the value of a label.
fn bound(relation: Relation, literal: &str) -> Option<(Operator, String)> {
    let number = integer(literal)?;
    let (operator, number) = match relation {
        Relation::Greater => (Operator::Gt, number),
        Relation::GreaterEqual => (Operator::Gt, number.checked_sub(1)?),
        Relation::Less => (Operator::Lt, number),
        Relation::LessEqual => (Operator::Lt, number.checked_add(1)?),
        Relation::Equal | Relation::NotEqual => return None,
    };
    (number >= 0).then(|| (operator, number.to_string()))
}
