//! Nodes and pods from files and clusters.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use k8s_openapi::api::core::v1::{Node as CoreNode, Pod as CorePod};
use serde::Deserialize;
use serde_json::Value;

use super::{SHOWN, written};
use crate::api::labels;
use crate::cli::output;
use crate::ecs::document::decode;
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
        let wrong = |why: String| io::Error::other(format!("{}: {why}", shown(file)));
        if files.iter().take(i).any(|other| other == file) {
            return Err(wrong("is given twice".to_owned()));
        }
        let bytes = content(file).map_err(|error| wrong(error.to_string()))?;
        let documents = documents(&bytes).map_err(wrong)?;
        let known = found.nodes.len();
        let several = documents.len() > 1;
        for (number, document) in (1..).zip(documents) {
            let at = |why: String| if several { format!("document {number}: {why}") } else { why };
            let hints = found.add(document).map_err(|why| wrong(at(why)))?;
            found.hints.extend(hints.into_iter().map(|hint| format!("{}: {}", shown(file), at(hint))));
        }
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
        let names: Vec<_> = files.iter().map(|file| shown(file)).collect();
        return Err(io::Error::other(format!("{}: no nodes are in it; {FORMS}", names.join(", "))));
    }
    let mut uids = BTreeSet::new();
    found.pods.retain(|pod| uids.insert(pod.uid.clone()));
    found.leave_out_elsewhere();
    Ok(found)
}

fn shown(file: &Path) -> String {
    if file == Path::new("-") { "stdin".to_owned() } else { file.display().to_string() }
}

fn content(file: &Path) -> io::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(file)
}

/// What a file holds: JSON values or YAML documents, one after the other.
fn documents(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err("the file is empty; check what should have written it".to_owned());
    }
    // A large answer of kubectl is JSON, which has a faster reader.
    let json: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(&text).into_iter().collect();
    let documents: Vec<Value> = match json {
        Ok(documents) => documents,
        Err(_) => serde_saphyr::from_multiple(&text).map_err(|error| error.without_snippet().to_string())?,
    };
    if documents.iter().all(Value::is_null) {
        return Err(format!("the file holds no document; {FORMS}"));
    }
    Ok(documents)
}

impl Nodes {
    /// Adds what a document says of nodes and pods; what may be meant otherwise.
    fn add(&mut self, document: Value) -> Result<Vec<String>, String> {
        match document {
            Value::Null => Ok(Vec::new()),
            Value::Array(entries) => {
                let (nodes, hints) = written::nodes(entries, MOST.saturating_sub(self.nodes.len()))?;
                self.nodes.extend(nodes);
                Ok(hints)
            }
            object => take(object, self).map(|()| Vec::new()),
        }
    }

    /// Leaves out pods whose node is not there: whoever counts them would count tasks that no table shows.
    fn leave_out_elsewhere(&mut self) {
        let names: HashSet<&str> = self.nodes.iter().map(|node| &*node.name).collect();
        let (here, elsewhere): (Vec<Running>, Vec<Running>) =
            std::mem::take(&mut self.pods).into_iter().partition(|pod| names.contains(pod.node.as_str()));
        self.pods = here;
        let missing: BTreeSet<&str> = elsewhere.iter().map(|pod| pod.node.as_str()).collect();
        if missing.is_empty() {
            return;
        }
        let named: Vec<&str> = missing.iter().take(SHOWN).copied().collect();
        let more = if missing.len() > SHOWN { ", …" } else { "" };
        let pods = output::number(elsewhere.len(), "pod");
        let named = named.join(", ");
        self.hints.push(format!("not counted: {pods} on nodes that are not in the list ({named}{more})"));
    }
}

/// What an API server lists.
#[cfg(feature = "operator")]
pub(super) fn of_cluster(nodes: &[CoreNode], pods: &[CorePod]) -> Nodes {
    let mut found = Nodes {
        nodes: nodes.iter().map(kubernetes::node).collect(),
        pods: pods.iter().filter_map(running).collect(),
        hints: Vec::new(),
    };
    found.leave_out_elsewhere();
    found
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
            for (number, mut object) in (1..).zip(items) {
                if let Some(members) = object.as_object_mut()
                    && !item.is_empty()
                {
                    // Lists leave the kind out of their items.
                    members.insert("kind".to_owned(), item.into());
                }
                take(object, found).map_err(|why| format!("item {number}: {why}"))?;
            }
        }
        "Node" => {
            let unreadable = unreadable("node", &object);
            let mut node = CoreNode::deserialize(object).map_err(unreadable)?;
            if node.metadata.name.as_deref().unwrap_or_default().is_empty() {
                return Err("a node has no name".to_owned());
            }
            found.nodes.push(kubernetes::take_node(&mut node));
        }
        "Pod" => {
            let unreadable = unreadable("pod", &object);
            let pod = CorePod::deserialize(object).map_err(unreadable)?;
            found.pods.extend(running(&pod));
        }
        "" => return Err(format!("it says nothing of nodes; {FORMS}")),
        // Somebody asked kubectl for more than needed.
        _ => {}
    }
    Ok(())
}

