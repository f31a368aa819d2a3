//! What is a deployment and what is none, and how one replaces another.

use super::*;

#[test]
fn a_count_alone_never_rolls() {
    let mut world = steady();
    world.spec["kubernetes"]["scaledCount"] = 5.into();
    let desired = service(&world);
    assert_eq!(desired.record, None);
    assert_eq!(deployment(&desired)["spec"]["replicas"], 5);
}

#[test]
fn an_operator_that_renders_differently_writes_no_template() {
    let mut start = on_fargate(replica(2));
    start.spec["launchType"] = "FARGATE".into();
    let fargate = carried_out(start.clone(), &service(&start));
    assert_eq!(service(&fargate).findings, []);

    let mut arm = fargate.clone();
    arm.context.default_architecture = "arm64".to_owned();
    let desired = service(&arm);
    assert_eq!(desired.record, None);
    assert!(desired.findings.iter().any(|f| f.code == "NewerRenderingAvailable"));
    assert_eq!(deployment(&desired), deployment(&service(&fargate)));
}

#[test]
fn a_different_rendering_is_reported() {
    let mut world = steady();
    let image = "/spec/containers/0/image";
    for template in world.recorded[0].templates.values_mut() {
        *template.pointer_mut(image).expect("an image") = "rendered:before".into();
    }
    let desired = service(&world);
    assert!(desired.findings.iter().any(|f| f.code == "NewerRenderingAvailable"));
    assert_eq!(
        deployment(&desired).pointer("/spec/template/spec/containers/0/image"),
        Some(&"rendered:before".into())
    );
}

#[test]
fn a_deployment_that_ecs_could_not_make_is_held_on_its_old_template() {
    let mut spec = replica(1);
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 50, "maximumPercent": 100 });
    let mut world = world(spec);
    world = carried_out(world.clone(), &service(&world));
    let old = world.recorded[0].id.clone();
    world.revisions.push(revision(2, "web:2"));
    let desired = service(&world);
    assert_eq!(template_id(&deployment(&desired)), old);
    assert_eq!(desired.held, ["web"]);
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::DEPLOYMENT_CONFIGURATION));

    // With a second task there is room again.
    world.recorded.extend(desired.record);
    world.spec["kubernetes"]["scaledCount"] = 2.into();
    world.spec["desiredCount"] = 2.into();
    assert_ne!(template_id(&deployment(&service(&world))), old);
}

#[test]
fn a_forced_deployment_runs_the_same_again() {
    let mut world = steady();
    world.spec["kubernetes"]["forceNewDeployment"] = "2026-01-02".into();
    let record = service(&world).record.expect("a record");
    assert_eq!(record.inputs.revision, 1);
    assert_ne!(record.id, world.recorded[0].id);
}

