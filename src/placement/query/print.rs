//! Expressions as text, in the words of ECS's documentation. Reading the text again gives the same expression.

use std::fmt;

use super::{Comparison, Expression, Relation, Subject, Test, Value};

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(all) => joined(f, all, " or ", |one| matches!(one, Self::Or(_))),
            Self::And(all) => joined(f, all, " and ", |one| matches!(one, Self::Or(_) | Self::And(_))),
            Self::Not(one) if matches!(**one, Self::Not(_)) => write!(f, "not {one}"),
            Self::Not(one) => write!(f, "not({one})"),
            Self::Comparison(comparison) => comparison.fmt(f),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    all: &[Expression],
    word: &str,
    in_parentheses: impl Fn(&Expression) -> bool,
) -> fmt::Result {
    for (i, one) in all.iter().enumerate() {
        let word = if i == 0 { "" } else { word };
        if in_parentheses(one) {
            write!(f, "{word}({one})")?;
        } else {
            write!(f, "{word}{one}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, test } = self;
        match test {
            Test::Relation(relation, value) => write!(f, "{subject} {} {value}", relation.as_str()),
            Test::Exists { not } => write!(f, "{subject} {}exists", bang(*not)),
            Test::Matches { not, pattern } => {
                write!(f, "{subject} {} {}", if *not { "!~" } else { "=~" }, Literal(pattern.as_str()))
            }
            Test::Among { not, values } => {
                write!(f, "{subject} {}in [", bang(*not))?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, Literal(value))?;
                }
                f.write_str("]")
            }
        }
    }
}

const fn bang(not: bool) -> &'static str {
    if not { "!" } else { "" }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentConnected => f.write_str("agentConnected"),
            Self::AgentVersion => f.write_str("agentVersion"),
            Self::Attribute(name) => write!(f, "attribute:{name}"),
            Self::Ec2InstanceId => f.write_str("ec2InstanceId"),
            Self::RegisteredAt => f.write_str("registeredAt"),
            Self::RunningTasksCount => f.write_str("runningTasksCount"),
            Self::TaskGroup => f.write_str("task:group"),
        }
    }
}

impl Relation {
    /// The sign for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Literal(text).fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Version(version) => version.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

/// A literal, in quotes where it needs them. There is none with both kinds of quotes: nobody could have written it.
struct Literal<'a>(&'a str);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.:/@+*?^$\\-".contains(c);
        if !self.0.is_empty() && self.0.chars().all(plain) {
            f.write_str(self.0)
        } else if self.0.contains('\'') {
            write!(f, "\"{}\"", self.0)
        } else {
            write!(f, "'{}'", self.0)
        }
    }
}
