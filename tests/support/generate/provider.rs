//! Capacity providers.

use ecs_bridge::api::CapacityProviderSpec;
use ecs_bridge::ecs::shape::Readable as _;
use serde_json::{Value, json};

use super::far;
use super::{Dice, Members};

/// A provider of nodes that somebody else launches, or that ECS does.
pub(super) fn provider(dice: &mut Dice, name: &str, managed: bool) -> Value {
    let mut provider = Members::new();
    provider.insert("name".into(), json!(name));
    if managed {
        dice.maybe(&mut provider, "cluster", |dice| json!(dice.name()));
        let shape = far::shape(CapacityProviderSpec::shape(), "managedInstancesProvider");
        provider
            .insert("managedInstancesProvider".into(), far::value(shape, "managedInstancesProvider", dice));
    } else {
        provider.insert("autoScalingGroupProvider".into(), group(dice));
    }
    dice.maybe(&mut provider, "tags", Dice::tags);
    if dice.often() {
        provider.insert("kubernetes".into(), kubernetes(dice));
    }
    Value::Object(provider)
}

fn group(dice: &mut Dice) -> Value {
    let mut group = Members::new();
    let name = format!("autoScalingGroup:{}:autoScalingGroupName/{}", dice.hex(8), dice.word());
    group.insert("autoScalingGroupArn".into(), json!(dice.arn("autoscaling", &name)));
    dice.maybe(&mut group, "managedScaling", |dice| {
        let mut scaling = Members::new();
        scaling.insert("status".into(), json!(dice.pick(&["ENABLED", "DISABLED"])));
        dice.maybe(&mut scaling, "targetCapacity", |dice| json!(dice.between(1, 100)));
        dice.maybe(&mut scaling, "minimumScalingStepSize", |dice| json!(dice.between(1, 10)));
        dice.maybe(&mut scaling, "maximumScalingStepSize", |dice| json!(dice.between(10, 10_000)));
        dice.maybe(&mut scaling, "instanceWarmupPeriod", |dice| json!(dice.between(0, 10_000)));
        Value::Object(scaling)
    });
    for member in ["managedTerminationProtection", "managedDraining"] {
        dice.maybe(&mut group, member, |dice| json!(dice.pick(&["ENABLED", "DISABLED"])));
    }
    Value::Object(group)
}

fn kubernetes(dice: &mut Dice) -> Value {
    let mut ours = Members::new();
    dice.maybe(&mut ours, "nodeSelector", |dice| {
        json!({"eks.amazonaws.com/nodegroup": dice.word().replace('.', ""), "karpenter.sh/capacity-type": "spot"})
    });
    dice.maybe(&mut ours, "tolerations", |dice| {
        let effect = dice.pick(&["NoSchedule", "PreferNoSchedule", "NoExecute"]);
        let mut toleration = match dice.below(3) {
            0 => json!({"operator": "Exists"}),
            1 => json!({"key": "dedicated", "operator": "Equal", "value": "web", "effect": effect}),
            _ => json!({"key": "example.com/x", "value": "", "effect": effect}),
        };
        if toleration["effect"] == "NoExecute" && dice.flip() {
            toleration["tolerationSeconds"] = json!(dice.between(0, 600));
        }
        json!([toleration])
    });
    dice.maybe(&mut ours, "scaleTarget", |dice| {
        let mut target =
            json!({"apiVersion": "cluster.x-k8s.io/v1beta1", "kind": "MachineDeployment", "name": "pool"});
        if dice.flip() {
            target["namespace"] = json!("capi");
        }
        target
    });
    dice.maybe(&mut ours, "namespaces", |_| json!(["generated", "other"]));
    Value::Object(ours)
}

/// What an object `fargate` can say.
pub(super) fn fargate(dice: &mut Dice, name: &str) -> Value {
    let mut ours = Members::new();
    dice.maybe(&mut ours, "fargateProfile", |_| json!("default"));
    dice.maybe(&mut ours, "nodeSelector", |_| json!({"pool": "fargate"}));
    json!({"name": name, "kubernetes": ours})
}
