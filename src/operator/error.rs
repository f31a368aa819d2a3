//! What can go wrong on the way to the cluster.

use axum::http::StatusCode;
use kube::core::{ApiResource, Status};

use super::key::Name;
use crate::api::GROUP;

/// A failure of the operator's IO. The core has findings instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A request to the API server failed.
    #[error("cannot {verb} {object}: {}", words(.source))]
    Api {
        /// What was tried.
        verb: &'static str,
        /// `Kind namespace/name`, `Kind in namespace` or `Kind`.
        object: String,
        /// Why it failed.
        #[source]
        source: Box<kube::Error>,
    },
    /// The cluster of a command has none of our custom resource definitions.
    #[error(
        "the cluster does not know {kind}; if it is the right one (--context), make it known: `ecs-bridge crds | kubectl apply -f -`, \
         or install the chart"
    )]
    Unknown {
        /// Which one was asked for.
        kind: String,
    },
    /// Nobody answers a command in the place of its cluster, or somebody else does.
    #[error("cannot reach {url}: {why}; check the kubeconfig (--kubeconfig, --context)")]
    Unreachable {
        /// Where the cluster was looked for.
        url: String,
        /// Why it was not reached.
        why: String,
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
        let object = match (name.namespace.as_str(), name.name.as_str()) {
            ("", "") => kind.to_owned(),
            (namespace, "") => format!("{kind} in {namespace}"),
            _ => format!("{kind} {name}"),
        };
        Self::Api { verb, object, source: Box::new(source) }
    }

    /// A failed list of a namespace, or of all of them where that is empty. Only a resource that is not served is not
    /// found: what is served and not there is an empty list.
    pub(crate) fn list(resource: &ApiResource, namespace: &str, source: kube::Error) -> Self {
        if resource.group == GROUP && is_not_found(&source) {
            return Self::Unknown { kind: resource.kind.clone() };
        }
        Self::api("list", &resource.kind, &Name::new(namespace, ""), source)
    }

    /// The same, with the address of the cluster where it is the address, or what is behind it, that fails.
    pub(crate) fn of_cluster(self, url: &str) -> Self {
        match self {
            Self::Api { source, .. } if is_out_of_reach(&source) => {
                Self::Unreachable { url: url.trim_end_matches('/').to_owned(), why: words(&source) }
            }
            other => other,
        }
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
                Some(_) if is_not_found(source) => "NotFound",
                Some(s) if s.is_invalid() => "Invalid",
                Some(_) => "ApiError",
                None => "Unreachable",
            },
            Self::Unknown { .. } => "NotFound",
            Self::Unreachable { .. } => "Unreachable",
            Self::Leftover { .. } => "Leftover",
            Self::LeaseLost { .. } => "LeaseLost",
            Self::Start { .. } => "Start",
        }
    }
}

/// The API server's answer, where there was one.
pub(crate) fn status(error: &kube::Error) -> Option<&Status> {
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

/// Whether there is no such object, or no such resource: that is answered without a Status, and kube goes by the reason
/// alone.
pub(crate) fn is_not_found(error: &kube::Error) -> bool {
    status(error).is_some_and(|status| status.is_not_found() || status.code == 404)
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
    is_another(error) || status(error).is_some_and(Status::is_conflict)
}

/// The reason that kube makes up for an answer that is no Status.
const NO_STATUS: &str = "Failed to parse error data";
/// Most characters of such an answer that are shown.
const SHOWN: usize = 200;

/// Whether nobody answers, or somebody on the way who does not get through either.
fn is_out_of_reach(error: &kube::Error) -> bool {
    match error {
        kube::Error::Service(_) | kube::Error::HyperError(_) => true,
        kube::Error::Api(status) => status.reason == NO_STATUS && matches!(status.code, 502..=504),
        _ => false,
    }
}

/// The error in the API server's own words, without the debug rendering that kube appends.
pub(crate) fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if status.reason == NO_STATUS => page(status),
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::Service(source) => causes(&**source),
        other => causes(other),
    }
}

/// What is answered without a Status: by a proxy, with a page of its own, or by an API server that does not know the path.
fn page(status: &Status) -> String {
    let code =
        StatusCode::from_u16(status.code).map_or_else(|_| status.code.to_string(), |code| code.to_string());
    let text = status.message.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.starts_with('<') {
        return format!("the answer is {code}");
    }
    format!("the answer is {code}: {}", text.chars().take(SHOWN).collect::<String>())
}

/// An error with what caused it.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for error in std::iter::successors(Some(error), |error| error.source()) {
        let text = error.to_string();
        // `client error (Connect)` says less than its cause.
        let is_empty = text.starts_with("client error (") && error.source().is_some();
        // Some repeat their cause.
        if !is_empty && !words.iter().any(|said| said.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use std::io;

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
        let of = |name| Error::api("apply", "Deployment", &name, error(422, "Invalid"));
        let one = of(Name::new("shop", "web"));
        assert_eq!(one.to_string(), "cannot apply Deployment shop/web: the words");
        assert_eq!(one.reason(), "Invalid");
        assert_eq!(of(Name::new("shop", "")).to_string(), "cannot apply Deployment in shop: the words");
        assert_eq!(of(Name::default()).to_string(), "cannot apply Deployment: the words");
    }

    /// What kube makes of an answer that is no Status.
    fn answer(code: u16, text: &str) -> kube::Error {
        kube::Error::Api(Status::failure(text, NO_STATUS).with_code(code).boxed())
    }

    #[test]
    fn a_path_that_is_not_known_is_not_found_though_no_status_says_so() {
        assert!(is_not_found(&answer(404, "404 page not found")) && is_not_found(&error(404, "NotFound")));
        assert!(!is_not_found(&answer(503, "")) && !is_not_found(&error(409, "Conflict")));
        let failed = Error::api("get", "Pod", &Name::default(), answer(404, "404 page not found"));
        assert_eq!(failed.reason(), "NotFound");
    }

    #[test]
    fn what_proxies_answer_is_short_and_names_the_address() {
        for (code, text, expected) in [
            (503, "<html>\n<body>no</body></html>", "the answer is 503 Service Unavailable"),
            (502, "", "the answer is 502 Bad Gateway"),
            (504, "upstream\n  timeout\n", "the answer is 504 Gateway Timeout: upstream timeout"),
        ] {
            assert_eq!(words(&answer(code, text)), expected);
            let failed =
                Error::api("list", "Pod", &Name::default(), answer(code, text)).of_cluster("https://a/");
            let whole =
                format!("cannot reach https://a: {expected}; check the kubeconfig (--kubeconfig, --context)");
            assert_eq!(failed.to_string(), whole);
        }
        let long = words(&answer(500, &"long ".repeat(100)));
        assert!(long.len() < 250, "{long}");
        let denied =
            Error::api("list", "Pod", &Name::default(), error(403, "Forbidden")).of_cluster("https://a/");
        assert_eq!(denied.to_string(), "cannot list Pod: the words");
    }

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Outer(&'static str, #[source] io::Error);

    #[test]
    fn what_caused_an_error_is_told_once() {
        let of = |outer, cause: &'static str| {
            words(&kube::Error::Service(Box::new(Outer(outer, io::Error::other(cause)))))
        };
        assert_eq!(of("client error (Connect)", "refused"), "refused");
        assert_eq!(of("dns error", "no such name"), "dns error: no such name");
        assert_eq!(of("dns error: no such name", "no such name"), "dns error: no such name");
    }
}
