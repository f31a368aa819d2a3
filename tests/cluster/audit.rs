//! What the API server was asked, from its audit log.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

/// Environment variable: the audit log; without it `logs/audit.log` beside the kubeconfig.
const AUDIT_LOG: &str = "ECS_BRIDGE_AUDIT_LOG";
/// Verbs that change something.
const MUTATING: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// An audit log of kube-apiserver, one JSON event per request.
pub(crate) struct Audit {
    file: PathBuf,
}

/// A place in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(u64);

/// What somebody has asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    pub(crate) verb: String,
    pub(crate) resource: String,
    /// Empty where it was asked for in all of them, or lives in none.
    pub(crate) namespace: String,
}

impl Audit {
    /// The log of the cluster that the kubeconfig is of.
    pub(crate) fn beside(kubeconfig: &Path) -> Self {
        let file = std::env::var_os(AUDIT_LOG)
            .map_or_else(|| kubeconfig.with_file_name("logs").join("audit.log"), PathBuf::from);
        assert!(
            file.exists(),
            "no audit log at {}: start the cluster with --audit, or say where it is in {AUDIT_LOG}",
            file.display()
        );
        Self { file }
    }

    /// The end of the log as it is now.
    pub(crate) fn mark(&self) -> Mark {
        Mark(fs::metadata(&self.file).unwrap().len())
    }

    /// Returns as soon as `user` has written so often. The log cannot be watched, so this looks again and again.
    pub(crate) async fn until_written(&self, user: &str, mark: Mark, count: usize) {
        let mut read = mark;
        let mut written = 0;
        while written < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let (end, events) = self.from(read, user);
            read = end;
            written += writes_of(user, &events).len();
        }
    }

    /// Returns as soon as `user` has asked for a resource in this way. The log cannot be watched, so this looks again and again.
    pub(crate) async fn until_asked(&self, user: &str, verb: &str, resource: &str, mark: Mark) {
        let mut read = mark;
        loop {
            let (end, events) = self.from(read, user);
            read = end;
            if asked_by(user, &events).any(|asked| asked.verb == verb && asked.resource == resource) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// All that `user` has asked for.
    pub(crate) fn asked(&self, user: &str, mark: Mark) -> BTreeSet<Asked> {
        asked_by(user, &self.from(mark, user).1).collect()
    }

    /// The complete lines behind a place that name somebody, and the place behind all of them.
    fn from(&self, mark: Mark, user: &str) -> (Mark, Vec<Value>) {
        let mut file = File::open(&self.file).unwrap();
        file.seek(SeekFrom::Start(mark.0)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        let complete = text.rfind('\n').map_or(0, |end| end + 1);
        let lines = text[..complete].lines().filter(|line| line.contains(user));
        let events = lines.filter_map(|line| serde_json::from_str(line).ok());
        (Mark(mark.0 + complete as u64), events.collect())
    }

    /// Requests of `user` that change something, its Lease apart. Dry runs change nothing.
    pub(crate) fn writes(&self, user: &str, mark: Mark) -> Vec<String> {
        writes_of(user, &self.from(mark, user).1)
    }

    /// Requests of `user` that the API server's authorizer refused. Admission answers 403 as well, as for an object in a
    /// namespace that is going; that is no lack of permission.
    pub(crate) fn forbidden(&self, user: &str, mark: Mark) -> Vec<String> {
        let (_, events) = self.from(mark, user);
        let denied = events_of(user, &events)
            .filter(|event| event["annotations"]["authorization.k8s.io/decision"] == "forbid");
        denied.map(|event| event["requestURI"].to_string()).collect()
    }
}

fn text(event: &Value, pointer: &str) -> String {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn events_of<'a>(user: &'a str, events: &'a [Value]) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| text(event, "/user/username") == user)
}

fn asked_by<'a>(user: &'a str, events: &'a [Value]) -> impl Iterator<Item = Asked> + 'a {
    let asked = |event: &Value| Asked {
        verb: text(event, "/verb"),
        resource: text(event, "/objectRef/resource"),
        namespace: text(event, "/objectRef/namespace"),
    };
    events_of(user, events).map(asked).filter(|asked| !asked.resource.is_empty())
}

fn writes_of(user: &str, events: &[Value]) -> Vec<String> {
    events_of(user, events)
        .filter(|event| MUTATING.contains(&text(event, "/verb").as_str()))
        .filter(|event| text(event, "/objectRef/resource") != "leases")
        .filter(|event| !text(event, "/requestURI").contains("dryRun=All"))
        .map(|event| {
            let code = event.pointer("/responseStatus/code").and_then(Value::as_i64).unwrap_or_default();
            let subresource = text(event, "/objectRef/subresource");
            let slash = if subresource.is_empty() { "" } else { "/" };
            format!(
                "{} {}{slash}{subresource} {} {code}",
                text(event, "/verb"),
                text(event, "/objectRef/resource"),
                text(event, "/objectRef/name"),
            )
        })
        .collect()
}
