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

/// A steady service of ten tasks, shared out equally between two providers.
fn shared() -> World {
    let mut spec = replica(10);
    spec["deploymentConfiguration"] = breaker(true);
    on_two_providers(spec)
}

/// How many tasks each child shall have.
fn shares(desired: &Desired) -> Vec<(String, i64)> {
    let children = desired.objects.iter().filter(|o| o.kind().kind == "Deployment").map(Object::to_value);
    let share = |child: Value| {
        let name = child["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        (name, child["spec"]["replicas"].as_i64().unwrap_or_default())
    };
    children.map(share).collect()
}

fn split(one: i64, two: i64) -> [(String, i64); 2] {
    [("web-one".to_owned(), one), ("web-two".to_owned(), two)]
}

#[test]
fn weights_that_needed_no_deployment_stay_in_force_while_the_definition_is_refused() {
    let mut world = shared();
    assert_eq!(shares(&service(&world)), split(5, 5));
    world.spec["capacityProviderStrategy"] = strategy(&[("one", 4), ("two", 1)]);
    // Tasks of one provider go when those of the other one serve.
    for _ in 0..2 {
        let desired = service(&world);
        assert_eq!(desired.record, None);
        world = carried_out(world, &desired);
    }
    assert_eq!(shares(&service(&world)), split(8, 2));

    let changes: [fn(&mut World); 6] = [
        |world| world.spec["propagateTags"] = "NOBODY".into(),
        |world| world.spec["taskDefinition"] = "web:9".into(),
        |world| world.spec["tags"] = json!("nonsense"),
        |world| {
            world.spec["deploymentConfiguration"] =
                json!({ "minimumHealthyPercent": 100, "maximumPercent": 100 });
        },
        |world| drop(world.providers.remove("one")),
        |world| {
            world.spec["capacityProviderStrategy"] = strategy(&[("one", 4), ("two", 1), ("three", 5)]);
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut world = world.clone();
        change(&mut world);
        let desired = service(&world);
        let refused = desired.findings.iter().any(Finding::is_error) || desired.waiting.is_some();
        assert!(refused && desired.record.is_none(), "{number}: {:?}", desired.findings);
        assert_eq!(shares(&desired), split(8, 2), "{number}");
    }
}

#[test]
fn weights_that_are_refused_are_not_taken_over() {
    for weight in [json!("many"), json!(100_000)] {
        let mut world = shared();
        world.spec["capacityProviderStrategy"] = strategy(&[("one", 4), ("two", 1)]);
        world.spec["capacityProviderStrategy"][0]["weight"] = weight;
        assert_eq!(shares(&service(&world)), split(5, 5));
    }
}

#[test]
fn what_failed_with_other_providers_gives_no_weights_to_what_comes_back() {
    let mut world = shared();
    world.providers.insert("three".to_owned(), json!({ "name": "three" }));
    world.spec["capacityProviderStrategy"] = strategy(&[("one", 0), ("two", 1), ("three", 9)]);
    let begun = service(&world).record.expect("a record");
    world.tasks.extend((0..5).map(|n| stuck(n, &begun.id)));
    world.recorded.push(begun);
    let desired = service(&world);
    assert!(desired.rolled_back);
    assert_eq!(shares(&desired), split(5, 5));
}
