//! A row of the ledger, and the tables that rows are written in.

use serde_json::Value;

use crate::finding::Code;
use crate::policy::Privilege;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Kubernetes does what ECS does.
    Exact,
    /// Kubernetes does nearly that; validation says so where the value makes a difference.
    Approximate(Code),
    /// The workload runs without it; said wherever it is set.
    Lossy(Code),
    /// The definition is refused; validation says so.
    Refused(Code),
    /// There is nothing that it could mean; said wherever it is set.
    NotApplicable(Code),
}

impl Treatment {
    /// The code of its finding.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Exact => None,
            Self::Approximate(code) | Self::Lossy(code) | Self::Refused(code) | Self::NotApplicable(code) => {
                Some(code)
            }
        }
    }

    /// The code that the ledger itself reports wherever the member is set; the rest is validation's.
    #[must_use]
    pub const fn reported(self) -> Option<Code> {
        match self {
            Self::Exact | Self::Approximate(_) | Self::Refused(_) => None,
            Self::Lossy(_) | Self::NotApplicable(_) => self.code(),
        }
    }
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
    /// What a namespace has to be allowed for it.
    pub needs: Option<Privilege>,
    /// A value, as text, that means the same as leaving it out.
    pub neutral: Option<&'static str>,
    /// Why, in a sentence.
    pub about: &'static str,
    /// Title of the table that it stands in: what it has to do with.
    pub theme: &'static str,
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

/// A path without its indices: `a[3].b` is `a[].b`.
#[must_use]
pub fn pattern(path: &str) -> String {
    let mut parts = path.split('[');
    let mut pattern = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((index, rest)) if index.bytes().all(|byte| byte.is_ascii_digit()) => {
                pattern.extend(["[]", rest]);
            }
            _ => pattern.extend(["[", part]),
        }
    }
    pattern
}

/// Rows that belong together: one concept, at every place where its shape stands.
#[derive(Debug)]
pub struct Table {
    /// What it speaks of, as a heading.
    pub title: &'static str,
    /// The members that have this shape; `""` is the spec itself.
    pub at: &'static [&'static str],
    /// The members, relative to those.
    pub entries: &'static [Entry],
}

/// Members of a table that fare alike. A path of `""` is the member that has the shape.
#[derive(Debug)]
pub struct Entry {
    /// Their paths.
    pub members: &'static [&'static str],
    /// What they have in common; its own path and theme are empty.
    pub row: Row,
}

/// The rows of tables, one for each member at each place.
pub(super) fn rows(tables: &[&Table]) -> Vec<Row> {
    let mut rows = Vec::new();
    for table in tables {
        for at in table.at {
            for entry in table.entries {
                for member in entry.members {
                    let path = match (*at, *member) {
                        (at, "") => at,
                        ("", member) => member,
                        // Made once, for the life of the program.
                        (at, member) => format!("{at}.{member}").leak(),
                    };
                    rows.push(Row { path, theme: table.title, ..entry.row });
                }
            }
        }
    }
    rows
}

/// Declares a table: its name and title, the places of the shape, and for each member its path (several, with
/// `|` between them, where they fare alike), its treatment, whether a change `deploys` or just `stays`, the
/// privilege that it `needs` if any, a `neutral` value if there is one, and the sentence.
macro_rules! table {
    (
        $name:ident $title:literal at $($at:literal)|+;
        $(
            $($path:literal)|+ $treatment:ident $(($code:ident))? $change:ident
            $(needs $privilege:ident)? $(neutral $neutral:literal)?
            $about:literal;
        )+
    ) => {
        pub(super) const $name: $crate::ledger::row::Table = $crate::ledger::row::Table {
            title: $title,
            at: &[$($at),+],
            entries: &[$($crate::ledger::row::Entry {
                members: &[$($path),+],
                row: $crate::ledger::row::Row {
                    path: "",
                    treatment: $crate::ledger::row::Treatment::$treatment $(($crate::finding::Code::$code))?,
                    deploys: $crate::ledger::row::table!(@ $change),
                    needs: $crate::ledger::row::table!(@ needs $($privilege)?),
                    neutral: $crate::ledger::row::table!(@ neutral $($neutral)?),
                    about: $about,
                    theme: "",
                },
            }),+],
        };
    };
    (@ deploys) => { true };
    (@ stays) => { false };
    (@ needs) => { None };
    (@ needs $privilege:ident) => { Some($crate::policy::Privilege::$privilege) };
    (@ neutral) => { None };
    (@ neutral $value:literal) => { Some($value) };
}
pub(super) use table;
