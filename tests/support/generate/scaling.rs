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
        let mut policies = vec![first];
        if dice.flip() {
            policies.push(policy(dice, &id, "second", &METRICS[3..]));
        }
        auto.insert("scalingPolicies".into(), json!(policies));
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
        0 | 1 => ("StepScaling", "StepScalingPolicyConfiguration"),
        2 => ("PredictiveScaling", "PredictiveScalingPolicyConfiguration"),
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
