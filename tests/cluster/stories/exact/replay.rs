//! Decisions once more, by somebody else: the operator's log has all that it knew and decided, in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Replays the log of an operator: each decision is the same, and the pods are where it put them.
pub(crate) fn agrees(log: &Path, nodes: &BTreeMap<String, String>) {
    let text = fs::read_to_string(log).unwrap();
    let entries = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut placed: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries.filter(|entry| entry["message"] == "journal") {
        let pod: Value =
            serde_json::from_str(entry["object"].as_str().unwrap_or_default()).unwrap_or_default();
        if entry["call"] == "place" && entry["node"] != "" {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            placed.insert(name.to_owned(), entry["node"].as_str().unwrap_or_default().to_owned());
        }
    }
    for (pod, node) in nodes {
        assert_eq!(placed.get(pod), Some(node), "{pod}");
    }
}
