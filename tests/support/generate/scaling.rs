//! Auto scaling of a service.

use ecs_bridge::api::EcsServiceSpec;
use ecs_bridge::ecs::shape::Readable as _;
use serde_json::{Value, json};

use super::{Dice, Members, Scene, far};

pub(super) fn scaling(scene: &mut Scene, service: &mut Members) {
    if scene.daemon || !scene.dice.chance(30) {
        return;
    }
    let cluster = service.get("cluster").and_then(Value::as_str).unwrap_or("default");
    let cluster = cluster.rsplit('/').next().unwrap_or_default();
    let id = format!("service/{cluster}/{}", service["serviceName"].as_str().expect("a name"));
    let dice = &mut scene.dice;
    let mut target = Members::new();
    let min = dice.pick(&[0, 1, 2]);
    target.insert("MinCapacity".into(), json!(min));
    target.insert("MaxCapacity".into(), json!(min + dice.pick(&[1, 2, 4000])));
    dice.maybe(&mut target, "RoleARN", |dice| json!(dice.role()));
    dice.maybe(&mut target, "SuspendedState", |dice| {
        json!({
            "DynamicScalingInSuspended": dice.flip(), "DynamicScalingOutSuspended": dice.flip(),
            "ScheduledScalingSuspended": dice.flip(),
        })
    });
    dice.maybe(&mut target, "Tags", |_| json!({"team": "x"}));
    common(dice, &id, &mut target);
    let mut auto = Members::new();
    auto.insert("scalableTarget".into(), Value::Object(target));
    if dice.chance(70) {
        let first = policy(dice, &id, "first", &METRICS[..3]);
        // Beside other policies steps scale nothing.
        let more = if first.get("StepScalingPolicyConfiguration").is_some() { 20 } else { 50 };
        let mut policies = vec![first];
        if dice.chance(more) {
            policies.push(policy(dice, &id, "second", &METRICS[3..]));
        }
        let steps = policies.iter().filter(|policy| policy.get("StepScalingPolicyConfiguration").is_some());
        let steps: Vec<Value> = steps.cloned().collect();
        auto.insert("scalingPolicies".into(), json!(policies));
        if !steps.is_empty() && dice.chance(90) {
            let alarms = ["first", "second"].map(|name| alarm(dice, name, &id, &steps));
            auto.insert("alarms".into(), json!(alarms[..=dice.below(2)]));
        }
    }
    dice.maybe(&mut auto, "scheduledActions", |dice| {
        let mut action = Members::new();
        action.insert("ScheduledActionName".into(), json!(dice.word()));
        action.insert(
            "Schedule".into(),
            json!(dice.pick(&[
                "cron(0 8 ? * MON-FRI *)",
                "cron(0 0 18 L * ? *)",
                "rate(1 day)",
                "at(2030-01-01T00:00:00)"
            ])),
        );
        dice.maybe(&mut action, "Timezone", |_| json!("Europe/Vienna"));
        dice.maybe(&mut action, "StartTime", |_| json!("2026-01-01T00:00:00Z"));
        dice.maybe(&mut action, "EndTime", |_| json!("2031-01-01T00:00:00Z"));
        let mut bounds = Members::new();
        bounds.insert("MinCapacity".into(), json!(1));
        dice.maybe(&mut bounds, "MaxCapacity", |_| json!(9));
        action.insert("ScalableTargetAction".into(), Value::Object(bounds));
        common(dice, &id, &mut action);
        json!([action])
    });
    service.insert("autoScaling".into(), Value::Object(auto));
}

fn common(dice: &mut Dice, id: &str, members: &mut Members) {
    if dice.flip() {
        members.insert("ServiceNamespace".into(), json!("ecs"));
        members.insert("ResourceId".into(), json!(id));
        members.insert("ScalableDimension".into(), json!("ecs:service:DesiredCount"));
    }
}

/// Metrics of which a service has one policy each; "" is one of its own.
const METRICS: &[&str] = &[
    "ECSServiceAverageCPUUtilization",
    "ALBRequestCountPerTarget",
    "",
    "ECSServiceAverageMemoryUtilization",
    "ECSServiceAverageCPUUtilizationHighResolution",
    "ECSServiceAverageMemoryUtilizationHighResolution",
];

fn policy(dice: &mut Dice, id: &str, name: &str, metrics: &'static [&'static str]) -> Value {
    let mut policy = Members::new();
    policy.insert("PolicyName".into(), json!(name));
    common(dice, id, &mut policy);
    let shape = far::shape(EcsServiceSpec::shape(), "autoScaling.scalingPolicies");
    let (kind, member) = match dice.below(10) {
        0..=3 => ("StepScaling", "StepScalingPolicyConfiguration"),
        4 => ("PredictiveScaling", "PredictiveScalingPolicyConfiguration"),
        _ => ("TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration"),
    };
    if dice.flip() || kind != "StepScaling" {
        policy.insert("PolicyType".into(), json!(kind));
    }
    let configuration = match kind {
        "TargetTrackingScaling" => tracking(dice, metrics),
        "StepScaling" => steps(dice),
        _ => far::value(far::shape(shape, member), member, dice),
    };
    policy.insert(member.into(), configuration);
    Value::Object(policy)
}

