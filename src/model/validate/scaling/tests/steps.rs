use serde_json::{Value, json};

use crate::model::scaling::{Alarm, Pace, Resource, Source, Steps, Target, Watched, Zone};
use crate::model::validate::tests::{context, inputs, merged};

fn alarm(patch: &Value) -> Value {
    let whole = json!({
        "AlarmName": "high", "AlarmActions": ["out"], "MetricName": "Depth", "Namespace": "Shop",
        "Statistic": "Average", "Dimensions": [{"Name": "Queue", "Value": "orders"}], "Period": 60,
        "EvaluationPeriods": 3, "Threshold": 75, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    });
    merged(&whole, patch)
}

fn policy(name: &str, kind: &str, steps: &Value, more: &Value) -> Value {
    let configuration = json!({"AdjustmentType": kind, "StepAdjustments": steps});
    json!({"PolicyName": name, "StepScalingPolicyConfiguration": merged(&configuration, more)})
}

fn step(lower: Option<f64>, upper: Option<f64>, by: i32) -> Value {
    let mut step = json!({"ScalingAdjustment": by});
    if let Some(lower) = lower {
        step["MetricIntervalLowerBound"] = json!(lower);
    }
    if let Some(upper) = upper {
        step["MetricIntervalUpperBound"] = json!(upper);
    }
    step
}

/// One task more, without end.
fn one_up() -> Value {
    policy("out", "ChangeInCapacity", &json!([step(Some(0.0), None, 1)]), &json!({"Cooldown": 60}))
}

/// What is said, and what an autoscaler gets, where KEDA is.
fn scaled(policies: &Value, alarms: &Value, more: &Value) -> (Vec<String>, Option<Steps>) {
    told(policies, alarms, more, true)
}

fn told(policies: &Value, alarms: &Value, more: &Value, keda: bool) -> (Vec<String>, Option<Steps>) {
    let mut context = context();
    if keda {
        context.capabilities.apis.insert("keda.sh".to_owned());
    }
    let auto = json!({
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 9}, "scalingPolicies": policies, "alarms": alarms,
    });
    let service = json!({
        "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/default", "autoScaling": merged(&auto, more),
    });
    let (model, findings) = crate::model::validate::service(&inputs(&json!({}), &service), &context);
    let said = |finding: &crate::finding::Finding| {
        format!("{} {}", finding.code, finding.path.replace("autoScaling.", "")).trim_end().to_owned()
    };
    let told = findings.service.iter().map(said).collect();
    (told, model.and_then(|model| model.scaling).and_then(|scaling| scaling.steps))
}

fn pace(tasks: Option<i32>, percent: Option<i32>, seconds: i32, window: i32) -> Option<Pace> {
    Some(Pace { tasks, percent, seconds, window })
}

fn first(steps: &Steps) -> &Alarm {
    match &steps.watched {
        Watched::Alarms(alarms) => &alarms[0],
        Watched::Utilization { .. } => panic!("{steps:?}"),
    }
}

const CONFIGURATION: &str = "scalingPolicies[0].StepScalingPolicyConfiguration";

#[test]
fn a_step_is_what_may_be_added_in_its_cooldown_while_the_alarm_is_on() {
    let (said, steps) = scaled(&json!([one_up()]), &json!([alarm(&json!({}))]), &json!({}));
    assert_eq!(said, ["MetricReadByKeda alarms[0]"]);
    let steps = steps.unwrap();
    assert_eq!((steps.out, steps.back), (pace(Some(1), None, 60, 120), None));
    let alarm = first(&steps);
    assert_eq!((alarm.region.as_str(), alarm.period, alarm.missing), ("eu-west-1", 60, None));
    assert_eq!(alarm.out, [Zone { lower: Some((75.0, true)), upper: None }]);
    assert!(matches!(&alarm.source, Source::Metric(metric) if metric.name == "Depth"));
}

#[test]
fn without_keda_or_alarm_nothing_scales_and_that_is_said() {
    let (said, steps) = told(&json!([one_up()]), &json!([alarm(&json!({}))]), &json!({}), false);
    assert_eq!((said, steps), (vec!["KedaMissing alarms[0]".to_owned()], None));
    let (said, steps) = scaled(&json!([one_up()]), &json!([]), &json!({}));
    assert_eq!((said, steps), (vec![format!("StepScalingNotApplied {CONFIGURATION}")], None));
    let off = json!([alarm(&json!({"ActionsEnabled": false}))]);
    assert_eq!(scaled(&json!([one_up()]), &off, &json!({})), (vec![], None), "as on ECS");
    let tracking = json!({"PolicyName": "cpu", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }});
    let (said, steps) = scaled(&json!([one_up(), tracking]), &json!([alarm(&json!({}))]), &json!({}));
    assert_eq!((said, steps), (vec![format!("StepScalingNotApplied {CONFIGURATION}")], None), "one pace");
}

