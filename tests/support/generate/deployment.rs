//! How a service replaces its tasks.

use ecs_bridge::api::EcsServiceSpec;
use ecs_bridge::ecs::shape::{Readable as _, Shape};
use serde_json::{Value, json};

use super::{Dice, Members, Scene, far};

pub(super) fn deployment(scene: &mut Scene, service: &mut Members) {
    let daemon = scene.daemon;
    let dice = &mut scene.dice;
    dice.maybe(service, "deploymentController", |_| json!({"type": "ECS"}));
    let mut configuration = Members::new();
    let minimum = dice.often().then(|| dice.pick(&[0, 50, 99, 100]));
    let maximum = dice.often().then(|| dice.pick(&[100, 101, 150, 200]));
    let blocked = minimum.unwrap_or(100) == 100 && maximum == Some(100);
    configuration
        .extend(minimum.filter(|_| !blocked).map(|it| ("minimumHealthyPercent".to_owned(), json!(it))));
    configuration
        .extend(maximum.filter(|_| !blocked && !daemon).map(|it| ("maximumPercent".to_owned(), json!(it))));
    let shape = far::shape(EcsServiceSpec::shape(), "deploymentConfiguration");
    let of_shape = |dice: &mut Dice, configuration: &mut Members, member: &str| {
        dice.maybe(configuration, member, |dice| far::value(far::shape(shape, member), member, dice));
    };
    for member in ["deploymentCircuitBreaker", "alarms", "earlySuccessCriteria"] {
        of_shape(dice, &mut configuration, member);
    }
    let odd = !daemon && dice.often() && (scene.bold || dice.flip());
    if odd {
        let strategy = dice.pick(&["BLUE_GREEN", "LINEAR", "CANARY"]);
        configuration.insert("strategy".into(), json!(strategy));
        of_shape(dice, &mut configuration, "bakeTimeInMinutes");
        dice.maybe(&mut configuration, "lifecycleHooks", |dice| hooks(shape, dice));
        match strategy {
            "LINEAR" => of_shape(dice, &mut configuration, "linearConfiguration"),
            "CANARY" => of_shape(dice, &mut configuration, "canaryConfiguration"),
            _ => {}
        }
        if !scene.bold {
            service.insert("kubernetes".into(), json!({"deploymentFallback": "Rolling"}));
        }
    } else {
        dice.maybe(&mut configuration, "strategy", |_| json!("ROLLING"));
    }
    if !configuration.is_empty() {
        service.insert("deploymentConfiguration".into(), Value::Object(configuration));
    }
}

fn hooks(configuration: &Shape, dice: &mut Dice) -> Value {
    let Shape::List(items) = far::shape(configuration, "lifecycleHooks") else { panic!("a list") };
    let mut hook = far::value(items, "lifecycleHooks", dice);
    hook["targetType"] = json!("AWS_LAMBDA");
    hook["hookTargetArn"] = json!(dice.arn("lambda", "function:check"));
    hook["roleArn"] = json!(dice.role());
    hook["lifecycleStages"] = json!(["POST_SCALE_UP", "PRE_PRODUCTION_TRAFFIC_SHIFT"]);
    json!([hook])
}
