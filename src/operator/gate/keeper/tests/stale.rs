//! Pods whose node does not take them.

use super::*;
use crate::operator::gate::keeper::stale::{DROPS, GONE, STALE};

#[test]
fn a_pin_that_its_node_does_not_take_is_replaced_and_the_third_time_kube_scheduler_decides() {
    let mut story = Story::new(&[("n1", "8")]);
    for i in 1..=3 {
        let (_, mut written) = story.placed(&pod(&format!("p{i}"), i), 10 * i);
        written["status"] = json!({"phase": "Pending",
            "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]});
        written["metadata"]["resourceVersion"] = (10 * i + 1).to_string().into();
        story.observe(&written);
        assert!(story.next().is_none());
        story.now += STALE;
        let order = story.next().expect("its replacement");
        let Action::Delete { version } = &order.action else { panic!("{order:?}") };
        assert_eq!(version.as_deref(), Some((10 * i + 1).to_string().as_str()));
        story.done(&order, Outcome::Deleted);
        story.now += LOOK;
        assert!(story.next().is_none(), "it is deleted once");
        story.keeper.forget(&order.uid);
    }
    story.observe(&pod("p4", 9));
    let (order, reason) = story.leave();
    assert!(reason.contains("refused"));
    let Action::Leave { patch, .. } = &order.action else { unreachable!() };
    assert_eq!(patch["metadata"]["annotations"], Value::Null, "kube-scheduler says why");
}

#[test]
fn a_pin_to_a_node_that_is_gone_is_replaced() {
    let mut story = Story::new(&[("n1", "8")]);
    story.placed(&pod("p", 1), 10);
    story.keeper.forget_node("n1");
    assert!(story.next().is_none());
    story.now += GONE;
    story.next();
    story.now += GONE;
    assert!(matches!(story.next().expect("its replacement").action, Action::Delete { .. }));
}

#[test]
fn a_pod_that_nothing_replaces_is_not_deleted() {
    let mut story = Story::new(&[("n1", "8")]);
    let mut alone = pod("p", 1);
    alone["metadata"]["ownerReferences"] = json!([]);
    story.placed(&alone, 10);
    story.keeper.forget_node("n1");
    story.next();
    story.now += 2 * GONE;
    assert!(story.next().is_none());
}

impl Story {
    /// Whether a pod is replaced that its node does not take.
    fn replaces(&mut self, pod: Value) -> bool {
        self.observe(&refused(pod, 900));
        self.next();
        self.now += STALE + LOOK;
        self.next().is_some_and(|order| matches!(order.action, Action::Delete { .. }))
    }
}

#[test]
fn only_pods_of_our_namespaces_that_we_gave_their_node_are_replaced() {
    let (_, pinned) = Story::new(&[("n1", "8")]).placed(&pod("p", 1), 10);
    let story = || Story::new(&[("n1", "8")]);
    assert!(story().replaces(pinned.clone()));

    let mut elsewhere = story();
    elsewhere.keeper.scopes = vec!["other".to_owned()];
    assert!(!elsewhere.replaces(pinned.clone()), "another operator's");

    let mut foreign = pinned.clone();
    foreign["metadata"]["annotations"].as_object_mut().unwrap().remove(labels::PINNED);
    assert!(!story().replaces(foreign.clone()), "somebody else has chosen its node");
    foreign["metadata"]["annotations"][labels::PINNED] = "n2".into();
    assert!(!story().replaces(foreign), "somebody else has chosen its node since");

    let mut daemon = pinned;
    daemon["metadata"]["ownerReferences"][0]["kind"] = "DaemonSet".into();
    assert!(!story().replaces(daemon), "the next one would be the same");
}

#[test]
fn a_deletion_that_was_refused_is_tried_again_after_minutes() {
    let mut story = Story::new(&[("n1", "8")]);
    let (_, written) = story.placed(&pod("p", 1), 10);
    story.observe(&refused(written, 11));
    story.now += STALE;
    let order = story.next().expect("its replacement");
    story.done(&order, Outcome::Refused);
    story.now += DROPPED - LOOK;
    assert!(story.next().is_none());
    story.now += LOOK;
    assert!(matches!(story.next().expect("once more").action, Action::Delete { .. }));
}

#[test]
fn refusals_count_until_a_node_takes_what_it_is_given() {
    let mut story = Story::new(&[("n1", "8")]);
    for i in 1..=2 * u64::from(REFUSALS) {
        let (_, written) = story.placed(&pod(&format!("p{i}"), i), 20 * i);
        story.observe(&refused(written, 20 * i + 1));
        story.now += STALE;
        let order = story.next().expect("its replacement");
        story.done(&order, Outcome::Deleted);
        story.keeper.forget(&order.uid);
        story.now += LOOK;
        let (_, mut bound) = story.placed(&pod(&format!("q{i}"), i), 20 * i + 2);
        bound["spec"]["nodeName"] = "n1".into();
        bound["metadata"]["resourceVersion"] = (20 * i + 3).to_string().into();
        story.observe(&bound);
        story.keeper.forget(&format!("q{i}"));
    }
}

#[test]
fn many_pods_are_replaced_a_few_at_a_time() {
    let nodes = [("n1", "64"), ("n2", "64")];
    let mut story = Story::new(&nodes);
    for i in 1..=10 {
        story.placed(&pod(&format!("p{i}"), i), 100 + i);
    }
    for (name, _) in nodes {
        story.keeper.forget_node(name);
    }
    story.now += LOOK;
    assert!(story.next().is_none());
    story.now += GONE;
    let mut replaced = Vec::new();
    for _ in 0..3 {
        replaced.push(std::iter::from_fn(|| story.next()).count());
        story.now += LOOK;
    }
    assert_eq!(replaced, [DROPS, DROPS, 10 - 2 * DROPS]);
}
