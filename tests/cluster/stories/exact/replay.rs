//! Decisions once more, by somebody else: the operator's log has all that it knew and decided, in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ecs_bridge::api::labels;
use ecs_bridge::placement::task::{Class, Group};
use ecs_bridge::placement::{Uid, kubernetes, rules};
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

use oracle::Oracle;

#[path = "../../../placement/oracle.rs"]
#[allow(dead_code, reason = "other tests ask it more")]
mod oracle;

/// Replays the log of an operator: each decision is the oracle's, and the pods are where it put them. How many decisions
/// there were.
pub(crate) fn agrees(log: &Path, nodes: &BTreeMap<String, String>) -> usize {
    let text = fs::read_to_string(log).unwrap();
    let entries = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut oracle = Oracle::new(0);
    let mut group: Option<Group> = None;
    let mut placed: BTreeMap<String, String> = BTreeMap::new();
    let mut reserved: BTreeMap<String, String> = BTreeMap::new();
    let mut decisions = 0;
    for entry in entries.filter(|entry| entry["message"] == "journal") {
        let subject = entry["subject"].as_str().unwrap_or_default();
        let node = entry["node"].as_str().unwrap_or_default();
        match entry["call"].as_str().unwrap() {
            "new" => oracle = Oracle::new(entry["seed"].as_u64().unwrap()),
            "set_node" => oracle.set_node(kubernetes::node(&object::<Node>(&entry))),
            "remove_node" => oracle.remove_node(subject),
            "set_group" => group = Some(Group::new("", node)),
            "set_task" => {
                let pod: Pod = object(&entry);
                // What was decided while it was created was told by the review.
                if let Some(decided) = pod.annotations().get(labels::RESERVATION)
                    && let Some(decided) = reserved.remove(decided)
                {
                    placed.insert(pod.name_any(), decided);
                }
                let cluster = pod.namespace().unwrap();
                let group = group.take().map(|group| Group::new(&cluster, &group.name));
                let demand = kubernetes::demand(&cluster, pod.spec.as_ref().unwrap());
                oracle.set_task(Uid::from(subject), node, group, demand);
            }
            "remove_task" => oracle.remove_task(Uid::from(subject)),
            "place" => {
                let pod: Pod = object(&entry);
                let (class, uid) = (class(&pod), Uid::from(subject));
                oracle.remove_task(uid);
                let decided = oracle.decide(&class, uid);
                assert_eq!(decided.as_deref().unwrap_or_default(), node, "{}", pod.name_any());
                decisions += 1;
                if let Some(node) = decided {
                    oracle.set_task(uid, &node, Some(class.group), class.demand);
                    placed.insert(pod.name_any(), node.clone());
                    reserved.insert(pod.metadata.uid.unwrap_or_default(), node);
                }
            }
            other => panic!("{other}"),
        }
    }
    for (pod, node) in nodes {
        assert_eq!(placed.get(pod), Some(node), "{pod}");
    }
    decisions
}

fn object<T: DeserializeOwned>(entry: &Value) -> T {
    serde_json::from_str(entry["object"].as_str().unwrap()).unwrap()
}

fn class(pod: &Pod) -> Class {
    let rules = rules::parse(&pod.annotations()[labels::PLACEMENT]).unwrap();
    let class = kubernetes::class(kubernetes::group(pod).unwrap(), pod.spec.as_ref().unwrap());
    Class { constraints: rules.constraints, strategies: rules.strategies, ..class }
}
