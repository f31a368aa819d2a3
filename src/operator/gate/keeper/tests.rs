mod late;
mod newcomers;
mod stale;

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;
use crate::api::labels;
use crate::operator::gate::newcomer::{Asking, Newcomer};

const SEED: u64 = 7;
/// How long a pod without a node waits for others.
const HOLD: Duration = Duration::from_secs(5);

fn node(name: &str, cpu: &str) -> NodeView {
    serde_json::from_value(json!({
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": "a"}},
        "status": {"allocatable": {"cpu": cpu, "memory": "8Gi", "pods": "10"}, "conditions": [{"type": "Ready", "status": "True"}]},
    }))
    .unwrap()
}

/// A pod of one CPU that is packed by CPU.
fn pod(name: &str, version: u64) -> Value {
    json!({
        "metadata": {
            "name": name, "namespace": "shop", "uid": name, "resourceVersion": version.to_string(),
            "creationTimestamp": format!("2026-01-01T00:00:{version:02}Z"),
            "labels": {labels::EXACT: "true", labels::SERVICE: "web", labels::DEPLOYMENT_ID: "d1"},
            "annotations": {labels::PLACEMENT: r#"{"strategies":[{"type":"binpack","field":"cpu"}],"constraints":[]}"#},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "rs", "controller": true}],
        },
        "spec": {
            "containers": [{"name": "c", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}],
            "schedulingGates": [{"name": labels::PLACEMENT}],
        },
    })
}

fn view(pod: &Value) -> PodView {
    serde_json::from_value(pod.clone()).unwrap()
}

/// What the API server makes of a pod by a patch.
fn patched(pod: &Value, patch: &Value, version: u64) -> Value {
    fn merge(target: &mut Value, patch: &Value) {
        match patch {
            Value::Object(members) => {
                for (name, value) in members {
                    if value.is_null() {
                        target.as_object_mut().unwrap().remove(name);
                    } else {
                        if !target[name].is_object() && value.is_object() {
                            target[name] = json!({});
                        }
                        merge(&mut target[name], value);
                    }
                }
            }
            other => *target = other.clone(),
        }
    }
    let mut pod = pod.clone();
    assert_eq!(patch["metadata"]["resourceVersion"], pod["metadata"]["resourceVersion"]);
    merge(&mut pod, patch);
    pod["metadata"]["resourceVersion"] = version.to_string().into();
    pod
}

struct Story {
    keeper: Keeper,
    now: Instant,
}

impl Story {
    fn new(nodes: &[(&str, &str)]) -> Self {
        let mut keeper = Keeper::new(Placer::new(SEED), &[], HOLD);
        for (name, cpu) in nodes {
            keeper.observe_node(node(name, cpu));
        }
        keeper.nodes_listed();
        keeper.pods_listed();
        Self { keeper, now: Instant::now() }
    }

    fn observe(&mut self, pod: &Value) -> Option<Arrival> {
        self.keeper.observe(view(pod), self.now)
    }

    /// What is answered to a question, at once.
    fn ask(&mut self, newcomer: Newcomer) -> Option<String> {
        let (answer, mut answered) = oneshot::channel();
        self.keeper.answer(Asking { newcomer: Arc::new(newcomer), answer }, self.now);
        answered.try_recv().unwrap()
    }

    /// The node that a pod of one CPU gets while it is created.
    fn reserve(&mut self, review: &str) -> Option<String> {
        self.ask(newcomer(review))
    }

    fn next(&mut self) -> Option<Order> {
        self.keeper.next(self.now)
    }

    /// The node and the patch of the next decision.
    fn pin(&mut self) -> (Order, String, Value) {
        let order = self.next().expect("an order");
        match &order.action {
            Action::Pin { node, patch } => {
                let (node, patch) = (node.clone(), patch.clone());
                (order, node, patch)
            }
            other => panic!("{other:?}"),
        }
    }

    fn leave(&mut self) -> (Order, String) {
        let order = self.next().expect("an order");
        match &order.action {
            Action::Leave { reason, .. } => {
                let reason = reason.clone();
                (order, reason)
            }
            other => panic!("{other:?}"),
        }
    }

    fn done(&mut self, order: &Order, outcome: Outcome) {
        self.keeper.done(&order.uid, &order.action, outcome, self.now);
    }

    /// Decides about a pod and has it written; the pod then.
    fn placed(&mut self, pod: &Value, version: u64) -> (String, Value) {
        self.observe(pod);
        let (order, node, patch) = self.pin();
        assert_eq!(order.uid, pod["metadata"]["uid"].as_str().unwrap());
        let written = patched(pod, &patch, version);
        self.done(&order, Outcome::Written(Box::new(view(&written))));
        (node, written)
    }

    /// The same, and its node takes it.
    fn bound(&mut self, pod: &Value, version: u64) -> String {
        let (node, mut written) = self.placed(pod, version);
        written["spec"]["nodeName"] = node.as_str().into();
        written["metadata"]["resourceVersion"] = (version + 1).to_string().into();
        self.observe(&written);
        node
    }
}

#[test]
fn nodes_are_filled_one_after_the_other_and_then_a_pod_is_left_with_the_reason() {
    let mut story = Story::new(&[("n1", "2"), ("n2", "2")]);
    let placed: Vec<String> = (1..=4).map(|i| story.bound(&pod(&format!("p{i}"), i), 100 + 2 * i)).collect();
    assert_eq!(placed[0], placed[1]);
    assert_eq!(placed[2], placed[3]);
    assert_ne!(placed[0], placed[2]);
    story.observe(&pod("p5", 5));
    let (order, reason) = story.leave();
    assert!(reason.contains("2"), "{reason}");
    let Action::Leave { patch, .. } = &order.action else { unreachable!() };
    assert_eq!(patch["metadata"]["annotations"][labels::UNPLACED], reason.as_str());
}

#[test]
fn pods_are_decided_about_in_the_order_of_their_creation() {
    let mut keeper = Keeper::new(Placer::new(SEED), &[], HOLD);
    let now = Instant::now();
    keeper.list_pods();
    for (name, version) in [("a", 9), ("b", 3), ("c", 6)] {
        keeper.observe(view(&pod(name, version)), now);
    }
    keeper.pods_listed();
    assert!(keeper.next(now).is_none(), "no node is known yet");
    keeper.observe_node(node("n1", "8"));
    keeper.nodes_listed();
    let order: Vec<String> = std::iter::from_fn(|| keeper.next(now)).map(|order| order.uid).collect();
    assert_eq!(order, ["b", "c", "a"]);
}

#[test]
fn a_pod_is_not_decided_about_again_while_it_is_being_written_and_older_news_change_nothing() {
    let mut story = Story::new(&[("n1", "8")]);
    let first = pod("p", 1);
    story.observe(&first);
    let (order, _, patch) = story.pin();
    let mut touched = first.clone();
    touched["metadata"]["resourceVersion"] = "2".into();
    story.observe(&touched);
    assert!(story.next().is_none());
    story.done(&order, Outcome::Written(Box::new(view(&patched(&first, &patch, 3)))));
    story.observe(&touched);
    assert!(story.next().is_none(), "it has its node");
}

#[test]
fn a_pod_that_has_changed_meanwhile_is_decided_about_as_it_is_now() {
    let mut story = Story::new(&[("n1", "8")]);
    story.observe(&pod("p", 1));
    let (order, ..) = story.pin();
    let mut changed = pod("p", 2);
    changed["metadata"]["annotations"]["ecs-bridge.dev/note"] = "x".into();
    story.observe(&changed);
    story.done(&order, Outcome::Outdated);
    let (_, _, patch) = story.pin();
    assert_eq!(patch["metadata"]["resourceVersion"], "2");
}

#[test]
fn without_news_it_is_tried_again_after_a_while() {
    let mut story = Story::new(&[("n1", "8")]);
    story.observe(&pod("p", 1));
    let (order, ..) = story.pin();
    story.done(&order, Outcome::Unknown);
    assert!(story.next().is_none());
    story.now += AGAIN;
    assert_eq!(story.keeper.due(story.now), Some(story.now));
    assert_eq!(story.pin().0.uid, "p");
}

#[test]
fn what_was_not_written_takes_nothing() {
    let mut story = Story::new(&[("n1", "1")]);
    story.observe(&pod("p", 1));
    let (order, ..) = story.pin();
    story.done(&order, Outcome::Gone);
    assert_eq!(story.bound(&pod("q", 2), 10), "n1");
    let (order, _) = {
        story.observe(&pod("r", 3));
        story.leave()
    };
    story.done(&order, Outcome::Gone);
    story.keeper.forget("q");
    assert_eq!(story.placed(&pod("s", 4), 11).0, "n1", "a pod that goes makes room");
}

#[test]
fn pods_that_were_pinned_before_take_their_place_after_a_restart() {
    let mut story = Story::new(&[("n1", "2")]);
    let (_, first) = story.placed(&pod("p1", 1), 10);
    let mut again = Story::new(&[("n1", "2")]);
    again.observe(&first);
    assert_eq!(again.placed(&pod("p2", 2), 11).0, "n1");
    again.observe(&pod("p3", 3));
    assert!(again.next().is_none());
    let mut taken = first;
    taken["spec"]["nodeName"] = "n1".into();
    taken["metadata"]["resourceVersion"] = "12".into();
    again.observe(&taken);
    assert!(again.next().is_none(), "the second one is still on its way");
    again.now += HOLD;
    again.leave();
}

#[test]
fn what_cannot_be_written_with_a_node_is_written_without_one() {
    let mut story = Story::new(&[("n1", "2")]);
    story.observe(&pod("p", 1));
    let (order, ..) = story.pin();
    story.done(&order, Outcome::Refused);
    let (order, _) = story.leave();
    story.done(&order, Outcome::Refused);
    assert!(story.next().is_none(), "the watchdog tries again");
}

#[test]
fn pods_of_other_namespaces_are_counted_and_left_alone() {
    let mut keeper = Keeper::new(Placer::new(SEED), &["other".to_owned()], HOLD);
    keeper.observe_node(node("n1", "8"));
    keeper.nodes_listed();
    keeper.pods_listed();
    let now = Instant::now();
    keeper.observe(view(&pod("p", 1)), now);
    assert!(keeper.next(now).is_none());
}

/// What a pod is after kube-scheduler has found that its node does not take it.
fn refused(mut pod: Value, version: u64) -> Value {
    pod["status"] = json!({"phase": "Pending",
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]});
    pod["metadata"]["resourceVersion"] = version.to_string().into();
    pod
}

