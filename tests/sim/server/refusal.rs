//! Answers that say no.

use serde_json::{Value, json};

/// Why a request was refused.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    /// The member that is wrong.
    field: &'static str,
}

impl Refusal {
    pub(crate) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), field: "" }
    }

    pub(crate) fn not_found(plural: &str, name: &str) -> Self {
        Self::new(404, "NotFound", format!("{plural} {name:?} not found"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "Conflict", message)
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(422, "Invalid", message)
    }

    /// A write that would change what never changes.
    pub(crate) fn immutable(field: &'static str) -> Self {
        Self { field, ..Self::invalid(format!("{field}: field is immutable")) }
    }

    /// The body of the answer.
    pub(crate) fn status(&self) -> Value {
        let causes = if self.field.is_empty() {
            json!([])
        } else {
            json!([{"field": self.field, "message": self.message}])
        };
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code, "details": {"causes": causes},
        })
    }
}
