//! Pods that are being created.

use super::*;

/// A pod that is none of ours, and takes nothing.
fn other(version: u64) -> Value {
    let metadata =
        json!({"name": "other", "namespace": "shop", "uid": "other", "resourceVersion": version.to_string()});
    json!({"metadata": metadata, "spec": {"containers": []}})
}

/// A pod that puts up with a taint.
fn tolerant(mut pod: Value, taint: &str) -> Value {
    pod["spec"]["tolerations"] = json!([{"key": taint, "operator": "Exists"}]);
    pod
}

#[test]
fn room_is_held_for_a_pod_that_is_being_created_until_it_is_there() {
    let mut story = Story::new(&[("a", "1"), ("b", "1")]);
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    story.observe(&arrived("r1", "web-1", "a", 2));
    assert_eq!(story.reserve("r2").as_deref(), Some("b"), "what was held is taken by the pod now");
    assert_eq!(story.reserve("r3"), None, "all is held or taken");
    story.keeper.forget("web-1");
    assert_eq!(story.reserve("r3").as_deref(), Some("a"));
}

#[test]
fn a_task_is_placed_when_it_has_come_with_its_node_and_only_once() {
    let mut story = Story::new(&[("a", "1")]);
    story.reserve("r1");
    let arrival = Arrival { namespace: "shop".to_owned(), name: "web-1".to_owned(), node: "a".to_owned() };
    assert_eq!(story.observe(&arrived("r1", "web-1", "a", 2)), Some(arrival));
    assert_eq!(story.observe(&arrived("r1", "web-1", "a", 3)), None);
    assert_eq!(story.observe(&other(4)), None);
    // One that somebody else has put there meanwhile.
    story.keeper.forget("web-1");
    story.reserve("r2");
    let mut elsewhere = arrived("r2", "web-2", "a", 5);
    elsewhere["metadata"]["annotations"][labels::PINNED] = "b".into();
    assert_eq!(story.observe(&elsewhere), None);
    assert_eq!(story.reserve("r3"), None, "it has its room all the same");
}

#[test]
fn room_that_nobody_comes_for_is_given_back_and_none_is_held_anew_before_pods_are_heard_of() {
    let mut story = Story::new(&[("a", "1")]);
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    assert_eq!(story.reserve("r2"), None);
    let end = story.keeper.due(story.now).unwrap();
    assert!(end > story.now);
    story.now = end;
    assert!(story.next().is_none());
    assert_eq!(story.reserve("r2"), None, "the pod may be there, and is not heard of");
    story.observe(&other(1));
    assert_eq!(story.reserve("r2").as_deref(), Some("a"));
    story.keeper.give_back("r2");
    story.keeper.give_back("r2");
    assert_eq!(story.reserve("r3").as_deref(), Some("a"));
}

#[test]
fn room_that_nobody_comes_for_is_given_to_who_has_waited_for_it() {
    let mut story = Story::new(&[("a", "1")]);
    story.reserve("r1");
    story.observe(&pod("late", 2));
    assert!(story.next().is_none());
    story.now += HOLD - Duration::from_millis(1);
    assert!(story.next().is_none());
    story.now = story.keeper.due(story.now).unwrap();
    let (order, node, _) = story.pin();
    assert_eq!((order.uid.as_str(), node.as_str()), ("late", "a"));
}

#[test]
fn a_pod_under_review_again_gives_back_what_the_first_review_held() {
    let mut story = Story::new(&[("a", "1")]);
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    let again = Newcomer::new(view(&arrived("r1", "web-1", "a", 1)), "shop", "r2");
    assert_eq!(story.ask(again).as_deref(), Some("a"));
}

#[test]
fn a_pod_that_waits_after_all_gives_back_what_the_first_review_held_as_soon_as_it_is_seen() {
    let mut story = Story::new(&[("a", "1")]);
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    // Another replica was asked the second time.
    let mut gated = arrived("r1", "web-1", "a", 2);
    Newcomer::new(view(&gated), "shop", "r2").gate(&mut gated);
    assert_eq!(story.observe(&gated), None);
    let (order, node, _) = story.pin();
    assert_eq!((order.uid.as_str(), node.as_str()), ("web-1", "a"));
}

#[test]
fn a_pod_that_is_being_created_does_not_overtake_those_that_wait() {
    let mut story = Story::new(&[("a", "2")]);
    story.observe(&pod("web-1", 1));
    assert_eq!(story.reserve("r1"), None);
    story.pin();
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
}

