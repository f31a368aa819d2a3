//! Explanations. They look at every node and every rule by itself: of what decisions are made faster by, only the counts of
//! tasks by value are used here.

use std::sync::Arc;

use super::class::Prepared;
use super::eligible::{intolerable, tolerates_cordon};
use super::on_node::OnNode;
use super::view::View;
use super::{ClassId, Engine};
use crate::placement::explain::{Amount, Counted, Explanation, Reason};
use crate::placement::node::Node;
use crate::placement::query::Expression;
use crate::placement::selector::Selector;
use crate::placement::task::{Constraint, Field, Resource, Strategy};
use crate::placement::uid::{Uid, drawn, lot};

impl Engine {
    /// Where a task of the class would go now, and for each other node the first reason why it would not go there.
    #[must_use]
    pub fn explain(&mut self, class: ClassId, uid: impl Into<Uid>) -> Explanation {
        let state = self.state();
        let known = self.classes[class.0 as usize].unplaced.as_ref();
        if let Some((_, explanation)) = known.filter(|(then, _)| *then == state) {
            return explanation.clone();
        }
        let explanation = self.explanation(class, uid.into());
        if explanation.chosen.is_none() {
            // No lot and no strategy is asked: it is the same for every task of the class, until something changes.
            self.classes[class.0 as usize].unplaced = Some((state, explanation.clone()));
        }
        explanation
    }

    fn explanation(&self, class: ClassId, uid: Uid) -> Explanation {
        let view = self.view(class);
        let mut reasons = Reasons::default();
        let mut fitting: Vec<usize> = Vec::new();
        for (slot, node) in self.table.nodes() {
            match against(&view, slot, node) {
                Some(reason) => reasons.add(reason),
                None => fitting.push(slot),
            }
        }
        let count = fitting.len();
        let chosen = self.preferred(&view, fitting, uid, &mut reasons);
        reasons.0.sort_by_key(|counted| std::cmp::Reverse(counted.nodes));
        Explanation {
            nodes: self.table.live(),
            fitting: count,
            needs: view.class.class.demand.amounts(),
            chosen: chosen.and_then(|slot| self.table.node(slot)).map(|node| node.name.clone()),
            reasons: reasons.0,
        }
    }

    /// The node that all strategies leave, and what they say against the others.
    fn preferred(
        &self,
        view: &View<'_>,
        mut left: Vec<usize>,
        uid: Uid,
        reasons: &mut Reasons,
    ) -> Option<usize> {
        for strategy in view.class.class.strategies_in_force() {
            if strategy == Strategy::Random {
                let chosen = *left.get(drawn(lot(self.seed, uid), left.len()))?;
                reasons.count(left.len() - 1, Reason::Strategy { strategy, here: 0, there: 0 });
                return Some(chosen);
            }
            let number = |slot: usize| number(view, &strategy, slot);
            let here = left.iter().map(|&slot| number(slot)).min()?;
            let before = left.len();
            let there = left.iter().map(|&slot| number(slot)).filter(|&other| other > here).min();
            left.retain(|&slot| number(slot) == here);
            if let Some(there) = there {
                let others = before - left.len();
                reasons.count(others, Reason::Strategy { strategy, here, there });
            }
        }
        let chosen = *left.first()?;
        reasons.count(left.len() - 1, Reason::Order);
        Some(chosen)
    }
}

/// What a strategy compares: the least is best.
pub(super) fn number(view: &View<'_>, strategy: &Strategy, slot: usize) -> u32 {
    let free = view.table.free(slot);
    match strategy {
        Strategy::Spread(Field::InstanceId) => view.group.on.count(slot),
        Strategy::Spread(Field::Attribute(name)) => {
            let column = view.table.columns.iter().position(|column| column.key() == name);
            column.map_or(0, |column| {
                view.group
                    .count(crate::placement::table::number(column), view.table.columns[column].codes[slot])
            })
        }
        Strategy::Binpack(Resource::Cpu) => free.cpu,
        Strategy::Binpack(Resource::Memory) => free.memory,
        Strategy::Random => 0,
    }
}

/// Reasons, those that nodes have in common only once.
#[derive(Default)]
struct Reasons(Vec<Counted>);

impl Reasons {
    fn add(&mut self, reason: Reason) {
        self.count(1, reason);
    }

