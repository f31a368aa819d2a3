//! Step scaling: one metric that says the direction, and an autoscaler that says how far.

use super::*;

fn rendered(auto: &Value) -> Value {
    of_kind("ScaledObject", auto)
}

/// The only autoscaler, which is of this kind.
fn of_kind(kind: &str, auto: &Value) -> Value {
    let mut service = json!({
        "serviceName": "web", "taskDefinition": "web", "desiredCount": 2,
        "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/default",
    });
    service["autoScaling"] = auto.clone();
    let task = json!({
        "family": "web", "containerDefinitions": [{ "name": "app", "image": "app:1", "memory": 128 }],
    });
    let inputs = Inputs {
        service: serde_json::from_value(service).unwrap(),
        task_definition: serde_json::from_value(task).unwrap(),
        revision: 3,
        ..Inputs::default()
    };
    let mut context = context("1.36");
    context.capabilities.apis.insert("keda.sh".to_owned());
    let (objects, findings) = desired::offline(&inputs, &context);
    let objects: Vec<Value> = objects.iter().map(Object::to_value).collect();
    let is_one =
        |object: &Value| ["HorizontalPodAutoscaler", "ScaledObject"].iter().any(|one| object["kind"] == *one);
    let found = objects.into_iter().find(is_one).filter(|object| object["kind"] == kind);
    found.unwrap_or_else(|| panic!("{:#?}", findings.from_service()))
}

fn policy(name: &str, lower: Option<f64>, upper: Option<f64>, by: i32, cooldown: i32) -> Value {
    let mut step = json!({"ScalingAdjustment": by});
    if let Some(lower) = lower {
        step["MetricIntervalLowerBound"] = json!(lower);
    }
    if let Some(upper) = upper {
        step["MetricIntervalUpperBound"] = json!(upper);
    }
    json!({"PolicyName": name, "StepScalingPolicyConfiguration": {
        "AdjustmentType": "ChangeInCapacity", "Cooldown": cooldown, "StepAdjustments": [step],
    }})
}

fn alarm(name: &str, policy: &str, operator: &str, threshold: f64, periods: i32) -> Value {
    json!({
        "AlarmName": name, "AlarmActions": [policy], "MetricName": "Depth", "Namespace": "Shop",
        "Statistic": "Average", "Dimensions": [{"Name": "Queue", "Value": "orders"}], "Period": 60,
        "EvaluationPeriods": periods, "Threshold": threshold, "ComparisonOperator": operator,
        "TreatMissingData": "notBreaching",
    })
}

#[test]
fn the_formula_says_the_direction_and_the_behaviour_how_far() {
    let both = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 9},
        "scalingPolicies": [policy("out", Some(0.0), None, 2, 60), policy("in", None, Some(0.0), -1, 300)],
        "alarms": [
            alarm("high", "out", "GreaterThanOrEqualToThreshold", 75.0, 3),
            alarm("low", "in", "LessThanThreshold", 20.5, 15),
        ],
    });
    let object = rendered(&both);
    let advanced = &object["spec"]["advanced"];
    assert_eq!(
        advanced["scalingModifiers"],
        json!({
            "formula": "(alarm0 >= 75) ? 1000 : ((alarm1 < 20.5) ? 0 : (1))",
            "target": "1", "metricType": "Value",
        })
    );
    let limit =
        |tasks: i32, seconds: i32| json!([{"type": "Pods", "value": tasks, "periodSeconds": seconds}]);
    assert_eq!(
        advanced["horizontalPodAutoscalerConfig"]["behavior"],
        json!({
            "scaleUp": {"stabilizationWindowSeconds": 120, "selectPolicy": "Max", "policies": limit(2, 60)},
            "scaleDown": {"stabilizationWindowSeconds": 840, "selectPolicy": "Max", "policies": limit(1, 300)},
        })
    );
    let triggers = object["spec"]["triggers"].as_array().unwrap();
    let names: Vec<_> = triggers.iter().map(|trigger| trigger["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["alarm0", "alarm1"]);
    assert_eq!(
        triggers[0]["metadata"],
        json!({
            "awsRegion": "eu-west-1", "namespace": "Shop", "metricName": "Depth", "metricStat": "Average",
            "dimensionName": "Queue", "dimensionValue": "orders", "targetMetricValue": "75",
            "metricStatPeriod": "60", "metricCollectionTime": "300", "ignoreNullValues": "true", "minMetricValue": "74",
        })
    );
    assert_eq!(triggers[1]["metadata"]["minMetricValue"], "21.5");
}

#[test]
fn steps_lead_to_one_task_at_least_because_keda_stops_all_at_once() {
    let object = rendered(&json!({
        "scalableTarget": {"MinCapacity": 0, "MaxCapacity": 40},
        "scalingPolicies": [policy("in", None, Some(0.0), -1, 300)],
        "alarms": [alarm("low", "in", "LessThanThreshold", 100.0, 3)],
    }));
    assert_eq!(
        (&object["spec"]["minReplicaCount"], &object["metadata"]["annotations"]),
        (&json!(1), &Value::Null)
    );
}

#[test]
fn where_keda_goes_to_none_it_is_kept_from_the_directions_that_are_switched_off() {
    let told = |min: i32, suspended: Value| {
        let object = rendered(&json!({
            "scalableTarget": {"MinCapacity": min, "MaxCapacity": 9, "SuspendedState": suspended},
            "scalingPolicies": [{"PolicyName": "requests", "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": 100, "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ALBRequestCountPerTarget",
                    "ResourceLabel": "app/web/50dc6c495c0c9188/targetgroup/web/6d0ecf831eec9f09",
                },
            }}],
        }));
        assert_eq!(object["spec"]["minReplicaCount"], min);
        object["metadata"]["annotations"].clone()
    };
    let in_off = json!({"DynamicScalingInSuspended": true});
    assert_eq!(told(0, json!({})), Value::Null);
    assert_eq!(told(0, in_off.clone()), json!({"autoscaling.keda.sh/paused-scale-in": "true"}));
    assert_eq!(
        told(0, json!({"DynamicScalingOutSuspended": true})),
        json!({"autoscaling.keda.sh/paused-scale-out": "true"})
    );
    assert_eq!(told(1, in_off), Value::Null, "the behaviour says it");
}

