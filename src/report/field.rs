//! What becomes of a field: what the ledger says of its member, and what the findings say of its value.

use serde::Serialize;
use serde_json::Value;

use super::{Found, Group, is_of_the_run};
use crate::finding::{Finding, Severity};
use crate::ledger::{self, Root, Row, Treatment};

/// What becomes of a field that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the ledger's treatments")]
pub enum Fate {
    Exact,
    NotApplicable,
    Approximate,
    Lossy,
    Refused,
}

/// A field that a definition sets.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its place in the definition.
    pub path: String,
    /// What becomes of it.
    pub treatment: Fate,
    /// The finding that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the ledger says of the member.
    pub about: &'static str,
}

/// Every field of a spec, in the order of the spec.
pub(super) fn fields(root: Root, spec: &Value, findings: &[Found]) -> Vec<Field> {
    ledger::fields(root, spec).into_iter().map(|(path, row)| field(root, path, row, findings)).collect()
}

fn field(root: Root, path: String, row: &'static Row, findings: &[Found]) -> Field {
    let worst = findings
        .iter()
        .map(|found| &found.finding)
        .filter(|finding| {
            is_at_or_below(&finding.path, &path)
                // The ledger speaks once, at the highest place that fares alike.
                || is_at_or_below(&path, &finding.path) && says(root, row, finding)
        })
        .map(|finding| (fate(finding), finding))
        .max_by_key(|(fate, _)| *fate)
        .filter(|(fate, _)| *fate != Fate::Exact);
    let (treatment, code) = match worst {
        Some((fate, finding)) => (fate, Some(finding.code.to_string())),
        None => (Fate::Exact, None),
    };
    Field { path, treatment, code, about: row.about }
}

/// Whether a finding at a place above speaks of the row: it is what the row announces, or what became of a member
/// that fares like it.
fn says(root: Root, row: &Row, finding: &Finding) -> bool {
    let announced = row.treatment.code();
    let above =
        || ledger::row(root, &ledger::pattern(&finding.path)).and_then(|above| above.treatment.code());
    !finding.path.is_empty()
        && row.treatment != Treatment::Exact
        && announced.is_some_and(|code| code.as_str() == finding.code || above() == Some(code))
}

fn fate(finding: &Finding) -> Fate {
    match (finding.severity, Group::of(finding)) {
        _ if is_of_the_run(finding) => Fate::Exact,
        (Severity::Error, _) => Fate::Refused,
        (_, Group::Reading) => Fate::Exact,
        (Severity::Warning, _) => Fate::Lossy,
        (Severity::Info, Group::Approximate) => Fate::Approximate,
        (Severity::Info, Group::NotApplicable) => Fate::NotApplicable,
        (Severity::Info, _) => Fate::Exact,
    }
}

fn is_at_or_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}
