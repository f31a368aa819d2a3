//! What is wrong with an expression, and where.

use std::fmt;

/// How many characters of a long expression are shown on either side of the place.
const AROUND: usize = 40;

/// An expression that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong, without a full stop.
    pub message: String,
    /// Characters before the place.
    pub position: usize,
    expression: String,
}

impl Error {
    /// `at` is a byte offset into the expression.
    pub(super) fn new(expression: &str, at: usize, message: impl Into<String>) -> Self {
        let before = expression.get(..at).unwrap_or(expression);
        Self { message: message.into(), position: before.chars().count(), expression: expression.to_owned() }
    }

    /// The part of the expression around the place, and below it a caret that points there.
    #[must_use]
    pub fn caret(&self) -> String {
        let all: Vec<char> = self
            .expression
            .chars()
            .map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c })
            .collect();
        let start = self.position.saturating_sub(AROUND);
        let end = (self.position + AROUND).min(all.len());
        let shown: String = all.iter().take(end).skip(start).collect();
        let left = if start > 0 { "… " } else { "" };
        let right = if end < all.len() { " …" } else { "" };
        let indent = left.chars().count() + self.position - start;
        format!("{left}{shown}{right}\n{}^", " ".repeat(indent))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at character {}", self.message, self.position + 1)
    }
}
