//! The four conditions that every kind has, from what is known about an object.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::api::condition::{Desired, Status, reasons, types};
use crate::finding::{Finding, Severity};
use crate::status::Event;

/// The object does what its spec asks.
#[must_use]
pub fn ready(reason: &'static str, message: String) -> Vec<Desired> {
    triple(
        (true, reason, message),
        (false, reasons::NONE, String::new()),
        (false, reasons::NONE, String::new()),
    )
}

/// Work is under way; `ready` says whether what ran before still does all that it should.
#[must_use]
pub fn reconciling(reason: &'static str, message: String) -> Vec<Desired> {
    triple((false, reason, message.clone()), (true, reason, message), (false, reasons::NONE, String::new()))
}

/// Nothing will change until somebody changes something.
#[must_use]
pub fn stalled(reason: &'static str, message: String) -> Vec<Desired> {
    triple((false, reason, message.clone()), (false, reasons::NONE, String::new()), (true, reason, message))
}

type Part = (bool, &'static str, String);

fn triple(ready: Part, reconciling: Part, stalled: Part) -> Vec<Desired> {
    let one = |type_, (status, reason, message): Part| Desired::new(type_, status.into(), reason, message);
    vec![one(types::READY, ready), one(types::RECONCILING, reconciling), one(types::STALLED, stalled)]
}

/// Adds `Fidelity`: how exactly the definition can be done.
#[must_use]
pub fn with_fidelity(mut wanted: Vec<Desired>, findings: &[Finding]) -> Vec<Desired> {
    let worst = findings.iter().map(|f| f.severity).max();
    let (status, reason, message) = match worst {
        None => (Status::True, reasons::EXACT, "Every member is translated exactly.".to_owned()),
        Some(Severity::Error) => (Status::False, reasons::BLOCKED, first_error(findings)),
        Some(_) => {
            (Status::False, reasons::APPROXIMATED, format!("See status.findings ({}).", findings.len()))
        }
    };
    wanted.push(Desired::new(types::FIDELITY, status, reason, message));
    wanted
}

/// Adds `Fidelity` of a definition that was not looked at.
#[must_use]
pub fn with_unknown_fidelity(mut wanted: Vec<Desired>) -> Vec<Desired> {
    let message = "The definition has not been looked at yet.".to_owned();
    wanted.push(Desired::new(types::FIDELITY, Status::Unknown, reasons::NOT_CHECKED, message));
    wanted
}

/// The first Error as one sentence, and how many more there are.
#[must_use]
pub fn first_error(findings: &[Finding]) -> String {
    let mut errors = findings.iter().filter(|f| f.is_error());
    let Some(first) = errors.next() else {
        return String::new();
    };
    let place = if first.path.is_empty() { String::new() } else { format!("{}: ", first.path) };
    let remedy = if first.remedy.is_empty() { String::new() } else { format!(" {}", first.remedy) };
    match errors.count() {
        0 => format!("{place}{}{remedy}", first.message),
        more => format!("{place}{}{remedy} ({more} more errors in status.findings.)", first.message),
    }
}

/// The Warning event of an object that has just become stalled, or stalled for another reason.
#[must_use]
pub fn stalled_event(
    uid: &str,
    generation: i64,
    previous: &[Condition],
    wanted: &[Desired],
) -> Option<Event> {
    let stalled = wanted.iter().find(|c| c.type_ == types::STALLED && c.status == Status::True)?;
    let before = previous.iter().find(|c| c.type_ == types::STALLED);
    if before.is_some_and(|c| c.status == "True" && c.message == stalled.message) {
        return None;
    }
    let since = before.map(|c| format!("{} {}", c.last_transition_time.0, c.message)).unwrap_or_default();
    let transition = [uid, "stalled", &generation.to_string(), &since, &stalled.message];
    let event = Event::new(&transition, stalled.reason, stalled.message.clone());
    Some(event.as_warning())
}