#[test]
fn no_node_is_given_while_nothing_is_heard_of_pods() {
    let mut story = Story::new(&[("a", "8")]);
    story.keeper.lose_pods();
    assert_eq!(story.reserve("r1"), None);
    story.observe(&other(1));
    assert_eq!(story.reserve("r1").as_deref(), Some("a"));
    story.keeper.lose_pods();
    story.keeper.list_pods();
    story.observe(&other(2));
    assert_eq!(story.reserve("r2"), None, "the list is not complete");
    story.keeper.pods_listed();
    assert_eq!(story.reserve("r2").as_deref(), Some("a"));
}

#[test]
fn no_reservation_ends_while_nothing_is_heard_of_pods() {
    let mut story = Story::new(&[("a", "1")]);
    story.reserve("r1");
    story.keeper.lose_pods();
    story.now += 10 * HOLD;
    assert!(story.next().is_none());
    assert!(story.keeper.due(story.now).is_none_or(|due| due > story.now), "nothing is due");
    // What has happened meanwhile is told now, one after the other.
    story.observe(&other(1));
    assert!(story.next().is_none());
    assert!(story.observe(&arrived("r1", "web-1", "a", 2)).is_some());
    assert_eq!(story.reserve("r2"), None, "its room is taken");
}

#[test]
fn a_review_that_is_called_like_a_pod_takes_nothing_away_from_it() {
    let mut story = Story::new(&[("a", "1")]);
    let mut first = pod("p", 1);
    let uid = "0aa3c5f4-7bd5-4d6f-8a2b-0123456789ab";
    first["metadata"]["uid"] = uid.into();
    story.bound(&first, 10);
    assert_eq!(story.reserve(uid), None, "there is no room");
    story.keeper.observe_node(node("b", "1"));
    assert_eq!(story.reserve(uid).as_deref(), Some("b"));
    assert_eq!(story.reserve(uid), None, "room is held for it already");
    story.keeper.give_back(uid);
    assert_eq!(story.reserve("r1").as_deref(), Some("b"));
    assert_eq!(story.reserve("r2"), None, "the pod is where it was");
}

#[test]
fn questions_are_answered_no_faster_than_pods_are_created() {
    let mut story = Story::new(&[("a", "1")]);
    story.bound(&pod("p", 1), 10);
    for number in 0..5_000 {
        assert_eq!(story.reserve(&number.to_string()), None);
    }
    story.keeper.observe_node(node("b", "1"));
    assert_eq!(story.reserve("r"), None, "too much was asked");
    story.now += Duration::from_millis(2);
    assert_eq!(story.reserve("r").as_deref(), Some("b"));
}

#[test]
fn who_does_not_wait_for_an_answer_gets_none() {
    let mut story = Story::new(&[("a", "1")]);
    story.reserve("r1");
    let again = Arc::new(Newcomer::new(view(&arrived("r1", "web-1", "a", 1)), "shop", "r2"));
    for _ in 0..5_000 {
        let (answer, answered) = oneshot::channel();
        drop(answered);
        story.keeper.answer(Asking { newcomer: Arc::clone(&again), answer }, story.now);
    }
    assert_eq!(
        story.reserve("r3").as_deref(),
        Some("a"),
        "what the first review held is given back, and no more"
    );
}

#[test]
fn rules_that_no_pod_was_seen_with_are_remembered_up_to_a_bound() {
    let mut story = Story::new(&[("a", "8")]);
    let mut asked = 0;
    let mut ask = |story: &mut Story, taint: &str| {
        asked += 1;
        story.now += Duration::from_millis(2);
        let (mut pod, review) = (tolerant(pod("web", 1), taint), format!("r{asked}"));
        pod["spec"].as_object_mut().unwrap().remove("schedulingGates");
        let node = story.ask(Newcomer::new(view(&pod), "shop", &review));
        story.keeper.give_back(&review);
        node.is_some()
    };
    assert!(!ask(&mut story, &"x".repeat(20_000)), "it is too long by itself");
    let long = |number: usize| format!("{number}{}", "x".repeat(15_000));
    let taken = (0..5_000).take_while(|&number| ask(&mut story, &long(number))).count();
    assert!((100..1_000).contains(&taken), "{taken}");
    assert!(ask(&mut story, &long(0)), "these are known");
    assert!(!ask(&mut story, "short"), "there is no more room for new ones");
    // Of a pod that is there they are known.
    story.placed(&tolerant(pod("p", 1), "short"), 10);
    assert!(ask(&mut story, "short"));
}