    fn count(&mut self, nodes: usize, reason: Reason) {
        if nodes == 0 {
            return;
        }
        for counted in &mut self.0 {
            let same = match (&mut counted.reason, &reason) {
                (
                    Reason::TooLittle { what: known, most, on, only, .. },
                    Reason::TooLittle { what, most: other, on: there, only: another, .. },
                ) if known == what => {
                    if other > most {
                        (*most, *on) = (*other, there.clone());
                    }
                    let left = |only: &Option<(u32, Arc<str>)>| only.as_ref().map(|(left, _)| *left);
                    if left(another) > left(only) {
                        only.clone_from(another);
                    }
                    true
                }
                (known, reason) => *known == *reason,
            };
            if same {
                counted.nodes += nodes;
                return;
            }
        }
        self.0.push(Counted { nodes, reason });
    }
}

/// The first thing that speaks against a node, as far as no strategy is concerned.
pub(super) fn against(view: &View<'_>, slot: usize, node: &Arc<Node>) -> Option<Reason> {
    let class = view.class;
    if !node.ready {
        return Some(Reason::NotReady);
    }
    if node.unschedulable && !tolerates_cordon(&class.class.tolerations) {
        return Some(Reason::Cordoned);
    }
    let mut short = short(view, slot);
    let Some((what, needs, left)) = short.next() else { return otherwise(view, slot, node) };
    let only = short.next().is_none() && otherwise(view, slot, node).is_none();
    let only = only.then(|| (left, node.name.clone()));
    Some(Reason::TooLittle { what, needs, most: left, on: node.name.clone(), only })
}

/// What speaks against a node besides amounts.
fn otherwise(view: &View<'_>, slot: usize, node: &Arc<Node>) -> Option<Reason> {
    let class = view.class;
    let taken = |&(_, &port): &(_, &u32)| view.table.ports[port as usize].has(slot);
    let port = || class.class.demand.ports.iter().zip(&class.ports).find(taken);
    (view.table.free(slot).pods == 0)
        .then_some(Reason::NoPodSlot)
        .or_else(|| port().map(|(&port, _)| Reason::Port(port)))
        .or_else(|| intolerable(&class.class.tolerations, node).cloned().map(Reason::Taint))
        .or_else(|| unselected(&class.class.selectors, node).map(Reason::Selector))
        .or_else(|| class.class.constraints.iter().find_map(|one| violated(view, class, one, slot)))
        .or_else(|| {
            let closed = view.group.closed(view.table).is_some_and(|closed| closed.has(slot));
            closed.then(|| Reason::KeptOff(class.class.group.name.clone()))
        })
}

/// Of what there is too little: what is needed and what is left.
fn short(view: &View<'_>, slot: usize) -> impl Iterator<Item = (Amount, u32, u32)> {
    let (free, need) = (view.table.free(slot), &view.class.need);
    [
        (Amount::Cpu, need.cpu, free.cpu),
        (Amount::Memory, need.memory, free.memory),
        (Amount::Gpu, u32::from(need.gpu), u32::from(free.gpu)),
    ]
    .into_iter()
    .filter(|&(_, needs, left)| left < needs)
}

/// What of selectors does not hold: the requirement, where it is one that decides.
fn unselected(selectors: &[Selector], node: &Node) -> Option<String> {
    let selector = selectors.iter().find(|selector| !selector.matches(node))?;
    let [term] = selector.terms.as_slice() else {
        return Some(format!("none of {} terms", selector.terms.len()));
    };
    let labels = term.labels.iter().find(|one| !one.holds(node.labels.get(&one.key).map(String::as_str)));
    let names = || term.names.iter().find(|one| !one.holds(Some(&node.name)));
    Some(labels.or_else(names).map_or_else(|| "a term without requirements".to_owned(), ToString::to_string))
}

fn violated(view: &View<'_>, class: &Prepared, constraint: &Constraint, slot: usize) -> Option<Reason> {
    match constraint {
        Constraint::DistinctInstance => {
            let taken = view.group.on.has(slot);
            taken.then(|| Reason::DistinctInstance(class.class.group.name.clone()))
        }
        Constraint::MemberOf(expression) => {
            let instance = OnNode::new(view.table, slot, &class.class.group.cluster)?;
            if expression.evaluate(&instance) {
                return None;
            }
            if let Expression::And(terms) = expression {
                let failing = terms.iter().position(|term| !term.evaluate(&instance))?;
                let part = Some((failing + 1, terms.len()));
                return Some(Reason::MemberOf { term: terms[failing].to_string(), part });
            }
            Some(Reason::MemberOf { term: expression.to_string(), part: None })
        }
    }
}
