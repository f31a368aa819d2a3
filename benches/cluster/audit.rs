//! What the API server was asked for, from its audit log.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde_json::Value;

/// The log from a place on.
pub(crate) struct Audit {
    file: PathBuf,
    from: u64,
}

impl Audit {
    /// Looks at what will be logged from now on.
    pub(crate) fn start(cluster: &str) -> Self {
        let file = PathBuf::from("target/clusters").join(cluster).join("logs/audit.log");
        let from = file.metadata().expect("the audit log: start the cluster with --audit").len();
        Self { file, from }
    }

    /// Writes of a user so far, the Lease and dry runs aside: verb and resource, how often.
    pub(crate) fn writes(&self, user: &str) -> BTreeMap<String, usize> {
        let mut file = File::open(&self.file).expect("the audit log");
        file.seek(SeekFrom::Start(self.from)).expect("the audit log");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("the audit log");
        let mut counts = BTreeMap::new();
        for entry in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let at = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let verb = at("/verb");
            let resource = at("/objectRef/resource");
            if at("/user/username") != user
                || !matches!(verb, "create" | "update" | "patch" | "delete" | "deletecollection")
                || resource == "leases"
                || at("/requestURI").contains("dryRun=All")
            {
                continue;
            }
            let subresource = at("/objectRef/subresource");
            let slash = if subresource.is_empty() { "" } else { "/" };
            *counts.entry(format!("{verb} {resource}{slash}{subresource}")).or_default() += 1;
        }
        counts
    }
}
