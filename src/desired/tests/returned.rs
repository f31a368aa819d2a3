//! What comes back after a failure, and what it needs.

use super::failure::{breaker, failing, ids, rolled_back, stuck};
use super::*;
use crate::rollout::trouble::{Container, Trouble};

/// The same world, whose tasks are not healthy and have ended so often.
fn crashing(mut world: World, ends: i32) -> World {
    let container = Container { name: "app".to_owned(), ends, ran: 3, ..Container::default() };
    let trouble = Trouble { containers: vec![container], was_ready: true, ..Trouble::default() };
    for task in &mut world.tasks {
        task.trouble = Some(Box::new(trouble.clone()));
    }
    world.workloads[0].available = 0;
    world
}

#[test]
fn what_tasks_suffered_before_their_deployment_came_back_does_not_end_it() {
    let mut world = rolled_back();
    let came_back: jiff::Timestamp =
        world.recorded.last().expect("a record").created_at.parse().expect("a time");
    for task in &mut world.tasks {
        task.created_at = Some(came_back - jiff::SignedDuration::from_hours(300));
    }
    let mut world = crashing(world, 6);
    let desired = service(&world);
    assert!(!desired.stopped && desired.rolled_back);
    world.status = outcome(&world, &desired).status;
    assert_eq!(world.status.deployments[0].rollout_state, RolloutState::InProgress);
    assert!(!service(&world).stopped, "nor later");
    assert!(service(&crashing(world, 8)).stopped, "what they suffer from then on does");
}

#[test]
fn what_was_counted_of_a_deployment_when_it_was_new_is_not_counted_when_it_comes_back() {
    let mut world = failing(breaker(true), 3);
    let (old, _) = ids(&world);
    world.recorded.extend(service(&world).record);
    // No status was written since the old one was complete.
    world.status.failures =
        Some(Failures { deployment_id: old.clone(), failed_tasks: 2, ..Failures::default() });
    world.tasks = vec![stuck(0, &old)];
    let desired = service(&world);
    assert_eq!((desired.stopped, desired.failures.failed_tasks), (false, 1));
}

#[test]
fn a_service_that_was_rolled_back_uses_what_it_names_and_what_runs() {
    let desired = service(&rolled_back());
    assert_eq!(desired.prune, Prune::All, "others are let go of");
    assert_eq!(desired.uses_revisions, ["web-2", "web-1"]);
}

#[test]
fn a_service_that_is_refused_uses_what_it_names_and_what_runs() {
    let mut world = steady();
    world.revisions.push(revision(2, "web:2"));
    world.spec["loadBalancers"] =
        json!([{ "targetGroupArn": "arn:x", "containerName": "nobody", "containerPort": 80 }]);
    let desired = service(&world);
    assert_eq!(desired.prune, Prune::All, "others are let go of");
    assert_eq!(desired.uses_revisions, ["web-2", "web-1"]);
}
