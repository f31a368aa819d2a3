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

/// What pods of these templates ask for: membership labels and their expressions, from annotations; `None` for one that
/// cannot be read. An annotation whose key is not that of its text is passed over: it would take a label away from those
/// that it was made for.
pub fn asked<'a>(
    templates: impl Iterator<Item = &'a Value>,
    found: &mut BTreeMap<String, Option<Expression>>,
) {
    for (name, text) in templates.flat_map(annotations) {
        let Some(text) = text.as_str().filter(|text| !found.contains_key(name) && key(text) == *name) else {
            continue;
        };
        found.insert(name.clone(), query::read(text).ok());
    }
}

/// Whether pods of any of these templates ask for a membership label.
#[must_use]
pub fn asks<'a>(templates: impl Iterator<Item = &'a Value>) -> bool {
    templates.flat_map(annotations).next().is_some()
}

/// Annotations of a template that are about membership.
fn annotations(template: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let all = template.pointer("/metadata/annotations").and_then(Value::as_object);
    all.into_iter().flatten().filter(|(name, _)| name.starts_with(PREFIX))
}

/// What has to change about the labels of a node: new values, `None` where a label goes. `complete` says that nobody else
/// may need a label that is not asked for here.
///
/// A label whose expression cannot be read is left as it is, on whichever node: an operator of a later version knows what
/// it means, and that one's members must not come and go with the version that leads.
#[must_use]
pub fn changes(
    node: &Facts,
    asked: &BTreeMap<String, Option<Expression>>,
    complete: bool,
) -> BTreeMap<String, Option<&'static str>> {
    let mut changes = BTreeMap::new();
    for (key, expression) in asked.iter().filter_map(|(key, expression)| Some((key, expression.as_ref()?))) {
        match (expression.evaluate(node), node.labels.get(key).map(String::as_str)) {
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
    fn what_cannot_be_read_makes_nobody_a_member_and_takes_nobody_out() {
        let asked = asks(&["what a later version understands"]);
        let key = key("what a later version understands");
        assert!(changes(&node(&[]), &asked, true).is_empty());
        assert!(changes(&node(&[(&key, "true")]), &asked, true).is_empty());
    }

    #[test]
    fn an_annotation_that_is_not_of_its_key_takes_over_nobodys_label() {
        let expression = "attribute:ecs.instance-type =~ t3.*";
        let with = |text: &str| json!({ "metadata": { "annotations": { key(expression): text } } });
        let templates = [with("attribute:ecs.instance-type =~ m5.*"), with(expression)];
        let mut found = BTreeMap::new();
        asked(templates.iter(), &mut found);
        let set = BTreeMap::from([(key(expression), Some(MEMBER))]);
        assert_eq!(changes(&node(&[(TYPE, "t3.micro")]), &found, true), set);
        assert!(changes(&node(&[(TYPE, "m5.large")]), &found, true).is_empty());
    }

    #[test]
    fn instances_are_known_by_the_id_that_the_cloud_provider_wrote() {
        assert_eq!(Facts::instance_id("aws:///eu-central-1a/i-0a1").as_deref(), Some("i-0a1"));
        for other in ["", "kwok://node-1", "aws:///eu-central-1a/fargate-ip-10-0-0-1"] {
            assert_eq!(Facts::instance_id(other), None, "{other}");
        }
    }
}