#[test]
fn an_alarm_is_found_by_the_arn_of_its_policy_and_its_region_is_that_of_the_arn() {
    let arn =
        "arn:aws:autoscaling:us-east-2:1:scalingPolicy:6d8:resource/ecs/service/default/web:policyName/out";
    let (_, steps) = scaled(&json!([one_up()]), &json!([alarm(&json!({"AlarmActions": [arn]}))]), &json!({}));
    assert_eq!(first(&steps.unwrap()).region, "us-east-2");
    let other = json!([alarm(&json!({"AlarmActions": ["arn:aws:sns:us-east-2:1:pager"]}))]);
    let (said, steps) = scaled(&json!([one_up()]), &other, &json!({}));
    let expected = [
        "AlarmSettingNotApplied alarms[0].AlarmActions".to_owned(),
        format!("StepScalingNotApplied {CONFIGURATION}"),
    ];
    assert_eq!((said.as_slice(), steps), (expected.as_slice(), None));
}

#[test]
fn steps_are_counted_from_the_threshold_on_the_side_where_the_alarm_is_on() {
    let zone = |lower: Option<(f64, bool)>, upper: Option<(f64, bool)>| Zone { lower, upper };
    let up = json!([step(Some(0.0), Some(10.0), 1), step(Some(10.0), None, 1)]);
    let gap = json!([step(Some(5.0), None, 1)]);
    let down = json!([step(None, Some(-10.0), -1), step(Some(-10.0), Some(0.0), -1)]);
    let both = json!([step(None, Some(0.0), -1), step(Some(0.0), None, 1)]);
    let mixed = json!([step(Some(0.0), Some(10.0), -1), step(Some(10.0), None, 1)]);
    for (operator, steps, out, back) in [
        ("GreaterThanOrEqualToThreshold", &up, vec![zone(Some((75.0, true)), None)], vec![]),
        ("GreaterThanThreshold", &up, vec![zone(Some((75.0, false)), None)], vec![]),
        ("GreaterThanThreshold", &gap, vec![zone(Some((80.0, true)), None)], vec![]),
        ("LessThanOrEqualToThreshold", &down, vec![], vec![zone(None, Some((75.0, true)))]),
        ("LessThanThreshold", &down, vec![], vec![zone(None, Some((75.0, false)))]),
        ("GreaterThanThreshold", &both, vec![zone(Some((75.0, false)), None)], vec![]),
        ("LessThanThreshold", &both, vec![], vec![zone(None, Some((75.0, false)))]),
        (
            "GreaterThanOrEqualToThreshold",
            &mixed,
            vec![zone(Some((85.0, true)), None)],
            vec![zone(Some((75.0, true)), Some((85.0, false)))],
        ),
    ] {
        let policies = json!([policy("out", "ChangeInCapacity", steps, &json!({}))]);
        let alarms = json!([alarm(&json!({"ComparisonOperator": operator}))]);
        let (_, found) = scaled(&policies, &alarms, &json!({}));
        let found = found.unwrap();
        let found = first(&found);
        assert_eq!((&found.out, &found.back), (&out, &back), "{operator} {steps}");
    }
    let policies = json!([policy("out", "ChangeInCapacity", &down, &json!({}))]);
    let (said, steps) = scaled(&policies, &json!([alarm(&json!({}))]), &json!({}));
    assert!(said.contains(&format!("StepScalingNotApplied {CONFIGURATION}.StepAdjustments")), "{said:?}");
    assert_eq!(steps, None);
}

