//! Auto scaling of a service.

use ecs_bridge::api::EcsServiceSpec;
use ecs_bridge::ecs::shape::Readable as _;
use serde_json::{Value, json};

use super::{Dice, Members, Scene, far};

pub(super) fn scaling(scene: &mut Scene, service: &mut Members) {
    if scene.daemon || !scene.dice.chance(30) {
        return;
    }
    let cluster = service
        .get("cluster")
        .and_then(Value::as_str)
        .map_or("default", |it| it.rsplit('/').next().unwrap_or(it));
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
        let policies = dice.list(1, 2, |dice| policy(dice, &id));
        auto.insert("scalingPolicies".into(), policies);
    }
    dice.maybe(&mut auto, "scheduledActions", |dice| {
        let mut action = Members::new();
        action.insert("ScheduledActionName".into(), json!(dice.word()));
        action.insert(
            "Schedule".into(),
            json!(dice.pick(&["cron(0 8 ? * MON-FRI *)", "rate(1 day)", "at(2030-01-01T00:00:00)"])),
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

fn policy(dice: &mut Dice, id: &str) -> Value {
    let mut policy = Members::new();
    policy.insert("PolicyName".into(), json!(dice.word()));
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
    let mut configuration = match kind {
        "TargetTrackingScaling" => tracking(dice),
        _ => far::value(far::shape(shape, member), member, dice),
    };
    if kind == "StepScaling" {
        configuration["AdjustmentType"] =
            json!(dice.pick(&["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]));
    }
    policy.insert(member.into(), configuration);
    Value::Object(policy)
}

fn tracking(dice: &mut Dice) -> Value {
    let mut tracking = Members::new();
    tracking.insert("TargetValue".into(), json!(dice.pick(&[0.5, 50.0, 75.5, 100.0])));
    let metric = dice.pick(&[
        "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageMemoryUtilization",
        "ALBRequestCountPerTarget",
        "ECSServiceAverageCPUUtilizationHighResolution",
        "ECSServiceAverageMemoryUtilizationHighResolution",
        "",
    ]);
    if metric.is_empty() {
        let shape = far::shape(
            EcsServiceSpec::shape(),
            "autoScaling.scalingPolicies.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification",
        );
        tracking.insert(
            "CustomizedMetricSpecification".into(),
            far::value(shape, "CustomizedMetricSpecification", dice),
        );
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
