//! Deployments that fail.

use super::*;
use crate::rollout::trouble::{Container, Stuck, Trouble};

pub(super) fn breaker(rollback: bool) -> Value {
    json!({ "deploymentCircuitBreaker": { "enable": true, "rollback": rollback } })
}

/// A task whose image cannot be pulled.
pub(super) fn stuck(uid: usize, deployment: &str) -> Task {
    let words = "Back-off pulling image \"web:2\": not found".to_owned();
    let container = Container {
        name: "app".to_owned(),
        image: "web:2".to_owned(),
        stuck: Some((Stuck::Pull, words)),
        backs_off: true,
        ..Container::default()
    };
    Task {
        name: format!("web-{uid}"),
        uid: format!("{uid:08}-0000"),
        provider: "none".to_owned(),
        deployment_id: deployment.to_owned(),
        state: TaskState::Failing,
        trouble: Some(Box::new(Trouble { containers: vec![container], ..Trouble::default() })),
        ..Task::default()
    }
}

/// A steady service, whose next deployment has begun and has as many failing tasks beside the running ones.
pub(super) fn failing(configuration: Value, tasks: usize) -> World {
    let mut start = world(replica(2));
    start.spec["deploymentConfiguration"] = configuration;
    let mut world = carried_out(start.clone(), &service(&start));
    world.status = outcome(&world, &service(&world)).status;
    let running = world.tasks.clone();
    world.revisions.push(revision(2, "web:2"));
    let begun = service(&world);
    world = carried_out(world.clone(), &begun);
    let new = begun.record.expect("a record").id;
    world.tasks = running;
    world.tasks.extend((0..tasks).map(|n| stuck(n, &new)));
    for workload in &mut world.workloads {
        workload.updated = 0;
        workload.available = 0;
    }
    world
}

pub(super) fn ids(world: &World) -> (String, String) {
    (world.recorded[0].id.clone(), world.recorded[1].id.clone())
}

fn messages(outcome: &Outcome) -> Vec<&str> {
    outcome.events.iter().map(|event| event.message.as_str()).collect()
}

#[test]
fn tasks_that_cannot_start_are_pending_and_counted_as_failed() {
    let world = failing(json!({}), 2);
    let told = outcome(&world, &service(&world));
    assert_eq!((told.status.running_count, told.status.pending_count), (2, 2));
    assert_eq!(told.status.deployments[0].failed_tasks, 2);
    assert_eq!(told.status.deployments[0].rollout_state, RolloutState::InProgress);
    assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::TASKS_FAILING));
}

#[test]
fn a_failed_deployment_gives_way_to_the_last_completed_one_whose_tasks_stay() {
    let world = failing(breaker(true), 3);
    let (old, new) = ids(&world);
    let desired = service(&world);
    let record = desired.record.clone().expect("the rollback is recorded");
    assert_eq!((record.deployment_id(), record.counter), (old.as_str(), 2));
    assert_eq!(template_id(&deployment(&desired)), old, "the same pods, not new ones of the same kind");
    assert_eq!(deployment(&desired)["spec"]["paused"], Value::Null);
    let told = outcome(&world, &desired);
    let listed: Vec<_> =
        told.status.deployments.iter().map(|d| (d.id.as_str(), d.status, d.rollout_state)).collect();
    assert_eq!(
        listed,
        [
            (old.as_str(), DeploymentStatus::Primary, RolloutState::InProgress),
            (new.as_str(), DeploymentStatus::Active, RolloutState::Failed),
        ]
    );
    let reason = &told.status.deployments[0].rollout_state_reason;
    assert_eq!(*reason, format!("ECS deployment circuit breaker: rolling back to deploymentId {old}."));
    let reason = &told.status.deployments[1].rollout_state_reason;
    assert_eq!(reason, "ECS deployment circuit breaker: task failed to start.");
    assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::ROLLING_BACK));
    let failed = told.status.failed_deployment.as_ref().expect("the failed deployment");
    assert_eq!((failed.id.as_str(), failed.failed_tasks), (new.as_str(), 3));
    assert!(failed.reason.starts_with("CannotPullContainerError: pull image web:2"), "{failed:?}");
    let event = format!("(service web) (deployment {new}) deployment failed: tasks failed to start.");
    assert!(messages(&told).contains(&event.as_str()), "{:?}", messages(&told));
}

