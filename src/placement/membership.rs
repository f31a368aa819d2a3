//! Membership labels: what node labels cannot say otherwise, computed for each node.
//!
//! A pod asks for the label `expr.ecs-bridge.dev/<hash>`, and an annotation of the same key on it says what the label
//! means: a cluster query expression about things of a node that hardly ever change. The operator keeps the label on
//! the nodes that the expression selects, for as long as a recorded deployment has that annotation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::attribute;
use super::query::{self, Expression, Instance};
use super::requirement::{Operator, Requirement};
use crate::model::name;

/// Prefix of membership labels, and of the annotations that say what they mean.
pub const PREFIX: &str = "expr.ecs-bridge.dev/";
/// Value of a membership label; nodes that are no members lack it.
pub const MEMBER: &str = "true";
/// Hex digits that tell one expression from another.
const DIGITS: usize = 12;

/// The label of the nodes that an expression, as it is printed, selects.
#[must_use]
pub fn key(expression: &str) -> String {
    format!("{PREFIX}{}", name::hash(expression, DIGITS))
}

/// The requirement of a pod that may only run on members.
#[must_use]
pub fn requirement(key: &str) -> Requirement {
    Requirement { key: key.to_owned(), operator: Operator::In, values: vec![MEMBER.to_owned()] }
}

/// What is known of a node that hardly ever changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Id of its EC2 instance.
    pub instance_id: Option<String>,
    /// When it was registered.
    pub registered: Option<Timestamp>,
}

impl Facts {
    /// The id in `spec.providerID`, for example `aws:///eu-central-1a/i-0123456789abcdef0`.
    #[must_use]
    pub fn instance_id(provider_id: &str) -> Option<String> {
        let id = provider_id.strip_prefix("aws://")?.rsplit('/').next()?;
        id.starts_with("i-").then(|| id.to_owned())
    }
}

/// A node counts as connected, whether it is ready or not: its labels should not follow its health.
impl Instance for Facts {
    fn attribute(&self, name: &str) -> Option<&str> {
        attribute::of(&self.labels, name)
    }

    fn instance_id(&self) -> Option<&str> {
        self.instance_id.as_deref()
    }

    fn registered_at(&self) -> Option<Timestamp> {
        self.registered
    }

    fn running_tasks(&self) -> i64 {
        0
    }

    fn groups(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }
}

/// What pods of these templates ask for: membership labels and their expressions, from annotations. What is no expression
/// selects nothing, so that nobody becomes a member by mistake.
pub fn asked<'a>(
    templates: impl Iterator<Item = &'a Value>,
    found: &mut BTreeMap<String, Option<Expression>>,
) {
    for template in templates {
        let annotations = template.pointer("/metadata/annotations").and_then(Value::as_object);
        for (key, text) in annotations.into_iter().flatten().filter(|(key, _)| key.starts_with(PREFIX)) {
            if !found.contains_key(key) {
                let expression = text.as_str().and_then(|text| query::read(text).ok());
                found.insert(key.clone(), expression);
            }
        }
    }
}

/// What has to change about the labels of a node: new values, `None` where a label goes. `complete` says that nobody else
/// may need a label that is not asked for here.
#[must_use]
pub fn changes(
    node: &Facts,
    asked: &BTreeMap<String, Option<Expression>>,
    complete: bool,
) -> BTreeMap<String, Option<&'static str>> {
    let mut changes = BTreeMap::new();
    for (key, expression) in asked {
        let is_member = expression.as_ref().is_some_and(|expression| expression.evaluate(node));
        match (is_member, node.labels.get(key).map(String::as_str)) {
            (true, Some(MEMBER)) | (false, None) => {}
            (true, _) => drop(changes.insert(key.clone(), Some(MEMBER))),
            (false, Some(_)) => drop(changes.insert(key.clone(), None)),
        }
    }
    let own = node.labels.range(PREFIX.to_owned()..).take_while(|(key, _)| key.starts_with(PREFIX));
    let unasked = own.filter(|(key, _)| complete && !asked.contains_key(*key));
    changes.extend(unasked.map(|(key, _)| (key.clone(), None)));
    changes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TYPE: &str = "node.kubernetes.io/instance-type";

    fn node(labels: &[(&str, &str)]) -> Facts {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Facts { labels, ..Facts::default() }
    }

    fn asks(expressions: &[&str]) -> BTreeMap<String, Option<Expression>> {
        let annotations: BTreeMap<String, &str> = expressions.iter().map(|e| (key(e), *e)).collect();
        let template = json!({ "metadata": { "annotations": annotations } });
        let mut found = BTreeMap::new();
        asked([&template].into_iter(), &mut found);
        found
    }

    #[test]
    fn members_get_the_label_and_others_lose_it() {
        let expression = "attribute:ecs.instance-type =~ t3.*";
        let (asked, key) = (asks(&[expression]), key(expression));
        let set = BTreeMap::from([(key.clone(), Some(MEMBER))]);
        let gone = BTreeMap::from([(key.clone(), None)]);
        assert_eq!(changes(&node(&[(TYPE, "t3.micro")]), &asked, true), set);
        assert_eq!(changes(&node(&[(TYPE, "t3.micro"), (&key, "yes")]), &asked, true), set);
        assert_eq!(changes(&node(&[(TYPE, "m5.large"), (&key, "true")]), &asked, true), gone);
        for done in [node(&[(TYPE, "t3.micro"), (&key, "true")]), node(&[(TYPE, "m5.large")])] {
            assert!(changes(&done, &asked, true).is_empty(), "steady");
        }
    }

    #[test]
    fn a_label_that_nobody_asks_for_goes_unless_others_may_ask_for_it() {
        let left = node(&[("expr.ecs-bridge.dev/0", "true"), ("expr.ecs-bridge.devil/0", "x"), ("z", "y")]);
        let gone = BTreeMap::from([("expr.ecs-bridge.dev/0".to_owned(), None)]);
        assert_eq!(changes(&left, &BTreeMap::new(), true), gone);
        assert!(changes(&left, &BTreeMap::new(), false).is_empty());
    }

    #[test]
    fn what_cannot_be_read_selects_nothing() {
        let asked = asks(&["no expression"]);
        let key = key("no expression");
        assert!(changes(&node(&[]), &asked, true).is_empty());
        assert_eq!(changes(&node(&[(&key, "true")]), &asked, true), BTreeMap::from([(key, None)]));
    }

    #[test]
    fn instances_are_known_by_the_id_that_the_cloud_provider_wrote() {
        assert_eq!(Facts::instance_id("aws:///eu-central-1a/i-0a1").as_deref(), Some("i-0a1"));
        for other in ["", "kwok://node-1", "aws:///eu-central-1a/fargate-ip-10-0-0-1"] {
            assert_eq!(Facts::instance_id(other), None, "{other}");
        }
    }
}