#[test]
fn a_daemon_that_waits_is_let_go_without_a_decision() {
    let mut story = Story::new(&[("n1", "8")]);
    let mut daemon = pod("p", 1);
    daemon["metadata"]["ownerReferences"][0]["kind"] = "DaemonSet".into();
    story.observe(&daemon);
    story.leave();
}

#[test]
fn while_no_more_can_be_written_no_time_is_named_that_has_passed() {
    let mut story = Story::new(&[("n1", "64"), ("n2", "64"), ("n3", "64"), ("n4", "64")]);
    story.observe(&pod("p", 1));
    let (order, ..) = story.pin();
    story.done(&order, Outcome::Unknown);
    for i in 0..UNDER_WAY {
        story.observe(&pod(&format!("q{i}"), 2));
        story.pin();
    }
    story.now += 2 * AGAIN;
    assert!(story.next().is_none());
    assert_eq!(story.keeper.due(story.now), None);
}

#[test]
fn a_pod_is_decided_about_when_nobody_else_keeps_it_waiting() {
    let mut story = Story::new(&[("n1", "1")]);
    let mut both = pod("p", 1);
    both["spec"]["schedulingGates"].as_array_mut().unwrap().push(json!({"name": "other"}));
    story.observe(&both);
    assert!(story.next().is_none());
    story.placed(&pod("q", 2), 10);
    story.keeper.forget("q");
    story.placed(&pod("p", 3), 11);
}

#[test]
fn a_pod_without_its_label_does_not_wait_for_ever() {
    let mut story = Story::new(&[("n1", "1")]);
    let mut bare = pod("p", 1);
    bare["metadata"]["labels"].as_object_mut().unwrap().remove(labels::EXACT);
    story.placed(&bare, 10);
}

/// A pod of one CPU that is being created.
fn newcomer(review: &str) -> Newcomer {
    let mut pod = pod(review, 1);
    pod["spec"].as_object_mut().unwrap().remove("schedulingGates");
    Newcomer::new(view(&pod), "shop", review)
}

/// What becomes of it.
fn arrived(review: &str, name: &str, node: &str, version: u64) -> Value {
    let mut pod = pod(name, version);
    pod["spec"].as_object_mut().unwrap().remove("schedulingGates");
    newcomer(review).pin(&mut pod, node);
    pod
}
