//! Nodes as somebody writes them down: a short list instead of what an API server says.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Node as CoreNode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::nodes::MOST;
use crate::placement::attribute::{HOSTNAME, ZONE};
use crate::placement::kubernetes;
use crate::placement::node::{Effect, MIB, Node};

/// Less memory than any node has, in MiB: the unit was forgotten.
const LEAST: u32 = 16;

/// An entry: some nodes that are equal but for their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    #[serde(default = "node_name")]
    name: String,
    #[serde(default = "one")]
    count: usize,
    #[serde(default)]
    zone: String,
    #[serde(default)]
    instance_type: String,
    #[serde(default = "amd64")]
    arch: String,
    cpu: Value,
    memory: Value,
    #[serde(default)]
    gpu: u32,
    #[serde(default = "pods")]
    pods: u32,
    /// Says nothing about where a task may run.
    #[serde(default, rename = "storage")]
    _storage: Value,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    taints: Vec<String>,
}

fn node_name() -> String {
    "node".to_owned()
}

const fn one() -> usize {
    1
}

fn amd64() -> String {
    "amd64".to_owned()
}

/// The kubelet's default.
const fn pods() -> u32 {
    110
}

pub(super) fn too_many() -> String {
    format!("more than {MOST} nodes in all")
}

/// The nodes of a list, at most so many, and what may be meant otherwise. Those of one name are numbered, a single one is
/// called as it is written.
pub(super) fn nodes(entries: Vec<Value>, most: usize) -> Result<(Vec<Node>, Vec<String>), String> {
    let mut all = Vec::new();
    let mut hints = Vec::new();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut sum = 0_usize;
    for (i, entry) in entries.into_iter().enumerate() {
        let at = |why: String| format!("entry {}: {why}", i + 1);
        let entry = read(entry).map_err(at)?;
        sum = sum.saturating_add(entry.count);
        if sum > most {
            return Err(at(too_many()));
        }
        let node = node_of(&entry).map_err(at)?;
        if entry.count > 0 && node.allocatable.memory < LEAST * MIB {
            let text = text(&entry.memory);
            hints.push(at(format!(
                "memory {text} is less than {LEAST} MiB, because without a unit it is bytes; for MiB write {text}Mi"
            )));
        }
        counts.entry(entry.name.clone()).or_default().0 += entry.count;
        all.push((entry, node));
    }
    let mut nodes = Vec::with_capacity(sum);
    for (entry, node) in all {
        for _ in 0..entry.count {
            let (of, number) = counts.entry(entry.name.clone()).or_default();
            *number += 1;
            let name = if *of == 1 { entry.name.clone() } else { format!("{}-{number}", entry.name) };
            let mut node = Node { name: name.as_str().into(), ..node.clone() };
            node.labels.entry(HOSTNAME.to_owned()).or_insert(name);
            nodes.push(node);
        }
    }
    Ok((nodes, hints))
}

fn read(entry: Value) -> Result<Entry, String> {
    let labels = entry.get("labels").and_then(Value::as_object).into_iter().flatten();
    let texts = ["name", "zone", "instanceType", "arch"].into_iter();
    let texts = texts.filter_map(|member| Some((member.to_owned(), entry.get(member)?)));
    let mut texts = texts.chain(labels.map(|(key, value)| (format!("labels: {key}"), value)));
    if let Some((member, value)) = texts.find(|(_, value)| value.is_boolean() || value.is_number()) {
        let kind =
            if value.is_boolean() { "a truth value (as n, y, no, yes, off and on are)" } else { "a number" };
        return Err(format!("{member}: {value} is {kind} for YAML; write it in quotes"));
    }
    for member in ["count", "gpu", "pods"] {
        if let Some(value) = entry.get(member).filter(|value| value.as_u64().is_none()) {
            return Err(format!("{member}: {value} is no number of them"));
        }
    }
    let entry = Entry::deserialize(entry).map_err(|error| error.to_string())?;
    if entry.name.is_empty() {
        return Err("name is empty".to_owned());
    }
    for (member, value) in [("cpu", &entry.cpu), ("memory", &entry.memory)] {
        let is_one =
            matches!(value, Value::String(_) | Value::Number(_)) && kubernetes::is_quantity(&text(value));
        if !is_one {
            return Err(format!("{member}: {value} is no quantity, as 2, 500m and 8Gi are"));
        }
    }
    Ok(entry)
}

