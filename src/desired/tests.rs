//! Stories of one service: what is decided as the world changes around it.

mod counts;
mod failure;
mod kept;
mod ports;
mod refused;
mod returned;
mod rivals;
mod rolling;
mod scaling;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::api::condition::{reasons, types};
use crate::api::ecs_service::{DeploymentStatus, RolloutState};
use crate::api::labels;
use crate::rollout::observed::TaskState;
use crate::status::{self, Outcome};

fn revision(number: i64, image: &str) -> TaskRevision {
    let spec = json!({
        "family": "web",
        "containerDefinitions": [{
            "name": "app", "image": image, "cpu": 128, "memory": 256,
            "portMappings": [{ "containerPort": 80 }],
        }],
    });
    let mut revision = TaskRevision::of(
        &format!("web-{number}"),
        number,
        &json!({ "family": "web", "hash": "h", "spec": spec }),
    )
    .expect("a revision");
    revision.active = true;
    revision
}

fn world(spec: Value) -> World {
    World {
        context: Context {
            name: "web".to_owned(),
            namespace: "default".to_owned(),
            iam: crate::iam::Settings::default(),
            default_architecture: "amd64".to_owned(),
            ..Context::default()
        },
        uid: "uid-1".to_owned(),
        generation: 1,
        spec,
        status: EcsServiceStatus::default(),
        older_namesake: None,
        revisions: vec![revision(1, "web:1")],
        providers: BTreeMap::new(),
        recorded: Vec::new(),
        unreadable_record: None,
        unrecordable: false,
        workloads: Vec::new(),
        tasks: Vec::new(),
        rivals: Vec::new(),
        now: "2026-01-01T00:00:00Z".parse().expect("a time"),
    }
}

fn replica(count: i32) -> Value {
    json!({ "serviceName": "web", "taskDefinition": "web", "desiredCount": count })
}

fn deployment(desired: &Desired) -> Value {
    let is_deployment = |o: &&Object| o.kind().kind == "Deployment";
    desired.objects.iter().find(is_deployment).expect("a Deployment").to_value()
}

fn template_id(object: &Value) -> &str {
    let labels = &object["spec"]["template"]["metadata"]["labels"];
    labels[labels::DEPLOYMENT_ID].as_str().unwrap_or_default()
}

/// The world after everything that was desired has been carried out, and its pods run.
fn carried_out(mut world: World, desired: &Desired) -> World {
    world.recorded.extend(desired.record.clone());
    world.generation += 1;
    world.now += jiff::SignedDuration::from_secs(60);
    if let Some(count) = desired.scaled_count {
        world.spec["kubernetes"]["scaledCount"] = count.into();
    }
    world.workloads.clear();
    world.tasks.clear();
    for object in desired.objects.iter().filter(|o| o.kind().kind == "Deployment") {
        let mut live = object.to_value();
        let replicas = live["spec"]["replicas"].clone();
        live["metadata"]["generation"] = 1.into();
        live["status"] = json!({
            "observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas,
        });
        for n in 0..replicas.as_i64().unwrap_or_default() {
            world.tasks.push(Task {
                name: format!("{}-{n}", live["metadata"]["name"]),
                uid: format!("{}{n:08}", template_id(&live)),
                provider: live["spec"]["selector"]["matchLabels"][labels::CAPACITY_PROVIDER]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                deployment_id: template_id(&live).to_owned(),
                state: TaskState::Running,
                ready_since: Some(world.now),
                ..Task::default()
            });
        }
        world.workloads.extend(Workload::of(&live));
    }
    world
}

fn outcome(world: &World, desired: &Desired) -> Outcome {
    let observed = Observed { workloads: world.workloads.clone(), refused: Vec::new() };
    status::service(world, desired, &observed)
}

/// A service of two tasks that has reached its steady state, and the status that says so.
fn steady() -> World {
    let start = world(replica(2));
    let desired = service(&start);
    let mut world = carried_out(start, &desired);
    let desired = service(&world);
    world.status = outcome(&world, &desired).status;
    world
}

fn strategy(weights: &[(&str, i32)]) -> Value {
    let item = |(name, weight): &(&str, i32)| json!({ "capacityProvider": name, "weight": weight });
    weights.iter().map(item).collect()
}

/// A service whose tasks are shared out equally between two providers of its own, in its steady state.
fn on_two_providers(mut spec: Value) -> World {
    spec["capacityProviderStrategy"] = strategy(&[("one", 1), ("two", 1)]);
    let mut start = world(spec);
    for name in ["one", "two"] {
        start.providers.insert(name.to_owned(), json!({ "name": name }));
    }
    let mut world = carried_out(start.clone(), &service(&start));
    world.status = outcome(&world, &service(&world)).status;
    world
}

/// A world of tasks as Fargate takes them, before anything is done.
fn on_fargate(spec: Value) -> World {
    let mut start = world(spec);
    for (member, value) in [("cpu", "256"), ("memory", "512"), ("networkMode", "awsvpc")] {
        start.revisions[0].spec[member] = value.into();
    }
    start
}

