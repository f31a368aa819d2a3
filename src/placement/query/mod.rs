//! Cluster query language: the expressions of `memberOf` constraints.
//!
//! ECS documents the words, not the grammar. What it leaves open is decided here, and said in `docs/placement.md`:
//! `and` binds closer than `or`; keywords are the same in upper and lower case, subjects and values are not; a regular
//! expression has to match a whole value. Source: developer guide, "Create expressions to define container instances".

mod error;
mod evaluate;
mod parse;
mod pattern;
mod print;
mod version;

pub use error::Error;
pub use evaluate::{Instance, integer};
pub use parse::{parse, read};
pub use pattern::Pattern;
pub use version::Version;

use jiff::Timestamp;

/// Longest expression, in characters. Source: PlacementConstraint of the API reference.
pub const MAX_LENGTH: usize = 2000;
/// How deep `not`, `and` and `or` may lie in each other.
pub const MAX_DEPTH: usize = 100;

/// A cluster query expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Any of these, of which there are two or more.
    Or(Vec<Self>),
    /// All of these, of which there are two or more.
    And(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// What is asked of one subject.
    Comparison(Comparison),
}

/// What is asked of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is looked at.
    pub subject: Subject,
    /// What has to be true of it.
    pub test: Test,
}

/// What an expression can speak of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Whether the agent is connected: `true` or `false`.
    AgentConnected,
    /// Version of the agent.
    AgentVersion,
    /// The attribute of this name.
    Attribute(String),
    /// Id of the EC2 instance.
    Ec2InstanceId,
    /// When the instance joined the cluster.
    RegisteredAt,
    /// How many tasks run on it.
    RunningTasksCount,
    /// The groups of the tasks that run on it, `service:<name>` for those of services.
    TaskGroup,
}

/// What has to be true of a subject.
///
/// All that asks about the value is false where there is none, `!=`, `!in` and `!~` included.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// It compares like this with one value.
    Relation(Relation, Value),
    /// It is one of these, or with `not` none of them.
    Among {
        /// Whether it must be none of them.
        not: bool,
        /// At least one.
        values: Vec<String>,
    },
    /// All of it matches the pattern, or with `not` does not.
    Matches {
        /// Whether it must not match.
        not: bool,
        /// The pattern.
        pattern: Pattern,
    },
    /// It is there, whatever its value, or with `not` it is not.
    Exists {
        /// Whether it must be missing.
        not: bool,
    },
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names speak")]
pub enum Relation {
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
}

/// What a subject is compared with, of the subject's own type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Attributes, ids, groups, `true` and `false`.
    Text(String),
    /// Counts.
    Number(i64),
    /// Versions of the agent.
    Version(Version),
    /// Instants.
    Time(Timestamp),
}

impl Expression {
    /// Calls `visit` with every comparison, from left to right.
    pub fn comparisons<'a>(&'a self, visit: &mut impl FnMut(&'a Comparison)) {
        match self {
            Self::Or(all) | Self::And(all) => all.iter().for_each(|one| one.comparisons(visit)),
            Self::Not(one) => one.comparisons(visit),
            Self::Comparison(comparison) => visit(comparison),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::Or(all) | Self::And(all) => 1 + all.iter().map(Self::depth).max().unwrap_or_default(),
            Self::Not(one) => 1 + one.depth(),
            Self::Comparison(_) => 0,
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
