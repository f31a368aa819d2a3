//! Stories of the count: bounds, scheduled actions, deployments that hold it.

use super::*;

fn scaled(actions: Value) -> Value {
    let mut spec = replica(2);
    spec["autoScaling"] = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 8},
        "scalingPolicies": [{"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        }}],
        "scheduledActions": actions,
    });
    spec
}

fn autoscaler(desired: &Desired) -> Option<Value> {
    let is = |o: &&Object| o.kind().kind == "HorizontalPodAutoscaler";
    desired.objects.iter().find(is).map(Object::to_value)
}

fn scale_in(desired: &Desired) -> Value {
    autoscaler(desired).expect("an autoscaler")["spec"]["behavior"]["scaleDown"]["selectPolicy"].clone()
}

#[test]
fn a_deployment_in_progress_keeps_the_autoscaler_from_lowering_the_count() {
    let start = world(scaled(json!([])));
    let first = service(&start);
    assert_eq!(scale_in(&first), json!("Disabled"));
    let mut world = carried_out(start, &first);
    let seen = service(&world);
    let told = outcome(&world, &seen);
    assert!(told.again, "the objects were made while the deployment was in progress");
    world.status = told.status;
    let done = service(&world);
    assert_eq!(scale_in(&done), json!("Max"));
    assert!(!outcome(&world, &done).again);
    world.revisions.push(revision(2, "web:2"));
    let next = service(&world);
    assert_eq!((next.record.is_some(), scale_in(&next)), (true, json!("Disabled")));
}

#[test]
fn a_deployment_in_progress_keeps_keda_from_stopping_the_last_task() {
    let mut spec = scaled(json!([]));
    spec["cluster"] = json!("arn:aws:ecs:eu-west-1:123456789012:cluster/default");
    spec["autoScaling"]["scalableTarget"]["MinCapacity"] = json!(0);
    spec["autoScaling"]["scalingPolicies"][0]["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"] = json!({
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/web/50dc6c495c0c9188/targetgroup/web/6d0ecf831eec9f09",
    });
    let paused = |desired: &Desired| {
        let object =
            desired.objects.iter().find(|o| o.kind().kind == "ScaledObject").expect("a ScaledObject");
        object.to_value()["metadata"]["annotations"]["autoscaling.keda.sh/paused-scale-in"].clone()
    };
    let mut start = world(spec);
    start.context.capabilities.apis.insert("keda.sh".to_owned());
    let first = service(&start);
    assert_eq!(paused(&first), json!("true"));
    let mut world = carried_out(start, &first);
    world.status = outcome(&world, &service(&world)).status;
    assert_eq!(paused(&service(&world)), Value::Null);
    world.revisions.push(revision(2, "web:2"));
    assert_eq!(paused(&service(&world)), json!("true"));
}

#[test]
fn a_scheduled_action_moves_bounds_and_count_and_writes_neither_into_what_the_user_declares() {
    let action = |name: &str, at: &str, bounds: Value| json!({"ScheduledActionName": name, "Schedule": format!("at({at})"), "ScalableTargetAction": bounds});
    let actions = json!([
        action("day", "2026-01-01T08:00:00", json!({"MinCapacity": 4, "MaxCapacity": 6})),
        action("night", "2026-01-01T20:00:00", json!({"MinCapacity": 0, "MaxCapacity": 0})),
    ]);
    let start = world(scaled(actions));
    let desired = service(&start);
    let wake = desired.scaling.as_ref().unwrap().wake;
    assert_eq!(wake, Some("2026-01-01T08:00:00Z".parse().unwrap()));
    let mut world = carried_out(start, &desired);
    world.status = outcome(&world, &service(&world)).status;
    assert_eq!(world.status.desired_count, 2);

    world.now = wake.unwrap();
    let day = service(&world);
    assert_eq!(day.scaled_count, Some(4));
    let bounds = |desired: &Desired| {
        let spec = autoscaler(desired).unwrap()["spec"].clone();
        (spec["minReplicas"].clone(), spec["maxReplicas"].clone())
    };
    assert_eq!(bounds(&day), (json!(4), json!(6)));
    assert_eq!(deployment(&day)["spec"]["replicas"], json!(4));
    let told = outcome(&world, &day);
    let event = told.events.iter().find(|event| event.reason == "ScheduledAction").unwrap();
    let expected = "(service web) scheduled action name day was triggered: minimum capacity was set to 4 and maximum capacity was set to 6.";
    assert_eq!(event.message, expected);
    // The operator ends before it has written the status: the same is decided again, and the event has the same name.
    let again = outcome(&world, &service(&world));
    assert!(again.events.iter().any(|other| other.name == event.name));
    let declared = world.spec["autoScaling"].clone();
    let mut world = carried_out(world, &day);
    world.status = told.status;
    assert_eq!(world.spec["autoScaling"], declared);
    let rest = service(&world);
    assert_eq!((rest.scaled_count, rest.scaling.as_ref().unwrap().applied.as_ref()), (None, None));
    let status = outcome(&world, &rest).status;
    assert_eq!(status.auto_scaling, world.status.auto_scaling);

    world.now = "2026-01-03T00:00:00Z".parse().unwrap();
    let night = service(&world);
    assert_eq!(
        (night.scaled_count, autoscaler(&night)),
        (Some(0), None),
        "0 is more than an autoscaler can say"
    );
    assert_eq!(night.scaling.unwrap().wake, None);
}

#[test]
fn what_is_paused_is_made_up_for_afterwards() {
    let action = json!([{
        "ScheduledActionName": "day", "Schedule": "at(2026-01-01T08:00:00)", "ScalableTargetAction": {"MinCapacity": 4},
    }]);
    let start = world(scaled(action));
    let desired = service(&start);
    let mut world = carried_out(start, &desired);
    world.status = outcome(&world, &service(&world)).status;
    world.spec["kubernetes"]["paused"] = json!(true);
    world.now = "2026-01-01T09:00:00Z".parse().unwrap();
    let paused = service(&world);
    assert_eq!(paused.scaled_count, None);
    let told = outcome(&world, &paused).status;
    assert_eq!((told.desired_count, &told.auto_scaling), (2, &world.status.auto_scaling));
    world.status = told;
    world.spec["kubernetes"]["paused"] = json!(false);
    assert_eq!(service(&world).scaled_count, Some(4));
}

#[test]
fn what_cannot_be_read_leaves_the_bounds_in_force() {
    let start = world(scaled(json!([])));
    let desired = service(&start);
    let mut world = carried_out(start, &desired);
    world.status = outcome(&world, &service(&world)).status;
    world.spec["kubernetes"]["scaledCount"] = json!(20);
    for nonsense in ["/autoScaling", "/autoScaling/scalableTarget", "/autoScaling/scalableTarget/MaxCapacity"]
    {
        let mut world = world.clone();
        *world.spec.pointer_mut(nonsense).unwrap() = json!("nonsense");
        let desired = service(&world);
        assert_eq!(desired.scaled_count, Some(8), "{nonsense}");
        assert_eq!(desired.scaling.unwrap().state, world.status.auto_scaling, "{nonsense}");
    }
}