fn condition<'a>(outcome: &'a Outcome, type_: &str) -> (&'a str, &'a str) {
    let found = outcome.status.conditions.iter().find(|c| c.type_ == type_).expect("the condition");
    (found.status.as_str(), found.reason.as_str())
}

#[test]
fn the_first_deployment_is_recorded_and_labels_its_pods() {
    let desired = service(&world(replica(2)));
    let record = desired.record.as_ref().expect("a record");
    assert_eq!(desired.scaled_count, Some(2));
    assert_eq!(desired.uses_revisions, ["web-1"]);
    assert_eq!(template_id(&deployment(&desired)), record.id);
    assert_eq!(deployment(&desired)["spec"]["replicas"], 2);
}

#[test]
fn a_settled_service_wants_nothing_new_and_tells_nothing_twice() {
    let world = steady();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    assert_eq!(desired.scaled_count, None);
    let again = outcome(&world, &desired);
    assert_eq!(again.status, world.status);
    assert_eq!(again.events, []);
}

#[test]
fn a_steady_service_says_so_once_in_ecs_words() {
    let start = world(replica(2));
    let desired = service(&start);
    let settled = carried_out(start, &desired);
    let told = outcome(&settled, &service(&settled));
    assert_eq!(condition(&told, types::READY), ("True", reasons::STEADY_STATE));
    assert_eq!(told.status.deployments[0].rollout_state, RolloutState::Completed);
    let messages: Vec<&str> = told.events.iter().map(|e| e.message.as_str()).collect();
    assert!(messages.contains(&"(service web) has started 2 tasks."), "{messages:?}");
    assert!(messages.contains(&"(service web) has reached a steady state."), "{messages:?}");
}

#[test]
fn the_same_transition_has_the_same_event_name() {
    let start = world(replica(2));
    let settled = carried_out(start.clone(), &service(&start));
    let mut later = settled.clone();
    later.now += jiff::SignedDuration::from_secs(5);
    assert_eq!(outcome(&settled, &service(&settled)).events, outcome(&later, &service(&later)).events);
}

#[test]
fn a_new_revision_is_a_new_deployment_and_the_old_one_stays_listed_while_it_has_tasks() {
    let mut world = steady();
    let old = world.recorded[0].id.clone();
    world.revisions.push(revision(2, "web:2"));
    let desired = service(&world);
    let record = desired.record.clone().expect("a record");
    assert_eq!((record.counter, record.inputs.revision), (1, 2));
    assert_eq!(desired.prune, Prune::KeepRunning);
    let rolling = outcome(&world, &desired);
    let listed: Vec<_> = rolling.status.deployments.iter().map(|d| (d.id.as_str(), d.status)).collect();
    assert_eq!(
        listed,
        [(record.id.as_str(), DeploymentStatus::Primary), (old.as_str(), DeploymentStatus::Active)]
    );
    assert_eq!(condition(&rolling, types::RECONCILING), ("True", reasons::DEPLOYMENT_IN_PROGRESS));
}

#[test]
fn an_invalid_change_keeps_the_last_good_workload_and_its_count_still_follows() {
    let mut world = steady();
    let id = world.recorded[0].id.clone();
    world.spec["loadBalancers"] =
        json!([{ "targetGroupArn": "arn:x", "containerName": "nobody", "containerPort": 80 }]);
    world.spec["desiredCount"] = 4.into();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    assert_eq!(template_id(&deployment(&desired)), id);
    assert_eq!(deployment(&desired)["spec"]["replicas"], 4);
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::STALLED), ("True", reasons::INVALID));
    assert!(told.events.iter().any(|e| e.warning && e.message.contains("nobody")), "{:?}", told.events);
}

#[test]
fn a_member_that_cannot_be_read_is_not_taken_for_absent() {
    let mut world = steady();
    world.spec["deploymentConfiguration"] = json!({ "maximumPercent": {} , "minimumHealthyPercent": "many" });
    world.spec["launchType"] = "SOMEWHERE".into();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    assert_eq!(condition(&outcome(&world, &desired), types::STALLED), ("True", reasons::INVALID));
}

#[test]
fn a_missing_task_definition_is_waited_for_and_what_runs_is_kept() {
    let mut fresh = world(replica(1));
    fresh.revisions.clear();
    let desired = service(&fresh);
    assert_eq!(desired.waiting, Some(Waiting::TaskDefinition("web".to_owned())));
    assert_eq!((desired.objects, desired.prune), (Vec::new(), Prune::Nothing));

    let mut running = steady();
    running.revisions.clear();
    assert_eq!(template_id(&deployment(&service(&running))), running.recorded[0].id);
}

/// A steady service of two tasks on a capacity provider whose object is there.
fn steady_on_a_pool() -> World {
    let mut start = world(replica(2));
    start.spec["capacityProviderStrategy"] = json!([{ "capacityProvider": "Big_Pool", "weight": 1 }]);
    start.providers.insert("pool".to_owned(), pool("a"));
    let desired = service(&start);
    let mut world = carried_out(start, &desired);
    world.status = outcome(&world, &service(&world)).status;
    assert_eq!(service(&world).prune, Prune::All);
    world
}

