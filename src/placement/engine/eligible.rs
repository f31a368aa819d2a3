//! Which nodes a class may use as far as that depends on the nodes themselves.
//!
//! Selectors and expressions are asked once for each value of a label, not once for each node.

use crate::placement::Requirement;
use crate::placement::attribute;
use crate::placement::node::{Effect, Node, Taint};
use crate::placement::query::{Comparison, Expression, Subject};
use crate::placement::selector::Selector;
use crate::placement::table::{BLOCK, Column, Table};
use crate::placement::task::{Class, Toleration, UNSCHEDULABLE};

use super::on_node::OnNode;

/// One bit for each node, and what it takes to find it out.
#[derive(Clone, Debug)]
pub(super) struct Eligible {
    rule: Rule,
    words: Vec<u64>,
    seen: Option<(u64, u64)>,
}

/// What has to hold of a node.
#[derive(Clone, Debug)]
enum Rule {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// A label: what is asked of it, and the answer for each of its values so far.
    Label {
        column: u32,
        test: Test,
        answers: Vec<bool>,
    },
    /// The name.
    Name(Requirement),
    /// Something that is not in a label.
    Other(Comparison),
}

/// What is asked of the value of a label.
#[derive(Clone, Debug)]
enum Test {
    Requirement(Requirement),
    /// Of the attribute that is in the label.
    Comparison(String, Comparison),
}

impl Eligible {
    /// `fixed` are the expressions of the class that do not look at tasks.
    pub(super) fn new(class: &Class, fixed: &[Expression], table: &mut Table) -> Self {
        let mut rules: Vec<Rule> = class.selectors.iter().map(|selector| selected(selector, table)).collect();
        rules.extend(fixed.iter().map(|expression| compiled(expression, table)));
        Self { rule: Rule::All(rules), words: Vec::new(), seen: None }
    }

    pub(super) fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or_default()
    }

    pub(super) fn has(&self, slot: usize) -> bool {
        self.word(slot / BLOCK) >> (slot % BLOCK) & 1 == 1
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * 8
    }

    /// Nothing is known any more, and no memory taken.
    pub(super) fn clear(&mut self) {
        self.words = Vec::new();
        self.seen = None;
    }

    /// Brings the bits up to date.
    pub(super) fn refresh(&mut self, tolerations: &[Toleration], table: &Table) {
        let seen = self.seen.filter(|&(epoch, _)| epoch == table.epoch);
        if seen == Some((table.epoch, table.changed.end())) {
            return;
        }
        self.rule.learn(table);
        let length = table.slots().div_ceil(BLOCK);
        let changed = seen.and_then(|(_, position)| table.changed.since(position));
        if let Some(changed) = changed {
            if self.words.len() < length {
                self.words.reserve_exact(length + length / 16 - self.words.len());
                self.words.resize(length, 0);
            }
            for &slot in changed {
                let slot = slot as usize;
                let bit = 1 << (slot % BLOCK);
                let allowed = table
                    .node(slot)
                    .is_some_and(|node| tolerates(tolerations, node) && self.rule.holds(table, slot, node));
                self.words[slot / BLOCK] = self.words[slot / BLOCK] & !bit | if allowed { bit } else { 0 };
            }
        } else {
            self.words = (0..length).map(|word| self.block(word, tolerations, table)).collect();
        }
        self.seen = Some((table.epoch, table.changed.end()));
    }

    fn block(&self, word: usize, tolerations: &[Toleration], table: &Table) -> u64 {
        let plain = table.plain(word);
        if plain == u64::MAX && matches!(&self.rule, Rule::All(rules) if rules.is_empty()) {
            return plain;
        }
        let from = word * BLOCK;
        let mut bits = 0;
        for slot in from..table.slots().min(from + BLOCK) {
            let usable = plain >> (slot - from) & 1 == 1
                || table.node(slot).is_some_and(|node| tolerates(tolerations, node));
            let holds = || {
                self.rule.quick(table, slot).unwrap_or_else(|| {
                    table.node(slot).is_some_and(|node| self.rule.holds(table, slot, node))
                })
            };
            if usable && holds() {
                bits |= 1 << (slot - from);
            }
        }
        bits
    }
}

/// Whether a node is ready, and everything that keeps tasks off it is tolerated.
fn tolerates(tolerations: &[Toleration], node: &Node) -> bool {
    node.ready
        && (!node.unschedulable || tolerates_cordon(tolerations))
        && intolerable(tolerations, node).is_none()
}

