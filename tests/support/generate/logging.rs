//! Log drivers and log routers.

use serde_json::{Value, json};

use super::container::Containers;
use super::{Dice, Launch, Members, Scene, secrets};

/// Whether the first container of the task is a log router.
pub(super) fn router(scene: &mut Scene) -> bool {
    !scene.windows && scene.dice.often()
}

/// `router`: the container is one; `routed`: the task has one.
pub(super) fn logging(
    scene: &mut Scene,
    router: bool,
    routed: bool,
    definition: &mut Members,
    all: &mut Containers,
) {
    let fargate = scene.launch == Launch::Fargate;
    let dice = &mut scene.dice;
    if router {
        let mut firelens = Members::new();
        firelens.insert("type".into(), json!(dice.pick(&["fluentbit", "fluentd"])));
        dice.maybe(&mut firelens, "options", |dice| {
            let file = if fargate || dice.flip() { ("file", "/extra.conf".to_owned()) } else { ("s3", dice.arn("s3", "bucket/extra.conf")) };
            json!({"enable-ecs-log-metadata": dice.pick(&["true", "false"]), "config-file-type": file.0, "config-file-value": file.1})
        });
        definition.insert("firelensConfiguration".into(), Value::Object(firelens));
    }
    // A router has to have something to route.
    let first = routed
        && !all
            .definitions
            .iter()
            .any(|it| it.get("logConfiguration").is_some_and(|it| it["logDriver"] == "awsfirelens"));
    if !first && !dice.chance(40) {
        return;
    }
    let drivers: &[&str] = match scene.launch {
        Launch::Fargate => &["awslogs", "splunk"],
        Launch::ManagedInstances => &["awslogs", "splunk", "json-file"],
        _ => &["awslogs", "fluentd", "gelf", "json-file", "journald", "syslog", "splunk"],
    };
    let driver = if first || routed && dice.flip() { "awsfirelens" } else { dice.pick(drivers) };
    let mut log = Members::new();
    log.insert("logDriver".into(), json!(driver));
    all.needs_execution_role |= driver == "awslogs";
    log.insert("options".into(), options(dice, driver));
    if matches!(driver, "splunk" | "awsfirelens") && dice.flip() {
        let name = if driver == "splunk" { "splunk-token" } else { "apikey" };
        log.insert("secretOptions".into(), json!([{"name": name, "valueFrom": secrets::reference(dice)}]));
        all.needs_execution_role = true;
    }
    definition.insert("logConfiguration".into(), Value::Object(log));
}

pub(super) fn options(dice: &mut Dice, driver: &str) -> Value {
    let mut options = match driver {
        "awslogs" => {
            json!({"awslogs-group": "/ecs/web", "awslogs-region": dice.region(), "awslogs-stream-prefix": "ecs"})
        }
        "splunk" => json!({"splunk-url": "https://splunk.example.com:8088", "splunk-token": "x"}),
        "awsfirelens" => {
            json!({"Name": "cloudwatch", "region": dice.region(), "log_group_name": "$(echo)", "log-driver-buffer-limit": "2097152"})
        }
        "fluentd" => json!({"fluentd-address": "localhost:24224", "tag": "{{.Name}}"}),
        "gelf" => json!({"gelf-address": "udp://10.0.0.1:12201"}),
        "syslog" => json!({"syslog-address": "tcp://10.0.0.1:514"}),
        _ => json!({"max-size": "10m"}),
    };
    if driver == "awslogs" && dice.flip() {
        options["awslogs-multiline-pattern"] = json!("^\\[");
    }
    if dice.often() {
        options["mode"] = json!("non-blocking");
        options["max-buffer-size"] = json!("25m");
    }
    options
}
