//! Alternatives of requirements: unions, products, and their simplest form.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::placement::{Operator, Requirement, Term};

/// Most alternatives that a pod asks for. Source: Kubernetes sets no limit; kube-scheduler looks at each for each node.
const MAX_TERMS: usize = 64;
/// Most requirements of one alternative: 32, with room for a membership label of each constraint that ECS allows.
const MAX_REQUIREMENTS: usize = 32 - 10;
/// Most alternatives that are looked at while their simplest form is sought.
const MAX_RAW: usize = 256;
/// Most steps that one constraint may cost: it is compiled whenever its service is looked at.
const MAX_STEPS: usize = 1 << 17;

/// More alternatives, or longer ones, than a pod should ask for, or more work than it is worth to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

/// Work that one constraint has been so far: requirements and values that were copied or compared, and pairs of
/// alternatives that were looked at.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) steps: usize,
}

impl Work {
    fn spend(&mut self, steps: usize) -> Result<(), TooLarge> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > MAX_STEPS { Err(TooLarge) } else { Ok(()) }
    }
}

/// What it costs to copy requirements.
fn size(requirements: &[Requirement]) -> usize {
    requirements.iter().map(|requirement| 1 + requirement.values.len()).sum()
}

/// Whatever node there is: one alternative without requirements.
pub(super) fn any_node() -> Vec<Term> {
    vec![Vec::new()]
}

/// Nodes that meet one of the first and one of the second.
pub(super) fn both(first: &[Term], second: &[Term], work: &mut Work) -> Result<Vec<Term>, TooLarge> {
    if first.len() * second.len() > MAX_RAW {
        return Err(TooLarge);
    }
    let mut all = BTreeSet::new();
    for a in first {
        for b in second {
            work.spend(size(a) + size(b))?;
            all.extend(simplest(a.iter().chain(b).cloned()));
        }
    }
    within_limits(all, work)
}

/// Nodes that meet any of these.
pub(super) fn any(terms: Vec<Term>, work: &mut Work) -> Result<Vec<Term>, TooLarge> {
    if terms.len() > MAX_RAW {
        return Err(TooLarge);
    }
    let mut all = BTreeSet::new();
    for term in terms {
        work.spend(size(&term))?;
        all.extend(simplest(term.into_iter()));
    }
    within_limits(all, work)
}

fn within_limits(all: BTreeSet<Term>, work: &mut Work) -> Result<Vec<Term>, TooLarge> {
    let terms = merged(all, work)?;
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

/// An alternative, and a bit for each of its requirements: most pairs that have nothing to do with each other are known by
/// their bits.
struct Marked {
    term: Term,
    bits: u64,
}

impl Marked {
    fn new(term: Term) -> Self {
        let bit = |requirement: &Requirement| {
            let mut hasher = DefaultHasher::new();
            requirement.hash(&mut hasher);
            1 << (hasher.finish() % 64)
        };
        let bits = term.iter().map(bit).fold(0, |bits, bit: u64| bits | bit);
        Self { term, bits }
    }
}

/// Alternatives that differ in the values of one label only become one; what another one includes goes.
fn merged(all: BTreeSet<Term>, work: &mut Work) -> Result<Vec<Term>, TooLarge> {
    let mut left: Vec<Marked> = all.into_iter().map(Marked::new).collect();
    // What has become of two may go together with an earlier one: until a pass finds nothing.
    loop {
        let before = left.len();
        let mut done: Vec<Marked> = Vec::with_capacity(before);
        for marked in left {
            let mut marked = marked;
            work.spend(1 + done.len())?;
            let mut i = 0;
            while let Some(other) = done.get(i) {
                match merge(other, &marked, work)? {
                    Some(one) => {
                        marked = Marked::new(one);
                        done.swap_remove(i);
                    }
                    None => i += 1,
                }
            }
            done.push(marked);
        }
        left = done;
        if left.len() == before {
            break;
        }
    }
    let mut terms: Vec<Term> = left.into_iter().map(|marked| marked.term).collect();
    terms.sort();
    Ok(terms)
}

/// One alternative that means the same as two.
fn merge(a: &Marked, b: &Marked, work: &mut Work) -> Result<Option<Term>, TooLarge> {
    for (wide, narrow) in [(a, b), (b, a)] {
        if wide.bits & !narrow.bits == 0 {
            work.spend(wide.term.len() + narrow.term.len())?;
            if includes(&wide.term, &narrow.term) {
                return Ok(Some(wide.term.clone()));
            }
        }
    }
    // One requirement differs, so at most two bits do.
    if a.term.len() != b.term.len() || (a.bits ^ b.bits).count_ones() > 2 {
        return Ok(None);
    }
    work.spend(a.term.len())?;
    let mut differing = a.term.iter().zip(&b.term).enumerate().filter(|(_, (a, b))| a != b);
    let Some((place, (first, second))) = differing.next() else { return Ok(None) };
    let is_list = |r: &Requirement| r.operator == Operator::In;
    if differing.next().is_some() || first.key != second.key || !is_list(first) || !is_list(second) {
        return Ok(None);
    }
    work.spend(size(&a.term) + second.values.len())?;
    let values: BTreeSet<String> = first.values.iter().chain(&second.values).cloned().collect();
    let mut one = a.term.clone();
    if let Some(list) = one.get_mut(place) {
        list.values = values.into_iter().collect();
    }
    Ok(Some(one))
}

/// Whether all requirements of the first are among those of the second: both are in the order that [`simplest`] gives.
fn includes(wide: &Term, narrow: &Term) -> bool {
    let mut rest = narrow.iter();
    wide.iter().all(|requirement| rest.any(|other| other == requirement))
}