/// Whether tasks are placed on cordoned nodes, as those of daemons are.
pub(super) fn tolerates_cordon(tolerations: &[Toleration]) -> bool {
    let cordon = Taint { key: UNSCHEDULABLE.to_owned(), value: String::new(), effect: Effect::NoSchedule };
    tolerations.iter().any(|toleration| toleration.tolerates(&cordon))
}

/// The first taint of a node that is not tolerated.
pub(super) fn intolerable<'a>(tolerations: &[Toleration], node: &'a Node) -> Option<&'a Taint> {
    let tolerated = |taint: &Taint| tolerations.iter().any(|one| one.tolerates(taint));
    node.taints.iter().find(|taint| taint.effect != Effect::PreferNoSchedule && !tolerated(taint))
}

fn selected(selector: &Selector, table: &mut Table) -> Rule {
    let terms = selector.terms.iter().map(|term| {
        if term.labels.is_empty() && term.names.is_empty() {
            return Rule::Any(Vec::new());
        }
        let label = |one: &Requirement| Rule::Label {
            column: table.label(&one.key),
            test: Test::Requirement(one.clone()),
            answers: Vec::new(),
        };
        let mut all: Vec<Rule> = term.labels.iter().map(label).collect();
        all.extend(term.names.iter().cloned().map(Rule::Name));
        Rule::All(all)
    });
    Rule::Any(terms.collect())
}

fn compiled(expression: &Expression, table: &mut Table) -> Rule {
    match expression {
        Expression::And(all) => Rule::All(all.iter().map(|one| compiled(one, table)).collect()),
        Expression::Or(any) => Rule::Any(any.iter().map(|one| compiled(one, table)).collect()),
        Expression::Not(one) => Rule::Not(Box::new(compiled(one, table))),
        Expression::Comparison(comparison) => match &comparison.subject {
            Subject::Attribute(name) => match attribute::label(name) {
                Ok(key) if !attribute::is_of_several_labels(name) => Rule::Label {
                    column: table.label(&key),
                    test: Test::Comparison(key, comparison.clone()),
                    answers: Vec::new(),
                },
                _ => Rule::Other(comparison.clone()),
            },
            _ => Rule::Other(comparison.clone()),
        },
    }
}

impl Rule {
    /// Answers for values that have not been seen before.
    fn learn(&mut self, table: &Table) {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter_mut().for_each(|rule| rule.learn(table)),
            Self::Not(rule) => rule.learn(table),
            Self::Label { column, test, answers } => {
                let values = table.labels.get(*column as usize).map(Column::values).unwrap_or_default();
                for (code, value) in values.iter().enumerate().skip(answers.len()) {
                    answers.push(test.holds((code > 0).then_some(value)));
                }
            }
            Self::Name(_) | Self::Other(_) => {}
        }
    }

    /// Whether it holds, if labels say so.
    fn quick(&self, table: &Table, slot: usize) -> Option<bool> {
        match self {
            Self::All(rules) => {
                for rule in rules {
                    if !rule.quick(table, slot)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Self::Any(rules) => {
                for rule in rules {
                    if rule.quick(table, slot)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            Self::Not(rule) => rule.quick(table, slot).map(|holds| !holds),
            Self::Label { column, answers, .. } => {
                let code = *table.labels.get(*column as usize)?.codes.get(slot)?;
                answers.get(code as usize).copied()
            }
            Self::Name(_) | Self::Other(_) => None,
        }
    }

    fn holds(&self, table: &Table, slot: usize, node: &Node) -> bool {
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(table, slot, node)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(table, slot, node)),
            Self::Not(rule) => !rule.holds(table, slot, node),
            Self::Label { .. } => self.quick(table, slot).unwrap_or_default(),
            Self::Name(requirement) => requirement.holds(Some(&node.name)),
            Self::Other(comparison) => comparison.evaluate(&OnNode::empty(node)),
        }
    }
}

impl Test {
    fn holds(&self, value: Option<&std::sync::Arc<str>>) -> bool {
        let value = value.map(AsRef::as_ref);
        match self {
            Self::Requirement(requirement) => requirement.holds(value),
            Self::Comparison(key, comparison) => {
                let labels = value.map(|value| (key.clone(), value.to_owned())).into_iter().collect();
                comparison.evaluate(&OnNode::empty(&Node { labels, ..Node::default() }))
            }
        }
    }
}
