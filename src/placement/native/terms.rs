//! Alternatives of requirements: unions, products, and their simplest form.

use std::collections::{BTreeMap, BTreeSet};

use crate::placement::{Operator, Requirement, Term};

/// Most alternatives that a pod asks for. Source: Kubernetes sets no limit; kube-scheduler looks at each for each node.
const MAX_TERMS: usize = 64;
/// Most requirements of one alternative: 32, with room for a membership label of each constraint that ECS allows.
const MAX_REQUIREMENTS: usize = 32 - 10;
/// Most alternatives that are looked at while their simplest form is sought.
const MAX_RAW: usize = 512;

/// More alternatives, or longer ones, than a pod should ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Whatever node there is: one alternative without requirements.
pub(super) fn any_node() -> Vec<Term> {
    vec![Vec::new()]
}

/// Nodes that meet one of the first and one of the second.
pub(super) fn both(first: &[Term], second: &[Term]) -> Result<Vec<Term>, TooLarge> {
    if first.len() * second.len() > MAX_RAW {
        return Err(TooLarge);
    }
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| a.iter().chain(b)));
    within_limits(pairs.filter_map(|pair| simplest(pair.cloned())).collect())
}

/// Nodes that meet any of these.
pub(super) fn any(all: Vec<Term>) -> Result<Vec<Term>, TooLarge> {
    if all.len() > MAX_RAW {
        return Err(TooLarge);
    }
    within_limits(all.into_iter().filter_map(|term| simplest(term.into_iter())).collect())
}

fn within_limits(all: BTreeSet<Term>) -> Result<Vec<Term>, TooLarge> {
    let terms = merged(all);
    let fits = terms.len() <= MAX_TERMS && terms.iter().all(|term| term.len() <= MAX_REQUIREMENTS);
    if fits { Ok(terms) } else { Err(TooLarge) }
}

/// What is asked of one label.
#[derive(Default)]
struct Ask {
    among: Option<BTreeSet<String>>,
    not: BTreeSet<String>,
    bounds: BTreeSet<(Operator, Vec<String>)>,
    exists: bool,
    missing: bool,
}

/// The same requirements in one order and without what follows from the others; `None` where they contradict each other.
fn simplest(requirements: impl Iterator<Item = Requirement>) -> Option<Term> {
    let mut asks: BTreeMap<String, Ask> = BTreeMap::new();
    for Requirement { key, operator, values } in requirements {
        let ask = asks.entry(key).or_default();
        match operator {
            Operator::In => {
                let values: BTreeSet<String> = values.into_iter().collect();
                ask.among = Some(match ask.among.take() {
                    Some(before) => before.intersection(&values).cloned().collect(),
                    None => values,
                });
            }
            Operator::NotIn => ask.not.extend(values),
            Operator::Gt | Operator::Lt => drop(ask.bounds.insert((operator, values))),
            Operator::Exists => ask.exists = true,
            Operator::DoesNotExist => ask.missing = true,
        }
    }
    let mut term = Vec::new();
    for (key, mut ask) in asks {
        let mut push = |operator, values| term.push(Requirement { key: key.clone(), operator, values });
        if ask.missing {
            if ask.exists || ask.among.is_some() || !ask.bounds.is_empty() {
                return None;
            }
            push(Operator::DoesNotExist, Vec::new());
            continue;
        }
        let is_there = ask.among.is_some() || !ask.bounds.is_empty();
        if let Some(among) = ask.among {
            let left: Vec<String> = among.difference(&ask.not).cloned().collect();
            if left.is_empty() {
                return None;
            }
            ask.not.clear();
            push(Operator::In, left);
        }
        if ask.exists && !is_there {
            push(Operator::Exists, Vec::new());
        }
        if !ask.not.is_empty() {
            push(Operator::NotIn, ask.not.into_iter().collect());
        }
        for (operator, values) in ask.bounds {
            push(operator, values);
        }
    }
    Some(term)
}

/// Alternatives that differ in the values of one label only become one; what another one includes goes.
fn merged(all: BTreeSet<Term>) -> Vec<Term> {
    let mut terms: Vec<Term> = all.into_iter().collect();
    let mut i = 0;
    while i < terms.len() {
        let found = (i + 1..terms.len()).find_map(|j| Some((j, merge(terms.get(i)?, terms.get(j)?)?)));
        match (found, terms.get_mut(i)) {
            (Some((j, one)), Some(place)) => {
                *place = one;
                terms.remove(j);
                // It may go together with an earlier one now.
                i = 0;
            }
            _ => i += 1,
        }
    }
    terms.sort();
    terms
}

/// One alternative that means the same as two.
fn merge(a: &Term, b: &Term) -> Option<Term> {
    let includes = |wide: &Term, narrow: &Term| wide.iter().all(|requirement| narrow.contains(requirement));
    if includes(a, b) {
        return Some(a.clone());
    }
    if includes(b, a) {
        return Some(b.clone());
    }
    if a.len() != b.len() {
        return None;
    }
    let mut differing = a.iter().zip(b).enumerate().filter(|(_, (a, b))| a != b);
    let (place, (first, second)) = differing.next()?;
    let is_list = |r: &Requirement| r.operator == Operator::In;
    if differing.next().is_some() || first.key != second.key || !is_list(first) || !is_list(second) {
        return None;
    }
    let values: BTreeSet<String> = first.values.iter().chain(&second.values).cloned().collect();
    let mut one = a.clone();
    one.get_mut(place)?.values = values.into_iter().collect();
    Some(one)
}