fn text(quantity: &Value) -> String {
    match quantity {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The node of an entry, still without its name.
fn node_of(entry: &Entry) -> Result<Node, String> {
    let mut labels = BTreeMap::from([
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", &*entry.arch),
        (ZONE, &entry.zone),
        ("node.kubernetes.io/instance-type", &entry.instance_type),
    ]);
    labels.retain(|_, value| !value.is_empty());
    labels.extend(entry.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let node = json!({
        "metadata": { "labels": labels },
        "spec": { "taints": entry.taints.iter().map(|taint| parse_taint(taint)).collect::<Result<Vec<_>, _>>()? },
        "status": { "allocatable": {
            "cpu": text(&entry.cpu),
            "memory": text(&entry.memory),
            "pods": entry.pods.to_string(),
            "nvidia.com/gpu": entry.gpu.to_string(),
        }},
    });
    let node = CoreNode::deserialize(node).map_err(|error| error.to_string())?;
    Ok(kubernetes::node(&node))
}

/// A taint as kubectl writes it: `key=value:Effect` or `key:Effect`.
fn parse_taint(text: &str) -> Result<Value, String> {
    let wrong = |why: &str| format!("taint {text:?}: {why}");
    let (label, effect) = text.rsplit_once(':').ok_or_else(|| wrong("write key=value:Effect"))?;
    let (key, value) = label.split_once('=').unwrap_or((label, ""));
    if key.is_empty() {
        return Err(wrong("write key=value:Effect"));
    }
    if Effect::parse(effect).is_none() {
        return Err(wrong("its effect is none of NoSchedule, PreferNoSchedule and NoExecute"));
    }
    Ok(json!({ "key": key, "value": value, "effect": effect }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Vec<String>, Vec<String>), String> {
        let Value::Array(entries) = serde_saphyr::from_str(text).unwrap() else { panic!("{text}") };
        let (nodes, hints) = nodes(entries, MOST)?;
        Ok((nodes.iter().map(|node| node.name.to_string()).collect(), hints))
    }

    #[test]
    fn what_is_no_quantity_no_number_or_no_text_is_refused_with_its_place() {
        for (entry, why) in [
            ("{cpu: two, memory: 8Gi}", "cpu: \"two\" is no quantity"),
            ("{cpu: 2, memory: 8GB}", "memory: \"8GB\" is no quantity"),
            ("{cpu: -2, memory: 8Gi}", "cpu: -2 is no quantity"),
            ("{cpu: {a: 1}, memory: 8Gi}", "cpu: {\"a\":1} is no quantity"),
            ("{cpu: 2, memory: null}", "memory: null is no quantity"),
            ("{cpu: 2, memory: 8Gi, count: -1}", "count: -1 is no number"),
            ("{cpu: 2, memory: 8Gi, gpu: many}", "gpu: \"many\" is no number"),
            ("{name: true, cpu: 2, memory: 8Gi}", "name: true is a truth value"),
            ("{zone: 7, cpu: 2, memory: 8Gi}", "zone: 7 is a number"),
            ("{cpu: 2, memory: 8Gi, labels: {tier: false}}", "labels: tier: false is a truth value"),
            ("{name: \"\", cpu: 2, memory: 8Gi}", "name is empty"),
            ("{cpu: 2, memory: 8Gi, taints: [\"a=b:Never\"]}", "taint \"a=b:Never\": its effect is none of"),
            ("{cpu: 2, memory: 8Gi, taints: [\":NoSchedule\"]}", "taint \":NoSchedule\": write"),
        ] {
            let error = read(&format!("- {{cpu: 1, memory: 1Gi}}\n- {entry}")).unwrap_err();
            assert!(error.starts_with(&format!("entry 2: {why}")), "{entry}: {error}");
        }
    }

    #[test]
    fn there_is_an_end_to_counts() {
        for counts in ["[100001]", "[99999, 2]", "[18446744073709551615, 18446744073709551615]"] {
            let counts: Vec<u64> = serde_json::from_str(counts).unwrap();
            let entries = counts.iter().map(|n| format!("- {{cpu: 1, memory: 1Gi, count: {n}}}\n"));
            let error = read(&entries.collect::<String>()).unwrap_err();
            assert!(error.ends_with("more than 100000 nodes in all"), "{error}");
        }
    }

    #[test]
    fn nodes_of_one_name_are_numbered_and_bytes_are_told() {
        let (names, hints) =
            read("[{name: a, cpu: 1, memory: 8192}, {cpu: 1, memory: 8Gi, count: 2}]").unwrap();
        assert_eq!(names, ["a", "node-1", "node-2"]);
        let hint = "entry 1: memory 8192 is less than 16 MiB, because without a unit it is bytes; for MiB write 8192Mi";
        assert_eq!(hints, [hint]);
    }
}