#[test]
fn a_rollback_happens_once_whatever_is_lost_on_the_way() {
    let mut world = failing(breaker(true), 3);
    let (old, _) = ids(&world);
    let first = service(&world);
    let told = outcome(&world, &first);
    // The operator ended right after the record, or after the event, or the status was wiped.
    world.recorded.extend(first.record.clone());
    for status in [world.status.clone(), told.status, EcsServiceStatus::default()] {
        let mut world = world.clone();
        world.status = status;
        let again = service(&world);
        assert_eq!(again.record, None);
        assert_eq!(template_id(&deployment(&again)), old);
    }
    let events = outcome(&world, &service(&world)).events;
    assert_eq!(events.iter().filter(|e| e.reason == "ServiceDeploymentFailed").count(), 1);
}

/// The world after a rollback that is complete.
pub(super) fn rolled_back() -> World {
    let world = failing(breaker(true), 3);
    let desired = service(&world);
    let status = outcome(&world, &desired).status;
    let mut world = carried_out(world, &desired);
    world.status = status;
    world
}

#[test]
fn a_rollback_that_is_complete_says_what_has_failed_and_stays() {
    let mut world = rolled_back();
    let (old, new) = ids(&world);
    let told = outcome(&world, &service(&world));
    assert_eq!(told.status.deployments.len(), 1);
    assert_eq!(told.status.deployments[0].rollout_state, RolloutState::Completed);
    assert_eq!(condition(&told, types::STALLED), ("True", reasons::ROLLED_BACK));
    let steady = "(service web) has reached a steady state.";
    assert!(messages(&told).contains(&steady), "{:?}", messages(&told));
    let stalled = told.status.conditions.iter().find(|c| c.type_ == types::STALLED).expect("the condition");
    assert!(stalled.message.contains(&new) && stalled.message.contains("CannotPull"), "{}", stalled.message);

    world.status = told.status;
    let later = service(&world);
    world.status = outcome(&world, &later).status;
    world.now += jiff::SignedDuration::from_secs(3600);
    let later = service(&world);
    assert_eq!((later.record.clone(), template_id(&deployment(&later))), (None, old.as_str()));
    let quiet = outcome(&world, &later);
    assert_eq!((quiet.status, quiet.events), (world.status, vec![]));
}

#[test]
fn what_has_failed_is_tried_again_when_forced_and_not_before() {
    let mut world = rolled_back();
    world.status = outcome(&world, &service(&world)).status;
    world.spec["tags"] = json!([{ "key": "a", "value": "b" }]);
    assert_eq!(service(&world).record, None);
    world.spec["kubernetes"]["forceNewDeployment"] = "again".into();
    let desired = service(&world);
    let record = desired.record.clone().expect("a record");
    assert_eq!((record.inputs.revision, record.counter), (2, 3));
    assert_eq!(record.completed, Some(world.recorded[0].id.clone()), "it may be rolled back, too");
    assert_eq!(outcome(&world, &desired).status.failed_deployment, None);
}

#[test]
fn a_definition_that_goes_back_to_what_came_back_is_content() {
    let mut world = rolled_back();
    world.status = outcome(&world, &service(&world)).status;
    world.spec["taskDefinition"] = "web:1".into();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::READY), ("True", reasons::STEADY_STATE));
    assert_eq!(told.status.failed_deployment, None);

    // Whoever asks for the other one again after that wants to see it tried, as on ECS; a lost status is no such wish.
    let wiped = World { status: EcsServiceStatus::default(), ..world.clone() };
    for (mut world, tried) in [(World { status: told.status, ..world.clone() }, true), (wiped, false)] {
        world.spec["taskDefinition"] = "web:2".into();
        assert_eq!(service(&world).record.is_some(), tried);
    }
}

