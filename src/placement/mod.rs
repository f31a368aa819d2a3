//! Where tasks may run: constraints as node labels can say them.

pub mod attribute;
mod engine;
mod explain;
pub mod kubernetes;
pub mod node;
pub mod query;
pub mod selector;
mod table;
pub mod task;
mod uid;

pub use engine::{ClassId, Daemon, Engine, Mark, Memory, Mode, Placed};
pub use explain::{Amount, Counted, Explanation, Reason};
pub use uid::Uid;

/// A requirement on one node label, as nodeAffinity has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requirement {
    /// Key of the label.
    pub key: String,
    /// How its value is compared.
    pub operator: Operator,
    /// With what; empty for the two operators that only ask whether the label is there.
    pub values: Vec<String>,
}

/// Operators of a node selector requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "Kubernetes' own words")]
pub enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
    Gt,
    Lt,
}

impl Operator {
    /// The spelling in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
            Self::Gt => "Gt",
            Self::Lt => "Lt",
        }
    }

    /// The operator of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::In, Self::NotIn, Self::Exists, Self::DoesNotExist, Self::Gt, Self::Lt]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// Requirements that together mean a cluster query expression, or why node labels cannot say it yet.
///
/// A comparison on an attribute that an instance lacks is false on ECS, `!=` and `!in` included, while
/// Kubernetes' `NotIn` holds without the label: these two ask for the label as well.
pub fn requirements(expression: &str) -> Result<Vec<Requirement>, String> {
    let mut all = Vec::new();
    for comparison in query::conjunction(expression)? {
        let key = attribute::label(&comparison.attribute)?;
        let values = comparison
            .values
            .iter()
            .map(|value| attribute::value(&comparison.attribute, value))
            .collect::<Result<Vec<_>, _>>()?;
        let (operator, negative) = match comparison.operator {
            query::Operator::In => (Operator::In, false),
            query::Operator::NotIn => (Operator::NotIn, true),
            query::Operator::Exists => (Operator::Exists, false),
            query::Operator::NotExists => (Operator::DoesNotExist, false),
        };
        if negative {
            all.push(Requirement { key: key.clone(), operator: Operator::Exists, values: Vec::new() });
        }
        all.push(Requirement { key, operator, values });
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expression: &str) -> String {
        match requirements(expression) {
            Ok(all) => all
                .iter()
                .map(|r| format!("{} {} {}", r.key, r.operator.as_str(), r.values.join(",")))
                .map(|r| r.trim_end().to_owned())
                .collect::<Vec<_>>()
                .join("; "),
            Err(reason) => format!("not yet: {reason}"),
        }
    }

    #[test]
    fn simple_terms_become_node_requirements() {
        for (expression, expected) in [
            ("attribute:ecs.instance-type == t3.micro", "node.kubernetes.io/instance-type In t3.micro"),
            (
                "attribute:ecs.availability-zone in [us-east-1a, 'us-east-1b']",
                "topology.kubernetes.io/zone In us-east-1a,us-east-1b",
            ),
            (
                "attribute:ecs.cpu-architecture equals x86_64 and attribute:stack exists",
                "kubernetes.io/arch In amd64; attribute.ecs-bridge.dev/stack Exists",
            ),
            (
                "attribute:stack != prod",
                "attribute.ecs-bridge.dev/stack Exists; attribute.ecs-bridge.dev/stack NotIn prod",
            ),
            (
                "attribute:stack !exists && attribute:team not_in [a]",
                "attribute.ecs-bridge.dev/stack DoesNotExist; attribute.ecs-bridge.dev/team Exists; \
                 attribute.ecs-bridge.dev/team NotIn a",
            ),
        ] {
            assert_eq!(shown(expression), expected, "{expression}");
        }
    }

    #[test]
    fn what_is_not_simple_says_why() {
        for (expression, reason) in [
            ("attribute:a == b or attribute:c == d", "at character 18"),
            ("attribute:ecs.instance-type =~ t3.*", "at character 29"),
            ("task:group == service:web", "at character 1"),
            ("not(attribute:a == b)", "at character 1"),
            ("attribute:ecs.ami-id == ami-1", "no node label holds ecs.ami-id"),
            ("attribute:a == 'b c'", "no label can have the value \"b c\""),
            ("", "at character 1"),
        ] {
            let shown = shown(expression);
            assert!(shown.contains(reason), "{expression}: {shown}");
        }
    }
}