#[test]
fn a_pinned_service_does_not_follow_its_family() {
    let mut world = world(json!({ "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 1 }));
    world = carried_out(world.clone(), &service(&world));
    world.revisions.push(revision(2, "web:2"));
    assert_eq!(service(&world).record, None);
}

/// Members of the service's own, a value, and whether a change to it is a deployment on ECS.
fn changes() -> Vec<(&'static str, Value, bool)> {
    let subnets = json!({ "awsvpcConfiguration": { "subnets": ["subnet-0123456789abcdef0"], "assignPublicIp": "ENABLED" } });
    let registry =
        json!([{ "registryArn": "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1" }]);
    vec![
        ("networkConfiguration", subnets, true),
        ("platformVersion", json!("1.4.0"), true),
        ("serviceRegistries", registry, true),
        ("capacityProviderStrategy", json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]), true),
        ("desiredCount", json!(7), false),
        ("tags", json!([{ "key": "team", "value": "shop" }]), false),
        ("deploymentConfiguration", json!({ "minimumHealthyPercent": 50 }), false),
        ("autoScaling", json!({ "scalableTarget": { "MinCapacity": 1, "MaxCapacity": 4 } }), false),
    ]
}

#[test]
fn every_change_that_ecs_calls_a_deployment_is_one_and_no_other() {
    let start = on_fargate(replica(2));
    let world = carried_out(start.clone(), &service(&start));
    for (member, value, deploys) in changes() {
        let mut world = world.clone();
        world.spec[member] = value;
        let desired = service(&world);
        assert!(desired.findings.iter().all(|f| !f.is_error()), "{member}: {:?}", desired.findings);
        assert_eq!(desired.record.is_some(), deploys, "{member}");
    }
}

#[test]
fn another_capability_of_the_cluster_writes_no_template() {
    let mut start = world(replica(2));
    start.revisions[0].spec["cpu"] = "256".into();
    start.revisions[0].spec["memory"] = "512".into();
    let before = carried_out(start.clone(), &service(&start));
    let mut after = before.clone();
    // A node of an older release joins, or the last one of them leaves.
    after.context.capabilities.pod_resources = !after.context.capabilities.pod_resources;
    assert_eq!(service(&after).record, None);
    assert_eq!(deployment(&service(&after)), deployment(&service(&before)));
}

#[test]
fn a_family_that_was_deleted_and_made_again_changes_nothing_of_a_pinned_service() {
    let pinned = json!({ "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 1 });
    let mut world = world(pinned);
    world = carried_out(world.clone(), &service(&world));
    let before = deployment(&service(&world));
    for again in [vec![revision(1, "another:1")], Vec::new()] {
        world.revisions = again;
        let desired = service(&world);
        assert_eq!(desired.record, None);
        assert_eq!(deployment(&desired), before);
    }
}

#[test]
fn a_deregistered_revision_goes_on_where_it_is_pinned_and_is_not_followed() {
    let pinned = json!({ "serviceName": "web", "taskDefinition": "web:2", "desiredCount": 1 });
    for (spec, kept) in [(pinned, 2), (replica(1), 1)] {
        let mut world = world(spec);
        world.revisions.push(revision(2, "web:2"));
        world = carried_out(world.clone(), &service(&world));
        world.revisions[1].active = false;
        let runs = service(&world).target.map(|target| target.inputs.revision);
        assert_eq!(runs, Some(kept));
    }
}

#[test]
fn recorded_deployments_go_when_nothing_needs_them() {
    let mut world = steady();
    for n in 1..13 {
        world.spec["kubernetes"]["forceNewDeployment"] = format!("{n}").into();
        let desired = service(&world);
        world = carried_out(world.clone(), &desired);
        let desired = service(&world);
        world.status = outcome(&world, &desired).status;
        world.recorded.retain(|record| !desired.obsolete.contains(&record.id));
    }
    assert_eq!(world.recorded.len(), 10);
    assert_eq!(service(&world).record, None);
}

#[test]
fn a_rollout_that_a_changed_count_blocks_midway_stands_still_with_its_new_template() {
    let mut spec = replica(2);
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 50, "maximumPercent": 100 });
    let mut world = world(spec);
    world = carried_out(world.clone(), &service(&world));
    world.status = outcome(&world, &service(&world)).status;
    let old = world.tasks[0].clone();
    world.revisions.push(revision(2, "web:2"));
    world = carried_out(world.clone(), &service(&world));
    world.tasks[0] = old;
    assert_eq!(deployment(&service(&world))["spec"]["paused"], Value::Null);

    world.spec["desiredCount"] = 1.into();
    let desired = service(&world);
    let stands = deployment(&desired);
    assert_eq!(stands["spec"]["paused"], true);
    assert_eq!(template_id(&stands), world.recorded[1].id);
    let told = outcome(&world, &desired);
    assert_eq!(condition(&told, types::RECONCILING), ("True", reasons::DEPLOYMENT_CONFIGURATION));
    assert!(told.events.iter().any(|e| e.message.starts_with("(service web) was unable to stop or start")));

    world.spec["desiredCount"] = 4.into();
    assert_eq!(deployment(&service(&world))["spec"]["paused"], Value::Null);
}

#[test]
fn a_daemon_service_stops_as_many_tasks_as_its_nodes_allow() {
    let mut world =
        world(json!({ "serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON",
        "deploymentConfiguration": { "minimumHealthyPercent": 50 } }));
    let object = |desired: &Desired| {
        let found = desired.objects.iter().find(|o| o.kind().kind == "DaemonSet");
        found.expect("a DaemonSet").to_value()
    };
    let first = service(&world);
    world.recorded.extend(first.record.clone());
    let mut live = object(&first);
    for (nodes, expected) in [(3, json!(1)), (10, json!(5))] {
        live["status"] = json!({ "observedGeneration": 1, "desiredNumberScheduled": nodes });
        world.workloads = Workload::of(&live).into_iter().collect();
        let strategy = object(&service(&world))["spec"]["updateStrategy"].clone();
        assert_eq!(strategy["rollingUpdate"]["maxUnavailable"], expected, "{nodes} nodes");
    }
    // With one node nothing may stop: the next deployment waits.
    live["status"]["desiredNumberScheduled"] = 1.into();
    world.workloads = Workload::of(&live).into_iter().collect();
    world.revisions.push(revision(2, "web:2"));
    let held = service(&world);
    assert_eq!(template_id(&object(&held)), world.recorded[0].id);
    assert_eq!(held.held, ["web"]);
}

#[test]
fn a_rollout_without_progress_says_where_to_look() {
    let mut world = steady();
    world.workloads[0].available = 1;
    let message = |world: &World| {
        let told = outcome(world, &service(world)).status;
        let ready = told.conditions.into_iter().find(|c| c.type_ == types::READY).unwrap();
        ready.message
    };
    assert!(!message(&world).contains("health checks"), "{}", message(&world));
    world.workloads[0].stuck = true;
    assert!(message(&world).contains("health checks"), "{}", message(&world));
}

#[test]
fn a_provider_that_joins_takes_tasks_over_one_healthy_task_at_a_time() {
    let mut spec = replica(4);
    spec["capacityProviderStrategy"] = strategy(&[("FARGATE", 1)]);
    let start = on_fargate(spec);
    let mut world = carried_out(start.clone(), &service(&start));
    world.spec["capacityProviderStrategy"] = strategy(&[("FARGATE", 1), ("FARGATE_SPOT", 1)]);
    let counts = |desired: &Desired| -> Vec<i64> {
        let deployments = desired.objects.iter().filter(|object| object.kind().kind == "Deployment");
        deployments.filter_map(|object| object.to_value()["spec"]["replicas"].as_i64()).collect()
    };
    let first = service(&world);
    assert_eq!((counts(&first), first.moves, first.prune), (vec![4, 2], true, Prune::KeepRunning));

    // The new ones are there and not healthy yet; then one of them is; then both are.
    world = carried_out(world.clone(), &first);
    let of_spot = |task: &Task| task.provider == "fargate-spot";
    let healthy: Vec<_> =
        world.tasks.iter().filter(|task| of_spot(task)).map(|task| task.name.clone()).collect();
    for (ready, expected) in [(0, [4, 2]), (1, [3, 2]), (2, [2, 2])] {
        for task in world.tasks.iter_mut().filter(|task| of_spot(task)) {
            let is_ready = healthy.iter().position(|name| *name == task.name) < Some(ready);
            task.ready_since = is_ready.then_some(world.now);
        }
        let desired = service(&world);
        assert_eq!((counts(&desired), desired.moves), (expected.to_vec(), ready < 2), "{ready} ready");
        assert_eq!(desired.prune == Prune::All, ready == 2, "{ready} ready");
    }
}

#[test]
fn a_provider_has_its_turn_when_the_tasks_of_the_one_before_serve_whatever_its_controller_said_last() {
    let mut spec = replica(4);
    spec["capacityProviderStrategy"] = strategy(&[("FARGATE", 1), ("FARGATE_SPOT", 1)]);
    spec["deploymentConfiguration"] = json!({ "minimumHealthyPercent": 75, "maximumPercent": 100 });
    let start = on_fargate(spec);
    let mut world = carried_out(start.clone(), &service(&start));
    let mut changed = world.revisions[0].clone();
    (changed.revision, changed.object) = (2, "web-2".to_owned());
    changed.spec["containerDefinitions"][0]["image"] = "web:2".into();
    world.revisions.push(changed);
    let of_spot = |desired: &Desired| {
        let spot = desired
            .objects
            .iter()
            .map(Object::to_value)
            .find(|o| o["metadata"]["name"] == "web-fargate-spot");
        template_id(&spot.expect("a Deployment")).to_owned()
    };
    let world = carried_out(world.clone(), &service(&world));
    let [old, new] = [0, 1].map(|number: usize| world.recorded[number].id.clone());
    assert_eq!(of_spot(&service(&world)), new, "both of the first provider serve");
    // An old one of them is gone, the new one in its place is not there yet, and the status is from before that.
    let mut later = world;
    let at = later.tasks.iter().position(|task| task.provider == "fargate").expect("a task");
    later.tasks.remove(at);
    assert_eq!(of_spot(&service(&later)), old);
}