#[test]
fn a_daemon_whose_deployment_failed_stands_still() {
    let mut world =
        world(json!({ "serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON",
        "deploymentConfiguration": breaker(false) }));
    let first = service(&world);
    world.recorded.extend(first.record.clone());
    let id = world.recorded[0].id.clone();
    let object = |desired: &Desired| {
        let found = desired.objects.iter().find(|o| o.kind().kind == "DaemonSet");
        found.expect("a DaemonSet").to_value()
    };
    let mut live = object(&first);
    live["status"] = json!({ "observedGeneration": 1, "desiredNumberScheduled": 4 });
    world.workloads = Workload::of(&live).into_iter().collect();
    world.tasks = (0..3).map(|n| stuck(n, &id)).collect();
    let stopped = object(&service(&world));
    assert_eq!(stopped["spec"]["updateStrategy"], json!({ "type": "OnDelete" }));
}

#[test]
fn what_was_rolled_back_to_and_fails_stops() {
    let mut world = failing(breaker(true), 3);
    let (old, _) = ids(&world);
    world.recorded.extend(service(&world).record);
    world.tasks = (0..3).map(|n| stuck(n, &old)).collect();
    world.status = EcsServiceStatus::default();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    assert!(desired.stopped);
    assert_eq!(outcome(&world, &desired).status.deployments[0].rollout_state, RolloutState::Failed);
}

#[test]
fn without_rollback_a_failed_deployment_stands_still_and_says_so() {
    let mut world = failing(breaker(false), 3);
    let (_, new) = ids(&world);
    let desired = service(&world);
    assert_eq!(desired.record, None);
    let stopped = deployment(&desired);
    assert_eq!((stopped["spec"]["paused"].clone(), template_id(&stopped)), (json!(true), new.as_str()));
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::STALLED), ("True", reasons::DEPLOYMENT_FAILED));
    assert_eq!(told.status.deployments[0].rollout_state, RolloutState::Failed);

    let mut paused = world.clone();
    paused.status = told.status.clone();
    paused.spec["kubernetes"]["paused"] = true.into();
    let waits = outcome(&paused, &service(&paused)).status;
    assert_eq!(waits.deployments[0].rollout_state, RolloutState::Failed);
    assert_eq!(waits.failed_deployment, told.status.failed_deployment);

    // The pods are gone, and so is the status: the workload itself remembers.
    let mut live = stopped;
    live["status"] = json!({ "observedGeneration": 1, "replicas": 2 });
    world.workloads = Workload::of(&live).into_iter().collect();
    world.tasks.clear();
    for status in [told.status, EcsServiceStatus::default()] {
        world.status = status;
        assert!(service(&world).stopped);
    }
    world.revisions.push(revision(3, "web:3"));
    let next = service(&world);
    assert!(!next.stopped && next.record.is_some());
    assert_eq!(deployment(&next)["spec"]["paused"], Value::Null);
    assert_eq!(deployment(&next)["metadata"]["annotations"][labels::FAILED_DEPLOYMENT], Value::Null);
}

/// Two providers with one task each, 50/100: one task at a time.
fn two_providers() -> World {
    let mut spec = replica(2);
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 50, "maximumPercent": 100 });
    on_two_providers(spec)
}

#[test]
fn a_child_that_waits_for_another_is_not_blocked() {
    let mut world = two_providers();
    let old = world.recorded[0].id.clone();
    world.revisions.push(revision(2, "web:2"));
    let desired = service(&world);
    let ids: Vec<_> = desired
        .objects
        .iter()
        .filter(|o| o.kind().kind == "Deployment")
        .map(|o| template_id(&o.to_value()).to_owned())
        .collect();
    assert!(ids[0] != old && ids[1] == old, "{ids:?}");
    assert_eq!(desired.held, [""; 0]);
    assert_eq!(condition(&outcome(&world, &desired), types::RECONCILING).1, reasons::DEPLOYMENT_IN_PROGRESS);
}