/// Says which object cannot be read: `pod media/web-1`.
fn unreadable(noun: &'static str, object: &Value) -> impl FnOnce(serde_json::Error) -> String + use<> {
    let text = |member: &str| object.pointer(member).and_then(Value::as_str).map(str::to_owned);
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    move |error| {
        let parts: Vec<String> = namespace.into_iter().chain(name).collect();
        let which =
            if parts.is_empty() { format!("a {noun}") } else { format!("{noun} {}", parts.join("/")) };
        format!("{which} cannot be read: {error}")
    }
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
        // Not as `what_if` calls tasks of its own, which may have the pod's name.
        uid: uid
            .unwrap_or_else(|| format!("pod/{}/{name}", metadata.namespace.as_deref().unwrap_or_default())),
        name,
        node,
        group: kubernetes::group(pod),
        provider: provider.unwrap_or_default(),
        demand: kubernetes::demand(metadata.namespace.as_deref().unwrap_or("default"), spec),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(bytes: &[u8]) -> Result<String, String> {
        documents(bytes).map(|documents| Value::from(documents).to_string())
    }

    #[test]
    fn documents_of_every_encoding_come_one_after_the_other() {
        let yaml = "---\n# nothing\n---\n- {name: a}\n---\nkind: List\n";
        let utf16: Vec<u8> = yaml.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [
            yaml.as_bytes(),
            &utf16,
            &[&b"\xFF\xFE"[..], &utf16].concat(),
            b"\xEF\xBB\xBF[{\"name\": \"a\"}]\n{\"kind\": \"List\"}\n",
        ] {
            let mut documents = documents(bytes).unwrap();
            documents.retain(|document| !document.is_null());
            assert_eq!(documents, [json!([{"name": "a"}]), json!({"kind": "List"})], "{bytes:?}");
        }
        assert_eq!(text(b"\x80").unwrap_err(), "The file is neither UTF-8 nor UTF-16 text.");
        assert!(text(b" \n").unwrap_err().starts_with("the file is empty"));
        assert!(text(b"# nothing\n---\n").unwrap_err().starts_with("the file holds no document"));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let pod = |name: &str, image: Value| {
            let spec = json!({ "nodeName": "a", "containers": [{ "name": "app", "image": image }] });
            json!({ "kind": "Pod", "metadata": { "namespace": "media", "name": name }, "spec": spec })
        };
        let list = json!({ "kind": "List", "items": [pod("a", "x:1".into()), pod("b", 5.into())] });
        let error = Nodes::default().add(list).unwrap_err();
        assert!(error.starts_with("item 2: pod media/b cannot be read: invalid type"), "{error}");
        let error = Nodes::default().add(json!({ "kind": "Node", "metadata": 5 })).unwrap_err();
        assert!(error.starts_with("a node cannot be read: "), "{error}");
    }

    #[test]
    fn pods_on_nodes_that_are_not_there_are_left_out() {
        let pod = |name: &str, node: &str| json!({ "kind": "Pod", "metadata": { "name": name }, "spec": { "nodeName": node, "containers": [] } });
        let node = json!({ "kind": "Node", "metadata": { "name": "a" } });
        let items = json!([node, pod("1", "a"), pod("2", "b"), pod("3", "c"), pod("4", "b")]);
        let mut found = Nodes::default();
        found.add(json!({ "kind": "List", "items": items })).unwrap();
        found.leave_out_elsewhere();
        let names: Vec<&str> = found.pods.iter().map(|pod| pod.name.as_str()).collect();
        assert_eq!(names, ["1"]);
        assert_eq!(found.hints, ["not counted: 3 pods on nodes that are not in the list (b, c)"]);
    }
}
