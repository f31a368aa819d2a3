//! What can go wrong on the way to the cluster.

use super::key::Name;

/// A failure of the operator's IO. The core has findings instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request to the API server failed.
    #[error("cannot {verb} {object}: {}", words(.source))]
    Api {
        /// What was tried.
        verb: &'static str,
        /// `Kind namespace/name`.
        object: String,
        /// Why it failed.
        #[source]
        source: Box<kube::Error>,
    },
    /// An object that has to be replaced is not gone yet.
    #[error("{object} still belongs to an owner that was deleted; waiting for its removal")]
    Leftover {
        /// `Kind namespace/name`.
        object: String,
    },
    /// Another replica leads now.
    #[error("lost the lease {name}: another replica may lead now")]
    LeaseLost {
        /// `namespace/name` of the Lease.
        name: String,
    },
    /// The operator cannot start.
    #[error("cannot {what}: {why}")]
    Start {
        /// What was tried.
        what: String,
        /// Why it failed.
        why: String,
    },
}

impl Error {
    /// A failed request about an object.
    pub(crate) fn api(verb: &'static str, kind: &str, name: &Name, source: kube::Error) -> Self {
        Self::Api { verb, object: format!("{kind} {name}"), source: Box::new(source) }
    }

    /// A failure to start.
    pub(crate) fn start(what: impl Into<String>, why: &impl ToString) -> Self {
        Self::Start { what: what.into(), why: why.to_string() }
    }

    /// Machine-readable reason: metric label and log field.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Api { source, .. } => match status(source) {
                Some(s) if s.is_conflict() || s.is_already_exists() => "Conflict",
                Some(s) if s.is_forbidden() => "Forbidden",
                Some(s) if s.is_not_found() => "NotFound",
                Some(s) if s.is_invalid() => "Invalid",
                Some(_) => "ApiError",
                None => "Unreachable",
            },
            Self::Leftover { .. } => "Leftover",
            Self::LeaseLost { .. } => "LeaseLost",
            Self::Start { .. } => "Start",
        }
    }
}

/// The API server's answer, where there was one.
pub(crate) fn status(error: &kube::Error) -> Option<&kube::core::Status> {
    match error {
        kube::Error::Api(status) => Some(status),
        _ => None,
    }
}

/// What etcd, and the API server's way to it, say of an object that is too large. It comes as an internal error.
const TOO_LARGE: &[&str] = &["request is too large", "message larger than max"];

/// Whether the API server has understood and refused: trying again without a change will not help.
pub(crate) fn is_refusal(error: &kube::Error) -> bool {
    status(error).is_some_and(|s| {
        let refused = (400..500).contains(&s.code) && !matches!(s.code, 401 | 408 | 410 | 429);
        refused && !is_outdated(error) || TOO_LARGE.iter().any(|words| s.message.contains(words))
    })
}

/// Whether there is no such object.
pub(crate) fn is_not_found(error: &kube::Error) -> bool {
    status(error).is_some_and(kube::core::Status::is_not_found)
}

/// Whether the object of this name is another one than the one that was meant. A patch that names another UID than
/// the object's is not answered as a conflict: to the API server it tries to change the UID.
pub(crate) fn is_another(error: &kube::Error) -> bool {
    status(error).is_some_and(|s| {
        let mut causes = s.details.iter().flat_map(|details| &details.causes);
        s.is_invalid() && causes.any(|cause| cause.field == "metadata.uid")
    })
}

/// Whether it is no longer the object, or no longer the version of it, that was meant.
pub(crate) fn is_outdated(error: &kube::Error) -> bool {
    is_another(error) || status(error).is_some_and(kube::core::Status::is_conflict)
}

/// The error in the API server's own words, without the debug rendering that kube appends.
pub(crate) fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::Service(source) => source.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    fn error(code: u16, reason: &str) -> kube::Error {
        kube::Error::Api(Status::failure("the words", reason).with_code(code).boxed())
    }

    #[test]
    fn refusals_are_final_and_the_rest_is_not() {
        assert!(is_refusal(&error(422, "Invalid")));
        assert!(is_refusal(&error(403, "Forbidden")));
        assert!(is_refusal(&error(404, "NotFound")));
        assert!(!is_refusal(&error(409, "Conflict")));
        assert!(!is_refusal(&of_another_uid()));
        assert!(!is_refusal(&error(429, "TooManyRequests")));
        assert!(!is_refusal(&error(503, "ServiceUnavailable")));
    }

    #[test]
    fn an_object_that_is_too_large_is_refused_though_the_code_says_otherwise() {
        for (words, expected) in [
            ("etcdserver: request is too large", true),
            (
                "rpc error: code = ResourceExhausted desc = trying to send message larger than max (2 vs. 1)",
                true,
            ),
            ("etcdserver: request timed out", false),
        ] {
            let error = kube::Error::Api(Status::failure(words, "").with_code(500).boxed());
            assert_eq!(is_refusal(&error), expected, "{words}");
        }
    }

    fn of_another_uid() -> kube::Error {
        let status = serde_json::json!({
            "status": "Failure", "reason": "Invalid", "code": 422, "message": "field is immutable",
            "details": {"causes": [{"reason": "FieldValueInvalid", "message": "", "field": "metadata.uid"}]},
        });
        let status: Status = serde_json::from_value(status).unwrap();
        kube::Error::Api(status.boxed())
    }

    #[test]
    fn an_object_that_was_made_again_meanwhile_is_another_one() {
        assert!(is_another(&of_another_uid()) && is_outdated(&of_another_uid()));
        assert!(!is_another(&error(409, "Conflict")) && is_outdated(&error(409, "Conflict")));
        assert!(!is_outdated(&error(422, "Invalid")));
    }

    #[test]
    fn messages_say_what_where_and_why() {
        let error = Error::api("apply", "Deployment", &Name::new("shop", "web"), error(422, "Invalid"));
        assert_eq!(error.to_string(), "cannot apply Deployment shop/web: the words");
        assert_eq!(error.reason(), "Invalid");
    }
}
