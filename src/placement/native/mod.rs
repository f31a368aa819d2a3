//! What a pod can say of an expression: required node affinity, and affinity to the pods of other services.
//!
//! `not` goes to the comparisons, `and` and `or` become alternatives of requirements. What node labels do not hold
//! becomes a membership label. What changes with every task cannot be a label.

mod groups;
mod leaf;
mod normal;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use self::leaf::Meaning;
use self::normal::Normal;
use self::terms::{TooLarge, Work};
use super::query::{Expression, Subject};
use super::{Term, membership};

pub use self::groups::pod_label;

/// What constraints mean in a pod's own words. By default it may run anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    /// Alternatives of requirements on the node's labels. One without requirements is any node.
    pub terms: Vec<Term>,
    /// For each of these sets: a task of one of its groups runs on the node.
    pub near: Vec<BTreeSet<String>>,
    /// No task of these groups runs on the node.
    pub apart: BTreeSet<String>,
    /// Membership labels that the terms ask for, and the expressions that they stand for.
    pub memberships: BTreeMap<String, String>,
}

impl Default for Native {
    fn default() -> Self {
        Self {
            terms: terms::any_node(),
            near: Vec::new(),
            apart: BTreeSet::new(),
            memberships: BTreeMap::new(),
        }
    }
}

/// Who sees to what node labels do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Membership labels, as far as they can.
    Labels,
    /// The operator, when it decides on the node: the pod only asks for what labels can say.
    Operator,
}

/// What is worth knowing about how an expression was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nodes have to carry this label, which nobody sets by itself.
    NeedsLabel(String),
    /// Nodes have this label for a value that no label can have: key, value, value of the label.
    SpelledValue(String, String, String),
    /// What every node is taken to have.
    Assumed(String),
    /// Why no node has an attribute or a value.
    NoNode(String),
    /// This membership label stands for this expression.
    Membership(String, String),
    /// An expression of so many alternatives that a membership label stands for it.
    TooLarge(String),
    /// What nobody sees to.
    NotApplied(String),
    /// What only the operator sees to.
    Held(String),
    /// Pods of tasks in this group have to carry this label.
    NeedsPodLabel(String, String),
    /// What keeps tasks of groups off, and is kept off by them as well.
    BothWays(String),
    /// What can be neither said nor left out, and why.
    NotExpressible(String, &'static str),
    /// No node can meet this.
    Unsatisfiable(String),
}

impl Native {
    /// Adds one more constraint.
    pub fn add(&mut self, expression: &Expression, rest: Rest) -> Vec<Note> {
        self.add_counted(expression, rest, &mut Work::default())
    }

    fn add_counted(&mut self, expression: &Expression, rest: Rest, work: &mut Work) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut large = Vec::new();
        let mut said = BTreeSet::new();
        for part in Normal::of(expression, false).conjuncts() {
            if !said.insert(part.expression().to_string()) {
                continue;
            }
            if part.speaks_of(&|subject| *subject == Subject::TaskGroup) {
                self.add_groups(&part, rest, &mut notes);
            } else if self.add_nodes(&part, rest, !large.is_empty(), &mut notes, work).is_err() {
                large.push(part);
            }
        }
        self.add_large(&large, rest, &mut notes);
        let mut seen = Vec::new();
        notes.retain(|note| {
            let new = !seen.contains(note);
            if new {
                seen.push(note.clone());
            }
            new
        });
        notes
    }

    /// Adds a part that speaks of nodes alone. `full` says that another part was too large already: then there is no use in
    /// more alternatives.
    fn add_nodes(
        &mut self,
        part: &Normal<'_>,
        rest: Rest,
        full: bool,
        notes: &mut Vec<Note>,
        work: &mut Work,
    ) -> Result<(), TooLarge> {
        let mut labels = BTreeMap::new();
        let mut told = Vec::new();
        let alternatives = alternatives(part, rest, &mut labels, &mut told, work)?;
        if full && alternatives.len() > 1 {
            return Err(TooLarge);
        }
        let terms = terms::both(&self.terms, &alternatives, work)?;
        notes.extend(told);
        if terms.is_empty() {
            notes.push(Note::Unsatisfiable(part.expression().to_string()));
        } else {
            self.terms = terms;
            self.memberships.extend(labels);
        }
        Ok(())
    }

    /// Adds parts that have too many alternatives: one membership label stands for all of them.
    fn add_large(&mut self, parts: &[Normal<'_>], rest: Rest, notes: &mut Vec<Note>) {
        let changing = |part: &&Normal<'_>| part.speaks_of(&|s| *s == Subject::RunningTasksCount);
        let (changing, fixed): (Vec<_>, Vec<_>) = parts.iter().partition(changing);
        let text = |part: &Normal<'_>| part.expression().to_string();
        if rest == Rest::Operator {
            notes.extend(parts.iter().map(text).map(Note::Held));
            return;
        }
        notes.extend(changing.into_iter().map(text).map(Note::NotApplied));
        let mut fixed: Vec<Expression> = fixed.into_iter().map(Normal::expression).collect();
        let whole = if fixed.len() > 1 { Some(Expression::And(fixed)) } else { fixed.pop() };
        if let Some(text) = whole.map(|whole| whole.to_string()) {
            let key = membership::key(&text);
            for term in &mut self.terms {
                term.push(membership::requirement(&key));
            }
            notes.extend([Note::TooLarge(text.clone()), Note::Membership(key.clone(), text.clone())]);
            self.memberships.insert(key, text);
        }
    }
}

/// The alternatives of requirements that an expression without groups means; `labels` take the membership labels among
/// them.
fn alternatives(
    part: &Normal<'_>,
    rest: Rest,
    labels: &mut BTreeMap<String, String>,
    notes: &mut Vec<Note>,
    work: &mut Work,
) -> Result<Vec<Term>, TooLarge> {
    match part {
        Normal::All(all) => {
            let mut terms = terms::any_node();
            for one in all {
                terms = terms::both(&terms, &alternatives(one, rest, labels, notes, work)?, work)?;
            }
            Ok(terms)
        }
        Normal::Any(all) => {
            let mut found = Vec::new();
            for one in all {
                found.extend(alternatives(one, rest, labels, notes, work)?);
            }
            terms::any(found, work)
        }
        Normal::One { comparison, not } => {
            let text = || part.expression().to_string();
            match (leaf::meaning(comparison, *not, notes), rest) {
                (Meaning::Terms(terms), _) => terms::any(terms, work),
                (Meaning::Unsaid, Rest::Labels) => {
                    let (text, key) = (text(), membership::key(&text()));
                    notes.push(Note::Membership(key.clone(), text.clone()));
                    let requirement = membership::requirement(&key);
                    labels.insert(key, text);
                    Ok(vec![vec![requirement]])
                }
                (Meaning::Changing, Rest::Labels) => {
                    notes.push(Note::NotApplied(text()));
                    Ok(terms::any_node())
                }
                (Meaning::Unsaid | Meaning::Changing, Rest::Operator) => {
                    notes.push(Note::Held(text()));
                    Ok(terms::any_node())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
