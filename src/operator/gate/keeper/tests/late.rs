//! Pods that fit nowhere, and who was there before them.

use super::*;

/// A node of one task, which has been given to one; and another one that fits nowhere.
fn full() -> (Story, Value) {
    let mut story = Story::new(&[("n1", "1")]);
    let (_, written) = story.placed(&pod("p", 1), 10);
    story.observe(&pod("late", 2));
    assert!(story.next().is_none(), "it would have the room that p was given");
    assert_eq!(story.keeper.waiting(), 1);
    (story, written)
}

#[test]
fn a_pod_that_fits_nowhere_is_let_go_once_nothing_that_was_decided_before_is_on_its_way() {
    let changes: [fn(&mut Value); 3] = [
        |pod| pod["spec"]["nodeName"] = "n1".into(),
        |pod| *pod = refused(pod.take(), 11),
        |pod| pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into(),
    ];
    for change in changes {
        let (mut story, mut written) = full();
        written["metadata"]["resourceVersion"] = "11".into();
        change(&mut written);
        story.observe(&written);
        assert_eq!(story.leave().0.uid, "late");
    }
    let (mut story, _) = full();
    story.now += HOLD - Duration::from_millis(1);
    assert!(story.next().is_none());
    let due = story.keeper.due(story.now).unwrap();
    assert!(due <= story.now + Duration::from_millis(1));
    story.now = due;
    assert_eq!(story.leave().0.uid, "late", "it does not wait for ever");
}

#[test]
fn room_that_there_is_meanwhile_is_given_to_who_has_waited() {
    let (mut story, _) = full();
    story.keeper.forget("p");
    let (order, node, _) = story.pin();
    assert_eq!((order.uid.as_str(), node.as_str()), ("late", "n1"));
    assert!(story.next().is_none());
}

#[test]
fn who_waits_keeps_nobody_else_waiting() {
    let (mut story, _) = full();
    story.keeper.observe_node(node("n2", "64"));
    assert_eq!(story.placed(&pod("next", 3), 20).0, "n2");
    story.keeper.forget("late");
    story.now += HOLD;
    assert!(story.next().is_none(), "it is gone");
    assert_eq!(story.keeper.waiting(), 0);
}

#[test]
fn thousands_that_fit_nowhere_are_decided_about_twice_and_let_go_in_order() {
    let (mut story, mut written) = full();
    for i in 0..5_000 {
        story.observe(&pod(&format!("w{i}"), 3));
        assert!(story.next().is_none());
    }
    written["spec"]["nodeName"] = "n1".into();
    written["metadata"]["resourceVersion"] = "11".into();
    story.observe(&written);
    for i in 0..=5_000 {
        let (order, _) = story.leave();
        let expected = if i == 0 { "late".to_owned() } else { format!("w{}", i - 1) };
        assert_eq!(order.uid, expected);
        story.done(&order, Outcome::Gone);
    }
    assert!(story.next().is_none());
}

#[test]
fn no_task_comes_to_where_another_one_keeps_its_group_off() {
    let mut story = Story::new(&[("n1", "4")]);
    let mut apart = pod("p", 1);
    apart["metadata"]["labels"][labels::SERVICE] = "lonely".into();
    apart["spec"]["affinity"] = json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchExpressions": [{"key": labels::SERVICE, "operator": "In", "values": ["web"]}]},
    }]}});
    story.bound(&apart, 10);
    story.observe(&pod("q", 2));
    assert!(story.leave().1.contains("keeps service:web off"));
    // Also while it is being deleted: kube-scheduler waits until it is gone.
    apart["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    apart["metadata"]["resourceVersion"] = "13".into();
    apart["spec"]["nodeName"] = "n1".into();
    story.observe(&apart);
    story.observe(&pod("r", 3));
    story.leave();
    story.keeper.forget("p");
    assert_eq!(story.placed(&pod("s", 4), 20).0, "n1");
}

#[test]
fn what_is_held_for_a_pod_that_is_being_created_counts_from_then_on() {
    let mut story = Story::new(&[("a", "1")]);
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    story.observe(&pod("late", 2));
    assert!(story.next().is_none());
    let mut pinned = arrived("r1", "p", "a", 3);
    story.observe(&pinned);
    assert!(story.next().is_none(), "it is not there before kube-scheduler knows of it");
    pinned["spec"]["nodeName"] = "a".into();
    pinned["metadata"]["resourceVersion"] = "4".into();
    story.observe(&pinned);
    assert_eq!(story.leave().0.uid, "late");
}
