//! Scheduled actions.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::silence::restarted;
use crate::cluster::Cluster;
use crate::world::{World, service};

/// A time soon, and that time as a schedule in Vienna.
fn soon(form: &str) -> (Timestamp, String) {
    let due = Timestamp::now() + 6.seconds();
    let due = Timestamp::from_second(due.as_second()).unwrap();
    let vienna = TimeZone::get("Europe/Vienna").unwrap_or(TimeZone::UTC);
    (due, due.to_zoned(vienna).strftime(form).to_string())
}

fn zone() -> &'static str {
    if TimeZone::get("Europe/Vienna").is_ok() { "Europe/Vienna" } else { "UTC" }
}

fn with(actions: &[Value], min: i32) -> Value {
    let mut service = service("web", 2);
    service["autoScaling"] = json!({
        "scalableTarget": {"MinCapacity": min, "MaxCapacity": 5, "ResourceId": "service/default/web"},
        "scheduledActions": actions,
    });
    service["cluster"] = json!("default");
    service
}

fn bounds(service: &Value) -> Value {
    let scaling = &service["status"]["autoScaling"];
    json!([scaling["minCapacity"], scaling["maxCapacity"], scaling["lastScheduledAction"]])
}

pub(crate) async fn a_scheduled_action_is_carried_out_and_a_missed_one_made_up_for_once(
    cluster: Arc<Cluster>,
) {
    let (world, operator) = World::with_operator(&cluster, "schedule").await;
    world.task_definition("web", "nginx:1.27").await;
    world.apply("EcsService", "web", with(&[], 1)).await;
    world.steady("web", 2).await;

    let (_, at) = soon("at(%Y-%m-%dT%H:%M:%S)");
    let morning = json!({
        "ScheduledActionName": "morning", "Schedule": at, "Timezone": zone(),
        "ScalableTargetAction": {"MinCapacity": 4, "MaxCapacity": 8},
    });
    let spec = with(std::slice::from_ref(&morning), 1);
    world.apply("EcsService", "web", spec.clone()).await;
    let risen = world.steady("web", 4).await;
    assert_eq!(bounds(&risen), json!([4, 8, "morning"]));
    assert_eq!(risen["spec"]["desiredCount"], json!(2), "what is declared stays as it is");
    assert_eq!(risen["spec"]["autoScaling"], spec["autoScaling"]);
    world.apply("EcsService", "web", spec).await;

    let (due, cron) = soon("cron(%-S %-M %-H %-d %-m ? %Y)");
    let evening = json!({
        "ScheduledActionName": "evening", "Schedule": cron, "Timezone": zone(),
        "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 1},
    });
    world.apply("EcsService", "web", with(&[morning.clone(), evening.clone()], 1)).await;
    let known = |service: &Value| {
        service["status"]["autoScaling"]["scheduledActions"].as_array().is_some_and(|all| all.len() == 2)
    };
    world.service_until("web", "the second action is known", known).await;
    assert!(operator.stop().await.success());
    let left = Duration::try_from(due.duration_since(Timestamp::now())).unwrap_or_default();
    sleep(left + Duration::from_secs(1)).await;
    let before = world.custom("EcsService").get("web").await.unwrap();
    assert_eq!(before.data["status"]["desiredCount"], json!(4), "nobody was there");

    let operator = world.operator_again("operator", &[]).await;
    let fallen = world.steady("web", 1).await;
    assert_eq!(bounds(&fallen), json!([0, 1, "evening"]));
    let (_operator, _) = restarted(&world, operator, 1).await;

    let told: Vec<String> = world.events("web").await.into_iter().map(|(_, note)| note).collect();
    for (name, min, max) in [("morning", 4, 8), ("evening", 0, 1)] {
        let note = format!(
            "(service web) scheduled action name {name} was triggered: minimum capacity was set to {min} and maximum capacity was set to {max}."
        );
        assert_eq!(told.iter().filter(|told| **told == note).count(), 1, "{told:#?}");
    }

    world.apply("EcsService", "web", with(&[morning, evening], 3)).await;
    let registered = world.steady("web", 3).await;
    assert_eq!(
        bounds(&registered),
        json!([3, 5, null]),
        "the target that is registered again takes precedence"
    );
    world.end().await;
}
