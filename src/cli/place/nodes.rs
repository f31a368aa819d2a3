//! Nodes and pods from files and clusters.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Node as CoreNode, Pod as CorePod};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::labels;
use crate::placement::attribute::{HOSTNAME, ZONE};
use crate::placement::kubernetes;
use crate::placement::node::Node;
use crate::placement::task::{Demand, Group};

/// What there is before anything is placed.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    pub(super) nodes: Vec<Node>,
    pub(super) pods: Vec<Running>,
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

/// An entry of a file that somebody wrote: some nodes that are equal but for their names.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
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

/// Reads files of nodes and pods.
pub(super) fn read(files: &[PathBuf]) -> io::Result<Nodes> {
    let mut found = Nodes::default();
    for file in files {
        let wrong = |why: String| io::Error::other(format!("{}: {why}", file.display()));
        let text = content(file).map_err(|error| wrong(error.to_string()))?;
        // A large answer of kubectl is JSON, which has a faster reader.
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(_) => {
                serde_saphyr::from_str(&text).map_err(|error| wrong(error.without_snippet().to_string()))?
            }
        };
        match value {
            Value::Array(entries) => {
                let mut groups = Vec::new();
                for (i, entry) in entries.into_iter().enumerate() {
                    let group = Written::deserialize(entry).map_err(|error| error.to_string());
                    groups.push(group.map_err(|why| wrong(format!("entry {}: {why}", i + 1)))?);
                }
                found.nodes.extend(nodes_of(&groups).map_err(wrong)?);
            }
            object => take(object, &mut found).map_err(wrong)?,
        }
    }
    if found.nodes.is_empty() {
        let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        return Err(io::Error::other(format!("{}: no nodes are in it", names.join(", "))));
    }
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
            let node =
                CoreNode::deserialize(object).map_err(|error| format!("a node cannot be read: {error}"))?;
            found.nodes.push(kubernetes::node(&node));
        }
        "Pod" => {
            let pod =
                CorePod::deserialize(object).map_err(|error| format!("a pod cannot be read: {error}"))?;
            found.pods.extend(running(&pod));
        }
        "" => return Err("neither a list of nodes nor what kubectl prints with -o json".to_owned()),
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
        demand: kubernetes::demand(spec),
    })
}

/// The nodes of a file: those of one name are numbered, a single one is called as it is written.
fn nodes_of(groups: &[Written]) -> Result<Vec<Node>, String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for group in groups {
        counts.entry(&group.name).or_default().0 += group.count;
    }
    let mut nodes = Vec::new();
    for group in groups {
        for _ in 0..group.count {
            let (all, number) = counts.entry(&group.name).or_default();
            *number += 1;
            let name = if *all == 1 { group.name.clone() } else { format!("{}-{number}", group.name) };
            nodes.push(kubernetes::node(&node_of(group, &name)?));
        }
    }
    Ok(nodes)
}

fn node_of(group: &Written, name: &str) -> Result<CoreNode, String> {
    let quantity = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut labels = BTreeMap::from([
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", &group.arch),
        (HOSTNAME, name),
        (ZONE, &group.zone),
        ("node.kubernetes.io/instance-type", &group.instance_type),
    ]);
    labels.retain(|_, value| !value.is_empty());
    labels.extend(group.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let node = json!({
        "metadata": { "name": name, "labels": labels },
        "spec": { "taints": group.taints.iter().map(|taint| parse_taint(taint)).collect::<Result<Vec<_>, _>>()? },
        "status": { "allocatable": {
            "cpu": quantity(&group.cpu),
            "memory": quantity(&group.memory),
            "pods": group.pods.to_string(),
            "nvidia.com/gpu": group.gpu.to_string(),
        }},
    });
    CoreNode::deserialize(node).map_err(|error| error.to_string())
}

/// A taint as kubectl writes it: `key=value:Effect` or `key:Effect`.
fn parse_taint(text: &str) -> Result<Value, String> {
    let (label, effect) =
        text.rsplit_once(':').ok_or_else(|| format!("taint {text:?}: write key=value:Effect"))?;
    let (key, value) = label.split_once('=').unwrap_or((label, ""));
    Ok(json!({ "key": key, "value": value, "effect": effect }))
}
