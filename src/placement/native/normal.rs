//! Expressions with `not` at their comparisons only.

use crate::placement::query::{Comparison, Expression, Subject};

/// An expression in which only comparisons are negated, and neither `and` lies in `and` nor `or` in `or`.
pub(super) enum Normal<'a> {
    All(Vec<Self>),
    Any(Vec<Self>),
    One { comparison: &'a Comparison, not: bool },
}

impl<'a> Normal<'a> {
    pub(super) fn of(expression: &'a Expression, not: bool) -> Self {
        match expression {
            Expression::Not(inner) => Self::of(inner, !not),
            Expression::Comparison(comparison) => Self::One { comparison, not },
            Expression::And(all) => Self::joined(all, not, !not),
            Expression::Or(all) => Self::joined(all, not, not),
        }
    }

    fn joined(all: &'a [Expression], not: bool, needs_all: bool) -> Self {
        let mut parts = Vec::new();
        for part in all {
            match (Self::of(part, not), needs_all) {
                (Self::All(inner), true) | (Self::Any(inner), false) => parts.extend(inner),
                (part, _) => parts.push(part),
            }
        }
        if needs_all { Self::All(parts) } else { Self::Any(parts) }
    }

    /// What has to be true, each by itself.
    pub(super) fn conjuncts(self) -> Vec<Self> {
        match self {
            Self::All(parts) => parts,
            other => vec![other],
        }
    }

    /// Whether it speaks of such a subject.
    pub(super) fn speaks_of(&self, is: &impl Fn(&Subject) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.speaks_of(is)),
            Self::One { comparison, .. } => is(&comparison.subject),
        }
    }

    /// As an expression.
    pub(super) fn expression(&self) -> Expression {
        let parts = |parts: &[Self]| parts.iter().map(Self::expression).collect();
        match self {
            Self::All(all) => Expression::And(parts(all)),
            Self::Any(all) => Expression::Or(parts(all)),
            Self::One { comparison, not } => {
                let one = Expression::Comparison((*comparison).clone());
                if *not { Expression::Not(Box::new(one)) } else { one }
            }
        }
    }
}
