use serde_json::json;

use super::*;
use crate::api::labels;

const PATIENCE: Duration = Duration::from_secs(30);
/// When pods are made.
const CREATED: Timestamp = Timestamp::UNIX_EPOCH;

fn pod(uid: &str, gated: bool) -> PodView {
    let gates = if gated { json!([{"name": labels::PLACEMENT}]) } else { json!([]) };
    serde_json::from_value(json!({
        "metadata": {"name": uid, "namespace": "shop", "uid": uid, "creationTimestamp": CREATED.to_string()},
        "spec": {"containers": [], "schedulingGates": gates},
    }))
    .unwrap()
}

fn names(pods: &[PodView]) -> Vec<&str> {
    pods.iter().map(PodView::uid).collect()
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_overdue_when_it_has_waited_for_too_long_whatever_else_changes_about_it() {
    let gate = Gate::new(&[]);
    gate.observe(pod("a", true), PATIENCE, CREATED);
    tokio::time::advance(Duration::from_secs(20)).await;
    gate.observe(pod("a", true), PATIENCE, CREATED);
    gate.observe(pod("b", true), PATIENCE, CREATED);
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(names(&gate.overdue(Instant::now(), PATIENCE, 9)), ["a"]);
    assert!(gate.overdue(Instant::now(), PATIENCE, 9).is_empty(), "not twice at once");
    gate.observe(pod("b", false), PATIENCE, CREATED);
    gate.forget("a");
    assert_eq!(gate.due(), None);
}

#[tokio::test(start_paused = true)]
async fn a_list_says_who_does_not_wait_any_more_in_its_namespace() {
    let gate = Gate::new(&[]);
    gate.observe(pod("a", true), PATIENCE, CREATED);
    gate.retain("other", |_| false);
    assert!(gate.due().is_some());
    gate.retain("shop", |_| false);
    assert_eq!(gate.due(), None);
}

#[tokio::test(start_paused = true)]
async fn pods_are_gated_only_where_somebody_takes_the_gate_away() {
    let gate = Gate::new(&["shop".to_owned()]);
    assert!(!gate.accepts("shop"), "it is not known yet who waits");
    gate.retain("shop", |_| true);
    assert!(gate.accepts("shop") && !gate.accepts("other"));
    gate.distrust();
    assert!(!gate.accepts("shop"));
    tokio::time::advance(DISTRUST).await;
    assert!(gate.accepts("shop"));
    gate.close().await;
    assert!(!gate.accepts("shop"));
}

#[test]
fn of_several_namespaces_pods_are_gated_in_those_whose_pods_are_known() {
    let gate = Gate::new(&["shop".to_owned(), "bank".to_owned()]);
    gate.retain("shop", |_| true);
    assert!(gate.accepts("shop"));
    assert!(!gate.accepts("bank"), "nobody would see that it waits");
    gate.retain("bank", |_| true);
    assert!(gate.accepts("bank"));
}

/// What becomes of a pod that somebody has decided about.
fn decided(uid: &str, mark: &str) -> PodView {
    let mut pod = pod(uid, false);
    pod.0.metadata.annotations = Some([(mark.to_owned(), "x".to_owned())].into());
    pod
}

fn due_in(gate: &Gate) -> Option<Duration> {
    gate.due().map(|due| due.duration_since(Instant::now()))
}

#[tokio::test(start_paused = true)]
async fn what_a_pod_has_waited_already_counts_and_a_new_replica_gets_a_moment() {
    let gate = Gate::new(&[]);
    gate.observe(pod("a", true), PATIENCE, CREATED + Duration::from_secs(10));
    assert_eq!(due_in(&gate), Some(Duration::from_secs(20)));
    gate.observe(pod("b", true), PATIENCE, CREATED + Duration::from_secs(3600));
    assert_eq!(due_in(&gate), Some(GRACE));
    gate.forget("b");
    gate.forget("a");
    gate.observe(pod("c", true), PATIENCE, CREATED - Duration::from_secs(60));
    assert_eq!(due_in(&gate), Some(PATIENCE), "clocks differ");
}

#[tokio::test(start_paused = true)]
async fn pods_may_wait_for_longer_while_others_are_decided_about_but_not_for_ever() {
    for mark in [labels::PINNED, labels::UNPLACED] {
        let gate = Gate::new(&[]);
        gate.observe(pod("last", true), PATIENCE, CREATED);
        for turn in 0..15 {
            gate.observe(pod("first", true), PATIENCE, CREATED);
            tokio::time::advance(Duration::from_secs(20)).await;
            gate.observe(decided("first", mark), PATIENCE, CREATED);
            let overdue = gate.overdue(Instant::now(), PATIENCE, 9);
            assert_eq!(overdue.len(), usize::from(turn == 14), "{turn}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn that_nobody_decides_is_no_reason_to_wait_for_longer() {
    let gate = Gate::new(&[]);
    gate.observe(pod("a", true), PATIENCE, CREATED);
    gate.observe(pod("b", true), PATIENCE, CREATED);
    tokio::time::advance(Duration::from_secs(20)).await;
    gate.observe(pod("a", false), PATIENCE, CREATED);
    gate.observe(decided("c", labels::PINNED), PATIENCE, CREATED);
    assert_eq!(due_in(&gate), Some(Duration::from_secs(10)));
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_others_keep_waiting_has_time_and_is_known() {
    let gate = Gate::new(&[]);
    let mut both = pod("a", true);
    let gates = json!([{"name": "other"}, {"name": labels::PLACEMENT}]);
    both.0.spec.as_mut().unwrap().scheduling_gates = serde_json::from_value(gates).unwrap();
    gate.observe(both, PATIENCE, CREATED);
    assert_eq!((due_in(&gate), gate.is_awaited(), gate.rest().len()), (None, true, 1));
    gate.observe(pod("a", true), PATIENCE, CREATED + Duration::from_secs(3600));
    assert_eq!(due_in(&gate), Some(GRACE));
}
