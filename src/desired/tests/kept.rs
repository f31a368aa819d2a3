//! What is not lost when a status was not written, a record is gone, or another release runs.

use super::failure::{breaker, failing, ids, rolled_back};
use super::*;

fn names<'a>(outcome: &'a Outcome, reason: &str) -> Vec<&'a str> {
    let events = outcome.events.iter().filter(|event| event.reason == reason);
    events.map(|event| event.name.as_str()).collect()
}

/// Names of the events that tell of started and of stopped tasks.
fn counted(outcome: &Outcome) -> impl Iterator<Item = String> {
    ["ServiceTaskStarted", "ServiceTaskStopped"]
        .into_iter()
        .flat_map(|reason| names(outcome, reason))
        .map(str::to_owned)
}

#[test]
fn a_deployment_that_is_complete_is_what_comes_back_though_no_status_says_so() {
    let start = world(replica(2));
    let mut world = carried_out(start.clone(), &service(&start));
    let first = world.recorded[0].id.clone();
    world.revisions.push(revision(2, "web:2"));
    let completed = |world: &World| service(world).record.expect("a record").completed;
    assert_eq!(completed(&world), Some(first.clone()));

    let not_complete: [fn(&mut World); 4] = [
        |world| world.workloads[0].available = 1,
        |world| world.workloads.clear(),
        |world| world.tasks[0].deployment_id = "older".to_owned(),
        |world| world.workloads[0].failed = Some(world.recorded[0].id.clone()),
    ];
    for change in not_complete {
        let mut world = world.clone();
        change(&mut world);
        assert_eq!(completed(&world), None);
    }
}

#[test]
fn a_service_that_was_rolled_back_says_so_once_however_its_count_changes() {
    let mut world = rolled_back();
    world.status = outcome(&world, &service(&world)).status;
    for count in [5, 3, 6] {
        world.spec["kubernetes"]["scaledCount"] = count.into();
        let scaling = outcome(&world, &service(&world));
        assert_eq!(condition(&scaling, types::STALLED), ("True", reasons::ROLLED_BACK));
        assert!(scaling.events.iter().all(|event| !event.warning), "{:?}", scaling.events);
        world.status = scaling.status;
    }
}

#[test]
fn failed_tasks_are_those_of_the_deployment_that_is_given_up() {
    let world = failing(breaker(true), 3);
    let told = outcome(&world, &service(&world));
    let counts: Vec<_> = told.status.deployments.iter().map(|d| d.failed_tasks).collect();
    assert_eq!(counts, [0, 3]);
}

#[test]
fn why_a_deployment_failed_is_told_though_the_pass_that_gave_it_up_came_to_no_status() {
    let mut world = failing(breaker(true), 3);
    let (_, new) = ids(&world);
    let first = service(&world);
    let told = outcome(&world, &first);
    world.recorded.extend(first.record);
    world.tasks.retain(|task| task.deployment_id != new);
    let again = outcome(&world, &service(&world));
    let failed = again.status.failed_deployment.clone().expect("the failed deployment");
    assert_eq!(Some(&failed), told.status.failed_deployment.as_ref());
    assert!(failed.failed_tasks == 3 && failed.reason.starts_with("CannotPull"), "{failed:?}");
    assert_eq!(names(&again, "TaskFailed").len(), 1);
    assert_eq!(names(&again, "TaskFailed"), names(&told, "TaskFailed"), "one event, whoever tells it");

    world.status = again.status;
    assert!(names(&outcome(&world, &service(&world)), "TaskFailed").is_empty(), "once");
}

#[test]
fn how_many_tasks_failed_is_known_though_the_pass_that_stopped_a_deployment_came_to_no_status() {
    let mut world = failing(breaker(false), 3);
    let stopped = deployment(&service(&world));
    let mut live = stopped.clone();
    live["status"] = json!({ "observedGeneration": 1, "replicas": 2 });
    world.workloads = Workload::of(&live).into_iter().collect();
    for status in [world.status.clone(), EcsServiceStatus::default()] {
        world.status = status;
        let desired = service(&world);
        assert_eq!(deployment(&desired)["metadata"]["annotations"], stopped["metadata"]["annotations"]);
        let told = outcome(&world, &desired).status;
        let failed = told.failed_deployment.expect("the failed deployment");
        assert_eq!((failed.failed_tasks, told.deployments[0].failed_tasks), (3, 3));
        assert!(failed.reason.starts_with("CannotPull"), "{failed:?}");
    }
}

#[test]
fn a_child_that_is_held_and_whose_record_is_gone_is_left_as_it_is() {
    let mut spec = replica(1);
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 50, "maximumPercent": 100 });
    let start = world(spec);
    let mut world = carried_out(start.clone(), &service(&start));
    world.recorded.clear();
    world.revisions.push(revision(2, "web:2"));
    let desired = service(&world);
    assert!(desired.objects.iter().all(|o| o.kind().kind != "Deployment"));
    assert_eq!((desired.held, desired.prune), (vec!["web".to_owned()], Prune::Nothing));
}

#[test]
fn a_task_that_is_replaced_for_ever_is_told_once_a_minute() {
    let mut world = steady();
    let task = world.tasks[1].clone();
    let mut told = std::collections::BTreeSet::new();
    for _ in 0..60 {
        for gone in [true, false] {
            world.now += jiff::SignedDuration::from_secs(5);
            world.tasks.truncate(1);
            world.tasks.extend((!gone).then(|| task.clone()));
            let outcome = outcome(&world, &service(&world));
            told.extend(counted(&outcome));
            world.status = outcome.status;
        }
    }
    assert!((10..=22).contains(&told.len()), "{}", told.len());
}

#[test]
fn tasks_that_come_and_go_in_great_numbers_are_a_few_events_a_minute_also_during_a_deployment() {
    let start = world(replica(1000));
    let mut world = carried_out(start.clone(), &service(&start));
    world.workloads[0].available = 0;
    let tasks = world.tasks.clone();
    let mut told = std::collections::BTreeSet::new();
    for pass in 0..300 {
        world.now += jiff::SignedDuration::from_millis(400);
        world.tasks = tasks[..500 + pass * 379 % 500].to_vec();
        let outcome = outcome(&world, &service(&world));
        assert_eq!(outcome.status.deployments[0].rollout_state, RolloutState::InProgress);
        told.extend(counted(&outcome));
        world.status = outcome.status;
    }
    assert!((10..=60).contains(&told.len()), "{}", told.len());
}

#[test]
fn tasks_of_a_deployment_that_comes_back_are_told_as_those_of_another_one() {
    let mut world = rolled_back();
    let first = world.recorded[0].clone();
    world.status = EcsServiceStatus::default();
    let back = names(&outcome(&world, &service(&world)), "ServiceTaskStarted").concat();
    world.recorded = vec![first];
    assert_ne!(names(&outcome(&world, &service(&world)), "ServiceTaskStarted").concat(), back);
}

#[test]
fn a_long_error_is_told_once() {
    let mut world = steady();
    world.spec["taskDefinition"] = format!("web:{}", "ö".repeat(1000)).into();
    let first = outcome(&world, &service(&world));
    assert_eq!(names(&first, reasons::INVALID).len(), 1);
    world.status = first.status;
    world.now += jiff::SignedDuration::from_secs(60);
    let again = outcome(&world, &service(&world));
    assert_eq!((again.events, again.status), (vec![], world.status));
}
