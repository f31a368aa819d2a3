//! Nodes and pods from files and clusters.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Node as CoreNode, Pod as CorePod};
use serde::Deserialize;
use serde_json::Value;

use super::written;
use crate::api::labels;
use crate::placement::kubernetes;
use crate::placement::node::Node;
use crate::placement::task::{Demand, Group};

/// Most nodes of files; more is a mistake.
pub(super) const MOST: usize = 100_000;

/// What can be given.
const FORMS: &str = "give a list such as `- {name: small, cpu: 2, memory: 8Gi}`, or what `kubectl get nodes,pods -A -o json` prints";

/// What there is before anything is placed.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub(super) nodes: Vec<Node>,
    pub(super) pods: Vec<Running>,
    /// What may be meant otherwise.
    pub(super) hints: Vec<String>,
}

/// A pod on a node.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) node: String,
    /// Whose task it is; none for other pods.
    pub(super) group: Option<Group>,
    /// Value of its capacity provider label.
    pub(super) provider: String,
    pub(super) demand: Demand,
}

/// Reads files of nodes and pods.
pub(super) fn read(files: &[PathBuf]) -> io::Result<Nodes> {
    let mut found = Nodes::default();
    let mut names = BTreeSet::new();
    for (i, file) in files.iter().enumerate() {
        let wrong = |why: String| io::Error::other(format!("{}: {why}", file.display()));
        if files.iter().take(i).any(|other| other == file) {
            return Err(wrong("is given twice".to_owned()));
        }
        let text = content(file).map_err(|error| wrong(error.to_string()))?;
        // A large answer of kubectl is JSON, which has a faster reader.
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(_) => {
                serde_saphyr::from_str(&text).map_err(|error| wrong(error.without_snippet().to_string()))?
            }
        };
        let known = found.nodes.len();
        let hints = match value {
            Value::Array(entries) => {
                let (nodes, hints) = written::nodes(entries, MOST.saturating_sub(known)).map_err(wrong)?;
                found.nodes.extend(nodes);
                hints
            }
            object => {
                take(object, &mut found).map_err(wrong)?;
                Vec::new()
            }
        };
        found.hints.extend(hints.into_iter().map(|hint| format!("{}: {hint}", file.display())));
        if found.nodes.len() > MOST {
            return Err(wrong(written::too_many()));
        }
        for node in found.nodes.iter().skip(known) {
            if !names.insert(node.name.clone()) {
                return Err(wrong(format!(
                    "there are two nodes of the name {}; names have to differ",
                    node.name
                )));
            }
        }
    }
    if found.nodes.is_empty() {
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        return Err(io::Error::other(format!("{}: no nodes are in it; {FORMS}", names.join(", "))));
    }
    let mut uids = BTreeSet::new();
    found.pods.retain(|pod| uids.insert(pod.uid.clone()));
    Ok(found)
}

fn content(file: &Path) -> io::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(file)
}

/// What an API server lists.
#[cfg(feature = "operator")]
pub(super) fn of_cluster(nodes: &[CoreNode], pods: &[CorePod]) -> Nodes {
    Nodes {
        nodes: nodes.iter().map(kubernetes::node).collect(),
        pods: pods.iter().filter_map(running).collect(),
        hints: Vec::new(),
    }
}

/// A node, a pod, or a list of some.
fn take(mut object: Value, found: &mut Nodes) -> Result<(), String> {
    let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
    match kind.as_str() {
        "List" | "NodeList" | "PodList" => {
            let item = kind.strip_suffix("List").unwrap_or_default();
            let items = object.get_mut("items").map(Value::take);
            let Some(Value::Array(items)) = items else {
                return Err(format!("a {kind} has no items"));
            };
            for mut object in items {
                if let Some(members) = object.as_object_mut()
                    && !item.is_empty()
                {
                    // Lists leave the kind out of their items.
                    members.insert("kind".to_owned(), item.into());
                }
                take(object, found)?;
            }
        }
        "Node" => {
            let mut node =
                CoreNode::deserialize(object).map_err(|error| format!("a node cannot be read: {error}"))?;
            if node.metadata.name.as_deref().unwrap_or_default().is_empty() {
                return Err("a node has no name".to_owned());
            }
            found.nodes.push(kubernetes::take_node(&mut node));
        }
        "Pod" => {
            let pod =
                CorePod::deserialize(object).map_err(|error| format!("a pod cannot be read: {error}"))?;
            found.pods.extend(running(&pod));
        }
        "" => return Err(format!("it says nothing of nodes; {FORMS}")),
        // Somebody asked kubectl for more than needed.
        _ => {}
    }
    Ok(())
}

/// A pod that takes something on a node.
fn running(pod: &CorePod) -> Option<Running> {
    let spec = pod.spec.as_ref()?;
    let node = spec.node_name.clone()?;
    let metadata = &pod.metadata;
    let name = metadata.name.clone().unwrap_or_default();
    let uid = metadata.uid.clone();
    let provider = metadata.labels.as_ref().and_then(|all| all.get(labels::CAPACITY_PROVIDER)).cloned();
    (!kubernetes::is_over(pod)).then(|| Running {
        uid: uid.unwrap_or_else(|| format!("{}/{name}", metadata.namespace.as_deref().unwrap_or_default())),
        name,
        node,
        group: kubernetes::group(pod),
        provider: provider.unwrap_or_default(),
        demand: kubernetes::demand(metadata.namespace.as_deref().unwrap_or("default"), spec),
    })
}
