//! Node selectors: what pods ask of the labels of a node.
//!
//! Source: `NodeSelector` in the Kubernetes API reference.

use super::node::Node;
use super::{Operator, Requirement};

/// What labels and name of a node have to be: any of the terms. Without terms no node matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// Any of these.
    pub terms: Vec<Term>,
}

/// All of these. A term without anything matches no node, as in Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// Of labels.
    pub labels: Vec<Requirement>,
    /// Of fields, of which there is one: the node's name, whatever the key.
    pub names: Vec<Requirement>,
}

impl Selector {
    /// What one term asks for.
    #[must_use]
    pub fn all(labels: Vec<Requirement>) -> Self {
        Self { terms: vec![Term { labels, names: Vec::new() }] }
    }

    /// Whether a node is one of those.
    #[must_use]
    pub fn matches(&self, node: &Node) -> bool {
        self.terms.iter().any(|term| {
            let labels =
                || term.labels.iter().all(|one| one.holds(node.labels.get(&one.key).map(String::as_str)));
            let names = || term.names.iter().all(|one| one.holds(Some(&node.name)));
            !(term.labels.is_empty() && term.names.is_empty()) && labels() && names()
        })
    }
}

impl Requirement {
    /// Whether a label of this value, or none at all, is what is required.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        let listed = |value: &str| self.values.iter().any(|one| one == value);
        let number = |text: &str| text.parse::<i64>().ok();
        let order = || Some(number(value?)?.cmp(&number(self.values.first()?)?));
        match self.operator {
            Operator::In => value.is_some_and(listed),
            Operator::NotIn => !value.is_some_and(listed),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt => order().is_some_and(std::cmp::Ordering::is_gt),
            Operator::Lt => order().is_some_and(std::cmp::Ordering::is_lt),
        }
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.key, self.operator.as_str())?;
        if self.values.is_empty() { Ok(()) } else { write!(f, " [{}]", self.values.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requirement(operator: Operator, values: &[&str]) -> Requirement {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Requirement { key: "tier".to_owned(), operator, values }
    }

    #[test]
    fn requirements_hold_as_kubernetes_documents_them() {
        for (operator, values, value, holds) in [
            (Operator::In, &["a", "b"][..], Some("b"), true),
            (Operator::In, &["a"], Some("b"), false),
            (Operator::In, &["a"], None, false),
            (Operator::NotIn, &["a"], Some("b"), true),
            (Operator::NotIn, &["a"], Some("a"), false),
            (Operator::NotIn, &["a"], None, true),
            (Operator::Exists, &[], Some(""), true),
            (Operator::Exists, &[], None, false),
            (Operator::DoesNotExist, &[], None, true),
            (Operator::DoesNotExist, &[], Some(""), false),
            (Operator::Gt, &["9"], Some("10"), true),
            (Operator::Gt, &["10"], Some("10"), false),
            (Operator::Lt, &["10"], Some("9"), true),
            (Operator::Lt, &["10"], Some("nine"), false),
            (Operator::Lt, &["10"], None, false),
        ] {
            assert_eq!(
                requirement(operator, values).holds(value),
                holds,
                "{operator:?} {values:?} {value:?}"
            );
        }
    }

    #[test]
    fn terms_are_alternatives_and_an_empty_one_matches_nothing() {
        let node =
            Node { name: "n1".into(), labels: [("tier".into(), "a".into())].into(), ..Node::default() };
        let term =
            |value: &str| Term { labels: vec![requirement(Operator::In, &[value])], names: Vec::new() };
        let pinned =
            |name: &str| Term { names: vec![requirement(Operator::In, &[name])], labels: Vec::new() };
        for (terms, matches) in [
            (vec![], false),
            (vec![Term::default()], false),
            (vec![term("b")], false),
            (vec![term("b"), term("a")], true),
            (vec![pinned("n1")], true),
            (vec![pinned("n2")], false),
        ] {
            assert_eq!(Selector { terms: terms.clone() }.matches(&node), matches, "{terms:?}");
        }
    }
}
