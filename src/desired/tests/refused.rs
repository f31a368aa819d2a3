//! What is decided while the API server refuses to record anything.

use super::failure::{breaker, failing, ids};
use super::*;
use crate::api::TaskDefinitionStatus;
use crate::desired::family::{FamilyWorld, family};

fn refusal(object: &str) -> Refusal {
    Refusal { object: object.to_owned(), message: "exceeded quota: records".to_owned(), foreign: false }
}

fn told(world: &World) -> Outcome {
    let refused = vec![refusal("ControllerRevision web-d-1")];
    let observed = Observed { workloads: world.workloads.clone(), refused };
    status::service(world, &service(world), &observed)
}

fn message(outcome: &Outcome, type_: &str) -> String {
    let mut found = outcome.status.conditions.iter();
    found.find(|condition| condition.type_ == type_).expect("the condition").message.clone()
}

#[test]
fn what_cannot_be_recorded_starts_nothing_and_what_runs_goes_on_with_its_count() {
    let mut world = steady();
    let id = world.recorded[0].id.clone();
    world.revisions.push(revision(2, "web:2"));
    world.spec["kubernetes"]["scaledCount"] = 5.into();
    assert!(service(&world).record.is_some(), "a deployment is asked for");
    world.unrecordable = true;
    let desired = service(&world);
    assert_eq!((desired.record.clone(), desired.uses_revisions.clone()), (None, vec!["web-1".to_owned()]));
    let object = deployment(&desired);
    assert_eq!((template_id(&object), &object["spec"]["replicas"]), (id.as_str(), &json!(5)));
    let told = told(&world);
    assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::API_ERROR));
    assert_eq!(message(&told, types::RECONCILING), "ControllerRevision web-d-1: exceeded quota: records");
    let listed: Vec<_> = told.status.deployments.iter().map(|d| (d.id.as_str(), d.desired_count)).collect();
    assert_eq!(listed, [(id.as_str(), 5)]);
}

#[test]
fn a_first_deployment_that_cannot_be_recorded_makes_nothing() {
    let mut world = world(replica(2));
    world.unrecordable = true;
    let desired = service(&world);
    assert_eq!((desired.record.clone(), desired.objects.len(), desired.prune), (None, 0, Prune::Nothing));
    assert_eq!(desired.scaled_count, Some(2));
    assert_eq!(condition(&told(&world), types::READY), ("False", reasons::API_ERROR));
}

#[test]
fn a_rollback_that_cannot_be_recorded_stops_the_deployment_and_is_made_up_for() {
    let mut world = failing(breaker(true), 3);
    let (old, new) = ids(&world);
    world.unrecordable = true;
    let desired = service(&world);
    assert!(desired.stopped && desired.record.is_none() && !desired.rolled_back);
    let mut live = deployment(&desired);
    assert_eq!((template_id(&live), &live["spec"]["paused"]), (new.as_str(), &json!(true)));
    let told = told(&world);
    assert_eq!(told.status.deployments[0].rollout_state, RolloutState::Failed);

    // It is tried again, whatever is left of it by then.
    live["status"] = json!({ "observedGeneration": 1, "replicas": 2 });
    world.workloads = Workload::of(&live).into_iter().collect();
    world.tasks.retain(|task| task.deployment_id == old);
    world.status = told.status;
    world.unrecordable = false;
    let back = service(&world).record.expect("a record");
    let rollback = back.rollback.as_ref().expect("a rollback");
    assert_eq!((back.deployment_id(), rollback.failed_tasks), (old.as_str(), 3));
    assert!(rollback.reason.starts_with("CannotPull"), "{rollback:?}");
    world.recorded.push(back);
    assert_eq!(template_id(&deployment(&service(&world))), old);
}

#[test]
fn a_deployment_that_began_without_rollback_stays_stopped_when_that_is_asked_for_later() {
    let mut world = failing(breaker(false), 3);
    world.status = outcome(&world, &service(&world)).status;
    world.spec["deploymentConfiguration"] = breaker(true);
    let desired = service(&world);
    assert!(desired.stopped && desired.record.is_none());
}

#[test]
fn a_revision_that_cannot_be_registered_is_not_said_to_be() {
    let mut world = FamilyWorld {
        name: "web".to_owned(),
        uid: "uid-2".to_owned(),
        generation: 2,
        spec: revision(2, "web:2").spec,
        status: TaskDefinitionStatus::default(),
        known: vec![revision(1, "web:1")],
        older_namesake: None,
        refused: None,
        context: Context { name: "web".to_owned(), namespace: "default".to_owned(), ..Context::default() },
        now: "2026-01-01T00:00:00Z".parse().expect("a time"),
    };
    assert_eq!(family(&world).register.map(|revision| revision.revision), Some(2));
    world.refused = Some(refusal("ControllerRevision web-2"));
    let desired = family(&world);
    assert_eq!((desired.register, desired.status.task_definition.as_deref()), (None, Some("web:1")));
    let ready = desired.status.conditions.iter().find(|c| c.type_ == types::READY).expect("the condition");
    assert_eq!((ready.status.as_str(), ready.reason.as_str()), ("False", reasons::API_ERROR));
    assert_eq!(ready.message, "ControllerRevision web-2: exceeded quota: records");
}