/// An alarm on one metric, on a query, on a range of anomaly detection, or in another language.
fn alarm(dice: &mut Dice, name: &str, id: &str, policies: &[Value]) -> Value {
    let mut alarm = Members::new();
    alarm.insert("AlarmName".into(), json!(name));
    let of = &policies[dice.below(policies.len())];
    let policy = of["PolicyName"].as_str().expect("a name");
    let first = &of["StepScalingPolicyConfiguration"]["StepAdjustments"][0];
    let above = first.get("MetricIntervalLowerBound").is_some();
    let arn = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:6d8972f3";
    let arn = format!("{arn}:resource/ecs/{id}:policyName/{policy}");
    alarm.insert("AlarmActions".into(), json!([if dice.flip() { arn } else { policy.to_owned() }]));
    dice.maybe(&mut alarm, "ActionsEnabled", |dice| json!(dice.chance(90)));
    dice.maybe(&mut alarm, "AlarmDescription", |dice| json!(dice.word()));
    for member in ["OKActions", "InsufficientDataActions"] {
        dice.maybe(&mut alarm, member, |_| json!(["arn:aws:sns:eu-west-1:123456789012:pager"]));
    }
    dice.maybe(&mut alarm, "Tags", |dice| json!([{"Key": "team", "Value": dice.word()}]));
    let shape = far::shape(EcsServiceSpec::shape(), "autoScaling.alarms");
    for member in ["ActionConfiguration", "EvaluationWindow", "WarmUpConfiguration"] {
        dice.maybe(&mut alarm, member, |dice| far::value(far::shape(shape, member), member, dice));
    }
    let mut operators = ["LessThanThreshold", "LessThanOrEqualToThreshold"].as_slice();
    if above {
        operators = &["GreaterThanOrEqualToThreshold", "GreaterThanThreshold"];
    }
    match dice.below(20) {
        0 => {
            let criteria =
                json!({"PromQLCriteria": {"Query": "up == 0", "PendingPeriod": 60, "RecoveryPeriod": 30}});
            alarm.insert("EvaluationCriteria".into(), criteria);
            alarm.insert("EvaluationInterval".into(), json!(60));
            return Value::Object(alarm);
        }
        1 => {
            operators = &["GreaterThanUpperThreshold"];
            alarm.insert("ThresholdMetricId".into(), json!("e1"));
            let band = json!({"Id": "e1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)", "Label": "band"});
            alarm.insert("Metrics".into(), json!([watched(dice), band]));
        }
        2..=4 => {
            let query = json!({"Id": "q", "Expression": "SELECT AVG(Depth) FROM Shop", "Period": 60, "Label": "depth"});
            alarm.insert("Metrics".into(), json!([query]));
        }
        5..=7 => {
            alarm.insert("Metrics".into(), json!([watched(dice)]));
        }
        _ => {
            alarm.insert("MetricName".into(), json!(dice.pick(&["Depth", "CPUUtilization"])));
            alarm.insert("Namespace".into(), json!(dice.pick(&["Shop", "AWS/ECS"])));
            alarm.insert("Dimensions".into(), json!([{"Name": "QueueName", "Value": dice.word()}]));
            alarm.insert("Period".into(), json!(dice.pick(&[10, 20, 60, 60, 3600])));
            if dice.chance(10) {
                alarm.insert("ExtendedStatistic".into(), json!("p90"));
                alarm.insert("EvaluateLowSampleCountPercentile".into(), json!("ignore"));
            } else {
                alarm.insert("Statistic".into(), json!(dice.pick(&["Average", "Maximum"])));
            }
            dice.maybe(&mut alarm, "Unit", |_| json!("Percent"));
        }
    }
    if operators.len() > 1 {
        alarm.insert("Threshold".into(), json!(dice.pick(&[75.0, 20.5])));
    }
    alarm.insert("ComparisonOperator".into(), json!(dice.pick(operators)));
    let periods = dice.pick(&[1, 3, 5]);
    alarm.insert("EvaluationPeriods".into(), json!(periods));
    dice.maybe(&mut alarm, "DatapointsToAlarm", |dice| json!(dice.between(1, periods)));
    let missing = ["breaching", "notBreaching", "ignore", "ignore", "missing"];
    if dice.flip() {
        alarm.insert("TreatMissingData".into(), json!(dice.pick(&missing)));
    }
    Value::Object(alarm)
}