#[test]
fn what_an_autoscaler_cannot_do_as_ecs_does_is_said() {
    let approximated = || format!("StepScalingApproximated {CONFIGURATION}");
    let up =
        |kind: &str, by: i32, more: Value| policy("out", kind, &json!([step(Some(0.0), None, by)]), &more);
    let several = json!([step(Some(0.0), Some(10.0), 1), step(Some(10.0), None, 3)]);
    for (policy, more, expected, out) in [
        (up("ChangeInCapacity", 2, json!({})), json!({}), vec![], pace(Some(2), None, 300, 120)),
        (up("ChangeInCapacity", 2, json!({"Cooldown": 0})), json!({}), vec![], pace(Some(2), None, 60, 120)),
        (
            up("ChangeInCapacity", 2, json!({"Cooldown": 7200})),
            json!({}),
            vec![format!("CooldownClamped {CONFIGURATION}.Cooldown")],
            pace(Some(2), None, 1800, 120),
        ),
        (
            up("PercentChangeInCapacity", 50, json!({"MinAdjustmentMagnitude": 2})),
            json!({}),
            vec![approximated()],
            pace(Some(2), Some(50), 300, 120),
        ),
        (
            policy("out", "ChangeInCapacity", &several, &json!({})),
            json!({}),
            vec![approximated()],
            pace(Some(3), None, 300, 120),
        ),
        (up("ExactCapacity", 9, json!({})), json!({}), vec![], pace(None, None, 300, 120)),
        (
            up("ExactCapacity", 8, json!({})),
            json!({}),
            vec![format!("StepScalingNotApplied {CONFIGURATION}.StepAdjustments[0].ScalingAdjustment")],
            None,
        ),
        (
            up("ExactCapacity", 9, json!({})),
            json!({"scheduledActions": [{
                "ScheduledActionName": "night", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MaxCapacity": 20},
            }]}),
            vec![format!("StepScalingNotApplied {CONFIGURATION}.StepAdjustments[0].ScalingAdjustment")],
            None,
        ),
        (
            up("ChangeInCapacity", 1, json!({})),
            json!({"scalableTarget": {"MinCapacity": 0}}),
            vec!["MinCapacityRaised scalableTarget.MinCapacity".to_owned()],
            pace(Some(1), None, 300, 120),
        ),
    ] {
        let (mut said, steps) = scaled(&json!([policy]), &json!([alarm(&json!({}))]), &more);
        said.retain(|said| !said.starts_with("MetricReadByKeda"));
        assert_eq!(said, expected, "{policy}");
        assert_eq!(steps.and_then(|steps| steps.out), out, "{policy}");
    }
}

#[test]
fn what_keda_cannot_judge_as_cloudwatch_does_is_said() {
    let approximated = |member: &str| vec![format!("AlarmApproximated alarms[0].{member}")];
    for (patch, expected, found) in [
        (json!({"EvaluationPeriods": 1}), vec![], Some((60, 0, None))),
        (json!({"DatapointsToAlarm": 3}), vec![], Some((60, 120, None))),
        (json!({"DatapointsToAlarm": 2}), approximated("DatapointsToAlarm"), Some((60, 60, None))),
        (json!({"Period": 3600}), approximated("EvaluationPeriods"), Some((3600, 3600, None))),
        (json!({"Period": 20}), approximated("Period"), Some((30, 60, None))),
        (json!({"TreatMissingData": "missing"}), vec![], Some((60, 120, None))),
        (json!({"TreatMissingData": "ignore"}), approximated("TreatMissingData"), Some((60, 120, None))),
        (json!({"TreatMissingData": "breaching"}), vec![], Some((60, 120, Some(76.0)))),
        (json!({"TreatMissingData": "notBreaching"}), vec![], Some((60, 120, Some(74.0)))),
        (json!({"Dimensions": null}), vec!["StepScalingNotApplied alarms[0]".to_owned()], None),
        (
            json!({"Statistic": null, "ExtendedStatistic": "p90"}),
            vec!["StepScalingNotApplied alarms[0]".to_owned()],
            None,
        ),
    ] {
        let (mut said, steps) = scaled(&json!([one_up()]), &json!([alarm(&patch)]), &json!({}));
        // A period may be longer than what an autoscaler counts over, too.
        said.retain(|said| !said.starts_with("MetricReadByKeda") && !said.starts_with("CooldownClamped"));
        said.sort();
        assert_eq!(said, expected, "{patch}");
        let shown =
            steps.map(|steps| (first(&steps).period, steps.out.unwrap().window, first(&steps).missing));
        assert_eq!(shown, found, "{patch}");
    }
}

