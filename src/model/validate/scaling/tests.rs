mod steps;

use serde_json::{Value, json};

use crate::model::scaling::{Source, Trigger};
use crate::model::validate::tests::{context, inputs, told};

fn auto(auto: Value) -> Vec<String> {
    let mut auto = auto;
    if auto.get("scalableTarget").is_none() {
        auto["scalableTarget"] = json!({"MinCapacity": 1, "MaxCapacity": 9});
    }
    let told = told(&json!({}), &json!({ "autoScaling": auto }));
    told.into_iter().map(|one| one.replace("autoScaling.", "")).collect()
}

fn policy(policy: Value) -> Vec<String> {
    let mut policy = policy;
    policy["PolicyName"] = json!("p");
    let told = auto(json!({"scalingPolicies": [policy]}));
    told.into_iter().map(|one| one.replace("scalingPolicies[0].", "")).collect()
}

fn tracking(configuration: Value) -> Vec<String> {
    let mut configuration = configuration;
    configuration["TargetValue"] = configuration.get("TargetValue").cloned().unwrap_or(json!(50));
    let told = policy(json!({"TargetTrackingScalingPolicyConfiguration": configuration}));
    told.into_iter().map(|one| one.replace("TargetTrackingScalingPolicyConfiguration.", "")).collect()
}

fn steps(kind: &str, steps: Value) -> Vec<String> {
    let told = policy(json!({
        "StepScalingPolicyConfiguration": {"AdjustmentType": kind, "StepAdjustments": steps},
    }));
    let told = told.into_iter().filter(|one| !one.starts_with("StepScalingNotApplied"));
    told.map(|one| one.replace("StepScalingPolicyConfiguration.", "")).collect()
}

fn action(action: Value) -> Vec<String> {
    let mut whole = json!({
        "ScheduledActionName": "night", "Schedule": "cron(0 20 * * ? *)",
        "ScalableTargetAction": {"MinCapacity": 0},
    });
    crate::model::validate::tests::merge(&mut whole, &action);
    let told = auto(json!({"scheduledActions": [whole]}));
    told.into_iter().map(|one| one.replace("scheduledActions[0].", "")).collect()
}

