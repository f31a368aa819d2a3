//! Whether an instance is one that an expression selects.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::{Comparison, Expression, Relation, Subject, Test, Value, Version};
use crate::api::labels;
use crate::placement::attribute::{is_label_value, spelled};
use crate::placement::native::pod_label;

/// What expressions ask about a container instance.
pub trait Instance {
    /// The value of an attribute, empty where it has none; `None` where the instance lacks the attribute.
    fn attribute(&self, name: &str) -> Option<&str>;
    /// Id of the EC2 instance.
    fn instance_id(&self) -> Option<&str>;
    /// Version of the agent. A node has none: it counts as newer than any version that an expression names.
    fn agent_version(&self) -> Option<&str> {
        None
    }
    /// Whether the agent is connected. Nothing is placed on an instance where it is not.
    fn agent_connected(&self) -> bool {
        true
    }
    /// When the instance joined the cluster.
    fn registered_at(&self) -> Option<Timestamp>;
    /// How many tasks run on it.
    fn running_tasks(&self) -> i64;
    /// Groups of the tasks that run on it.
    fn groups(&self) -> impl Iterator<Item = &str>;
}

impl Expression {
    /// Whether the expression selects this instance.
    #[must_use]
    pub fn evaluate(&self, instance: &impl Instance) -> bool {
        match self {
            Self::Or(all) => all.iter().any(|one| one.evaluate(instance)),
            Self::And(all) => all.iter().all(|one| one.evaluate(instance)),
            Self::Not(one) => !one.evaluate(instance),
            Self::Comparison(comparison) => comparison.evaluate(instance),
        }
    }
}

impl Comparison {
    /// Whether it is true of this instance.
    #[must_use]
    pub fn evaluate(&self, instance: &impl Instance) -> bool {
        let test = &self.test;
        match &self.subject {
            Subject::AgentConnected => {
                test.holds_for(Some(if instance.agent_connected() { "true" } else { "false" }))
            }
            Subject::Attribute(name) => test.holds_for(instance.attribute(name)),
            Subject::Ec2InstanceId => test.holds_for(instance.instance_id()),
            Subject::AgentVersion => test.compares(|value| match value {
                Value::Version(version) => {
                    let own = instance.agent_version().and_then(Version::parse);
                    Some(own.map_or(Ordering::Greater, |own| own.cmp(version)))
                }
                _ => None,
            }),
            Subject::RegisteredAt => test.compares(|value| match value {
                Value::Time(time) => instance.registered_at().map(|own| own.cmp(time)),
                _ => None,
            }),
            Subject::RunningTasksCount => test.compares(|value| match value {
                Value::Number(number) => Some(instance.running_tasks().cmp(number)),
                _ => None,
            }),
            // A set: what is asked for is whether it has such a group, or has none.
            Subject::TaskGroup => {
                let (not, positive) = test.positive();
                not != instance
                    .groups()
                    .any(|group| positive.holds_for(Some(group)) || positive.labels(group))
            }
        }
    }
}

impl Relation {
    /// Whether values of this order stand in this relation.
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
        }
    }
}

impl Test {
    /// The test without its negation, and whether it has one.
    #[must_use]
    pub fn positive(&self) -> (bool, Self) {
        match self {
            Self::Relation(Relation::NotEqual, value) => {
                (true, Self::Relation(Relation::Equal, value.clone()))
            }
            Self::Among { not, values } => (*not, Self::Among { not: false, values: values.clone() }),
            Self::Matches { not, pattern } => (*not, Self::Matches { not: false, pattern: pattern.clone() }),
            Self::Exists { not } => (*not, Self::Exists { not: false }),
            Self::Relation(..) => (false, self.clone()),
        }
    }

    /// Whether a group that is known by the label of its pods only is one of those that are named.
    fn labels(&self, group: &str) -> bool {
        let is = |name: &String| {
            let (key, value) = pod_label(name);
            key == labels::TASK_GROUP && value == group
        };
        match self {
            Self::Relation(Relation::Equal, Value::Text(name)) => is(name),
            Self::Among { values, .. } => values.iter().any(is),
            _ => false,
        }
    }

    fn compares(&self, order: impl Fn(&Value) -> Option<Ordering>) -> bool {
        match self {
            Self::Relation(relation, value) => order(value).is_some_and(|order| relation.holds(order)),
            Self::Among { .. } | Self::Matches { .. } | Self::Exists { .. } => false,
        }
    }

    /// Whether a text passes; `None` is a text that is not there.
    fn holds_for(&self, text: Option<&str>) -> bool {
        let Some(text) = text else {
            return matches!(self, Self::Exists { not: true });
        };
        match self {
            Self::Relation(relation, Value::Text(value)) => {
                compare(*relation, text, value).is_some_and(|order| relation.holds(order))
            }
            Self::Relation(..) => false,
            Self::Among { not, values } => *not != values.iter().any(|value| same(text, value)),
            Self::Matches { not, pattern } => *not != pattern.matches(text),
            Self::Exists { not } => !not,
        }
    }
}

/// How the value of an attribute compares with a literal. ECS does not say. Here the literal decides: a whole number
/// compares with values that are whole numbers and with nothing else, as node affinity does it, a number with a point
/// with values that are numbers, any other text character by character. Equality is that of texts.
fn compare(relation: Relation, text: &str, literal: &str) -> Option<Ordering> {
    if matches!(relation, Relation::Equal | Relation::NotEqual) {
        return Some(if same(text, literal) { Ordering::Equal } else { text.cmp(literal) });
    }
    match (integer(literal), number(literal)) {
        (Some(literal), _) => integer(text).map(|own| own.cmp(&literal)),
        (None, Some(literal)) => number(text)?.partial_cmp(&literal),
        (None, None) => Some(text.cmp(literal)),
    }
}

/// A text of digits, with or without a sign and a point, as a number.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if is_number { text.parse().ok() } else { None }
}

/// Whether a text is what a literal says: ECS's attributes may have characters that no label can have, so a literal also
/// stands for its spelling as one.
fn same(text: &str, literal: &str) -> bool {
    text == literal || (!is_label_value(literal) && text == spelled(literal))
}

/// A text as a whole number, as kube-scheduler reads labels.
#[must_use]
pub fn integer(text: &str) -> Option<i64> {
    text.parse().ok()
}
