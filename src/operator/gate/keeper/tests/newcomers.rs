//! Pods that are being created.

use super::*;

#[test]
fn room_is_held_for_a_pod_that_is_being_created_until_it_is_there() {
    let mut story = Story::new(&[("a", "1"), ("b", "1")]);
    let reserve = |story: &mut Story, review: &str| story.keeper.reserve(&newcomer(review), story.now);
    assert_eq!(reserve(&mut story, "r1").as_deref(), Some("a"));
    story.observe(&arrived("r1", "web-1", "a", 2));
    assert_eq!(reserve(&mut story, "r2").as_deref(), Some("b"), "what was held is taken by the pod now");
    assert_eq!(reserve(&mut story, "r3"), None, "all is held or taken");
    story.keeper.forget("web-1");
    assert_eq!(reserve(&mut story, "r3").as_deref(), Some("a"));
}

#[test]
fn room_that_nobody_comes_for_is_given_back() {
    let mut story = Story::new(&[("a", "1")]);
    let reserve = |story: &mut Story, review: &str| story.keeper.reserve(&newcomer(review), story.now);
    assert_eq!(reserve(&mut story, "r1").as_deref(), Some("a"));
    assert_eq!(reserve(&mut story, "r2"), None);
    let end = story.keeper.due(story.now).unwrap();
    assert!(end > story.now);
    story.now = end;
    assert!(story.keeper.next(end).is_none());
    assert_eq!(reserve(&mut story, "r2").as_deref(), Some("a"));
    story.keeper.give_back("r2");
    story.keeper.give_back("r2");
    assert_eq!(reserve(&mut story, "r3").as_deref(), Some("a"));
}

#[test]
fn a_pod_under_review_again_gives_back_what_the_first_review_held() {
    let mut story = Story::new(&[("a", "1")]);
    assert_eq!(story.keeper.reserve(&newcomer("r1"), story.now).as_deref(), Some("a"));
    let again = Newcomer::read(&arrived("r1", "web-1", "a", 1), "shop", "r2").unwrap();
    assert_eq!(story.keeper.reserve(&again, story.now).as_deref(), Some("a"));
}

#[test]
fn a_pod_that_is_being_created_does_not_overtake_those_that_wait() {
    let mut story = Story::new(&[("a", "2")]);
    story.observe(&pod("web-1", 1));
    assert_eq!(story.keeper.reserve(&newcomer("r1"), story.now), None);
    assert!(matches!(story.keeper.next(story.now).unwrap().action, Action::Pin { .. }));
    assert_eq!(story.keeper.reserve(&newcomer("r1"), story.now).as_deref(), Some("a"));
}