/// A metric of an alarm, as one of several queries.
fn watched(dice: &mut Dice) -> Value {
    let metric = json!({
        "MetricName": "Depth", "Namespace": "Shop", "Dimensions": [{"Name": "QueueName", "Value": dice.word()}],
    });
    let mut query = json!({"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average", "Unit": "Count"}});
    if dice.flip() {
        query["ReturnData"] = json!(true);
    }
    if dice.chance(15) {
        query["AccountId"] = json!("210987654321");
    }
    query
}

fn steps(dice: &mut Dice) -> Value {
    let kind = dice.pick(&["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]);
    let mut steps = Members::new();
    steps.insert("AdjustmentType".into(), json!(kind));
    let step = |lower: Option<f64>, upper: Option<f64>, adjustment: i32| {
        let mut step = json!({"ScalingAdjustment": adjustment});
        for (member, bound) in [("MetricIntervalLowerBound", lower), ("MetricIntervalUpperBound", upper)] {
            if let Some(bound) = bound {
                step[member] = json!(bound);
            }
        }
        step
    };
    let all = if dice.flip() {
        json!([step(Some(0.0), Some(20.5), 1), step(Some(20.5), None, 3)])
    } else {
        json!([step(None, Some(0.0), dice.pick(&[0, 2]))])
    };
    steps.insert("StepAdjustments".into(), all);
    if kind == "PercentChangeInCapacity" {
        dice.maybe(&mut steps, "MinAdjustmentMagnitude", |_| json!(2));
    }
    dice.maybe(&mut steps, "Cooldown", |dice| json!(dice.pick(&[0, 60, 600])));
    dice.maybe(&mut steps, "MetricAggregationType", |dice| json!(dice.pick(&["Average", "Maximum"])));
    Value::Object(steps)
}

fn tracking(dice: &mut Dice, metrics: &'static [&'static str]) -> Value {
    let mut tracking = Members::new();
    tracking.insert("TargetValue".into(), json!(dice.pick(&[0.5, 50.0, 75.5, 100.0])));
    let metric = dice.pick(metrics);
    if metric.is_empty() {
        let member = "CustomizedMetricSpecification";
        tracking.insert(member.into(), if dice.flip() { single(dice) } else { queries(dice) });
    } else {
        let mut predefined = json!({"PredefinedMetricType": metric});
        if metric == "ALBRequestCountPerTarget" {
            predefined["ResourceLabel"] = json!("app/web/0123456789abcdef/targetgroup/web/0123456789abcdef");
        }
        tracking.insert("PredefinedMetricSpecification".into(), predefined);
    }
    for member in ["ScaleOutCooldown", "ScaleInCooldown"] {
        dice.maybe(&mut tracking, member, |dice| json!(dice.pick(&[0, 60, 300, 7200])));
    }
    dice.maybe(&mut tracking, "DisableScaleIn", |dice| json!(dice.flip()));
    Value::Object(tracking)
}

fn single(dice: &mut Dice) -> Value {
    let mut metric = Members::new();
    metric.insert("MetricName".into(), json!(dice.pick(&["Depth", "ApproximateNumberOfMessagesVisible"])));
    metric.insert("Namespace".into(), json!(dice.pick(&["Shop", "AWS/SQS"])));
    metric.insert("Statistic".into(), json!(dice.pick(&["Average", "Sum", "SampleCount"])));
    if dice.flip() {
        metric.insert("Unit".into(), json!("Count"));
    }
    // KEDA reads no metric without them.
    if dice.chance(80) {
        metric.insert("Dimensions".into(), json!([{"Name": "QueueName", "Value": dice.word()}]));
    }
    Value::Object(metric)
}

/// A backlog for each task, or a query of its own.
fn queries(dice: &mut Dice) -> Value {
    if dice.flip() {
        let mut query = json!({"Id": "q", "Expression": "SELECT AVG(Depth) FROM Shop"});
        if dice.flip() {
            query["Label"] = json!("depth");
        }
        return json!({"Metrics": [query]});
    }
    let stat = |metric: Value, stat: &str| json!({"Metric": metric, "Stat": stat, "Unit": "Count"});
    let messages = json!({
        "MetricName": "ApproximateNumberOfMessagesVisible", "Namespace": "AWS/SQS",
        "Dimensions": [{"Name": "QueueName", "Value": dice.word()}],
    });
    let tasks = json!({
        "MetricName": "RunningTaskCount", "Namespace": "ECS/ContainerInsights",
        "Dimensions": [{"Name": "ServiceName", "Value": "web"}, {"Name": "ClusterName", "Value": "default"}],
    });
    json!({"Metrics": [
        {"Id": "m1", "MetricStat": stat(messages, "Sum"), "ReturnData": false},
        {"Id": "m2", "MetricStat": stat(tasks, "Average"), "ReturnData": false},
        {"Id": "e1", "Expression": "m1 / m2", "Label": "backlog", "ReturnData": true},
    ]})
}