#[test]
fn a_direction_without_steps_is_switched_off() {
    let out = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 9},
        "scalingPolicies": [policy("out", Some(10.0), None, 2, 60)],
        "alarms": [alarm("high", "out", "GreaterThanThreshold", 75.0, 1)],
    });
    let object = rendered(&out);
    let advanced = &object["spec"]["advanced"];
    assert_eq!(advanced["scalingModifiers"]["formula"], "(alarm0 >= 85) ? 1000 : (1)");
    let behavior = &advanced["horizontalPodAutoscalerConfig"]["behavior"];
    assert_eq!(behavior["scaleDown"]["selectPolicy"], "Disabled");
    assert_eq!(behavior["scaleUp"]["stabilizationWindowSeconds"], 0);
    let mut suspended = out;
    suspended["scalableTarget"]["SuspendedState"] = json!({"DynamicScalingOutSuspended": true});
    let object = rendered(&suspended);
    let behavior = &object["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"];
    assert_eq!(behavior["scaleUp"]["selectPolicy"], "Disabled");
}

/// The autoscaler of a service with an alarm above 75 % of its CPU and one at a lower threshold.
fn between(low: f64) -> Value {
    let own = |name: &str, policy: &str, operator: &str, threshold: f64| {
        let mut alarm = alarm(name, policy, operator, threshold, 3);
        (alarm["MetricName"], alarm["Namespace"]) = (json!("CPUUtilization"), json!("AWS/ECS"));
        alarm["Dimensions"] =
            json!([{"Name": "ClusterName", "Value": "default"}, {"Name": "ServiceName", "Value": "web"}]);
        alarm
    };
    of_kind(
        "HorizontalPodAutoscaler",
        &json!({
            "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 9},
            "scalingPolicies": [policy("out", Some(0.0), None, 2, 60), policy("in", None, Some(0.0), -1, 300)],
            "alarms": [
                own("high", "out", "GreaterThanOrEqualToThreshold", 75.0),
                own("low", "in", "LessThanThreshold", low),
            ],
        }),
    )
}

#[test]
fn between_two_thresholds_of_a_utilization_an_autoscaler_has_tolerance() {
    let object = between(30.0);
    let metrics = &object["spec"]["metrics"];
    assert_eq!(metrics[0]["resource"]["target"], json!({"type": "Utilization", "averageUtilization": 75}));
    let behavior = &object["spec"]["behavior"];
    assert_eq!(
        (&behavior["scaleUp"]["tolerance"], &behavior["scaleDown"]["tolerance"]),
        (&json!("0"), &json!("600m"))
    );
    assert_eq!(behavior["scaleUp"]["policies"], json!([{"type": "Pods", "value": 2, "periodSeconds": 60}]));
    assert_eq!(
        behavior["scaleDown"]["policies"],
        json!([{"type": "Pods", "value": 1, "periodSeconds": 300}])
    );
}

#[test]
fn tolerances_are_written_as_the_api_server_answers() {
    for (low, expected) in [(0.0, "1"), (37.5, "500m"), (60.0, "200m"), (74.99, "0"), (75.0, "0")] {
        let behavior = between(low)["spec"]["behavior"].clone();
        assert_eq!(
            (&behavior["scaleUp"]["tolerance"], &behavior["scaleDown"]["tolerance"]),
            (&json!("0"), &json!(expected))
        );
    }
}

proptest! {
    #[test]
    fn every_tolerance_is_canonical(low in 0.0..=100.0_f64) {
        let tolerance = between(low)["spec"]["behavior"]["scaleDown"]["tolerance"].clone();
        let text = tolerance.as_str().unwrap();
        let canonical = match text.strip_suffix('m') {
            Some(thousandths) => thousandths.parse::<u64>().unwrap() % 1000 != 0,
            None => text.parse::<u64>().is_ok(),
        };
        prop_assert!(canonical, "{text}");
    }
}