#[test]
fn an_alarm_is_one_that_cloudwatch_takes() {
    let metric = json!({"Metric": {"MetricName": "m", "Namespace": "n"}, "Period": 60, "Stat": "Sum"});
    for (patch, expected) in [
        (json!({}), vec![]),
        (json!({"AlarmName": null}), vec!["MissingMember alarms[0].AlarmName"]),
        (json!({"MetricName": null}), vec!["MissingMember alarms[0].MetricName"]),
        (json!({"Namespace": null}), vec!["MissingMember alarms[0].Namespace"]),
        (json!({"Statistic": null}), vec!["MissingMember alarms[0].Statistic"]),
        (json!({"ExtendedStatistic": "p90"}), vec!["InvalidValue alarms[0].ExtendedStatistic"]),
        (json!({"Period": null}), vec!["MissingMember alarms[0].Period"]),
        (json!({"Period": 90}), vec!["InvalidValue alarms[0].Period"]),
        (json!({"EvaluationPeriods": null}), vec!["MissingMember alarms[0].EvaluationPeriods"]),
        (json!({"EvaluationPeriods": 0}), vec!["InvalidValue alarms[0].EvaluationPeriods"]),
        (json!({"DatapointsToAlarm": 4}), vec!["InvalidValue alarms[0].DatapointsToAlarm"]),
        (json!({"Threshold": null}), vec!["MissingMember alarms[0].Threshold"]),
        (json!({"ComparisonOperator": null}), vec!["MissingMember alarms[0].ComparisonOperator"]),
        (
            json!({"ComparisonOperator": "LessThanLowerThreshold"}),
            vec!["InvalidValue alarms[0].ComparisonOperator"],
        ),
        (json!({"ThresholdMetricId": "e1"}), vec!["InvalidValue alarms[0].ComparisonOperator"]),
        (json!({"TreatMissingData": "bad"}), vec!["InvalidValue alarms[0].TreatMissingData"]),
        (json!({"Metrics": [{"Id": "m", "MetricStat": metric}]}), vec!["InvalidValue alarms[0].MetricName"]),
    ] {
        let (said, _) = scaled(&json!([one_up()]), &json!([alarm(&patch)]), &json!({}));
        let errors = ["MissingMember", "InvalidValue", "InvalidName"];
        let said: Vec<_> =
            said.iter().filter(|said| errors.iter().any(|code| said.starts_with(code))).collect();
        assert_eq!(said, expected.iter().collect::<Vec<_>>(), "{patch}");
    }
    let (said, _) = scaled(&json!([one_up()]), &json!([alarm(&json!({})), alarm(&json!({}))]), &json!({}));
    assert!(said.contains(&"DuplicateDefinition alarms[1].AlarmName".to_owned()), "{said:?}");
}

/// An alarm on what the tasks of the service use.
fn own(name: &str, policy: &str, patch: &Value) -> Value {
    let dimensions =
        json!([{"Name": "ClusterName", "Value": "default"}, {"Name": "ServiceName", "Value": "web"}]);
    let own = json!({
        "AlarmName": name, "AlarmActions": [policy], "MetricName": "CPUUtilization", "Namespace": "AWS/ECS",
        "Dimensions": dimensions,
    });
    alarm(&merged(&own, patch))
}

#[test]
fn the_utilization_of_the_service_is_measured_in_the_cluster_without_keda() {
    let down = policy("in", "ChangeInCapacity", &json!([step(None, Some(0.0), -1)]), &json!({}));
    let low = json!({"ComparisonOperator": "LessThanThreshold", "Threshold": 30});
    let alarms = json!([own("high", "out", &json!({})), own("low", "in", &low)]);
    let (said, steps) = told(&json!([one_up(), down]), &alarms, &json!({}), false);
    assert_eq!(said, ["AlarmApproximated alarms[0]", "AlarmApproximated alarms[1]"]);
    let steps = steps.unwrap();
    let target = Target { resource: Resource::Cpu, percent: 75 };
    assert_eq!(steps.watched, Watched::Utilization { target, low: Some(0.4) });
    assert_eq!((steps.out, steps.back), (pace(Some(1), None, 60, 120), pace(Some(1), None, 300, 120)));
    let (_, steps) = told(&json!([one_up()]), &json!([own("high", "out", &json!({}))]), &json!({}), false);
    assert_eq!(steps.unwrap().watched, Watched::Utilization { target, low: None });
}

#[test]
fn an_alarm_that_no_autoscaler_can_follow_keeps_none_from_following_another() {
    let cpu = own("cpu", "out", &json!({"Statistic": "Maximum"}));
    let memory = own("memory", "out", &json!({"MetricName": "MemoryUtilization", "Threshold": 80}));
    let (mut said, steps) = scaled(&json!([one_up()]), &json!([cpu, memory]), &json!({}));
    said.retain(|said| !said.starts_with("AlarmApproximated alarms[1]"));
    assert_eq!(said, ["StepScalingNotApplied alarms[0]"]);
    let target = Target { resource: Resource::Memory, percent: 80 };
    assert_eq!(steps.unwrap().watched, Watched::Utilization { target, low: None });
}

#[test]
fn of_alarms_that_one_autoscaler_cannot_follow_the_others_are_told() {
    let memory = own("memory", "out", &json!({"MetricName": "MemoryUtilization"}));
    for (alarms, expected) in [
        (json!([own("high", "out", &json!({})), memory]), vec!["StepScalingNotApplied alarms[1]"]),
        (json!([own("busy", "out", &json!({})), alarm(&json!({}))]), vec!["StepScalingNotApplied alarms[0]"]),
        (
            json!([own("high", "out", &json!({"Statistic": "Maximum"}))]),
            vec!["StepScalingNotApplied alarms[0]"],
        ),
    ] {
        let (mut said, _) = scaled(&json!([one_up()]), &alarms, &json!({}));
        said.retain(|said| said.starts_with("StepScalingNotApplied"));
        assert_eq!(said, expected, "{alarms}");
    }
}