fn cpu() -> Value {
    json!({"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}})
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn the_bounds_are_those_that_are_registered() {
    let target = |target: Value| auto(json!({ "scalableTarget": target }));
    assert_eq!(target(json!({"MinCapacity": 0, "MaxCapacity": 0})), none(), "without policies 0 is a count");
    assert_eq!(
        target(json!({})),
        ["MissingMember scalableTarget.MinCapacity", "MissingMember scalableTarget.MaxCapacity"]
    );
    assert_eq!(
        target(json!({"MinCapacity": -1, "MaxCapacity": 3})),
        ["InvalidValue scalableTarget.MinCapacity"]
    );
    assert_eq!(
        target(json!({"MinCapacity": 4, "MaxCapacity": 3})),
        ["InvalidValue scalableTarget.MaxCapacity"]
    );
    for (id, legal) in [
        ("service/default/web", true),
        ("service/default/api", false),
        ("service/shop/web", false),
        ("web", false),
    ] {
        let found = target(json!({"MinCapacity": 1, "MaxCapacity": 3, "ResourceId": id}));
        assert_eq!(found.is_empty(), legal, "{id}: {found:?}");
    }
    let told = told(&json!({}), &json!({"autoScaling": {"scheduledActions": [{}]}}));
    assert!(told.contains(&"MissingMember autoScaling.scalableTarget".to_owned()), "{told:?}");
}

#[test]
fn a_policy_has_a_name_and_the_configuration_of_its_type() {
    let tracking = json!({"TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }});
    let with = |patch: Value| {
        let mut whole = tracking.clone();
        crate::model::validate::tests::merge(&mut whole, &patch);
        policy(whole)
    };
    assert_eq!(with(json!({})), none());
    assert_eq!(with(json!({"PolicyType": "TargetTrackingScaling"})), none());
    assert_eq!(
        with(json!({"PolicyType": "StepScaling"})),
        ["InvalidValue TargetTrackingScalingPolicyConfiguration"]
    );
    let both = json!({"StepScalingPolicyConfiguration": {"Cooldown": 1}});
    assert!(with(both).contains(&"InvalidValue StepScalingPolicyConfiguration".to_owned()));
    assert_eq!(policy(json!({})), ["MissingMember StepScalingPolicyConfiguration"]);
    assert_eq!(with(json!({"ResourceId": "service/default/api"})), ["InvalidReference ResourceId"]);
    let twice = |first: &str, second: &str| {
        let named = |name: &str| merged(&tracking, &json!({"PolicyName": name}));
        auto(json!({"scalingPolicies": [named(first), named(second)]}))
    };
    assert_eq!(
        twice("a", "a"),
        ["DuplicateDefinition scalingPolicies[1].PolicyName", "InvalidValue scalingPolicies[1]"]
    );
    assert_eq!(twice("a\n", "b")[0], "InvalidName scalingPolicies[0].PolicyName");
}

fn merged(base: &Value, patch: &Value) -> Value {
    crate::model::validate::tests::merged(base, patch)
}

#[test]
fn a_tracked_metric_is_whole_and_has_a_target() {
    let with = |patch: Value| tracking(merged(&cpu(), &patch));
    for (patch, expected) in [
        (json!({"TargetValue": 0}), vec!["InvalidValue TargetValue"]),
        (json!({"TargetValue": 75.5}), vec!["TargetValueRounded TargetValue"]),
        (json!({"ScaleInCooldown": 7200}), vec!["CooldownClamped ScaleInCooldown"]),
        (json!({"ScaleInCooldown": 60}), vec!["CooldownClamped ScaleInCooldown"]),
        (json!({"ScaleInCooldown": 600}), vec![]),
        (json!({"ScaleInCooldown": -1}), vec!["InvalidValue ScaleInCooldown"]),
        (json!({"ScaleOutCooldown": 60}), vec!["ScaleOutCooldownApproximated ScaleOutCooldown"]),
        (
            json!({"PredefinedMetricSpecification": {"ResourceLabel": "x"}}),
            vec!["InvalidValue PredefinedMetricSpecification.ResourceLabel"],
        ),
        (
            json!({"PredefinedMetricSpecification": {"PredefinedMetricType": null}}),
            vec!["MissingMember PredefinedMetricSpecification.PredefinedMetricType"],
        ),
        (
            json!({"PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}}),
            vec!["MissingMember PredefinedMetricSpecification.ResourceLabel"],
        ),
        (
            json!({"PredefinedMetricSpecification": {
                "PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "app/web/1/targetgroup/web"}}),
            vec!["InvalidValue PredefinedMetricSpecification.ResourceLabel"],
        ),
        (json!({"CustomizedMetricSpecification": {}}), vec!["InvalidValue CustomizedMetricSpecification"]),
    ] {
        assert_eq!(with(patch.clone()), expected, "{patch}");
    }
    assert_eq!(tracking(json!({})), ["MissingMember TargetTrackingScalingPolicyConfiguration"]);
}

#[test]
fn a_metric_of_ones_own_is_one_metric_or_several_queries_of_which_one_counts() {
    let with = |metric: Value| {
        let told = tracking(json!({ "CustomizedMetricSpecification": metric }));
        let told = told
            .into_iter()
            .filter(|one| !one.starts_with("CustomMetricNotApplied") && !one.starts_with("KedaMissing"));
        told.map(|one| one.replace("CustomizedMetricSpecification.", "")).collect::<Vec<_>>()
    };
    let whole = json!({"MetricName": "m", "Namespace": "n", "Statistic": "Sum"});
    assert_eq!(with(whole.clone()), none());
    assert_eq!(with(json!({"MetricName": "m"})), ["MissingMember Namespace", "MissingMember Statistic"]);
    assert_eq!(
        with(merged(&whole, &json!({"Dimensions": [{"Name": "q"}]}))),
        ["MissingMember Dimensions[0].Value"]
    );
    let expression = |id: &str| json!({"Id": id, "Expression": "1"});
    let stat = json!({"Metric": {"MetricName": "m", "Namespace": "n"}, "Stat": "Sum"});
    assert_eq!(with(json!({"Metrics": [expression("e")]})), none());
    assert_eq!(
        with(json!({"Metrics": [expression("e"), {"Id": "m", "MetricStat": stat, "ReturnData": false}]})),
        none()
    );
    assert_eq!(with(json!({"Metrics": [expression("e"), expression("f")]})), ["InvalidValue Metrics"]);
    let mut second = expression("e");
    second["ReturnData"] = json!(false);
    assert_eq!(with(json!({"Metrics": [expression("e"), second]})), ["DuplicateDefinition Metrics[1].Id"]);
    assert_eq!(with(json!({"Metrics": [expression("E")]})), ["InvalidName Metrics[0].Id"]);
    assert_eq!(with(json!({"Metrics": [{"Id": "e"}]})), ["MissingMember Metrics[0]"]);
    let both = json!({"Id": "e", "Expression": "1", "MetricStat": stat});
    assert_eq!(with(json!({"Metrics": [both]})), ["InvalidValue Metrics[0].MetricStat"]);
    assert_eq!(
        with(json!({"Metrics": [{"Id": "e", "MetricStat": {"Metric": {"MetricName": "m"}}}]})),
        ["MissingMember Metrics[0].MetricStat.Stat", "MissingMember Metrics[0].MetricStat.Metric.Namespace"]
    );
}

#[test]
fn steps_touch_each_other_and_do_not_end_on_the_way() {
    let step = |lower: Value, upper: Value| json!({"MetricIntervalLowerBound": lower, "MetricIntervalUpperBound": upper, "ScalingAdjustment": 1});
    let null = Value::Null;
    for (all, legal) in [
        (json!([step(json!(0), null.clone())]), true),
        (json!([step(json!(10), null.clone()), step(json!(0), json!(10))]), true),
        (json!([step(null.clone(), json!(-10)), step(json!(-10), json!(0))]), true),
        (json!([]), false),
        (json!([step(null.clone(), null.clone())]), false),
        (json!([step(json!(5), json!(5))]), false),
        (json!([step(json!(0), json!(10))]), false),
        (json!([step(json!(-10), json!(0))]), false),
        (json!([step(json!(0), json!(10)), step(json!(20), null.clone())]), false),
        (json!([step(json!(0), json!(30)), step(json!(20), null.clone())]), false),
        (json!([step(json!(0), null.clone()), step(json!(20), null.clone())]), false),
    ] {
        let told = steps("ChangeInCapacity", all.clone());
        assert_eq!(told.is_empty(), legal, "{all}: {told:?}");
    }
    let exact = json!([{"MetricIntervalLowerBound": 0, "ScalingAdjustment": -1}]);
    assert_eq!(steps("ExactCapacity", exact.clone()), ["InvalidValue StepAdjustments[0].ScalingAdjustment"]);
    assert_eq!(steps("ChangeInCapacity", exact), none());
    let missing = json!([{"MetricIntervalLowerBound": 0}]);
    assert_eq!(steps("ChangeInCapacity", missing), ["MissingMember StepAdjustments[0].ScalingAdjustment"]);
}

#[test]
fn a_scheduled_action_has_a_schedule_a_zone_and_bounds() {
    for (patch, expected) in [
        (json!({}), vec![]),
        (json!({"Schedule": "rate(1 hours)"}), vec!["InvalidValue Schedule"]),
        (json!({"Schedule": null}), vec!["MissingMember Schedule"]),
        (json!({"Timezone": "Europe/Vienna"}), vec![]),
        (json!({"Timezone": "Mars/Base"}), vec!["InvalidValue Timezone"]),
        (json!({"StartTime": "soon"}), vec!["InvalidValue StartTime"]),
        (
            json!({"StartTime": 1_700_000_000, "EndTime": "2020-01-01T00:00:00Z"}),
            vec!["InvalidValue EndTime"],
        ),
        (json!({"StartTime": "2026-01-01T00:00:00+01:00", "EndTime": 1_900_000_000}), vec![]),
        (json!({"ScalableTargetAction": {"MinCapacity": null}}), vec!["MissingMember ScalableTargetAction"]),
        (
            json!({"ScalableTargetAction": {"MinCapacity": 3, "MaxCapacity": 2}}),
            vec!["InvalidValue ScalableTargetAction.MaxCapacity"],
        ),
        (
            json!({"ScalableTargetAction": {"MinCapacity": -1}}),
            vec!["InvalidValue ScalableTargetAction.MinCapacity"],
        ),
        (json!({"ScheduledActionName": "a/b"}), vec!["InvalidName ScheduledActionName"]),
        (json!({"ScheduledActionName": " a"}), vec!["InvalidName ScheduledActionName"]),
        (json!({"ResourceId": "service/default/api"}), vec!["InvalidReference ResourceId"]),
    ] {
        assert_eq!(action(patch.clone()), expected, "{patch}");
    }
}

#[test]
fn the_place_in_a_schedule_is_told() {
    let service = json!({"autoScaling": {
        "scalableTarget": {"MinCapacity": 1, "MaxCapacity": 2},
        "scheduledActions": [{
            "ScheduledActionName": "a", "Schedule": "cron(0 24 * * ? *)", "ScalableTargetAction": {"MinCapacity": 0},
        }],
    }});
    let (_, findings) = crate::model::validate::service(&inputs(&json!({}), &service), &context());
    let message = &findings.service[0].message;
    assert_eq!(
        message,
        "\"cron(0 24 * * ? *)\" is no schedule: at character 8: hours 24 is not between 0 and 23."
    );
}

/// What is said of a service with these policies, and its triggers, where KEDA is or is not.
fn with_keda(policies: &Value, keda: bool, min: i32) -> (Vec<String>, Vec<Trigger>) {
    let mut context = context();
    if keda {
        context.capabilities.apis.insert("keda.sh".to_owned());
    }
    let service = json!({
        "cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/default",
        "autoScaling": {"scalableTarget": {"MinCapacity": min, "MaxCapacity": 9}, "scalingPolicies": policies},
    });
    let (model, findings) = crate::model::validate::service(&inputs(&json!({}), &service), &context);
    let told = findings.service.iter().map(|f| f.code.to_string()).collect();
    (told, model.expect("it is valid").scaling.map(|scaling| scaling.triggers).unwrap_or_default())
}

fn tracked(name: &str, target: f64, member: &str, metric: &Value) -> Value {
    json!({"PolicyName": name, "TargetTrackingScalingPolicyConfiguration": {"TargetValue": target, member: metric}})
}

#[test]
fn metrics_of_cloudwatch_need_keda() {
    let label = "app/web/50dc6c495c0c9188/targetgroup/web/6d0ecf831eec9f09";
    let requests = json!({"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label});
    let cpu = &cpu()["PredefinedMetricSpecification"];
    let policies = json!([
        tracked("cpu", 50.0, "PredefinedMetricSpecification", cpu),
        tracked("requests", 1000.0, "PredefinedMetricSpecification", &requests),
    ]);
    let (told, triggers) = with_keda(&policies, false, 1);
    assert_eq!((told, triggers), (vec!["KedaMissing".to_owned()], Vec::new()));
    let (told, triggers) = with_keda(&policies, true, 0);
    assert_eq!(told, ["MetricReadByKeda"], "and a count of 0 is none that has to be raised");
    let Source::Metric(metric) = &triggers[0].source else { panic!("{triggers:?}") };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = vec![
        pair("LoadBalancer", "app/web/50dc6c495c0c9188"),
        pair("TargetGroup", "targetgroup/web/6d0ecf831eec9f09"),
    ];
    assert_eq!(metric.dimensions, expected);
    assert_eq!((triggers[0].region.as_str(), triggers[0].target.as_str()), ("eu-west-1", "1000"));
}

#[test]
fn of_metrics_of_ones_own_keda_reads_what_it_can() {
    let queue = json!([{"Name": "QueueName", "Value": "orders"}]);
    let stat = |namespace: &str, name: &str, dimensions: &Value| json!({"Stat": "Sum", "Metric": {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}});
    let messages = stat("AWS/SQS", "ApproximateNumberOfMessagesVisible", &queue);
    let tasks = stat("ECS/ContainerInsights", "RunningTaskCount", &queue);
    let math = |expression: &str, second: &Value| {
        json!({"Metrics": [
            {"Id": "m1", "MetricStat": messages, "ReturnData": false},
            {"Id": "m2", "MetricStat": second, "ReturnData": false},
            {"Id": "e1", "Expression": expression},
        ]})
    };
    let single = json!({"MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Dimensions": queue});
    let query = "SELECT AVG(Depth) FROM Shop";
    for (metric, expected) in [
        (math("m1 / m2", &tasks), "Queue"),
        (math("m1/m2", &tasks), "Queue"),
        (math("m2 / m1", &tasks), ""),
        (math("m1 * m2", &tasks), ""),
        (math("m1 / m2", &messages), ""),
        (single.clone(), "Metric"),
        (merged(&single, &json!({"Dimensions": null})), ""),
        (merged(&single, &json!({"Unit": "Apples"})), ""),
        (merged(&single, &json!({"Dimensions": [{"Name": "a", "Value": "b;c"}]})), ""),
        (json!({"Metrics": [{"Id": "q", "Expression": query}]}), "Query"),
        (json!({"Metrics": [{"Id": "q", "Expression": "FILL(m1, 0)"}]}), ""),
        (json!({"Metrics": [{"Id": "m", "MetricStat": messages}]}), "Metric"),
        (json!({"Metrics": [{"Id": "m", "MetricStat": merged(&messages, &json!({"Stat": "p90"}))}]}), ""),
    ] {
        let policies = json!([tracked("own", 10.0, "CustomizedMetricSpecification", &metric)]);
        let (told, triggers) = with_keda(&policies, true, 1);
        let found = triggers.first().map_or("", |trigger| match &trigger.source {
            Source::Metric(_) => "Metric",
            Source::Query(_) => "Query",
            Source::Queue(_) => "Queue",
        });
        assert_eq!(found, expected, "{metric}");
        let code = if expected.is_empty() { "CustomMetricNotApplied" } else { "MetricReadByKeda" };
        assert_eq!(told, [code], "{metric}");
    }
}