fn pool(label: &str) -> Value {
    json!({ "name": "Big_Pool", "kubernetes": { "nodeSelector": { "pool": label } } })
}

#[test]
fn an_unknown_capacity_provider_is_waited_for() {
    let mut world = steady_on_a_pool();
    let pool = world.providers.remove("pool").expect("the pool");
    world.recorded.clear();
    let desired = service(&world);
    assert_eq!(desired.waiting, Some(Waiting::CapacityProvider("Big_Pool".to_owned())));
    assert_eq!((desired.record, desired.prune), (None, Prune::Nothing));
    world.providers.insert("pool".to_owned(), pool);
    assert!(service(&world).record.is_some());
}

#[test]
fn what_no_capacity_provider_can_be_called_is_refused_and_not_waited_for() {
    for name in ["arn:aws:ecs:eu-west-1:123456789012:capacity-provider/Big_Pool", "Big Pool", ""] {
        let mut world = steady_on_a_pool();
        world.spec["capacityProviderStrategy"][0]["capacityProvider"] = name.into();
        let desired = service(&world);
        assert_eq!((desired.waiting, desired.record), (None, None), "{name}");
        let path = "capacityProviderStrategy[0].capacityProvider";
        assert!(desired.findings.iter().any(|f| f.is_error() && f.path == path), "{:?}", desired.findings);
    }
}

#[test]
fn whatever_becomes_of_a_capacity_provider_its_running_child_stays_as_it_is() {
    let world = steady_on_a_pool();
    let running = deployment(&service(&world));
    let changes: [fn(&mut World); 3] = [
        |world| drop(world.providers.insert("pool".to_owned(), pool("b"))),
        |world| world.providers.clear(),
        |world| {
            world.providers.clear();
            world.providers.insert("another".to_owned(), pool("a"));
        },
    ];
    for change in changes {
        let mut world = world.clone();
        change(&mut world);
        let desired = service(&world);
        assert_eq!((deployment(&desired), desired.record), (running.clone(), None));
    }
}

#[test]
fn a_count_that_changed_in_a_pause_is_taken_over_after_it() {
    let mut world = steady();
    world.spec["kubernetes"]["paused"] = true.into();
    world.spec["desiredCount"] = 7.into();
    let paused = outcome(&world, &service(&world)).status;
    assert_eq!((paused.desired_count, paused.declared_count), (2, Some(2)));
    world.status = paused;
    world.spec["kubernetes"]["paused"] = false.into();
    assert_eq!(service(&world).scaled_count, Some(7));
}

#[test]
fn pods_that_failed_for_good_are_no_tasks() {
    let mut world = steady();
    let mut evicted = world.tasks[0].clone();
    evicted.state = TaskState::Failed;
    world.tasks.push(evicted);
    let told = outcome(&world, &service(&world));
    assert_eq!((told.status.replicas, told.status.pending_count), (2, 0));
    assert_eq!(condition(&told, types::READY), ("True", reasons::STEADY_STATE));
}

#[test]
fn a_completed_deployment_stays_completed_while_its_count_changes() {
    let mut world = steady();
    world.spec["kubernetes"]["scaledCount"] = 5.into();
    let scaling = outcome(&world, &service(&world));
    assert_eq!(scaling.status.deployments[0].rollout_state, RolloutState::Completed);
    assert_eq!(condition(&scaling, types::READY), ("False", reasons::SCALING));
    world.status = scaling.status;
    let world = carried_out(world.clone(), &service(&world));
    let told = outcome(&world, &service(&world));
    let reasons: Vec<_> = told.events.iter().map(|e| e.reason).collect();
    assert_eq!(reasons, ["ServiceTaskStarted", "ServiceSteadyState"]);
}

#[test]
fn a_definition_that_became_invalid_keeps_its_revision_in_use() {
    let mut world = steady();
    world.spec["taskDefinition"] = "web:latest".into();
    let desired = service(&world);
    assert_eq!(desired.uses_revisions, ["web-1"]);
    assert!(desired.findings.iter().any(|f| f.code == "InvalidReference"));
}

#[test]
fn a_paused_service_is_left_alone() {
    let mut world = steady();
    world.spec["kubernetes"]["paused"] = true.into();
    world.revisions.push(revision(2, "web:2"));
    let desired = service(&world);
    assert_eq!(desired.waiting, Some(Waiting::Paused));
    assert_eq!((desired.record, desired.objects.len(), desired.prune), (None, 0, Prune::Nothing));
}

#[test]
fn the_younger_of_two_services_with_one_name_is_stalled() {
    let mut world = world(replica(1));
    world.older_namesake = Some("web-old".to_owned());
    let desired = service(&world);
    assert!(desired.objects.is_empty());
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::STALLED), ("True", reasons::NAME_COLLISION));
}