#[test]
fn a_first_deployment_that_fails_has_nothing_to_come_back_to() {
    let mut start = world(replica(2));
    start.spec["deploymentConfiguration"] = breaker(true);
    let mut world = carried_out(start.clone(), &service(&start));
    let id = world.recorded[0].id.clone();
    world.tasks = (0..3).map(|n| stuck(n, &id)).collect();
    let desired = service(&world);
    assert!(desired.stopped && desired.record.is_none());
}

#[test]
fn a_completed_deployment_is_not_ended_however_its_tasks_fare() {
    let mut world = steady();
    world.spec["deploymentConfiguration"] = breaker(true);
    let id = world.recorded[0].id.clone();
    world.tasks = (0..9).map(|n| stuck(n, &id)).collect();
    let desired = service(&world);
    assert!(!desired.stopped && desired.record.is_none());
    let told = outcome(&world, &desired);
    let impaired = "(service web) is unable to consistently start tasks successfully.";
    assert!(messages(&told).contains(&impaired), "{:?}", messages(&told));
    world.status = told.status;
    assert_eq!(outcome(&world, &service(&world)).events, [], "once");
}

#[test]
fn one_task_that_cannot_start_ends_its_deployment_as_its_successors_would_on_ecs() {
    let mut world = failing(breaker(true), 1);
    let mut records = 0;
    for _ in 0..3 {
        let desired = service(&world);
        world.status = outcome(&world, &desired).status;
        records += usize::from(desired.record.is_some());
        world.now = desired.wake.unwrap_or(world.now);
    }
    assert_eq!(records, 1);
}

#[test]
fn ten_thousand_failing_pods_are_a_few_events_and_a_small_status() {
    let mut world = failing(json!({}), 10_000);
    for (n, task) in world.tasks.iter_mut().enumerate() {
        if let Some(trouble) = &mut task.trouble {
            trouble.unplaced = Some(format!("0/{n} nodes are available: {n} Insufficient cpu."));
        }
    }
    let mut created = 0;
    for _ in 0..3 {
        let told = outcome(&world, &service(&world));
        created += told.events.len();
        world.status = told.status;
        world.now += jiff::SignedDuration::from_secs(61);
    }
    assert!(created <= 5, "{created}");
    let size = serde_json::to_string(&world.status.failures).expect("JSON").len();
    assert!(size < 10_000, "{size}");
}

#[test]
fn refused_pods_are_told_once() {
    let mut world = failing(json!({}), 0);
    for (pod, used) in [("a", 1), ("b", 2)] {
        world.workloads[0].refusal = Some(format!(
            "pods \"web-{pod}\" is forbidden: exceeded quota: small, requested: pods=1, used: pods={used}, limited: pods=2"
        ));
        let told = outcome(&world, &service(&world));
        let refusals = told.events.iter().filter(|e| e.reason == "ServiceTaskPlacementFailure").count();
        assert_eq!(refusals, usize::from(pod == "a"));
        assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::UNABLE_TO_PLACE));
        world.status = told.status;
    }
}

#[test]
fn an_event_that_was_told_before_a_crash_is_not_told_with_another_count() {
    let world = failing(json!({}), 2);
    let names = |world: &World| {
        let events = outcome(world, &service(world)).events;
        let started = events.into_iter().filter(|e| e.reason == "ServiceTaskStarted");
        started.map(|e| e.name).collect::<Vec<_>>()
    };
    let mut later = world.clone();
    later.tasks.pop();
    assert_eq!(names(&world).len(), 1);
    assert_eq!(names(&world), names(&later));
}
