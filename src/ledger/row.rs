//! A row of the ledger.

use serde_json::Value;

use crate::finding::Code;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Kubernetes does what ECS does.
    Exact,
    /// Kubernetes does nearly that; the finding says where a value makes a difference.
    Approximate(Code),
    /// The workload runs without it.
    Lossy(Code),
    /// There is nothing that it could mean.
    NotApplicable(Code),
    /// It can be carried over, and is not yet.
    NotYet,
}

/// What is known about one member.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Where it stands: member names, `[]` for elements of a list, `*` for keys of a map.
    pub path: &'static str,
    /// What becomes of it.
    pub treatment: Treatment,
    /// Whether a change of it starts a new deployment.
    pub deploys: bool,
    /// A value, as text, that means the same as leaving it out.
    pub neutral: Option<&'static str>,
    /// Why, in a sentence.
    pub about: &'static str,
}

impl Row {
    pub(super) fn is_neutral(&self, value: &Value) -> bool {
        let Some(neutral) = self.neutral else {
            return false;
        };
        match value {
            Value::String(text) => text == neutral,
            Value::Number(number) => number.to_string() == neutral,
            _ => false,
        }
    }

    pub(super) fn steps(&self) -> impl Iterator<Item = &'static str> {
        steps(self.path)
    }
}

/// Splits `a[].b` into `a`, `[]`, `b`.
pub(super) fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').flat_map(|part| {
        let (name, element) = match part.strip_suffix("[]") {
            Some(name) => (name, Some("[]")),
            None => (part, None),
        };
        [Some(name), element].into_iter().flatten()
    })
}

/// Declares the rows of a spec: path, treatment, whether a change `deploys` or just `stays`, a neutral value if
/// there is one, and the sentence.
macro_rules! rows {
    ($($path:literal $treatment:ident $(($code:ident))? $change:ident $(neutral $neutral:literal)? $about:literal;)+) => {
        pub(super) const ROWS: &[super::row::Row] = &[$(super::row::Row {
            path: $path,
            treatment: super::row::Treatment::$treatment $((crate::finding::Code::$code))?,
            deploys: super::row::rows!(@ $change),
            neutral: super::row::rows!(@ neutral $($neutral)?),
            about: $about,
        }),+];
    };
    (@ deploys) => { true };
    (@ stays) => { false };
    (@ neutral) => { None };
    (@ neutral $value:literal) => { Some($value) };
}
pub(super) use rows;
